//! Checks of input, each naming the field and the fix.

use access::{Cell, Micros, Permission, Reach, Reaches, text};
use zxcvbn::{Score, zxcvbn};

use crate::Moment;
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::{email, spelling};

/// Text that people read: in its one spelling (see [`spelling`]), not empty, not too long, no control characters, and
/// nothing that is no character at all.
pub fn text(field: &'static str, value: &str, most: usize) -> Result<String, Refusal> {
    let value = optional_text(field, value, most)?;
    if value.is_empty() { Err(Refusal::invalid(field, "{field} is needed.")) } else { Ok(value) }
}

/// Text that may be empty.
pub fn optional_text(field: &'static str, value: &str, most: usize) -> Result<String, Refusal> {
    let value = value.trim();
    if value.chars().any(|c| c.is_control() || spelling::is_none(c)) {
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

/// A password that somebody chose: long enough, and none that is guessed first (NIST SP 800-63B, 3.1.1.2: no common
/// passwords, no repetitions and sequences, and nothing of whose it is: their name, address and workspace, in `about`).
pub fn password(field: &'static str, value: &str, about: &[&str]) -> Result<(), Refusal> {
    match value.chars().count() {
        0..10 => return Err(Refusal::invalid(field, "{field} must have at least 10 characters.")),
        10..=200 => {}
        _ => return Err(Refusal::invalid(field, "{field} must have at most 200 characters.")),
    }
    // Estimating takes time with the square of the length; what is good so far is good with more.
    let start: String = value.chars().take(64).collect();
    let about: Vec<&str> = about.iter().flat_map(|text| words(text)).chain(["ringfence"]).collect();
    // A name as a part of it makes it longer and no harder: what is left has to do without.
    let mut left = start.to_lowercase();
    for word in about.iter().filter(|word| word.chars().count() > 3) {
        left = left.replace(&word.to_lowercase(), "");
    }
    if zxcvbn(&start, &about).score() < Score::Three || zxcvbn(&left, &about).score() < Score::Three {
        let message = text!(
            "{field} is too easy to guess: it is common, or has a pattern or your name in it. Choose three or four words that do not belong together."
        );
        return Err(Refusal::invalid(field, message));
    }
    Ok(())
}

/// A text, and the words in it that are long enough to be called part of a password.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split(|c: char| !c.is_alphanumeric()).filter(|part| part.chars().count() > 2);
    parts.chain([text])
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

/// A moment that is still to come, where one is given.
pub fn future(field: &'static str, at: Option<Moment>, now: Micros) -> Result<Option<Micros>, Refusal> {
    if at.is_some_and(|Moment(at)| at <= now || jiff::Timestamp::from_microsecond(at).is_err()) {
        let message = text!("{field} must be in the future, like 2030-03-01T09:00:00Z.");
        return Err(Refusal::invalid(field, message));
    }
    Ok(at.map(|at| at.0))
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

#[cfg(test)]
mod tests {
    use crate::kernel::check::{password, text};

    #[test]
    fn what_is_no_character_is_in_no_name() {
        for wrong in ['\u{fdd0}', '\u{fdef}', '\u{fffe}', '\u{ffff}', '\u{1fffe}', '\u{10ffff}', '\u{7}'] {
            for name in [format!("Ad{wrong}min"), format!("Admin{wrong}"), wrong.to_string()] {
                assert_eq!(text("name", &name, 60).unwrap_err().field.as_deref(), Some("name"), "{name:?}");
            }
        }
        assert_eq!(text("name", "Admin \u{fdf0}", 60).unwrap(), "Admin \u{fdf0}");
    }

    #[test]
    fn a_password_that_is_guessed_first_is_refused() {
        let about = ["Ana Okonkwo-Lindqvist", "ana.okonkwo@seaview-hotels.example", "Seaview Hotels"];
        for easy in [
            "1234567890",
            "aaaaaaaaaa",
            "          ",
            "qwertyuiop",
            "password123",
            "Passw0rd!!",
            "abcabcabcabc",
            "iloveyou2024",
            "1q2w3e4r5t",
            "okonkwo2024",
            "seaview123",
            "Lindqvist1!",
            "ringfence1",
        ] {
            assert!(password("password", easy, &about).is_err(), "{easy}");
        }
        for good in [
            "correct horse battery",
            "ringfence-demo-7 lamps",
            "mQ7-pf2Lx9wZ",
            "a long enough pass phrase",
            "viele kleine Boote im Nebel",
        ] {
            assert!(password("password", good, &about).is_ok(), "{good}");
        }
    }

    #[test]
    fn a_password_of_any_length_is_estimated_in_no_time() {
        let started = std::time::Instant::now();
        for text in ["a".repeat(200), "1aA!".repeat(50), "p4ssw0rd".repeat(25), "@$!1|7+".repeat(28)] {
            let _ = password("password", &text, &[]);
        }
        assert!(started.elapsed().as_secs() < 4, "{:?}", started.elapsed());
    }
}
