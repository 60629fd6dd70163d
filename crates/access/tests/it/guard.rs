//! The guard on changes: examples named after their rules, and random acts by random users on random workspaces.

use std::collections::BTreeSet;
use std::sync::Arc;

use access::authority::{Breach, guard};
use access::model::{Grant, Micros, Role, Setting, Standing, User};
use access::preset::RoleStanding;
use access::{
    Actor, Cell, Folded, Id, Model, Permission, PermissionSet, Powers, Preset, Reach, Reaches, Snapshot,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, subsequence};

use crate::reference;
use crate::worlds::{self, ENTITIES, NOW, UNITS, role_of_key, toggle};

const ALL: Reaches = Reaches::of(&[Reach::All]);
const OWN: Reaches = Reaches::of(&[Reach::Own]);

// ---- examples ----

fn workspace(preset: &str) -> Model {
    worlds::one_of_each(Preset::by_key(preset).unwrap())
}

/// Judges a change of a model by one of its users.
fn judge(model: &Model, by: Id, change: impl FnOnce(&mut Model)) -> Result<(), Breach> {
    let mut after = model.clone();
    change(&mut after);
    guard(Some(&worlds::actor(model, by)), &worlds::fold(model), &worlds::fold(&after), &[])
}

fn set(model: &mut Model, user: Id, key: &str, setting: Setting) {
    model.settings.insert((user, toggle(key)), setting);
}

fn rank(model: &mut Model, user: Id, role: &str) {
    let role = role_of_key(model, role);
    model.users.get_mut(&user).unwrap().role = role;
}

fn stand(model: &mut Model, user: Id, standing: Standing) {
    model.users.get_mut(&user).unwrap().standing = standing;
}

fn names_more(result: Result<(), Breach>) -> bool {
    matches!(result, Err(Breach::GivesMore { .. }))
}

fn touches_more(result: Result<(), Breach>) -> bool {
    matches!(result, Err(Breach::HoldsMore { .. }))
}

#[test]
fn cal_02_nobody_else_changes_the_owner_in_any_way() {
    let model = workspace("calilio");
    let [owner, admin, member] = [0, 1, 2].map(worlds::nth_user);
    for by in [admin, member] {
        let refused = |change: &dyn Fn(&mut Model)| {
            assert_eq!(judge(&model, by, change), Err(Breach::OwnerProtected));
        };
        refused(&|m| rank(m, owner, "member"));
        refused(&|m| drop(m.users.remove(&owner)));
        refused(&|m| stand(m, owner, Standing::Banned));
        refused(&|m| m.users.get_mut(&owner).unwrap().email = "taken@example.com".into());
        refused(&|m| m.users.get_mut(&owner).unwrap().department = Some(UNITS[0]));
        refused(&|m| set(m, owner, "billing", Setting::Deny));
        refused(&|m| set(m, owner, "billing", Setting::Allow));
        refused(&|m| m.grants.push(worlds::grant(500, owner, ENTITIES[0])));
        refused(&|m| m.leads.push((owner, UNITS[0])));
        refused(&|m| m.temporary.push(worlds::temporary(600, owner, vec![], NOW + 1)));
    }
}

#[test]
fn cal_02_nobody_else_resets_the_owners_password() {
    let model = workspace("calilio");
    let (owner, admin) = (worlds::nth_user(0), worlds::nth_user(1));
    let snapshot = worlds::fold(&model);
    let by = |id| worlds::actor(&model, id);
    assert_eq!(guard(Some(&by(admin)), &snapshot, &snapshot, &[owner]), Err(Breach::OwnerProtected));
    assert_eq!(guard(Some(&by(owner)), &snapshot, &snapshot, &[owner]), Ok(()));
    assert_eq!(guard(Some(&by(admin)), &snapshot, &snapshot, &[worlds::nth_user(2)]), Ok(()));
}

#[test]
fn cal_01_there_is_one_owner_whoever_acts() {
    let model = workspace("calilio");
    let [owner, admin, member] = [0, 1, 2].map(worlds::nth_user);
    assert_eq!(judge(&model, owner, |m| rank(m, admin, "owner")), Err(Breach::OneOwner));
    assert_eq!(judge(&model, owner, |m| rank(m, owner, "admin")), Err(Breach::OneOwner));
    assert!(names_more(judge(&model, admin, |m| rank(m, member, "owner"))));
    let mut after = model.clone();
    after.users.remove(&owner);
    assert_eq!(guard(None, &worlds::fold(&model), &worlds::fold(&after), &[]), Err(Breach::OneOwner));
}

