//! What one calls with: examples named after their rules, and the function on random workspaces.

use access::calling::{self, Because, CallLine, CannotCall, may_call, may_receive};
use access::model::{Entity, EntityKind, Setting, Standing};
use access::{Id, Model, Permission, Preset, Reach};
use proptest::prelude::*;

use crate::properties::{self, USERS};
use crate::worlds::{self, ENTITIES, NOW};

const EXTENSION: Id = ENTITIES[0];
const FIRST: Id = ENTITIES[2];
const SECOND: Id = ENTITIES[3];

/// A workspace with its plainest user, who has nothing yet.
fn workspace(preset: &str) -> (Model, Id) {
    let preset = Preset::by_key(preset).unwrap();
    let model = worlds::one_of_each(preset);
    (model, worlds::nth_user(preset.roles.len() - 1))
}

fn call(model: &Model, user: Id, asked: Option<Id>) -> Result<CallLine, CannotCall> {
    may_call(&worlds::fold(model), user, asked)
}

fn shown(model: &Model, user: Id) -> Result<(Id, Because), CannotCall> {
    call(model, user, None).map(|line| (line.caller_id, line.because))
}

fn preset(model: &mut Model, user: Id, number: Option<Id>) {
    model.users.get_mut(&user).unwrap().preset_number = number;
}

fn choose(model: &mut Model, user: Id, number: Option<Id>) {
    model.users.get_mut(&user).unwrap().chosen_number = number;
}

fn own_extension(model: &mut Model, user: Id) {
    let entity = Entity { kind: EntityKind::Extension, label: "201".into(), owner: Some(user) };
    model.entities.insert(EXTENSION, entity);
}

#[test]
fn nua_06_calls_need_an_extension_of_ones_own_or_granted_for_use() {
    let (mut model, user) = workspace("nuacom");
    preset(&mut model, user, Some(FIRST));
    let receive = |m: &Model| may_receive(&worlds::fold(m), user);
    assert_eq!(call(&model, user, None), Err(CannotCall::NoExtension));
    assert_eq!(receive(&model), Err(CannotCall::NoExtension));
    let mut observed = worlds::grant(501, user, EXTENSION);
    observed.may_use = false;
    model.grants.push(observed);
    assert_eq!(receive(&model), Err(CannotCall::NoExtension), "observing is not using");
    model.grants[0].may_use = true;
    assert_eq!(call(&model, user, None).map(|line| line.extension), Ok(Some(EXTENSION)));
    model.grants[0].expires_at = Some(NOW);
    assert_eq!(receive(&model), Err(CannotCall::NoExtension), "the grant has expired");
    own_extension(&mut model, user);
    assert_eq!(receive(&model), Ok(Some(EXTENSION)));
}

#[test]
fn other_presets_place_calls_without_an_extension() {
    let (mut model, user) = workspace("calilio");
    preset(&mut model, user, Some(FIRST));
    assert_eq!(call(&model, user, None).map(|line| line.extension), Ok(None));
    assert_eq!(may_receive(&worlds::fold(&model), user), Ok(None));
}

#[test]
fn nua_07_the_caller_id_is_chosen_among_the_granted_else_preset_else_refused() {
    let (mut model, user) = workspace("nuacom");
    own_extension(&mut model, user);
    assert_eq!(call(&model, user, None), Err(CannotCall::NoNumber));
    preset(&mut model, user, Some(SECOND));
    choose(&mut model, user, Some(FIRST));
    assert_eq!(shown(&model, user), Ok((SECOND, Because::Preset)), "nothing is granted to choose from");
    model.grants.push(worlds::grant(502, user, FIRST));
    model.grants.push(worlds::grant(501, user, SECOND));
    assert_eq!(shown(&model, user), Ok((FIRST, Because::Chosen)));
    choose(&mut model, user, None);
    assert_eq!(shown(&model, user), Ok((SECOND, Because::GrantedFirst)));
    choose(&mut model, user, Some(FIRST));
    model.grants[0].expires_at = Some(NOW);
    assert_eq!(shown(&model, user), Ok((SECOND, Because::GrantedFirst)), "an expired grant does not count");
}

#[test]
fn nua_07_whatever_the_client_asks_must_be_theirs() {
    let (mut model, user) = workspace("nuacom");
    own_extension(&mut model, user);
    preset(&mut model, user, Some(SECOND));
    assert_eq!(call(&model, user, Some(FIRST)), Err(CannotCall::NotTheirs(FIRST)));
    assert!(call(&model, user, Some(SECOND)).is_ok());
    model.grants.push(worlds::grant(501, user, FIRST));
    assert!(call(&model, user, Some(FIRST)).is_ok());
    assert_eq!(
        call(&model, user, Some(SECOND)),
        Err(CannotCall::NotTheirs(SECOND)),
        "the preset is a fallback"
    );
    assert_eq!(call(&model, user, Some(EXTENSION)), Err(CannotCall::NotTheirs(EXTENSION)));
}

