//! What was bought: seats for people, licences for numbers, and how many numbers the plan lets one person have.
//!
//! Judged on the outcome of a change, whoever makes it. A change that uses no more than before is never refused for
//! being above already, so that whoever is above can always come down step by step.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::model::{Id, Micros, Model};
use crate::preset::Plan;
use crate::text;
use crate::text::Text;

/// Of what there would be more than was bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Full {
    /// Every seat is taken (CLY-06).
    Seats {
        /// How many there are.
        bought: u32,
    },
    /// More people hold a seat than would be bought.
    FewerSeats {
        /// How many people.
        used: u32,
    },
    /// Every licence carries a number (ONF-06).
    Licences {
        /// How many there are.
        bought: u32,
    },
    /// More numbers are carried than licences would be bought.
    FewerLicences {
        /// How many numbers.
        used: u32,
    },
    /// The user has as many numbers as the plan lets one person have (ONF-07).
    Numbers {
        /// Who.
        user: Id,
        /// How many that are.
        most: u32,
    },
    /// Two people would have a number that belongs to one at a time (ONF-07).
    Shared {
        /// Which.
        number: Id,
    },
}

impl Full {
    /// What it is and how to mend it, in a sentence fragment for people.
    pub fn text(&self) -> Text {
        match self {
            Full::Seats { bought } => text!(
                "all seats are taken ({bought} of {bought}); buy another one on the plan page, or delete a user, \
                 whose seat is free then (a banned user keeps theirs)",
                bought
            ),
            Full::FewerSeats { used } => {
                text!("seats cannot be fewer than the {used} that people hold; delete users first", used)
            }
            Full::Licences { bought } => text!(
                "every licence carries a number ({bought} of {bought}); buy another one, or take a number back from \
                 whoever has it",
                bought
            ),
            Full::FewerLicences { used } => text!(
                "licences cannot be fewer than the {used} that carry a number; take numbers back first",
                used
            ),
            Full::Numbers { most, .. } => text!(
                "the plan lets one person have {most} numbers at the most; take one back from them, or move to a \
                 plan with more",
                most
            ),
            Full::Shared { .. } => text!(
                "a number belongs to one user at a time, and this one is somebody else's; reassign it instead"
            ),
        }
    }
}

impl fmt::Display for Full {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text().fmt(f)
    }
}

/// How many people hold a seat: all who are not deleted, the banned included (CLY-06).
pub fn seats_used(model: &Model) -> u32 {
    count(model.users.len())
}

/// The numbers that a licence carries: those that somebody may call with, granted to them or preset as their caller
/// ID (ONF-06). However many people share a number, it takes one licence.
pub fn carried(model: &Model, now: Micros) -> BTreeSet<Id> {
    users_of_each(model, now).into_keys().collect()
}

/// How many numbers the licences carry.
pub fn licences_used(model: &Model, now: Micros) -> u32 {
    count(carried(model, now).len())
}

/// How many numbers the plan lets one person have (ONF-07); none for no limit.
pub fn numbers_per_user(model: &Model) -> Option<u32> {
    Plan::by_key(&model.plan)?.numbers_per_user
}

/// Whether a change leaves no more in use than was bought, or at least no more than was in use before.
pub fn check(before: &Model, after: &Model, now: Micros) -> Result<(), crate::authority::Breach> {
    seats(before, after)
        .and_then(|()| licences(before, after, now))
        .and_then(|()| numbers(before, after, now))
        .and_then(|()| exclusive(before, after, now))
        .map_err(crate::authority::Breach::Full)
}

fn seats(before: &Model, after: &Model) -> Result<(), Full> {
    let used = seats_used(after);
    match after.seats {
        Some(bought) if used > bought && is_fewer(before.seats, bought) => Err(Full::FewerSeats { used }),
        Some(bought) if used > bought && used > seats_used(before) => Err(Full::Seats { bought }),
        _ => Ok(()),
    }
}

fn licences(before: &Model, after: &Model, now: Micros) -> Result<(), Full> {
    let used = licences_used(after, now);
    match after.licences {
        Some(bought) if used > bought && is_fewer(before.licences, bought) => {
            Err(Full::FewerLicences { used })
        }
        Some(bought) if used > bought && used > licences_used(before, now) => Err(Full::Licences { bought }),
        _ => Ok(()),
    }
}

fn is_fewer(before: Option<u32>, after: u32) -> bool {
    before.is_none_or(|before| after < before)
}

fn numbers(before: &Model, after: &Model, now: Micros) -> Result<(), Full> {
    let Some(most) = numbers_per_user(after) else { return Ok(()) };
    let (had, have) = (numbers_of_each(before, now), numbers_of_each(after, now));
    let above =
        |(user, count): &(&Id, &u32)| **count > most && **count > had.get(*user).copied().unwrap_or(0);
    match have.iter().find(above) {
        Some((user, _)) => Err(Full::Numbers { user: *user, most }),
        None => Ok(()),
    }
}

/// Where numbers belong to one user at a time, none gets a further one: granted for use or preset as a caller ID.
fn exclusive(before: &Model, after: &Model, now: Micros) -> Result<(), Full> {
    if !after.preset.rules.exclusive_numbers {
        return Ok(());
    }
    let (had, have) = (users_of_each(before, now), users_of_each(after, now));
    let further = |(number, users): &(&Id, &BTreeSet<Id>)| {
        users.len() > 1 && !had.get(*number).is_some_and(|had| users.is_subset(had))
    };
    match have.iter().find(further) {
        Some((number, _)) => Err(Full::Shared { number: *number }),
        None => Ok(()),
    }
}

/// Who has each number, by a grant for use or as their default caller ID.
fn users_of_each(model: &Model, now: Micros) -> BTreeMap<Id, BTreeSet<Id>> {
    let granted = model.grants.iter().filter(|g| g.may_use && g.counts_at(now)).map(|g| (g.entity, g.user));
    let preset = model.users.iter().filter_map(|(user, record)| Some((record.preset_number?, *user)));
    let all = granted.chain(preset).filter(|(number, _)| model.is_number(*number));
    all.fold(BTreeMap::new(), |mut users, (number, user)| {
        users.entry(number).or_default().insert(user);
        users
    })
}

/// How many numbers are granted for use to each user who has any.
fn numbers_of_each(model: &Model, now: Micros) -> BTreeMap<Id, u32> {
    let granted = model.grants.iter().filter(|g| g.may_use && g.counts_at(now) && model.is_number(g.entity));
    granted.fold(BTreeMap::new(), |mut counts, grant| {
        *counts.entry(grant.user).or_default() += 1;
        counts
    })
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
