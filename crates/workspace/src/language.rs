//! The languages that the console speaks (ONF-11).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A language of the console. Each user chooses their own; who has not chosen gets the browser's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English, in which the texts are written.
    #[default]
    En,
    /// French.
    Fr,
    /// German.
    De,
    /// Spanish.
    Es,
}

impl Language {
    /// Every language.
    pub const ALL: [Language; 4] = [Language::En, Language::Fr, Language::De, Language::Es];

    /// The language's code (BCP 47).
    pub const fn code(self) -> &'static str {
        match self {
            Language::En => "en",
            Language::Fr => "fr",
            Language::De => "de",
            Language::Es => "es",
        }
    }

    /// What its speakers call it.
    pub const fn name(self) -> &'static str {
        match self {
            Language::En => "English",
            Language::Fr => "Français",
            Language::De => "Deutsch",
            Language::Es => "Español",
        }
    }

    /// The language of a code.
    pub fn of(code: &str) -> Option<Language> {
        Language::ALL.into_iter().find(|language| language.code() == code)
    }

    /// The language that somebody chose, as the database has it: nothing where they did not.
    pub(crate) fn stored(chosen: Option<Language>) -> String {
        chosen.map_or_else(String::new, |language| language.code().to_owned())
    }

    /// The first language of an `Accept-Language` header (RFC 9110, 12.5.4) that the console speaks. The order in the
    /// header is taken for the order of preference, as browsers send it.
    pub fn accepted(header: &str) -> Option<Language> {
        let wanted = header.split(',').map(|part| part.split([';', '-']).next().unwrap_or_default().trim());
        wanted.filter_map(|code| Language::of(&code.to_lowercase())).next()
    }
}
