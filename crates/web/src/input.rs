//! What endpoints take: nothing, a JSON body, a query string or a form.

use access::text;

use acts::people::file::File;
use acts::{Code, Refusal};
use axum::http::header;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use crate::json::Strict;
use crate::multipart;
use crate::request::Request;
use crate::schema::{SchemaOf, schema_of};

/// Where an endpoint's input is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A JSON body.
    Body,
    /// The query string.
    Query,
    /// A form's body.
    Form,
    /// A body that is a table (RFC 4180).
    Csv,
}

/// Something that an endpoint takes.
pub trait Input: Sized + Send + 'static {
    /// The largest body that it is read from, in bytes.
    const LARGEST: usize = 1 << 20;

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

/// The largest part of a list that one answer has, and the usual one.
const MOST: i64 = 200;
const USUAL: i64 = 50;

/// The query string of a list: which rows, and which part of them.
#[derive(Debug)]
pub struct Paged<T> {
    /// Which rows.
    pub what: T,
    /// How many rows at the most.
    pub limit: i64,
    /// The `next` of an earlier answer.
    pub after: Option<String>,
}

impl<T> Paged<T> {
    /// The part of a list that is paged by offset.
    pub fn slice(&self) -> Result<store::Slice, Refusal> {
        let wrong = || Refusal::invalid("after", "{field} must be the `next` of an earlier answer.");
        let offset = self.after.as_deref().map_or(Ok(0), |text| text.parse().map_err(|_| wrong()))?;
        if offset < 0 { Err(wrong()) } else { Ok(store::Slice { limit: self.limit, offset }) }
    }
}

/// What is asked of a list besides which rows.
#[derive(serde::Deserialize, JsonSchema)]
struct Part {
    /// How many rows, 1 to 200; 50 unless told.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<i64>,
    /// The `next` of an earlier answer.
    after: Option<String>,
}

impl<T: DeserializeOwned + JsonSchema + Send + 'static> Input for Paged<T> {
    fn read(request: &Request) -> Result<Self, Refusal> {
        let query = request.uri.query().unwrap_or_default();
        let pairs: Vec<(String, String)> = fields(query.as_bytes())?;
        let (part, what): (Vec<_>, Vec<_>) =
            pairs.into_iter().partition(|(name, _)| matches!(name.as_str(), "limit" | "after"));
        let part: Part = fields(written(&part).as_bytes())?;
        let limit = part.limit.unwrap_or(USUAL);
        if !(1..=MOST).contains(&limit) {
            return Err(Refusal::invalid(
                "limit",
                text!("{field} must be between 1 and {most}.", most = MOST),
            ));
        }
        let after = part.after.filter(|after| !after.is_empty());
        Ok(Paged { what: fields(written(&what).as_bytes())?, limit, after })
    }

    fn schema() -> Option<(Place, SchemaOf)> {
        Some((Place::Query, |generator| {
            let (mut schema, part) = (T::json_schema(generator), Part::json_schema(generator));
            let more = part.get("properties").and_then(|p| p.as_object()).cloned().unwrap_or_default();
            let all = schema.ensure_object().entry("properties").or_insert_with(|| serde_json::json!({}));
            if let Some(all) = all.as_object_mut() {
                all.extend(more);
            }
            schema
        }))
    }
}

/// Which rows of a list that is not narrowed: all of them.
#[derive(Debug, Default, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Everything {}

fn written(pairs: &[(String, String)]) -> String {
    serde_urlencoded::to_string(pairs).unwrap_or_default()
}

/// Reads `name=value&…`, as query strings and forms have it.
fn fields<T: DeserializeOwned>(text: &[u8]) -> Result<T, Refusal> {
    let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(text));
    serde_path_to_error::deserialize(pairs).map_err(|error| {
        let path = error.path().to_string();
        misfit(&path, &error.into_inner().to_string())
    })
}

