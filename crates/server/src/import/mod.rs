//! Call records of other phone systems: reads them, matches them to a workspace, finds recordings.
//!
//! [`Calls`] reads a stream in constant memory and yields each row as a [`CallRecord`] or as a
//! [`Problem`]; [`resolve()`] matches a record to a [`Directory`]; [`Recordings`] finds its audio.
//! Nothing here knows a database.

mod asterisk;
mod calls;
mod columns;
mod e164;
mod freeswitch;
mod generic;
mod headers;
mod outcome;
mod record;
mod recordings;
mod resolve;
mod rows;

pub use calls::{Calls, HOPELESS_AFTER};
pub use e164::NumberPlan;
pub use headers::Mapping;
pub use record::{BadRow, CallRecord, Outcome, Problem, Stop};
pub use recordings::{Found, Recordings};
pub use resolve::{Direction, Directory, Resolved, resolve};
pub use rows::{MAX_COLUMNS, MAX_RECORD};
