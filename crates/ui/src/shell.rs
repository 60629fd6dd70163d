//! The document around every page: head, top bar, side navigation, main part, toasts, dialogs.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::assets;
use super::avatar::avatar;
use super::icon::{Icon, icon};
use super::text::{spoken_code, t};

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the reader's system is set.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    const fn attribute(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }
}

/// What every document needs, signed in or not.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a> {
    /// Title of the page; the browser shows it before the product's name.
    pub title: &'a str,
    /// Light or dark.
    pub theme: Theme,
    /// The CSRF token of the session or of the sign-in form.
    pub csrf: &'a str,
}

/// One entry of the menu.
#[derive(Debug, Clone, Copy)]
pub struct NavLink<'a> {
    /// Where it leads.
    pub href: &'a str,
    /// Its name.
    pub label: &'a str,
    /// Its picture.
    pub icon: Icon,
    /// Whether the page shown belongs to it.
    pub current: bool,
    /// Something to count, such as open requests; may be empty.
    pub count: &'a str,
}

/// Entries of the menu that belong together.
#[derive(Debug, Clone, Copy)]
pub struct NavGroup<'a> {
    /// Heading; may be empty.
    pub label: &'a str,
    /// The entries.
    pub links: &'a [NavLink<'a>],
}

/// The person who is signed in.
#[derive(Debug, Clone, Copy)]
pub struct SignedIn<'a> {
    /// Name.
    pub name: &'a str,
    /// Name of the role.
    pub role: &'a str,
    /// Links of the person's own menu: `(address, label)`.
    pub links: &'a [(&'a str, &'a str)],
    /// Address that signs out, by POST.
    pub sign_out: &'a str,
}

/// A page of somebody who is signed in.
#[derive(Debug, Clone)]
pub struct Shell<'a> {
    /// Title, language, theme, CSRF token.
    pub document: Document<'a>,
    /// Name of the workspace.
    pub workspace: &'a str,
    /// Address of the start page.
    pub home: &'a str,
    /// The menu: what the person may read and nothing else.
    pub nav: &'a [NavGroup<'a>],
    /// Who is signed in.
    pub user: SignedIn<'a>,
    /// Address of the live stream; the page stays as it is without one.
    pub live: Option<&'a str>,
    /// Sentence above everything, such as "You see the workspace as Mia would".
    pub banner: Option<Markup>,
    /// Messages about what has just been done.
    pub toasts: Option<Markup>,
}

/// No inline style, no evaluated text, errors swapped like pages, back and forward without a stale cache.
const HTMX_CONFIG: &str = r#"{"includeIndicatorCSS":false,"extensions":"ringfence","defaultTimeout":20000}"#;

/// The whole document of somebody who is signed in. Links and forms inside it swap `#main` and `#nav` only.
#[must_use]
pub fn shell(shell: &Shell, main: Markup) -> Markup {
    let body = html! {
        body data-live=[shell.live]
            data-say-saving=(t("Saving…")) data-say-saved=(t("Saved")) data-say-not-saved=(t("Not saved"))
            data-say-not-saved-offline=(t("Not saved: no connection")) data-say-offline=(t("No connection to the server. Try again."))
            data-say-failed=(t("That did not work. Nothing was changed.")) data-say-copied=(t("Copied"))
            data-say-continue=(t("Continue")) data-say-go-to=(t("Go to")) data-say-here=(t("Here"))
            hx-boost:inherited="true" hx-target:inherited="#main" hx-select:inherited="#main"
            hx-swap:inherited="outerHTML" hx-select-oob:inherited="#nav:outerMorph,#banner:outerMorph,#toasts:outerMorph" {
            a.skip href="#main" { (t("Skip to content")) }
            (top_bar(shell))
            (navigation(shell.nav))
            div.page {
                div #banner { @if let Some(banner) = &shell.banner { aside.banner aria-label=(t("Notice")) { (banner) } } }
                main #main tabindex="-1" hx-history-elt { (main) }
            }
            div #toasts role="status" { @if let Some(toasts) = &shell.toasts { (toasts) } }
            (changed_bar())
            (palette())
            (confirm_dialog())
            div #ask {}
        }
    };
    document(&shell.document, &body)
}

