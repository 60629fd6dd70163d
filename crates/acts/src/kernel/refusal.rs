//! Everything that can be answered instead of what was asked: one table of codes for every face.

use std::borrow::Cow;

use crate::kernel::foresight::Foresight;
use access::authority::Breach;
use access::limits::Full;
use access::{Denied, Micros, Permission, Text, text};
use store::StoreError;

/// Why something was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Which kind, from the table.
    pub code: Code,
    /// What to tell people: what is wrong and how to mend it.
    pub message: Text,
    /// The input field that it is about.
    pub field: Option<Cow<'static, str>>,
    /// The permission that is missing.
    pub permission: Option<Permission>,
    /// How long to wait before trying again.
    pub retry_after: Option<Micros>,
    /// What would have been done, where only that was asked.
    pub foresight: Option<Box<Foresight>>,
}

macro_rules! codes {
    (@is noted) => { true };
    (@is quiet) => { false };
    ($($code:ident $word:literal $status:literal $noted:ident $title:literal;)+) => {
        /// The kinds of refusals, each with its HTTP status.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code {
            $(#[doc = $title] $code,)+
        }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Code] = &[$(Code::$code),+];

            /// The word in API answers.
            pub const fn word(self) -> &'static str {
                match self { $(Code::$code => $word,)+ }
            }

            /// The HTTP status (RFC 9110).
            pub const fn status(self) -> u16 {
                match self { $(Code::$code => $status,)+ }
            }

            /// Whether it concerns access, and so leaves an entry in the audit log (ALL-06): who asked for what they may not
            /// do, not see, or not give. A text that is too long concerns nobody.
            pub const fn is_noted(self) -> bool {
                match self { $(Code::$code => codes!(@is $noted),)+ }
            }

            /// A short sentence, the same for every refusal of this kind.
            pub const fn title(self) -> &'static str {
                match self { $(Code::$code => $title,)+ }
            }
        }
    };
}

codes! {
    Unauthenticated "unauthenticated" 401 quiet "Sign in or show a token that is good.";
    WrongCredentials "wrong_credentials" 401 quiet "The email address or the password is wrong.";
    UnknownNumber "unknown_number" 401 quiet "Nobody signs in with this phone number.";
    WrongPin "wrong_pin" 401 quiet "The PIN is wrong.";
    PinClosed "pin_closed" 401 quiet "PIN sign-in is closed on new devices.";
    SecretExpired "secret_expired" 401 quiet "The temporary password or PIN is out of time.";
    Banned "banned" 401 quiet "The account is banned.";
    Forbidden "forbidden" 403 noted "You lack the permission for this.";
    OwnerProtected "owner_protected" 403 noted "Only the Owner can change the Owner.";
    GivesMore "gives_more" 403 noted "You cannot give what you do not hold yourself.";
    HandsOver "hands_over" 403 noted "You cannot put somebody or something under powers that you do not have yourself.";
    HoldsMore "holds_more" 403 noted "You cannot change somebody who may do more than you.";
    PasswordNeeded "password_needed" 403 noted "This asks for your password first.";
    OwnSecretFirst "own_secret_first" 403 noted "Choose a password or PIN of your own first.";
    ReadOnly "read_only" 403 noted "You see the workspace as somebody else, read-only.";
    CrossSite "cross_site" 403 noted "The request did not come from a page of this server.";
    NotFound "not_found" 404 noted "There is no such thing.";
    MethodNotAllowed "method_not_allowed" 405 quiet "This address does not take that method.";
    Conflict "conflict" 409 quiet "Somebody else changed it in the meantime.";
    Unconfirmed "unconfirmed" 409 quiet "This changes who may do what: confirm it first.";
    NotUndoable "not_undoable" 409 noted "This cannot be undone any more.";
    Taken "taken" 409 quiet "The value is in use already.";
    InUse "in_use" 409 noted "Something still depends on it.";
    ViewEnded "view_ended" 409 quiet "You no longer see the workspace as somebody else.";
    LastAdmin "last_admin" 409 noted "This would leave nobody who can manage people and roles.";
    OneOwner "one_owner" 409 noted "A workspace has exactly one Owner.";
    SeatsFull "seats_full" 409 noted "All seats of the subscription are taken.";
    LicencesFull "licences_full" 409 noted "Every licence carries a number.";
    NumbersFull "numbers_full" 409 noted "The plan does not let one person have more numbers.";
    TooLarge "too_large" 413 quiet "The request is too large.";
    UnsupportedMediaType "unsupported_media_type" 415 quiet "The body must be JSON.";
    BadRequest "bad_request" 400 quiet "The request cannot be read.";
    Invalid "invalid" 422 quiet "A value is not acceptable.";
    OutOfReach "out_of_reach" 422 noted "A value names what you may not see, or not give.";
    BuiltIn "built_in" 409 noted "Built-in roles cannot be changed, only cloned.";
    TooManyTries "too_many_tries" 429 quiet "Too many tries. Wait before the next one.";
    Internal "internal" 500 quiet "Something went wrong on our side.";
    Unavailable "unavailable" 503 quiet "The database does not answer. Try again in a moment.";
    Busy "busy" 503 quiet "Too much to do at once. Try again in a moment.";
}

impl Refusal {
    /// A refusal with the table's own sentence.
    pub fn new(code: Code) -> Refusal {
        let message = Text::new(code.title());
        Refusal { code, message, field: None, permission: None, retry_after: None, foresight: None }
    }

