//! Guesses at secrets, counted by what was guessed at, so that guessing gets slow and then stops for the day.

use access::Micros;

use crate::change::Change;
use crate::kit::db::{Tx, q};
use crate::{Result, Store};

const SECOND: Micros = 1_000_000;
const DAY: Micros = 86_400 * SECOND;

/// How many wrong guesses at something are checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// So many cost nothing, since people mistype; after them, each wait is twice as long as the one before.
    pub free: i64,
    /// So many in a day, and no more are checked until the day is over.
    pub per_day: i64,
    /// The longest wait between two guesses, until then.
    pub longest: Micros,
}

impl Limit {
    /// The longest wait, unless told otherwise: a quarter of an hour.
    pub const LONGEST: Micros = 900 * SECOND;

    /// So many in a day, after which the day is over.
    pub const fn of_day(free: i64, per_day: i64) -> Limit {
        Limit { free, per_day, longest: Limit::LONGEST }
    }

    /// No end, but ever longer waits, up to the longest: what many share is never shut for the day.
    pub const fn slow(free: i64, longest: Micros) -> Limit {
        Limit { free, per_day: i64::MAX, longest }
    }
}

/// A guess that is not checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// How long to wait for the next one.
    pub wait: Micros,
    /// Whether this is the first one to hear of it: what is worth a note, and the thousands after it are not.
    pub begins: bool,
}

/// Whether a guess may be checked.
pub type Taken = std::result::Result<(), Block>;

#[derive(sqlx::FromRow)]
struct Row {
    failures: i64,
    window_start: i64,
    blocked_until: i64,
    told_until: i64,
}

impl Row {
    fn block(&self, now: Micros) -> Option<Block> {
        let begins = self.told_until < self.blocked_until;
        (now < self.blocked_until).then(|| Block { wait: self.blocked_until - now, begins })
    }
}

impl Limit {
    /// How long to wait after that many wrong guesses in a row.
    fn wait(self, failures: i64) -> Micros {
        let doublings = u32::try_from((failures - self.free).clamp(0, 20)).unwrap_or(20);
        if failures < self.free { 0 } else { (SECOND << doublings).min(self.longest) }
    }

    /// The row after one more guess.
    fn after(self, row: &Row, now: Micros) -> (i64, i64, i64) {
        let over = row.window_start + DAY <= now;
        let (failures, start) = if over { (1, now) } else { (row.failures + 1, row.window_start) };
        (failures, start, if failures >= self.per_day { start + DAY } else { now + self.wait(failures) })
    }
}

const ROW: &str = "SELECT failures, window_start, blocked_until, told_until FROM attempts WHERE target = ";

impl Store {
    /// Takes one guess at a target, before it is checked: counting first means that guesses made at the same time
    /// cannot outrun the count. Of a blocked one nothing is counted.
    pub async fn take_guess(&self, target: &str, limit: Limit) -> Result<Taken> {
        self.guess(target, Some(limit)).await
    }

    /// Whether guesses at a target are blocked; nothing is counted.
    pub async fn guesses_left(&self, target: &str) -> Result<Taken> {
        self.guess(target, None).await
    }

    async fn guess(&self, target: &str, limit: Option<Limit>) -> Result<Taken> {
        let now = self.now();
        // A flood of guesses that are blocked reads, and holds up nobody who writes.
        let seen: Option<Row> = self.db.one(q(ROW).v(target)).await?;
        let block = seen.as_ref().and_then(|row| row.block(now));
        match (block, limit) {
            (Some(block), _) if !block.begins => return Ok(Err(block)),
            (None, None) => return Ok(Ok(())),
            _ => {}
        }
        let mut tx = self.db.begin().await?;
        let taken = count(&mut tx, target, limit, now).await?;
        tx.commit().await?;
        Ok(taken)
    }

    /// Gives a guess back, after a right one or where none was checked: only wrong ones count, and those of others
    /// at the same target go on counting.
    pub async fn return_guess(&self, target: &str) -> Result<()> {
        let update = q(
            "UPDATE attempts SET failures = failures - 1, blocked_until = 0 WHERE failures > 0 AND target = ",
        );
        self.db.exec(update.v(target)).await?;
        Ok(())
    }
}

impl Change<'_> {
    /// Forgets the guesses at a secret that is no longer good.
    pub async fn forget_guesses(&mut self, target: &str) -> Result<()> {
        self.tx.exec(q("DELETE FROM attempts WHERE target = ").v(target)).await?;
        Ok(())
    }

    /// Counts something that may happen so often a day, whichever workspace it happens in, with the change that does
    /// it: what is not committed was not counted.
    pub async fn take_turn(&mut self, target: &str, limit: Limit) -> Result<Taken> {
        let now = self.now();
        count(&mut self.tx, target, Some(limit), now).await
    }
}

/// Counts a guess, unless guesses are blocked; without a limit only tells whether they are.
async fn count(tx: &mut Tx, target: &str, limit: Option<Limit>, now: Micros) -> Result<Taken> {
    let insert = q("INSERT INTO attempts (target, failures, window_start, blocked_until) VALUES (").v(target);
    let new = tx.exec(insert.s(", 0, ").v(now).s(", 0) ON CONFLICT (target) DO NOTHING")).await?;
    if new > 0 {
        tx.exec(q("DELETE FROM attempts WHERE window_start < ").v(now - 2 * DAY)).await?;
    }
    let lock = tx.for_update();
    let row: Option<Row> = tx.one(q(ROW).v(target).s(lock)).await?;
    let Some(row) = row else { return Ok(Ok(())) };
    if let Some(block) = row.block(now) {
        tx.exec(q("UPDATE attempts SET told_until = blocked_until WHERE target = ").v(target)).await?;
        return Ok(Err(block));
    }
    if let Some(limit) = limit {
        let (failures, start, until) = limit.after(&row, now);
        let update = q("UPDATE attempts SET failures = ").v(failures).s(", window_start = ").v(start);
        tx.exec(update.s(", blocked_until = ").v(until).s(" WHERE target = ").v(target)).await?;
    }
    Ok(Ok(()))
}