#[test]
fn nua_07_a_preset_number_that_is_gone_does_not_count() {
    let (mut model, user) = workspace("nuacom");
    own_extension(&mut model, user);
    preset(&mut model, user, Some(FIRST));
    model.entities.remove(&FIRST);
    assert_eq!(call(&model, user, None), Err(CannotCall::NoNumber));
}

#[test]
fn onf_07_a_preset_number_that_somebody_else_has_does_not_count() {
    let (mut model, user) = workspace("onoff");
    preset(&mut model, user, Some(FIRST));
    assert!(call(&model, user, None).is_ok());
    model.grants.push(worlds::grant(501, worlds::nth_user(1), FIRST));
    assert_eq!(call(&model, user, None), Err(CannotCall::NoNumber));
}

#[test]
fn nobody_calls_without_the_permission_or_while_banned() {
    let (mut model, user) = workspace("calilio");
    preset(&mut model, user, Some(FIRST));
    model.users.get_mut(&user).unwrap().standing = Standing::Banned;
    assert_eq!(call(&model, user, None), Err(CannotCall::Lacks(Permission::CallPlace)));
    assert_eq!(call(&model, Id(9_999), None), Err(CannotCall::Lacks(Permission::CallPlace)));
    model.users.get_mut(&user).unwrap().standing = Standing::Active;
    let deny = worlds::toggle("sms");
    model.toggles.get_mut(&deny).unwrap().holds =
        vec![(Permission::CallPlace, access::Reaches::of(&[Reach::Own]))];
    model.settings.insert((user, deny), Setting::Deny);
    assert_eq!(call(&model, user, None), Err(CannotCall::Lacks(Permission::CallPlace)));
    assert!(may_receive(&worlds::fold(&model), user).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nobody_ever_shows_a_number_that_is_not_theirs(
        model in properties::model(), nuacom in any::<bool>(), owner in 0..USERS.len(),
        numbers in proptest::collection::vec((proptest::option::of(0..4_usize), proptest::option::of(0..4_usize)), USERS.len()),
    ) {
        let mut model = model;
        model.preset = Preset::by_key(if nuacom { "nuacom" } else { "onoff" }).unwrap();
        model.entities.get_mut(&EXTENSION).unwrap().owner = Some(USERS[owner]);
        for (user, (chosen, preset)) in USERS.into_iter().zip(numbers) {
            let user = model.users.get_mut(&user).unwrap();
            (user.chosen_number, user.preset_number) = (chosen.map(|n| ENTITIES[n]), preset.map(|n| ENTITIES[n]));
        }
        let snapshot = worlds::fold(&model);
        for user in USERS {
            let record = &model.users[&user];
            let used = |id: Id| model.grants.iter().any(|g| {
                g.user == user && g.entity == id && g.may_use && g.expires_at.is_none_or(|at| at > NOW)
            });
            let granted: Vec<Id> = [FIRST, SECOND].into_iter().filter(|n| used(*n)).collect();
            let may = snapshot.user(user).unwrap().powers.has(Permission::CallPlace, Reach::Own);
            let line = used(EXTENSION) || owner == USERS.iter().position(|u| *u == user).unwrap();
            for asked in [None, Some(FIRST), Some(SECOND), Some(EXTENSION), Some(Id(9_999))] {
                match may_call(&snapshot, user, asked) {
                    Ok(call) => {
                        prop_assert!(may && (line || !nuacom));
                        prop_assert_eq!(call.extension.is_some(), line);
                        prop_assert!(asked.is_none_or(|asked| asked == call.caller_id));
                        if granted.is_empty() {
                            prop_assert_eq!(record.preset_number, Some(call.caller_id));
                            prop_assert!(nuacom || calling::holder(&snapshot, call.caller_id).is_none());
                        } else {
                            prop_assert!(granted.contains(&call.caller_id));
                        }
                        let chosen = record.chosen_number.filter(|n| granted.contains(n));
                        prop_assert!(asked.is_some() || chosen.is_none_or(|chosen| chosen == call.caller_id));
                    }
                    Err(CannotCall::Lacks(permission)) => prop_assert!(!may && permission == Permission::CallPlace),
                    Err(CannotCall::NoExtension) => prop_assert!(may && nuacom && !line),
                    Err(CannotCall::NoNumber) => prop_assert!(granted.is_empty()),
                    Err(CannotCall::NotTheirs(number)) => {
                        prop_assert_eq!(Some(number), asked);
                        prop_assert!(!granted.contains(&number));
                    }
                }
            }
        }
    }
}
