//! Sentences for people that can be said in another language: an English template and the values named in it.

use std::borrow::Cow;
use std::fmt::{self, Display, Write};

use serde::{Serialize, Serializer};

/// A sentence. Written out (`Display`, JSON) it is English; [`Text::say`] says it in other words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    template: Cow<'static, str>,
    values: Vec<(&'static str, Value)>,
}

/// What stands at a name in a template.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    /// The same in every language: a name, a number.
    Plain(String),
    /// Texts of their own, to be said as well.
    Texts(Vec<Text>),
}

/// How a text is put into a language.
pub trait Words {
    /// An English template in that language.
    fn template<'a>(&self, english: &'a str) -> Cow<'a, str>;

    /// A value, where there is a better word for it than itself.
    fn value<'a>(&self, _name: &str, value: &'a str) -> Cow<'a, str> {
        Cow::Borrowed(value)
    }
}

struct English;

impl Words for English {
    fn template<'a>(&self, english: &'a str) -> Cow<'a, str> {
        Cow::Borrowed(english)
    }
}

impl Text {
    /// A sentence without values so far.
    pub const fn new(template: &'static str) -> Text {
        Text { template: Cow::Borrowed(template), values: vec![] }
    }

    /// With a value that is the same in every language.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Display) -> Text {
        self.values.push((name, Value::Plain(value.to_string())));
        self
    }

    /// With a text within the text.
    #[must_use]
    pub fn and(self, name: &'static str, text: Text) -> Text {
        self.list(name, vec![text])
    }

    /// With texts one after the other within the text.
    #[must_use]
    pub fn list(mut self, name: &'static str, texts: Vec<Text>) -> Text {
        self.values.push((name, Value::Texts(texts)));
        self
    }

    /// The sentence in some words.
    pub fn say(&self, words: &dyn Words) -> String {
        let mut said = String::new();
        // A string takes everything that is written to it.
        let _ = self.write(words, &mut said);
        said
    }

    fn write(&self, words: &dyn Words, to: &mut dyn Write) -> fmt::Result {
        for piece in pieces(&words.template(&self.template)) {
            match piece {
                Piece::Plain(text) => to.write_str(text)?,
                Piece::Named(name) => match self.values.iter().find(|(known, _)| *known == name) {
                    Some((_, Value::Plain(value))) => to.write_str(&words.value(name, value))?,
                    Some((_, Value::Texts(texts))) => {
                        for (at, text) in texts.iter().enumerate() {
                            to.write_str(if at > 0 { ", " } else { "" })?;
                            text.write(words, to)?;
                        }
                    }
                    None => write!(to, "{{{name}}}")?,
                },
            }
        }
        Ok(())
    }
}

impl Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(&English, f)
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl From<&'static str> for Text {
    fn from(template: &'static str) -> Text {
        Text::new(template)
    }
}

/// What comes from elsewhere, such as a parser's error: said as it is.
impl From<String> for Text {
    fn from(text: String) -> Text {
        Text { template: Cow::Owned(text), values: vec![] }
    }
}

/// A piece of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Text as it is.
    Plain(&'a str),
    /// The name of a value, written `{name}`.
    Named(&'a str),
}

/// A template's texts and the names of its values, in order.
pub fn pieces(template: &str) -> Vec<Piece<'_>> {
    let mut found = vec![];
    let mut rest = template;
    while let Some((before, (name, after))) =
        rest.split_once('{').and_then(|(before, after)| Some((before, after.split_once('}')?)))
    {
        found.extend([Piece::Plain(before), Piece::Named(name)]);
        rest = after;
    }
    found.push(Piece::Plain(rest));
    found
}

/// A [`Text`] of a template and values: `text!("{name} has {n} calls.", name, n = calls.len())`.
#[macro_export]
macro_rules! text {
    ($template:literal $(, $name:ident $(= $value:expr)?)* $(,)?) => {
        $crate::Text::new($template)$(.with(stringify!($name), $crate::text!(@value $name $(= $value)?)))*
    };
    (@value $name:ident = $value:expr) => { $value };
    (@value $name:ident) => { &$name };
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::{Text, Words};

    struct German;

    impl Words for German {
        fn template<'a>(&self, english: &'a str) -> Cow<'a, str> {
            match english {
                "{name} may {what}" => "{name} darf {what}".into(),
                "see calls" => "Anrufe sehen".into(),
                other => other.into(),
            }
        }

        fn value<'a>(&self, name: &str, value: &'a str) -> Cow<'a, str> {
            if name == "name" { value.to_uppercase().into() } else { value.into() }
        }
    }

    #[test]
    fn a_text_is_english_unless_it_is_said_in_other_words() {
        let name = "Mia {what}";
        let text = crate::text!("{name} may {what}", name).and("what", Text::new("see calls"));
        assert_eq!(text.to_string(), "Mia {what} may see calls");
        assert_eq!(text.say(&German), "MIA {WHAT} darf Anrufe sehen");
    }

    #[test]
    fn a_name_without_a_value_stays() {
        assert_eq!(Text::new("{a} {").to_string(), "{a} {");
    }
}
