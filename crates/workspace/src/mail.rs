//! Mail to people: what it is about, and its text in the reader's language.
//!
//! A mail is written with the change that it tells of ([`post`]) and sent later, where a mail server is set up.

use access::model::Standing;
use access::{Id, Text};
use store::mail::{MailLink, MailRow, NewMail};
use store::{Change, Store};

use crate::Answer;
use crate::language::Language;

/// Stands for the server's own address in a mail until it is sent or shown. The address is never taken from the
/// request that caused the mail: whoever sends that may claim any (its Host header).
const ADDRESS: &str = "{address}";

/// Stands for the path of the link in a mail until then: it has a secret in it and is kept sealed.
const LINK: &str = "{link}";

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

    /// The English of the subject and the body. `{name}` is the reader, `{workspace}` theirs, `{home}` its address; the
    /// rest as the kind says.
    fn texts(self) -> [Text; 2] {
        match self {
            Kind::Invitation => [
                Text::new("Your account at {workspace}"),
                Text::new(
                    "Hello {name},\n\n{by} added you to the phone workspace {workspace}. Choose a password here:\n\n\
                     {home}{path}\n\nThe link is good for 7 days and works once. If you did not expect this, ignore it.\n",
                ),
            ],
            Kind::PasswordReset => [
                Text::new("A new password for {workspace}"),
                Text::new(
                    "Hello {name},\n\nsomebody asked for a new password for your account at {workspace}. Choose one \
                     here:\n\n{home}{path}\n\nThe link is good for one hour and works once. If it was not you, ignore \
                     this: your password stays as it is.\n",
                ),
            ],
            Kind::RequestMade => [
                Text::new("{by} asks for access"),
                Text::new(
                    "Hello {name},\n\n{by} asks for access at {workspace}: {wants}\n\nReason: {reason}\n\nDecide here:\n\n\
                     {home}{path}\n",
                ),
            ],
            Kind::RequestDecided => [
                Text::new("Your request was decided"),
                Text::new(
                    "Hello {name},\n\n{by} decided on your request at {workspace}: {outcome}\n\n{note}See it here:\n\n\
                     {home}{path}\n",
                ),
            ],
            Kind::ReviewStarted => [
                Text::new("Please review access: {review}"),
                Text::new(
                    "Hello {name},\n\n{by} asks you to review the access of people at {workspace}: {review}. Keep or \
                     remove it line by line here:\n\n{home}{path}\n",
                ),
            ],
        }
    }
}

/// Writes a mail to a user in their language, as a part of a change. `fill` puts the kind's values into a text; `path`
/// among them is the address below the workspace's that the mail leads to, like `/requests/12`. Banned users get none.
pub async fn post(change: &mut Change<'_>, to: Id, kind: Kind, fill: impl Fn(Text) -> Text) -> Answer<()> {
    write(change, to, kind.texts().map(fill), kind, None).await.map(|_| ())
}

/// The same with a link in it, which stands at `path`; the workspace's name in addresses.
pub(crate) async fn post_link(
    change: &mut Change<'_>,
    to: Id,
    kind: Kind,
    fill: impl Fn(Text) -> Text,
    link: MailLink<'_>,
) -> Answer<String> {
    let filled = |text| fill(text).with("path", LINK);
    write(change, to, kind.texts().map(filled), kind, Some(link)).await
}

/// A mail's text as it is sent or shown, at the address that its links lead to; none where the link in it was sealed
/// with another server's key.
pub fn text(store: &Store, mail: &MailRow, address: &str) -> Option<String> {
    let body = mail.body.replace(ADDRESS, address);
    if mail.sealed.is_empty() { Some(body) } else { Some(body.replace(LINK, &store.mail_path(mail)?)) }
}

async fn write(
    change: &mut Change<'_>,
    to: Id,
    texts: [Text; 2],
    kind: Kind,
    link: Option<MailLink<'_>>,
) -> Answer<String> {
    let reader = change.addressee(to).await?;
    if reader.standing == Standing::Banned {
        return Ok(reader.slug);
    }
    let home = format!("{ADDRESS}/w/{}", reader.slug);
    let language = Language::of(&reader.language).unwrap_or_default();
    let [subject, body] = texts.map(|text| {
        text.with("name", &reader.name)
            .with("workspace", &reader.workspace)
            .with("home", &home)
            .say(&language)
    });
    let (subject, recipient) = (one_line(&subject), reader.email.as_str());
    change
        .add_mail(&NewMail { user: to, kind: kind.word(), recipient, subject: &subject, body: &body, link })
        .await?;
    Ok(reader.slug)
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect()
}
