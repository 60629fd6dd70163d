//! What was bought: the plan with what it holds and what another one would add or take, seats, and licences with the
//! numbers that they carry.

use access::limits::Full;
use access::{Actor, Group, Noun, Permission, Permit, Plan, Thing, can};
use acts::money::plan::{
    self, Bought, Carried, LicenceChange, LicencesView, PlanChange, PlanChoice, PlanView,
};
use acts::{Code, Ref, Refusal};
use axum::response::Redirect;
use maud::{Markup, html};

use crate::rights::access_matrix::key;
use crate::shell::frame::{Frame, csrf, done, path};
use crate::shell::parts::{linked, own_password};
use ui::badge::{Tone, badge};
use ui::button::{self, Button, Kind};
use ui::card::{Stat, card, facts, stats};
use ui::form::{self, Field, form_actions};
use ui::page::{PageHead, notice, page_head, split};
use ui::table::{Column, Row, table};
use ui::text::{capital, count, fill, in_words, listed, number, said, t};
use web::input::Pairs;
use web::request::Request;

/// So many permissions stand open; the rest unfolds.
const OPEN: usize = 6;

fn actor<R: access::Right>(permit: &Permit<R>) -> Result<&Actor, Refusal> {
    permit.actor().ok_or_else(|| Refusal::new(Code::Unauthenticated))
}

fn may(actor: &Actor, permission: Permission) -> bool {
    actor.may(permission, &Thing::WORKSPACE)
}

/// The plan page.
pub async fn show(request: Request, permit: Permit<can::BillingRead>, _: ()) -> Result<Markup, Refusal> {
    let app = &request.server.app;
    let actor = actor(&permit)?;
    let view = plan::show(app, &permit).await?;
    let licences = match actor.permit::<can::LicenseRead>() {
        Ok(permit) => Some(plan::licences(app, &permit).await?),
        Err(_) => None,
    };
    let may_commit = may(actor, Permission::BillingCommit);
    let main = html! {
        (page_head(&PageHead {
            title: t("Plan"),
            subtitle: t("What was bought, and what everybody can do with it at the most."),
            badges: Some(badge(Tone::Accent, &said(&view.name))),
            ..PageHead::default()
        }))
        div.stack {
            (figures(&view, licences.as_ref()))
            (split(
                html! { (contents(&view)) (choices(&request, &view, may_commit)) },
                html! { (seats_card(&request, &view, may_commit)) @if let Some(licences) = &licences { (licences_card(&request, actor, licences)) } },
            ))
        }
    };
    Ok(Frame::new(&request, t("Plan")).around(main))
}

/// The page of licences, for people who see them and not the bill.
pub async fn licences(request: Request, permit: Permit<can::LicenseRead>, _: ()) -> Result<Markup, Refusal> {
    let view = plan::licences(&request.server.app, &permit).await?;
    let main = html! {
        (page_head(&PageHead {
            title: t("Licences"),
            subtitle: t("One licence carries one number at a time."),
            ..PageHead::default()
        }))
        (licences_card(&request, actor(&permit)?, &view))
    };
    Ok(Frame::new(&request, t("Licences")).around(main))
}

fn figures(view: &PlanView, licences: Option<&LicencesView>) -> Markup {
    let used = |bought: Option<Bought>| match bought {
        Some(Bought { bought, used, .. }) => {
            fill(t("{used} of {bought}"), &[("used", &whole(used)), ("bought", &whole(bought))])
        }
        None => t("Not counted").to_owned(),
    };
    let free = |bought: Option<Bought>| {
        bought.map(|bought| count(i64::from(bought.free), "{n} free", "{n} free")).unwrap_or_default()
    };
    let (seats, seats_free) = (used(view.seats), free(view.seats));
    let most = view.numbers_per_user.map_or_else(|| t("Any number").to_owned(), whole);
    let mut shown = vec![Stat { label: t("Seats"), value: &seats, note: &seats_free, href: None }];
    let (carried, carried_free) = licences.map(|l| (used(l.licences), free(l.licences))).unwrap_or_default();
    if licences.is_some() {
        shown.push(Stat { label: t("Licences"), value: &carried, note: &carried_free, href: None });
    }
    shown.push(Stat { label: t("Numbers a person"), value: &most, note: "", href: None });
    stats(&shown)
}

fn whole(n: u32) -> String {
    number(i64::from(n))
}

