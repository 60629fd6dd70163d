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

/// A whole question.
#[derive(Debug, Clone)]
pub struct Question {
    /// Who would do it.
    pub subject: Row,
    /// What they would do.
    pub action: String,
    /// How they would do it.
    pub how: Map<String, Value>,
    /// To what they would do it.
    pub resource: Row,
    /// Circumstances.
    pub context: Map<String, Value>,
}

/// A subject or a resource with what identifies it.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its type.
    pub r#type: String,
    /// Its id among its type.
    pub id: String,
    /// What the asker knows of it.
    pub properties: Map<String, Value>,
}

impl Asked {
    /// The whole question, or the name of what is missing.
    pub fn whole(self) -> Result<Question, &'static str> {
        let subject = row(self.subject, ["subject", "subject.type", "subject.id"])?;
        let action = self.action.ok_or("action")?;
        Ok(Question {
            subject,
            action: action.name.ok_or("action.name")?,
            how: action.properties.unwrap_or_default(),
            resource: row(self.resource, ["resource", "resource.type", "resource.id"])?,
            context: self.context.unwrap_or_default(),
        })
    }

    /// The same with what is missing taken from defaults. Of what is there, only missing identifiers are filled:
    /// properties belong to the thing that they were given with (7.1).
    pub fn or(self, defaults: &Asked) -> Asked {
        Asked {
            subject: entity(self.subject, &defaults.subject),
            action: match (self.action, &defaults.action) {
                (Some(Action { name: None, properties }), Some(default)) => {
                    Some(Action { name: default.name.clone(), properties })
                }
                (action, default) => action.or_else(|| default.clone()),
            },
            resource: entity(self.resource, &defaults.resource),
            context: self.context.or_else(|| defaults.context.clone()),
        }
    }
}

fn row(entity: Option<Entity>, [whole, kind, id]: [&'static str; 3]) -> Result<Row, &'static str> {
    let entity = entity.ok_or(whole)?;
    let properties = entity.properties.unwrap_or_default();
    Ok(Row { r#type: entity.r#type.ok_or(kind)?, id: entity.id.ok_or(id)?, properties })
}

fn entity(given: Option<Entity>, default: &Option<Entity>) -> Option<Entity> {
    match (given, default) {
        (Some(given), Some(default)) => Some(Entity {
            r#type: given.r#type.or_else(|| default.r#type.clone()),
            id: given.id.or_else(|| default.id.clone()),
            properties: given.properties,
        }),
        (given, default) => given.or_else(|| default.clone()),
    }
}
