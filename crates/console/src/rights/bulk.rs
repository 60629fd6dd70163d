//! One change for several people: who was ticked on the list of users, or everybody whom its filters match.

use std::collections::BTreeSet;

use access::model::UnitKind;
use access::{Actor, Id, Noun, Permission, Visible, can, text};
use acts::people::users;
use acts::rights::bulk::{self, Bulk, BulkChange, BulkToggle};
use acts::{Code, Refusal};
use axum::response::Redirect;
use maud::{Markup, html};

use crate::people::user_list::Asked;
use crate::rights::user_access;
use crate::shell::frame::{Frame, csrf, path};
use crate::shell::paging::{address, with};
use crate::shell::parts::{self, Options};
use ui::button::{self, Button, Kind};
use ui::card::card;
use ui::dialog;
use ui::form::{self, Field};
use ui::page::{Crumb, PageHead, page_head};
use ui::text::{count, fill, number, said, t};
use web::input::{Pairs, Query};
use web::request::Request;

/// The id of the form that sends who is ticked on the list.
pub const CHOSEN: &str = "chosen";

/// How many of them are named on the page.
const NAMED: usize = 60;

/// What can be done to several people, with the permission that each asks for.
const ACTS: [(&str, Permission); 7] = [
    ("role", Permission::UserAssignRole),
    ("department", Permission::UserUpdate),
    ("branch", Permission::UserUpdate),
    ("toggle", Permission::UserSetAccess),
    ("ban", Permission::UserBan),
    ("unban", Permission::UserBan),
    ("delete", Permission::UserDelete),
];

/// Whether somebody could do any of it to anybody.
pub fn may_any(actor: &Actor) -> bool {
    ACTS.iter().any(|(_, permission)| actor.holds(*permission))
}

/// The bar below the list, shown while somebody is ticked.
pub fn bar(request: &Request, asked: &Asked, total: i64) -> Markup {
    let all = fill(t("Change all {n} that match"), &[("n", &number(total))]);
    html! {
        form.bulk-bar id=(CHOSEN) method="get" action=(path(request, "/users/bulk")) {
            span { span data-ticked {} " " (t("chosen")) }
            @for (name, value) in asked.filters() { @if !value.is_empty() { input type="hidden" name=(name) value=(value); } }
            (button::submit_as(&Button::new(Kind::Plain, &all), "all", "yes"))
            (button::submit(&Button::new(Kind::Primary, t("Change those chosen"))))
        }
    }
}

/// Who is to be changed, and how to say so again.
struct Chosen {
    users: Vec<u32>,
    /// The fields that name them in a form.
    fields: Vec<(String, String)>,
    /// The list that they were chosen on.
    list: String,
}

impl Chosen {
    async fn of(
        request: &Request,
        visible: &Visible<can::UserRead>,
        sent: &Pairs,
    ) -> Result<Chosen, Refusal> {
        let asked = Asked::of(sent);
        let filters = asked.filters().map(|(name, value)| (name.to_owned(), value.to_owned()));
        let mut fields: Vec<(String, String)> =
            filters.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let list = address(&path(request, "/users"), &asked.filters());
        let users = if sent.get("all") == "yes" {
            fields.push(("all".into(), "yes".into()));
            users::matching(&request.server.app, visible, &asked.filter()?).await?
        } else {
            let mut users = sent.ids("user")?;
            users.sort_unstable();
            users.dedup();
            let seen: BTreeSet<Id> = visible.things(Noun::User).into_iter().collect();
            if let Some(user) = users.iter().find(|user| !seen.contains(&Id(**user))) {
                let message = text!("{field} has {user}, whom you do not see here.", user);
                return Err(Refusal::out_of_reach("user", message));
            }
            fields.extend(users.iter().map(|user| ("user".to_owned(), user.to_string())));
            users
        };
        if users.is_empty() {
            return Err(Refusal::invalid("user", "Nobody is chosen: tick at least one person on the list."));
        }
        // Who matches may be others by the time that the form is sent.
        if let Some(expected) = sent.number("expected")?.filter(|n| usize::try_from(*n) != Ok(users.len())) {
            let message = text!(
                "{n} people match now, not {expected}: look at the list again.",
                n = users.len(),
                expected
            );
            return Err(Refusal::because(Code::Conflict, message));
        }
        fields.push(("expected".into(), users.len().to_string()));
        Ok(Chosen { users, fields, list })
    }

    fn many(&self) -> i64 {
        i64::try_from(self.users.len()).unwrap_or(i64::MAX)
    }
}

