//! Random workspaces: decisions, lists and explanations agree with the reference, and access has the shape it should.

use std::collections::BTreeSet;
use std::sync::Arc;

use access::authority;
use access::explain::{self, Relation, Remedy, Taker};
use access::model::{Grant, Micros, Setting, Standing, Toggle};
use access::preset::{Plan, RoleStanding};
use access::{
    Actor, Cell, Denied, Id, Model, Noun, Permission, PermissionSet, Powers, Preset, Reach, Reaches, Rows,
    Snapshot, Thing, can,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, subsequence};

use crate::reference;
use crate::worlds::{self, ENTITIES, NOW, UNITS};

const ROLES: [Id; 3] = [Id(101), Id(102), Id(103)];
const TOGGLES: [Id; 4] = [Id(201), Id(202), Id(203), Id(204)];
pub(crate) const USERS: [Id; 4] = [Id(301), Id(302), Id(303), Id(304)];
const STRANGER: Id = Id(9_999);

/// Permissions of every shape: each set of reaches, each way in which grants count. Few, so that cells collide.
const FEW: [Permission; 14] = [
    Permission::CallRecordRead,
    Permission::RecordingListen,
    Permission::UserRead,
    Permission::UserUpdate,
    Permission::NumberRead,
    Permission::ExtensionRead,
    Permission::QueueRead,
    Permission::QueueJoin,
    Permission::MessageRead,
    Permission::MessageSend,
    Permission::CallPlace,
    Permission::LiveCallRead,
    Permission::BillingRead,
    Permission::AccessRequestCreate,
];

fn permission() -> impl Strategy<Value = Permission> {
    prop_oneof![6 => any::<Index>().prop_map(|i| *i.get(&FEW)), 1 => any::<Index>().prop_map(|i| *i.get(Permission::ALL))]
}

fn cell() -> impl Strategy<Value = Cell> {
    (permission(), subsequence(Reach::ALL.to_vec(), 1..=2)).prop_map(|(permission, reaches)| {
        let can = permission.entry().reaches;
        let some = Reaches::of(&reaches).intersection(can);
        (permission, if some.is_empty() { can } else { some })
    })
}

fn cells(most: usize) -> impl Strategy<Value = Vec<Cell>> {
    vec(cell(), 0..=most)
}

fn one_of<const N: usize>(ids: [Id; N]) -> impl Strategy<Value = Id> {
    any::<Index>().prop_map(move |i| *i.get(&ids))
}

fn moment() -> impl Strategy<Value = Micros> {
    prop_oneof![Just(NOW - 1), Just(NOW), Just(NOW + 1), Just(NOW + 1_000_000)]
}

fn rows() -> impl Strategy<Value = Vec<Thing>> {
    let id = prop_oneof![one_of(USERS), one_of(UNITS), one_of(ENTITIES), Just(STRANGER)];
    let noun = prop_oneof![Just(Noun::Call), Just(Noun::User), Just(Noun::Number)];
    let row = (noun, vec(id, 0..4)).prop_map(|(noun, touches)| Thing::new(noun, 1, touches));
    vec(row, 1..6).prop_map(|mut rows| {
        rows.push(Thing::WORKSPACE);
        rows
    })
}

prop_compose! {
    fn grants()(rows in vec((one_of(USERS), one_of(ENTITIES), any::<(bool, bool)>(), proptest::option::of(moment())), 0..10)) -> Vec<Grant> {
        let grant = |(id, (user, entity, (may_use, may_observe), expires_at))| Grant { id: Id(id), user, entity, may_use, may_observe, expires_at };
        (501..).zip(rows).map(grant).collect()
    }
}

