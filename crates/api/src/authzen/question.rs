//! Questions as they are asked: who, what, to what. Fields that the specification does not name are ignored.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

/// A question as it was sent: anything may be missing.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[schemars(rename = "Evaluation")]
pub struct Asked {
    /// Who would do it.
    pub subject: Option<Entity>,
    /// What they would do.
    pub action: Option<Action>,
    /// To what they would do it.
    pub resource: Option<Entity>,
    /// Circumstances. With `caller_id` among them, `call:place` is decided as at call time: with the extension that
    /// the call goes out on, and with that number (its id or digits) as the one to show, or with the caller's own
    /// choice where it is null. Nothing else that is decided here depends on them.
    pub context: Option<Map<String, Value>>,
}

/// A subject or a resource.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
pub struct Entity {
    /// `user` for a subject; the half of a permission before the colon for a resource.
    pub r#type: Option<String>,
    /// A user's id or email address; a row's id, or `*` for what concerns the workspace.
    pub id: Option<String>,
    /// What the asker knows of it. What is stored counts before what is claimed; of a row that is not stored, `users`,
    /// `extensions`, `queues`, `numbers` and `units` may say by id, label or email address what it touches.
    pub properties: Option<Map<String, Value>>,
}

/// An action.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
pub struct Action {
    /// The half of a permission after the colon.
    pub name: Option<String>,
    /// What the asker knows of it.
    pub properties: Option<Map<String, Value>>,
}

/// A whole question: what was sent with it, or what is sent for many.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// Who would do it.
    pub subject: Row<'a>,
    /// What they would do.
    pub action: &'a str,
    /// How they would do it.
    pub how: Option<&'a Map<String, Value>>,
    /// To what they would do it.
    pub resource: Row<'a>,
    /// Circumstances.
    pub context: Option<&'a Map<String, Value>>,
}

/// A subject or a resource with what identifies it.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// Its type.
    pub r#type: &'a str,
    /// Its id among its type.
    pub id: &'a str,
    /// What the asker knows of it.
    pub properties: Option<&'a Map<String, Value>>,
}

impl Asked {
    /// The whole question, with what is missing taken from defaults, or the name of what is missing in both. Of what is
    /// there, only missing identifiers are filled: properties belong to the thing that they were given with (7.1).
    pub fn whole<'a>(&'a self, defaults: &'a Asked) -> Result<Question<'a>, &'static str> {
        let subject = row([&self.subject, &defaults.subject], ["subject", "subject.type", "subject.id"])?;
        let [action, default] = [&self.action, &defaults.action].map(Option::as_ref);
        let name = |action: Option<&'a Action>| action.and_then(|action| action.name.as_deref());
        let first = action.or(default).ok_or("action")?;
        Ok(Question {
            subject,
            action: name(action).or(name(default)).ok_or("action.name")?,
            how: first.properties.as_ref(),
            resource: row(
                [&self.resource, &defaults.resource],
                ["resource", "resource.type", "resource.id"],
            )?,
            context: self.context.as_ref().or(defaults.context.as_ref()),
        })
    }
}

fn row<'a>(
    given: [&'a Option<Entity>; 2],
    [whole, kind, id]: [&'static str; 3],
) -> Result<Row<'a>, &'static str> {
    let entities = || given.into_iter().flatten();
    Ok(Row {
        properties: entities().next().ok_or(whole)?.properties.as_ref(),
        r#type: entities().find_map(|entity| entity.r#type.as_deref()).ok_or(kind)?,
        id: entities().find_map(|entity| entity.id.as_deref()).ok_or(id)?,
    })
}
