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

/// A lead of the first unit, an agent and a newcomer in it, an outsider in the second; each has some cells for a while.
fn team(holds: Vec<Cell>) -> (Model, [Id; 4]) {
    let mut model = workspace("standard");
    let [lead, agent] = [3, 4].map(worlds::nth_user);
    let [outsider, newcomer] = [(); 2].map(|()| worlds::add_user(&mut model, "agent"));
    for (user, unit) in [(lead, 0), (agent, 0), (newcomer, 0), (outsider, 1)] {
        model.users.get_mut(&user).unwrap().department = Some(UNITS[unit]);
        model.temporary.push(worlds::temporary(600 + user.0, user, holds.clone(), Micros::MAX));
    }
    model.leads.push((lead, UNITS[0]));
    (model, [lead, agent, newcomer, outsider])
}

fn uses(id: u32, user: Id, entity: Id) -> Grant {
    Grant { may_observe: false, ..worlds::grant(id, user, entity) }
}

fn observes(id: u32, user: Id, entity: Id) -> Grant {
    Grant { may_use: false, ..worlds::grant(id, user, entity) }
}

#[test]
fn all_02_a_lead_passes_on_what_they_observe_and_no_calls_of_others() {
    let reads = |reach| (Permission::CallRecordRead, Reaches::of(&[reach]));
    let (mut model, [lead, agent, newcomer, _]) = team(vec![reads(Reach::Assigned), reads(Reach::Team)]);
    let give = |m: &mut Model| m.grants.push(observes(500, newcomer, ENTITIES[1]));
    assert!(names_more(judge(&model, lead, give)), "nobody uses it, so it is not the team's");
    model.grants.push(uses(501, agent, ENTITIES[1]));
    assert!(
        names_more(judge(&model, lead, give)),
        "others may have used it before: their calls are not the team's"
    );
    model.grants.push(observes(502, lead, ENTITIES[1]));
    assert_eq!(judge(&model, lead, give), Ok(()));
}

#[test]
fn all_02_a_lead_shows_a_queue_of_the_team_to_the_team() {
    let sees = vec![(Permission::QueueRead, Reaches::of(&[Reach::Assigned, Reach::Team]))];
    let (mut model, [lead, agent, newcomer, outsider]) = team(sees);
    let give = |m: &mut Model| m.grants.push(observes(500, newcomer, ENTITIES[1]));
    model.grants.push(uses(502, outsider, ENTITIES[1]));
    assert!(names_more(judge(&model, lead, give)), "it is another team's");
    model.grants.push(uses(501, agent, ENTITIES[1]));
    assert_eq!(judge(&model, lead, give), Ok(()), "what both teams use, both see");
}

#[test]
fn all_02_who_comes_under_a_unit_is_handed_to_its_leads() {
    let (mut model, [lead, agent, _, outsider]) = team(vec![]);
    let clerk = worlds::add_user(&mut model, "agent");
    let update = [Permission::UserRead, Permission::UserUpdate, Permission::QueueRead].map(|p| (p, ALL));
    for (n, user) in [(900, clerk), (901, lead)] {
        model.temporary.push(worlds::temporary(n, user, update.to_vec(), Micros::MAX));
    }
    let moves = |user: Id, unit: usize| {
        move |m: &mut Model| m.users.get_mut(&user).unwrap().department = Some(UNITS[unit])
    };
    let handed = |judged: Result<(), Breach>, what: Id| {
        let Err(Breach::HandsOver(hand_over)) = judged else { panic!("{judged:?}") };
        assert_eq!((hand_over.what, hand_over.to), (what, lead));
        assert!(hand_over.permissions.has(Permission::RecordingListen));
    };
    handed(judge(&model, lead, moves(outsider, 0)), outsider);
    handed(judge(&model, clerk, moves(outsider, 0)), outsider);
    assert_eq!(judge(&model, lead, moves(agent, 1)), Ok(()), "nobody leads there");
    assert_eq!(judge(&model, worlds::nth_user(1), moves(outsider, 0)), Ok(()), "the admin may all that");
    model.grants.push(uses(500, outsider, ENTITIES[1]));
    let invited = judge(&model, worlds::nth_user(5), |m: &mut Model| {
        let mut user = worlds::user(Id(950), m.users[&worlds::nth_user(5)].role);
        user.department = Some(UNITS[0]);
        m.users.insert(Id(950), user);
        m.grants.push(uses(501, Id(950), ENTITIES[1]));
    });
    handed(invited, ENTITIES[1]);
}