prop_compose! {
    /// Any workspace with three roles, four toggles, four users, four units, and four extensions, queues and numbers.
    pub(crate) fn model()(
        roles in [(cells(10), any::<bool>()), (cells(10), any::<bool>()), (cells(4), any::<bool>())],
        toggles in [cells(4), cells(4), cells(3), cells(3)],
        with in cells(3),
        users in [(one_of(ROLES), 0..3_usize, 0..3_usize, 0..6_usize), (one_of(ROLES), 0..3, 0..3, 0..6), (one_of(ROLES), 0..3, 0..3, 0..6), (one_of(ROLES), 0..3, 0..3, 0..6)],
        settings in vec(0..3_u8, TOGGLES.len() * USERS.len()),
        leads in vec((one_of(USERS), one_of(UNITS)), 0..5),
        grants in grants(),
        temporary in vec((one_of(USERS), cells(3), moment()), 0..4),
        lacks in prop_oneof![2 => Just(vec![]), 1 => vec(permission(), 0..4)],
    ) -> Model {
        let mut model = worlds::empty(&Preset::all()[0]);
        let role = |(holds, unrestricted): (Vec<Cell>, bool)| access::model::Role {
            name: "role".into(), key: None, standing: RoleStanding { unrestricted, ..RoleStanding::default() }, holds,
        };
        model.roles = ROLES.into_iter().zip(roles.map(role)).collect();
        model.toggles = TOGGLES.into_iter().zip(toggles).map(|(id, holds)| (id, Toggle { name: "toggle".into(), summary: String::new(), key: None, holds, with: None })).collect();
        model.toggles.get_mut(&TOGGLES[0]).unwrap().with = Some((TOGGLES[1], with));
        for (id, (role, department, branch, standing)) in USERS.into_iter().zip(users) {
            let mut user = worlds::user(id, role);
            (user.department, user.branch) = (UNITS[..2].get(department).copied(), UNITS[2..].get(branch).copied());
            user.standing = [Standing::Banned, Standing::Invited].get(standing).copied().unwrap_or(Standing::Active);
            model.users.insert(id, user);
        }
        let keys = USERS.into_iter().flat_map(|p| TOGGLES.map(|t| (p, t)));
        let set = |n: u8| match n { 0 => None, 1 => Some(Setting::Allow), _ => Some(Setting::Deny) };
        model.settings = keys.zip(settings).filter_map(|(key, n)| Some((key, set(n)?))).collect();
        model.leads = leads;
        model.grants = grants;
        model.temporary = (601..).zip(temporary).map(|(id, (user, holds, at))| worlds::temporary(id, user, holds, at)).collect();
        model.allows = lacks.into_iter().fold(PermissionSet::EVERY, PermissionSet::without);
        if model.allows != PermissionSet::EVERY {
            model.plan = "custom".into();
        }
        model
    }
}

