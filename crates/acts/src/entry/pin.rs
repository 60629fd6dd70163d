//! M-PINs (CLY-04): a few digits that sign a person in on the mobile pages, with their phone number.

use access::{Id, Permit, can, text};
use rand::Rng as _;
use schemars::JsonSchema;
use serde::Deserialize;
use store::change::audit::Act;
use store::change::secrets::Secret;
use store::{Author, Change, Identity, Intent};

use crate::entry::confirm::{self, Confirmation};
use crate::entry::guesses;
use crate::entry::own_secret;
use crate::kernel::mail;
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::secrets::Turn;
use crate::{Answer, App};

/// How many digits a workspace's PINs can have.
pub const DIGITS: [i64; 2] = [4, 6];

/// A new PIN for oneself.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PinChange {
    /// One's present password; left out where a temporary PIN opened the session.
    #[serde(default)]
    pub current: String,
    /// The digits to sign in with from now on.
    pub pin: String,
}

/// How many digits a workspace's PINs have.
async fn digits(app: &App, workspace: i64) -> Answer<i64> {
    Ok(app.store.workspace(workspace).await?.pin_digits)
}

/// Checks that text is a PIN of that many digits: digits only, and none of those that are guessed first.
pub fn check(pin: &str, digits: i64) -> Answer<()> {
    length(pin, digits)?;
    if guessed_first(pin.as_bytes()) {
        let message = text!(
            "{field} is too easy to guess: choose one that is no row (1234), no repetition (1111, 1212) and no year."
        );
        return Err(Refusal::invalid("pin", message));
    }
    Ok(())
}

/// Checks that a PIN is not what its user signs in with beside it.
fn is_not_of(phone: &str, pin: &str) -> Answer<()> {
    if phone.ends_with(pin) {
        let message = text!("{field} is the end of the phone number: choose other digits.");
        return Err(Refusal::invalid("pin", message));
    }
    Ok(())
}

/// Checks that text can be a PIN of the workspace at all; of one set while another length was asked for, says whom to
/// ask for a new one.
pub(crate) fn length(pin: &str, digits: i64) -> Answer<()> {
    if !pin.chars().all(|c| c.is_ascii_digit()) {
        return Err(Refusal::invalid(
            "pin",
            text!("{field} must be {digits} digits and nothing else.", digits),
        ));
    }
    if i64::try_from(pin.len()) != Ok(digits) {
        let message = text!(
            "{field} must have {digits} digits in this workspace. If yours has another length, ask an administrator for a new one.",
            digits
        );
        return Err(Refusal::invalid("pin", message));
    }
    Ok(())
}

/// Rows and repetitions (each digit as far from the last: 1234, 8642, 0000), a part said again (1212, 123123), years,
/// and the middle of the keypad.
fn guessed_first(pin: &[u8]) -> bool {
    let step = |pair: &[u8]| match pair {
        [a, b] => (10 + b - a) % 10,
        _ => 0,
    };
    let mut steps = pin.windows(2).map(step);
    let first = steps.next();
    let row = steps.all(|step| Some(step) == first);
    let again = (1..pin.len())
        .any(|part| pin.len().is_multiple_of(part) && pin.chunks(part).all(|c| pin.starts_with(c)));
    let year = pin.len() == 4 && (pin.starts_with(b"19") || pin.starts_with(b"20"));
    row || again || year || pin == b"2580"
}

/// The hash of a PIN that somebody chose, to be kept with [`Change::set_pin`]. A PIN needs the phone number that it
/// signs in with.
pub async fn hash(app: &App, workspace: i64, pin: &str, phone: &str, intent: Intent) -> Answer<String> {
    let digits = self::digits(app, workspace).await?;
    check(pin, digits)?;
    needs_phone(phone)?;
    is_not_of(phone, pin)?;
    let keyed = app.store.seal_key().keyed(pin);
    app.passwords.hash_unless_tried(&keyed, Turn::SignedIn(workspace), intent).await
}

/// Refuses to take away the phone number of somebody who signs in with it.
pub(crate) fn keeps_phone(has_pin: bool, phone: &str) -> Answer<()> {
    if has_pin { needs_phone(phone) } else { Ok(()) }
}

fn needs_phone(phone: &str) -> Answer<()> {
    if phone.is_empty() {
        let message =
            text!("{field} is needed for a PIN: it is what one signs in with, together with the PIN.");
        return Err(Refusal::invalid("phone", message));
    }
    Ok(())
}

/// Sets one's own PIN, confirmed with one's present password. Sessions go on.
pub async fn set_own(
    app: &App,
    permit: &Permit<can::ProfileUpdate>,
    author: &Author,
    pin: &str,
    confirmation: &Confirmation<'_>,
) -> Answer<()> {
    let actor = permit.actor().filter(|actor| actor.id() == permit.id());
    let actor = actor.ok_or_else(|| Refusal::new(Code::Forbidden))?;
    let record = app.store.own_record(actor).await?;
    check(pin, digits(app, permit.workspace()).await?)?;
    needs_phone(&record.phone)?;
    is_not_of(&record.phone, pin)?;
    confirm::password(app, permit, author, confirmation).await?;
    let keyed = app.store.seal_key().keyed(pin);
    let turn = Turn::SignedIn(permit.workspace());
    let hash = app.passwords.hash_unless_tried(&keyed, turn, author.intent).await?;
    let (mut change, permit) = app.store.begin(permit, author).await?;
    needs_phone(&change.user(permit.id()).await?.phone)?;
    change.set_pin(permit.id(), Some(&hash)).await?;
    let act = Act::done("profile:update", "user", permit.thing().id, record.name);
    change.record(act.with(serde_json::json!({ "after": { "pin": "changed" } })));
    Ok(change.commit().await?)
}

