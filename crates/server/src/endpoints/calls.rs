//! Endpoints about calls.

use access::{Noun, can};
use axum::http::Method;

use api::rest;
use console;
use web::endpoint::Endpoint;
use web::rates::Rate;

pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints! {
        GET  "/api/v1/calls"               list(CallRecordRead) rest::calls::list, "The calls that you may see, newest first.";
        GET  "/api/v1/calls/export"        list(CallRecordExport) rest::calls::export, "The calls that you may export, as CSV.", Costly;
        GET  "/api/v1/calls/{call}"        on(Call CallRecordRead) rest::calls::show, "One call.";
        GET  "/api/v1/calls/{call}/recording" on(Call RecordingListen) rest::recordings::listen, "The recording of a call, whole or in part (Range).";
        GET  "/api/v1/calls/{call}/recording/download" on(Call RecordingDownload) rest::recordings::download, "The recording of a call, as a file to keep.";
        DELETE "/api/v1/calls/{call}/recording" on(Call RecordingDelete) rest::recordings::delete, "Delete the recording of a call.";
        GET  "/w/{slug}/calls"             list(CallRecordRead) console::calls::calls::list, "The call log.";
        GET  "/w/{slug}/calls.csv"         list(CallRecordExport) console::calls::calls::export, "The call log as a file.", Costly;
        GET  "/w/{slug}/calls/{call}"      on(Call CallRecordRead) console::calls::call::show, "One call.";
        GET  "/w/{slug}/calls/{call}/recording" on(Call RecordingListen) rest::recordings::listen, "A call's recording, to play.";
        GET  "/w/{slug}/calls/{call}/download" on(Call RecordingDownload) rest::recordings::download, "A call's recording, to save.";
        POST "/w/{slug}/calls/{call}/recording/delete" on(Call RecordingDelete) console::calls::call::delete_recording, "Delete a call's recording.";
    }
}