#[test]
fn cal_05_an_admin_changes_members_and_deletes_admins() {
    let mut model = workspace("calilio");
    let (admin, member) = (worlds::nth_user(1), worlds::nth_user(2));
    let other = worlds::add_user(&mut model, "admin");
    assert_eq!(judge(&model, admin, |m| drop(m.users.remove(&other))), Ok(()));
    assert_eq!(judge(&model, admin, |m| drop(m.users.remove(&member))), Ok(()));
    assert_eq!(judge(&model, admin, |m| set(m, member, "billing", Setting::Allow)), Ok(()));
    assert_eq!(judge(&model, admin, |m| m.grants.push(worlds::grant(500, member, ENTITIES[2]))), Ok(()));
    assert_eq!(judge(&model, admin, |m| _ = worlds::add_user(m, "member")), Ok(()));
    assert!(touches_more(judge(&model, member, |m| stand(m, admin, Standing::Banned))));
}

#[test]
fn cal_18_the_owner_hands_ownership_to_an_admin_in_one_step() {
    let model = workspace("calilio");
    let [owner, admin] = [0, 1].map(worlds::nth_user);
    let transfer = |m: &mut Model| {
        rank(m, admin, "owner");
        rank(m, owner, "admin");
    };
    assert_eq!(judge(&model, owner, transfer), Ok(()));
    assert_eq!(judge(&model, admin, transfer), Err(Breach::OwnerProtected));
}

#[test]
fn cal_18_ownership_is_in_no_role_or_temporary_access() {
    let model = workspace("calilio");
    let owner = worlds::nth_user(0);
    let role = || Role {
        name: "Deputy".into(),
        key: None,
        standing: RoleStanding::default(),
        holds: vec![(Permission::WorkspaceTransfer, ALL)],
    };
    let made = judge(&model, owner, |m| drop(m.roles.insert(Id(150), role())));
    assert_eq!(made, Err(Breach::CannotBeGiven(Permission::WorkspaceTransfer)));
    let lent = judge(&model, owner, |m| {
        m.temporary.push(worlds::temporary(600, worlds::nth_user(1), role().holds, NOW + 1_000));
    });
    assert_eq!(lent, Err(Breach::CannotBeGiven(Permission::WorkspaceTransfer)));
}

#[test]
fn cly_09_the_last_admin_is_not_deleted_demoted_banned_or_stripped() {
    let mut model = workspace("calliyo");
    let admin = worlds::nth_user(0);
    let changes: [fn(&mut Model, Id); 4] = [
        |m, admin| drop(m.users.remove(&admin)),
        |m, admin| rank(m, admin, "agent"),
        |m, admin| stand(m, admin, Standing::Banned),
        |m, admin| set(m, admin, "users", Setting::Deny),
    ];
    for change in changes {
        assert_eq!(judge(&model, admin, |m| change(m, admin)), Err(Breach::LastGuardian));
    }
    let second = worlds::add_user(&mut model, "company_admin");
    for change in changes {
        assert_eq!(judge(&model, admin, |m| change(m, second)), Ok(()));
        assert_eq!(judge(&model, second, |m| change(m, second)), Ok(()), "even oneself, while another stays");
    }
}

#[test]
fn all_07_not_even_the_operator_locks_everybody_out() {
    for preset in Preset::all() {
        let model = worlds::one_of_each(preset);
        let guardian = worlds::nth_user(0);
        for standing in [Standing::Banned, Standing::Invited] {
            let mut after = model.clone();
            stand(&mut after, guardian, standing);
            let judged = guard(None, &worlds::fold(&model), &worlds::fold(&after), &[]);
            assert_eq!(judged, Err(Breach::LastGuardian), "{}", preset.key);
        }
        let mut after = model.clone();
        after.allows = after.allows.without(Permission::RoleWrite);
        after.plan = "smaller".into();
        let judged = guard(None, &worlds::fold(&model), &worlds::fold(&after), &[]);
        assert_eq!(judged, Err(Breach::LastGuardian), "{}", preset.key);
    }
}

