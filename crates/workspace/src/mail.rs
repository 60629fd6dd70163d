//! Mail to people: what it is about, and its text in the reader's language.
//!
//! A mail is written with the change that it tells of ([`post`]) and sent later, where a mail server is set up.

use access::text::{Piece, pieces};
use access::{Id, Micros};
use store::Change;
use store::mail::NewMail;

use crate::Answer;
use crate::language::Language;
use crate::mail_texts::{TEXTS, Text};

/// Stands for the server's own address in a mail until it is sent or shown. The address is never taken from the
/// request that caused the mail: whoever sends that may claim any (its Host header).
pub const ADDRESS: &str = "{address}";

/// What a mail is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Somebody was added and sets their first password. Values: `by`, `path`.
    Invitation,
    /// Somebody forgot their password. Values: `path`.
    PasswordReset,
    /// Somebody asks for access; for whoever can decide. Values: `by`, `wants`, `reason`, `path`.
    RequestMade,
    /// A request for access was decided; for whoever asked. Values: `by`, `outcome`, `note`, `path`.
    RequestDecided,
    /// Somebody is asked to review the access of others. Values: `by`, `review`, `path`.
    ReviewStarted,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 5] =
        [Kind::Invitation, Kind::PasswordReset, Kind::RequestMade, Kind::RequestDecided, Kind::ReviewStarted];

    /// The word in the database and the API.
    pub const fn word(self) -> &'static str {
        match self {
            Kind::Invitation => "invitation",
            Kind::PasswordReset => "password_reset",
            Kind::RequestMade => "request_made",
            Kind::RequestDecided => "request_decided",
            Kind::ReviewStarted => "review_started",
        }
    }

    /// The kind of a word.
    pub fn of(word: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.word() == word)
    }

    fn text(self, language: Language) -> Text {
        let of = |language| TEXTS.iter().find(|text| (text.kind, text.language) == (self, language));
        of(language).or_else(|| of(Language::En)).copied().unwrap_or(Text::EMPTY)
    }
}

/// Writes a mail to a user in their language, as a part of a change. `values` fill the kind's text; `path` among them
/// is the address below the workspace's that the mail leads to, like `/requests/12`. Banned users get none.
pub async fn post(change: &mut Change<'_>, to: Id, kind: Kind, values: &[(&str, &str)]) -> Answer<()> {
    write(change, to, kind, values, None).await.map(|_| ())
}

/// The same with a link in it that is good until a moment; the workspace's name in addresses.
pub(crate) async fn write(
    change: &mut Change<'_>,
    to: Id,
    kind: Kind,
    values: &[(&str, &str)],
    link: Option<(Id, Micros)>,
) -> Answer<String> {
    let reader = change.addressee(to).await?;
    if reader.standing == "banned" {
        return Ok(reader.slug);
    }
    let home = format!("{ADDRESS}/w/{}", reader.slug);
    let known =
        [("name", reader.name.as_str()), ("workspace", reader.workspace.as_str()), ("home", home.as_str())];
    let all: Vec<(&str, &str)> = known.iter().chain(values).copied().collect();
    let text = kind.text(Language::of(&reader.language).unwrap_or_default());
    change
        .add_mail(&NewMail {
            user: to,
            kind: kind.word(),
            recipient: &reader.email,
            subject: &one_line(&fill(text.subject, &all)),
            body: &fill(text.body, &all),
            link,
        })
        .await?;
    Ok(reader.slug)
}

/// Puts values into a text, in one pass, so that a value cannot name another one (a link, say, in somebody's name).
fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let value = |name: &str| values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value);
    let said = |piece| match piece {
        Piece::Plain(text) => text,
        Piece::Named(name) => value(name),
    };
    pieces(template).into_iter().map(said).collect()
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Kind, fill};
    use crate::language::Language;

    fn names(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|part| part.split_once('}').map(|(name, _)| name)).collect()
    }

    #[test]
    fn every_mail_says_the_same_in_every_language() {
        for kind in Kind::ALL {
            let english = kind.text(Language::En);
            assert!(!english.subject.is_empty() && names(english.body).contains("path"), "{kind:?}");
            for language in Language::ALL {
                let text = kind.text(language);
                assert_eq!(text.language, language, "{kind:?} has no text in it");
                assert_eq!(names(text.body), names(english.body), "{kind:?} in {language:?}");
                assert_eq!(names(text.subject), names(english.subject), "{kind:?} in {language:?}");
            }
        }
    }

    #[test]
    fn a_value_cannot_name_another_one() {
        let values = [("name", "{path}"), ("path", "/secret")];
        assert_eq!(fill("Hello {name}: {path}", &values), "Hello {path}: /secret");
    }
}
