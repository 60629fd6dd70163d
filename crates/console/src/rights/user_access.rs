//! What is set for one user beside their record: role, toggles, grants, units led, access for a while.

use std::collections::{BTreeMap, BTreeSet};

use access::model::UnitKind;
use access::{Id, Permission, Permit, Reach, can, text};
use acts::people::users;
use acts::rights::grants::{self, GrantRights, GrantView};
use acts::rights::user_access::{self, NewEnd, NewTemporary, SettingWord, TemporaryView, ToggleView};
use acts::{Code, Moment, Refusal};
use axum::response::Redirect;
use maud::{Markup, html};

use crate::people::user_page::Page;
use crate::shell::frame::{back, csrf, done, path};
use crate::shell::parts::{self, Options};
use crate::shell::when;
use ui::badge::{Tone, badge};
use ui::button::{self, Button, Kind};
use ui::card::card;
use ui::dialog;
use ui::filter::Choice;
use ui::form::{self, Field};
use ui::icon::Icon;
use ui::segmented::{ThreeState, setting, three_state};
use ui::text::{capital, count, fill, later, said, t};
use web::input::Pairs;
use web::request::Request;

const HOUR: i64 = 3_600_000_000;

/// For how long access can be given: what is sent, what is shown, and how long that is.
pub const DURATIONS: [(&str, &str, i64); 5] = [
    ("1h", later("1 hour"), HOUR),
    ("4h", later("4 hours"), 4 * HOUR),
    ("1d", later("1 day"), 24 * HOUR),
    ("7d", later("1 week"), 7 * 24 * HOUR),
    ("30d", later("30 days"), 30 * 24 * HOUR),
];

// ── Role ──────────────────────────────────────────────────────────────────────────────────────────────────

/// The role, to choose for those who may.
pub fn role(page: &Page<'_>) -> Markup {
    let role = &page.user.role;
    let current = role.id.to_string();
    let link = page.actor.holds(Permission::RoleRead).then(|| {
        let address = path(page.request, &format!("/roles/{}", role.id));
        button::link(&Button::new(Kind::Quiet, t("Open")), &address)
    });
    let may = page.may(Permission::UserAssignRole);
    let mut options = parts::givable_roles(page.actor);
    if !options.choices().iter().any(|choice| choice.value == current) {
        options = [(role.id, said(&role.name))].into_iter().collect::<Options>().and(options);
    }
    let body = html! {
        @if may {
            (form::autosave("role", &page.path("/role"), &csrf(page.request),
                form::select(&Field::new("role", t("Role of this user")).required().form("access")
                    .hint(t("It holds at once, in every open page of theirs.")), &options.choices(), &current)))
        } @else { p { (said(&role.name)) } }
    };
    card(t("Role"), "", link, body)
}

/// Gives the role.
pub async fn set_role(
    request: Request,
    permit: Permit<can::UserAssignRole>,
    typed: Pairs,
) -> Result<Redirect, Refusal> {
    let role = typed.id("role")?.ok_or_else(|| Refusal::invalid("role", "{field} is needed."))?;
    users::assign_role(&request.server.app, &permit, &request.author(), role).await?;
    Ok(back(&request, &format!("/users/{}", permit.id())))
}

// ── Toggles ───────────────────────────────────────────────────────────────────────────────────────────────

/// The toggles, each with its three states.
pub fn toggles(page: &Page<'_>, toggles: &[ToggleView]) -> Markup {
    let may = page.may(Permission::UserSetAccess);
    let set = toggles.iter().filter(|toggle| may || toggle.setting != "inherit").collect::<Vec<_>>();
    if set.is_empty() {
        return html! {};
    }
    let state = |toggle: &ToggleView| match toggle.setting {
        "allow" => ThreeState::Allow,
        "deny" => ThreeState::Deny,
        _ => ThreeState::Inherit,
    };
    let lines = html! {
        @for toggle in &set {
            @let name = format!("toggle-{}", toggle.id);
            (setting(&said(&toggle.name), html! { (capital(&said(&toggle.summary))) }, three_state(&name, &said(&toggle.name), state(toggle), !may)))
            @if may { input type="hidden" name={ "was-" (toggle.id) } value=(toggle.setting); }
        }
    };
    let hint =
        t("Each is a bundle of permissions, switched on or off for this person. Deny wins over everything.");
    card(
        t("Toggles"),
        hint,
        None,
        if may {
            form::autosave("toggles", &page.path("/toggles"), &csrf(page.request), lines)
        } else {
            lines
        },
    )
}

