//! Reaches: how far a permission goes.

use std::fmt;

/// How far a permission goes over rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Reach {
    /// Rows that the user takes part in, owns or is assigned.
    Own,
    /// Rows that touch an extension, queue or number granted to the user.
    Assigned,
    /// Rows of the units that the user leads.
    Team,
    /// Every row of the workspace.
    All,
}

impl Reach {
    /// Every reach, narrow to wide.
    pub const ALL: [Reach; 4] = [Reach::Own, Reach::Assigned, Reach::Team, Reach::All];

    /// The letter that matrices use: `o`, `s`, `t`, `a`.
    pub const fn letter(self) -> char {
        match self {
            Reach::Own => 'o',
            Reach::Assigned => 's',
            Reach::Team => 't',
            Reach::All => 'a',
        }
    }

    /// The word that the API and people use.
    pub const fn word(self) -> &'static str {
        match self {
            Reach::Own => "own",
            Reach::Assigned => "assigned",
            Reach::Team => "team",
            Reach::All => "all",
        }
    }

    /// The reach of that word, if there is one.
    pub fn from_word(word: &str) -> Option<Reach> {
        Reach::ALL.into_iter().find(|r| r.word() == word)
    }

    /// The reaches that this one includes besides itself: whoever reaches everything reaches their own, what is
    /// assigned to them and their team's. The others include nothing: a lead of a team they do not belong to
    /// does not reach their own rows by leading (ONF-05).
    pub const fn narrower(self) -> Reaches {
        match self {
            Reach::Own | Reach::Assigned | Reach::Team => Reaches::NONE,
            Reach::All => Reaches::of(&[Reach::Own, Reach::Assigned, Reach::Team]),
        }
    }
}

/// A set of reaches.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Reaches(u8);

impl Reaches {
    /// No reach: the permission is not held.
    pub const NONE: Reaches = Reaches(0);

    /// The set of these reaches.
    pub const fn of(reaches: &[Reach]) -> Reaches {
        let (mut bits, mut rest) = (0, reaches);
        while let [first, tail @ ..] = rest {
            bits |= 1 << *first as u8;
            rest = tail;
        }
        Reaches(bits)
    }

    /// Whether the set holds a reach.
    pub const fn has(self, reach: Reach) -> bool {
        self.0 & (1 << reach as u8) != 0
    }

    /// Whether the set is empty.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The set with one more reach.
    pub const fn with(self, reach: Reach) -> Reaches {
        Reaches(self.0 | 1 << reach as u8)
    }

    /// What either set holds.
    pub const fn union(self, other: Reaches) -> Reaches {
        Reaches(self.0 | other.0)
    }

    /// What both sets hold.
    pub const fn intersection(self, other: Reaches) -> Reaches {
        Reaches(self.0 & other.0)
    }

    /// The set with every reach that one of its reaches includes ([`Reach::narrower`]).
    pub const fn closed(self) -> Reaches {
        if self.has(Reach::All) { self.union(Reach::All.narrower()) } else { self }
    }

    /// The reaches of the set, narrow to wide.
    pub fn iter(self) -> impl Iterator<Item = Reach> {
        Reach::ALL.into_iter().filter(move |r| self.has(*r))
    }

    /// The set that says the same with the fewest reaches: `all` alone where it is held.
    pub const fn shortest(self) -> Reaches {
        if self.has(Reach::All) { Reaches::of(&[Reach::All]) } else { self }
    }

    /// Reads letters as matrices have them: `os`, `a`, or `-` for none; nothing else is accepted.
    pub fn from_letters(letters: &str) -> Option<Reaches> {
        if letters == "-" {
            return Some(Reaches::NONE);
        }
        letters.chars().try_fold(Reaches::NONE, |set, c| {
            Reach::ALL.into_iter().find(|r| r.letter() == c).map(|r| set.with(r))
        })
    }

    /// The words of the set, narrow to wide, as the API has them.
    pub fn words(self) -> Vec<&'static str> {
        self.iter().map(Reach::word).collect()
    }
}

/// The letters of the set, `-` for none.
impl fmt::Display for Reaches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.pad("-");
        }
        f.pad(&self.iter().map(Reach::letter).collect::<String>())
    }
}

impl fmt::Debug for Reaches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