/// A refusal of input that is well formed but not what is expected, with the field that it is about.
fn misfit(path: &str, error: &str) -> Refusal {
    let error = error.split(" at line ").next().unwrap_or(error);
    // Of fields that are missing or unknown, the error speaks at the place of the whole: their name is in its text.
    let named = |start: &str| {
        error.strip_prefix(start)?.split_once('`').map(|(name, rest)| (within(path, name), rest))
    };
    if let Some((field, _)) = named("duplicate field `") {
        return Refusal::invalid(field, "{field} is said more than once.");
    }
    let (field, message) = match (named("missing field `"), named("unknown field `"), path) {
        (Some((field, _)), _, _) => (field, text!("{field} is needed.")),
        (_, Some((field, rest)), _) => {
            let rest = rest.trim_start_matches([',', ' ']);
            (field, text!("{field} is no field that can be sent here: {rest}.", rest))
        }
        (_, _, ".") => {
            return Refusal::because(Code::Invalid, text!("The input cannot be read: {error}.", error));
        }
        (_, _, path) => (path.to_owned(), text!("{field} cannot be read: {error}.", error)),
    };
    Refusal::because(Code::Invalid, message).at(field)
}

/// The path of a field of the thing at a path; deserialisers differ in whether the path has the field already.
fn within(path: &str, name: &str) -> String {
    match path {
        "." => name.to_owned(),
        path if path == name || path.ends_with(&format!(".{name}")) => path.to_owned(),
        path => format!("{path}.{name}"),
    }
}

/// The refusal of a body that is no JSON, or not the JSON that is expected.
fn unread(error: serde_path_to_error::Error<serde_json::Error>) -> Refusal {
    let path = error.path().to_string();
    match error.into_inner() {
        error if error.is_data() => misfit(&path, &error.to_string()),
        error => {
            Refusal::because(Code::BadRequest, text!("The body cannot be read as JSON: {error}.", error))
        }
    }
}

impl<T: DeserializeOwned + JsonSchema + Send + 'static> Input for Body<T> {
    fn read(request: &Request) -> Result<Self, Refusal> {
        if !request.content_type().eq_ignore_ascii_case("application/json") {
            return Err(Refusal::new(Code::UnsupportedMediaType));
        }
        let mut text = serde_json::Deserializer::from_slice(&request.body);
        let strict: Strict = serde_path_to_error::deserialize(&mut text).map_err(unread)?;
        text.end().map_err(|error| {
            Refusal::because(Code::BadRequest, text!("The body has more than one value: {error}.", error))
        })?;
        serde_path_to_error::deserialize(strict).map(Body).map_err(unread)
    }

    fn schema() -> Option<(Place, SchemaOf)> {
        Some((Place::Body, schema_of::<T>))
    }
}

impl<T: DeserializeOwned + JsonSchema + Send + 'static> Input for Query<T> {
    fn read(request: &Request) -> Result<Self, Refusal> {
        // `try` says how a request is meant, whatever it asks for; see `Request::meaning`.
        let pairs = form_urlencoded::parse(request.uri.query().unwrap_or_default().as_bytes());
        let asked = pairs.filter(|(name, _)| name != "try");
        let asked = form_urlencoded::Serializer::new(String::new()).extend_pairs(asked).finish();
        fields(asked.as_bytes()).map(Query)
    }

    fn schema() -> Option<(Place, SchemaOf)> {
        Some((Place::Query, schema_of::<T>))
    }
}

impl<T: DeserializeOwned + JsonSchema + Send + 'static> Input for Form<T> {
    fn read(request: &Request) -> Result<Self, Refusal> {
        fields(&request.body).map(Form)
    }

    fn schema() -> Option<(Place, SchemaOf)> {
        Some((Place::Form, schema_of::<T>))
    }
}

/// Larger than any file that is taken, so that one that is a little too large is told so in its own words.
const LARGEST_FILE: usize = 3 << 20;