/// How a toggle is to be set, as a form says it.
pub fn set_to(word: &str) -> Result<SettingWord, Refusal> {
    match word {
        "inherit" => Ok(SettingWord::Inherit),
        "allow" => Ok(SettingWord::Allow),
        "deny" => Ok(SettingWord::Deny),
        _ => Err(Refusal::invalid("setting", "{field} must be inherit, allow or deny.")),
    }
}

/// Sets the toggles that were changed on the page, and no others.
pub async fn set_toggles(
    request: Request,
    permit: Permit<can::UserSetAccess>,
    typed: Pairs,
) -> Result<Redirect, Refusal> {
    let changed = typed.0.iter().filter_map(|(name, value)| {
        let toggle = name.strip_prefix("toggle-")?;
        (typed.get(&format!("was-{toggle}")) != value).then_some((toggle, value.as_str()))
    });
    let settings = changed.map(|(toggle, value)| {
        let toggle = toggle.parse().map_err(|_| Refusal::new(Code::NotFound))?;
        Ok((Id(toggle), set_to(value)?.into()))
    });
    let settings = settings.collect::<Result<Vec<_>, Refusal>>()?;
    user_access::set_toggles(&request.server.app, &permit, &request.author(), &settings).await?;
    Ok(back(&request, &format!("/users/{}", permit.id())))
}

// ── Grants ────────────────────────────────────────────────────────────────────────────────────────────────

/// What is granted: extensions, queues and numbers.
pub fn grants(page: &Page<'_>, grants: &[GrantView]) -> Markup {
    let may = page.may(Permission::UserSetAccess);
    let add = may.then(|| button::opens(&Button::new(Kind::Plain, t("Add")).icon(Icon::Plus), "add-grant"));
    let body = html! {
        @if grants.is_empty() { p.hint { (t("No extension, queue or number is granted.")) } }
        @for grant in grants { (grant_line(page, grant, may)) }
    };
    card(t("Grants"), t("Extensions, queues and numbers"), add, body)
}

fn grant_line(page: &Page<'_>, grant: &GrantView, may: bool) -> Markup {
    let id = grant.entity.id;
    let name = parts::entity_name(grant.kind, &grant.entity.name);
    let until = grant.expires_at.map(|at| ends(page, at));
    let remove = fill(t("Withdraw {thing}"), &[("thing", &name)]);
    let question = fill(
        t("Withdraw {thing} from {name}? It holds at once."),
        &[("thing", &name), ("name", &page.user.name)],
    );
    let form_id = format!("grant-{id}");
    html! {
        div.grant id={ "grant-line-" (id) } {
            div.grant-head {
                div.setting-text { strong { (name) } @if let Some(until) = until { p.hint { (until) } } }
                @if may {
                    (button::post(&Button::new(Kind::Quiet, &remove).icon_only(Icon::Close).confirm(&question),
                        &page.path(&format!("/grants/{id}/remove")), &csrf(page.request)))
                }
            }
            @if may {
                @if grant.expires_at.is_some() {
                    (prolong(page, &format!("prolong-grant-{id}"), &format!("/grants/{id}/extend")))
                }
                (form::autosave(&form_id, &page.path("/grants"), &csrf(page.request), html! {
                    input type="hidden" name="entity" value=(id);
                    input type="hidden" name="keep_until" value=[grant.expires_at];
                    div.ticks {
                        (form::checkbox(&Field::new("may_use", t("Use")).form(&form_id), "yes", grant.may_use))
                        (form::checkbox(&Field::new("may_observe", t("Observe")).form(&form_id), "yes", grant.may_observe))
                    }
                }))
            } @else {
                div.chips {
                    @if grant.may_use { (badge(Tone::Neutral, t("use"))) }
                    @if grant.may_observe { (badge(Tone::Neutral, t("observe"))) }
                }
            }
        }
    }
}

/// The dialog that adds a grant.
pub fn grant_dialog(page: &Page<'_>) -> Markup {
    if !page.may(Permission::UserSetAccess) {
        return html! {};
    }
    let options = parts::entities(page.actor);
    let field = |name, label| Field::new(name, label).form("new-grant");
    let body = html! {
        @if options.is_empty() { p { (t("There is no extension, queue or number yet that you may see.")) } }
        @else {
            (form::form("new-grant", &page.path("/grants"), &csrf(page.request), html! {
                input type="hidden" name="new" value="yes";
                (form::select(&field("entity", t("What")).required(), &options.choices(), ""))
                (form::checkbox(&field("may_use", t("Use: place and receive calls with it, choose it as caller ID")), "yes", true))
                (form::checkbox(&field("may_observe", t("Observe: see its calls, statistics and recordings, as far as the role goes")), "yes", true))
                (form::input(&field("expires_at", t("Last day")).hint(t("Until the end of that day in the workspace's time zone. Leave it empty for no end.")), form::Kind::Date, ""))
                (form::form_actions(html! { (dialog::cancel("add-grant")) (button::submit(&Button::new(Kind::Primary, t("Grant")))) }))
            }))
        }
    };
    dialog::dialog(
        "add-grant",
        &fill(t("Grant something to {name}"), &[("name", &page.user.name)]),
        false,
        body,
    )
}