/// A document without menu: sign-in, errors before sign-in. Its links and forms load whole pages.
#[must_use]
pub fn bare(about: &Document, main: Markup) -> Markup {
    let body = html! {
        body.bare { main { (main) } }
    };
    document(about, &body)
}

/// The logo as a picture in the text's colour scheme.
#[must_use]
pub fn logo() -> Markup {
    html! {
        (PreEscaped(r#"<svg class="logo" viewBox="0 0 24 24" width="22" height="22" aria-hidden="true" focusable="false"><circle cx="12" cy="12" r="9" fill="none" stroke="currentColor" stroke-width="3.4" pathLength="56.56" stroke-dasharray="5.5 1.57" stroke-dashoffset="2.75"/><circle cx="12" cy="12" r="3.3" fill="currentColor"/></svg>"#))
    }
}

fn document(about: &Document, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(spoken_code()) data-theme=[about.theme.attribute()] {
            head {
                meta charset="utf-8";
                title { (about.title) " · Ringfence" }
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="csrf" content=(about.csrf);
                meta name="htmx-config" content=(HTMX_CONFIG);
                link rel="icon" type="image/svg+xml" href=(assets::href("logo.svg"));
                link rel="stylesheet" href=(assets::href("app.css"));
                script defer src=(assets::href("vendor/htmx/htmx.min.js")) {}
                script defer src=(assets::href("app.js")) {}
            }
            (body)
        }
    }
}

fn top_bar(shell: &Shell) -> Markup {
    html! {
        header.top-bar {
            button.button.quiet.icon-only.menu-button type="button" popovertarget="nav" {
                (icon(Icon::Menu)) span.sr-only { (t("Menu")) }
            }
            a.brand href=(shell.home) { (logo()) span { (shell.workspace) } }
            button.palette-button.script-only type="button" command="show-modal" commandfor="palette" {
                (icon(Icon::Search)) span { (t("Go to…")) } kbd { (t("Ctrl K")) }
            }
            (user_menu(shell))
        }
    }
}

fn user_menu(shell: &Shell) -> Markup {
    let user = &shell.user;
    html! {
        button.user-button type="button" popovertarget="user-menu" {
            (avatar(user.name))
            span.sr-only { (t("Your account:")) " " }
            span.user-button-name { (user.name) }
            (icon(Icon::Down))
        }
        div.menu #user-menu popover {
            div.menu-head { strong { (user.name) } span { (user.role) " · " (shell.workspace) } }
            @for (href, label) in user.links { a href=(href) { (label) } }
            form method="post" action=(user.sign_out) hx-boost="false" {
                input type="hidden" name="csrf" value=(shell.document.csrf);
                button type="submit" { (icon(Icon::SignOut)) (t("Sign out")) }
            }
        }
    }
}

fn navigation(groups: &[NavGroup]) -> Markup {
    html! {
        nav #nav popover aria-label=(t("Main")) {
            @for group in groups {
                @if !group.label.is_empty() { p.nav-label { (group.label) } }
                ul {
                    @for link in group.links {
                        li {
                            a href=(link.href) aria-current=[link.current.then_some("page")] {
                                (icon(link.icon))
                                span { (link.label) }
                                @if !link.count.is_empty() { span.count { (link.count) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn changed_bar() -> Markup {
    html! {
        div #changed role="status" {
            p hidden {
                (t("This page has changed since you opened it."))
                button.button.plain type="button" data-reload { (t("Reload")) }
            }
        }
    }
}

fn palette() -> Markup {
    html! {
        dialog.palette #palette aria-label=(t("Go to")) {
            div.palette-search {
                (icon(Icon::Search))
                input type="text" role="combobox" aria-expanded="true" aria-controls="palette-list"
                    aria-label=(t("Go to a page or run a command")) placeholder=(t("Go to a page or run a command"))
                    autocomplete="off" spellcheck="false";
            }
            ul #palette-list role="listbox" aria-label=(t("Pages and commands")) {}
            p.palette-none hidden { (t("Nothing of that name.")) }
        }
    }
}

fn confirm_dialog() -> Markup {
    html! {
        dialog.dialog #confirm aria-labelledby="confirm-question" {
            form method="dialog" {
                h2 #confirm-question {}
                div.form-actions {
                    button.button.plain value="no" autofocus { (t("Cancel")) }
                    button.button.danger value="yes" { (t("Continue")) }
                }
            }
        }
    }
}
