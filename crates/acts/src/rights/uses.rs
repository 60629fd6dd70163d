//! When permissions were last used: noted in memory as requests pass, written down now and then, and what that says
//! of permissions that nobody uses.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, OnceLock, PoisonError};

use access::{Id, Micros, Permission, PermissionSet, Permit, Snapshot, can};
use schemars::JsonSchema;
use serde::Serialize;
use store::Slice;
use store::rights::uses::{LastUses, Use};

use crate::kernel::refusal::{Code, Refusal};
use crate::{Answer, App, List, Moment, Ref};

/// Uses are told apart by the hour: finer would write more and tell no more.
const HOUR: Micros = 3_600_000_000;

/// So many locks share the users, so that requests of different people hardly ever wait for each other.
const SHARDS: usize = 16;

/// Uses by workspace, user and permission.
type Shard = HashMap<(i64, Id, Permission), Noted>;

/// What was used since it was last written down.
#[derive(Debug, Default)]
pub struct Uses {
    shards: [Mutex<Shard>; SHARDS],
    noticed: OnceLock<PermissionSet>,
}

#[derive(Debug, Clone, Copy)]
struct Noted {
    hour: Micros,
    written: bool,
}

impl Uses {
    /// Says which permissions are noted when they are used: those that some endpoint asks for. Of the others nobody
    /// can say whether they are used. The first word counts.
    pub fn notice(&self, permissions: PermissionSet) {
        self.noticed.get_or_init(|| permissions);
    }

    /// The permissions whose use is noted.
    pub fn noticed(&self) -> PermissionSet {
        self.noticed.get().copied().unwrap_or(PermissionSet::NONE)
    }

    /// Notes that a user used a permission. One short lock; nothing more to do where they did so this hour already.
    pub fn note(&self, workspace: i64, user: Id, permission: Permission, now: Micros) {
        let fresh = Noted { hour: now - now.rem_euclid(HOUR), written: false };
        self.with((workspace, user, permission), fresh, |noted| {
            if noted.hour < fresh.hour {
                *noted = fresh;
            }
        });
    }

    fn with(&self, key: (i64, Id, Permission), fresh: Noted, edit: impl FnOnce(&mut Noted)) {
        let shard = usize::try_from(key.1.0).unwrap_or(0) % SHARDS;
        let Some(shard) = self.shards.get(shard) else { return };
        edit(shard.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_insert(fresh));
    }

    /// What is not written down yet. What was written in an hour before this one is forgotten.
    fn take(&self, now: Micros) -> Vec<Use> {
        let this_hour = now - now.rem_euclid(HOUR);
        let mut taken = vec![];
        for shard in &self.shards {
            let mut noted = shard.lock().unwrap_or_else(PoisonError::into_inner);
            noted.retain(|(workspace, user, permission), noted| {
                if !std::mem::replace(&mut noted.written, true) {
                    taken.push((*workspace, *user, *permission, noted.hour));
                }
                noted.hour >= this_hour
            });
        }
        taken
    }
}

/// Writes down what was used since the last time. What cannot be written is kept for the next time.
pub async fn flush(app: &App) -> Answer<()> {
    let uses = app.uses.take(app.store.now());
    let kept = app.store.keep_uses(&uses).await;
    if kept.is_err() {
        for (workspace, user, permission, hour) in uses {
            let fresh = Noted { hour, written: false };
            app.uses.with((workspace, user, permission), fresh, |noted| noted.written = false);
        }
    }
    Ok(kept?)
}

/// A permission that somebody holds and has not used for so long.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Unused {
    /// Who holds it.
    pub user: Ref,
    /// `resource:action`.
    pub permission: &'static str,
    /// A sentence fragment for people.
    pub meaning: &'static str,
    /// How far they hold it.
    pub reaches: Vec<&'static str>,
    /// When they last used it, to the hour; none for never.
    pub last_used_at: Option<Moment>,
}

/// How a permission is used in the workspace, by the people whom the asker may see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PermissionUse {
    /// `resource:action`.
    pub permission: &'static str,
    /// A sentence fragment for people.
    pub meaning: &'static str,
    /// How many people hold it.
    pub holders: usize,
    /// How many of them have not used it for so long.
    pub unused_by: usize,
    /// When anybody last used it, to the hour; none for never.
    pub last_used_at: Option<Moment>,
}

/// The permissions that people hold and have not used for so many days: of one user, or of everybody whom the asker
/// may see. Permissions that nothing in Ringfence asks for are left out: nobody can say whether they are used.
pub async fn unused(
    app: &App,
    permit: &Permit<can::AccessReview>,
    days: i64,
    user: Option<u32>,
    slice: Slice,
) -> Answer<List<Unused>> {
    let asked = Asked::of(app, permit, days).await?;
    if user.is_some_and(|user| !asked.people.contains(&Id(user))) {
        return Err(Refusal::new(Code::NotFound));
    }
    let people = asked.people.iter().filter(|id| user.is_none_or(|user| id.0 == user));
    let page = slice.of(people.flat_map(|user| asked.unused_of(*user)).collect());
    Ok(List::part(page.rows, page.total, slice))
}