/// Grants something, or changes what a grant lets one do.
pub async fn set_grant(
    request: Request,
    permit: Permit<can::UserSetAccess>,
    typed: Pairs,
) -> Result<Redirect, Refusal> {
    let missing = || Refusal::invalid("entity", "{field} must be chosen from the list.");
    let day = typed.get("expires_at");
    let expires_at = if day.is_empty() {
        typed.get("keep_until").parse().ok()
    } else {
        let at = when::end_of_day("expires_at", day, &when::zone(&request))?;
        if at.is_some_and(|at| at.0 <= request.server.app.store.now()) {
            return Err(Refusal::invalid("expires_at", "{field} must be today or a day to come."));
        }
        at
    };
    let (may_use, may_observe) = (typed.get("may_use") == "yes", typed.get("may_observe") == "yes");
    if !may_use && !may_observe {
        let message = text!("Tick use, observe or both; to take both away, withdraw the grant.");
        return Err(Refusal::invalid("may_use", message));
    }
    let entity = typed.id("entity")?.ok_or_else(missing)?;
    let rights = GrantRights { may_use, may_observe, expires_at };
    grants::set(&request.server.app, &permit, &request.author(), entity, rights).await?;
    let page = format!("/users/{}", permit.id());
    Ok(if typed.get("new") == "yes" { done(&request, &page, "granted") } else { back(&request, &page) })
}

/// Withdraws a grant.
pub async fn remove_grant(
    request: Request,
    permit: Permit<can::UserSetAccess>,
    _: (),
) -> Result<Redirect, Refusal> {
    let entity = request.id("entity")?;
    grants::remove(&request.server.app, &permit, &request.author(), entity.0).await?;
    Ok(done(&request, &format!("/users/{}", permit.id()), "withdrawn"))
}

// ── Units led ─────────────────────────────────────────────────────────────────────────────────────────────

/// The departments and branches that they lead.
pub fn leads(page: &Page<'_>) -> Markup {
    let model = page.actor.snapshot().model();
    let led: BTreeSet<u32> = page.user.leads.iter().map(|unit| unit.id).collect();
    let may = page.may(Permission::UserSetAccess);
    if model.units.is_empty() || (!may && led.is_empty()) {
        return html! {};
    }
    let kinds = [(UnitKind::Department, t("Departments")), (UnitKind::Branch, t("Branches"))];
    let boxes = html! {
        input type="hidden" name="was" value=(led.iter().map(u32::to_string).collect::<Vec<_>>().join(" "));
        @for (kind, heading) in kinds {
            @let units = parts::known_units(page.actor, kind, &led.iter().copied().collect::<Vec<_>>());
            @if !units.is_empty() {
                fieldset.boxes {
                    legend { (heading) }
                    @for Choice { value, label } in units.choices() {
                        @let field_id = format!("leads-{value}");
                        (form::checkbox(&Field::new("unit", label).form(&field_id), value, value.parse().is_ok_and(|id| led.contains(&id))))
                    }
                }
            }
        }
    };
    let names: Vec<&str> = page.user.leads.iter().map(|unit| unit.name.as_str()).collect();
    card(
        t("Leads"),
        t("Permissions that reach the team reach these units"),
        None,
        if may {
            form::autosave("leads", &page.path("/leads"), &csrf(page.request), boxes)
        } else {
            html! { p { (names.join(", ")) } }
        },
    )
}

/// Sets which units they lead: those that were ticked or unticked on the page, and no others.
pub async fn set_leads(
    request: Request,
    permit: Permit<can::UserSetAccess>,
    typed: Pairs,
) -> Result<Redirect, Refusal> {
    let model = permit.actor().ok_or_else(|| Refusal::new(Code::Unauthenticated))?.snapshot().model();
    let number = |text: &str| {
        text.parse().map_err(|_| Refusal::invalid("units", "{field} must be chosen from the list."))
    };
    let was: BTreeSet<u32> = typed.get("was").split_whitespace().map(number).collect::<Result<_, _>>()?;
    let ticked: BTreeSet<u32> = typed.all("unit").map(number).collect::<Result<_, _>>()?;
    let leads = model.leads.iter().filter(|(user, _)| *user == permit.id());
    let mut units: BTreeSet<u32> = leads.map(|(_, unit)| unit.0).collect();
    units.retain(|unit| ticked.contains(unit) || !was.contains(unit));
    units.extend(ticked.difference(&was));
    user_access::set_leads(&request.server.app, &permit, &request.author(), units.into_iter().collect())
        .await?;
    Ok(back(&request, &format!("/users/{}", permit.id())))
}

