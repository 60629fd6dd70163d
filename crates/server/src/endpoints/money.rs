//! Endpoints about what was bought.

use access::can;
use axum::http::Method;

use api::rest;
use console;
use web::endpoint::Endpoint;

pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints! {
        GET  "/api/v1/workspace/plan"      may(BillingRead) rest::plan::show, "The plan, what another one would add or take, and the seats.";
        PUT  "/api/v1/workspace/plan"      may(BillingCommit) rest::plan::update, "Move to another plan, whose lacks are off for everybody at once, or buy another number of seats.";
        GET  "/api/v1/workspace/licences"  may(LicenseRead) rest::plan::licences, "The licences and the numbers that they carry.";
        PUT  "/api/v1/workspace/licences"  may(LicenseUpdate) rest::plan::update_licences, "Buy another number of licences.";
        GET  "/w/{slug}/plan"              may(BillingRead) console::money::plan::show, "The plan with what another one would add or take, seats and licences.";
        POST "/w/{slug}/plan"              may(BillingCommit) console::money::plan::update, "Move to another plan, or buy another number of seats.";
        GET  "/w/{slug}/licences"          may(LicenseRead) console::money::plan::licences, "The licences and the numbers that they carry.";
        POST "/w/{slug}/licences"          may(LicenseUpdate) console::money::plan::update_licences, "Buy another number of licences.";
    }
}
