//! Texts in the reader's language: written in English in the code, looked up by their English where another is asked.
//!
//! The language of a request is set once, around its handler ([`speaking`]); whatever is rendered inside speaks it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Display;
use std::future::Future;

use access::text::{Piece, pieces};
use maud::{Markup, html};

use super::fields;

/// What is needed of a language to speak it.
#[derive(Debug, Clone, Copy)]
pub struct Speech {
    /// Its code (BCP 47), by which its rules are known.
    pub code: &'static str,
    /// Its texts by their English; none for English itself.
    pub texts: Option<&'static HashMap<String, String>>,
}

/// English, in which the texts are written.
impl Default for Speech {
    fn default() -> Speech {
        Speech { code: "en", texts: None }
    }
}

tokio::task_local! {
    static SPOKEN: Speech;
}

/// Renders what is inside in a language.
pub async fn speaking<F: Future>(speech: Speech, inside: F) -> F::Output {
    SPOKEN.scope(speech, inside).await
}

fn spoken() -> Speech {
    SPOKEN.try_with(|speech| *speech).unwrap_or_default()
}

/// The code of the language of the request that is being answered (BCP 47).
pub fn spoken_code() -> &'static str {
    spoken().code
}

/// A text of the code in the reader's language.
pub fn t(english: &'static str) -> &'static str {
    translated(english).unwrap_or(english)
}

/// A text that comes from a table (a permission's meaning, a refusal), in the reader's language.
pub fn said(english: &str) -> Cow<'_, str> {
    translated(english).map_or(Cow::Borrowed(english), Cow::Borrowed)
}

/// A text that is looked up where it is shown, in a table that cannot look it up itself: marks it for translation.
pub const fn later(english: &'static str) -> &'static str {
    english
}

/// A text with values: `fill(t("{n} of {total}"), &[("n", &n), ("total", &total)])`.
pub fn fill(template: &str, values: &[(&str, &dyn Display)]) -> String {
    let mut filled = String::with_capacity(template.len());
    for piece in pieces(template) {
        match piece {
            Piece::Plain(text) => filled.push_str(text),
            Piece::Named(name) => match values.iter().find(|(known, _)| *known == name) {
                Some((_, value)) => filled.push_str(&value.to_string()),
                None => filled.push_str(&format!("{{{name}}}")),
            },
        }
    }
    filled
}

/// A text whose values are pieces of a page: `weave(t("They lead {unit}."), &[("unit", html! { strong { (unit) } })])`.
pub fn weave(template: &str, values: &[(&str, Markup)]) -> Markup {
    html! {
        @for piece in pieces(template) {
            @match piece {
                Piece::Plain(text) => (text),
                Piece::Named(name) => { @if let Some((_, value)) = values.iter().find(|(known, _)| *known == name) { (value) } }
            }
        }
    }
}

/// A text about a number of things, `{n}` in it: `count(n, "{n} person", "{n} people")`. French counts none as one.
pub fn count(n: i64, one: &'static str, many: &'static str) -> String {
    fill(t(plural(n, one, many)), &[("n", &number(n))])
}

/// The form of a text that goes with a number of things; for texts with other values beside `{n}`.
pub fn plural(n: i64, one: &'static str, many: &'static str) -> &'static str {
    if n == 1 || (n == 0 && spoken_code() == "fr") { one } else { many }
}

/// A number with its thousands set apart as the reader's language does: `20,318`, `20.318`.
pub fn number(n: i64) -> String {
    let gap = match spoken_code() {
        "de" => '.',
        // Narrow no-break space, as both languages' academies ask.
        "fr" | "es" => '\u{202f}',
        _ => ',',
    };
    let digits = n.to_string();
    let apart = |at: usize| at > 0 && (digits.len() - at).is_multiple_of(3);
    digits
        .chars()
        .enumerate()
        .flat_map(|(at, digit)| apart(at).then_some(gap).into_iter().chain([digit]))
        .collect()
}

/// With a capital letter, for a text that stands alone.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// A label within a sentence. German nouns keep their capital.
pub fn within(label: &str) -> String {
    if spoken_code() == "de" { label.to_owned() } else { label.to_lowercase() }
}

/// Things one after the other: `a, b and c`.
pub fn listed<S: AsRef<str>>(things: &[S]) -> String {
    let things: Vec<&str> = things.iter().map(AsRef::as_ref).collect();
    match things.as_slice() {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => {
            fill(t("{things} and {last}"), &[("things", &first.join(", ")), ("last", last)])
        }
    }
}

/// A sentence of the product in the reader's language, with fields called as the console calls them.
pub fn in_words(text: &access::Text) -> String {
    text.say(&Reader)
}

struct Reader;

impl access::text::Words for Reader {
    fn template<'a>(&self, english: &'a str) -> Cow<'a, str> {
        said(english)
    }

    fn value<'a>(&self, name: &str, value: &'a str) -> Cow<'a, str> {
        let field = if name == "field" { fields::label(value) } else { None };
        field.map_or(Cow::Borrowed(value), Cow::Borrowed)
    }
}

fn translated(english: &str) -> Option<&'static str> {
    spoken().texts?.get(english).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use maud::html;

    use super::{Speech, count, fill, number, speaking, weave};

    #[test]
    fn a_value_that_looks_like_a_template_is_put_as_it_is() {
        assert_eq!(fill("{a} and {b}", &[("a", &"{b}"), ("b", &"x")]), "{b} and x");
    }

    #[test]
    fn what_is_woven_into_a_text_stays_markup_and_the_text_does_not() {
        let woven = weave("<{unit}>", &[("unit", html! { b { "A" } })]);
        assert_eq!(woven.into_string(), "&lt;<b>A</b>&gt;");
    }

    #[test]
    fn counts_agree_with_their_noun() {
        assert_eq!(count(0, "{n} call", "{n} calls"), "0 calls");
        assert_eq!(count(1, "{n} call", "{n} calls"), "1 call");
        assert_eq!(count(20318, "{n} call", "{n} calls"), "20,318 calls");
    }

    #[tokio::test]
    async fn thousands_are_set_apart_as_the_language_does() {
        assert_eq!(number(1_000_000), "1,000,000");
        let speech = |code| Speech { code, texts: None };
        assert_eq!(speaking(speech("de"), async { number(20_318) }).await, "20.318");
        assert_eq!(speaking(speech("fr"), async { number(999) }).await, "999");
    }
}
