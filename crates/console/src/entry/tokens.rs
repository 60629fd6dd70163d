//! API tokens: listed, made and shown once, revoked.

use access::{Actor, Group, Permission, Permit, Thing, Verb, can};
use acts::entry::tokens::{self, CreatedToken, NewApiToken, TokenView};
use acts::{List, Refusal};
use axum::response::Redirect;
use jiff::tz::TimeZone;
use maud::{Markup, html};

use crate::shell::frame::{Frame, csrf, path};
use crate::shell::paging::address;
use crate::shell::{parts, when};
use ui::badge::{Tone, badge};
use ui::button::{self, Button, Kind};
use ui::card::card;
use ui::datetime::Show;
use ui::dialog;
use ui::empty::empty;
use ui::form::{self, Field, form_actions};
use ui::icon::Icon;
use ui::page::{Crumb, PageHead, notice, page_head};
use ui::secret::secret;
use ui::table::{Column, Row, table};
use ui::text::{fill, t, weave};
use web::input::Pairs;
use web::password_first::NO_TOKENS;
use web::request::Request;

/// The list.
pub async fn list(request: Request, permit: Permit<can::ApiTokenRead>, _: ()) -> Result<Markup, Refusal> {
    let found = tokens::list(&request.server.app, &permit).await?;
    let zone = when::zone(&request);
    let who = request.identity()?;
    let actor = &who.actor;
    let may_write = actor.may(Permission::ApiTokenWrite, &Thing::WORKSPACE);
    let by_pin = who.password_until.is_some();
    let may_make = may_write && !by_pin;
    let create = may_make
        .then(|| button::opens(&Button::new(Kind::Primary, t("Create token")).icon(Icon::Plus), "create"));
    let main = html! {
        (page_head(&PageHead { title: t("API tokens"), subtitle: t("A token lets a program act for the person who made it, with at most their rights at that moment."), actions: create, ..PageHead::default() }))
        @if may_write && by_pin { (not_by_pin(&request)) }
        @if found.items.is_empty() {
            (empty(Icon::Key, t("No tokens yet"), t("A token is how a program of yours signs in to the API. Create one for each program, so that each can be revoked by itself."), None))
        } @else { (rows(&request, &zone, &found, may_write)) }
        @if may_make { (create_dialog(&request, actor)) }
    };
    Ok(Frame::new(&request, t("API tokens")).around(main))
}

/// Said where a session that a PIN opened keeps somebody from making a token, with the way to one that does not.
fn not_by_pin(request: &Request) -> Markup {
    let next = path(request, "/tokens");
    let sign_in = address(&path(request, "/sign-in"), &[("next", &next)]);
    notice(Tone::Neutral, html! { (t(NO_TOKENS)) " " a href=(sign_in) { (t("Sign in with your password")) } })
}

fn rows(request: &Request, zone: &TimeZone, found: &List<TokenView>, may_revoke: bool) -> Markup {
    let columns = [
        Column::new(t("Name")),
        Column::new(t("Acts for")),
        Column::new(t("What it may do")),
        Column::new(t("Created")),
        Column::new(t("Last used")),
        Column::new(t("Expires")),
        Column::actions(t("Actions")),
    ];
    let now = request.server.app.store.now();
    let row = |token: &TokenView| Row {
        id: format!("token-{}", token.id),
        href: None,
        cells: vec![
            html! { strong { (token.name) } },
            html! { (token.user.name) },
            may(token),
            when::moment(token.created_at, zone, Show::Date),
            html! { @match token.last_used_at { Some(at) => (when::moment(at, zone, Show::DateTime)), None => span.quiet-text { (t("never")) } } },
            html! { @match token.expires_at {
                Some(at) if at.0 <= now => (badge(Tone::Bad, t("expired"))),
                Some(at) => (when::moment(at, zone, Show::Date)),
                None => span.quiet-text { (t("never")) },
            } },
            html! { @if may_revoke { (revoke_button(request, token)) } },
        ],
    };
    table(t("API tokens"), &columns, &found.items.iter().map(row).collect::<Vec<Row>>())
}

fn revoke_button(request: &Request, token: &TokenView) -> Markup {
    let question =
        fill(t("Revoke “{name}”? Whatever uses it stops working at once."), &[("name", &token.name)]);
    let ask = Button::new(Kind::Quiet, t("Revoke")).confirm(&question);
    button::post(&ask, &path(request, &format!("/tokens/{}/revoke", token.id)), &csrf(request))
}

