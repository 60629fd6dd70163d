//! What other files say of endpoints by their path is true of the table.

use web::endpoint::Asks;
use web::{password_first, viewing};

#[test]
fn few_endpoints_are_open_before_a_temporary_secret_is_replaced() {
    let open = super::all().into_iter().filter(|endpoint| endpoint.anyway);
    let open: Vec<String> = open.map(|e| format!("{} {}", e.method, e.path)).collect();
    assert_eq!(
        open,
        [
            "DELETE /api/v1/sessions/current",
            "POST /w/{slug}/sign-out",
            "GET /w/{slug}/own-secret",
            "POST /w/{slug}/own-secret",
            "GET /api/v1/me",
            "PUT /api/v1/me/password",
            "PUT /api/v1/me/pin",
        ]
    );
}

#[test]
fn every_path_named_here_is_an_endpoint_that_asks_for_the_password() {
    let all = super::all();
    for path in password_first::UNDO.into_iter().chain(password_first::NEVER) {
        let found = all.iter().find(|e| e.path == path && !e.method.is_safe());
        assert!(found.is_some_and(password_first::asks), "{path}");
    }
}

#[test]
fn people_roles_tokens_and_the_plan_ask_and_ones_own_things_do_not() {
    let all = super::all();
    let changes = |path: &str| all.iter().filter(|e| !e.method.is_safe() && e.path.contains(path)).collect();
    let (asking, own): (Vec<&str>, Vec<&str>) = (
        vec!["/users", "/roles", "/toggles", "/plan", "/licences", "/settings", "/departments", "/reviews/"],
        vec!["/profile", "/me", "/sign-out", "/sessions"],
    );
    for (paths, asked) in [(asking, true), (own, false)] {
        for path in paths {
            let found: Vec<_> = changes(path);
            assert!(!found.is_empty(), "{path}");
            for endpoint in found {
                assert_eq!(password_first::asks(endpoint), asked, "{} {}", endpoint.method, endpoint.path);
            }
        }
    }
}

#[test]
fn every_path_named_here_is_an_endpoint_about_the_caller() {
    let own: Vec<_> = super::all().into_iter().filter(|e| e.asks == Asks::SignedIn).collect();
    for path in viewing::SHOWN {
        assert!(own.iter().any(|e| e.path == *path && e.method.is_safe()), "{path}");
    }
    for (method, path) in viewing::ENDINGS {
        assert!(own.iter().any(|e| e.path == *path && e.method == *method), "{path}");
    }
}
