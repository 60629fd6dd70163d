//! The call log as CSV, page by page, in constant memory. Each page is decided anew, so that an export stops
//! where the right to it was taken away.

use access::{Micros, Visible, can};
use store::call::CallFilter;

use crate::calls::{CallQuery, CallView, filter, page};
use crate::refusal::{Code, Refusal};
use crate::{Answer, App};

const ROWS_PER_PAGE: i64 = 1000;

const HEADER: [&str; 13] = [
    "id",
    "started_at",
    "answered_at",
    "ended_at",
    "talk_seconds",
    "direction",
    "outcome",
    "from",
    "from_name",
    "to",
    "from_user",
    "to_user",
    "queue",
];

/// An export under way. Call [`Export::next`] until it answers none.
pub struct Export {
    app: App,
    visible: Visible<can::CallRecordExport>,
    filter: CallFilter,
    place: Place,
}

enum Place {
    Start,
    After((Micros, i64)),
    End,
}

/// Begins an export of the calls that the asker may both see and export (RFC 4180, UTF-8, moments as in RFC 3339).
pub async fn export(app: &App, visible: Visible<can::CallRecordExport>, query: &CallQuery) -> Answer<Export> {
    let filter = filter(app, visible.actor(), query).await?;
    Ok(Export { app: app.clone(), visible, filter, place: Place::Start })
}

impl Export {
    /// The next piece of the file; none at its end.
    pub async fn next(&mut self) -> Answer<Option<String>> {
        let header = matches!(self.place, Place::Start).then(|| HEADER.map(str::to_owned));
        self.filter.before = match self.place {
            Place::Start => None,
            Place::After(place) => Some(place),
            Place::End => return Ok(None),
        };
        self.renew().await?;
        let (calls, next) = page(&self.app, &self.visible, &self.filter, ROWS_PER_PAGE).await?;
        self.place = next.map_or(Place::End, Place::After);
        Ok(Some(text(header.into_iter().chain(calls.into_iter().map(record)))?))
    }

    async fn renew(&mut self) -> Answer<()> {
        let present = self.app.current(self.visible.workspace()).await?;
        let actor = self.visible.actor().renew(present).ok_or_else(|| Refusal::new(Code::Unauthenticated))?;
        self.visible = actor.visible()?;
        Ok(())
    }
}

fn record(call: CallView) -> [String; 13] {
    let name = |thing: Option<crate::Ref>| thing.map_or_else(String::new, |thing| thing.name);
    [
        call.id.to_string(),
        call.started_at.to_string(),
        call.answered_at.map(|at| at.to_string()).unwrap_or_default(),
        call.ended_at.to_string(),
        call.talk_seconds.to_string(),
        call.direction,
        call.outcome,
        call.from,
        call.from_name.unwrap_or_default(),
        call.to,
        name(call.from_user),
        name(call.to_user),
        name(call.queue),
    ]
    .map(harmless)
}

/// Spreadsheets run what begins like a formula, and callers choose the name that they show: such text is put
/// behind an apostrophe. A number in international form only begins like one.
pub(crate) fn harmless(field: String) -> String {
    let number =
        field.strip_prefix('+').is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit() || c == '•'));
    let formula = field.starts_with(['=', '+', '-', '@', '\t', '\r']) && !number;
    if formula { format!("'{field}") } else { field }
}

/// Records as text (RFC 4180).
pub(crate) fn text<const N: usize>(records: impl IntoIterator<Item = [String; N]>) -> Answer<String> {
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(vec![]);
    // Writing to memory fails only where records differ in length, and their type forbids that.
    let internal = |_| Refusal::new(Code::Internal);
    for record in records {
        csv.write_record(&record).map_err(internal)?;
    }
    let bytes = csv.into_inner().map_err(|_| Refusal::new(Code::Internal))?;
    String::from_utf8(bytes).map_err(|_| Refusal::new(Code::Internal))
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn a_caller_cannot_put_a_formula_into_the_sheet() {
        for formula in ["=1+1", "+49 =cmd", "-1", "@sum"] {
            assert_eq!(harmless(formula.into()), format!("'{formula}"));
        }
    }

    #[test]
    fn numbers_and_names_stay_as_they_are() {
        for harmless_text in ["+491761234512", "+49•••12", "Example Ltd", ""] {
            assert_eq!(harmless(harmless_text.into()), harmless_text);
        }
    }
}
