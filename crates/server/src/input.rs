//! What endpoints take: nothing, a JSON body, a query string or a form.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;
use workspace::{Code, Refusal};

use crate::endpoint::SchemaOf;
use crate::request::Request;

/// Where an endpoint's input is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A JSON body.
    Body,
    /// The query string.
    Query,
    /// A form's body.
    Form,
}

/// Something that an endpoint takes.
pub trait Input: Sized + Send + 'static {
    /// Reads it from a request; what cannot be read names the field where that is known.
    fn read(request: &Request) -> Result<Self, Refusal>;

    /// Where it is and what it looks like.
    fn schema() -> Option<(Place, SchemaOf)>;
}

impl Input for () {
    fn read(_: &Request) -> Result<(), Refusal> {
        Ok(())
    }

    fn schema() -> Option<(Place, SchemaOf)> {
        None
    }
}

/// A JSON body.
#[derive(Debug)]
pub struct Body<T>(pub T);

/// The query string.
#[derive(Debug)]
pub struct Query<T>(pub T);

/// A form's body.
#[derive(Debug)]
pub struct Form<T>(pub T);

fn schema_of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

impl<T: DeserializeOwned + JsonSchema + Send + 'static> Input for Body<T> {
    fn read(request: &Request) -> Result<Self, Refusal> {
        if !request.content_type().eq_ignore_ascii_case("application/json") {
            return Err(Refusal::new(Code::UnsupportedMediaType));
        }
        let unreadable = |error: serde_json::Error| {
            let code = if error.is_data() { Code::Invalid } else { Code::BadRequest };
            Refusal::because(code, format!("The body cannot be read: {error}."))
        };
        serde_json::from_slice(&request.body).map(Body).map_err(unreadable)
    }

    fn schema() -> Option<(Place, SchemaOf)> {
        Some((Place::Body, schema_of::<T>))
    }
}

impl<T: DeserializeOwned + JsonSchema + Send + 'static> Input for Query<T> {
    fn read(request: &Request) -> Result<Self, Refusal> {
        let query = request.uri.query().unwrap_or_default();
        serde_urlencoded::from_str(query).map(Query).map_err(|error| {
            Refusal::because(Code::Invalid, format!("The query string cannot be read: {error}."))
        })
    }

    fn schema() -> Option<(Place, SchemaOf)> {
        Some((Place::Query, schema_of::<T>))
    }
}

impl<T: DeserializeOwned + JsonSchema + Send + 'static> Input for Form<T> {
    fn read(request: &Request) -> Result<Self, Refusal> {
        serde_urlencoded::from_bytes(&request.body)
            .map(Form)
            .map_err(|error| Refusal::because(Code::Invalid, format!("The form cannot be read: {error}.")))
    }

    fn schema() -> Option<(Place, SchemaOf)> {
        Some((Place::Form, schema_of::<T>))
    }
}

/// A form as its pairs, for forms whose fields depend on the workspace (a role's cells, say).
#[derive(Debug)]
pub struct Pairs(pub Vec<(String, String)>);

impl Pairs {
    /// The first value of a field, trimmed; empty where it is absent.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.trim())
    }

    /// The first value of a field as it was typed, spaces at its ends included: for passwords.
    pub fn raw(&self, name: &str) -> &str {
        self.0.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str())
    }

    /// Every value of a field.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.trim())
    }

    /// The field as an id; none where it is absent or empty.
    pub fn id(&self, name: &'static str) -> Result<Option<u32>, Refusal> {
        match self.get(name) {
            "" => Ok(None),
            text => text
                .parse()
                .map(Some)
                .map_err(|_| Refusal::invalid(name, format!("{name} must be chosen from the list."))),
        }
    }
}

impl Input for Pairs {
    fn read(request: &Request) -> Result<Self, Refusal> {
        let Form(pairs) = Form::<Vec<(String, String)>>::read(request)?;
        Ok(Pairs(pairs))
    }

    fn schema() -> Option<(Place, SchemaOf)> {
        None
    }
}
