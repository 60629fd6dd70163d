//! The matrix of one bundle of permissions, a role or a toggle, to read or to edit: what was ticked and unticked, and what comes and goes with it.

use std::collections::{BTreeMap, BTreeSet};

use access::{Actor, Cell, Group, Permission, Reach, Reaches, Verb, preset};
use acts::Refusal;
use axum::response::Redirect;
use maud::{Markup, html};

use crate::rights::access_matrix::{self, Line, Look};
use crate::shell::frame::{back, csrf, path};
use crate::shell::paging::address;
use crate::shell::parts::Options;
use ui::button::{Button, Kind};
use ui::dialog;
use ui::form::{self, Field};
use ui::text::{fill, listed, t};
use web::input::Pairs;
use web::request::Request;

/// The matrix of a bundle, in a form that saves itself to the page's address where one may edit.
pub fn show(request: &Request, actor: &Actor, cells: &[Cell], id: &str, edit_at: Option<&str>) -> Markup {
    let held = |permission| held(cells, permission);
    let mut lines = access_matrix::of_role(held, actor.snapshot().model().allows);
    for line in &mut lines {
        line.reasons = dependencies(line.permission, &held);
        if edit_at.is_some() {
            line.locked = locked(actor, line);
            let (shut, why) = &line.locked;
            if line.reaches.is_empty() && *shut == line.permission.entry().reaches {
                line.reasons = vec![why.clone()];
            }
        }
    }
    let matrix = access_matrix::show(&lines, Look { editable: edit_at.is_some(), id, ..Look::default() });
    let Some(here) = edit_at else { return matrix };
    let fields = html! { input type="hidden" name="was" value=(was(cells)); (matrix) };
    form::autosave(&format!("{id}-matrix"), here, &csrf(request), fields)
}

/// The dialog in which a new bundle gets its name, empty or as one of `from` is: its title, what its button says.
pub fn new_dialog(
    request: &Request,
    id: &str,
    [title, create]: [&str; 2],
    here: &str,
    from: Options,
) -> Markup {
    let form = format!("{id}-form");
    let field = |name, label| Field::new(name, label).form(&form);
    let from = from.or_none(t("Empty: holds nothing yet"));
    let fields = html! {
        (form::input(&field("name", t("Name")).required(), form::Kind::Text, ""))
        (form::select(&field("from", t("Begin as")), &from.choices(), ""))
    };
    dialog::asking(id, title, here, &csrf(request), &Button::new(Kind::Primary, create), fields)
}

/// What would come with a permission, and what would go with it.
fn dependencies(permission: Permission, held: &impl Fn(Permission) -> Reaches) -> Vec<String> {
    let missing = permission.requires().filter(|needed| held(*needed).is_empty());
    let comes =
        missing.map(|needed| fill(t("Comes with: {permission}"), &[("permission", &meaning(needed))]));
    let needed_by = Permission::ALL.iter().copied().filter(|p| p.requires() == Some(permission));
    let dependents: Vec<&str> = needed_by.filter(|p| !held(*p).is_empty()).map(meaning).collect();
    let takes = (!dependents.is_empty() && !held(permission).is_empty())
        .then(|| fill(t("Needed to {permissions}"), &[("permissions", &listed(&dependents))]));
    comes.into_iter().chain(takes).collect()
}

fn meaning(permission: Permission) -> &'static str {
    t(permission.entry().meaning)
}

/// The reaches of a permission that the editor does not hold and therefore cannot give (ALL-02), and why.
fn locked(actor: &Actor, line: &Line) -> (Reaches, String) {
    let own = actor.powers().reaches(line.permission);
    let possible = line.permission.entry().reaches;
    let shut: Vec<Reach> = possible.iter().filter(|reach| !own.has(*reach)).collect();
    let why = if own.is_empty() {
        t("You do not hold this yourself, so you cannot give it.").to_owned()
    } else {
        t("You do not hold this so far yourself, so you cannot give it so far.").to_owned()
    };
    (Reaches::of(&shut), why)
}

/// How far a bundle holds a permission, as people read it.
fn held(cells: &[Cell], permission: Permission) -> Reaches {
    let reaches = cells.iter().filter(|(p, _)| *p == permission).map(|(_, reaches)| *reaches);
    access::shown(permission, reaches.fold(Reaches::NONE, Reaches::union))
}