#[test]
fn all_07_access_for_a_while_keeps_nobodys_keys() {
    let mut model = workspace("calliyo");
    let admin = worlds::nth_user(0);
    let keys = [Permission::UserAssignRole, Permission::UserSetAccess, Permission::RoleWrite];
    let stripped = |m: &mut Model| {
        let role = role_of_key(m, "company_admin");
        m.roles.get_mut(&role).unwrap().holds.retain(|(p, _)| !keys.contains(p));
    };
    model.temporary.push(worlds::temporary(600, admin, keys.map(|p| (p, ALL)).to_vec(), NOW + 1_000));
    assert_eq!(judge(&model, admin, stripped), Err(Breach::LastGuardian));
}

#[test]
fn all_02_nobody_gives_what_they_do_not_hold() {
    let model = workspace("onoff");
    let [admin, user] = [1, 3].map(worlds::nth_user);
    assert!(names_more(judge(&model, admin, |m| set(m, user, "billing", Setting::Allow))));
    assert!(names_more(judge(&model, admin, |m| set(m, admin, "billing", Setting::Allow))));
    assert_eq!(judge(&model, admin, |m| set(m, user, "full_call_report_access", Setting::Allow)), Ok(()));
    let billing = vec![(Permission::BillingCommit, ALL)];
    let lend = |m: &mut Model| m.temporary.push(worlds::temporary(600, user, billing.clone(), NOW + 9));
    assert!(names_more(judge(&model, admin, lend)));
    let invite = |m: &mut Model| _ = worlds::add_user(m, "owner");
    assert!(names_more(judge(&model, admin, invite)));
}

#[test]
fn all_02_nobody_defines_a_role_or_toggle_with_more_than_they_hold() {
    let model = workspace("onoff");
    let admin = worlds::nth_user(1);
    let role = |cell: Cell| Role {
        name: "Cashier".into(),
        key: None,
        standing: RoleStanding::default(),
        holds: vec![cell],
    };
    let made = |cell| judge(&model, admin, |m| drop(m.roles.insert(Id(150), role(cell))));
    assert!(names_more(made((Permission::BillingCommit, ALL))));
    assert_eq!(made((Permission::UserRead, OWN)), Ok(()));
    let edited = |cell| judge(&model, admin, |m| m.toggles.get_mut(&toggle("sms")).unwrap().holds.push(cell));
    assert!(names_more(edited((Permission::BillingCommit, ALL))));
    let paired = judge(&model, admin, |m| {
        let with = Some((toggle("sms"), vec![(Permission::BillingCommit, ALL)]));
        m.toggles.get_mut(&toggle("voicemail")).unwrap().with = with;
    });
    assert!(names_more(paired), "what a toggle holds beside another counts too");
}

#[test]
fn all_02_nobody_touches_a_user_who_holds_more() {
    let mut model = workspace("standard");
    let [admin, billing] = [1, 2].map(worlds::nth_user);
    assert!(touches_more(judge(&model, admin, |m| stand(m, billing, Standing::Banned))));
    assert!(touches_more(judge(&model, admin, |m| rank(m, billing, "agent"))));
    assert!(touches_more(judge(&model, admin, |m| set(m, billing, "sms", Setting::Allow))));
    stand(&mut model, billing, Standing::Banned);
    assert!(touches_more(judge(&model, admin, |m| stand(m, billing, Standing::Active))));
    assert!(touches_more(judge(&model, admin, |m| set(m, billing, "wallboard", Setting::Deny))));
    assert!(touches_more(judge(&model, admin, |m| drop(m.users.remove(&billing)))));
}

#[test]
fn all_02_a_ban_hides_no_gift() {
    let mut model = workspace("onoff");
    let [admin, user] = [1, 3].map(worlds::nth_user);
    stand(&mut model, user, Standing::Banned);
    assert!(names_more(judge(&model, admin, |m| set(m, user, "billing", Setting::Allow))));
}

#[test]
fn all_02_nobody_prolongs_what_they_could_not_give() {
    let mut model = workspace("onoff");
    let [admin, user] = [1, 3].map(worlds::nth_user);
    model.temporary.push(worlds::temporary(600, user, vec![(Permission::BillingRead, ALL)], NOW + 9));
    let prolong = |m: &mut Model| m.temporary[0].expires_at = Micros::MAX;
    assert!(touches_more(judge(&model, admin, prolong)));
    assert_eq!(judge(&model, worlds::nth_user(0), prolong), Ok(()));
}

