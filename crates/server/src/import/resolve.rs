//! Matches the parties of a call record to what a workspace has: whose call it was, over which
//! extension, queue and number, and in which direction.

use std::collections::HashMap;

use super::e164::NumberPlan;
use super::record::CallRecord;

/// Digits from which on a party that is no extension counts as outside, even if its number is not
/// written in a way that can be normalised.
const OUTSIDE_DIGITS: usize = 7;

/// Extensions, queues, numbers and units of one workspace. All ids are those of one id space.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    plan: NumberPlan,
    extensions: HashMap<String, Owned>,
    queues: HashMap<String, u32>,
    numbers: HashMap<String, Owned>,
    units: HashMap<u32, Units>,
}

/// A thing and the user whose it is.
#[derive(Clone, Copy, Debug)]
struct Owned {
    id: u32,
    user: Option<u32>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Units {
    department: Option<u32>,
    branch: Option<u32>,
}

impl Directory {
    /// An empty directory of a workspace that writes its numbers by `plan`.
    #[must_use]
    pub fn new(plan: NumberPlan) -> Self {
        Directory { plan, ..Directory::default() }
    }

    /// Adds an extension by its digits, with the user who owns it.
    pub fn add_extension(&mut self, digits: &str, id: u32, owner: Option<u32>) {
        self.extensions.insert(digits.to_owned(), Owned { id, user: owner });
    }

    /// Adds a queue under its name or its digits; call it twice for a queue that has both.
    pub fn add_queue(&mut self, name_or_digits: &str, id: u32) {
        self.queues.insert(name_or_digits.to_lowercase(), id);
    }

    /// Adds a number in E.164, with the user it is assigned to.
    pub fn add_number(&mut self, e164: &str, id: u32, assignee: Option<u32>) {
        self.numbers.insert(e164.to_owned(), Owned { id, user: assignee });
    }

    /// Adds the units that a user belongs to.
    pub fn add_user(&mut self, id: u32, department: Option<u32>, branch: Option<u32>) {
        self.units.insert(id, Units { department, branch });
    }

    fn queue(&self, name_or_digits: &str) -> Option<u32> {
        let exact = self.queues.get(name_or_digits).copied();
        exact.or_else(|| self.queues.get(&name_or_digits.to_lowercase()).copied())
    }
}

/// Which way a call went, seen from the workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From outside to the workspace.
    Inbound,
    /// From the workspace to outside.
    Outbound,
    /// Between extensions, or from one to a queue or a feature code.
    Internal,
}

/// A call record's parties as the workspace knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// Which way it went.
    pub direction: Direction,
    /// The caller: the digits of an extension, otherwise E.164, otherwise as the source wrote it.
    pub from: String,
    /// The called side, likewise.
    pub to: String,
    /// The user who called.
    pub from_user: Option<u32>,
    /// The user who was called.
    pub to_user: Option<u32>,
    /// The extension that called.
    pub from_extension: Option<u32>,
    /// The extension that was reached.
    pub to_extension: Option<u32>,
    /// The queue that it went through.
    pub queue: Option<u32>,
    /// The workspace's number that was dialled (inbound) or shown (outbound).
    pub number: Option<u32>,
    /// Everything above and the departments and branches of the users: sorted, each once.
    pub touches: Vec<u32>,
}

/// One side of a call.
struct Party<'a> {
    /// As the source wrote it.
    text: &'a str,
    extension: Option<(&'a str, Owned)>,
    e164: Option<String>,
}

impl<'a> Party<'a> {
    fn find(directory: &'a Directory, text: &'a str, channel: Option<&'a str>) -> Self {
        let known = |digits: &'a str| Some((digits, *directory.extensions.get(digits)?));
        let extension = known(text).or_else(|| known(channel?));
        let is_extension = extension.is_some_and(|(digits, _)| digits == text);
        let e164 = if is_extension { None } else { directory.plan.normalise(text) };
        Party { text, extension, e164 }
    }

    /// Whether it is somebody outside, as far as what was written tells.
    fn looks_outside(&self) -> bool {
        let digits = self.text.bytes().filter(u8::is_ascii_digit).count();
        self.extension.is_none() && (self.e164.is_some() || digits >= OUTSIDE_DIGITS)
    }

