//! Texts in the reader's language: written in English in the code, looked up by their English where another is asked.
//!
//! The language of a request is set once, around its handler ([`speaking`]); whatever is rendered inside speaks it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::future::Future;
use std::sync::LazyLock;

use maud::{Markup, html};
use workspace::language::Language;

tokio::task_local! {
    static SPOKEN: Language;
}

/// The texts of one language by their English.
type Table = HashMap<String, String>;

static FRENCH: LazyLock<Table> = LazyLock::new(|| read(include_str!("../../lang/fr.toml")));
static GERMAN: LazyLock<Table> = LazyLock::new(|| read(include_str!("../../lang/de.toml")));
static SPANISH: LazyLock<Table> = LazyLock::new(|| read(include_str!("../../lang/es.toml")));

fn read(text: &str) -> Table {
    // A test reads every file; one that cannot be read leaves the texts in English.
    toml::from_str(text).unwrap_or_default()
}

/// The texts of a language; none for English.
pub fn table(language: Language) -> Option<&'static Table> {
    match language {
        Language::En => None,
        Language::Fr => Some(&FRENCH),
        Language::De => Some(&GERMAN),
        Language::Es => Some(&SPANISH),
    }
}

/// Renders what is inside in a language.
pub async fn speaking<F: Future>(language: Language, inside: F) -> F::Output {
    SPOKEN.scope(language, inside).await
}

/// The language of the request that is being answered.
pub fn spoken() -> Language {
    SPOKEN.try_with(|language| *language).unwrap_or_default()
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

/// A text whose values are pieces of a page: `weave(t("They lead {unit}."), &[("unit", html! { strong { (unit) } })])`.
pub fn weave(template: &str, values: &[(&str, Markup)]) -> Markup {
    html! {
        @for (at, piece) in template.split(['{', '}']).enumerate() {
            @if at % 2 == 0 { (piece) }
            @else if let Some((_, value)) = values.iter().find(|(known, _)| *known == piece) { (value) }
        }
    }
}

/// A text with values: `fill(t("{n} of {total}"), &[("n", &n), ("total", &total)])`.
pub fn fill(template: &str, values: &[(&str, &dyn std::fmt::Display)]) -> String {
    let put = |text: String, (name, value): &(&str, &dyn std::fmt::Display)| {
        text.replace(&format!("{{{name}}}"), &value.to_string())
    };
    values.iter().fold(template.to_owned(), put)
}

/// A text about a number of things, `{n}` in it: `count(n, "{n} person", "{n} people")`. French counts none as one.
pub fn count(n: i64, one: &'static str, many: &'static str) -> String {
    let single = n == 1 || (n == 0 && spoken() == Language::Fr);
    fill(t(if single { one } else { many }), &[("n", &n)])
}

fn translated(english: &str) -> Option<&'static str> {
    table(spoken())?.get(english).map(String::as_str)
}
