//! Tests of writing numbers in E.164.

use proptest::prelude::*;

use super::*;

fn plan(code: u16) -> NumberPlan {
    NumberPlan::of_calling_code(code).unwrap()
}

#[test]
fn international_numbers_need_no_home_country() {
    let plan = NumberPlan::default();
    for text in ["+442079460001", "00442079460001", "+44 20 7946-0001", "tel:+44(20)79460001"] {
        assert_eq!(plan.normalise(text).as_deref(), Some("+442079460001"), "{text}");
    }
    assert_eq!(plan.normalise("02079460001"), None);
}

#[test]
fn national_numbers_are_those_of_the_home_country() {
    assert_eq!(plan(44).normalise("020 7946 0001").as_deref(), Some("+442079460001"));
    assert_eq!(plan(49).normalise("030 23125 001").as_deref(), Some("+493023125001"));
    assert_eq!(plan(1).normalise("(202) 555-0100").as_deref(), Some("+12025550100"));
    assert_eq!(plan(1).normalise("011 44 20 7946 0001").as_deref(), Some("+442079460001"));
}

#[test]
fn what_cannot_be_called_from_abroad_is_no_number() {
    for text in [
        "",
        "201",
        "*97",
        "s",
        "anonymous",
        "5550100",
        "+",
        "+0123456789",
        "+1234567890123456",
        "sip:anna@example.com",
        "0000000",
    ] {
        assert_eq!(plan(1).normalise(text), None, "{text}");
    }
}

#[test]
fn a_calling_code_that_nobody_has_is_refused() {
    assert!(NumberPlan::of_calling_code(999).is_err());
    assert!(NumberPlan::of_calling_code(0).is_err());
}

proptest! {
    #[test]
    fn whatever_comes_out_is_e164_and_stays_as_it_is(text in "\\PC{0,20}|[+0-9 ()-]{0,20}") {
        if let Some(number) = plan(49).normalise(&text) {
            prop_assert!(number.strip_prefix('+').is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit())));
            prop_assert_eq!(plan(49).normalise(&number), Some(number));
        }
    }
}
