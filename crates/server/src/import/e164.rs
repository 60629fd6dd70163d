//! Phone numbers in E.164 (`+4930…`), whatever way a source wrote them.

use rlibphonenumber::{
    PHONE_NUMBER_UTIL, PhoneNumberFormat,
    enums::{NumberLengthType, Region},
};

/// Most digits of a number, country calling code included (ITU-T E.164, 6.1).
const MAX_DIGITS: usize = 15;

/// Fewest digits that are taken for a whole number; the shortest in use, on small islands, have 7.
const MIN_DIGITS: usize = 7;

/// How numbers are written where a workspace is at home.
#[derive(Clone, Copy, Debug, Default)]
pub struct NumberPlan {
    home: Option<Region>,
}

impl NumberPlan {
    /// The plan of the country, or the main country, with this calling code, such as 49.
    ///
    /// # Errors
    /// If no country has that calling code.
    pub fn of_calling_code(code: u16) -> Result<Self, String> {
        let region = PHONE_NUMBER_UTIL.get_region_for_country_code(i32::from(code));
        match region {
            Some(region) => Ok(NumberPlan { home: Some(region) }),
            None => Err(format!("no country has the calling code {code}")),
        }
    }

    /// The number in E.164, or nothing if it is none that can be reached from abroad: an extension, a
    /// feature code, an address, a withheld caller.
    ///
    /// `+49 30…` and `0049 30…` need no home country; `030…` does.
    #[must_use]
    pub fn normalise(&self, text: &str) -> Option<String> {
        let text = text.strip_prefix("tel:").unwrap_or(text);
        if let Some(rest) = text.strip_prefix('+') {
            return international(rest);
        }
        let national = || self.national(text);
        match text.strip_prefix("00") {
            Some(rest) => international(rest).or_else(national),
            None => national(),
        }
    }

    fn national(&self, text: &str) -> Option<String> {
        let home = self.home?;
        digits(text).filter(|digits| digits.len() >= MIN_DIGITS)?;
        let number = PHONE_NUMBER_UTIL.parse(text, Some(home)).ok()?;
        // A local number without its area code is possible too, but cannot be reached from abroad.
        let length = PHONE_NUMBER_UTIL.is_possible_number_with_reason(&number);
        if !matches!(length, Ok(NumberLengthType::IsPossible)) {
            return None;
        }
        let text = PHONE_NUMBER_UTIL.format(&number, PhoneNumberFormat::E164);
        text.strip_prefix('+').and_then(international)
    }
}

/// Digits after the plus sign: cheap to check, and nearly every row has them.
fn international(text: &str) -> Option<String> {
    let digits = digits(text)?;
    let fits = (MIN_DIGITS..=MAX_DIGITS).contains(&digits.len()) && !digits.starts_with('0');
    fits.then(|| format!("+{digits}"))
}

/// The digits of a number without the signs that people group them with; none if it holds others.
fn digits(text: &str) -> Option<String> {
    let is_sign = |c: &char| matches!(c, ' ' | '-' | '.' | '(' | ')' | '/' | '\u{a0}');
    let mut digits = String::with_capacity(text.len() + 1);
    for c in text.chars().filter(|c| !is_sign(c)) {
        if !c.is_ascii_digit() {
            return None;
        }
        digits.push(c);
    }
    Some(digits)
}

#[cfg(test)]
#[path = "e164_tests.rs"]
mod tests;
