//! What a page says when there is nothing to show, or nothing that it may show.

use maud::{Markup, html};

use super::icon::{Icon, icon};
use super::text::{fill, t, weave};

/// An empty list: what would be here and what to do next.
#[must_use]
pub fn empty(picture: Icon, title: &str, text: &str, action: Option<Markup>) -> Markup {
    html! {
        div.empty {
            span.empty-icon { (icon(picture)) }
            h2 { (title) }
            p { (text) }
            @if let Some(action) = action { div.actions { (action) } }
        }
    }
}

/// The page behind an address that leads nowhere, or to something that the reader may not know of.
#[must_use]
pub fn not_found(action: Option<Markup>) -> Markup {
    html! {
        div.empty {
            span.empty-icon { (icon(Icon::Search)) }
            h1 { (t("There is nothing here")) }
            p { (t("It was moved or deleted, or you may not know of it.")) }
            @if let Some(action) = action { div.actions { (action) } }
        }
    }
}

/// The page of a person who may not see it.
#[derive(Debug, Clone, Copy)]
pub struct NoPermission<'a> {
    /// What the page is called, for example "Roles".
    pub page: &'a str,
    /// The missing permission, for example `role:read`.
    pub permission: &'a str,
    /// What the permission is for, in plain words.
    pub meaning: &'a str,
}

/// Says that the page is refused and which permission is missing; `ask` offers to request it.
#[must_use]
pub fn no_permission(missing: &NoPermission, ask: Option<Markup>) -> Markup {
    html! {
        div.empty {
            span.empty-icon { (icon(Icon::Lock)) }
            h1 { (fill(t("You have no access to {page}"), &[("page", &missing.page)])) }
            p {
                (weave(t("It needs the permission {permission} to {meaning}, and you do not hold it."), &[
                    ("permission", html! { code { (missing.permission) } }), ("meaning", html! { (missing.meaning) }),
                ]))
            }
            @if let Some(ask) = ask { div.actions { (ask) } }
        }
    }
}
