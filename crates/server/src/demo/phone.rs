//! The telephones of the demo: extensions, queues, numbers, and who was granted what of them.

use access::model::{EntityKind, Standing};
use access::{Id, Micros, Preset};
use store::Change;
use store::change::audit::Act;
use store::lines::entities::EntityInput;
use store::rights::grants::GrantInput;

use super::company::Company;
use super::people::{Person, Units};
use crate::Error;

const DAY: Micros = 86_400_000_000;
const FIRST_EXTENSION: usize = 201;
const FIRST_QUEUE: usize = 800;

/// Extension, queue or number, with its digits.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its id.
    pub id: Id,
    /// Digits, or E.164 for a number.
    pub digits: String,
}

/// Somebody's telephone.
#[derive(Debug, Clone)]
pub struct Phone {
    /// Who, by their place among the staff.
    pub person: Person,
    /// Their extension.
    pub extension: Line,
    /// Their own number.
    pub direct: Option<Line>,
    /// The number that they show when they have none of their own.
    pub shown: Line,
}

/// A number, the queue it leads to, and who answers there, by their place among the phones.
#[derive(Debug, Clone)]
pub struct Hotline {
    /// The number.
    pub number: Line,
    /// The queue.
    pub queue: Line,
    /// Who answers.
    pub agents: Vec<usize>,
}

/// All telephones of a company.
#[derive(Debug, Clone)]
pub struct Phones {
    /// One for each person who calls.
    pub phones: Vec<Phone>,
    /// The main line first, then one for each department that takes calls.
    pub hotlines: Vec<Hotline>,
}

/// Sets up everything that rings, and gives it to people.
pub async fn connect(
    change: &mut Change<'_>,
    company: &Company,
    units: &Units,
    staff: &[Person],
) -> Result<Phones, Error> {
    let hotlines = hotlines(change, company).await?;
    let mut phones = Phones { phones: vec![], hotlines };
    // Whoever is only invited, and the newest of the plainest role, have no telephone yet.
    let newest =
        staff.iter().rfind(|p| p.role == company.plain && p.standing == Standing::Active).map(|p| p.id);
    let callers = staff.iter().filter(|p| p.standing != Standing::Invited && Some(p.id) != newest);
    for (at, person) in callers.enumerate() {
        let phone = desk(change, company, units, &phones.hotlines, at, person).await?;
        phones.phones.push(phone);
    }
    answer(change, company, units, &mut phones).await?;
    extras(change, company, &phones).await?;
    defaults(change, &phones).await?;
    Ok(phones)
}

async fn add(
    change: &mut Change<'_>,
    kind: EntityKind,
    digits: String,
    name: &str,
    user: Option<Id>,
) -> Result<Line, Error> {
    let new = EntityInput { digits: digits.clone(), name: name.to_owned(), user };
    let id = change.add_entity(kind, &new).await?;
    let act = match kind {
        EntityKind::Extension => "extension:write",
        EntityKind::Queue => "queue:write",
        EntityKind::Number => "number:purchase",
    };
    change.record(Act::done(act, kind.word(), id.0, digits.as_str()));
    Ok(Line { id, digits })
}

/// The main line with its queue, and one for each department but the last.
async fn hotlines(change: &mut Change<'_>, company: &Company) -> Result<Vec<Hotline>, Error> {
    let (_, taking_calls) = company.departments.split_last().unwrap_or((&"", &[]));
    let names = std::iter::once(&"Reception").chain(taking_calls);
    let mut lines = vec![];
    for (at, name) in names.enumerate() {
        let label = if at == 0 { "Main line" } else { *name };
        let nth = u32::try_from(10 + at).unwrap_or_default();
        let queue = add(change, EntityKind::Queue, (FIRST_QUEUE + at).to_string(), name, None).await?;
        let number = add(change, EntityKind::Number, company.own.number(nth), label, None).await?;
        lines.push(Hotline { number, queue, agents: vec![] });
    }
    Ok(lines)
}

