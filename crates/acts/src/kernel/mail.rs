//! Mail to people: what it is about, and its text in the reader's language.
//!
//! A mail is written with the change that it tells of ([`post`]) and sent later, where a mail server is set up.

use access::model::Standing;
use access::{Id, Model, Text};
use store::change::mail::{MailLink, MailRow, NewMail};
use store::{Change, Store};

use crate::Answer;
use crate::kernel::language::Language;

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
    /// Too many wrong PINs closed PIN sign-in on new devices; for whose PIN it is. No values.
    PinClosed,
    /// What somebody was given to sign in with was withdrawn, since others know it who may do less; they choose their own.
    /// Values: `others`, `path`.
    OwnSecret,
    /// The same where somebody else set their email address, so that no link is mailed to it. Values: `others`.
    SecretTaken,
    /// The same of a PIN alone, of somebody who has a password of their own. Values: `others`, `path`.
    PinWithdrawn,
    /// The same for those others. Values: `person`.
    SecretWithdrawn,
    /// Somebody else changed one's email address; to the old one. Values: `by`, `new`.
    AddressChanged,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 11] = [
        Kind::Invitation,
        Kind::PasswordReset,
        Kind::RequestMade,
        Kind::RequestDecided,
        Kind::ReviewStarted,
        Kind::PinClosed,
        Kind::OwnSecret,
        Kind::SecretTaken,
        Kind::PinWithdrawn,
        Kind::SecretWithdrawn,
        Kind::AddressChanged,
    ];

    /// The word in the database and the API.
    pub const fn word(self) -> &'static str {
        match self {
            Kind::Invitation => "invitation",
            Kind::PasswordReset => "password_reset",
            Kind::RequestMade => "request_made",
            Kind::RequestDecided => "request_decided",
            Kind::ReviewStarted => "review_started",
            Kind::PinClosed => "pin_closed",
            Kind::OwnSecret => "own_secret",
            Kind::SecretTaken => "secret_taken",
            Kind::PinWithdrawn => "pin_withdrawn",
            Kind::SecretWithdrawn => "secret_withdrawn",
            Kind::AddressChanged => "address_changed",
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
            Kind::PinClosed => [
                Text::new("PIN sign-in at {workspace} is closed on new devices"),
                Text::new(
                    "Hello {name},\n\nsomebody typed ten wrong PINs in a row with your phone number at {workspace}. Nobody \
                     got in. PIN sign-in is closed on new devices until you sign in with your password; phones that you \
                     signed in on before go on as they are.\n\n{home}/sign-in\n\nIf it was not you, choose another PIN in \
                     your profile.\n",
                ),
            ],
            Kind::OwnSecret => [
                Text::new("Choose a password of your own for {workspace}"),
                Text::new(
                    "Hello {name},\n\nyou may now do more at {workspace} than others who know what you were given to sign \
                     in with ({others}). So that no longer works. Choose a password that only you know here:\n\n\
                     {home}{path}\n\nThe link is good for 7 days and works once.\n",
                ),
            ],
            Kind::SecretTaken => [
                Text::new("Your password for {workspace} no longer works"),
                Text::new(
                    "Hello {name},\n\nyou may now do more at {workspace} than others who know what you were given to sign \
                     in with ({others}). So that no longer works. Your email address was changed by somebody else, so no \
                     link is mailed to it: ask somebody who manages people for a temporary password.\n",
                ),
            ],
            Kind::PinWithdrawn => [
                Text::new("Your PIN for {workspace} no longer works"),
                Text::new(
                    "Hello {name},\n\nyou may now do more at {workspace} than others who know your PIN ({others}). So it no \
                     longer works. Sign in with your password and set another PIN here:\n\n{home}{path}\n",
                ),
            ],
            Kind::SecretWithdrawn => [
                Text::new("What you gave {person} to sign in with no longer works"),
                Text::new(
                    "Hello {name},\n\n{person} may now do more at {workspace} than you. So the password, PIN or link that \
                     you made or saw for them no longer works; they are sent the way to one of their own. You need not do \
                     anything.\n",
                ),
            ],
            Kind::AddressChanged => [
                Text::new("Your email address at {workspace} was changed"),
                Text::new(
                    "Hello {name},\n\n{by} changed your email address at {workspace}: from now on you sign in with {new}. If \
                     you did not expect this, tell an administrator at once. For one day, nobody is sent a link that sets \
                     another password for your account.\n",
                ),
            ],
        }
    }
}

/// Somebody as a mail names them: names can be chosen freely and be another's, so the address stands beside it.
pub(crate) fn named(model: &Model, user: Id) -> String {
    let name = plain(model.label(user));
    model.users.get(&user).map_or(name.clone(), |record| format!("{name} <{}>", record.email))
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
        text.with("name", plain(&reader.name))
            .with("workspace", plain(&reader.workspace))
            .with("home", &home)
            .say(&language)
    });
    let (subject, recipient) = (one_line(&subject), reader.email.as_str());
    change
        .add_mail(&NewMail { user: to, kind: kind.word(), recipient, subject: &subject, body: &body, link })
        .await?;
    Ok(reader.slug)
}

/// So many characters of a name stand in a mail.
const NAME: usize = 60;

/// A name as it stands in a mail: short, and nothing in it that a mail program would make a link of. Whoever chooses a
/// name chooses what strangers read in the company's mail.
pub fn plain(name: &str) -> String {
    let mut plain = String::new();
    let mut letters = name.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '/' | '\\' | ':' | '@' => plain.push(' '),
            '.' if letters.peek().is_some_and(|next| next.is_alphanumeric()) => plain.push_str(". "),
            letter if letter.is_control() => plain.push(' '),
            letter => plain.push(letter),
        }
    }
    let words: Vec<&str> = plain.split_whitespace().collect();
    words.join(" ").chars().take(NAME).collect()
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect()
}
