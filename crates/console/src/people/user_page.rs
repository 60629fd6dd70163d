//! What the cards of a user's page have in common: whom it is about, who looks, and what is around the cards.

use crate::office::audit;
use crate::rights::{compare, view_as};
use crate::shell::frame::{Frame, path};
use crate::shell::parts;
use access::{Actor, Id, Noun, Permission, Permit, Thing, authority, can};
use acts::people::users::{self, UserView};
use acts::{Code, Refusal};
use maud::{Markup, html};
use ui::badge::{Tone, badge};
use ui::button::{self, Button, Kind};
use ui::icon::Icon;
use ui::page::{Crumb, PageHead, notice, page_head};
use ui::tabs::{Tab, tabs};
use ui::text::{fill, in_words, said, t};
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
