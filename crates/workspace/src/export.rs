//! The call log as CSV, page by page, in constant memory. Each page is decided anew, so that an export stops
//! where the right to it was taken away.

use access::{Micros, Visible, can};
use jiff::Timestamp;
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
    let filter = filter(app, visible.workspace(), query).await?;
    Ok(Export { app: app.clone(), visible, filter, place: Place::Start })
}

impl Export {
    /// The next piece of the file; none at its end.
    pub async fn next(&mut self) -> Answer<Option<String>> {
        let mut text = String::new();
        self.filter.before = match self.place {
            Place::End => return Ok(None),
            Place::After(place) => Some(place),
            Place::Start => {
                write_record(&mut text, HEADER);
                None
            }
        };
        self.renew().await?;
        let (calls, next) = page(&self.app, &self.visible, &self.filter, ROWS_PER_PAGE).await?;
        calls.into_iter().for_each(|call| write_call(&mut text, call));
        self.place = next.map_or(Place::End, Place::After);
        Ok(Some(text))
    }

    async fn renew(&mut self) -> Answer<()> {
        let present = self.app.current(self.visible.workspace()).await?;
        let actor = self.visible.actor().renew(present).ok_or_else(|| Refusal::new(Code::Unauthenticated))?;
        self.visible = actor.visible()?;
        Ok(())
    }
}

fn write_call(text: &mut String, call: CallView) {
    let name = |thing: Option<crate::Ref>| thing.map_or_else(String::new, |thing| thing.name);
    let record = [
        call.id.to_string(),
        moment(call.started_at),
        call.answered_at.map_or_else(String::new, moment),
        moment(call.ended_at),
        call.talk_seconds.to_string(),
        call.direction,
        call.outcome,
        call.from,
        call.from_name.unwrap_or_default(),
        call.to,
        name(call.from_user),
        name(call.to_user),
        name(call.queue),
    ];
    write_record(text, record.iter().map(String::as_str));
}

fn moment(at: Micros) -> String {
    Timestamp::from_microsecond(at).map_or_else(|_| String::new(), |at| at.to_string())
}

fn write_record<'a>(text: &mut String, fields: impl IntoIterator<Item = &'a str>) {
    for (at, field) in fields.into_iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        write_field(text, field);
    }
    text.push_str("\r\n");
}

/// One field. Spreadsheets run what begins like a formula, and callers choose the name that they show: such text
/// is put behind an apostrophe. A number in international form only begins like one.
fn write_field(text: &mut String, field: &str) {
    let number =
        field.strip_prefix('+').is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit() || c == '•'));
    let formula = field.starts_with(['=', '+', '-', '@', '\t', '\r']) && !number;
    if !formula && !field.contains([',', '"', '\r', '\n']) {
        return text.push_str(field);
    }
    text.push('"');
    if formula {
        text.push('\'');
    }
    text.push_str(&field.replace('"', "\"\""));
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::{write_field, write_record};

    fn field(value: &str) -> String {
        let mut text = String::new();
        write_field(&mut text, value);
        text
    }

    #[test]
    fn fields_are_quoted_only_where_they_must_be() {
        let mut text = String::new();
        write_record(&mut text, ["plain", "a,b", "say \"hi\"", ""]);
        assert_eq!(text, "plain,\"a,b\",\"say \"\"hi\"\"\",\r\n");
    }

    #[test]
    fn a_caller_cannot_put_a_formula_into_the_sheet() {
        assert_eq!(field("=1+1"), "\"'=1+1\"");
        assert_eq!(field("+49 =cmd"), "\"'+49 =cmd\"");
        assert_eq!(field("+491761234512"), "+491761234512");
        assert_eq!(field("+49•••12"), "+49•••12");
    }
}
