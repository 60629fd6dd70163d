//! Why?, Who? and What?: the decision taken apart, for people who may ask.

use access::explain::{self, Explanation, Relation, Say};
use access::{Actor, Id, Model, Noun, Permission, Permit, Text, Thing, Visible, can, text};
use schemars::JsonSchema;
use serde::Serialize;

use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::spreadsheet;
use crate::rights::user_access::{self, EffectiveLine};
use crate::{Answer, App, List, Ref};

/// Why a user may or may not do something.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Why {
    /// The answer, the same as the decision's.
    pub allowed: bool,
    /// Whether the whole workspace was asked about and the user may do it to some of it.
    pub partly: bool,
    /// `resource:action`.
    pub permission: &'static str,
    /// How far the user holds it; empty when they do not.
    pub reaches: Vec<&'static str>,
    /// What gives it, what takes it, and how the thing comes into reach: a sentence each.
    #[schemars(with = "Vec<String>")]
    pub reasons: Vec<Text>,
    /// What would make it a yes, a sentence each; empty when it is one.
    #[schemars(with = "Vec<String>")]
    pub remedies: Vec<Text>,
    /// Another word whenever this user's access is another.
    pub version: String,
}

/// Somebody who may do something, and through what.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Who {
    /// Who.
    pub user: Ref,
    /// Through what, a sentence each.
    #[schemars(with = "Vec<String>")]
    pub reasons: Vec<Text>,
}

/// Why the user that the permit is for may or may not do something to a thing. A thing that the asker may not
/// see answers as if it did not exist, so that nothing is learnt of it by asking.
pub async fn why(
    app: &App,
    permit: &Permit<can::AccessExplain>,
    permission: Permission,
    thing: Thing,
) -> Answer<Why> {
    let explanation = explanation(app, permit, permission, &thing).await?;
    let snapshot = app.snapshot(permit).await?;
    let model = snapshot.model();
    Ok(Why {
        allowed: explanation.allowed,
        partly: explanation.is_partly(&thing),
        permission: permission.name(),
        reaches: explanation.line.reaches.words(),
        reasons: reasons(model, permit.id(), &explanation, &thing),
        remedies: explanation.remedies.iter().map(|remedy| remedy.say(model)).collect(),
        version: snapshot.mark_of(permit.id()),
    })
}

/// The same, not yet in words.
pub async fn explanation(
    app: &App,
    permit: &Permit<can::AccessExplain>,
    permission: Permission,
    thing: &Thing,
) -> Answer<Explanation> {
    if permit.actor().is_some_and(|actor| !sees(actor, thing)) {
        return Err(Refusal::new(Code::NotFound));
    }
    let snapshot = app.snapshot(permit).await?;
    let why = explain::why(&snapshot, permit.id(), permission, thing);
    Ok(match permit.actor() {
        Some(asker) => why.veiled(asker),
        None => why,
    })
}

/// Everybody who may do something to a thing, among the people whose access the asker may ask about, by name.
pub fn who(visible: &Visible<can::AccessExplain>, permission: Permission, thing: Thing) -> Answer<List<Who>> {
    if !sees(visible.actor(), &thing) {
        return Err(Refusal::new(Code::NotFound));
    }
    let snapshot = visible.actor().snapshot();
    let model = snapshot.model();
    let among = visible.things(Noun::User);
    let allowed = explain::who(snapshot, permission, &thing).into_iter().filter(|(id, _)| among.contains(id));
    let mut people: Vec<Who> = allowed
        .map(|(id, why)| {
            let why = why.veiled(visible.actor());
            Who { user: Ref::to(model, id), reasons: reasons(model, id, &why, &thing) }
        })
        .collect();
    people.sort_by_key(|who| (who.user.name.to_lowercase(), who.user.id));
    Ok(List::whole(people))
}

/// What a user may do, and what they may see.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct What {
    /// Who.
    pub user: Ref,
    /// Every permission, held or not, with what gives and takes it.
    pub permissions: Vec<EffectiveLine>,
    /// What they may see of each kind, as far as the asker may see it too.
    pub sees: Vec<Seen>,
    /// Another word whenever this user's access is another.
    pub version: String,
}

/// What a user may see of one kind.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Seen {
    /// `user`, `department`, `branch`, `extension`, `queue` or `number`.
    pub kind: &'static str,
    /// How many.
    pub total: usize,
    /// Which, by name.
    pub items: Vec<Ref>,
}

/// Kinds of things that somebody may see.
const KINDS: [Noun; 6] =
    [Noun::User, Noun::Department, Noun::Branch, Noun::Number, Noun::Extension, Noun::Queue];

/// All that the user whom the permit is for may do and see.
pub async fn what(app: &App, permit: &Permit<can::AccessExplain>) -> Answer<What> {
    let snapshot = app.snapshot(permit).await?;
    let user = permit.id();
    // Somebody banned sees nothing.
    let subject = Actor::user(snapshot.clone(), user);
    let seen = |noun| {
        let things = snapshot.things(noun).filter(|thing| subject.as_ref().is_some_and(|s| sees(s, thing)));
        let things = things.filter(|thing| permit.actor().is_none_or(|asker| sees(asker, thing)));
        let ids = things.filter_map(|thing| u32::try_from(thing.id).ok()).map(Id);
        let mut items: Vec<Ref> = ids.map(|id| Ref::to(snapshot.model(), id)).collect();
        items.sort_by_key(|item| (item.name.to_lowercase(), item.id));
        Seen { kind: noun.word(), total: items.len(), items }
    };
    Ok(What {
        user: Ref::to(snapshot.model(), user),
        permissions: user_access::lines(&snapshot, user),
        sees: KINDS.map(seen).into(),
        version: snapshot.mark_of(user),
    })
}

/// Who may do something to a thing, as a table: id, name, role and through what.
pub fn who_csv(
    visible: &Visible<can::AccessExplain>,
    permission: Permission,
    thing: Thing,
) -> Answer<String> {
    let model = visible.actor().snapshot().model();
    let header = ["id", "name", "role", "through"].map(str::to_owned);
    let row = |who: Who| {
        let role = model.role_of(Id(who.user.id)).map_or_else(String::new, |role| role.name.clone());
        let reasons: Vec<String> = who.reasons.iter().map(Text::to_string).collect();
        [who.user.id.to_string(), who.user.name, role, reasons.join("; ")]
    };
    let people = self::who(visible, permission, thing)?.items;
    spreadsheet::csv(std::iter::once(header).chain(people.into_iter().map(row)))
}

fn sees(actor: &Actor, thing: &Thing) -> bool {
    thing.noun.see().is_none_or(|see| actor.may(see, thing))
}

fn reasons(model: &Model, user: Id, why: &Explanation, thing: &Thing) -> Vec<Text> {
    let given = why.line.given.iter().map(|giver| giver.say(model));
    let nothing = why.line.given.is_empty().then(|| {
        let role = model.role_of(user).map_or_else(String::new, |role| role.name.clone());
        text!("neither the role {role} nor a toggle or access for a while gives it")
            .and("role", Text::from(role))
    });
    let taken = why.line.taken.iter().map(|taker| taker.say(model));
    // Of the workspace itself there is no row to be in or out of reach.
    let relation = why
        .relation
        .filter(|relation| thing.noun != Noun::Workspace || !matches!(relation, Relation::TakesPart));
    given.chain(nothing).chain(taken).chain(relation.map(|relation| relation.say(model))).collect()
}
