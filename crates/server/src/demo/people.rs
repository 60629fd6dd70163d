//! The people of the demo: made-up names, and who works where in which role.

use access::Id;
use access::model::{Standing, UnitKind};
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::{IndexedRandom as _, SliceRandom as _};
use store::Change;
use store::change::audit::Act;
use store::people::users::UserInput;

use super::company::Company;
use crate::Error;

const FIRST: &[&str] = &[
    "Ada", "Amara", "Anders", "Aoife", "Arjun", "Beatriz", "Bram", "Carys", "Chidi", "Clara", "Cormac",
    "Dalia", "Daniel", "Elif", "Emeka", "Esther", "Fabian", "Farah", "Felix", "Freya", "Gwen", "Hana",
    "Hugo", "Imani", "Ines", "Isaac", "Jonas", "Juno", "Kaia", "Kenji", "Laila", "Leon", "Lucia", "Malik",
    "Marta", "Mei", "Milo", "Nadia", "Niamh", "Noor", "Olive", "Oscar", "Paloma", "Petra", "Quentin",
    "Rafael", "Ravi", "Rosa", "Saoirse", "Selma", "Simon", "Sofia", "Tariq", "Tessa", "Theo", "Uma",
    "Viktor", "Wren", "Yara", "Zoe",
];

const LAST: &[&str] = &[
    "Abernathy",
    "Adeyemi",
    "Almeida",
    "Andersen",
    "Ashdown",
    "Barrow",
    "Beaumont",
    "Brandt",
    "Calloway",
    "Castellan",
    "Chaudhry",
    "Clarke",
    "Dasgupta",
    "Delacroix",
    "Devlin",
    "Eastwood",
    "Eriksen",
    "Fairbairn",
    "Ferrante",
    "Fontaine",
    "Galloway",
    "Greenaway",
    "Hallam",
    "Hartmann",
    "Holloway",
    "Ibarra",
    "Jansen",
    "Kaminski",
    "Kavanagh",
    "Keller",
    "Lindqvist",
    "Lockhart",
    "Marchetti",
    "Marlowe",
    "Mbeki",
    "Mercer",
    "Nakamura",
    "Novak",
    "Oakley",
    "Okafor",
    "Olsen",
    "Pemberton",
    "Quigley",
    "Rasmussen",
    "Redfern",
    "Renard",
    "Sandoval",
    "Sharma",
    "Silva",
    "Sorensen",
    "Sutherland",
    "Tanaka",
    "Thackeray",
    "Underhill",
    "Vance",
    "Verhoeven",
    "Whitlock",
    "Winslow",
    "Yilmaz",
    "Zielinski",
];

/// Somebody of the company.
#[derive(Debug, Clone)]
pub struct Person {
    /// Their id.
    pub id: Id,
    /// Their name.
    pub name: String,
    /// The preset's key of their role.
    pub role: &'static str,
    /// Their department.
    pub department: Option<Id>,
    /// Their branch.
    pub branch: Option<Id>,
    /// Where their account stands.
    pub standing: Standing,
    /// The units that they lead.
    pub leads: Vec<Id>,
}

/// Departments and branches, in the order of the company's table.
#[derive(Debug, Clone)]
pub struct Units {
    /// Departments.
    pub departments: Vec<Id>,
    /// Branches.
    pub branches: Vec<Id>,
}

/// Names for everybody of one company: no first and no last name twice.
pub fn names(rng: &mut StdRng) -> Vec<String> {
    let (mut first, mut last) = (FIRST.to_vec(), LAST.to_vec());
    first.shuffle(rng);
    last.shuffle(rng);
    first.iter().zip(last).map(|(first, last)| format!("{first} {last}")).collect()
}

