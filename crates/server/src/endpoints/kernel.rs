//! Endpoints of no area: health, files, live streams, the descriptions of the API, the decision point, the start page.

use access::can;
use axum::http::Method;

use api::{authzen, rest};
use console;
use web::endpoint::Endpoint;
use web::live;
use web::rates::Rate;

pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints! {
        GET  "/healthz"                    open("says only whether the server works") rest::health::show, "Whether the server and its database answer.", Free;
        GET  "/assets/{*file}"             open("files of the console, the same for everybody") console::shell::assets::show, "A file of the console.", Free;
        GET  "/api/v1/openapi.json"        open("describes the API and says nothing of any workspace") super::openapi::show, "This description of the API, as OpenAPI 3.1.";
        GET  "/.well-known/authzen-configuration/w/{slug}" open("says where to ask, and that the workspace is there, as its sign-in page does") authzen::configuration, "Where the workspace's AuthZEN decision point is.";
        POST "/w/{slug}/access/v1/evaluation" list(AccessExplain) authzen::evaluation, "Answer one AuthZEN question about somebody whose access you may explain.";
        POST "/w/{slug}/access/v1/evaluations" list(AccessExplain) authzen::evaluations, "Answer many AuthZEN questions.";
        POST "/w/{slug}/undo/{undo}"       signed_in() console::shell::foresight::undo, "Undo a change of access of one's own.";
        GET  "/w/{slug}/live"              signed_in() live::stream, "What changes, as server-sent events.";
        GET  "/w/{slug}"                   signed_in() console::shell::home::show, "The start page.";
    }
}
