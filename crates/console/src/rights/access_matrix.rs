//! Access as a readable matrix: what a role holds, or what a person may do in effect and why.

use access::{Group, Permission, PermissionSet, Reach, Reaches, Verb};
use acts::rights::user_access::EffectiveLine;
use maud::{Markup, html};

use ui::icon::{Icon, icon};
use ui::matrix;
use ui::reach;
use ui::text::{in_words, t};

/// One permission in the matrix.
#[derive(Debug, Clone)]
pub struct Line {
    /// Which.
    pub permission: Permission,
    /// How far it is held.
    pub reaches: Reaches,
    /// Why it does not count although held.
    pub masked: Option<&'static str>,
    /// What gives it and what takes it away, or what comes and goes with it, a sentence each.
    pub reasons: Vec<String>,
    /// The reaches that the reader cannot give, and why.
    pub locked: (Reaches, String),
}

/// How the matrix is shown.
#[derive(Debug, Clone, Copy, Default)]
pub struct Look<'a> {
    /// With boxes to tick, inside a form.
    pub editable: bool,
    /// Unfolded.
    pub open: bool,
    /// Sets apart the unfolded parts of several matrices.
    pub id: &'a str,
    /// The address of Why?, to which `&permission=` is added.
    pub why: Option<&'a str>,
}

/// What a role holds, permission by permission, as far as it can be given.
pub fn of_role(held: impl Fn(Permission) -> Reaches, plan: PermissionSet) -> Vec<Line> {
    let line = |permission: &Permission| Line {
        permission: *permission,
        reaches: held(*permission),
        masked: (!plan.has(*permission)).then(|| t("not in the plan")),
        reasons: vec![],
        locked: (Reaches::NONE, String::new()),
    };
    Permission::ALL.iter().filter(|p| p.can_be_given() || !held(**p).is_empty()).map(line).collect()
}

/// What somebody may do in effect, with the reason for each line.
pub fn of_person(lines: &[EffectiveLine]) -> Vec<Line> {
    lines
        .iter()
        .filter_map(|line| {
            let reaches = line.reaches.iter().filter_map(|word| Reach::from_word(word)).collect::<Vec<_>>();
            Some(Line {
                permission: Permission::from_name(line.permission)?,
                reaches: Reaches::of(&reaches),
                masked: None,
                reasons: line.reasons.iter().chain(&line.taken).map(in_words).collect(),
                locked: (Reaches::NONE, String::new()),
            })
        })
        .collect()
}

/// The matrix: a row a group, unfolding to its permissions. Groups without a line are left out.
pub fn show(lines: &[Line], look: Look<'_>) -> Markup {
    let rows: Vec<OwnedRow> = lines.iter().map(OwnedRow::of).collect();
    let groups: Vec<(Group, Vec<matrix::Permission<'_>>)> = Group::ALL
        .into_iter()
        .map(|group| (group, rows.iter().filter(|r| r.group == group).map(OwnedRow::borrowed).collect()))
        .filter(|(_, permissions): &(_, Vec<_>)| !permissions.is_empty())
        .collect();
    let keys: Vec<String> = groups.iter().map(|(group, _)| key(*group)).collect();
    let groups: Vec<matrix::Group<'_>> = groups
        .iter()
        .zip(&keys)
        .map(|((group, permissions), key)| matrix::Group { key, label: t(group.label()), permissions })
        .collect();
    let about = |permission: &matrix::Permission<'_>| {
        let line = lines.iter().find(|line| line.permission.name() == permission.name);
        line.map_or_else(|| html! {}, |line| reasons(line, look.why))
    };
    matrix::explained(&groups, look.editable, look.id, look.open, &about)
}

/// The word by which the matrix's form names a group.
pub fn key(group: Group) -> String {
    group.label().to_lowercase().replace(' ', "-")
}

/// The words by which the matrix's form names a verb.
pub const fn verb_key(verb: Verb) -> &'static str {
    match verb {
        Verb::Read => "read",
        Verb::Write => "write",
        Verb::Delete => "delete",
    }
}

fn reasons(line: &Line, why: Option<&str>) -> Markup {
    html! {
        @if !line.reasons.is_empty() || why.is_some() {
            span.matrix-reasons {
                @if !line.reasons.is_empty() { span.capital { (line.reasons.join("; ")) } }
                @else { span { (t("Nothing gives it")) } }
                @if let Some(why) = why {
                    a href={ (why) "&permission=" (line.permission.name()) } {
                        (icon(Icon::Why)) (t("Why?")) span.sr-only { " " (t(line.permission.entry().meaning)) }
                    }
                }
            }
        }
    }
}

struct OwnedRow {
    group: Group,
    verb: matrix::Verb,
    line: Line,
    possible: Vec<reach::Reach>,
    held: Vec<reach::Reach>,
    locked: Vec<reach::Reach>,
}

impl OwnedRow {
    fn of(line: &Line) -> OwnedRow {
        let entry = line.permission.entry();
        let verb = match entry.verb {
            Verb::Read => matrix::Verb::Read,
            Verb::Write => matrix::Verb::Write,
            Verb::Delete => matrix::Verb::Delete,
        };
        let held = access::shown(line.permission, line.reaches);
        OwnedRow {
            group: entry.group,
            verb,
            line: line.clone(),
            possible: reaches(entry.reaches),
            held: reaches(held),
            locked: reaches(line.locked.0),
        }
    }

    fn borrowed(&self) -> matrix::Permission<'_> {
        let entry = self.line.permission.entry();
        matrix::Permission {
            name: entry.name,
            meaning: t(entry.meaning),
            verb: self.verb,
            danger: entry.risky,
            possible: &self.possible,
            held: &self.held,
            masked: self.line.masked,
            locked: reach::Locked { reaches: &self.locked, why: &self.line.locked.1 },
        }
    }
}

/// Reaches as the components show them.
pub fn reaches(reaches: Reaches) -> Vec<reach::Reach> {
    let shown = |reach| match reach {
        Reach::Own => reach::Reach::Own,
        Reach::Assigned => reach::Reach::Assigned,
        Reach::Team => reach::Reach::Team,
        Reach::All => reach::Reach::All,
    };
    reaches.iter().map(shown).collect()
}