fn fold(model: &Model) -> Arc<Snapshot> {
    worlds::fold(model)
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(1_000))]

    #[test]
    fn decisions_agree_with_the_reference(model in model(), rows in rows()) {
        let snapshot = fold(&model);
        for user in USERS {
            let actor = Actor::user(snapshot.clone(), user);
            prop_assert_eq!(actor.is_none(), model.users[&user].standing == Standing::Banned);
            let Some(actor) = actor else { continue };
            for permission in Permission::ALL.iter().copied() {
                for row in &rows {
                    let reference = reference::may(&model, NOW, user, permission, row);
                    prop_assert_eq!(actor.may(permission, row), reference, "{} {} {:?}", user, permission, row);
                    let reach = reference::reach_over(&model, NOW, user, permission, &row.touches);
                    prop_assert_eq!(actor.reach_over(permission, &row.touches), reach);
                }
                let held = reference::held(&model, NOW, user, permission);
                prop_assert_eq!(actor.holds(permission), !held.is_empty());
                let powers: BTreeSet<Reach> = actor.powers().reaches(permission).iter().collect();
                prop_assert_eq!(powers, held);
                let latent: BTreeSet<Reach> = snapshot.latent(user).reaches(permission).iter().collect();
                prop_assert_eq!(latent, reference::latent(&model, NOW, user, permission));
            }
        }
    }

    #[test]
    fn all_04_a_list_shows_exactly_the_rows_that_a_check_on_each_allows(model in model(), rows in rows()) {
        let snapshot = fold(&model);
        for actor in USERS.into_iter().filter_map(|p| Actor::user(snapshot.clone(), p)) {
            for permission in Permission::ALL.iter().copied() {
                let listed = actor.rows(permission);
                for row in rows.iter().filter(|row| row.noun != Noun::Workspace) {
                    prop_assert_eq!(shows(&listed, row), actor.may(permission, row), "{} {:?}", permission, row);
                }
            }
        }
    }

    #[test]
    fn view_as_shows_what_both_see_and_never_somebody_who_holds_more(mut model in model(), rows in rows()) {
        // Somebody who may ask about everybody and holds what another role does: else hardly anybody ever looks.
        let others = model.roles[&ROLES[1]].holds.clone();
        let role = model.roles.get_mut(&ROLES[0]).unwrap();
        role.holds.extend([Permission::UserRead, Permission::AccessExplain].map(|p| (p, Reaches::of(&[Reach::All]))));
        role.holds.extend(others);
        let snapshot = fold(&model);
        for (viewer, other) in USERS.into_iter().flat_map(|v| USERS.map(|o| (v, o))) {
            let Some(viewer) = Actor::user(snapshot.clone(), viewer) else { continue };
            let thing = snapshot.thing(Noun::User, other).unwrap();
            let asks = [Permission::UserRead, Permission::AccessExplain].into_iter().all(|p| viewer.may(p, &thing));
            let holds_no_more = authority::may_touch(&viewer, &snapshot, other).is_ok();
            let banned = model.users[&other].standing == Standing::Banned;
            let seen = viewer.view_as(other);
            prop_assert_eq!(seen.is_ok(), asks && holds_no_more && !banned && viewer.id() != other);
            let Ok(seen) = seen else { continue };
            let own = Actor::user(snapshot.clone(), other).unwrap();
            prop_assert!(seen.view_as(viewer.id()).is_err(), "nobody looks through somebody who looks");
            for permission in Permission::ALL.iter().copied() {
                let looks = permission.entry().verb == access::Verb::Read;
                for row in &rows {
                    let both = own.may(permission, row) && (!looks || viewer.may(permission, row));
                    prop_assert_eq!(seen.may(permission, row), both, "{} {:?}", permission, row);
                    prop_assert_eq!(seen.reach_over(permission, &row.touches).is_some(), own.reach_over(permission, &row.touches).is_some() && (!looks || viewer.reach_over(permission, &row.touches).is_some()));
                    if row.noun != Noun::Workspace {
                        prop_assert_eq!(shows(&seen.rows(permission), row), both, "{} {:?}", permission, row);
                    }
                }
            }
            let again = seen.renew(snapshot.clone()).unwrap();
            prop_assert_eq!(again.viewer().map(Actor::id), Some(viewer.id()), "looking lasts through a renewed decision");
        }
    }

    #[test]
    fn all_04_things_of_the_model_are_listed_exactly_when_a_check_on_each_allows(model in model()) {
        let snapshot = fold(&model);
        for actor in USERS.into_iter().filter_map(|p| Actor::user(snapshot.clone(), p)) {
            prop_assert_eq!(listed::<can::UserRead>(&actor, Noun::User), checked(&actor, Noun::User, &USERS));
            prop_assert_eq!(listed::<can::RoleRead>(&actor, Noun::Role), checked(&actor, Noun::Role, &ROLES));
            prop_assert_eq!(listed::<can::DepartmentRead>(&actor, Noun::Department), checked(&actor, Noun::Department, &UNITS));
            prop_assert_eq!(listed::<can::BranchRead>(&actor, Noun::Branch), checked(&actor, Noun::Branch, &UNITS));
            prop_assert_eq!(listed::<can::ExtensionRead>(&actor, Noun::Extension), checked(&actor, Noun::Extension, &ENTITIES));
            prop_assert_eq!(listed::<can::QueueRead>(&actor, Noun::Queue), checked(&actor, Noun::Queue, &ENTITIES));
            prop_assert_eq!(listed::<can::NumberRead>(&actor, Noun::Number), checked(&actor, Noun::Number, &ENTITIES));
        }
    }

    #[test]
    fn all_05_a_refusal_is_hidden_exactly_when_the_thing_cannot_be_seen(model in model(), rows in rows()) {
        let snapshot = fold(&model);
        for user in USERS {
            let Some(actor) = Actor::user(snapshot.clone(), user) else { continue };
            for row in &rows {
                let may = |p| reference::may(&model, NOW, user, p, row);
                let seen = row.noun.see().is_none_or(may);
                let own = row.noun == Noun::User && row.id == i64::from(user.0);
                prop_assert!(actor.may_name(row) || !(seen || own));
                let expected = match (may(Permission::UserUpdate), seen) {
                    // What cannot be seen cannot be touched, whatever one may do to such things.
                    (true, _) if actor.may_name(row) => Ok(()),
                    (_, false) => Err(Denied::Hidden),
                    (_, true) => Err(Denied::Lacks(Permission::UserUpdate)),
                };
                prop_assert_eq!(actor.permit_on::<can::UserUpdate>(row.clone()).map(|_| ()), expected);
            }
        }
    }

    #[test]
    fn a_tokens_scope_takes_away_and_adds_nothing(model in model(), rows in rows(), scope in vec(permission(), 0..8)) {
        let snapshot = fold(&model);
        let scope: PermissionSet = scope.into_iter().collect();
        for user in USERS {
            let Some(actor) = Actor::user(snapshot.clone(), user) else { continue };
            let token = Actor::scoped(snapshot.clone(), user, scope).unwrap();
            for permission in Permission::ALL.iter().copied() {
                for row in &rows {
                    let expected = scope.has(permission) && actor.may(permission, row);
                    prop_assert_eq!(token.may(permission, row), expected);
                    prop_assert_eq!(token.renew(snapshot.clone()).unwrap().may(permission, row), expected);
                }
            }
        }
    }

    #[test]
    fn explanations_answer_as_the_decision_and_account_for_it(model in model(), rows in rows()) {
        let snapshot = fold(&model);
        for user in USERS {
            for line in explain::what(&snapshot, user) {
                let held = reference::held(&model, NOW, user, line.permission);
                prop_assert_eq!(line.reaches, Reaches::of(&held.into_iter().collect::<Vec<_>>()).shortest());
                prop_assert_eq!(accounted(&model, &line), line.reaches, "{:?}", line);
            }
            for (permission, row) in FEW.into_iter().flat_map(|p| rows.iter().map(move |r| (p, r))) {
                let why = explain::why(&snapshot, user, permission, row);
                prop_assert_eq!(why.allowed, reference::may(&model, NOW, user, permission, row));
                prop_assert!(!why.allowed || why.remedies.is_empty());
                let reach = reference::reach_over(&model, NOW, user, permission, &row.touches);
                prop_assert!(relates(&model, user, &why, reach, row), "{:?} of {:?} by {:?}", why, row, reach);
            }
        }
    }

    #[test]
    fn every_taker_that_is_named_takes_something(model in model()) {
        let snapshot = fold(&model);
        for line in USERS.into_iter().flat_map(|p| explain::what(&snapshot, p)) {
            let given = given(&line);
            for taker in &line.taken {
                let narrows = match taker {
                    Taker::DeniedToggle(toggle) => given.minus(&model.toggles[toggle].holds) != given,
                    Taker::Plan => !model.allows.has(line.permission),
                    Taker::Ban => true,
                };
                prop_assert!(narrows, "{:?} takes nothing of {:?}", taker, line);
            }
        }
    }

    #[test]
    fn who_names_everybody_who_may_and_nobody_else(model in model(), rows in rows()) {
        let snapshot = fold(&model);
        for (permission, row) in FEW.into_iter().flat_map(|p| rows.iter().map(move |r| (p, r))) {
            let named: Vec<Id> = explain::who(&snapshot, permission, row).into_iter().map(|(id, _)| id).collect();
            let may = |id: &Id| reference::may(&model, NOW, *id, permission, row);
            prop_assert_eq!(named, USERS.into_iter().filter(may).collect::<Vec<_>>());
        }
    }

    #[test]
    fn the_remedies_of_a_refusal_make_it_a_yes(model in model(), rows in rows()) {
        let snapshot = fold(&model);
        for user in USERS {
            for (permission, row) in FEW.into_iter().flat_map(|p| rows.iter().map(move |r| (p, r))) {
                let (first, then) = split(explain::why(&snapshot, user, permission, row).remedies);
                let lifted = first.iter().fold(model.clone(), |m, r| applied(&m, user, r));
                let yes = |m: &Model| reference::may(m, NOW, user, permission, row);
                let refused = !yes(&model);
                prop_assert!(!refused || !then.is_empty() || first.is_empty() || yes(&lifted), "{:?} is not enough", first);
                for remedy in &then {
                    prop_assert!(yes(&applied(&lifted, user, remedy)), "{:?} and {:?} are not enough for {} {:?}", first, remedy, permission, row);
                    prop_assert!(!yes(&lifted), "{:?} is not needed", remedy);
                }
                if refused && first.is_empty() && then.is_empty() {
                    let helping = every_way(&row.touches).into_iter().find(|way| yes(&applied(&unblocked(&model, user), user, way)));
                    prop_assert_eq!(helping, None, "a remedy for {} {:?} was not found", permission, row);
                }
                for needless in &first {
                    let others = first.iter().filter(|r| *r != needless).fold(model.clone(), |m, r| applied(&m, user, r));
                    let without = then.iter().any(|r| yes(&applied(&others, user, r))) || yes(&others);
                    prop_assert!(!without, "{:?} is not needed beside {:?} for {} {:?}", needless, then, permission, row);
                }
            }
        }
    }

    #[test]
    fn deny_wins_over_everything_that_gives(model in model(), denied in cell(), rows in rows()) {
        let mut model = model;
        let (permission, reaches) = denied;
        model.toggles.get_mut(&TOGGLES[3]).unwrap().holds = vec![denied];
        for user in USERS {
            model.settings.insert((user, TOGGLES[3]), Setting::Deny);
        }
        let snapshot = fold(&model);
        for user in USERS.into_iter().filter(|p| !model.role_of(*p).unwrap().standing.unrestricted) {
            let held = snapshot.user(user).unwrap().powers.reaches(permission);
            for reach in reaches.iter() {
                prop_assert!(!held.has(reach));
                prop_assert_eq!(held.intersection(reach.narrower()), held, "{:?} survived the denial of {:?}", held, reach);
            }
            let everything = reaches.iter().any(|r| r.narrower().is_empty());
            prop_assert!(!everything || rows.iter().all(|row| !reference::may(&model, NOW, user, permission, row)));
        }
    }

    #[test]
    fn the_unrestricted_are_never_reduced_by_a_denial(model in model()) {
        let mut free = model.clone();
        free.settings.retain(|_, setting| *setting != Setting::Deny);
        let (snapshot, free) = (fold(&model), fold(&free));
        for user in USERS.into_iter().filter(|p| model.role_of(*p).unwrap().standing.unrestricted) {
            prop_assert_eq!(snapshot.latent(user), free.latent(user));
        }
    }

    #[test]
    fn all_01_nothing_given_is_nothing_allowed(model in model(), rows in rows()) {
        let mut model = model;
        model.roles.values_mut().for_each(|r| r.holds.clear());
        model.toggles.values_mut().for_each(|t| (t.holds, t.with) = (vec![], None));
        model.temporary.clear();
        let snapshot = fold(&model);
        for actor in USERS.into_iter().filter_map(|p| Actor::user(snapshot.clone(), p)) {
            for permission in Permission::ALL.iter().copied() {
                prop_assert!(rows.iter().all(|row| !actor.may(permission, row)));
                prop_assert_eq!(actor.rows(permission), Rows::Touching(vec![]));
            }
        }
    }

    #[test]
    fn giving_more_never_takes_anything_away(model in model(), more in grants(), lead in one_of(UNITS), held in cells(3), rows in rows()) {
        let before = fold(&model);
        let mut richer = model.clone();
        richer.grants.extend(more);
        richer.leads.extend(USERS.map(|p| (p, lead)));
        richer.temporary.extend(USERS.map(|p| worlds::temporary(700, p, held.clone(), NOW + 1)));
        let after = fold(&richer);
        for user in USERS {
            let Some(poor) = Actor::user(before.clone(), user) else { continue };
            let rich = Actor::user(after.clone(), user).unwrap();
            for permission in Permission::ALL.iter().copied() {
                prop_assert!(rows.iter().all(|row| !poor.may(permission, row) || rich.may(permission, row)));
            }
        }
    }

    #[test]
    fn what_expires_counts_exactly_until_its_microsecond(model in model()) {
        let snapshot = fold(&model);
        let until = snapshot.valid_until();
        let ends = model.grants.iter().filter_map(|g| g.expires_at).chain(model.temporary.iter().map(|t| t.expires_at));
        prop_assert_eq!(until, ends.filter(|at| *at > NOW).min().unwrap_or(Micros::MAX));
        let last = Snapshot::build(model.clone(), until - 1);
        let kept = |s: &Snapshot| USERS.map(|p| s.user(p).cloned());
        prop_assert_eq!(kept(&snapshot), kept(&last), "access changed before {}", until);
        if until < Micros::MAX {
            let after = Arc::new(Snapshot::build(model.clone(), until));
            let mut without = model.clone();
            without.grants.retain(|g| g.expires_at.is_none_or(|at| at > until));
            without.temporary.retain(|t| t.expires_at > until);
            prop_assert_eq!(kept(&after), kept(&fold(&without)), "something expired still counts");
        }
    }

    #[test]
    fn powers_stay_closed_whatever_is_added_and_denied(given in cells(12), denied in cells(4)) {
        let powers: Powers = given.iter().collect();
        for (permission, reaches) in powers.minus(&denied).iter() {
            for reach in reaches.iter() {
                let inside = reach.narrower().intersection(permission.entry().reaches);
                prop_assert_eq!(inside.intersection(reaches), inside);
            }
            prop_assert_eq!(reaches.intersection(permission.entry().reaches), reaches);
        }
    }
}

