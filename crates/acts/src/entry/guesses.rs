//! Guesses at what people know (passwords, PINs): how many are checked, counted by whom and at what.
//!
//! However many guess, fewer than 100 are checked of one account in any 24 hours: a window begins with the first
//! guess, and two windows that touch have 90 (20 at the password, 10 at the PIN and 15 from devices that the user is
//! known on, twice). What strangers use up takes nothing from the user's own devices. What they send from an address
//! makes that address slow, and what they make up (addresses, numbers) takes nothing from accounts that are there. Ten
//! wrong PINs in a row from strange devices close a PIN to such devices, over however many days ([`crate::entry::pin`]).

use access::Id;
use store::Author;
use store::change::audit::Act;
use store::entry::guesses::{Block, Limit};

use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::secrets::token_hash;
use crate::{Answer, App};

/// Where somebody who shows who they are comes from.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    /// The client's address: what strangers are counted by.
    pub address: String,
    /// The browser or client, as it names itself.
    pub agent: String,
    /// The secret of the device, where it has one.
    pub device: Option<String>,
}

impl Caller {
    /// A caller who is known by nothing but a name: an import, a test.
    pub fn named(agent: &str) -> Caller {
        Caller { agent: agent.to_owned(), ..Caller::default() }
    }

    /// What the device's secret is kept as; none where it is no secret of ours.
    pub fn device_hash(&self) -> Option<String> {
        let well_formed = |d: &&String| d.len() == 32 && d.bytes().all(|b| b.is_ascii_hexdigit());
        self.device.as_ref().filter(well_formed).map(|device| device_hash(device))
    }
}

/// What a device's secret is kept as.
pub(crate) fn device_hash(device: &str) -> String {
    token_hash(&format!("device {device}"))
}

