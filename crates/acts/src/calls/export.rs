//! The call log as CSV, page by page, in constant memory. Each page is decided anew, so that an export stops
//! where the right to it was taken away.

use access::{Micros, Visible, can};
use store::Author;
use store::calls::calls::CallFilter;
use store::change::audit::Act;

use crate::calls::calls::{CallQuery, CallView, filter, page};
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::spreadsheet;
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

/// Begins an export of the calls that the asker may both see and export (RFC 4180, UTF-8, moments as in RFC 3339), and
/// writes down that they took it.
pub async fn export(
    app: &App,
    visible: Visible<can::CallRecordExport>,
    author: &Author,
    query: &CallQuery,
) -> Answer<Export> {
    let filter = filter(visible.actor(), query)?;
    let act = Act::done("call_record:export", "workspace", 0, "");
    let asked = serde_json::json!({ "filter": query });
    app.store.record_export(&visible, author, act.with(asked)).await?;
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
        let calls = calls.into_iter().map(record);
        Ok(Some(spreadsheet::csv(header.into_iter().chain(calls))?))
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
}