#[test]
fn all_02_a_lead_gives_a_queue_only_while_all_who_use_it_are_of_the_team() {
    let mut model = workspace("standard");
    let [lead, agent] = [3, 4].map(worlds::nth_user);
    let [outsider, newcomer] = [(); 2].map(|()| worlds::add_user(&mut model, "agent"));
    let sees = vec![(Permission::CallRecordRead, Reaches::of(&[Reach::Assigned]))];
    for (user, unit) in [(lead, 0), (agent, 0), (newcomer, 0), (outsider, 1)] {
        model.users.get_mut(&user).unwrap().department = Some(UNITS[unit]);
        model.temporary.push(worlds::temporary(600 + user.0, user, sees.clone(), Micros::MAX));
    }
    model.leads.push((lead, UNITS[0]));
    let give = |m: &mut Model| {
        m.grants.push(Grant { may_use: false, ..worlds::grant(500, newcomer, ENTITIES[1]) });
    };
    let nobodys = judge(&model, lead, give);
    assert!(names_more(nobodys), "nobody uses it, so it is not the team's: {nobodys:?}");
    model.grants.push(Grant { may_observe: false, ..worlds::grant(501, agent, ENTITIES[1]) });
    assert_eq!(judge(&model, lead, give), Ok(()));
    model.grants.push(Grant { may_observe: false, ..worlds::grant(502, outsider, ENTITIES[1]) });
    assert!(names_more(judge(&model, lead, give)), "it would show the calls of the outsider");
}

#[test]
fn all_02_a_token_gives_at_most_its_scope_and_keeps_no_one_from_what_they_have() {
    let model = workspace("calilio");
    let [admin, member] = [1, 2].map(worlds::nth_user);
    let scope = [Permission::UserUpdate, Permission::UserSetAccess].into_iter().collect();
    let token = Actor::scoped(worlds::fold(&model), admin, scope).unwrap();
    let judge = |change: &dyn Fn(&mut Model)| {
        let mut after = model.clone();
        change(&mut after);
        guard(Some(&token), &worlds::fold(&model), &worlds::fold(&after), &[])
    };
    let email = |m: &mut Model, user: Id| m.users.get_mut(&user).unwrap().email = "new@example.com".into();
    assert_eq!(judge(&|m| email(m, admin)), Ok(()), "what one has already is no gift");
    assert!(touches_more(judge(&|m| email(m, member))), "the member holds what the token does not");
}

#[test]
fn another_plan_is_nobodys_gift_and_hides_none() {
    let mut model = workspace("onoff");
    let [admin, user] = [1, 3].map(worlds::nth_user);
    let upgrade = |m: &mut Model| (m.plan, m.allows) = ("complete".into(), PermissionSet::EVERY);
    let heatmap = [Permission::HeatmapRead].into_iter().collect::<PermissionSet>();
    model.allows = heatmap.iter().fold(PermissionSet::EVERY, PermissionSet::without);
    model.plan = "essential".into();
    assert_eq!(judge(&model, admin, upgrade), Ok(()), "everybody gains the heatmap");
    let same_name = judge(&model, admin, |m| m.allows = PermissionSet::EVERY);
    assert_eq!(same_name, Ok(()), "so they do when the plan itself comes to allow more");
    let sneaked = judge(&model, admin, |m| {
        upgrade(m);
        set(m, user, "billing", Setting::Allow);
    });
    assert!(names_more(sneaked));
    let shown = judge(&model, admin, |m| {
        upgrade(m);
        set(m, user, "full_call_report_access", Setting::Allow);
    });
    assert_eq!(shown, Ok(()), "the admin holds the heatmap, too, under the new plan");
}

#[test]
fn what_expires_meanwhile_is_nobodys_doing() {
    let mut model = workspace("onoff");
    let [admin, user] = [1, 3].map(worlds::nth_user);
    model.temporary.push(worlds::temporary(600, user, vec![(Permission::BillingRead, ALL)], NOW + 5));
    let before = worlds::fold(&model);
    let actor = worlds::actor(&model, admin);
    let later = |change: &dyn Fn(&mut Model), now| {
        let mut after = model.clone();
        change(&mut after);
        guard(Some(&actor), &before, &Snapshot::build(after, now), &[])
    };
    assert_eq!(later(&|_| (), NOW + 5), Ok(()));
    assert_eq!(later(&|m| set(m, user, "sms", Setting::Deny), NOW + 5), Ok(()));
    assert!(touches_more(later(&|m| set(m, user, "sms", Setting::Deny), NOW + 4)));
}

// ---- random acts ----

