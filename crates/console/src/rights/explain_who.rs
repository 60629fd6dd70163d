//! Who?: everybody who may do something to a thing, and through what.

use std::borrow::Cow;

use access::{Id, Noun};
use acts::Refusal;
use acts::rights::explain;
use maud::{Markup, html};

use crate::rights::explain::{Page, strong};
use crate::shell::frame::path;
use crate::shell::paging::address;
use crate::shell::parts::linked;
use ui::avatar::person;
use ui::button::{self, Button, Kind};
use ui::icon::Icon;
use ui::table::{Column, Row, table};
use ui::text::{in_words, number, plural, said, t, weave};

impl Page<'_> {
    /// Everybody who may, as far as the reader may ask about them.
    pub(crate) fn who(&self) -> Result<Markup, Refusal> {
        let found = explain::who(self.visible, self.permission, self.thing.clone())?;
        let meaning = self.permission.entry().meaning;
        let rows: Vec<Row> = found
            .items
            .iter()
            .map(|who| Row {
                id: format!("who-{}", who.user.id),
                href: None,
                cells: vec![
                    linked(
                        self.request,
                        self.actor(),
                        Noun::User,
                        &who.user,
                        person(&who.user.name, &self.role(Id(who.user.id))),
                    ),
                    html! { ul.items { @for reason in &who.reasons { li.capital { (in_words(reason)) } } } },
                    button::link(
                        &Button::new(Kind::Quiet, t("Why?")),
                        &self.address("", Some(Id(who.user.id))),
                    ),
                ],
            })
            .collect();
        let template = if self.thing.noun == Noun::Workspace {
            plural(
                found.total,
                "{n} person may {what} everywhere in the workspace.",
                "{n} people may {what} everywhere in the workspace.",
            )
        } else {
            plural(found.total, "{n} person may {what}: {thing}.", "{n} people may {what}: {thing}.")
        };
        let values = [
            ("n", strong(&number(found.total))),
            ("what", html! { (t(meaning)) }),
            ("thing", html! { (self.name) }),
        ];
        let lead = weave(t(template), &values);
        let columns = [Column::new(t("Who")), Column::new(t("Through what")), Column::actions(t("Why"))];
        Ok(html! {
            div.lead-line { p.lead { (lead) } @if !rows.is_empty() { (self.who_file()) } }
            @if rows.is_empty() {
                p.hint { (t("Nobody whose access you may ask about. There may be others.")) }
            } @else { (table(t("Who may"), &columns, &rows)) }
        })
    }

    /// The same as a file.
    fn who_file(&self) -> Markup {
        let query = [("permission", self.permission.name()), ("thing", self.asked.thing.as_str())];
        let file = address(&path(self.request, "/who.csv"), &query);
        button::download(&Button::new(Kind::Quiet, t("CSV")).icon(Icon::Download), &file)
    }

    fn role(&self, user: Id) -> Cow<'_, str> {
        said(self.model().users.get(&user).map_or("", |user| self.model().label(user.role)))
    }
}