/// What the matrix shows, so that a form sent from it says what was changed on it: `user:read/own user:read/team`.
fn was(cells: &[Cell]) -> String {
    let cells = Permission::ALL
        .iter()
        .flat_map(|p| held(cells, *p).words().into_iter().map(move |word| format!("{}/{word}", p.name())));
    cells.collect::<Vec<_>>().join(" ")
}

type Cells = BTreeSet<(Permission, Reach)>;

/// What an edit comes to: what was asked for, made consistent.
pub struct Edit {
    cells: Cells,
    effects: Effects,
}

/// What came and went besides what was ticked and unticked; in the address of the page that says so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Effects {
    /// Names of permissions that what was ticked needs.
    came: String,
    /// Names of permissions that need what was unticked.
    went: String,
}

impl Effects {
    fn of(wanted: &Cells, got: &Cells) -> Effects {
        let permissions = |cells: &Cells| cells.iter().map(|(p, _)| *p).collect::<BTreeSet<_>>();
        let (wanted, got) = (permissions(wanted), permissions(got));
        let names = |from: &BTreeSet<Permission>, but: &BTreeSet<Permission>| {
            from.difference(but).map(|p| p.name()).collect::<Vec<_>>().join(" ")
        };
        Effects { came: names(&got, &wanted), went: names(&wanted, &got) }
    }

    /// The effects that an address tells of.
    pub fn told(came: Option<&str>, went: Option<&str>) -> Effects {
        let names = |field: Option<&str>| field.unwrap_or_default().to_owned();
        Effects { came: names(came), went: names(went) }
    }

    /// What they are, in words of our own: an address cannot put others into our mouth.
    pub fn text(&self) -> Option<String> {
        let words = |names: &str| -> Option<String> {
            let known = names.split_whitespace().filter_map(Permission::from_name).map(meaning);
            Some(listed(&known.collect::<Vec<_>>())).filter(|words| !words.is_empty())
        };
        let came =
            words(&self.came).map(|p| fill(t("Comes with it: {permissions}."), &[("permissions", &p)]));
        let went = words(&self.went)
            .map(|p| fill(t("Goes with it, for want of it: {permissions}."), &[("permissions", &p)]));
        let text: Vec<String> = came.into_iter().chain(went).collect();
        (!text.is_empty()).then(|| text.join(" "))
    }
}

/// What a bundle holds with what was changed in its matrix, and nothing else: what others changed meanwhile stays.
pub fn edited(cells: &[Cell], typed: &Pairs, actor: &Actor) -> Result<Edit, Refusal> {
    let now: Cells = Permission::ALL
        .iter()
        .flat_map(|p| held(cells, *p).iter().map(move |reach| (*p, reach)).collect::<Vec<_>>())
        .collect();
    match typed.get("group") {
        "" => Ok(changed(&now, typed)),
        cell => group_set(&now, cell, actor),
    }
}

impl Edit {
    /// What the bundle is to hold, as the acts take it.
    pub fn holds(&self) -> BTreeMap<String, Vec<String>> {
        let mut holds: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (permission, reach) in &self.cells {
            holds.entry(permission.name().to_owned()).or_default().push(reach.word().to_owned());
        }
        holds
    }

    /// Back to the bundle's page, which says what came and went besides.
    pub fn told(&self, request: &Request, page: &str) -> Redirect {
        let Effects { came, went } = &self.effects;
        match self.effects == Effects::default() {
            true => back(request, page),
            false => Redirect::to(&address(&path(request, page), &[("came", came), ("went", went)])),
        }
    }
}

/// The cells with what was ticked and unticked.
fn changed(now: &Cells, typed: &Pairs) -> Edit {
    let cell = |name: &str, word: &str| Some((Permission::from_name(name)?, Reach::from_word(word)?));
    let was: Cells = typed
        .get("was")
        .split_whitespace()
        .filter_map(|c| c.split_once('/'))
        .filter_map(|(p, r)| cell(p, r))
        .collect();
    let ticked: Cells = typed.0.iter().filter_map(|(name, value)| cell(name, value)).collect();
    let mut new: Cells = now.iter().filter(|c| ticked.contains(c) || !was.contains(c)).copied().collect();
    let added: Vec<_> = ticked.difference(&was).copied().collect();
    new.extend(&added);
    consistent(new, now, &added)
}