/// One edit; the indices choose among what the workspace has at that moment.
#[derive(Debug, Clone)]
enum Edit {
    Role(Index, Index),
    Toggle(Index, Index, Option<Setting>),
    Grant(Index, Index, bool, bool, Option<Micros>),
    Revoke(Index),
    Prolong(Index, Micros),
    Lead(Index, Index),
    Unlead(Index),
    Stand(Index, Standing),
    Delete(Index),
    Invite(Index, Index),
    Move(Index, Option<usize>, Option<usize>),
    Email(Index),
    CreateRole(Vec<Cell>),
    Widen(Index, Vec<Cell>),
    DropCells(Index, usize),
    DeleteRole(Index),
    Stuff(Index, Vec<Cell>),
    Lend(Index, Vec<Cell>, Micros),
    Transfer(Index, Index),
    DeleteUnit(Index),
}

/// Somebody tries some edits at once, some time after the act before.
#[derive(Debug, Clone)]
struct Act {
    by: Index,
    edits: Vec<Edit>,
    after: Micros,
}

fn cell() -> impl Strategy<Value = Cell> {
    (any::<Index>(), subsequence(Reach::ALL.to_vec(), 1..=2)).prop_map(|(at, reaches)| {
        let permission = *at.get(Permission::ALL);
        let some = Reaches::of(&reaches).intersection(permission.entry().reaches);
        (permission, if some.is_empty() { permission.entry().reaches } else { some })
    })
}

