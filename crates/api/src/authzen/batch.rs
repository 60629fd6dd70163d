//! Many questions in one request (section 7).

use access::text;
use acts::{Code, Refusal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::question::{Action, Asked, Entity};
use super::{Decision, DecisionPoint, single};

/// The most questions of one request.
const MOST: usize = 1000;

/// Many questions as they were sent, with what they have in common.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[schemars(rename = "Evaluations")]
pub struct Batch {
    /// Who, where a question does not say.
    pub subject: Option<Entity>,
    /// What, where a question does not say.
    pub action: Option<Action>,
    /// To what, where a question does not say.
    pub resource: Option<Entity>,
    /// Circumstances.
    pub context: Option<serde_json::Map<String, Value>>,
    /// The questions, 1,000 at the most; without any, the rest is the one question.
    #[schemars(with = "Option<Vec<Asked>>")]
    pub evaluations: Option<Vec<Value>>,
    /// How to go through them.
    pub options: Option<Options>,
}

/// How to go through many questions.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
pub struct Options {
    /// When to stop; at the end unless told.
    pub evaluations_semantic: Option<Semantic>,
}

/// When to stop answering.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Semantic {
    /// At the end.
    #[default]
    ExecuteAll,
    /// After the first no.
    DenyOnFirstDeny,
    /// After the first yes.
    PermitOnFirstPermit,
}

impl Semantic {
    fn ends_with(self, decision: bool) -> bool {
        match self {
            Semantic::ExecuteAll => false,
            Semantic::DenyOnFirstDeny => !decision,
            Semantic::PermitOnFirstPermit => decision,
        }
    }
}

/// Many answers, or one where one question was asked.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "EvaluationsAnswer")]
pub enum Answer {
    /// To many questions, in their order.
    Many {
        /// The answers.
        evaluations: Vec<Decision>,
    },
    /// To one.
    One(Decision),
}

/// Answers many questions. One that is not whole is a no of its own.
pub async fn answer(point: &impl DecisionPoint, batch: Batch) -> Result<Answer, Refusal> {
    let Batch { subject, action, resource, context, evaluations, options } = batch;
    let defaults = Asked { subject, action, resource, context };
    let questions = evaluations.unwrap_or_default();
    if questions.is_empty() {
        return single(point, &defaults).await.map(Answer::One);
    }
    if questions.len() > MOST {
        let message = text!("{field} has more than {most} questions: send them in parts.", most = MOST);
        return Err(Refusal::because(Code::BadRequest, message).at("evaluations"));
    }
    let semantic = options.and_then(|options| options.evaluations_semantic).unwrap_or_default();
    let mut answers = vec![];
    for question in questions {
        let decision = decide(point, question, &defaults).await?;
        let last = semantic.ends_with(decision.decision);
        // Others' requests get their turn between two questions.
        tokio::task::yield_now().await;
        answers.push(decision);
        if last {
            break;
        }
    }
    Ok(Answer::Many { evaluations: answers })
}

async fn decide(point: &impl DecisionPoint, question: Value, defaults: &Asked) -> Result<Decision, Refusal> {
    let asked: Asked = match serde_json::from_value(question) {
        Ok(asked) => asked,
        Err(error) => return Ok(Decision::no(format!("the question cannot be read: {error}"))),
    };
    match asked.whole(defaults) {
        Ok(question) => point.decide(&question).await,
        Err(missing) => Ok(Decision::no(format!("{missing} is needed"))),
    }
}