/// Who was chosen, and what can be done to them.
pub async fn show(
    request: Request,
    visible: Visible<can::UserRead>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Markup, Refusal> {
    let chosen = Chosen::of(&request, &visible, &Pairs(pairs)).await?;
    let actor = visible.actor();
    let model = actor.snapshot().model();
    let title = count(chosen.many(), "Change {n} person", "Change {n} people");
    let more = i64::try_from(chosen.users.len().saturating_sub(NAMED)).unwrap_or(0);
    let acts: Vec<Act> = ACTS
        .iter()
        .filter(|(_, permission)| actor.holds(*permission))
        .filter_map(|(what, _)| act(actor, what, chosen.many()))
        .collect();
    let main = html! {
        (page_head(&PageHead {
            title: &title,
            subtitle: t("It is one change: everybody gets it, or nobody does and you read on whom it failed."),
            crumbs: &[Crumb { href: &chosen.list, label: t("Users") }],
            ..PageHead::default()
        }))
        div.stack {
            (card(t("What becomes of them"), "", None, html! {
                div.acts { @for act in &acts { (button::opens(&Button::new(act.kind, act.label), act.what)) } }
            }))
            (card(t("Who was chosen"), "", None, html! {
                ul.chosen { @for user in chosen.users.iter().take(NAMED) { li { (model.label(Id(*user))) } } }
                @if more > 0 { p.hint { (count(more, "and {n} other", "and {n} others")) } }
            }))
        }
        @for act in &acts { (act_dialog(&request, &chosen, act)) }
    };
    Ok(Frame::new(&request, &title).around(main))
}

/// Something that can be done to those who were chosen.
struct Act {
    what: &'static str,
    label: &'static str,
    kind: Kind,
    /// What it is and for how many.
    question: String,
    /// What happens, in a sentence.
    hint: &'static str,
    fields: Markup,
}

fn act(actor: &Actor, what: &'static str, many: i64) -> Option<Act> {
    let model = actor.snapshot().model();
    let field = |name, label| Field::new(name, label).form(what).required();
    let unit = |kind, label| {
        let units = parts::known_units(actor, kind, &[]);
        let select =
            |units: Options| form::select(&field("to", label), &units.or_none(t("None")).choices(), "");
        (!units.is_empty()).then(|| select(units))
    };
    let (label, question, hint, fields) = match what {
        "role" => (
            t("Give a role"),
            count(many, "Give {n} person another role", "Give {n} people another role"),
            t("It holds at once, in every open page of theirs."),
            form::select(&field("to", t("Role")), &parts::givable_roles(actor).choices(), ""),
        ),
        "department" => (
            t("Move to a department"),
            count(many, "Move {n} person to a department", "Move {n} people to a department"),
            t("Whoever leads the department reaches them from then on."),
            unit(UnitKind::Department, t("Department"))?,
        ),
        "branch" => (
            t("Move to a branch"),
            count(many, "Move {n} person to a branch", "Move {n} people to a branch"),
            t("Whoever leads the branch reaches them from then on."),
            unit(UnitKind::Branch, t("Branch"))?,
        ),
        "toggle" => {
            let toggles: Options =
                model.toggles.iter().map(|(id, toggle)| (id, said(&toggle.name))).collect();
            let states = [("allow", t("Allow")), ("deny", t("Deny")), ("inherit", t("Inherit"))];
            let states: Options = states.into_iter().collect();
            (
                t("Set a toggle"),
                count(many, "Set a toggle for {n} person", "Set a toggle for {n} people"),
                t("Deny wins over everything; inherit leaves it to the role."),
                html! {
                    (form::select(&field("toggle", t("Toggle")), &toggles.choices(), ""))
                    (form::select(&field("setting", t("How it is set")), &states.choices(), "allow"))
                },
            )
        }
        "ban" => (
            t("Ban"),
            count(many, "Ban {n} person?", "Ban {n} people?"),
            t("Every session and phone of theirs ends at once; what is assigned to them stays."),
            html! {},
        ),
        "unban" => (
            t("Lift the ban"),
            count(many, "Lift the ban on {n} person?", "Lift the ban on {n} people?"),
            t("They can sign in again and have the access that is set for them."),
            html! {},
        ),
        _ => (
            t("Delete"),
            count(many, "Delete {n} person for good?", "Delete {n} people for good?"),
            t("Their names stay in calls and in the audit log, their seats are free."),
            html! {},
        ),
    };
    let kind = if matches!(what, "ban" | "delete") { Kind::Danger } else { Kind::Plain };
    Some(Act { what, label, kind, question, hint, fields })
}

fn act_dialog(request: &Request, chosen: &Chosen, act: &Act) -> Markup {
    let kind = if act.kind == Kind::Danger { Kind::Danger } else { Kind::Primary };
    dialog::asking(
        act.what,
        &act.question,
        &path(request, "/users/bulk"),
        &csrf(request),
        &Button::new(kind, act.label),
        html! {
            input type="hidden" name="what" value=(act.what);
            @for (name, value) in &chosen.fields { input type="hidden" name=(name) value=(value); }
            p { (act.hint) }
            (act.fields)
        },
    )
}

/// Changes all of them, or none.
pub async fn apply(
    request: Request,
    visible: Visible<can::UserRead>,
    typed: Pairs,
) -> Result<Redirect, Refusal> {
    let chosen = Chosen::of(&request, &visible, &typed).await?;
    let needed = |name: &'static str| {
        typed.id(name)?.ok_or_else(|| Refusal::invalid(name, "{field} must be chosen from the list."))
    };
    let change = match typed.get("what") {
        "role" => BulkChange::Role(needed("to")?),
        "department" => BulkChange::Department(typed.id("to")?),
        "branch" => BulkChange::Branch(typed.id("to")?),
        "toggle" => BulkChange::Toggle(BulkToggle {
            toggle: needed("toggle")?,
            setting: user_access::set_to(typed.get("setting"))?,
        }),
        "ban" => BulkChange::Banned(true),
        "unban" => BulkChange::Banned(false),
        "delete" => BulkChange::Delete,
        _ => return Err(Refusal::invalid("what", "{field} must be chosen from the list.")),
    };
    let bulk = Bulk { users: chosen.users, change };
    bulk::apply(&request.server.app, &visible, &request.author(), bulk).await?;
    Ok(Redirect::to(&with(&chosen.list, "done", "people-changed")))
}