// ── Access for a while ────────────────────────────────────────────────────────────────────────────────────

/// What they have for a while.
pub fn temporary(page: &Page<'_>, temporary: &[TemporaryView]) -> Markup {
    let may = page.may(Permission::UserSetAccess);
    if !may && temporary.is_empty() {
        return html! {};
    }
    let give =
        may.then(|| button::opens(&Button::new(Kind::Plain, t("Give")).icon(Icon::Clock), "give-temporary"));
    let body = html! {
        @if temporary.is_empty() { p.hint { (t("Nothing at present. It ends by itself when its time is over.")) } }
        @for one in temporary {
            div.grant id={ "temporary-" (one.id) } {
                (held_for_a_while(one))
                p.hint { (ends(page, one.expires_at)) }
                @if may {
                    div.lasting-acts {
                        (prolong(page, &format!("prolong-{}", one.id), &format!("/temporary/{}/extend", one.id)))
                        (button::post(&Button::new(Kind::Plain, t("End now")).confirm(t("End this access now? It holds at once.")),
                            &page.path(&format!("/temporary/{}/end", one.id)), &csrf(page.request)))
                    }
                }
            }
        }
    };
    card(t("For a while"), t("Permissions that end by themselves"), give, body)
}

/// So many permissions that were given together stand open; the rest unfolds.
const OPEN: usize = 3;

fn held_for_a_while(one: &TemporaryView) -> Markup {
    let line = |(permission, reaches): (&String, &Vec<&'static str>)| {
        let far = reaches.iter().map(|reach| t(reach)).collect::<Vec<&str>>().join(", ");
        html! { div.setting-text { strong { (meaning(permission)) } p.hint { code { (permission) } " · " (far) } } }
    };
    let rest = i64::try_from(one.holds.len().saturating_sub(OPEN)).unwrap_or(i64::MAX);
    html! {
        @for held in one.holds.iter().take(OPEN) { (line(held)) }
        @if rest > 0 {
            details id={ "rest-" (one.id) } {
                summary { (count(rest, "{n} more", "{n} more")) }
                @for held in one.holds.iter().skip(OPEN) { (line(held)) }
            }
        }
    }
}

/// When something ends, and how long that is from now.
fn ends(page: &Page<'_>, at: Moment) -> Markup {
    let left = when::left(at.0 - page.request.server.app.store.now());
    html! { (parts::until(at)) " · " (left) }
}

/// The form that moves an end further away.
fn prolong(page: &Page<'_>, form_id: &str, below: &str) -> Markup {
    let durations: Options = DURATIONS.iter().map(|(key, label, _)| (*key, t(label))).collect();
    let by = Field::new("by", t("Longer by")).required().form(form_id);
    let fields = html! {
        div.prolong {
            (form::select(&by, &durations.choices(), "1d"))
            (button::submit(&Button::new(Kind::Quiet, t("Extend"))))
        }
    };
    form::form(form_id, &page.path(below), &csrf(page.request), fields)
}

/// How long something is to last, as a field of a form says.
pub fn lasts(field: &'static str, typed: &Pairs) -> Result<i64, Refusal> {
    let chosen = DURATIONS.iter().find(|(key, _, _)| *key == typed.get(field));
    let unknown = || Refusal::invalid(field, "{field} must be chosen from the list.");
    chosen.map(|(_, _, lasts)| *lasts).ok_or_else(unknown)
}

/// Prolongs access that was given for a while.
pub async fn extend_temporary(
    request: Request,
    permit: Permit<can::UserSetAccess>,
    typed: Pairs,
) -> Result<Redirect, Refusal> {
    let model = permit.actor().ok_or_else(|| Refusal::new(Code::Unauthenticated))?.snapshot().model();
    let id = request.id("temporary")?;
    let one = model.temporary.iter().find(|t| t.id == id && t.user == permit.id());
    let end = one.ok_or_else(|| Refusal::new(Code::NotFound))?.expires_at;
    let end = NewEnd { expires_at: Moment(end + lasts("by", &typed)?) };
    user_access::extend_temporary(&request.server.app, &permit, &request.author(), id.0, end).await?;
    Ok(done(&request, &format!("/users/{}", permit.id()), "extended"))
}

