//! Sets of permissions, and permissions with their reaches, as bit masks.

use crate::permission::Permission;
use crate::reach::{Reach, Reaches};

/// One cell of a role, toggle or temporary access: a permission at some reaches, as it was written down.
pub type Cell = (Permission, Reaches);

/// A set of permissions, one bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct PermissionSet(pub(crate) u128);

impl PermissionSet {
    /// No permission.
    pub const NONE: PermissionSet = PermissionSet(0);
    /// Every permission of the catalogue.
    pub const EVERY: PermissionSet = PermissionSet((1 << Permission::ALL.len()) - 1);

    /// Whether the set holds a permission.
    pub const fn has(self, permission: Permission) -> bool {
        self.0 & permission.bit() != 0
    }

    /// The set with one more permission.
    #[must_use]
    pub const fn with(self, permission: Permission) -> PermissionSet {
        PermissionSet(self.0 | permission.bit())
    }

    /// The set without one permission.
    #[must_use]
    pub const fn without(self, permission: Permission) -> PermissionSet {
        PermissionSet(self.0 & !permission.bit())
    }

    /// The permissions of the set, in catalogue order.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.iter().copied().filter(move |p| self.has(*p))
    }
}

impl FromIterator<Permission> for PermissionSet {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        permissions.into_iter().fold(PermissionSet::NONE, PermissionSet::with)
    }
}

/// Permissions with their reaches: for each reach, the set of permissions held at it.
///
/// Powers are kept *closed*: whoever holds a permission at a wide reach holds it at every narrower one the
/// permission can have ([`Reach::narrower`]), so that taking the wide reach away leaves the narrow one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Powers([u128; 4]);

impl Powers {
    /// Nothing at all.
    pub const NONE: Powers = Powers([0; 4]);

    const fn at(&self, reach: Reach) -> u128 {
        let [own, assigned, team, all] = self.0;
        match reach {
            Reach::Own => own,
            Reach::Assigned => assigned,
            Reach::Team => team,
            Reach::All => all,
        }
    }

    fn at_mut(&mut self, reach: Reach) -> &mut u128 {
        let [own, assigned, team, all] = &mut self.0;
        match reach {
            Reach::Own => own,
            Reach::Assigned => assigned,
            Reach::Team => team,
            Reach::All => all,
        }
    }

    /// Whether a permission is held at a reach.
    #[inline]
    pub const fn has(&self, permission: Permission, reach: Reach) -> bool {
        self.at(reach) & permission.bit() != 0
    }

    /// The reaches at which a permission is held.
    pub fn reaches(&self, permission: Permission) -> Reaches {
        Reach::ALL.into_iter().filter(|r| self.has(permission, *r)).fold(Reaches::NONE, Reaches::with)
    }

    /// The permissions held at a reach.
    pub(crate) const fn at_reach(&self, reach: Reach) -> PermissionSet {
        PermissionSet(self.at(reach))
    }

    /// The permissions held at any reach.
    pub const fn permissions(&self) -> PermissionSet {
        let [own, assigned, team, all] = self.0;
        PermissionSet(own | assigned | team | all)
    }

    /// Adds a permission at some reaches, and at every narrower reach that it can have.
    pub fn add(&mut self, permission: Permission, reaches: Reaches) {
        for reach in reaches.closed().intersection(permission.entry().reaches).iter() {
            *self.at_mut(reach) |= permission.bit();
        }
    }

    /// Takes a permission away at some reaches and all that is not narrower than each of them (deny wins).
    pub fn deny(&mut self, permission: Permission, reaches: Reaches) {
        let kept =
            reaches.iter().fold(Reaches::of(&[Reach::Own, Reach::Assigned, Reach::Team]), |kept, r| {
                kept.intersection(r.narrower())
            });
        if reaches.is_empty() {
            return;
        }
        for reach in Reach::ALL.into_iter().filter(|r| !kept.has(*r)) {
            *self.at_mut(reach) &= !permission.bit();
        }
    }

    /// Everything that either holds.
    #[must_use]
    pub fn union(&self, other: &Powers) -> Powers {
        let (Powers([a, b, c, d]), Powers([w, x, y, z])) = (self, other);
        Powers([a | w, b | x, c | y, d | z])
    }

    /// What this holds and the other does not, reach by reach.
    #[must_use]
    pub const fn except(&self, other: &Powers) -> Powers {
        let (Powers([a, b, c, d]), Powers([w, x, y, z])) = (self, other);
        Powers([*a & !*w, *b & !*x, *c & !*y, *d & !*z])
    }

    /// What remains when only some permissions count (a plan, a token's scope).
    #[must_use]
    pub const fn only(&self, set: PermissionSet) -> Powers {
        let [own, assigned, team, all] = self.0;
        Powers([own & set.0, assigned & set.0, team & set.0, all & set.0])
    }

    /// What remains without the denied cells.
    #[must_use]
    pub fn minus(&self, denied: &[Cell]) -> Powers {
        let mut left = *self;
        for (permission, reaches) in denied {
            left.deny(*permission, *reaches);
        }
        left
    }

    /// Each held permission with its reaches, in catalogue order.
    pub fn iter(&self) -> impl Iterator<Item = (Permission, Reaches)> {
        let powers = *self;
        self.permissions().iter().map(move |p| (p, powers.reaches(p)))
    }
}

impl FromIterator<Cell> for Powers {
    fn from_iter<I: IntoIterator<Item = Cell>>(cells: I) -> Self {
        let mut powers = Powers::NONE;
        for (permission, reaches) in cells {
            powers.add(permission, reaches);
        }
        powers
    }
}

impl<'a> FromIterator<&'a Cell> for Powers {
    fn from_iter<I: IntoIterator<Item = &'a Cell>>(cells: I) -> Self {
        cells.into_iter().copied().collect()
    }
}
