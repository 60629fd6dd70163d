//! People from a file: what each row would do, and doing it, some rows at a time. Every row that can be done is done, the
//! others are told with their reasons and can be mended.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use access::authority::{self, Breach};
use access::limits::Full;
use access::model::{Standing, UnitKind, User};
use access::{Actor, Id, Model, Noun, Permission, Permit, Snapshot, Text, can, text};
use schemars::JsonSchema;
use serde::Serialize;
use store::change::Intent;
use store::change::audit::Act;
use store::people::users::{UserInput, UserRow};
use store::{Author, Change};

use crate::entry::invitations;
use crate::kernel::known::Known;
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::spreadsheet::{self, original};
use crate::kernel::{check, email, spelling};
use crate::people::file::{File, FilePerson, FileRow};
use crate::people::users;
use crate::{Answer, App, id};

/// What a file did, or would do.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ImportReport {
    /// Whether it was done; not where only that was asked, and not where there was nothing to do.
    pub applied: bool,
    /// How many people are added.
    pub added: usize,
    /// How many people's records are edited.
    pub updated: usize,
    /// How many people are already as the file says.
    pub skipped: usize,
    /// How many rows cannot be done.
    pub failed: usize,
    /// The columns that are not known and were left aside.
    pub unused_columns: Vec<String>,
    /// Each row, in order.
    pub rows: Vec<ImportRow>,
}

/// What became of one row.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ImportRow {
    /// The line of the file that it begins on, from 1.
    pub line: u64,
    /// The email address in it.
    pub email: String,
    /// The name in it, or the one that is kept.
    pub name: String,
    /// What it does.
    pub outcome: Outcome,
    /// The fields that change, of somebody who is here already.
    pub changes: Vec<&'static str>,
    /// The field that a failed row fails on.
    pub field: Option<String>,
    /// Why a failed row fails, and how to mend it.
    #[schemars(with = "Option<String>")]
    pub reason: Option<Text>,
}

/// What a row does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A new person.
    Added,
    /// Another record for somebody who is here already.
    Updated,
    /// Nothing: the person is so already.
    Skipped,
    /// Nothing: it cannot be done.
    Failed,
}

/// So many rows are one change, so that a long file keeps nobody else waiting for the writer of an embedded database.
const STEP: usize = 100;

/// Brings people in from a file, some rows after the others. Where the author only tries, the report says what would
/// become of each row. Once rows are done they stay done: what keeps the rest from it is told at the rest.
pub async fn import(
    app: &App,
    permit: &Permit<can::UserInvite>,
    author: &Author,
    file: &File,
) -> Answer<ImportReport> {
    let mut so_far =
        SoFar { report: ImportReport::of(file), lines: HashMap::new(), refused: BTreeMap::new() };
    let at_once = if author.intent == Intent::Try { file.rows.len().max(1) } else { STEP };
    for rows in file.rows.chunks(at_once) {
        let done = step(app, permit, author, rows, &mut so_far).await;
        match done {
            Err(refusal) if !so_far.report.applied => return Err(refusal),
            Err(refusal) => so_far.report.count(rows.iter().map(|row| told(row, &Err(refusal.clone())))),
            Ok(()) => {}
        }
    }
    note(app, permit.workspace(), author, &so_far.refused).await?;
    Ok(so_far.report)
}

/// What is known of a file after some of its rows.
struct SoFar {
    report: ImportReport,
    /// The line on which each address came first.
    lines: HashMap<String, u64>,
    /// The rows that are refused for a reason that concerns access, by that reason.
    refused: BTreeMap<&'static str, Vec<u64>>,
}