/// Replaces the temporary PIN that opened one's session by one of one's own. It takes no permission.
pub async fn replace_temporary(app: &App, who: &Identity, author: &Author, pin: &str) -> Answer<()> {
    let record = app.store.own_record(&who.actor).await?;
    check(pin, digits(app, who.workspace.id).await?)?;
    is_not_of(&record.phone, pin)?;
    let held = app.store.pin_holder(who.workspace.id, &record.phone).await?;
    let held = held.ok_or_else(|| Refusal::new(Code::Unauthenticated))?;
    let (keyed, turn) = (app.store.seal_key().keyed(pin), Turn::SignedIn(who.workspace.id));
    if app.passwords.check(&keyed, Some(&held.pin_hash), turn).await? {
        return Err(Refusal::invalid("pin", "{field} must be another than the temporary one."));
    }
    let hash = app.passwords.hash(&keyed, turn).await?;
    let mut change = own_secret::begin_replacing(app, who, author).await?;
    change.choose_pin(who.actor.id(), &hash).await?;
    let act = Act::done("profile:update", "user", record.id, record.name);
    change.record(act.with(serde_json::json!({ "after": { "pin": "chosen" } })));
    Ok(change.commit().await?)
}

/// Gives a user a new PIN, ends every session and revokes every API token of theirs, as a reset of the password does:
/// whoever needs one may have lost those too. The PIN is temporary, since whoever gives it knows it. Without `chosen`, it
/// is made here; it is answered this once.
pub async fn reset(
    app: &App,
    permit: &Permit<can::UserResetCredentials>,
    author: &Author,
    chosen: Option<&str>,
) -> Answer<String> {
    if permit.actor().is_some_and(|actor| actor.id() == permit.id()) {
        let message =
            text!("You cannot reset your own PIN. Set it in your profile, with your present password.");
        return Err(Refusal::because(Code::Forbidden, message));
    }
    let digits = self::digits(app, permit.workspace()).await?;
    let phone = phone_of(app, permit, author).await?;
    let pin = chosen.map_or_else(|| new(digits, &phone), str::to_owned);
    check(&pin, digits)?;
    needs_phone(&phone)?;
    is_not_of(&phone, &pin)?;
    let (keyed, turn) = (app.store.seal_key().keyed(&pin), Turn::SignedIn(permit.workspace()));
    let hash = app.passwords.hash_unless_tried(&keyed, turn, author.intent).await?;
    let (mut change, permit) = app.store.begin(permit, author).await?;
    let row = change.user(permit.id()).await?;
    needs_phone(&row.phone)?;
    keep(&mut change, permit.id(), &hash).await?;
    let act = Act::done("user:reset_credentials", "user", permit.thing().id, row.name.as_str());
    change.record(act.with(serde_json::json!({ "after": { "pin": "reset" } })));
    change.commit().await?;
    Ok(pin)
}

/// The phone number of whoever a PIN is for, read as the change will see it.
async fn phone_of(app: &App, permit: &Permit<can::UserResetCredentials>, author: &Author) -> Answer<String> {
    let (mut change, permit) = app.store.begin(permit, author).await?;
    Ok(change.user(permit.id()).await?.phone)
}

/// Tells a user that their PIN is closed to devices that they are not known on. It opens again when they sign in with
/// their password, or get a new one.
pub(crate) async fn tell_closed(app: &App, workspace: i64, user: Id, name: &str) -> Answer<()> {
    let mut change = app.store.begin_pin_closing(workspace, &guesses::nobody()).await?;
    mail::post(&mut change, user, mail::Kind::PinClosed, |text| text).await?;
    change.record(Act::done("pin:close", "user", i64::from(user.0), name));
    Ok(change.commit().await?)
}

/// Keeps a PIN that somebody else than its user set: every session ends, and every API token.
pub(crate) async fn keep(change: &mut Change<'_>, user: Id, hash: &str) -> Answer<()> {
    change.set_pin(user, Some(hash)).await?;
    change.known_to_its_maker(user, Secret::Pin).await?;
    Ok(change.shut_out(user).await?)
}

/// A PIN that nobody chose, for somebody with that phone number.
fn new(digits: i64, phone: &str) -> String {
    loop {
        let length = usize::try_from(digits).unwrap_or(6);
        let pin: String = (0..length).map(|_| char::from(b'0' + rand::rng().random_range(0..10u8))).collect();
        if !guessed_first(pin.as_bytes()) && !phone.ends_with(&pin) {
            return pin;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::entry::pin::{check, new};

    #[test]
    fn a_pin_that_is_guessed_first_is_refused() {
        for pin in ["1234", "0000", "1111", "4321", "2468", "8901", "1212", "1984", "2024", "2580"] {
            assert!(check(pin, 4).is_err(), "{pin}");
        }
        for pin in ["123456", "654321", "111111", "121212", "123123", "135791"] {
            assert!(check(pin, 6).is_err(), "{pin}");
        }
        for pin in ["7319", "4071", "1223"] {
            assert!(check(pin, 4).is_ok(), "{pin}");
        }
        assert!(check("739105", 6).is_ok());
    }

    #[test]
    fn a_pin_has_as_many_digits_as_the_workspace_asks_for_and_nothing_else() {
        for pin in ["", "739", "73910", "73a1", "+739", " 739", "７３９１"] {
            assert!(check(pin, 4).is_err(), "{pin}");
        }
        let other = check("7391", 6).unwrap_err();
        assert!(other.to_string().contains("ask an administrator"), "{other}");
    }

    #[test]
    fn a_pin_made_here_is_none_of_those_that_are_guessed_first() {
        for digits in [4, 6] {
            for _ in 0..500 {
                assert!(check(&new(digits, "+442079460123"), digits).is_ok());
            }
        }
    }
}
