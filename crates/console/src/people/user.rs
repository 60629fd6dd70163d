//! One user: who they are, what they may do in effect and why, and what is set for them.

use access::{Actor, Id, Noun, Permission, Permit, Thing, authority, can};
use acts::people::users::{self, UserView};
use acts::rights::user_access::{self, EffectiveLine};
use acts::{Code, Refusal};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::office::audit;
use crate::rights::access_matrix::{self, Look};
use crate::rights::{compare, user_access as cards, view_as};
use crate::shell::frame::{Frame, path};
use crate::shell::parts;
use ui::badge::{Tone, badge};
use ui::button::{self, Button, Kind};
use ui::card::card;
use ui::filter::{self, Choice, filter_bar};
use ui::icon::Icon;
use ui::page::{Crumb, PageHead, notice, page_head, split};
use ui::tabs::{Tab, tabs};
use ui::text::{fill, in_words, said, t};
use web::input::Query;
use web::request::Request;

/// The page of one user, for one viewer.
pub struct Page<'a> {
    /// The request for it.
    pub request: &'a Request,
    /// Who looks.
    pub actor: &'a Actor,
    /// Whom they look at.
    pub user: UserView,
    /// The same as a decision sees them.
    pub thing: Thing,
}

impl<'a> Page<'a> {
    /// Reads the record.
    pub async fn of(request: &'a Request, permit: &'a Permit<can::UserRead>) -> Result<Page<'a>, Refusal> {
        let actor = permit.actor().ok_or_else(|| Refusal::new(Code::Unauthenticated))?;
        let user = users::show(&request.server.app, permit).await?;
        Ok(Page { request, actor, user, thing: permit.thing().clone() })
    }

    /// The user's id.
    pub fn id(&self) -> Id {
        Id(self.user.id)
    }

    /// The page's address below the workspace's, with something after it.
    pub fn below(&self, rest: &str) -> String {
        format!("/users/{}{rest}", self.user.id)
    }

    /// The page's whole address, with something after it.
    pub fn path(&self, rest: &str) -> String {
        path(self.request, &self.below(rest))
    }

    /// Whether the viewer may do that to the user: holds the permission over them, and they hold no more.
    pub fn may(&self, permission: Permission) -> bool {
        self.actor.may(permission, &self.thing) && self.untouchable().is_none()
    }

    /// Whether the viewer looks at themself.
    pub fn is_self(&self) -> bool {
        self.actor.id() == self.id()
    }

    /// Why the viewer cannot change the user however much they may otherwise.
    fn untouchable(&self) -> Option<String> {
        authority::may_touch(self.actor, self.actor.snapshot(), self.id())
            .err()
            .map(|breach| in_words(&breach.text()))
    }

    /// The whole page: head, tabs, and the tab that is open.
    pub fn around(&self, tab: &str, body: Markup) -> Markup {
        let user = &self.user;
        let users = path(self.request, "/users");
        let units = [&user.department, &user.branch].map(|unit| unit.as_ref().map(|u| u.name.as_str()));
        let subtitle: Vec<&str> = [Some(user.email.as_str())].into_iter().chain(units).flatten().collect();
        let why = self.actor.may(Permission::AccessExplain, &self.thing).then(|| {
            let address = path(self.request, &format!("/why?user={}", user.id));
            button::link(&Button::new(Kind::Plain, t("Why?")).icon(Icon::Why), &address)
        });
        let compare = why.is_some().then(|| {
            let role = self.actor.holds(Permission::RoleRead).then(|| format!("role:{}", user.role.id));
            compare::link(self.request, &format!("user:{}", user.id), &role.unwrap_or_default())
        });
        let (access, record) = (self.path(""), self.path("/record"));
        let main = html! {
            (page_head(&PageHead {
                title: &user.name,
                subtitle: &subtitle.join(" · "),
                crumbs: &[Crumb { href: &users, label: t("Users") }],
                badges: Some(html! { (badge(Tone::Accent, &said(&user.role.name))) (parts::standing(user.standing)) }),
                actions: Some(html! { (audit::link(self.request, self.actor, Noun::User, user.id).unwrap_or_default()) (why.unwrap_or_default()) (compare.unwrap_or_default()) (view_as::button(self.request, self.id()).unwrap_or_default()) }),
            }))
            (tabs(&user.name, &[
                Tab { href: &access, label: t("Access"), count: "", current: tab == "access" },
                Tab { href: &record, label: t("Record"), count: "", current: tab == "record" },
            ]))
            @if let Some(reason) = self.untouchable().filter(|_| self.could_otherwise()) {
                (notice(Tone::Neutral, html! { (fill(t("You can look at this user, not change them: {reason}."), &[("reason", &reason)])) }))
            }
            (body)
        };
        Frame::new(self.request, &user.name).around(main)
    }

    fn could_otherwise(&self) -> bool {
        const ACTS: [Permission; 6] = [
            Permission::UserUpdate,
            Permission::UserDelete,
            Permission::UserBan,
            Permission::UserResetCredentials,
            Permission::UserAssignRole,
            Permission::UserSetAccess,
        ];
        ACTS.into_iter().any(|act| self.actor.may(act, &self.thing))
    }
}