/// Brings some rows in, or says what would become of them.
async fn step(
    app: &App,
    permit: &Permit<can::UserInvite>,
    author: &Author,
    rows: &[FileRow],
    so_far: &mut SoFar,
) -> Answer<()> {
    let (mut change, permit) = app.store.begin_or_rehearse(permit, author).await?;
    let present = change.users().await?;
    let before = change.before().clone();
    let mut planner = Planner::new(&before, permit.actor(), present, so_far.lines.clone());
    let planned = planner.plan(rows);
    let lines = planner.lines;
    let told: Vec<ImportRow> = planned.iter().map(|(row, step)| told(row, step)).collect();
    let refused = refused(&planned);
    let does = told.iter().any(|row| matches!(row.outcome, Outcome::Added | Outcome::Updated));
    if does && author.intent != Intent::Try {
        for (_, step) in planned {
            match step {
                Ok(Step::Add(input)) => add(&mut change, &author.name, &input).await?,
                Ok(Step::Edit(old, input)) => edit(&mut change, permit.actor(), &old, &input).await?,
                Ok(Step::Nothing) | Err(_) => {}
            }
        }
        change.commit().await?;
        so_far.report.applied = true;
    }
    so_far.lines = lines;
    so_far.report.count(told);
    for (reason, lines) in refused {
        so_far.refused.entry(reason).or_default().extend(lines);
    }
    Ok(())
}

/// The rows that are refused for a reason that concerns access, by that reason.
fn refused(planned: &Planned<'_>) -> BTreeMap<&'static str, Vec<u64>> {
    let mut lines: BTreeMap<&'static str, Vec<u64>> = BTreeMap::new();
    for (row, step) in planned {
        if let Some(code) = step.as_ref().err().map(|refusal| refusal.code).filter(|code| code.is_noted()) {
            lines.entry(code.word()).or_default().push(row.line);
        }
    }
    lines
}

/// Writes such rows down, once for the file (ALL-06): a file is no way to ask unseen.
async fn note(
    app: &App,
    workspace: i64,
    author: &Author,
    refused: &BTreeMap<&'static str, Vec<u64>>,
) -> Answer<()> {
    let Some(reason) = refused.keys().next() else { return Ok(()) };
    let detail = serde_json::json!({ "reason": reason, "lines": refused });
    let act = Act::done("user:invite", "workspace", 0, "").with(detail);
    Ok(app.store.record_refusal(workspace, author, act).await?)
}

async fn add(change: &mut Change<'_>, by: &str, input: &UserInput) -> Answer<()> {
    let user = change.add_user(input, Standing::Invited, None).await?;
    invitations::make(change, user, by).await?;
    let before = change.before().clone();
    let detail = serde_json::json!({ "after": { "email": input.email, "name": input.name, "role": before.model().label(input.role) } });
    change.record(Act::done("user:invite", "user", i64::from(user.0), input.name.as_str()).with(detail));
    Ok(())
}

async fn edit(
    change: &mut Change<'_>,
    actor: Option<&Actor>,
    old: &UserRow,
    input: &UserInput,
) -> Answer<()> {
    let record = UserInput { role: id(old.role_id), ..input.clone() };
    if record != users::input_of(old) {
        users::rewrite(change, actor, old, &record, None).await?;
    }
    if record.role != input.role {
        users::give_role(change, old, input.role).await?;
    }
    Ok(())
}

/// What a row comes to.
enum Step {
    Add(UserInput),
    Edit(Box<UserRow>, UserInput),
    Nothing,
}

type Planned<'f> = Vec<(&'f FileRow, Answer<Step>)>;

/// Judges rows, each after those before it.
struct Planner<'a> {
    before: &'a Arc<Snapshot>,
    actor: Option<&'a Actor>,
    present: HashMap<String, UserRow>,
    /// The line on which each address came first.
    lines: HashMap<String, u64>,
    /// Whether a new person may get a role: the same for all of them.
    givable: BTreeMap<Id, Result<(), Breach>>,
    /// Who has which role after the rows so far, where rows change that.
    model: Option<Model>,
    people: usize,
}