/// What a token may do: the groups of its scope, in words.
pub(crate) fn may(token: &TokenView) -> Markup {
    let Some(scope) = &token.scope else { return html! { (t("all that they may")) } };
    let held: Vec<Permission> = scope.iter().filter_map(|name| Permission::from_name(name)).collect();
    let groups = Group::ALL.into_iter().filter_map(|group| {
        let verbs: Vec<&str> = Verb::ALL
            .into_iter()
            .filter(|verb| held.iter().any(|p| p.entry().group == group && p.entry().verb == *verb))
            .map(|verb| t(verb.label()))
            .collect();
        (!verbs.is_empty()).then(|| format!("{}: {}", t(group.label()), verbs.join(", ").to_lowercase()))
    });
    let groups: Vec<String> = groups.collect();
    const SHOWN: usize = 3;
    let more = groups.len().saturating_sub(SHOWN);
    html! {
        @if more > 0 {
            details id={ "scope-" (token.id) } {
                summary { (fill(t("{some} and {n} more"), &[("some", &groups.iter().take(SHOWN).cloned().collect::<Vec<String>>().join("; ")), ("n", &more)])) }
                ul.items { @for group in groups.iter().skip(SHOWN) { li { (group) } } }
            }
        } @else { (groups.join("; ")) }
    }
}

fn create_dialog(request: &Request, actor: &Actor) -> Markup {
    let name = Field::new("name", t("Name")).form("create").hint(t("Which program it is for.")).required();
    let until = Field::new("expires", t("Expires"))
        .form("create")
        .hint(t("The last day on which it works; empty for never."));
    let fields = html! {
        (form::input(&name, form::Kind::Text, ""))
        (form::input(&until, form::Kind::Date, ""))
        fieldset.scope {
            legend { (t("What it may do")) }
            p.hint { (t("Tick nothing to let it do all that you may. You can only give what you hold.")) }
            (scope(actor))
        }
        (parts::own_password("create"))
    };
    let create = Button::new(Kind::Primary, t("Create token"));
    dialog::asking("create", create.label, &path(request, "/tokens"), &csrf(request), &create, fields)
}

/// A box for each group and verb of which the reader holds something.
fn scope(actor: &Actor) -> Markup {
    html! {
        @for group in Group::ALL {
            @let verbs: Vec<Verb> = Verb::ALL.into_iter().filter(|verb| !within(actor, group, *verb).is_empty()).collect();
            @if !verbs.is_empty() {
                div.scope-line role="group" aria-label=(t(group.label())) {
                    span { (t(group.label())) }
                    @for verb in verbs {
                        label class={ "verb-" (verb.label().to_lowercase()) } { input type="checkbox" name="scope" value={ (group.label()) ":" (verb.label()) }; span { (t(verb.label())) } }
                    }
                }
            }
        }
    }
}

/// What the reader holds of a group and verb and can put into a token.
fn within(actor: &Actor, group: Group, verb: Verb) -> Vec<Permission> {
    let fits = |p: &Permission| p.entry().group == group && p.entry().verb == verb;
    Permission::ALL.iter().copied().filter(|p| fits(p) && p.can_be_given() && actor.holds(*p)).collect()
}

/// Makes a token, and shows its secret this once.
pub async fn create(
    request: Request,
    permit: Permit<can::ApiTokenWrite>,
    form: Pairs,
) -> Result<Markup, Refusal> {
    let actor = &request.identity()?.actor;
    let mut scope: Vec<String> = vec![];
    for ticked in form.all("scope") {
        let unknown = || Refusal::invalid("scope", "{field} must be chosen from the list.");
        let (group, verb) = ticked.split_once(':').ok_or_else(unknown)?;
        let group = Group::ALL.into_iter().find(|g| g.label() == group).ok_or_else(unknown)?;
        let verb = Verb::ALL.into_iter().find(|v| v.label() == verb).ok_or_else(unknown)?;
        scope.extend(within(actor, group, verb).iter().map(|p| p.name().to_owned()));
    }
    // Ticks that come to nothing mean a token for nothing, and never one without a limit.
    let limited = form.all("scope").next().is_some();
    let new = NewApiToken {
        name: form.get("name").to_owned(),
        scope: limited.then_some(scope),
        expires_at: when::end_of_day("expires", form.get("expires"), &when::zone(&request))?,
        password: None,
    };
    let confirmation = request.confirmation(Some(form.raw("password")));
    let until = request.token_end();
    let made =
        tokens::create(&request.server.app, &permit, &request.author(), new, until, &confirmation).await?;
    Ok(Frame::new(&request, t("Token created")).around(created(&request, &made)))
}

fn created(request: &Request, made: &CreatedToken) -> Markup {
    let list = path(request, "/tokens");
    let note = t("Copy it now: only a hash of it is kept, and it is not shown again.");
    let header = "Authorization: Bearer …";
    html! {
        (page_head(&PageHead { title: t("Token created"), subtitle: &made.token.name, crumbs: &[Crumb { href: &list, label: t("API tokens") }], ..PageHead::default() }))
        (card(t("Its secret"), "", None, html! {
            (secret(t("Token"), &made.secret, note))
            p { (weave(t("Programs send it with each request, as {header}."), &[("header", html! { code { (header) } })])) }
            (form_actions(button::link(&Button::new(Kind::Primary, t("I have copied it")), &list)))
        }))
    }
}

/// Revokes a token.
pub async fn revoke(
    request: Request,
    permit: Permit<can::ApiTokenWrite>,
    _: (),
) -> Result<Redirect, Refusal> {
    tokens::revoke(&request.server.app, &permit, &request.author()).await?;
    Ok(Redirect::to(&path(&request, "/tokens?done=revoked")))
}