/// Somebody's extension, and for every second one a number of their own.
async fn desk(
    change: &mut Change<'_>,
    company: &Company,
    units: &Units,
    hotlines: &[Hotline],
    at: usize,
    person: &Person,
) -> Result<Phone, Error> {
    let digits = (FIRST_EXTENSION + at).to_string();
    let extension = add(change, EntityKind::Extension, digits, &person.name, Some(person.id)).await?;
    let direct = if at.is_multiple_of(2) {
        let nth = u32::try_from(40 + at).unwrap_or_default();
        let line = add(change, EntityKind::Number, company.own.number(nth), "Direct line", None).await?;
        grant(change, person.id, line.id, true, true, None).await?;
        Some(line)
    } else {
        None
    };
    let home = department_at(units, person).and_then(|at| hotlines.get(at + 1)).or_else(|| hotlines.first());
    let shown = home.map(|h| h.number.clone()).ok_or("the company has no number")?;
    Ok(Phone { person: person.clone(), extension, direct, shown })
}

fn department_at(units: &Units, person: &Person) -> Option<usize> {
    units.departments.iter().position(|id| Some(*id) == person.department)
}

/// Gives the queues and their numbers to those who answer there: departments to their people, the reception to
/// the first two of each.
async fn answer(
    change: &mut Change<'_>,
    company: &Company,
    units: &Units,
    phones: &mut Phones,
) -> Result<(), Error> {
    let exclusive = Preset::by_key(company.slug).is_some_and(|preset| preset.rules.exclusive_numbers);
    let mut seen: Vec<usize> = vec![0; units.departments.len()];
    for (at, phone) in phones.phones.iter().enumerate() {
        let Some(department) = department_at(units, &phone.person) else { continue };
        let person = phone.person.id;
        let leads = !phone.person.leads.is_empty();
        let nth = seen.get(department).copied().unwrap_or_default();
        if let Some(count) = seen.get_mut(department) {
            *count += 1;
        }
        let observes = leads || nth.is_multiple_of(3);
        if let Some(home) = phones.hotlines.get_mut(department + 1) {
            home.agents.push(at);
            grant(change, person, home.queue.id, true, observes, None).await?;
            hotline(change, exclusive, person, home, leads).await?;
        }
        if let Some(reception) = phones.hotlines.first_mut()
            && (1..=2).contains(&nth)
        {
            reception.agents.push(at);
            grant(change, person, reception.queue.id, true, leads, None).await?;
            hotline(change, exclusive, person, reception, false).await?;
        }
    }
    Ok(())
}

/// Gives a hotline's number to somebody who answers there; where a number belongs to one user at a time, the first of
/// them calls with it and leads observe it.
async fn hotline(
    change: &mut Change<'_>,
    exclusive: bool,
    person: Id,
    hotline: &Hotline,
    observes: bool,
) -> Result<(), Error> {
    let uses = !exclusive || hotline.agents.len() == 1;
    if uses || observes {
        grant(change, person, hotline.number.id, uses, observes, None).await
    } else {
        Ok(())
    }
}

/// The main line as the default caller ID of those who have no number, where a number can be several people's.
async fn defaults(change: &mut Change<'_>, phones: &Phones) -> Result<(), Error> {
    let after = change.after().await?;
    let model = after.model();
    let (false, Some(main)) = (model.preset.rules.exclusive_numbers, phones.hotlines.first()) else {
        return Ok(());
    };
    for phone in &phones.phones {
        if model.numbers_of(phone.person.id, after.at()).is_empty() {
            change.preset_caller_id(phone.person.id, Some(main.number.id)).await?;
        }
    }
    Ok(())
}

/// What every company has lying around: a shared telephone, a number that nobody has, help that ends soon.
async fn extras(change: &mut Change<'_>, company: &Company, phones: &Phones) -> Result<(), Error> {
    add(change, EntityKind::Extension, "290".into(), "Meeting room", None).await?;
    add(change, EntityKind::Number, company.own.number(90), "Spare", None).await?;
    let helper = phones.phones.iter().rfind(|p| p.person.standing == Standing::Active);
    if let (Some(helper), Some(hotline)) = (helper, phones.hotlines.get(1)) {
        let until = change.now() + 3 * DAY;
        if !hotline
            .agents
            .iter()
            .any(|at| phones.phones.get(*at).is_some_and(|p| p.person.id == helper.person.id))
        {
            grant(change, helper.person.id, hotline.queue.id, true, true, Some(until)).await?;
        }
    }
    Ok(())
}

async fn grant(
    change: &mut Change<'_>,
    user: Id,
    entity: Id,
    may_use: bool,
    may_observe: bool,
    expires_at: Option<Micros>,
) -> Result<(), Error> {
    change.set_grant(&GrantInput { user, entity, may_use, may_observe, expires_at }).await?;
    Ok(())
}