/// A body that is a file of people.
#[derive(Debug)]
pub struct PeopleFile(pub File);

impl Input for PeopleFile {
    const LARGEST: usize = LARGEST_FILE;

    fn read(request: &Request) -> Result<Self, Refusal> {
        if !request.content_type().eq_ignore_ascii_case("text/csv") {
            return Err(Refusal::because(
                Code::UnsupportedMediaType,
                "The body must be CSV: send it as text/csv.",
            ));
        }
        File::read(&request.body).map(PeopleFile)
    }

    fn schema() -> Option<(Place, SchemaOf)> {
        Some((Place::Csv, schema_of::<String>))
    }
}

/// A form with a file in it.
#[derive(Debug)]
pub struct Upload {
    /// Its other fields.
    pub fields: Pairs,
    /// The file's bytes; empty where none was chosen.
    pub file: Vec<u8>,
}

impl Input for Upload {
    const LARGEST: usize = LARGEST_FILE;

    fn read(request: &Request) -> Result<Self, Refusal> {
        let unreadable = || Refusal::because(Code::BadRequest, "The form cannot be read: send it once more.");
        let parts =
            multipart::parts(request.header(header::CONTENT_TYPE), &request.body).ok_or_else(unreadable)?;
        let file = parts.iter().find(|part| part.is_file).map(|part| part.bytes.to_vec()).unwrap_or_default();
        let text = |part: &multipart::Part<'_>| String::from_utf8_lossy(part.bytes).into_owned();
        let fields = parts.iter().filter(|part| !part.is_file).map(|part| (part.name.clone(), text(part)));
        Ok(Upload { fields: Pairs(fields.collect()), file })
    }

    fn schema() -> Option<(Place, SchemaOf)> {
        None
    }
}

/// So many fields has a form at the most: looking a field up goes through all of them.
const MOST_FIELDS: usize = 10_000;

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
                .map_err(|_| Refusal::invalid(name, "{field} must be chosen from the list.")),
        }
    }

    /// The field as a whole number; none where it is absent or empty.
    pub fn number(&self, name: &'static str) -> Result<Option<i64>, Refusal> {
        match self.get(name) {
            "" => Ok(None),
            text => {
                text.parse().map(Some).map_err(|_| Refusal::invalid(name, "{field} must be a whole number."))
            }
        }
    }

    /// Every value of a field as an id.
    pub fn ids(&self, name: &'static str) -> Result<Vec<u32>, Refusal> {
        let id = |text: &str| {
            text.parse().map_err(|_| Refusal::invalid(name, "{field} must be chosen from the list."))
        };
        self.all(name).map(id).collect()
    }
}

impl Input for Pairs {
    fn read(request: &Request) -> Result<Self, Refusal> {
        let Form(pairs) = Form::<Vec<(String, String)>>::read(request)?;
        if pairs.len() > MOST_FIELDS {
            return Err(Refusal::because(Code::TooLarge, "The form has too many fields: send it in parts."));
        }
        Ok(Pairs(pairs))
    }

    fn schema() -> Option<(Place, SchemaOf)> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::misfit;

    #[test]
    fn a_misfit_names_its_field_wherever_the_error_speaks_of_it() {
        for (path, error, field) in [
            (".", "missing field `name` at line 1 column 2", "name"),
            ("name", "missing field `name`", "name"),
            ("subject", "missing field `id` at line 3 column 1", "subject.id"),
            ("foo", "unknown field `foo`, expected `name` at line 1 column 9", "foo"),
            ("subject", "duplicate field `id` at line 3 column 1", "subject.id"),
            ("role", "invalid type: string \"x\", expected u32 at line 1 column 9", "role"),
        ] {
            let refusal = misfit(path, error);
            assert_eq!(refusal.field.as_deref(), Some(field));
            assert!(
                refusal.to_string().starts_with(field) && !refusal.to_string().contains("line"),
                "{refusal}"
            );
        }
    }
}
