//! Checks of input, each naming the field and the fix.

use access::{Cell, Id, Micros, Model, Permission, Reach, Reaches, text};

use crate::refusal::{Code, Refusal};
use crate::{Moment, email, spelling};

/// Text that people read: in its one spelling (see [`spelling`]), not empty, not too long, no control characters.
pub fn text(field: &'static str, value: &str, most: usize) -> Result<String, Refusal> {
    let value = optional_text(field, value, most)?;
    if value.is_empty() { Err(Refusal::invalid(field, "{field} is needed.")) } else { Ok(value) }
}

/// Text that may be empty.
pub fn optional_text(field: &'static str, value: &str, most: usize) -> Result<String, Refusal> {
    let value = value.trim();
    if value.chars().any(char::is_control) {
        return Err(Refusal::invalid(field, "{field} must not have line breaks or control characters."));
    }
    let value = spelling::plain(value);
    if value.chars().count() > most {
        return Err(Refusal::invalid(field, text!("{field} is too long: at most {most} characters.", most)));
    }
    Ok(value)
}

/// A name that must be unlike others of its kind: not one of them in another spelling, nor the look of one.
pub fn unlike<'a>(name: &str, mut others: impl Iterator<Item = &'a str> + Clone) -> Result<(), Refusal> {
    // What the database compares itself.
    if name.is_ascii() {
        return Ok(());
    }
    if others.clone().any(|other| spelling::same(name, other)) {
        let taken = Refusal::because(Code::Taken, "{field} is in use already: choose another value.");
        return Err(taken.at("name"));
    }
    match others.any(|other| spelling::imitates(name, other)) {
        true => Err(email::imitation().at("name")),
        false => Ok(()),
    }
}

/// An email address that mail can be sent to, in its one spelling; see [`email::checked`].
pub fn email(value: &str) -> Result<String, Refusal> {
    email::checked(&text("email", value, 254)?)
}

/// A password that somebody chose: long enough to be worth the name (NIST SP 800-63B asks for no more).
pub fn password(value: &str) -> Result<(), Refusal> {
    match value.chars().count() {
        0..10 => Err(Refusal::invalid("password", "{field} must have at least 10 characters.")),
        10..=200 => Ok(()),
        _ => Err(Refusal::invalid("password", "{field} must have at most 200 characters.")),
    }
}

/// A workspace's name in addresses.
pub fn slug(value: &str) -> Result<String, Refusal> {
    let letters = value.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    let edges = value.starts_with('-') || value.ends_with('-');
    if (2..=40).contains(&value.len()) && letters && !edges {
        return Ok(value.to_owned());
    }
    let message = text!(
        "{field} must have 2 to 40 lower-case letters, digits or hyphens, and begin and end with a letter or digit."
    );
    Err(Refusal::invalid("slug", message))
}

/// Digits that can be dialled inside the workspace.
pub fn digits(field: &'static str, value: &str) -> Result<String, Refusal> {
    let value = value.trim();
    if (2..=8).contains(&value.len()) && value.chars().all(|c| c.is_ascii_digit()) {
        return Ok(value.to_owned());
    }
    Err(Refusal::invalid(field, "{field} must be 2 to 8 digits, like 201."))
}

/// A phone number in E.164: `+`, then 7 to 15 digits that do not begin with 0 (ITU-T E.164).
pub fn e164(field: &'static str, value: &str) -> Result<String, Refusal> {
    let value: String = value.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '.' | '/')).collect();
    let good = value.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.chars().all(|c| c.is_ascii_digit())
    });
    if good {
        return Ok(value);
    }
    Err(Refusal::invalid(field, "{field} must be in international form, like +442079460123."))
}

/// A time zone of the IANA database.
pub fn time_zone(value: &str) -> Result<String, Refusal> {
    match jiff::tz::TimeZone::get(value) {
        Ok(_) => Ok(value.to_owned()),
        Err(_) => Err(Refusal::invalid("time_zone", "{field} must be an IANA name, like Europe/Berlin.")),
    }
}

/// A country calling code without `+` (ITU-T E.164), or nothing.
pub fn country_code(value: &str) -> Result<String, Refusal> {
    let value = value.trim();
    let good = value.len() <= 3 && value.chars().all(|c| c.is_ascii_digit()) && !value.starts_with('0');
    if good {
        return Ok(value.to_owned());
    }
    Err(Refusal::invalid("country_code", "{field} must be 1 to 3 digits without +, like 49, or empty."))
}

/// A role of the workspace.
pub fn role(model: &Model, id: Id) -> Result<Id, Refusal> {
    if model.roles.contains_key(&id) {
        return Ok(id);
    }
    Err(Refusal::invalid("role", "{field} is not a role of this workspace."))
}

/// A user of the workspace.
pub fn user(model: &Model, id: Id) -> Result<Id, Refusal> {
    if model.users.contains_key(&id) {
        return Ok(id);
    }
    Err(Refusal::invalid("user", "{field} is not a user of this workspace."))
}

/// A moment that is still to come, where one is given.
pub fn future(field: &'static str, at: Option<Moment>, now: Micros) -> Result<Option<Micros>, Refusal> {
    if at.is_some_and(|Moment(at)| at <= now || jiff::Timestamp::from_microsecond(at).is_err()) {
        let message = text!("{field} must be in the future, like 2030-03-01T09:00:00Z.");
        return Err(Refusal::invalid(field, message));
    }
    Ok(at.map(|at| at.0))
}

/// A unit of the right kind.
pub fn unit(
    model: &Model,
    field: &'static str,
    kind: access::model::UnitKind,
    id: Id,
) -> Result<Id, Refusal> {
    if model.units.get(&id).is_some_and(|unit| unit.kind == kind) {
        return Ok(id);
    }
    Err(no_unit(field))
}

/// What is said of a unit that is not there, or that the asker may not know of.
pub(crate) fn no_unit(field: &'static str) -> Refusal {
    Refusal::invalid(field, "{field} is not one of this workspace.")
}

/// How many leads somebody is given at most.
pub fn lead_cap(cap: i64) -> Result<i64, Refusal> {
    if (0..=100_000).contains(&cap) {
        return Ok(cap);
    }
    Err(Refusal::invalid("lead_cap", "{field} must be a whole number from 0 to 100000, or nothing."))
}

/// Cells as the API has them: permission names with the words of their reaches.
pub fn cells(
    field: &'static str,
    holds: &std::collections::BTreeMap<String, Vec<String>>,
) -> Result<Vec<Cell>, Refusal> {
    let mut cells = vec![];
    for (name, words) in holds {
        let permission = Permission::from_name(name)
            .ok_or_else(|| Refusal::invalid(field, text!("`{name}` is not a permission.", name)))?;
        let mut reaches = Reaches::NONE;
        for word in words {
            let possible = permission.entry().reaches;
            let reach = Reach::from_word(word).filter(|r| possible.has(*r)).ok_or_else(|| {
                let words = possible.words().join(", ");
                Refusal::invalid(
                    field,
                    text!("`{name}` cannot reach `{word}`; it can reach: {words}.", name, word, words),
                )
            })?;
            reaches = reaches.with(reach);
        }
        if !reaches.is_empty() {
            cells.push((permission, reaches));
        }
    }
    Ok(cells)
}
