//! What a page says after something was done on it: a word in its address, a sentence for people.

use maud::Markup;

use crate::rights::bundle_matrix::Effects;
use crate::shell::foresight::undo_path;
use crate::shell::frame::csrf;
use ui::badge::Tone;
use ui::text::{later, t};
use ui::toast::{Undo, toast};
use web::request::{ASKED, Request};

/// The words that addresses may carry as `done`, and what they say.
const WORDS: &[(&str, &str)] = &[
    ("added", later("Added.")),
    ("saved", later("Saved.")),
    ("undone", later("Undone. It is as it was before.")),
    ("deleted", later("Deleted.")),
    ("assigned", later("Assigned. It holds at once.")),
    ("taken-back", later("Taken back. It holds at once.")),
    ("recording-deleted", later("The recording is deleted.")),
    ("revoked", later("Revoked. Whatever used the token is refused from now on.")),
    ("transferred", later("Ownership is transferred.")),
    ("renamed", later("Renamed.")),
    ("cloned", later("Role cloned. Change it as you like.")),
    ("invited", later("Invitation sent again. The earlier link is no longer good.")),
    ("uninvited", later("Invitation withdrawn. Its link is no longer good.")),
    ("retried", later("It is tried again now.")),
    ("people-changed", later("Changed. It holds at once.")),
    ("user-deleted", later("User deleted. Their sessions ended and their seat is free.")),
    ("banned", later("User banned. Every session of theirs has ended.")),
    ("unbanned", later("Ban lifted.")),
    ("granted", later("Granted. It holds at once.")),
    ("withdrawn", later("Grant withdrawn. It holds at once.")),
    ("given", later("Access given for a while. It holds at once.")),
    (
        "asked-before",
        later(
            "You have asked for this already, and it waits for an answer. To give another reason, withdraw it and ask anew.",
        ),
    ),
    ("asked", later("Asked. You hear of it here and by email as soon as somebody decides.")),
    ("taken", later("Taken back. Nobody needs to decide it any more.")),
    ("decided", later("Decided. Whoever asked is told.")),
    ("passed", later("Passed on. They are told.")),
    ("started", later("The review is started. Keep or remove line by line.")),
    ("marked", later("What was marked is to be removed. Nothing is taken away before the review is closed.")),
    ("closed", later("The review is closed. What was removed is taken away; the rest says why it stays.")),
    ("extended", later("Extended. It ends later now.")),
    ("ended", later("Access ended. It holds at once.")),
    ("password", later("Password changed. Your other sessions have ended.")),
    ("lifted", later("Your password counts for a quarter of an hour. Do now what asked for it.")),
    ("pin", later("PIN set. It signs you in on a phone, with your phone number.")),
    ("device", later("Device forgotten.")),
    ("session", later("Session ended.")),
    ("sessions", later("Your other sessions have ended.")),
];

/// Whether a text can be a receipt: nothing else comes into the address that the button posts to.
fn is_receipt(text: &str) -> bool {
    (1..=32).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// The message that the request's address asks for; a table, so that an address cannot put words into our mouth.
/// With the receipt of a change in it, the message offers to undo that change; with what came and
/// went with a permission, it says so.
pub fn said(request: &Request) -> Option<Markup> {
    let query: Vec<(String, String)> = serde_urlencoded::from_str(request.uri.query()?).ok()?;
    let asked = |name: &str| query.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str());
    let undo = asked("undo").filter(|undo| is_receipt(undo)).map(|undo| undo_path(request, undo));
    let effects = Effects::told(asked("came"), asked("went")).text();
    let word = asked("done").or(undo.as_ref().or(effects.as_ref()).map(|_| "saved"))?;
    let (_, sentence) = WORDS.iter().find(|(known, _)| *known == word)?;
    let sentence = [t(sentence), &effects.unwrap_or_default()].join(" ");
    let csrf = csrf(request);
    let label = if word == "undone" { t("Redo") } else { t("Undo") };
    let hidden = [("csrf", csrf.as_str()), (ASKED, "1")];
    let undo = undo.as_ref().map(|action| Undo { action, label, hidden: &hidden });
    Some(toast(Tone::Good, sentence.trim_end(), undo.as_ref()))
}
