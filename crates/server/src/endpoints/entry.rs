//! Endpoints by which people come in.

use access::{Noun, can};
use axum::http::Method;

use api::rest;
use console;
use web::endpoint::Endpoint;

pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints! {
        POST "/api/v1/sessions"            open("how one comes to be somebody") rest::sessions::create, "Sign in with an email address and a password; the answer's token is a bearer token.";
        POST "/api/v1/sessions/pin"        open("how one comes to be somebody") rest::sessions::create_with_pin, "Sign in with a phone number and a PIN.";
        DELETE "/api/v1/sessions/current"  signed_in(anyway) rest::sessions::end, "Sign out: end the session whose token is sent.";
        GET  "/api/v1/tokens"              may(ApiTokenRead) rest::tokens::list, "Every API token of the workspace.";
        POST "/api/v1/tokens"              may(ApiTokenWrite) rest::tokens::create, "Make an API token for yourself; its secret is answered this once.";
        DELETE "/api/v1/tokens/{api_token}" on(Token ApiTokenWrite) rest::tokens::revoke, "Revoke an API token.";
        GET  "/"                           open("leads to a workspace's own sign-in page") console::entry::sign_in::start, "Choose a workspace.";
        GET  "/w/{slug}/sign-in"           open("how one comes to be somebody") console::entry::sign_in::show, "The sign-in page.";
        POST "/w/{slug}/sign-in"           open("how one comes to be somebody") console::entry::sign_in::submit, "Sign in.";
        GET  "/w/{slug}/welcome/{secret}"  open("whoever has the link was invited") console::entry::links::welcome, "The page of an invitation.";
        POST "/w/{slug}/welcome/{secret}"  open("whoever has the link was invited") console::entry::links::accept, "Set one's first password and sign in.";
        GET  "/w/{slug}/forgot"            open("people who cannot sign in come here") console::entry::links::forgot, "The page for a forgotten password.";
        POST "/w/{slug}/forgot"            open("answers everybody alike") console::entry::links::ask, "Send a link that sets another password, if there is somebody to send it to.";
        GET  "/w/{slug}/reset/{secret}"    open("whoever has the link got the mail") console::entry::links::reset, "The page of a link that sets another password.";
        POST "/w/{slug}/reset/{secret}"    open("whoever has the link got the mail") console::entry::links::set_password, "Set another password.";
        GET  "/w/{slug}/mobile"            open("how one comes to be somebody") console::entry::mobile::show, "The sign-in page for phones.";
        POST "/w/{slug}/mobile"            open("how one comes to be somebody") console::entry::mobile::submit, "Sign in with a phone number and a PIN.";
        POST "/w/{slug}/sign-in/demo"      open("demo workspaces only, whose people are made up") console::entry::sign_in::as_demo_user, "Sign in as somebody of the demo.";
        POST "/w/{slug}/sign-out"          signed_in(anyway) console::entry::sign_in::sign_out, "Sign out.";
        GET  "/w/{slug}/own-secret"        signed_in(anyway) console::entry::own_secret::show, "The page on which a temporary password or PIN is replaced.";
        POST "/w/{slug}/own-secret"        signed_in(anyway) console::entry::own_secret::replace, "Replace the temporary password or PIN that one signed in with.";
        GET  "/w/{slug}/elevate"           signed_in() console::entry::elevation::show, "The form for the password, in a session that a PIN opened.";
        POST "/w/{slug}/elevate"           signed_in() console::entry::elevation::submit, "Type the password in a session that a PIN opened.";
        GET  "/w/{slug}/tokens"            may(ApiTokenRead) console::entry::tokens::list, "The API tokens.";
        POST "/w/{slug}/tokens"            may(ApiTokenWrite) console::entry::tokens::create, "Create an API token; its secret is shown this once.";
        POST "/w/{slug}/tokens/{api_token}/revoke" on(Token ApiTokenWrite) console::entry::tokens::revoke, "Revoke an API token.";
    }
}