impl<'a> Planner<'a> {
    fn new(
        before: &'a Arc<Snapshot>,
        actor: Option<&'a Actor>,
        present: Vec<UserRow>,
        lines: HashMap<String, u64>,
    ) -> Planner<'a> {
        let people = present.len();
        let present = present.into_iter().map(|row| (row.email.clone(), row)).collect();
        Planner { before, actor, present, lines, givable: BTreeMap::new(), model: None, people }
    }

    fn plan<'f>(&mut self, rows: &'f [FileRow]) -> Planned<'f> {
        rows.iter().map(|row| (row, self.step(row))).collect()
    }

    fn step(&mut self, row: &FileRow) -> Answer<Step> {
        if let Some(line) = row.open_quote {
            let message = text!(
                "A quotation mark in line {line} is never closed. Take it out, or write it twice and close it.",
                line
            );
            return Err(Refusal::because(Code::Invalid, message));
        }
        if row.beyond > 0 {
            return Err(Refusal::because(
                Code::Invalid,
                "The row has more cells than the first line has heads.",
            ));
        }
        let email = check::email(row.person.email.as_deref().unwrap_or_default())?;
        if let Some(line) = self.lines.get(&email) {
            return Err(Refusal::invalid("email", text!("{field} stands in line {line} already.", line)));
        }
        self.lines.insert(email.clone(), row.line);
        match self.present.remove(&email) {
            None => self.addition(&row.person, email).map(Step::Add),
            Some(old) => self.edit(&row.person, old),
        }
    }

    fn model(&self) -> &'a Model {
        self.before.model()
    }

    fn addition(&mut self, person: &FilePerson, email: String) -> Answer<UserInput> {
        let blank = UserInput { email, role: users::default_role(self.model())?, ..UserInput::default() };
        let input = self.filled(person, blank)?;
        check::text("name", &input.name, 120)?;
        let here = self.lines.keys().map(String::as_str);
        email::is_no_imitation(&input.email, email::all(self.model()).chain(here))?;
        users::may_join(self.actor, &input)?;
        let (before, actor) = (self.before, self.actor);
        let judged = self.givable.entry(input.role).or_insert_with(|| {
            // A new user has no id yet; none that is given is as high.
            actor.map_or(Ok(()), |actor| authority::may_record(actor, before, Id(u32::MAX), &record(&input)))
        });
        judged.clone().map_err(Refusal::from).map_err(|refusal| refusal.at("role"))?;
        if let Some(bought) = self.model().seats.filter(|seats| self.people >= *seats as usize) {
            return Err(Breach::Full(Full::Seats { bought }).into());
        }
        self.people += 1;
        Ok(input)
    }

    fn edit(&mut self, person: &FilePerson, old: UserRow) -> Answer<Step> {
        let user = id(old.id);
        self.seen(user)?;
        let was = users::input_of(&old);
        let input = self.filled(person, was.clone())?;
        if input == was {
            return Ok(Step::Nothing);
        }
        if let Some(actor) = self.actor {
            let same_record = UserInput { role: was.role, ..input.clone() } == was;
            for (asked, permission) in
                [(!same_record, Permission::UserUpdate), (input.role != was.role, Permission::UserAssignRole)]
            {
                if asked && !actor.may_to(permission, Noun::User, user) {
                    return Err(Refusal::lacks(permission));
                }
            }
            users::may_place(actor, Permission::UserUpdate, &input, Some(&was))?;
            self.judge(actor, user, &input)?;
        }
        if input.role != was.role {
            self.keeps_the_keys(user, input.role)?;
        }
        Ok(Step::Edit(Box::new(old), input))
    }

    /// Somebody whom the asker does not see is told like any address that is taken (ALL-05).
    fn seen(&self, user: Id) -> Answer<()> {
        if self.actor.is_none_or(|actor| actor.sees_user(user)) {
            return Ok(());
        }
        Err(Refusal::because(Code::Taken, "{field} is in use already: choose another value.").at("email"))
    }

    fn judge(&self, actor: &Actor, user: Id, input: &UserInput) -> Answer<()> {
        let Some(old) = self.model().users.get(&user) else { return Ok(()) };
        let UserInput { role, department, branch, .. } = *input;
        let new = User { role, department, branch, ..old.clone() };
        authority::may_record(actor, self.before, user, &new).map_err(|breach| {
            let field = match breach {
                Breach::HandsOver(_) if old.department == department => Some("branch"),
                Breach::HandsOver(_) => Some("department"),
                _ => (old.role != role).then_some("role"),
            };
            let refusal = Refusal::from(breach);
            field.into_iter().fold(refusal, Refusal::at)
        })
    }

    /// Whether somebody still manages people and roles, and one person is the Owner, after this row (ALL-07).
    fn keeps_the_keys(&mut self, user: Id, role: Id) -> Answer<()> {
        let before = self.before;
        let model = self.model.get_or_insert_with(|| before.model().clone());
        let guards = model.role_of(user).is_some_and(|role| role.standing.guardian || role.standing.owner);
        let Some(person) = model.users.get_mut(&user) else { return Ok(()) };
        let old = std::mem::replace(&mut person.role, role);
        if !guards {
            return Ok(());
        }
        let kept = authority::standing(&Snapshot::build(model.clone(), before.at()));
        if let (Err(_), Some(person)) = (&kept, model.users.get_mut(&user)) {
            person.role = old;
        }
        kept.map_err(|breach| Refusal::from(breach).at("role"))
    }

    /// A record with what a row says in place of what was there. An empty cell leaves what is there.
    fn filled(&self, person: &FilePerson, old: UserInput) -> Answer<UserInput> {
        let FilePerson { email: _, name, phone, employee_code, role, department, branch, lead_cap } = person;
        let unit = |field, kind, name: &Option<String>| {
            name.as_deref().map(|n| self.unit(field, kind, n)).transpose()
        };
        Ok(UserInput {
            name: name.as_deref().map_or(Ok(old.name), |name| check::text("name", name, 120))?,
            phone: phone.as_deref().map_or(Ok(old.phone), users::phone)?,
            employee_code: employee_code
                .as_deref()
                .map_or(Ok(old.employee_code), |code| check::optional_text("employee_code", code, 40))?,
            lead_cap: lead_cap.as_deref().map(cap).transpose()?.or(old.lead_cap),
            role: role.as_deref().map_or(Ok(old.role), |name| self.role(name, old.role))?,
            department: unit("department", UnitKind::Department, department)?.or(old.department),
            branch: unit("branch", UnitKind::Branch, branch)?.or(old.branch),
            language: old.language,
            email: old.email,
        })
    }

    fn role(&self, name: &str, old: Id) -> Answer<Id> {
        let known = Known::to(self.actor, self.model());
        let seen = |id: Id| id == old || known.role(id.0).is_ok();
        let named =
            |(id, role): (&Id, &access::model::Role)| (same(&role.name, name) && seen(*id)).then_some(*id);
        let roles = &self.model().roles;
        let role = roles.iter().find_map(named);
        let unknown =
            || Refusal::out_of_reach("role", text!("{field} {name} is not one of this workspace.", name));
        let role = role.ok_or_else(unknown)?;
        if role != old && roles.get(&role).is_some_and(|role| role.standing.owner) {
            let message = "{field} cannot be the Owner's: ownership is transferred, not given.";
            return Err(Refusal::out_of_reach("role", message));
        }
        Ok(role)
    }

    fn unit(&self, field: &'static str, kind: UnitKind, name: &str) -> Answer<Id> {
        let seen = |unit: &Id| self.actor.is_none_or(|actor| actor.sees_unit(*unit));
        let mut units =
            self.model().units.iter().filter(|(_, unit)| unit.kind == kind && same(&unit.name, name));
        let unit = units.find(|(id, _)| seen(id)).map(|(id, _)| *id);
        unit.ok_or_else(|| {
            Refusal::out_of_reach(field, text!("{field} {name} is not one of this workspace.", name))
        })
    }
}

