//! What a change gives and takes: who gains and who loses what, for whoever is about to make it.

use std::collections::{BTreeMap, BTreeSet};

use crate::decide::Actor;
use crate::model::{Id, Model};
use crate::permission::Permission;
use crate::powers::Powers;
use crate::reach::Reaches;
use crate::snapshot::{Snapshot, shown};

/// One thing that somebody gains or loses.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Piece {
    /// A permission, with the reaches that come or go.
    Permission(Permission, Reaches),
    /// An extension, queue or number, to use it, to observe it, or both.
    Thing {
        /// Which.
        entity: Id,
        /// To place and receive calls with it.
        may_use: bool,
        /// To see its log and statistics.
        may_observe: bool,
    },
    /// A department or branch that they lead.
    Lead(Id),
    /// A person among those whom they lead.
    Person(Id),
}

/// Who gains and loses what by a change; people to whom the same happens stand together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Difference {
    /// The groups, the largest first.
    pub groups: Vec<Group>,
}

/// People to whom the same happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Those whom the viewer may know.
    pub people: Vec<Id>,
    /// Whether there are others besides; how many is not the viewer's to know (ALL-04).
    pub others: bool,
    /// What they gain.
    pub gains: Vec<Piece>,
    /// What they lose.
    pub loses: Vec<Piece>,
}

impl Difference {
    /// What the step from one snapshot to another gives and takes, as far as the viewer may know. Who is only there
    /// before it or after it neither gains nor loses; nor does a difference in things that the viewer cannot see show.
    pub fn between(before: &Snapshot, after: &Snapshot, viewer: Option<&Actor>) -> Difference {
        let mut alike: BTreeMap<(Vec<Piece>, Vec<Piece>), Vec<Id>> = BTreeMap::new();
        for user in concerned(before, after) {
            let (was, is) = (pieces(before, user), pieces(after, user));
            let known = |piece: &Piece| viewer.is_none_or(|viewer| knows(viewer, piece));
            let gains: Vec<Piece> = less(&is, &was).into_iter().filter(known).collect();
            let loses: Vec<Piece> = less(&was, &is).into_iter().filter(known).collect();
            if !gains.is_empty() || !loses.is_empty() {
                alike.entry((gains, loses)).or_default().push(user);
            }
        }
        let mut groups: Vec<Group> = alike
            .into_iter()
            .map(|((gains, loses), users)| {
                let all = users.len();
                let known = |user: &Id| viewer.is_none_or(|viewer| viewer.knows_user(*user));
                let people: Vec<Id> = users.into_iter().filter(known).collect();
                Group { others: all > people.len(), people, gains, loses }
            })
            .collect();
        groups.sort_by_key(|group| std::cmp::Reverse(group.people.len()));
        Difference { groups }
    }

    /// Whether nobody gains or loses anything.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }
}

/// The people there before and after who may hold something else: those whose access is another, and, when anybody
/// moves, whoever leads people.
fn concerned(before: &Snapshot, after: &Snapshot) -> Vec<Id> {
    let (was, is) = (&before.model().users, &after.model().users);
    let stays = || was.iter().filter_map(|(id, user)| Some((*id, user, is.get(id)?)));
    let moved = stays().any(|(_, was, is)| !was.units().eq(is.units())) || was.len() != is.len();
    let differs = |id: Id| match (before.user(id), after.user(id)) {
        (Some(was), Some(is)) => was != is || (moved && !is.led().is_empty()),
        _ => true,
    };
    stays().map(|(id, ..)| id).filter(|id| differs(*id)).collect()
}

/// All that somebody holds, in pieces that can come and go alone.
#[derive(Debug)]
struct Held {
    powers: Powers,
    rest: BTreeSet<Piece>,
}

fn pieces(snapshot: &Snapshot, user: Id) -> Held {
    let model = snapshot.model();
    let Some(folded) = snapshot.user(user) else {
        return Held { powers: Powers::NONE, rest: BTreeSet::new() };
    };
    let leads = folded.led().iter().map(|unit| Piece::Lead(*unit));
    let people = model
        .users
        .iter()
        .filter(|(other, their)| **other != user && their.units().any(|unit| folded.leads(unit)));
    let granted = model.grants_of(user, snapshot.at()).flat_map(|grant| {
        let piece = |may_use, may_observe| Piece::Thing { entity: grant.entity, may_use, may_observe };
        [grant.may_use.then(|| piece(true, false)), grant.may_observe.then(|| piece(false, true))]
    });
    let rest = leads.chain(people.map(|(id, _)| Piece::Person(*id))).chain(granted.flatten()).collect();
    Held { powers: folded.powers, rest }
}

/// What the one has and the other lacks.
fn less(one: &Held, other: &Held) -> Vec<Piece> {
    let mut pieces = vec![];
    for (permission, reaches) in one.powers.iter() {
        let lost = reaches.iter().filter(|reach| !other.powers.has(permission, *reach));
        let lost = shown(permission, lost.fold(Reaches::NONE, Reaches::with));
        if !lost.is_empty() {
            pieces.push(Piece::Permission(permission, lost));
        }
    }
    let mut rest: Vec<Piece> = one.rest.difference(&other.rest).cloned().collect();
    rest.dedup_by(|use_, observe| joined(observe, use_));
    pieces.extend(rest);
    pieces
}

/// Makes one piece of the use and the observation of the same thing.
fn joined(kept: &mut Piece, next: &Piece) -> bool {
    match (kept, next) {
        (
            Piece::Thing { entity, may_use, may_observe },
            Piece::Thing { entity: same, may_use: uses, may_observe: observes },
        ) if entity == same => {
            *may_use |= uses;
            *may_observe |= observes;
            true
        }
        _ => false,
    }
}

fn knows(viewer: &Actor, piece: &Piece) -> bool {
    match piece {
        Piece::Permission(..) => true,
        Piece::Thing { entity: id, .. } | Piece::Lead(id) | Piece::Person(id) => viewer.knows(*id),
    }
}

/// What people call the thing that a piece is about; the permission's meaning where it is one.
pub fn label<'m>(model: &'m Model, piece: &Piece) -> &'m str {
    match piece {
        Piece::Permission(permission, _) => permission.entry().meaning,
        Piece::Thing { entity: id, .. } | Piece::Lead(id) | Piece::Person(id) => model.label(*id),
    }
}