/// The permissions by group, with what each plan has of them; groups that every plan holds whole are one line.
fn contents(view: &PlanView) -> Markup {
    let heads: Vec<String> = Plan::all()
        .iter()
        .map(|plan| match plan.key == view.plan {
            true => fill(t("{plan} (yours)"), &[("plan", &said(&plan.name))]),
            false => said(&plan.name).into_owned(),
        })
        .collect();
    let columns: Vec<Column<'_>> = std::iter::once(Column::new(t("Permissions")))
        .chain(heads.iter().map(|head| Column::number(head)))
        .collect();
    let of = |group: Group| -> Vec<Permission> {
        Permission::ALL.iter().copied().filter(|p| p.entry().group == group).collect()
    };
    let everywhere =
        |group: &Group| of(*group).into_iter().all(|p| Plan::all().iter().all(|plan| plan.allows.has(p)));
    let (whole, parted): (Vec<Group>, Vec<Group>) = Group::ALL.into_iter().partition(everywhere);
    let rows: Vec<Row> = parted.into_iter().map(|group| group_row(group, &of(group))).collect();
    let whole: Vec<&str> = whole.into_iter().map(|group| t(group.label())).collect();
    card(
        t("What the plans hold"),
        t("What a plan lacks is off for everybody, whatever their role says."),
        None,
        html! {
            div.stack {
                (table(t("Permissions by plan"), &columns, &rows))
                p.hint { (fill(t("Every plan holds all permissions of: {groups}."), &[("groups", &listed(&whole))])) }
            }
        },
    )
}

fn group_row(group: Group, permissions: &[Permission]) -> Row {
    let held = |plan: &Plan| {
        let has = permissions.iter().filter(|p| plan.allows.has(**p)).count();
        let text = fill(t("{n} of {total}"), &[("n", &has), ("total", &permissions.len())]);
        html! { @if has < permissions.len() { strong { (text) } } @else { (text) } }
    };
    Row {
        id: format!("plan-{}", key(group)),
        href: None,
        cells: std::iter::once(group_cell(group, permissions)).chain(Plan::all().iter().map(held)).collect(),
    }
}

/// A group's name, unfolding to its permissions with the plans that lack each.
fn group_cell(group: Group, permissions: &[Permission]) -> Markup {
    let lacking = |p: Permission| Plan::all().iter().filter(move |plan| !plan.allows.has(p));
    html! {
        details id={ "plan-group-" (key(group)) } {
            summary { (t(group.label())) }
            ul.items {
                @for permission in permissions {
                    li {
                        span.capital { (t(permission.entry().meaning)) }
                        @for plan in lacking(*permission) { " " (badge(Tone::Neutral, &fill(t("not in {plan}"), &[("plan", &said(&plan.name))]))) }
                    }
                }
            }
        }
    }
}

/// The other plans, with what moving there would change, and a button for whoever may commit to it.
fn choices(request: &Request, view: &PlanView, may_commit: bool) -> Markup {
    let others = view.plans.iter().filter(|plan| plan.key != view.plan);
    html! {
        @for plan in others {
            (card(&fill(t("Plan {plan}"), &[("plan", &said(plan.name))]), &per_user(plan), may_commit.then(|| move_to(request, plan, view.asks_password)), html! {
                (permissions(t("It would add"), "gains", &plan.adds))
                (permissions(t("It would take"), "loses", &plan.takes))
                @if plan.adds.is_empty() && plan.takes.is_empty() { p.quiet-text { (t("It holds the same permissions.")) } }
            }))
        }
    }
}

fn per_user(plan: &PlanChoice) -> String {
    match plan.numbers_per_user {
        Some(most) => count(i64::from(most), "At most {n} number a person", "At most {n} numbers a person"),
        None => t("Any number of numbers a person").to_owned(),
    }
}

fn move_to(request: &Request, plan: &PlanChoice, asks_password: bool) -> Markup {
    let label = fill(t("Move to {plan}"), &[("plan", &said(plan.name))]);
    let id = format!("plan-{}", plan.key);
    let body = html! {
        input type="hidden" name="plan" value=(plan.key);
        @if asks_password { (own_password(&id)) }
        (button::submit(&Button::new(Kind::Plain, &label)))
    };
    form::form(&id, &path(request, "/plan"), &csrf(request), body)
}