/// The name of somebody outside.
pub fn stranger(rng: &mut StdRng) -> String {
    let pick = |from: &[&'static str], rng: &mut StdRng| from.choose(rng).copied().unwrap_or_default();
    format!("{} {}", pick(FIRST, rng), pick(LAST, rng))
}

/// The email address of somebody at a company.
pub fn email(name: &str, domain: &str) -> String {
    format!("{}@{domain}", name.to_lowercase().replace(' ', "."))
}

/// Sets up the departments and branches.
pub async fn open_units(change: &mut Change<'_>, company: &Company) -> Result<Units, Error> {
    let mut units = Units { departments: vec![], branches: vec![] };
    for name in company.departments {
        let id = change.add_unit(UnitKind::Department, name).await?;
        change.record(Act::done("department:write", "department", id.0, *name));
        units.departments.push(id);
    }
    for name in company.branches {
        let id = change.add_unit(UnitKind::Branch, name).await?;
        change.record(Act::done("branch:write", "branch", id.0, *name));
        units.branches.push(id);
    }
    Ok(units)
}

/// Takes on everybody of the company's table: the owner is there already and takes the first place.
pub async fn hire(
    change: &mut Change<'_>,
    company: &Company,
    units: &Units,
    owner: Id,
    names: &[String],
    rng: &mut StdRng,
) -> Result<Vec<Person>, Error> {
    let roles = change.before().model().roles.clone();
    let places: Vec<&'static str> =
        company.staff.iter().flat_map(|(role, count)| std::iter::repeat_n(*role, *count)).collect();
    let mut staff: Vec<Person> = vec![];
    for (at, (role, name)) in places.iter().zip(names).enumerate() {
        let before = staff.iter().filter(|p| p.role == *role).count();
        let mut person = place(company, units, role, name, before, rng);
        person.standing = standing(at, places.len());
        let found = roles.iter().find(|(_, r)| r.key.as_deref() == Some(*role));
        let (role, _) = found.ok_or_else(|| format!("the preset has no role {role}"))?;
        let input = UserInput {
            email: email(name, company.domain),
            name: name.clone(),
            phone: company.outside(rng),
            employee_code: format!("{}-{:03}", company.code, at + 1),
            // Those who work through leads have a cap, some a higher one than others.
            lead_cap: (person.role == company.plain).then(|| [40, 60, 80].get(at % 3).copied()).flatten(),
            language: String::new(),
            role: *role,
            department: person.department,
            branch: person.branch,
        };
        person.id = if at == 0 {
            change.update_user(owner, &input, None).await?;
            owner
        } else {
            change.add_user(&input, person.standing, None).await?
        };
        change.record(Act::done("user:invite", "user", person.id.0, name.as_str()));
        if !person.leads.is_empty() {
            change.set_leads(person.id, &person.leads).await?;
        }
        staff.push(person);
    }
    Ok(staff)
}

/// The last two of the table, who have the plainest role, are an invited and a banned one.
fn standing(at: usize, count: usize) -> Standing {
    match count - at {
        1 => Standing::Invited,
        2 => Standing::Banned,
        _ => Standing::Active,
    }
}

/// Where somebody works, being the `nth` of their role. Leads are spread over the departments, one each, and
/// then over the branches; whoever manages the whole company belongs to the last department.
fn place(
    company: &Company,
    units: &Units,
    role: &'static str,
    name: &str,
    nth: usize,
    rng: &mut StdRng,
) -> Person {
    let around = |of: &[Id], at: usize| of.iter().cycle().nth(at).copied();
    let lead = company.leads.contains(&role);
    let department = match role {
        _ if lead || role == company.plain => around(&units.departments, nth),
        "owner" => None,
        _ => units.departments.last().copied(),
    };
    let branch = around(&units.branches, usize::from(rng.random_bool(0.4)));
    let led =
        units.departments.get(nth).or_else(|| units.branches.get(nth - units.departments.len().min(nth)));
    Person {
        id: Id(0),
        name: name.to_owned(),
        role,
        department,
        branch,
        standing: Standing::Active,
        leads: led.copied().filter(|_| lead).into_iter().collect(),
    }
}