    /// The digits of the extension, otherwise the number.
    fn shown(&self) -> String {
        match (&self.extension, &self.e164) {
            (Some((digits, _)), _) => (*digits).to_owned(),
            (None, Some(number)) => number.clone(),
            (None, None) => self.text.to_owned(),
        }
    }

    fn number(&self, directory: &Directory) -> Option<Owned> {
        directory.numbers.get(self.e164.as_deref()?).copied()
    }
}

/// Matches the parties of `record` to `directory`.
#[must_use]
pub fn resolve(record: &CallRecord, directory: &Directory) -> Resolved {
    let from = Party::find(directory, &record.from, record.caller_channel.as_deref());
    let to = Party::find(directory, &record.to, record.callee_channel.as_deref());
    let queue = record
        .queue
        .as_deref()
        .and_then(|queue| directory.queue(queue))
        .or_else(|| directory.queue(&record.to));
    let shown = from.number(directory);
    let dialled = record.dialled.as_deref().and_then(|text| directory.plan.normalise(text));
    let dialled =
        dialled.and_then(|number| directory.numbers.get(&number).copied()).or_else(|| to.number(directory));
    let direction = direction(&from, &to, shown.is_some(), dialled.is_some() || queue.is_some());
    let number = match direction {
        Direction::Inbound => dialled,
        Direction::Outbound => shown,
        Direction::Internal => dialled.or(shown),
    };
    let from_extension = from.extension.map(|(_, extension)| extension);
    let to_extension = to.extension.map(|(_, extension)| extension);
    let from_user = match (from_extension, direction) {
        (Some(extension), _) => extension.user,
        (None, Direction::Outbound) => shown.and_then(|number| number.user),
        (None, _) => None,
    };
    let to_user = match (to_extension, direction) {
        (Some(extension), _) => extension.user,
        // A number's assignee is who it rings for, unless it leads to a queue.
        (None, Direction::Inbound) if queue.is_none() => dialled.and_then(|number| number.user),
        (None, _) => None,
    };
    let mut resolved = Resolved {
        direction,
        from: from.shown(),
        to: to.shown(),
        from_user,
        to_user,
        from_extension: from_extension.map(|extension| extension.id),
        to_extension: to_extension.map(|extension| extension.id),
        queue,
        number: number.map(|number| number.id),
        touches: Vec::new(),
    };
    resolved.touches = touches(&resolved, directory);
    resolved
}

/// Which way it went. `shows_own` tells that the caller showed a number of the workspace,
/// `reaches_own` that a number or a queue of the workspace was called.
fn direction(from: &Party<'_>, to: &Party<'_>, shows_own: bool, reaches_own: bool) -> Direction {
    let from_inside = from.extension.is_some() || shows_own;
    let to_inside = to.extension.is_some() || reaches_own;
    match (from_inside, to_inside) {
        (true, true) => Direction::Internal,
        (true, false) if to.looks_outside() => Direction::Outbound,
        (true, false) => Direction::Internal,
        (false, true) if is_short(from) => Direction::Internal,
        (false, true) => Direction::Inbound,
        // Neither is known, for instance because the extension is gone: short digits are inside.
        (false, false) if is_short(from) && to.looks_outside() => Direction::Outbound,
        (false, false) if is_short(from) => Direction::Internal,
        (false, false) => Direction::Inbound,
    }
}

/// Whether it is written like an extension. A withheld caller is not.
fn is_short(party: &Party<'_>) -> bool {
    let text = party.text;
    (2..OUTSIDE_DIGITS).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn touches(resolved: &Resolved, directory: &Directory) -> Vec<u32> {
    let users = [resolved.from_user, resolved.to_user];
    let units = users.iter().flatten().filter_map(|user| directory.units.get(user));
    let units = units.flat_map(|units| [units.department, units.branch]);
    let things = [resolved.from_extension, resolved.to_extension, resolved.queue, resolved.number];
    let mut touches: Vec<u32> = users.into_iter().chain(things).chain(units).flatten().collect();
    touches.sort_unstable();
    touches.dedup();
    touches
}

#[cfg(test)]
#[path = "resolve_tests.rs"]
mod tests;
