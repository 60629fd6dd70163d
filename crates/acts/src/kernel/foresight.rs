//! Try before saving, and undo after: what a change would give and take, and taking it back.

use access::foresight::{Group, Piece};
use access::{Actor, Model};
use schemars::JsonSchema;
use serde::Serialize;
use store::{Author, Foreseen};

use crate::{Answer, App, Ref};

/// What a change would do, had it been made: it was not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Foresight {
    /// People to whom the same would happen, the largest group first; empty where nobody gains or loses anything.
    pub groups: Vec<Affected>,
}

/// People to whom the same would happen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Affected {
    /// Those whom you may know.
    pub people: Vec<Ref>,
    /// Whether there are others besides, whom you may not know.
    pub others: bool,
    /// What they would gain.
    pub gains: Vec<Line>,
    /// What they would lose.
    pub loses: Vec<Line>,
}

/// One thing gained or lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Line {
    /// `permission`, `grant`, `lead` or `person`.
    pub kind: &'static str,
    /// The permission's name, or what people call the thing.
    pub name: String,
    /// The permission's meaning; empty for things.
    pub meaning: &'static str,
    /// How far: the reaches of a permission, or `use` and `observe` of a grant.
    pub reaches: Vec<&'static str>,
    /// Whether it spends money, destroys, exposes people or hands out power.
    pub risky: bool,
}

impl From<Foreseen> for Foresight {
    fn from(foreseen: Foreseen) -> Foresight {
        let model = foreseen.before.model();
        Foresight {
            groups: foreseen.difference.groups.iter().map(|group| Affected::of(model, group)).collect(),
        }
    }
}

impl Affected {
    fn of(model: &Model, group: &Group) -> Affected {
        let lines = |pieces: &[Piece]| pieces.iter().map(|piece| Line::of(model, piece)).collect();
        Affected {
            people: group.people.iter().map(|user| Ref::to(model, *user)).collect(),
            others: group.others,
            gains: lines(&group.gains),
            loses: lines(&group.loses),
        }
    }
}

impl Line {
    fn of(model: &Model, piece: &Piece) -> Line {
        let line = |kind, reaches| {
            let name = access::foresight::label(model, piece).to_owned();
            Line { kind, name, meaning: "", reaches, risky: false }
        };
        match piece {
            Piece::Permission(permission, reaches) => Line {
                kind: "permission",
                name: permission.name().to_owned(),
                meaning: permission.entry().meaning,
                reaches: reaches.words(),
                risky: permission.entry().risky,
            },
            Piece::Thing { may_use, may_observe, .. } => {
                let rights = [may_use.then_some("use"), may_observe.then_some("observe")];
                line("grant", rights.into_iter().flatten().collect())
            }
            Piece::Lead(_) => line("lead", vec![]),
            Piece::Person(_) => line("person", vec![]),
        }
    }
}

/// Undoes a change of one's own, for as long as nobody has changed the same since.
pub async fn undo(app: &App, actor: &Actor, author: &Author, receipt: &str) -> Answer<()> {
    Ok(app.store.undo(actor, author, receipt).await?)
}
