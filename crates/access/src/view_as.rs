//! View as: one user sees the workspace as another would, and nothing that they may not see themself.

use std::fmt;
use std::sync::Arc;

use crate::authority::{self, Breach};
use crate::decide::{Actor, Denied};
use crate::model::{Id, Standing};
use crate::permission::Permission;
use crate::text;
use crate::text::Text;
use crate::thing::{Noun, Thing};

/// Why somebody cannot see the workspace as another user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CannotView {
    /// They may not see the user, or not ask about the user's access.
    Denied(Denied),
    /// The user is the Owner.
    Owner,
    /// The user holds a permission further than they do.
    HoldsMore(Permission),
    /// The user is they themself.
    Oneself,
    /// The user is banned and sees nothing.
    Banned,
}

impl CannotView {
    /// Why, in a sentence fragment for people.
    pub fn text(&self) -> Text {
        match self {
            CannotView::Denied(Denied::Hidden) => text!("you do not see this user"),
            CannotView::Denied(Denied::Lacks(permission)) => {
                text!("it takes `{permission}` over this user", permission)
            }
            CannotView::Owner => text!("nobody sees the workspace as its Owner"),
            CannotView::HoldsMore(permission) => {
                text!("this user holds `{permission}` further than you do", permission)
            }
            CannotView::Oneself => text!("this is you"),
            CannotView::Banned => text!("this user is banned and sees nothing"),
        }
    }
}

impl fmt::Display for CannotView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text().fmt(f)
    }
}

impl std::error::Error for CannotView {}

impl Actor {
    /// Who looks as this user; none where the user acts themself.
    pub fn viewer(&self) -> Option<&Actor> {
        self.viewer.as_deref()
    }

    /// This actor, looking at the workspace as another user would: refused on people whom they may not ask about and
    /// on people who hold more. Decisions of the answer are the other user's; of what shows something, only what this
    /// actor may see too, so that nothing can be learnt this way that cannot be learnt without.
    pub fn view_as(&self, user: Id) -> Result<Actor, CannotView> {
        if self.id() == user || self.viewer.is_some() {
            return Err(CannotView::Oneself);
        }
        let thing = self.snapshot().thing(Noun::User, user).ok_or(CannotView::Denied(Denied::Hidden))?;
        self.may_ask_about(&thing)?;
        authority::may_touch(self, self.snapshot(), user).map_err(|breach| match breach {
            Breach::HoldsMore { permission, .. } => CannotView::HoldsMore(permission),
            _ => CannotView::Owner,
        })?;
        let banned = |user: &crate::model::User| user.standing == Standing::Banned;
        if self.snapshot().model().users.get(&user).is_some_and(banned) {
            return Err(CannotView::Banned);
        }
        let mut actor = Actor::user(self.snapshot().clone(), user).ok_or(CannotView::Banned)?;
        actor.viewer = Some(Arc::new(self.clone()));
        Ok(actor)
    }

    fn may_ask_about(&self, user: &Thing) -> Result<(), CannotView> {
        let lacked =
            [Permission::UserRead, Permission::AccessExplain].into_iter().find(|p| !self.may(*p, user));
        match lacked {
            Some(Permission::UserRead) => Err(CannotView::Denied(Denied::Hidden)),
            Some(permission) => Err(CannotView::Denied(Denied::Lacks(permission))),
            None => Ok(()),
        }
    }
}