/// What guesses are counted by.
#[derive(Debug, Clone, Copy)]
pub(crate) enum By<'a> {
    /// Strangers' guesses at the password of an email address.
    Password(&'a str),
    /// Strangers' guesses at the PIN of a phone number.
    Pin(&'a str),
    /// Guesses at a user's password or PIN from where that user has signed in before.
    Known(Id),
    /// Strangers' guesses at passwords from a client address.
    Address(&'a str),
    /// Strangers' guesses at PINs from a client address, of numbers that are known and of those that are not.
    PinAddress(&'a str),
    /// Strangers' guesses at the PINs of numbers that are known, in the whole workspace.
    Pins,
    /// Phone numbers that nobody signs in with, in the whole workspace: so many strangers are told so.
    UnknownNumbers,
    /// A user's sign-ins by password or PIN, right as they are: each is written down for good.
    SignIns(Id),
    /// Phone numbers that a user says are theirs: the answer tells whether somebody else signs in with one.
    OwnPhone(Id),
    /// Links for forgotten passwords that a client address asks for.
    Asks(&'a str),
}

impl By<'_> {
    const fn limit(self) -> Limit {
        match self {
            By::Password(_) => Limit::of_day(5, 20),
            By::Pin(_) => Limit::of_day(5, 10),
            By::Known(_) => Limit::of_day(5, 15),
            // A whole office may be behind an address: it waits for minutes, and is never shut out for the day.
            By::Address(_) => Limit::slow(50, Limit::LONGEST),
            // Some 45 a day: few digits are tried on many phones sooner than a password on many accounts.
            By::PinAddress(_) => Limit::slow(10, 3_600 * 1_000_000),
            By::Pins => Limit::of_day(100, 100),
            By::UnknownNumbers => Limit::of_day(200, 200),
            // Whoever shares a device with others all day signs in some dozens of times.
            By::SignIns(_) => Limit::slow(60, Limit::LONGEST),
            By::OwnPhone(_) => Limit::of_day(10, 10),
            By::Asks(_) => Limit::of_day(50, 50),
        }
    }

    /// The key in the database: a hash, which keeps addresses and numbers of people out of it.
    pub(crate) fn target(self, workspace: i64) -> String {
        token_hash(&match self {
            By::Password(email) => format!("password {workspace} {email}"),
            By::Pin(phone) => format!("pin {workspace} {phone}"),
            By::Known(user) => format!("known {workspace} {user}"),
            By::Address(address) => format!("address {workspace} {address}"),
            By::PinAddress(address) => format!("pin address {workspace} {address}"),
            By::Pins => format!("pins {workspace}"),
            By::UnknownNumbers => format!("unknown numbers {workspace}"),
            By::SignIns(user) => format!("sign-ins {workspace} {user}"),
            By::OwnPhone(user) => format!("own phone {workspace} {user}"),
            By::Asks(address) => format!("asks {workspace} {address}"),
        })
    }

    /// What the audit log calls it.
    const fn word(self) -> &'static str {
        match self {
            By::Password(_) => "password",
            By::Pin(_) => "pin",
            By::Known(_) => "known device",
            By::Address(_) | By::PinAddress(_) => "client address",
            By::Pins => "PINs of the workspace",
            By::UnknownNumbers => "unknown numbers",
            By::SignIns(_) => "sign-ins",
            By::OwnPhone(_) => "own phone number",
            By::Asks(_) => "links asked for",
        }
    }
}

/// Who tries, for the audit log, before they are anybody.
pub(crate) fn nobody() -> Author {
    Author::new(None, "nobody", "sign-in")
}

/// Counts a guess before it is checked; refused where there were too many. `label` is what the audit log calls that
/// which is guessed at.
pub(crate) async fn take(app: &App, workspace: i64, by: By<'_>, label: &str) -> Answer<()> {
    match app.store.take_guess(&by.target(workspace), by.limit()).await? {
        Ok(()) => Ok(()),
        Err(block) => Err(blocked(app, workspace, by.word(), label, block).await?),
    }
}

/// Refuses where there were too many guesses; counts none.
pub(crate) async fn look(app: &App, workspace: i64, by: By<'_>, label: &str) -> Answer<()> {
    match app.store.guesses_left(&by.target(workspace)).await? {
        Ok(()) => Ok(()),
        Err(block) => Err(blocked(app, workspace, by.word(), label, block).await?),
    }
}

/// Whether strangers are still told that nobody signs in with a number. `known` is whether somebody does with the one
/// at hand; one with which nobody does is counted. Over the limit both kinds are answered alike, and go on being checked.
pub(crate) async fn tells_numbers(app: &App, workspace: i64, known: bool, label: &str) -> Answer<bool> {
    let counted = match known {
        true => look(app, workspace, By::UnknownNumbers, label).await,
        false => take(app, workspace, By::UnknownNumbers, label).await,
    };
    match counted {
        Ok(()) => Ok(true),
        Err(refusal) if refusal.code == Code::TooManyTries => Ok(false),
        Err(refusal) => Err(refusal),
    }
}

/// Gives a guess back that was right, or that was not checked after all.
pub(crate) async fn give_back(app: &App, workspace: i64, by: By<'_>) -> Answer<()> {
    Ok(app.store.return_guess(&by.target(workspace)).await?)
}

/// The refusal of a caller who showed too many wrong secrets.
pub(crate) async fn blocked_lookup(app: &App, caller: &Caller, slug: &str, block: Block) -> Answer<Refusal> {
    let workspace = match (block.begins, slug) {
        (true, slug) if !slug.is_empty() => app.store.workspace_by_slug(slug).await?,
        _ => None,
    };
    match workspace {
        Some(workspace) => blocked(app, workspace.id, "secrets", &caller.address, block).await,
        None => {
            if block.begins {
                tracing::warn!(address = %caller.address, "too many wrong tokens from one client address");
            }
            Ok(Refusal::too_many(block.wait))
        }
    }
}

/// The refusal of a guess that is not checked; the first one of a block is noted in the audit log.
async fn blocked(app: &App, workspace: i64, by: &str, label: &str, block: Block) -> Answer<Refusal> {
    if block.begins {
        let detail = serde_json::json!({ "reason": Code::TooManyTries.word(), "by": by });
        note(app, workspace, label, detail).await?;
    }
    Ok(Refusal::too_many(block.wait))
}

/// Writes down that somebody did not get in.
pub(crate) async fn note(app: &App, workspace: i64, label: &str, detail: serde_json::Value) -> Answer<()> {
    // No email address is longer, and the log keeps what strangers send for good.
    let label: String = label.chars().take(254).collect();
    let act = Act::done("session:create", "user", 0, label).with(detail);
    Ok(app.store.record_refusal(workspace, &nobody(), act).await?)
}
