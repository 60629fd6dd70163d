//! A person's initials in a coloured disc.

use maud::{Markup, html};

/// Number of hues in the style sheet (`.hue-0` to `.hue-5`).
const HUES: usize = 6;

/// The initials of `name`; decoration only, so always write the name beside it.
#[must_use]
pub fn avatar(name: &str) -> Markup {
    let hue = name.bytes().fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into())) % HUES;
    html! { span class={ "avatar hue-" (hue) } aria-hidden="true" { (initials(name)) } }
}

/// A person as lists show one: initials, name, and a line below, such as the address.
#[must_use]
pub fn person(name: &str, detail: &str) -> Markup {
    html! {
        span.person {
            (avatar(name))
            span.person-text {
                span.person-name { (name) }
                @if !detail.is_empty() { span.person-detail { (detail) } }
            }
        }
    }
}

fn initials(name: &str) -> String {
    let mut letters = name.split_whitespace().filter_map(|word| word.chars().next());
    let first = letters.next();
    first.into_iter().chain(letters.next_back()).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_are_those_of_the_first_and_last_word() {
        assert_eq!(initials("Mara Lindqvist"), "ML");
        assert_eq!(initials("jan van der berg"), "JB");
        assert_eq!(initials("Übung"), "Ü");
        assert_eq!(initials("  "), "");
    }
}
