//! The languages that the console and its mail speak (ONF-11), and the texts in each.
//!
//! Texts are written in English in the code and looked up by their English.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use access::text::Words;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The texts of one language by their English.
pub type Texts = HashMap<String, String>;

/// The texts of one language: a file for each area, and one for what several of them say.
macro_rules! texts {
    (@area $code:literal $area:literal) => {
        include_str!(concat!("../../lang/", $code, "/", $area, ".toml"))
    };
    ($code:literal) => {
        LazyLock::new(|| {
            read(&[
                texts!(@area $code "calls"),
                texts!(@area $code "entry"),
                texts!(@area $code "kernel"),
                texts!(@area $code "lines"),
                texts!(@area $code "money"),
                texts!(@area $code "office"),
                texts!(@area $code "people"),
                texts!(@area $code "rights"),
            ])
        })
    };
}

static FRENCH: LazyLock<Texts> = texts!("fr");
static GERMAN: LazyLock<Texts> = texts!("de");
static SPANISH: LazyLock<Texts> = texts!("es");

fn read(areas: &[&str]) -> Texts {
    // A test reads every file; one that cannot be read leaves its texts in English.
    areas.iter().flat_map(|text| toml::from_str::<Texts>(text).unwrap_or_default()).collect()
}

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

    /// The texts of the language; none for English, which the code has.
    pub fn texts(self) -> Option<&'static Texts> {
        match self {
            Language::En => None,
            Language::Fr => Some(&FRENCH),
            Language::De => Some(&GERMAN),
            Language::Es => Some(&SPANISH),
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

/// Says sentences in the language; what has no translation stays as it is.
impl Words for Language {
    fn template<'a>(&self, english: &'a str) -> Cow<'a, str> {
        let text = self.texts().and_then(|texts| texts.get(english));
        text.map_or(Cow::Borrowed(english), |text| Cow::Borrowed(text.as_str()))
    }
}