fn edit() -> impl Strategy<Value = Edit> {
    let i = any::<Index>;
    let setting = prop_oneof![Just(None), Just(Some(Setting::Allow)), Just(Some(Setting::Deny))];
    let standing = prop_oneof![Just(Standing::Banned), Just(Standing::Active), Just(Standing::Invited)];
    let span = || prop_oneof![Just(1), Just(50), Just(5_000)];
    let until = proptest::option::of(span());
    let unit = || proptest::option::of(0..2_usize);
    let cells = || vec(cell(), 1..3);
    prop_oneof![
        3 => (i(), i()).prop_map(|(u, r)| Edit::Role(u, r)),
        3 => (i(), i(), setting).prop_map(|(u, t, s)| Edit::Toggle(u, t, s)),
        3 => (i(), i(), any::<(bool, bool)>(), until).prop_map(|(u, e, (m, o), x)| Edit::Grant(u, e, m, o, x)),
        1 => i().prop_map(Edit::Revoke),
        1 => (i(), span()).prop_map(|(t, x)| Edit::Prolong(t, x)),
        2 => (i(), i()).prop_map(|(u, d)| Edit::Lead(u, d)),
        1 => i().prop_map(Edit::Unlead),
        2 => (i(), standing).prop_map(|(u, s)| Edit::Stand(u, s)),
        1 => i().prop_map(Edit::Delete),
        2 => (i(), i()).prop_map(|(r, d)| Edit::Invite(r, d)),
        1 => (i(), unit(), unit()).prop_map(|(u, d, b)| Edit::Move(u, d, b)),
        1 => i().prop_map(Edit::Email),
        1 => cells().prop_map(Edit::CreateRole),
        2 => (i(), cells()).prop_map(|(r, c)| Edit::Widen(r, c)),
        1 => (i(), 0..100_usize).prop_map(|(r, n)| Edit::DropCells(r, n)),
        1 => i().prop_map(Edit::DeleteRole),
        1 => (i(), cells()).prop_map(|(t, c)| Edit::Stuff(t, c)),
        2 => (i(), cells(), span()).prop_map(|(u, c, x)| Edit::Lend(u, c, x)),
        1 => (i(), i()).prop_map(|(a, b)| Edit::Transfer(a, b)),
        1 => i().prop_map(Edit::DeleteUnit),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    let after = prop_oneof![4 => Just(0), 1 => Just(1), 1 => Just(100)];
    (any::<Index>(), vec(edit(), 1..4), after).prop_map(|(by, edits, after)| Act { by, edits, after })
}

fn pick<T: Copy>(index: &Index, from: impl Iterator<Item = T>) -> Option<T> {
    let all: Vec<T> = from.collect();
    (!all.is_empty()).then(|| *index.get(&all))
}

impl Edit {
    /// Makes the edit; `fresh` is an id that nothing has. None where there is nothing to edit.
    fn apply(&self, m: &mut Model, fresh: u32, now: Micros) -> Option<()> {
        let users = |i: &Index, m: &Model| pick(i, m.users.keys().copied());
        let roles = |i: &Index, m: &Model| pick(i, m.roles.keys().copied());
        let toggles = |i: &Index, m: &Model| pick(i, m.toggles.keys().copied());
        match self {
            Edit::Role(u, r) => {
                let role = roles(r, m)?;
                m.users.get_mut(&users(u, m)?)?.role = role;
            }
            Edit::Toggle(u, t, setting) => {
                let key = (users(u, m)?, toggles(t, m)?);
                m.settings.remove(&key);
                m.settings.extend(setting.map(|s| (key, s)));
            }
            Edit::Grant(u, e, may_use, may_observe, span) => {
                let (user, entity) = (users(u, m)?, *e.get(&ENTITIES));
                let (may_use, may_observe, expires_at) = (*may_use, *may_observe, span.map(|s| now + s));
                m.grants.push(Grant { id: Id(fresh), user, entity, may_use, may_observe, expires_at });
            }
            Edit::Revoke(g) => drop(m.grants.remove(pick(g, 0..m.grants.len())?)),
            Edit::Prolong(t, span) => {
                let at = pick(t, 0..m.temporary.len())?;
                m.temporary.get_mut(at)?.expires_at = now + span;
            }
            Edit::Lead(u, d) => {
                let unit = pick(d, m.units.keys().copied())?;
                m.leads.push((users(u, m)?, unit));
            }
            Edit::Unlead(l) => drop(m.leads.remove(pick(l, 0..m.leads.len())?)),
            Edit::Stand(u, standing) => m.users.get_mut(&users(u, m)?)?.standing = *standing,
            Edit::Delete(u) => delete(m, users(u, m)?),
            Edit::Invite(r, d) => {
                let mut user = worlds::user(Id(fresh), roles(r, m)?);
                user.department = Some(*d.get(&UNITS[..2]));
                m.users.insert(Id(fresh), user);
            }
            Edit::Move(u, department, branch) => {
                let user = m.users.get_mut(&users(u, m)?)?;
                user.department = department.map(|d| UNITS[d]);
                user.branch = branch.map(|b| UNITS[2 + b]);
            }
            Edit::Email(u) => m.users.get_mut(&users(u, m)?)?.email = format!("{fresh}@example.com"),
            Edit::CreateRole(holds) => {
                let standing = RoleStanding::default();
                m.roles.insert(
                    Id(fresh),
                    Role { name: "Custom".into(), key: None, standing, holds: holds.clone() },
                );
            }
            Edit::Widen(r, cells) => m.roles.get_mut(&roles(r, m)?)?.holds.extend(cells),
            Edit::DropCells(r, n) => {
                let holds = &mut m.roles.get_mut(&roles(r, m)?)?.holds;
                holds.truncate(holds.len().saturating_sub(*n));
            }
            Edit::DeleteRole(r) => drop(m.roles.remove(&roles(r, m)?)),
            Edit::Stuff(t, cells) => m.toggles.get_mut(&toggles(t, m)?)?.holds.extend(cells),
            Edit::Lend(u, cells, span) => {
                let user = users(u, m)?;
                m.temporary.push(worlds::temporary(fresh, user, cells.clone(), now + span));
            }
            Edit::Transfer(a, b) => {
                let (a, b) = (users(a, m)?, users(b, m)?);
                let (of_a, of_b) = (m.users.get(&a)?.role, m.users.get(&b)?.role);
                m.users.get_mut(&a)?.role = of_b;
                m.users.get_mut(&b)?.role = of_a;
            }
            Edit::DeleteUnit(d) => {
                let unit = pick(d, m.units.keys().copied())?;
                m.units.remove(&unit);
                m.leads.retain(|(_, u)| *u != unit);
                for user in m.users.values_mut() {
                    user.department = user.department.filter(|d| *d != unit);
                    user.branch = user.branch.filter(|b| *b != unit);
                }
            }
        }
        Some(())
    }
}

fn delete(m: &mut Model, user: Id) {
    m.users.remove(&user);
    m.settings.retain(|(u, _), _| *u != user);
    m.leads.retain(|(u, _)| *u != user);
    m.grants.retain(|g| g.user != user);
    m.temporary.retain(|t| t.user != user);
}

/// A workspace with some life in it: two more users, members of units, a lead, grants.
fn start(preset: &'static Preset) -> Model {
    let mut model = worlds::one_of_each(preset);
    let default = preset.roles.iter().find(|r| r.default).unwrap();
    let second = &preset.roles[1];
    worlds::add_user(&mut model, &default.key);
    worlds::add_user(&mut model, &second.key);
    for (n, user) in model.users.values_mut().enumerate() {
        user.department = UNITS[..2].get(n % 3).copied();
    }
    let users: Vec<Id> = model.users.keys().copied().collect();
    model.leads.push((users[1], UNITS[0]));
    model.leads.push((users[2 % users.len()], UNITS[1]));
    for (n, user) in users.iter().enumerate() {
        model.grants.push(worlds::grant(500 + user.0, *user, ENTITIES[n % 4]));
    }
    model
}

/// Everything that is set for one user, and what it comes to.
#[derive(Debug, PartialEq)]
struct Lines<'a> {
    record: Option<&'a User>,
    settings: Vec<(Id, Setting)>,
    leads: BTreeSet<Id>,
    grants: Vec<&'a Grant>,
    temporary: Vec<(Id, &'a [Cell], Micros)>,
    latent: Powers,
}

fn lines(s: &Snapshot, user: Id) -> Lines<'_> {
    let m = s.model();
    Lines {
        record: m.users.get(&user),
        settings: m.settings.iter().filter(|((u, _), _)| *u == user).map(|((_, t), s)| (*t, *s)).collect(),
        leads: m.leads.iter().filter(|(u, _)| *u == user).map(|(_, d)| *d).collect(),
        grants: m.grants.iter().filter(|g| g.user == user).collect(),
        temporary: m
            .temporary
            .iter()
            .filter(|t| t.user == user)
            .map(|t| (t.id, t.holds.as_slice(), t.expires_at))
            .collect(),
        latent: s.latent(user),
    }
}

