//! What every area needs: refusals, checks of input, spelling, languages, mail, and what is asked of the areas above.

pub mod asks;
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
pub mod spelling;
pub mod spreadsheet;
pub(crate) mod taken;