/// Whether a list of those rows has a row.
fn shows(rows: &Rows, row: &Thing) -> bool {
    rows.keys().into_iter().all(|keys| row.touches.iter().any(|id| keys.contains(id)))
}

pub(crate) fn listed<R: access::Right>(actor: &Actor, noun: Noun) -> Vec<Id> {
    actor.visible::<R>().map_or(vec![], |visible| visible.things(noun))
}

pub(crate) fn checked(actor: &Actor, noun: Noun, ids: &[Id]) -> Vec<Id> {
    let see = noun.see().unwrap();
    let shown = |id: &Id| actor.snapshot().thing(noun, *id).is_some_and(|thing| actor.may(see, &thing));
    ids.iter().copied().filter(shown).collect()
}

/// Whether an explanation's relation is the one by which the row comes into reach.
fn relates(model: &Model, user: Id, why: &explain::Explanation, reach: Option<Reach>, row: &Thing) -> bool {
    let Some(relation) = why.relation else { return why.line.reaches.is_empty() };
    match relation {
        Relation::OutOfReach => !why.allowed && !why.line.reaches.is_empty(),
        Relation::TakesPart => why.allowed && (reach == Some(Reach::Own) || row.noun == Noun::Workspace),
        Relation::Everything => reach == Some(Reach::All),
        Relation::Leads(unit) => {
            reach == Some(Reach::Team) && row.touches.contains(&unit) && model.leads.contains(&(user, unit))
        }
        Relation::Granted(id) => {
            let granted =
                |g: &Grant| g.user == user && g.entity == id && g.expires_at.is_none_or(|at| at > NOW);
            reach == Some(Reach::Assigned) && row.touches.contains(&id) && model.grants.iter().any(granted)
        }
        Relation::GrantedUnseen | Relation::LeadsUnseen => false,
    }
}