/// What a permission can be held over.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Over {
    Everything,
    Unit(Id),
    Thing(Id),
    OwnRows,
}

fn overs() -> impl Iterator<Item = Over> {
    let units = UNITS.into_iter().map(Over::Unit);
    let things = ENTITIES.into_iter().map(Over::Thing);
    [Over::Everything, Over::OwnRows].into_iter().chain(units).chain(things)
}

fn has(powers: &Powers, folded: &Folded, permission: Permission, over: Over) -> bool {
    powers.has(permission, Reach::All)
        || match over {
            Over::Everything => false,
            Over::OwnRows => powers.has(permission, Reach::Own),
            Over::Unit(unit) => powers.has(permission, Reach::Team) && folded.leads(unit),
            Over::Thing(thing) => {
                powers.has(permission, Reach::Assigned) && folded.granted(permission).any(|id| id == thing)
            }
        }
}

/// Whether an actor may pass something on: they hold it; or it is over a thing, and the permission cannot be held
/// further than over granted things, which the actor does; or the actor's team shows them as much: the thing itself
/// where one of theirs uses it, and what went through it where nobody else does.
fn may_pass_on(actor: &Actor, permission: Permission, over: Over) -> bool {
    let powers = actor.powers();
    let Over::Thing(thing) = over else { return has(powers, actor.folded(), permission, over) };
    let model = actor.snapshot().model();
    let narrow = !permission.entry().reaches.has(Reach::All) && powers.has(permission, Reach::Assigned);
    let users: Vec<&User> = model
        .grants
        .iter()
        .filter(|g| {
            g.entity == thing && g.may_use && g.expires_at.is_none_or(|at| at > actor.snapshot().at())
        })
        .filter_map(|g| model.users.get(&g.user))
        .collect();
    let theirs = |u: &&User| u.units().any(|unit| actor.folded().led().contains(&unit));
    let itself = matches!(permission.resource(), "number" | "extension" | "queue");
    let shown = users.iter().any(theirs) && (itself || users.iter().all(theirs));
    let team = powers.has(permission, Reach::Team) && shown;
    narrow || team || has(powers, actor.folded(), permission, over)
}

/// What an accepted act must not have done.
fn breach(actor: &Actor, before: &Snapshot, after: &Snapshot) -> Result<(), String> {
    let (was, is) = (before.model(), after.model());
    let owners = |m: &Model| m.users.keys().copied().filter(|u| m.is_owner(*u)).collect::<Vec<Id>>();
    if was.preset.has_owner() {
        let (then, now) = (owners(was), owners(is));
        if now.len() != 1 {
            return Err(format!("{now:?} are owners"));
        }
        if then[0] != actor.id() && (then != now || lines(before, then[0]) != lines(after, then[0])) {
            return Err("somebody else changed the owner".into());
        }
    }
    if !somebody_manages(is, after.at()) {
        return Err("nobody can manage users and roles".into());
    }
    for user in was.users.keys().chain(is.users.keys().filter(|u| !was.users.contains_key(u))).copied() {
        let changed = lines(before, user) != lines(after, user) || before.user(user) != after.user(user);
        if changed {
            changed_lawfully(actor, before, after, user)?;
        }
    }
    defined_lawfully(actor, was, is)
}

