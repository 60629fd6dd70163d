//! Outside phone numbers for people who may not see them in full (ALL-08).

/// So many characters or fewer are dialled inside the workspace: extensions, queues, service codes.
const INSIDE: usize = 6;

/// An outside number with its middle hidden: `+49•••••••12`. What is too short to be one stays.
pub fn mask(party: &str) -> String {
    let length = party.chars().count();
    let has_digits = party.chars().any(|c| c.is_ascii_digit());
    if length <= INSIDE || !has_digits {
        return party.to_owned();
    }
    let first = if party.starts_with('+') { 3 } else { 2 };
    let last = if length < 10 { length } else { length - 2 };
    party.chars().enumerate().map(|(at, c)| if at < first || at >= last { c } else { '•' }).collect()
}

/// A caller's name, which systems fill with the number where they know no name.
pub fn mask_name(name: &str) -> String {
    let digits = name.chars().filter(char::is_ascii_digit).count();
    if digits > INSIDE { mask(name) } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use crate::calls::mask::{mask, mask_name};

    #[test]
    fn an_outside_number_keeps_its_country_and_its_last_two_digits() {
        assert_eq!(mask("+491761234512"), "+49••••••••12");
        assert_eq!(mask("017612345678"), "01••••••••78");
    }

    #[test]
    fn a_short_outside_number_shows_no_end_to_guess_the_rest_from() {
        assert_eq!(mask("+4930123"), "+49•••••");
    }

    #[test]
    fn what_is_dialled_inside_and_words_stay() {
        assert_eq!(mask("201"), "201");
        assert_eq!(mask("*97"), "*97");
        assert_eq!(mask("anonymous"), "anonymous");
    }

    #[test]
    fn a_name_is_hidden_only_where_it_is_a_number() {
        assert_eq!(mask_name("Example Ltd 24"), "Example Ltd 24");
        assert_eq!(mask_name("+491761234512"), "+49••••••••12");
    }
}
