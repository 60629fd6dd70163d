//! The guard on changes: examples named after their rules.

use access::authority::{Breach, guard};
use access::model::{Grant, Micros, Role, Setting, Standing};
use access::preset::RoleStanding;
use access::{Actor, Cell, Id, Model, Permission, PermissionSet, Preset, Reach, Reaches, Snapshot};

use crate::worlds::{self, ENTITIES, NOW, UNITS, role_of_key, toggle};

const ALL: Reaches = Reaches::of(&[Reach::All]);
const OWN: Reaches = Reaches::of(&[Reach::Own]);

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
