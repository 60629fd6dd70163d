//! Wrong guesses at secrets, counted by what was guessed at, so that guessing gets slow and then stops for the day.

use access::Micros;

use crate::db::q;
use crate::{Result, Store};

const SECOND: Micros = 1_000_000;
const DAY: Micros = 86_400 * SECOND;
/// So many wrong guesses cost nothing: people mistype.
const FREE: i64 = 5;
/// So many in a day, and no more are checked until the day is over.
const PER_DAY: i64 = 90;
/// The longest wait between two guesses.
const LONGEST: Micros = 900 * SECOND;

/// How long to wait after that many wrong guesses in a row.
fn wait(failures: i64) -> Micros {
    let doublings = u32::try_from((failures - FREE).clamp(0, 20)).unwrap_or(20);
    if failures < FREE { 0 } else { (SECOND << doublings).min(LONGEST) }
}

impl Store {
    /// Takes one guess at a target, before it is checked: counting first means that guesses made at the same time
    /// cannot outrun the count. `Err` holds for how long to wait; nothing is counted then.
    pub async fn take_guess(&self, target: &str) -> Result<std::result::Result<(), Micros>> {
        let now = self.now();
        let mut tx = self.db.begin().await?;
        let insert =
            q("INSERT INTO attempts (target, failures, window_start, blocked_until) VALUES (").v(target);
        tx.exec(insert.s(", 0, ").v(now).s(", 0) ON CONFLICT (target) DO NOTHING")).await?;
        let lock = tx.for_update();
        let row =
            q("SELECT failures, window_start, blocked_until FROM attempts WHERE target = ").v(target).s(lock);
        let (failures, start, blocked_until): (i64, i64, i64) = tx.one(row).await?.unwrap_or_default();
        if now < blocked_until {
            return Ok(Err(blocked_until - now));
        }
        let (failures, start) = if start + DAY <= now { (1, now) } else { (failures + 1, start) };
        let until = if failures >= PER_DAY { start + DAY } else { now + wait(failures) };
        let update = q("UPDATE attempts SET failures = ").v(failures).s(", window_start = ").v(start);
        tx.exec(update.s(", blocked_until = ").v(until).s(" WHERE target = ").v(target)).await?;
        tx.commit().await?;
        Ok(Ok(()))
    }

    /// Forgets the wrong guesses at a target, after a right one.
    pub async fn forget_guesses(&self, target: &str) -> Result<()> {
        self.db.exec(q("DELETE FROM attempts WHERE target = ").v(target)).await?;
        Ok(())
    }
}