fn same(a: &str, b: &str) -> bool {
    spelling::same(a, b)
}

fn cap(text: &str) -> Answer<i64> {
    check::lead_cap(text.parse().unwrap_or(-1))
}

/// A new person as the access model has them.
fn record(input: &UserInput) -> User {
    User {
        email: input.email.clone(),
        name: input.name.clone(),
        role: input.role,
        department: input.department,
        branch: input.branch,
        standing: Standing::Invited,
        preset_number: None,
        chosen_number: None,
    }
}

impl ImportReport {
    /// A report of a file of which nothing is known yet.
    fn of(file: &File) -> ImportReport {
        let unused_columns = file.unused.clone();
        ImportReport {
            applied: false,
            added: 0,
            updated: 0,
            skipped: 0,
            failed: 0,
            unused_columns,
            rows: vec![],
        }
    }

    /// Takes some more rows in.
    fn count(&mut self, rows: impl IntoIterator<Item = ImportRow>) {
        for row in rows {
            let count = match row.outcome {
                Outcome::Added => &mut self.added,
                Outcome::Updated => &mut self.updated,
                Outcome::Skipped => &mut self.skipped,
                Outcome::Failed => &mut self.failed,
            };
            *count += 1;
            self.rows.push(row);
        }
    }
}

fn told(row: &FileRow, step: &Answer<Step>) -> ImportRow {
    let said = |text: &Option<String>| text.clone().unwrap_or_default();
    let (mut name, mut changes, mut field, mut reason) = (said(&row.person.name), vec![], None, None);
    let outcome = match step {
        Ok(Step::Add(_)) => Outcome::Added,
        Ok(Step::Nothing) => Outcome::Skipped,
        Ok(Step::Edit(old, input)) => {
            name.clone_from(&input.name);
            changes = differing(&users::input_of(old), input);
            Outcome::Updated
        }
        Err(refusal) => {
            field = refusal.field.as_deref().map(str::to_owned);
            reason = Some(refusal.message.clone());
            Outcome::Failed
        }
    };
    ImportRow { line: row.line, email: said(&row.person.email), name, outcome, changes, field, reason }
}

