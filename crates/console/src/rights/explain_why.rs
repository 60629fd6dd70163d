//! Why?: one decision taken apart, with what would change it.

use access::explain::{Explanation, Giver, Relation, Remedy, Say as _, Taker};
use access::{Noun, Permission, Reach, Reaches, Thing};
use acts::rights::explain;
use acts::{Ref, Refusal};
use maud::{Markup, html};

use crate::rights::explain::{Page, strong};
use crate::shell::frame::path;
use crate::shell::parts::linked;
use crate::shell::{parts, when};
use ui::card::card;
use ui::datetime::Show;
use ui::page::split;
use ui::reason::{Change, Reason, Verdict, Weight, changes, reasons, verdict};
use ui::text::{capital, fill, in_words, listed, said, t, weave};

impl Page<'_> {
    /// May they, and why.
    pub(crate) async fn why(&self) -> Result<Markup, Refusal> {
        let app = &self.request.server.app;
        let why = explain::explanation(app, &self.permit()?, self.permission, &self.thing).await?;
        let meaning = self.permission.entry().meaning;
        let name = self.model().label(self.user);
        let partly = why.is_partly(&self.thing);
        let (who, what) = (html! { strong { (name) } }, html! { (t(meaning)) });
        let rows = self.permission.concerns_rows() && self.permission.entry().reaches.has(Reach::All);
        let template = match (why.allowed, self.thing.noun != Noun::Workspace, rows) {
            (true, true, _) => t("{who} may {what}: {thing}."),
            (true, false, true) => t("{who} may {what} everywhere in the workspace."),
            (true, false, false) => t("{who} may {what}."),
            (false, false, _) if partly => {
                t("{who} may {what}, for {far}, and not everywhere in the workspace.")
            }
            (false, true, _) => t("{who} may not {what}: {thing}."),
            (false, false, true) => t("{who} may not {what} everywhere in the workspace."),
            (false, false, false) => t("{who} may not {what}."),
        };
        let sentence = html! {
            (weave(template, &[("who", who), ("what", what), ("thing", strong(&self.name)), ("far", html! { (self.far(why.line.reaches)) })]))
            @if partly { " " (t("Only some of it is within their reach: choose a thing to ask about.")) }
        };
        let answer = match (why.allowed, partly) {
            (true, _) => Verdict::Allowed,
            (false, true) => Verdict::Partly,
            (false, false) => Verdict::Refused,
        };
        let remedies = self.remedies(&why);
        let list = self.reasons(&why);
        let others = html! {
            ul.links {
                li { a href=(self.address("who", None)) { (t("Who may do this?")) } }
                li { a href=(self.address("what", None)) { (fill(t("What else may {name} do?"), &[("name", &name)])) } }
                li { (linked(self.request, self.actor(), Noun::User, &Ref::to(self.model(), self.user), html! { (fill(t("Page of {name}"), &[("name", &name)])) })) }
            }
        };
        Ok(html! {
            (verdict(answer, sentence))
            (split(card(t("Reasons"), t("What gives it, what takes it away, and how far it reaches."), None, reasons(&list)), html! {
                @if !remedies.is_empty() { (card(t("What would change it"), t("Any one of these."), None, self.changes(&remedies))) }
                (card(t("Ask on"), "", None, others))
            }))
        })
    }

    fn reasons(&self, why: &Explanation) -> Vec<Reason<'static>> {
        let model = self.model();
        let reason = |weight, source, text, decisive| Reason { weight, source, text, decisive };
        let taken_off = why.line.reaches.is_empty() && !why.line.taken.is_empty();
        let mut all: Vec<Reason<'static>> = vec![];
        for (giver, reaches) in &why.line.given {
            let weight = if taken_off { Weight::Silent } else { Weight::Allows };
            let (source, text) = self.gives(giver, *reaches);
            all.push(reason(weight, source, text, false));
        }
        if why.line.given.is_empty() {
            let role = model.users.get(&self.user).map_or("", |user| model.label(user.role));
            let text = weave(
                t("Neither the role {role} nor a toggle nor access for a while gives it."),
                &[("role", strong(&said(role)))],
            );
            all.push(reason(Weight::Refuses, t("Nothing"), text, true));
        }
        for taker in &why.line.taken {
            let (source, text) = match taker {
                Taker::DeniedToggle(toggle) => (
                    t("Toggle"),
                    weave(
                        t("The toggle {toggle} is denied. A deny wins over role and toggles."),
                        &[("toggle", strong(&said(model.label(*toggle))))],
                    ),
                ),
                Taker::Plan => (t("Plan"), html! { (t("The workspace’s plan does not have it.")) }),
                Taker::Ban => (t("Ban"), html! { (t("They are banned, and may do nothing at all.")) }),
            };
            all.push(reason(Weight::Refuses, source, text, taken_off));
        }
        all.extend(why.relation.and_then(|relation| self.relation(relation)));
        all
    }

    /// How the thing comes into reach; nothing where the workspace itself was asked about and no row.
    fn relation(&self, relation: Relation) -> Option<Reason<'static>> {
        let (model, whole) = (self.model(), self.thing.noun == Noun::Workspace);
        let (weight, text) = match relation {
            Relation::TakesPart if whole => return None,
            Relation::TakesPart => {
                (Weight::Allows, html! { (t("They take part in it, own it or are assigned to it.")) })
            }
            Relation::Granted(entity) => {
                let thing = model.entities.get(&entity);
                let thing = thing.map_or_else(String::new, |e| parts::entity_name(e.kind.word(), &e.label));
                (
                    Weight::Allows,
                    weave(t("It touches what is granted to them: {thing}."), &[("thing", strong(&thing))]),
                )
            }
            Relation::GrantedUnseen => (
                Weight::Allows,
                html! { (t("It touches something that is granted to them and that you cannot see.")) },
            ),
            Relation::LeadsUnseen => (
                Weight::Allows,
                html! { (t("They lead a unit that you cannot see, to which this belongs.")) },
            ),
            Relation::Leads(unit) => (
                Weight::Allows,
                weave(t("They lead {unit}, to which this belongs."), &[("unit", strong(model.label(unit)))]),
            ),
            Relation::Everything => {
                (Weight::Allows, html! { (t("It reaches everything in the workspace.")) })
            }
            Relation::OutOfReach if whole => {
                (Weight::Refuses, html! { (t("It does not reach the whole workspace.")) })
            }
            Relation::OutOfReach => (
                Weight::Refuses,
                html! { (t("This is not within that reach: they take no part in it, nothing that is granted to them touches it, and it belongs to no team that they lead.")) },
            ),
        };
        Some(Reason { weight, source: t("Reach"), text, decisive: true })
    }

    /// What gives it and how far, in a sentence.
    fn gives(&self, giver: &Giver, reaches: Reaches) -> (&'static str, Markup) {
        let model = self.model();
        let far = self.far(reaches);
        let far =
            |within: &'static str, everywhere: &'static str| if far.is_empty() { everywhere } else { within };
        let (source, template, values) = match giver {
            Giver::Role(role) => (
                t("Role"),
                far(t("The role {role} gives it, for {far}."), t("The role {role} gives it.")),
                ("role", strong(&said(model.label(*role)))),
            ),
            Giver::Toggle(toggle) => (
                t("Toggle"),
                far(
                    t("The toggle {toggle} is allowed and gives it, for {far}."),
                    t("The toggle {toggle} is allowed and gives it."),
                ),
                ("toggle", strong(&said(model.label(*toggle)))),
            ),
            Giver::Temporary(_, until) => (
                t("For a while"),
                far(
                    t("Access for a while gives it, for {far}, until {moment}."),
                    t("Access for a while gives it, until {moment}."),
                ),
                ("moment", when::moment(*until, &self.zone, Show::DateTime)),
            ),
        };
        (source, weave(template, &[values, ("far", html! { (self.far(reaches)) })]))
    }

    /// How far something is given, in words; nothing where it concerns no rows.
    fn far(&self, reaches: Reaches) -> String {
        if !self.permission.concerns_rows() {
            return String::new();
        }
        let words = reaches.iter().map(|reach| match reach {
            Reach::Own => t("what they take part in"),
            Reach::Assigned => t("what is granted to them"),
            Reach::Team => t("the teams that they lead"),
            Reach::All => t("the whole workspace"),
        });
        listed(&words.collect::<Vec<&str>>())
    }

    /// What would make it a yes: what to do, and where, for whoever may do it there.
    fn remedies(&self, why: &Explanation) -> Vec<(String, Option<String>)> {
        let (model, actor) = (self.model(), self.actor());
        let user = self.user_thing().ok();
        let about_user = |permission| user.as_ref().is_some_and(|user| actor.may(permission, user));
        let page = || path(self.request, &format!("/users/{}", self.user));
        let to_user = |permission| about_user(permission).then(page);
        why.remedies
            .iter()
            .map(|remedy| {
                let where_to = match remedy {
                    Remedy::Unban => to_user(Permission::UserBan),
                    Remedy::Plan(_) => actor
                        .may(Permission::BillingCommit, &Thing::WORKSPACE)
                        .then(|| path(self.request, "/plan")),
                    Remedy::Role(_) | Remedy::RoleUnseen => to_user(Permission::UserAssignRole),
                    Remedy::StopDenying(_)
                    | Remedy::AllowToggle(_)
                    | Remedy::AllowToggleUnseen
                    | Remedy::Grant(_)
                    | Remedy::GrantUnseen
                    | Remedy::Lead(_)
                    | Remedy::LeadUnseen => to_user(Permission::UserSetAccess),
                };
                (capital(&in_words(&remedy.say(model))), where_to)
            })
            .collect()
    }

    fn changes(&self, remedies: &[(String, Option<String>)]) -> Markup {
        let list: Vec<Change<'_>> =
            remedies.iter().map(|(text, href)| Change { text, href: href.as_deref() }).collect();
        changes(&list)
    }
}
