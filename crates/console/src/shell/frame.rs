//! The frame around the pages of somebody who is signed in: menu, names, live stream, what has just been done.

use access::Noun;
use axum::http::{Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use maud::Markup;

use ui::shell::{Document, NavGroup, NavLink, Shell, SignedIn, Theme, shell};
use ui::text::{said, t};
use web::cookie;
use web::live;
use web::request::Request;

use crate::rights::view_as;
use crate::shell::{done, menu};

/// A page of somebody who is signed in.
pub struct Frame<'a> {
    request: &'a Request,
    title: &'a str,
    toasts: Option<Markup>,
}

impl<'a> Frame<'a> {
    /// A page with that title.
    pub fn new(request: &'a Request, title: &'a str) -> Frame<'a> {
        Frame { request, title, toasts: None }
    }

    /// With a message about what has just been done.
    #[must_use]
    pub fn toast(mut self, toast: Markup) -> Self {
        self.toasts = Some(toast);
        self
    }

    /// The whole document. Without anybody signed in, just the page.
    pub fn around(self, main: Markup) -> Markup {
        let Some(who) = &self.request.who else { return main };
        let base = format!("/w/{}", self.request.slug());
        let model = who.actor.snapshot().model();
        let user = model.users.get(&who.actor.id());
        let entries: Vec<(&menu::Item, String)> =
            menu::shown(&who.actor).map(|item| (item, format!("{base}{}", item.path))).collect();
        let here = self.request.uri.path();
        let current = entries
            .iter()
            .filter(|(item, href)| {
                here == href || (!item.path.is_empty() && here.starts_with(&format!("{href}/")))
            })
            .map(|(_, href)| href.len())
            .max();
        let counts =
            entries.iter().map(|(item, _)| match item.needs.map(|needs| self.request.waits(needs)) {
                None | Some(0) => String::new(),
                Some(waiting) => waiting.to_string(),
            });
        let counts: Vec<String> = counts.collect();
        let links: Vec<(&str, NavLink<'_>)> = entries
            .iter()
            .zip(&counts)
            .map(|((item, href), count)| {
                let is_current = Some(href.len()) == current && here.starts_with(href.as_str());
                let (label, icon) = (t(item.label), item.icon);
                let link = NavLink { href, label, icon, current: is_current, count };
                (item.group, link)
            })
            .collect();
        let grouped: Vec<(&str, Vec<NavLink<'_>>)> = links
            .chunk_by(|(a, _), (b, _)| a == b)
            .map(|part| (part.first().map_or("", |(group, _)| group), part.iter().map(|(_, l)| *l).collect()))
            .collect();
        let nav: Vec<NavGroup<'_>> = grouped
            .iter()
            .map(|(label, links)| NavGroup {
                label: if label.is_empty() { label } else { t(label) },
                links: links.as_slice(),
            })
            .collect();
        let csrf = csrf(self.request);
        let (profile, sign_out, live) =
            (format!("{base}/profile"), format!("{base}/sign-out"), live::address(self.request));
        shell(
            &Shell {
                document: Document { title: self.title, theme: Theme::System, csrf: &csrf },
                workspace: self.request.workspace.as_ref().map_or("", |workspace| workspace.name.as_str()),
                home: &base,
                nav: &nav,
                user: SignedIn {
                    name: user.map_or("", |u| u.name.as_str()),
                    role: &said(user.map_or("", |u| model.label(u.role))),
                    links: &[(&profile, t("Your profile"))],
                    sign_out: &sign_out,
                },
                live: Some(&live),
                banner: view_as::banner(self.request),
                toasts: self.toasts.or_else(|| done::said(self.request)),
            },
            main,
        )
    }
}

/// The token that forms of this session carry; empty before anybody is signed in.
pub fn csrf(request: &Request) -> String {
    cookie::csrf_of(request)
}

/// An address below the workspace's own.
pub fn path(request: &Request, below: &str) -> String {
    format!("/w/{}{below}", request.slug())
}

/// Where the list of a kind is, below the workspace's address.
pub const fn list_of(noun: Noun) -> &'static str {
    match noun {
        Noun::Workspace | Noun::Outside => "",
        Noun::User => "/users",
        Noun::Role => "/roles",
        Noun::Department => "/departments",
        Noun::Branch => "/branches",
        Noun::Extension => "/extensions",
        Noun::Queue => "/queues",
        Noun::Number => "/numbers",
        Noun::Call => "/calls",
        Noun::Token => "/tokens",
    }
}

/// The address of the page of one thing.
pub fn page_of(request: &Request, noun: Noun, id: u32) -> String {
    path(request, &format!("{}/{id}", list_of(noun)))
}

/// To a page below the workspace's address, which says what has been done.
pub fn done(request: &Request, below: &str, word: &str) -> Redirect {
    Redirect::to(&format!("{}?done={word}", path(request, below)))
}

/// The page that a form was sent from, with its query but for what was said on it; none from elsewhere.
pub fn came_from(request: &Request) -> Option<String> {
    let from: Uri = request.header(header::REFERER).parse().ok()?;
    let here = path(request, "");
    from.path().strip_prefix(&here).filter(|rest| rest.is_empty() || rest.starts_with('/'))?;
    let asked = form_urlencoded::parse(from.query().unwrap_or_default().as_bytes());
    let asked = asked.filter(|(name, _)| !["done", "undo", "came", "went"].contains(&&**name));
    let asked = form_urlencoded::Serializer::new(String::new()).extend_pairs(asked).finish();
    Some(if asked.is_empty() { from.path().to_owned() } else { format!("{}?{asked}", from.path()) })
}

/// A page that somebody wants to go to afterwards, as an address or a form says: one of this workspace that takes a
/// visit, and nothing else.
pub fn wanted<'a>(request: &Request, next: &'a str) -> Option<&'a str> {
    let rest = next.strip_prefix(&path(request, ""))?;
    let ours = rest.is_empty() || rest.starts_with(['/', '?']);
    let plain = next.chars().all(|c| c.is_ascii_graphic());
    (ours && plain && !rest.starts_with("/sign-")).then_some(next)
}

/// Back to the page that a form was sent from, if it is `below` or that with a query; else to `below`.
pub fn back(request: &Request, below: &str) -> Redirect {
    let page = path(request, below);
    let from = came_from(request).filter(|from| from.split('?').next() == Some(page.as_str()));
    Redirect::to(&from.unwrap_or(page))
}

/// A page with something that is shown only once. The browser's address becomes `address`, so that loading it again
/// does nothing twice.
pub fn shown_at(address: &str, page: Markup) -> Response {
    ([("hx-push-url", address), (header::CACHE_CONTROL.as_str(), "no-store")], page).into_response()
}