#[test]
fn all_02_a_number_that_comes_under_a_unit_is_handed_to_its_leads() {
    let (mut model, [lead, agent, _, outsider]) = team(vec![]);
    let sets = [
        Permission::UserSetAccess,
        Permission::NumberRead,
        Permission::ExtensionRead,
        Permission::QueueRead,
        Permission::MessageRead,
    ];
    model.temporary.push(worlds::temporary(900, lead, sets.map(|p| (p, ALL)).to_vec(), Micros::MAX));
    let number = ENTITIES[2];
    model.grants.push(uses(500, outsider, number));
    let shared = judge(&model, lead, |m| m.grants.push(uses(501, agent, number)));
    assert!(matches!(&shared, Err(Breach::HandsOver(h)) if h.what == number && h.to == lead), "{shared:?}");
    let lent = judge(&model, lead, |m| {
        m.grants.push(Grant { expires_at: Some(NOW + 5), ..uses(501, agent, number) });
    });
    assert!(matches!(lent, Err(Breach::HandsOver(_))));
    model.grants.push(uses(502, agent, number));
    assert_eq!(judge(&model, lead, |m| m.grants.retain(|g| g.id != Id(500))), Ok(()));
}

#[test]
fn all_02_what_is_lent_hands_nothing_over_for_longer_than_it_is_lent() {
    let (mut model, [lead, _, _, outsider]) = team(vec![]);
    let clerk = worlds::add_user(&mut model, "agent");
    let analyst = worlds::nth_user(5);
    model.users.get_mut(&analyst).unwrap().department = Some(UNITS[0]);
    let all: Vec<Cell> = model.role_of(worlds::nth_user(1)).unwrap().holds.clone();
    model.temporary.push(worlds::temporary(900, clerk, all, NOW + 1_000));
    model.grants.push(Grant { expires_at: Some(NOW + 9), ..uses(500, analyst, ENTITIES[2]) });
    let moved = judge(&model, clerk, |m| m.users.get_mut(&outsider).unwrap().department = Some(UNITS[0]));
    assert!(
        matches!(moved, Err(Breach::HandsOver(_))),
        "the lead would keep what the clerk loses: {moved:?}"
    );
    let kept = judge(&model, clerk, |m| m.grants[0].expires_at = None);
    assert!(
        matches!(&kept, Err(Breach::HandsOver(h)) if h.to == lead),
        "it would outlast the loan: {kept:?}"
    );
}

#[test]
fn all_02_what_is_the_teams_for_a_while_is_shown_to_it_for_that_while_only() {
    let sees = vec![(Permission::QueueRead, Reaches::of(&[Reach::Assigned, Reach::Team]))];
    let (mut model, [lead, agent, newcomer, _]) = team(sees);
    model.grants.push(Grant { expires_at: Some(NOW + 9), ..uses(500, agent, ENTITIES[1]) });
    let shows = |expires_at| {
        move |m: &mut Model| m.grants.push(Grant { expires_at, ..observes(501, newcomer, ENTITIES[1]) })
    };
    assert_eq!(judge(&model, lead, shows(Some(NOW + 9))), Ok(()));
    assert!(names_more(judge(&model, lead, shows(Some(NOW + 10)))), "by then it is the team's no longer");
    assert!(names_more(judge(&model, lead, shows(None))));
}