/// Prolongs a grant that has an end.
pub async fn extend_grant(
    request: Request,
    permit: Permit<can::UserSetAccess>,
    typed: Pairs,
) -> Result<Redirect, Refusal> {
    let model = permit.actor().ok_or_else(|| Refusal::new(Code::Unauthenticated))?.snapshot().model();
    let entity = request.id("entity")?;
    let grant = model.grants_of(permit.id(), request.server.app.store.now()).find(|g| g.entity == entity);
    let end = grant.and_then(|grant| Some((grant, grant.expires_at?)));
    let (grant, end) = end.ok_or_else(|| Refusal::new(Code::NotFound))?;
    let expires_at = Some(Moment(end + lasts("by", &typed)?));
    let (may_use, may_observe) = (grant.may_use, grant.may_observe);
    let rights = GrantRights { may_use, may_observe, expires_at };
    grants::set(&request.server.app, &permit, &request.author(), entity.0, rights).await?;
    Ok(done(&request, &format!("/users/{}", permit.id()), "extended"))
}

fn meaning(permission: &str) -> String {
    Permission::from_name(permission).map_or_else(String::new, |p| capital(t(p.entry().meaning)))
}

/// The dialog that gives a permission for a while.
pub fn temporary_dialog(page: &Page<'_>) -> Markup {
    if !page.may(Permission::UserSetAccess) {
        return html! {};
    }
    let given = Permission::ALL.iter().filter(|p| p.can_be_given() && page.actor.holds(**p));
    let mut given: Vec<_> =
        given.map(|p| (p.name(), format!("{} ({p})", capital(t(p.entry().meaning))))).collect();
    given.sort_by(|(_, a), (_, b)| a.cmp(b));
    let permissions: Options = given.into_iter().collect();
    let durations: Options = DURATIONS.iter().map(|(key, label, _)| (*key, t(label))).collect();
    let reaches: Options = [
        ("widest", t("As far as you hold it yourself")),
        ("own", t("Own: what they take part in")),
        ("assigned", t("Assigned: what is granted to them")),
        ("team", t("Team: the units that they lead")),
        ("all", t("All: the whole workspace")),
    ]
    .into_iter()
    .collect();
    let field = |name, label| Field::new(name, label).form("temporary");
    let body = form::form(
        "temporary",
        &page.path("/temporary"),
        &csrf(page.request),
        html! {
            (form::select(&field("holds", t("Permission")).required().hint(t("Only what you hold yourself can be given.")), &permissions.choices(), ""))
            (form::select(&field("reach", t("How far")).required(), &reaches.choices(), "widest"))
            (form::select(&field("expires_at", t("For")).required(), &durations.choices(), "1d"))
            (form::form_actions(html! { (dialog::cancel("give-temporary")) (button::submit(&Button::new(Kind::Primary, t("Give")))) }))
        },
    );
    dialog::dialog(
        "give-temporary",
        &fill(t("Give {name} access for a while"), &[("name", &page.user.name)]),
        false,
        body,
    )
}

/// Gives a permission for a while.
pub async fn give_temporary(
    request: Request,
    permit: Permit<can::UserSetAccess>,
    typed: Pairs,
) -> Result<Redirect, Refusal> {
    let name = typed.get("holds");
    let permission = Permission::from_name(name)
        .ok_or_else(|| Refusal::invalid("holds", "{field} must be chosen from the list."))?;
    let actor = permit.actor().ok_or_else(|| Refusal::new(Code::Unauthenticated))?;
    let words: Vec<String> = match typed.get("reach") {
        "widest" => access::shown(permission, actor.powers().reaches(permission))
            .words()
            .into_iter()
            .map(str::to_owned)
            .collect(),
        _ if !permission.concerns_rows() => vec![Reach::All.word().to_owned()],
        reach => vec![reach.to_owned()],
    };
    let new = NewTemporary {
        holds: BTreeMap::from([(name.to_owned(), words)]),
        expires_at: Moment(request.server.app.store.now() + lasts("expires_at", &typed)?),
    };
    user_access::give_temporary(&request.server.app, &permit, &request.author(), new).await?;
    Ok(done(&request, &format!("/users/{}", permit.id()), "given"))
}

/// Ends it early.
pub async fn end_temporary(
    request: Request,
    permit: Permit<can::UserSetAccess>,
    _: (),
) -> Result<Redirect, Refusal> {
    let Id(temporary) = request.id("temporary")?;
    user_access::end_temporary(&request.server.app, &permit, &request.author(), temporary).await?;
    Ok(done(&request, &format!("/users/{}", permit.id()), "ended"))
}
