//! The secrets that let a user in and that somebody else can know, by their words. Who knows which is in
//! [`crate::entry::known_secrets`].

use access::Id;

/// What somebody else can know of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Secret {
    /// The password.
    Password,
    /// The PIN.
    Pin,
    /// The link of an open invitation.
    Invitation,
    /// An open link that sets another password.
    Reset,
    /// What the present password was chosen with: a temporary one, or a link that somebody else saw.
    ChosenPassword,
    /// What the present PIN was chosen with.
    ChosenPin,
    /// The mails to the present email address: somebody else set it, and it may be theirs.
    Address,
    /// The same of the address that somebody was added with. It counts where they are to become Owner alone: whoever adds
    /// somebody types their address.
    FirstAddress,
}

impl Secret {
    const ALL: [Secret; 8] = [
        Secret::Password,
        Secret::Pin,
        Secret::Invitation,
        Secret::Reset,
        Secret::ChosenPassword,
        Secret::ChosenPin,
        Secret::Address,
        Secret::FirstAddress,
    ];

    /// Whether it was chosen by whoever had a secret that others knew.
    pub(crate) const fn is_chosen(self) -> bool {
        matches!(self, Secret::ChosenPassword | Secret::ChosenPin)
    }

    /// Those that let somebody in for a while only.
    pub(crate) const OPEN: [Secret; 4] = [Secret::Password, Secret::Pin, Secret::Invitation, Secret::Reset];

    /// The word in the database and the API.
    pub const fn word(self) -> &'static str {
        match self {
            Secret::Password => "password",
            Secret::Pin => "pin",
            Secret::Invitation => "invitation",
            Secret::Reset => "reset",
            Secret::ChosenPassword => "chosen_password",
            Secret::ChosenPin => "chosen_pin",
            Secret::Address => "address",
            Secret::FirstAddress => "first_address",
        }
    }

    /// The secret of a word; none for the empty one and unknown ones.
    pub fn of_word(word: &str) -> Option<Secret> {
        Secret::ALL.into_iter().find(|secret| secret.word() == word)
    }
}

/// A secret that no longer works because its person holds more than one of those who know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawn {
    /// Whose it was.
    pub user: Id,
    /// What it was.
    pub secret: Secret,
    /// Who else knew it.
    pub knowers: Vec<Id>,
    /// Whether their address was set by somebody who may not know their secrets: no link is mailed to it.
    pub address_in_doubt: bool,
}
