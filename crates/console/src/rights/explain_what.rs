//! What?: all that somebody may do, with the reasons, and what they may see.

use access::{Noun, Permission};
use acts::rights::explain::{self, Seen};
use acts::rights::user_access::EffectiveLine;
use acts::{Ref, Refusal};
use maud::{Markup, html};

use crate::rights::explain::{Page, strong};
use crate::shell::frame::{list_of, path};
use crate::shell::paging::address;
use crate::shell::parts::linked;
use ui::button::{self, Button, Kind};
use ui::reach::{self, reach_chips};
use ui::table::{Column, Row, table};
use ui::text::{count, fill, in_words, number, t, weave};

/// So many things of a kind are listed; the rest are counted.
const LISTED: usize = 12;

impl Page<'_> {
    /// All that they may do and see.
    pub(crate) async fn what(&self) -> Result<Markup, Refusal> {
        let what = explain::what(&self.request.server.app, &self.permit()?).await?;
        let lines = &what.permissions;
        let held: Vec<&EffectiveLine> = lines.iter().filter(|line| !line.reaches.is_empty()).collect();
        let lost: Vec<&EffectiveLine> =
            lines.iter().filter(|line| line.reaches.is_empty() && !line.taken.is_empty()).collect();
        let name = self.model().label(self.user);
        let many = number(i64::try_from(held.len()).unwrap_or(0));
        let all = number(i64::try_from(lines.len()).unwrap_or(0));
        let lead = weave(
            t("{who} may do {n} of {total} things."),
            &[("who", strong(name)), ("n", html! { (many) }), ("total", html! { (all) })],
        );
        Ok(html! {
            p.lead { (lead) }
            (self.sees(name, &what.sees))
            @for part in held.chunk_by(|a, b| a.group == b.group) {
                @if let Some(first) = part.first() { section.section { h2 { (t(first.group)) } (self.lines(t(first.group), part)) } }
            }
            @if !lost.is_empty() { section.section { h2 { (t("Given, and taken away again")) } (self.lines(t("Given, and taken away again"), &lost)) } }
        })
    }

    /// What they may see of each kind, as far as the reader may see it too.
    fn sees(&self, name: &str, sees: &[Seen]) -> Markup {
        let columns = [Column::new(t("Kind")), Column::new(t("How many")), Column::new(t("Which"))];
        let rows: Vec<Row> = sees
            .iter()
            .filter_map(|seen| {
                let noun = Noun::from_word(seen.kind)?;
                let list = path(self.request, list_of(noun));
                Some(Row {
                    id: format!("sees-{}", seen.kind),
                    href: None,
                    cells: vec![
                        html! { a href=(list) { (kind(noun)) } },
                        html! { (number(i64::try_from(seen.total).unwrap_or(0))) },
                        self.names(noun, seen),
                    ],
                })
            })
            .collect();
        let title = fill(t("What {name} sees"), &[("name", &name)]);
        html! { section.section {
            h2 { (title) }
            p.hint { (t("As far as you may see it too.")) }
            (table(&title, &columns, &rows))
        } }
    }

    fn names(&self, noun: Noun, seen: &Seen) -> Markup {
        let (shown, more) = seen.items.split_at(seen.items.len().min(LISTED));
        let item = |item: &Ref| linked(self.request, self.actor(), noun, item, html! { (item.name) });
        html! { ul.names {
            @for thing in shown { li { (item(thing)) } }
            @if !more.is_empty() { li.quiet-text { (count(i64::try_from(more.len()).unwrap_or(0), "{n} more", "{n} more")) } }
        } }
    }

    fn lines(&self, caption: &str, lines: &[&EffectiveLine]) -> Markup {
        let columns = [
            Column::new(t("What")),
            Column::new(t("How far")),
            Column::new(t("Because")),
            Column::actions(t("Why")),
        ];
        let row = |line: &&EffectiveLine| {
            let why = [("user", self.user.to_string()), ("permission", line.permission.to_owned())];
            let why: Vec<(&str, &str)> = why.iter().map(|(name, value)| (*name, value.as_str())).collect();
            Row {
                id: format!("may-{}", line.permission.replace(':', "-")),
                href: None,
                cells: vec![
                    html! { span.matrix-meaning { span.capital { (t(line.meaning)) } code { (line.permission) } } },
                    how_far(line),
                    html! { ul.items { @for reason in line.reasons.iter().chain(&line.taken) { li.capital { (in_words(reason)) } } } },
                    button::link(
                        &Button::new(Kind::Quiet, t("Why?")),
                        &address(&path(self.request, "/why"), &why),
                    ),
                ],
            }
        };
        table(caption, &columns, &lines.iter().map(row).collect::<Vec<Row>>())
    }
}

fn kind(noun: Noun) -> &'static str {
    match noun {
        Noun::User => t("People"),
        Noun::Department => t("Departments"),
        Noun::Branch => t("Branches"),
        Noun::Number => t("Numbers"),
        Noun::Extension => t("Extensions"),
        _ => t("Queues"),
    }
}

fn how_far(line: &EffectiveLine) -> Markup {
    let rows = Permission::from_name(line.permission).is_some_and(Permission::concerns_rows);
    let held: Vec<reach::Reach> = line
        .reaches
        .iter()
        .filter_map(|word| match *word {
            "own" => Some(reach::Reach::Own),
            "assigned" => Some(reach::Reach::Assigned),
            "team" => Some(reach::Reach::Team),
            "all" => Some(reach::Reach::All),
            _ => None,
        })
        .collect();
    html! { @if rows || held.is_empty() { (reach_chips(&held)) } @else { span.chips { span.chip.reach-all { (t("On")) } } } }
}