fn somebody_manages(model: &Model, now: Micros) -> bool {
    let keys = [Permission::UserAssignRole, Permission::UserSetAccess, Permission::RoleWrite];
    let active = model.users.iter().filter(|(_, u)| u.standing == Standing::Active);
    active
        .into_iter()
        .any(|(id, _)| keys.iter().all(|p| reference::held(model, now, *id, *p).contains(&Reach::All)))
}

fn changed_lawfully(actor: &Actor, before: &Snapshot, after: &Snapshot, user: Id) -> Result<(), String> {
    let (old, new) = (before.latent(user), after.latent(user));
    let (then, now) = (before.user(user), after.user(user));
    for permission in Permission::ALL.iter().copied() {
        for over in overs() {
            let held = then.is_some_and(|f| has(&old, f, permission, over));
            let holds = now.is_some_and(|f| has(&new, f, permission, over));
            let could = || may_pass_on(actor, permission, over);
            if held && user != actor.id() && !could() {
                return Err(format!("{} changed {user}, who held {permission} over {over:?}", actor.id()));
            }
            if holds && !held && !could() {
                return Err(format!("{user} gained {permission} over {over:?} from {}", actor.id()));
            }
        }
    }
    Ok(())
}

fn defined_lawfully(actor: &Actor, was: &Model, is: &Model) -> Result<(), String> {
    let roles = is.roles.iter().map(|(id, r)| (&r.holds, was.roles.get(id).map(|r| &r.holds)));
    let toggles = is.toggles.iter().map(|(id, t)| (&t.holds, was.toggles.get(id).map(|t| &t.holds)));
    for (now, then) in roles.chain(toggles).filter(|(now, then)| Some(*now) != *then) {
        let then: Powers = then.into_iter().flatten().collect();
        let now: Powers = now.iter().collect();
        for (permission, reaches) in now.iter() {
            let gained =
                reaches.iter().any(|r| !then.has(permission, r) && !actor.powers().has(permission, r));
            if gained {
                return Err(format!("{} defined {permission} {reaches}", actor.id()));
            }
        }
    }
    Ok(())
}

/// Tries acts one after another and keeps those that the guard accepts; how many it accepted.
fn play(preset: &'static Preset, acts: &[Act]) -> Result<usize, String> {
    let (mut now, mut accepted) = (NOW, 0);
    let mut before = Arc::new(Snapshot::build(start(preset), now));
    for (fresh, act) in (10_000..).step_by(10).zip(acts) {
        now += act.after;
        if act.after > 0 {
            before = Arc::new(Snapshot::build(before.model().clone(), now));
            if !somebody_manages(before.model(), now) {
                return Err("nobody can manage users and roles any more, by mere waiting".into());
            }
        }
        let by = pick(&act.by, before.model().users.keys().copied()).ok_or("everybody is gone")?;
        let Some(actor) = Actor::user(before.clone(), by) else { continue };
        let mut model = before.model().clone();
        model.version += 1;
        for (n, edit) in (0..).zip(&act.edits) {
            edit.apply(&mut model, fresh + n, now);
        }
        let after = Arc::new(Snapshot::build(model, now));
        if guard(Some(&actor), &before, &after, &[]).is_ok() {
            breach(&actor, &before, &after)
                .map_err(|why| format!("{why}: {:?} in {}", act.edits, preset.key))?;
            accepted += 1;
            before = after;
        }
    }
    Ok(accepted)
}

/// 10^5 acts: 1,000 workspaces, 100 acts in each.
#[test]
fn all_02_all_07_whatever_anybody_tries_the_rules_hold() {
    let config = ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() };
    let (tried, accepted) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
    proptest!(config, |(preset in any::<Index>(), acts in vec(act(), 100))| {
        let done = play(preset.get(Preset::all()), &acts).map_err(TestCaseError::fail)?;
        tried.set(tried.get() + acts.len());
        accepted.set(accepted.get() + done);
    });
    assert!(
        accepted.get() * 20 > tried.get(),
        "only {} of {} acts were accepted",
        accepted.get(),
        tried.get()
    );
    assert!(accepted.get() * 2 < tried.get(), "{} of {} acts were accepted", accepted.get(), tried.get());
}