/// Which lines of the effective access to show.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Asked {
    q: String,
    show: String,
}

/// What they may do and why, and what is set for them.
pub async fn show(
    request: Request,
    permit: Permit<can::UserRead>,
    Query(asked): Query<Asked>,
) -> Result<Markup, Refusal> {
    let page = Page::of(&request, &permit).await?;
    let app = &request.server.app;
    let explained = match page.actor.permit_on::<can::AccessExplain>(permit.thing().clone()) {
        Ok(permit) => Some(user_access::effective(app, &permit).await?),
        Err(_) => None,
    };
    let toggles = user_access::toggles(app, &permit).await?.items;
    let grants = acts::rights::grants::of_user(app, &permit).await?.items;
    let temporary = user_access::temporary(app, &permit).await?.items;
    let body = split(
        html! {
            @if let Some(lines) = &explained {
                (effective(lines, &asked, &page.path(""), &path(&request, &format!("/why?user={}", page.user.id))))
            }
            (cards::toggles(&page, &toggles))
        },
        html! {
            (cards::role(&page))
            (cards::grants(&page, &grants))
            (crate::lines::calling::of_user(&page))
            (cards::leads(&page))
            (cards::temporary(&page, &temporary))
        },
    );
    let dialogs = html! { (cards::grant_dialog(&page)) (cards::temporary_dialog(&page)) };
    Ok(page.around("access", html! { (body) (dialogs) }))
}

/// The effective access as a matrix, with a filter above it.
fn effective(lines: &[EffectiveLine], asked: &Asked, here: &str, why: &str) -> Markup {
    let held = lines.iter().filter(|line| !line.reaches.is_empty()).count();
    let words = asked.q.to_lowercase();
    let fits = |line: &&EffectiveLine| {
        let shown = match asked.show.as_str() {
            "held" => !line.reaches.is_empty(),
            "not-held" => line.reaches.is_empty(),
            _ => true,
        };
        let text = || format!("{} {} {}", line.permission, t(line.meaning), t(line.group)).to_lowercase();
        shown && (words.is_empty() || words.split_whitespace().all(|word| text().contains(word)))
    };
    let found: Vec<EffectiveLine> = lines.iter().filter(fits).cloned().collect();
    let narrowed = !asked.q.is_empty() || !asked.show.is_empty();
    let choices =
        [("held", t("Held")), ("not-held", t("Not held"))].map(|(value, label)| Choice { value, label });
    let id = format!("access-{}-{}", asked.show, narrowed);
    let look = Look { editable: false, open: narrowed, id: &id, why: Some(why) };
    let hint = fill(
        t("{held} of {total} permissions held. Unfold a group to see each with its reason."),
        &[("held", &held), ("total", &lines.len())],
    );
    html! {
        section.effective {
            header.section-head { h2 { (t("Effective access")) } p.hint { (hint) } }
            (filter_bar(here, narrowed.then_some(here), html! {
                (filter::search("q", t("Permission or group"), &asked.q))
                (filter::one_of("show", t("Show"), t("All"), &choices, &asked.show))
            }, None))
            @if found.is_empty() { (card(t("Nothing of that kind"), "", None, html! { p { (t("No permission fits this search.")) } })) }
            @else { (access_matrix::show(&access_matrix::of_person(&found), look)) }
        }
    }
}
