//! What a page says after something was done on it: a word in its address, a sentence for people.

use maud::Markup;

use super::frame::Frame;
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
];

/// The page, with the message that its address asks for.
pub fn page(request: &Request, title: &str, done: &str, main: Markup) -> Markup {
    let frame = Frame::new(request, title);
    match WORDS.iter().find(|(word, _)| *word == done) {
        Some((_, sentence)) => frame.toast(toast(Tone::Good, sentence, None)).around(main),
        None => frame.around(main),
    }
}
