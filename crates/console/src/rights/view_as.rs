//! View as: starting and stopping to see the workspace as another user, and the banner on every page meanwhile.

use access::{Id, Noun, Permission, Permit, can};
use acts::Refusal;
use acts::rights::view_as;
use axum::response::Redirect;
use maud::{Markup, html};
use store::Identity;

use crate::shell::frame::{csrf, path};
use ui::button::{self, Button, Kind};
use ui::icon::{Icon, icon};
use ui::text::{capital, fill, in_words, t};
use web::request::Request;

/// Starts: from the next page on, everything is as the other user would see it.
pub async fn start(request: Request, permit: Permit<can::AccessExplain>, _: ()) -> Result<Redirect, Refusal> {
    view_as::start(&request.server.app, &permit, request.identity()?).await?;
    Ok(Redirect::to(&path(&request, "")))
}

/// Stops; back to the page of the user who was looked as.
pub async fn end(request: Request, who: Identity, _: ()) -> Result<Redirect, Refusal> {
    view_as::end(&request.server.app, &who).await?;
    let back = if who.viewer.is_some() { format!("/users/{}", who.actor.id()) } else { String::new() };
    Ok(Redirect::to(&path(&request, &back)))
}

/// The button on a user's page; disabled with the reason where the viewer may ask about the user, and none where not.
pub fn button(request: &Request, user: Id) -> Option<Markup> {
    let actor = &request.who.as_ref()?.actor;
    let may_ask = actor.may_to(Permission::AccessExplain, Noun::User, user);
    if actor.id() == user || actor.viewer().is_some() || !may_ask {
        return None;
    }
    let refused = actor.view_as(user).err().map(|why| capital(&in_words(&why.text())));
    let button =
        Button { disabled: refused.as_deref(), ..Button::new(Kind::Plain, t("View as")).icon(Icon::Eye) };
    // A whole new page: the names in its frame are others.
    Some(form(&path(request, &format!("/users/{user}/view-as")), request, button::submit(&button)))
}

/// The sentence on top of every page while the workspace is seen as somebody else.
pub fn banner(request: &Request) -> Option<Markup> {
    let who = request.who.as_ref().filter(|who| who.viewer.is_some())?;
    let name = who.actor.snapshot().model().label(who.actor.id());
    let says = fill(t("You see the workspace as {name}, read-only."), &[("name", &name)]);
    let stop = Button::new(Kind::Plain, t("Stop"));
    Some(html! {
        (icon(Icon::Eye))
        span { (says) }
        (form(&path(request, "/view-as/end"), request, button::submit(&stop)))
    })
}

fn form(action: &str, request: &Request, button: Markup) -> Markup {
    html! {
        form.inline method="post" action=(action) hx-boost="false" {
            input type="hidden" name="csrf" value=(csrf(request));
            (button)
        }
    }
}