/// Everything of a group's column that somebody can give, or nothing of it: `reports:write:all`.
fn group_set(now: &Cells, cell: &str, actor: &Actor) -> Result<Edit, Refusal> {
    let wrong = || Refusal::invalid("group", "{field} must be like reports:write:all or reports:write:none.");
    let mut words = cell.split(':');
    let (group, verb, what) = (words.next(), words.next(), words.next());
    let group =
        Group::ALL.into_iter().find(|g| Some(access_matrix::key(*g).as_str()) == group).ok_or_else(wrong)?;
    let verb = Verb::ALL.into_iter().find(|v| Some(access_matrix::verb_key(*v)) == verb).ok_or_else(wrong)?;
    let column = |p: &Permission| p.entry().group == group && p.entry().verb == verb;
    let held: BTreeSet<Permission> = now.iter().map(|(p, _)| *p).collect();
    let mut new: Cells = now.iter().filter(|(p, _)| !column(p) || what == Some("all")).copied().collect();
    let mut added = vec![];
    if what == Some("all") {
        let given = Permission::ALL.iter().filter(|p| column(p) && p.can_be_given() && !held.contains(p));
        for permission in given {
            added.extend(as_far_as_held(actor, *permission).iter().map(|reach| (*permission, reach)));
        }
        new.extend(&added);
    }
    Ok(consistent(new, now, &added))
}

/// The widest that somebody can give of a permission.
fn as_far_as_held(actor: &Actor, permission: Permission) -> Reaches {
    let own = actor.powers().reaches(permission);
    let widest = preset::widest(permission);
    if widest.iter().all(|reach| own.has(reach)) { widest } else { access::shown(permission, own) }
}

/// What a newly ticked permission needs comes with it, and what needs a wholly unticked one goes with it.
fn consistent(wanted: Cells, before: &Cells, added: &[(Permission, Reach)]) -> Edit {
    let before: BTreeSet<Permission> = before.iter().map(|(p, _)| *p).collect();
    let mut cells = wanted.clone();
    for (permission, reach) in added {
        let Some(needed) = permission.requires() else { continue };
        let possible = needed.entry().reaches;
        let reach = if possible.has(*reach) { *reach } else { Reach::All };
        if !cells.iter().any(|(p, _)| *p == needed) || !before.contains(&needed) {
            cells.insert((needed, reach));
        }
    }
    let held: BTreeSet<Permission> = cells.iter().map(|(p, _)| *p).collect();
    cells.retain(|(p, _)| p.requires().is_none_or(|needed| held.contains(&needed)));
    Edit { effects: Effects::of(&wanted, &cells), cells }
}

#[cfg(test)]
mod tests {
    use access::{Permission, Reach};

    use crate::rights::bundle_matrix::{Cells, Effects, changed};
    use web::input::Pairs;

    fn pairs(pairs: &[(&str, &str)]) -> Pairs {
        Pairs(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn a_stale_matrix_changes_only_what_was_changed_on_it() {
        let now: Cells =
            [(Permission::UserRead, Reach::All), (Permission::TaskRead, Reach::Team)].into_iter().collect();
        // The page still showed user:read/team and nothing of tasks; there only role:read was ticked.
        let sent = pairs(&[("was", "user:read/team"), ("user:read", "team"), ("role:read", "all")]);
        let new = changed(&now, &sent).cells;
        assert!(new.contains(&(Permission::UserRead, Reach::All)));
        assert!(new.contains(&(Permission::TaskRead, Reach::Team)));
        assert!(new.contains(&(Permission::RoleRead, Reach::All)));
    }

    #[test]
    fn what_a_permission_needs_comes_and_goes_with_it() {
        let sent = pairs(&[("was", ""), ("recording:listen", "team")]);
        let edit = changed(&Cells::new(), &sent);
        assert!(edit.cells.contains(&(Permission::CallRecordRead, Reach::Team)));
        assert_eq!(edit.effects, Effects { came: "call_record:read".into(), went: String::new() });
        let sent =
            pairs(&[("was", "call_record:read/team recording:listen/team"), ("recording:listen", "team")]);
        let edit = changed(&edit.cells, &sent);
        assert!(edit.cells.is_empty());
        assert_eq!(edit.effects, Effects { came: String::new(), went: "recording:listen".into() });
    }
}