/// Every permission that somebody holds, with how many use it: what hardly anybody uses comes first.
pub async fn by_permission(
    app: &App,
    permit: &Permit<can::AccessReview>,
    days: i64,
) -> Answer<Vec<PermissionUse>> {
    let asked = Asked::of(app, permit, days).await?;
    let mut uses: Vec<PermissionUse> = asked.noticed.iter().filter_map(|p| asked.use_of(p)).collect();
    uses.sort_by_key(|a| (std::cmp::Reverse(a.unused_by), a.permission));
    Ok(uses)
}

/// What is asked about uses: by whom, about whom, since when.
struct Asked {
    snapshot: std::sync::Arc<Snapshot>,
    people: Vec<Id>,
    noticed: PermissionSet,
    last: LastUses,
    joined: BTreeMap<Id, Micros>,
    since: Micros,
}

impl Asked {
    async fn of(app: &App, permit: &Permit<can::AccessReview>, days: i64) -> Answer<Asked> {
        if !(1..=3650).contains(&days) {
            return Err(Refusal::invalid("days", "{field} must be between 1 and 3650."));
        }
        flush(app).await?;
        let snapshot = app.snapshot(permit).await?;
        let seen = |user: &Id| permit.actor().is_none_or(|actor| actor.sees_user(*user));
        let mut people: Vec<Id> = snapshot.model().users.keys().copied().filter(seen).collect();
        people.sort_by_key(|id| snapshot.model().label(*id).to_lowercase());
        Ok(Asked {
            people,
            noticed: app.uses.noticed(),
            last: app.store.last_uses(permit).await?,
            joined: app.store.joined(permit).await?,
            since: app.store.now() - days * 24 * HOUR,
            snapshot,
        })
    }

    /// Whether something was unused since then; never for people who are not there that long.
    fn is_unused(&self, user: Id, last_used_at: Option<Micros>) -> bool {
        last_used_at.or(self.joined.get(&user).copied()).is_some_and(|at| at < self.since)
    }

    fn unused_of(&self, user: Id) -> impl Iterator<Item = Unused> {
        let powers = self.snapshot.user(user).map(|folded| folded.powers).unwrap_or_default();
        let held = powers.iter().filter(|(p, _)| self.noticed.has(*p)).collect::<Vec<_>>().into_iter();
        held.filter_map(move |(permission, reaches)| {
            let last_used_at = self.last.get(&(user, permission)).copied();
            self.is_unused(user, last_used_at).then(|| Unused {
                user: Ref::to(self.snapshot.model(), user),
                permission: permission.name(),
                meaning: permission.entry().meaning,
                reaches: access::shown(permission, reaches).words(),
                last_used_at: last_used_at.map(Moment),
            })
        })
    }

    fn use_of(&self, permission: Permission) -> Option<PermissionUse> {
        let holds = |user: &&Id| {
            self.snapshot.user(**user).is_some_and(|folded| folded.powers.permissions().has(permission))
        };
        let holders: Vec<&Id> = self.people.iter().filter(holds).collect();
        let last = |user: &Id| self.last.get(&(*user, permission)).copied();
        (!holders.is_empty()).then(|| PermissionUse {
            permission: permission.name(),
            meaning: permission.entry().meaning,
            holders: holders.len(),
            unused_by: holders.iter().filter(|user| self.is_unused(***user, last(user))).count(),
            last_used_at: holders.iter().filter_map(|user| last(user)).max().map(Moment),
        })
    }
}

#[cfg(test)]
mod tests {
    use access::{Id, Permission};

    use crate::rights::uses::{HOUR, Uses};

    #[test]
    fn a_use_is_written_once_an_hour_and_forgotten_after_it() {
        let uses = Uses::default();
        let note = |now| uses.note(1, Id(7), Permission::UserRead, now);
        note(10 * HOUR + 5);
        note(10 * HOUR + 9);
        assert_eq!(uses.take(10 * HOUR + 20), [(1, Id(7), Permission::UserRead, 10 * HOUR)]);
        note(10 * HOUR + 30);
        assert_eq!(uses.take(10 * HOUR + 40), []);
        note(11 * HOUR + 1);
        assert_eq!(uses.take(12 * HOUR), [(1, Id(7), Permission::UserRead, 11 * HOUR)]);
        assert!(uses.shards.iter().all(|shard| shard.lock().is_ok_and(|noted| noted.is_empty())));
    }
}
