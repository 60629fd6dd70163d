//! The REST face: one file a noun, one function an endpoint of the table.

pub mod health;
pub mod sessions;
pub mod users;

use store::Slice;
use workspace::{Code, Refusal};

/// The most rows that one answer has.
const MOST: i64 = 200;

/// The part of a list that `limit` and `after` ask for.
pub fn slice(limit: Option<i64>, after: Option<&str>) -> Result<Slice, Refusal> {
    let limit = limit.unwrap_or(50);
    if !(1..=MOST).contains(&limit) {
        return Err(Refusal::invalid("limit", format!("limit must be between 1 and {MOST}.")));
    }
    let offset = match after {
        None | Some("") => 0,
        Some(text) => text.parse().ok().filter(|n| *n >= 0).ok_or_else(|| {
            Refusal::because(Code::Invalid, "after must be the `next` of an earlier answer.")
        })?,
    };
    Ok(Slice { limit, offset })
}
