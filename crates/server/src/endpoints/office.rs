//! Endpoints about the workspace itself.

use access::can;
use axum::http::Method;

use api::rest;
use console;
use web::endpoint::Endpoint;
use web::rates::Rate;

pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints! {
        GET  "/api/v1/workspace"           may(SettingsRead) rest::settings::show, "The workspace's settings.";
        PATCH "/api/v1/workspace"          may(SettingsUpdate) rest::settings::update, "Change the time zone, the country, the language or how many digits PINs have.";
        PUT  "/api/v1/workspace/name"      may(WorkspaceRename) rest::settings::rename, "Rename the workspace.";
        PUT  "/api/v1/workspace/auto-record" may(AutoRecordUpdate) rest::settings::set_auto_record, "Switch automatic recording on or off.";
        POST "/api/v1/workspace/transfer"  may(WorkspaceTransfer) rest::settings::transfer, "Hand ownership to an Admin; you become Admin.";
        GET  "/api/v1/outbox"              list(UserInvite) rest::outbox::list, "The mails to people whom you may invite, newest first.";
        POST "/api/v1/outbox/{mail}/retry" list(UserInvite) rest::outbox::retry, "Try a mail again that could not be sent.";
        GET  "/api/v1/audit"               may(AuditRead) rest::audit::list, "The audit log, newest first.";
        GET  "/api/v1/audit.csv"           may(AuditExport) rest::audit::export_csv, "The audit log, or the entries that fit, as CSV.", Costly;
        GET  "/api/v1/audit.jsonl"         may(AuditExport) rest::audit::export_lines, "The audit log, or the entries that fit, one JSON object a line.", Costly;
        GET  "/api/v1/audit/verify"        may(AuditExport) rest::audit::verify, "Walk the whole audit log and say whether anything was altered.", Costly;
        GET  "/w/{slug}/audit"             may(AuditRead) console::office::audit::list, "The audit log.";
        GET  "/w/{slug}/audit.csv"         may(AuditExport) console::office::audit::export_csv, "The audit log, or the entries that fit, as CSV.", Costly;
        GET  "/w/{slug}/audit.jsonl"       may(AuditExport) console::office::audit::export_lines, "The audit log, or the entries that fit, one JSON object a line.", Costly;
        POST "/w/{slug}/audit/verify"      may(AuditExport) console::office::audit::verify, "Verify the audit log.", Costly;
        GET  "/w/{slug}/outbox"            list(UserInvite) console::office::outbox::list, "The outbox.";
        POST "/w/{slug}/outbox/{mail}/retry" list(UserInvite) console::office::outbox::retry, "Try a mail again that could not be sent.";
        GET  "/w/{slug}/settings"          may(SettingsRead) console::office::settings::show, "The workspace's settings.";
        POST "/w/{slug}/settings"          may(SettingsUpdate) console::office::settings::update, "Change the time zone, the country, the language or how many digits PINs have.";
        POST "/w/{slug}/settings/name"     may(WorkspaceRename) console::office::settings::rename, "Rename the workspace.";
        POST "/w/{slug}/settings/recording" may(AutoRecordUpdate) console::office::settings::set_auto_record, "Switch automatic recording on or off.";
        POST "/w/{slug}/settings/owner"    may(WorkspaceTransfer) console::office::settings::transfer, "Hand ownership to an Admin.";
    }
}