fn permissions(heading: &str, class: &str, names: &[&'static str]) -> Markup {
    let meanings: Vec<&str> =
        names.iter().filter_map(|name| Permission::from_name(name)).map(|p| t(p.entry().meaning)).collect();
    let (open, rest) = meanings.split_at(meanings.len().min(OPEN));
    let more = i64::try_from(rest.len()).unwrap_or(i64::MAX);
    html! {
        @if !names.is_empty() {
            h3 class=(class) { (heading) }
            ul class={ "pieces " (class) } { @for meaning in open { li { span.capital { (meaning) } } } }
            @if !rest.is_empty() {
                details {
                    summary { (count(more, "{n} more", "{n} more")) }
                    ul class={ "pieces " (class) } { @for meaning in rest { li { span.capital { (meaning) } } } }
                }
            }
        }
    }
}

fn seats_card(request: &Request, view: &PlanView, may_commit: bool) -> Markup {
    let hint = t("Everybody who is not deleted takes one, also while banned.");
    let seats = Amount { name: "seats", label: t("Seats"), least: 1, now: view.seats };
    let body = html! {
        div.stack {
            (bought(view.seats, t("Seats are not counted in this workspace.")))
            @if may_commit { (amount(request, "/plan", &seats, view.asks_password)) }
        }
    };
    card(t("Seats"), hint, None, body)
}

/// How many there are, are used and are left.
fn bought(bought: Option<Bought>, none: &str) -> Markup {
    match bought {
        Some(Bought { bought, used, free }) => facts(&[
            (t("Bought"), html! { (whole(bought)) }),
            (t("Used"), html! { (whole(used)) }),
            (t("Free"), html! { (whole(free)) }),
        ]),
        None => html! { p.quiet-text { (none) } },
    }
}

/// What can be bought more or fewer of.
struct Amount {
    name: &'static str,
    label: &'static str,
    least: u32,
    now: Option<Bought>,
}

/// The form that buys more or fewer.
fn amount(request: &Request, below: &str, what: &Amount, asks_password: bool) -> Markup {
    let Amount { name, label, least, now } = *what;
    let used = now.map_or(least, |now| now.used.max(least));
    let hint = fill(t("At least {n}: so many are used."), &[("n", &whole(used))]);
    let value = now.map(|now| now.bought.to_string()).unwrap_or_default();
    let field = Field::new(name, label).form(name).required();
    let field =
        if now.is_some() { field.hint(&hint) } else { field.hint(t("They are counted from then on.")) };
    form::form(
        name,
        &path(request, below),
        &csrf(request),
        html! {
            (form::input(&field, form::Kind::Number, &value))
            @if asks_password { (own_password(name)) }
            (form_actions(button::submit(&Button::new(Kind::Primary, t("Save")))))
        },
    )
}

fn licences_card(request: &Request, actor: &Actor, view: &LicencesView) -> Markup {
    let hint = t(
        "A licence carries one number that somebody calls with. Taking the number back or deleting it frees the licence.",
    );
    let hidden = i64::from(view.hidden);
    let licences = Amount { name: "licences", label: t("Licences"), least: 0, now: view.licences };
    let body = html! {
        div.stack {
            (bought(view.licences, t("Licences are not counted in this workspace.")))
            @if may(actor, Permission::LicenseUpdate) { (amount(request, "/licences", &licences, view.asks_password)) }
        }
        @for carried in &view.carried { (carried_number(request, actor, carried)) }
        @if view.carried.is_empty() && hidden == 0 { p.quiet-text { (t("No number is in use.")) } }
        @if hidden > 0 { p.hint { (count(hidden, "{n} more number that you may not see", "{n} more numbers that you may not see")) } }
    };
    card(t("Licences"), hint, None, body)
}

fn carried_number(request: &Request, actor: &Actor, carried: &Carried) -> Markup {
    let name = |user: &Ref| linked(request, actor, Noun::User, user, html! { (user.name) });
    html! {
        div.setting id={ "carried-" (carried.number.id) } {
            div.setting-text {
                strong { (linked(request, actor, Noun::Number, &carried.number, html! { (carried.number.name) })) }
                p.hint {
                    @for (at, user) in carried.users.iter().enumerate() { @if at > 0 { ", " } (name(user)) }
                }
            }
        }
    }
}

/// Why nobody can be added now, with the way to more seats for those who may buy them; nothing while a seat is free.
pub fn no_seat(request: &Request, actor: &Actor) -> Option<Markup> {
    let reason = seat_reason(actor)?;
    let buys = may(actor, Permission::BillingCommit) && may(actor, Permission::BillingRead);
    Some(notice(
        Tone::Warn,
        html! { (reason) @if buys { " " a href=(path(request, "/plan")) { (t("Plan and seats")) } } },
    ))
}

/// The same as a sentence.
pub fn seat_reason(actor: &Actor) -> Option<String> {
    let seats = plan::seats(actor.snapshot().model()).filter(|seats| seats.free == 0)?;
    let sentence = capital(&in_words(&Full::Seats { bought: seats.bought }.text()));
    Some(format!("{sentence}."))
}

/// Moves to another plan, or buys more or fewer seats.
pub async fn update(
    request: Request,
    permit: Permit<can::BillingCommit>,
    typed: Pairs,
) -> Result<Redirect, Refusal> {
    let plan = Some(typed.get("plan").to_owned()).filter(|plan| !plan.is_empty());
    let edit = PlanChange { plan, seats: whole_number(&typed, "seats")?, password: None };
    let confirmation = request.confirmation(Some(typed.raw("password")));
    plan::update(&request.server.app, &permit, &request.author(), edit, &confirmation).await?;
    Ok(done(&request, "/plan", "saved"))
}

/// Buys more or fewer licences.
pub async fn update_licences(
    request: Request,
    permit: Permit<can::LicenseUpdate>,
    typed: Pairs,
) -> Result<Redirect, Refusal> {
    let licences = whole_number(&typed, "licences")?;
    let licences = licences.ok_or_else(|| Refusal::invalid("licences", "{field} is needed."))?;
    let edit = LicenceChange { licences, password: None };
    let confirmation = request.confirmation(Some(typed.raw("password")));
    plan::update_licences(&request.server.app, &permit, &request.author(), edit, &confirmation).await?;
    let below = if may(actor(&permit)?, Permission::BillingRead) { "/plan" } else { "/licences" };
    Ok(done(&request, below, "saved"))
}

fn whole_number(typed: &Pairs, name: &'static str) -> Result<Option<u32>, Refusal> {
    match typed.get(name) {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| Refusal::invalid(name, "{field} must be a whole number.")),
    }
}