    /// A refusal that says more than its kind.
    pub fn because(code: Code, message: impl Into<Text>) -> Refusal {
        Refusal { message: message.into(), ..Refusal::new(code) }
    }

    /// A value that is not acceptable: what is wrong with it and how to mend it, with the field as `{field}` in it.
    pub fn invalid(field: impl Into<Cow<'static, str>>, message: impl Into<Text>) -> Refusal {
        Refusal::because(Code::Invalid, message).at(field)
    }

    /// A value that concerns access: it names what the actor may not see, or what they may not give. What is hidden is told
    /// like what is not there.
    pub fn out_of_reach(field: impl Into<Cow<'static, str>>, message: impl Into<Text>) -> Refusal {
        Refusal::because(Code::OutOfReach, message).at(field)
    }

    /// About an input field, which is `{field}` in the message.
    #[must_use]
    pub fn at(mut self, field: impl Into<Cow<'static, str>>) -> Refusal {
        let field = field.into();
        self.message = self.message.with("field", &field);
        Refusal { field: Some(field), ..self }
    }

    /// A missing permission.
    pub fn lacks(permission: Permission) -> Refusal {
        let message = text!("You lack the permission `{permission}`: {meaning}.", permission);
        let message = message.and("meaning", Text::new(permission.entry().meaning));
        Refusal { permission: Some(permission), ..Refusal::because(Code::Forbidden, message) }
    }

    /// Too many tries; how long to wait.
    pub fn too_many(wait: Micros) -> Refusal {
        let seconds = (wait + 999_999) / 1_000_000;
        let message = text!("Too many tries. Wait {seconds} s before the next one.", seconds);
        Refusal { retry_after: Some(wait), ..Refusal::because(Code::TooManyTries, message) }
    }
}

impl From<Denied> for Refusal {
    fn from(denied: Denied) -> Refusal {
        match denied {
            Denied::Hidden => Refusal::new(Code::NotFound),
            Denied::Lacks(permission) => Refusal::lacks(permission),
        }
    }
}

impl From<Breach> for Refusal {
    fn from(breach: Breach) -> Refusal {
        let (code, permission) = match breach {
            Breach::OwnerProtected => (Code::OwnerProtected, None),
            Breach::OneOwner => (Code::OneOwner, None),
            Breach::LastGuardian => (Code::LastAdmin, None),
            Breach::GivesMore { permission, .. } | Breach::CannotBeGiven(permission) => {
                (Code::GivesMore, Some(permission))
            }
            Breach::HandsOver(ref over) => (Code::HandsOver, over.permissions.iter().next()),
            Breach::HoldsMore { .. } | Breach::HoldsLonger { .. } => (Code::HoldsMore, None),
            Breach::Full(full) => return full.into(),
        };
        let message = text!("Not done: {breach}.").and("breach", breach.text());
        Refusal { permission, ..Refusal::because(code, message) }
    }
}

impl From<Full> for Refusal {
    fn from(full: Full) -> Refusal {
        let (code, field) = match full {
            Full::Seats { .. } => (Code::SeatsFull, None),
            Full::Licences { .. } => (Code::LicencesFull, None),
            Full::Numbers { .. } => (Code::NumbersFull, None),
            Full::Shared { .. } => (Code::OutOfReach, Some("number".into())),
            Full::FewerSeats { .. } => (Code::InUse, Some("seats".into())),
            Full::FewerLicences { .. } => (Code::InUse, Some("licences".into())),
        };
        let message = text!("Not done: {breach}.").and("breach", full.text());
        Refusal { field, ..Refusal::because(code, message) }
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Refusal {
        match error {
            StoreError::Denied(denied) => denied.into(),
            StoreError::Breach(breach) => breach.into(),
            StoreError::Foreseen(foreseen) => {
                Refusal { foresight: Some(Box::new((*foreseen).into())), ..Refusal::new(Code::Unconfirmed) }
            }
            StoreError::NotUndoable(why) => Refusal::because(Code::NotUndoable, why),
            StoreError::SessionEnded => Refusal::new(Code::Unauthenticated),
            StoreError::Missing => Refusal::new(Code::NotFound),
            StoreError::Untold(error) => {
                tracing::error!(%error, "nobody could be told of a withdrawn secret");
                Refusal::new(Code::Internal)
            }
            StoreError::Unsealed => Refusal::new(Code::Internal),
            StoreError::Nul => Refusal::because(Code::BadRequest, "Text must not have NUL characters."),
            StoreError::Unseen => unseen(),
            StoreError::Stale => Refusal::because(
                Code::Conflict,
                "Somebody else changed it in the meantime. Load it again and redo your edit.",
            ),
            StoreError::Taken("phone") => {
                let message = text!(
                    "{field} signs in somebody else with their PIN already: each person with a PIN needs their own."
                );
                Refusal::because(Code::Taken, message).at("phone")
            }
            StoreError::Taken(field) => {
                Refusal::because(Code::Taken, "{field} is in use already: choose another value.").at(field)
            }
            StoreError::Database(error) => {
                // The cause is for the log of the machine, never for whoever asked.
                tracing::error!(error = %error, "the database failed");
                Refusal::new(Code::Unavailable)
            }
        }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.message.fmt(f)
    }
}

impl std::error::Error for Refusal {}

/// What is said where an act would touch somebody of whom its actor may not know: nothing about them.
pub(crate) fn unseen() -> Refusal {
    Refusal::because(Code::Forbidden, text!("Not done: it would change somebody whom you may not see."))
}
