//! What every area needs: refusals, checks of input, spelling, languages, mail, and acts on several people at once.

pub mod check;
pub mod email;
pub mod foresight;
pub(crate) mod known;
pub mod language;
pub mod mail;
pub mod moment;
pub mod refusal;
pub mod refusals;
pub mod secrets;
pub mod several;
pub mod spelling;
pub mod spreadsheet;
pub(crate) mod taken;