/// What the givers of a line add up to.
fn given(line: &explain::Line) -> Powers {
    line.given.iter().map(|(_, reaches)| (line.permission, *reaches)).collect()
}

/// What is left of a line's givers after its takers, in the words of the line itself.
fn accounted(model: &Model, line: &explain::Line) -> Reaches {
    let left = line.taken.iter().fold(given(line), |left, taker| match taker {
        Taker::DeniedToggle(toggle) => left.minus(&model.toggles[toggle].holds),
        Taker::Plan | Taker::Ban => Powers::NONE,
    });
    left.reaches(line.permission).shortest()
}

/// What must all be lifted first, and the ways of which then any one is enough.
fn split(remedies: Vec<Remedy>) -> (Vec<Remedy>, Vec<Remedy>) {
    remedies.into_iter().partition(|r| matches!(r, Remedy::Unban | Remedy::Plan(_) | Remedy::StopDenying(_)))
}

fn applied(model: &Model, user: Id, remedy: &Remedy) -> Model {
    let mut model = model.clone();
    match remedy {
        Remedy::Unban => model.users.get_mut(&user).unwrap().standing = Standing::Active,
        Remedy::Plan(name) => model.allows = Plan::all().iter().find(|p| p.name == *name).unwrap().allows,
        Remedy::StopDenying(toggle) => drop(model.settings.remove(&(user, *toggle))),
        Remedy::AllowToggle(toggle) => drop(model.settings.insert((user, *toggle), Setting::Allow)),
        Remedy::Role(role) => model.users.get_mut(&user).unwrap().role = *role,
        Remedy::Grant(entity) => model.grants.push(worlds::grant(900, user, *entity)),
        Remedy::Lead(unit) => model.leads.push((user, *unit)),
        Remedy::GrantUnseen | Remedy::LeadUnseen | Remedy::RoleUnseen | Remedy::AllowToggleUnseen => {
            panic!("nothing was veiled")
        }
    }
    model
}