#[test]
fn all_02_an_extension_is_handed_to_its_owner() {
    let mut model = workspace("standard");
    let (technician, agent) = (worlds::nth_user(5), worlds::nth_user(4));
    let writes = [Permission::ExtensionWrite, Permission::ExtensionRead].map(|p| (p, ALL));
    model.temporary.push(worlds::temporary(900, technician, writes.to_vec(), Micros::MAX));
    let own = |m: &mut Model| m.entities.get_mut(&ENTITIES[0]).unwrap().owner = Some(agent);
    let owned = judge(&model, technician, own);
    let Err(Breach::HandsOver(hand_over)) = owned else { panic!("{owned:?}") };
    assert!(hand_over.permissions.has(Permission::VoicemailRead), "what is in its box comes with it");
    assert!(!hand_over.permissions.has(Permission::CallPlace), "calls are placed for oneself");
    assert_eq!(judge(&model, worlds::nth_user(1), own), Ok(()));
}

#[test]
fn all_02_who_got_an_extension_gets_no_power_over_it_later_that_the_giver_lacks() {
    let mut model = workspace("standard");
    let [lead, auditor] = [3, 6].map(worlds::nth_user);
    let reads = (Permission::VoicemailRead, OWN);
    let lend = |m: &mut Model| m.temporary.push(worlds::temporary(901, auditor, vec![reads], Micros::MAX));
    model.temporary.push(worlds::temporary(
        900,
        lead,
        model.role_of(auditor).unwrap().holds.clone(),
        Micros::MAX,
    ));
    assert_eq!(judge(&model, lead, lend), Ok(()), "over their own they may");
    model.entities.get_mut(&ENTITIES[0]).unwrap().owner = Some(auditor);
    assert!(
        names_more(judge(&model, lead, lend)),
        "what the owners before left in its box is not the lead's to give"
    );
    assert_eq!(judge(&model, worlds::nth_user(0), lend), Ok(()));
}

#[test]
fn all_02_a_bundle_that_reaches_nothing_today_is_given_only_by_who_holds_it() {
    let mut model = workspace("standard");
    let [lead, billing] = [3, 2].map(worlds::nth_user);
    for user in [lead, billing] {
        model.temporary.push(worlds::temporary(
            600 + user.0,
            user,
            vec![(Permission::UserSetAccess, ALL)],
            Micros::MAX,
        ));
    }
    assert!(names_more(judge(&model, billing, |m| set(m, billing, "live_calls", Setting::Allow))));
    let team = vec![(Permission::LiveCallListen, Reaches::of(&[Reach::Team]))];
    let lend = |m: &mut Model| m.temporary.push(worlds::temporary(900, lead, team.clone(), NOW + 9));
    assert!(names_more(judge(&model, billing, lend)));
    assert_eq!(judge(&model, lead, lend), Ok(()));
}

#[test]
fn all_02_who_holds_a_role_for_a_while_does_not_make_it_everybodys_first() {
    let mut model = workspace("standard");
    let (owner, lead) = (worlds::nth_user(0), worlds::nth_user(3));
    let analyst = role_of_key(&model, "analyst");
    let first = |m: &mut Model| m.default_role = Some(analyst);
    assert!(names_more(judge(&model, lead, first)));
    model.temporary.push(worlds::temporary(900, lead, model.roles[&analyst].holds.clone(), NOW + 9));
    assert!(names_more(judge(&model, lead, first)));
    assert_eq!(judge(&model, owner, first), Ok(()));
}

#[test]
fn all_02_what_the_plan_masks_is_a_gift_too() {
    let mut model = workspace("onoff");
    let [admin, user] = [1, 3].map(worlds::nth_user);
    model.allows = PermissionSet::EVERY.without(Permission::BillingRead).without(Permission::HeatmapRead);
    model.plan = "smaller".into();
    let lent =
        |p| move |m: &mut Model| m.temporary.push(worlds::temporary(600, user, vec![(p, ALL)], NOW + 9));
    assert!(names_more(judge(&model, admin, lent(Permission::BillingRead))));
    assert_eq!(judge(&model, admin, lent(Permission::HeatmapRead)), Ok(()));
    model.temporary.push(worlds::temporary(601, user, vec![(Permission::BillingRead, ALL)], NOW + 9));
    assert!(touches_more(judge(&model, admin, |m| stand(m, user, Standing::Banned))), "they hold it already");
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
