//! What a page says after something was done on it: a word in its address, a sentence for people.

use maud::Markup;

use crate::request::Request;
use crate::ui::badge::Tone;
use crate::ui::toast::toast;

/// The words that addresses may carry as `done`, and what they say.
const WORDS: &[(&str, &str)] = &[
    ("added", "Added."),
    ("saved", "Saved."),
    ("deleted", "Deleted."),
    ("assigned", "Assigned. It holds at once."),
    ("taken-back", "Taken back. It holds at once."),
    ("recording-deleted", "The recording is deleted."),
    ("revoked", "Revoked. Whatever used the token is refused from now on."),
    ("transferred", "Ownership is transferred."),
    ("renamed", "Renamed."),
    ("cloned", "Role cloned. Change it as you like."),
    ("people-changed", "Changed. It holds at once."),
    ("user-deleted", "User deleted. Their sessions ended and their seat is free."),
    ("banned", "User banned. Every session of theirs has ended."),
    ("unbanned", "Ban lifted."),
    ("granted", "Granted. It holds at once."),
    ("withdrawn", "Grant withdrawn. It holds at once."),
    ("given", "Access given for a while. It holds at once."),
    ("ended", "Access ended. It holds at once."),
    ("password", "Password changed. Your other sessions have ended."),
    ("session", "Session ended."),
    ("sessions", "Your other sessions have ended."),
];

/// The message that the request's address asks for; a table, so that an address cannot put words into our mouth.
pub fn said(request: &Request) -> Option<Markup> {
    let query: Vec<(String, String)> = serde_urlencoded::from_str(request.uri.query()?).ok()?;
    let (_, asked) = query.iter().find(|(name, _)| name == "done")?;
    let (_, sentence) = WORDS.iter().find(|(word, _)| word == asked)?;
    Some(toast(Tone::Good, sentence, None))
}