/// Every single change that could give a user something, needful or not.
fn every_way(touches: &[Id]) -> Vec<Remedy> {
    let entities = touches.iter().copied().filter(|id| ENTITIES.contains(id)).map(Remedy::Grant);
    let units = touches.iter().copied().filter(|id| UNITS.contains(id)).map(Remedy::Lead);
    let toggles = TOGGLES.into_iter().map(Remedy::AllowToggle);
    entities.chain(units).chain(toggles).chain(ROLES.into_iter().map(Remedy::Role)).collect()
}

/// The model without anything that could stand in a user's way.
fn unblocked(model: &Model, user: Id) -> Model {
    let mut model = applied(model, user, &Remedy::Unban);
    model.allows = PermissionSet::EVERY;
    model.settings.retain(|(who, _), setting| *who != user || *setting == Setting::Allow);
    model
}

#[test]
fn all_03_a_permit_is_decided_again_under_the_access_of_the_moment() {
    let mut model = worlds::one_of_each(Preset::by_key("calilio").unwrap());
    let (admin, member) = (worlds::nth_user(1), worlds::nth_user(2));
    let actor = worlds::actor(&model, admin);
    let thing = actor.snapshot().thing(Noun::User, member).unwrap();
    let permit = actor.permit_on::<can::UserUpdate>(thing).unwrap();
    assert!(permit.renew(&fold(&model)).is_ok());

    let mut without = model.clone();
    without.users.remove(&member);
    assert_eq!(permit.renew(&fold(&without)).map(|_| ()), Err(Denied::Hidden), "the thing is gone");
    let mut banned = model.clone();
    banned.users.get_mut(&admin).unwrap().standing = Standing::Banned;
    let lacks = Err(Denied::Lacks(Permission::UserUpdate));
    assert_eq!(permit.renew(&fold(&banned)).map(|_| ()), lacks);
    model.users.get_mut(&admin).unwrap().role = worlds::role_of_key(&model, "member");
    assert_eq!(permit.renew(&fold(&model)).map(|_| ()), Err(Denied::Hidden), "a member sees nobody else");
}

