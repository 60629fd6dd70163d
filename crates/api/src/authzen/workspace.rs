//! A workspace as a decision point: subjects are its users, a resource's type and an action's name are the two halves
//! of a permission.

use access::{Noun, Permission, Permit, Reach, Text, Thing, Visible, can};
use acts::kernel::email;
use acts::lines::calling;
use acts::rights::explain;
use acts::{Code, Refusal};
use serde_json::Value;

use super::claim::Names;
use super::question::{Question, Row};
use super::{Context, Decision, DecisionPoint};
use web::request::Request;

/// The workspace of somebody who may ask about at least some of its people.
pub struct Workspace<'a> {
    request: &'a Request,
    visible: &'a Visible<can::AccessExplain>,
    names: Names<'a>,
}

impl<'a> Workspace<'a> {
    /// The decision point that this caller may ask.
    pub fn new(request: &'a Request, visible: &'a Visible<can::AccessExplain>) -> Workspace<'a> {
        Workspace { request, visible, names: Names::of(visible.actor().snapshot()) }
    }

    /// The user that the question is about, if the caller may ask about them. Those about whom they may not are
    /// answered like those who do not exist.
    fn subject(&self, row: &Row<'_>) -> Option<Permit<can::AccessExplain>> {
        let actor = self.visible.actor();
        let user = email::user_named(actor.snapshot(), row.id).filter(|_| row.r#type == "user")?;
        actor.permit_on(actor.snapshot().thing(Noun::User, user)?).ok()
    }

    /// Whether a call would go out with that number to show, or with the caller's own choice (NUA-06, NUA-07).
    async fn call(&self, permit: &Permit<can::AccessExplain>, asked: &Value) -> Result<Decision, Refusal> {
        let model = self.visible.actor().snapshot().model();
        let asked = match asked {
            Value::Null => None,
            Value::String(text) => Some(calling::number_named(model, text)),
            other => Some(calling::number_named(model, &other.to_string())),
        };
        // A number that is nobody's here is not theirs either.
        let asked = asked.map(|number| number.map_or(u32::MAX, |number| number.0));
        let line = calling::line(&self.request.server.app, permit, asked).await?;
        let reason = line.reason.iter().map(Text::to_string);
        let shown = line.caller_id.iter().map(|number| format!("calls show {}", number.name));
        let context = Context {
            reason: reason.chain(shown).collect(),
            reaches: if line.allowed { vec![Reach::Own.word()] } else { vec![] },
            version: line.version,
        };
        Ok(Decision { decision: line.allowed, context })
    }

    /// The row that the question is about; none where it is of a kind that is kept and not there.
    async fn thing(&self, row: &Row<'_>) -> Result<Option<Thing>, Refusal> {
        if row.id == "*" {
            return Ok(Some(Thing::WORKSPACE));
        }
        match kept(row.r#type) {
            None => self.names.row(row.properties).map(Some),
            Some(noun) => match self.request.find(noun, row.id).await {
                Err(refusal) if refusal.code == Code::NotFound => Ok(None),
                found => found.map(Some),
            },
        }
    }
}

/// The kind of row that permissions of a resource are about, where Ringfence keeps such rows.
fn kept(resource: &str) -> Option<Noun> {
    match resource {
        "user" | "profile" | "access" => Some(Noun::User),
        "call_record" | "recording" => Some(Noun::Call),
        // The permissions of this resource are about calls to come, which are not kept yet.
        "call" => None,
        word => Noun::from_word(word),
    }
}

impl DecisionPoint for Workspace<'_> {
    async fn decide(&self, question: &Question<'_>) -> Result<Decision, Refusal> {
        let resource = &question.resource;
        let name = format!("{}:{}", resource.r#type, question.action);
        let Some(permission) = Permission::from_name(&name) else {
            return Ok(Decision::no(format!("there is no permission `{name}`")));
        };
        let Some(permit) = self.subject(&question.subject) else {
            return Ok(Decision::no("there is no such subject"));
        };
        let unknown = || Decision::no("there is no such resource");
        let Some(thing) = self.thing(resource).await? else { return Ok(unknown()) };
        if let (Permission::CallPlace, Some(asked)) =
            (permission, question.context.and_then(|c| c.get("caller_id")))
        {
            return self.call(&permit, asked).await;
        }
        match explain::why(&self.request.server.app, &permit, permission, thing).await {
            Ok(why) => Ok(Decision {
                decision: why.allowed,
                context: Context {
                    reason: why.reasons.iter().map(Text::to_string).collect(),
                    reaches: why.reaches,
                    version: why.version,
                },
            }),
            // A row that the caller may not see.
            Err(refusal) if refusal.code == Code::NotFound => Ok(unknown()),
            Err(refusal) => Err(refusal),
        }
    }
}