/// The fields in which two records differ.
fn differing(old: &UserInput, new: &UserInput) -> Vec<&'static str> {
    let fields = [
        ("name", old.name != new.name),
        ("phone", old.phone != new.phone),
        ("employee_code", old.employee_code != new.employee_code),
        ("role", old.role != new.role),
        ("department", old.department != new.department),
        ("branch", old.branch != new.branch),
        ("lead_cap", old.lead_cap != new.lead_cap),
    ];
    fields.into_iter().filter(|(_, differs)| *differs).map(|(field, _)| field).collect()
}

/// The rows that failed as a file of the same columns, to be mended and brought in again; with the reason of each in
/// the reader's words.
pub fn failed_rows(file: &File, report: &ImportReport, say: impl Fn(&Text) -> String) -> Answer<String> {
    const REASON: &str = "problem";
    let kept: Vec<bool> = file.heads.iter().map(|head| head != REASON).collect();
    let keep = |cells: &[String], last: String| -> Vec<String> {
        let cells = cells.iter().zip(&kept).filter(|(_, kept)| **kept).map(|(cell, _)| original(cell));
        cells.chain([last]).collect()
    };
    let head = keep(&file.heads, REASON.to_owned());
    let failed = file.rows.iter().zip(&report.rows).filter_map(|(row, told)| {
        let reason = told.reason.as_ref()?;
        Some(keep(&row.cells, say(reason)))
    });
    spreadsheet::csv(std::iter::once(head).chain(failed))
}