#[test]
fn nua_02_a_denial_of_a_bundle_leaves_an_admin_of_nuacom_whole_and_strips_a_user() {
    let mut model = worlds::one_of_each(Preset::by_key("nuacom").unwrap());
    let [admin, user] = [0, 1].map(worlds::nth_user);
    for who in [admin, user] {
        model.settings.insert((who, worlds::toggle("sms")), Setting::Deny);
        model.temporary.push(worlds::temporary(
            600 + who.0,
            who,
            vec![(Permission::MessageSend, Reaches::of(&[Reach::Own]))],
            NOW + 1,
        ));
    }
    assert!(worlds::actor(&model, admin).holds(Permission::MessageSend));
    assert!(
        !worlds::actor(&model, user).holds(Permission::MessageSend),
        "what is given for a while is denied too"
    );
}

#[test]
fn nua_02_the_wallboard_shows_everything_only_beside_full_call_report_access() {
    let mut model = worlds::one_of_each(Preset::by_key("nuacom").unwrap());
    let user = worlds::nth_user(1);
    let reaches = |m: &Model| worlds::actor(m, user).powers().reaches(Permission::WallboardRead).shortest();
    model.settings.insert((user, worlds::toggle("wallboard")), Setting::Allow);
    assert_eq!(reaches(&model), Reaches::of(&[Reach::Assigned]));
    model.settings.insert((user, worlds::toggle("full_call_report_access")), Setting::Allow);
    assert_eq!(reaches(&model), Reaches::of(&[Reach::All]));
}

#[test]
fn a_thing_touches_its_users_their_units_and_itself() {
    let mut model = worlds::one_of_each(Preset::by_key("standard").unwrap());
    let [owner, agent] = [0, 4].map(worlds::nth_user);
    let [extension, queue, number, _] = ENTITIES;
    let [sales, support, berlin, _] = UNITS;
    let seat = |m: &mut Model, user, department, branch| {
        let user = m.users.get_mut(&user).unwrap();
        (user.department, user.branch) = (Some(department), branch);
    };
    seat(&mut model, owner, sales, None);
    seat(&mut model, agent, support, Some(berlin));
    model.entities.get_mut(&extension).unwrap().owner = Some(owner);
    model.grants.push(Grant { may_observe: false, ..worlds::grant(501, agent, queue) });
    model.grants.push(Grant { may_use: false, ..worlds::grant(502, owner, queue) });
    model.grants.push(Grant { expires_at: Some(NOW), ..worlds::grant(503, agent, number) });
    let snapshot = fold(&model);
    let touches = |noun, id| snapshot.thing(noun, id).map(|t| t.touches);
    assert_eq!(touches(Noun::User, agent), Some(vec![support, berlin, agent]));
    assert_eq!(touches(Noun::Extension, extension), Some(vec![sales, extension, owner]));
    assert_eq!(
        touches(Noun::Queue, queue),
        Some(vec![support, berlin, queue]),
        "who only observes it brings no unit"
    );
    assert_eq!(touches(Noun::Number, number), Some(vec![number]), "an expired grant brings no unit");
    assert_eq!(touches(Noun::Department, sales), Some(vec![sales]));
    assert_eq!(touches(Noun::Role, worlds::role_of_key(&model, "agent")), Some(vec![]));
    for (noun, id) in [
        (Noun::Branch, sales),
        (Noun::Department, berlin),
        (Noun::Queue, number),
        (Noun::User, queue),
        (Noun::Role, agent),
        (Noun::Call, agent),
    ] {
        assert_eq!(touches(noun, id), None, "{noun:?} {id}");
    }
}
