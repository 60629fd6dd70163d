//! Reviews of access: each line is one thing that somebody has, kept or removed by whoever reviews.

use access::{Id, Micros, Permit, can};

use crate::change::Change;
use crate::kit::db::{Rows, q, row};
use crate::kit::load::id;
use crate::{Result, Store, StoreError};

/// A review as it is kept.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ReviewRow {
    /// Its id.
    pub id: i64,
    /// What people call it.
    pub name: String,
    /// What it is of: `role`, `department`, `branch`.
    pub scope_kind: String,
    /// Of which.
    pub scope_id: i64,
    /// What was not used for so many days is marked for removal.
    pub unused_days: i64,
    /// Who started it.
    pub started_by: i64,
    /// When it was started.
    pub started_at: Micros,
    /// When it was closed.
    pub closed_at: Option<Micros>,
}

/// A line of a review.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ReviewLineRow {
    /// Its id within the review.
    pub id: i64,
    /// Whose it is.
    pub user_id: i64,
    /// What it is: `role`, `toggle`, `grant`, `lead`, `temporary`.
    pub kind: String,
    /// The role, toggle, granted thing, led unit or access for a while.
    pub source_id: i64,
    /// What it was called when the review was started.
    pub label: String,
    /// When anything that it gives was last used; none for never, [`UNKNOWN`] where nobody can say.
    pub last_used_at: Option<Micros>,
    marked: i64,
    /// `keep`, `remove`, or empty while nobody has decided.
    pub decision: String,
    /// Who decided.
    pub decided_by: Option<i64>,
    /// When.
    pub decided_at: Option<Micros>,
    /// What became of it when the review was closed: `kept`, `removed`, `gone`, or why it could not be removed.
    pub outcome: String,
}

impl ReviewLineRow {
    /// Whether it was unused for so long that it is marked for removal.
    pub fn is_marked(&self) -> bool {
        self.marked != 0
    }

    /// Whose it is.
    pub fn user(&self) -> Id {
        id(self.user_id)
    }

    /// The role, toggle, granted thing, led unit or access for a while.
    pub fn source(&self) -> Id {
        id(self.source_id)
    }

    /// The granted thing or led unit; none for lines about anything else.
    pub fn about(&self) -> Option<Id> {
        matches!(self.kind.as_str(), "grant" | "lead").then(|| self.source())
    }
}

/// Lines of a review in figures: those of one person, and of one thing where only some may know of that.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub struct ReviewTally {
    /// The review.
    pub review_id: i64,
    user_id: i64,
    about: Option<i64>,
    /// How many.
    pub lines: i64,
    /// How many of them are decided.
    pub decided: i64,
}

impl ReviewTally {
    /// Whose they are.
    pub fn user(&self) -> Id {
        id(self.user_id)
    }

    /// The granted thing or led unit; none for lines about anything else.
    pub fn about(&self) -> Option<Id> {
        self.about.map(id)
    }
}

/// A new line.
#[derive(Debug, Clone)]
pub struct NewLine {
    /// Whose it is.
    pub user: Id,
    /// What it is.
    pub kind: &'static str,
    /// Which.
    pub source: Id,
    /// What people call it.
    pub label: String,
    /// When anything that it gives was last used; none for never, [`UNKNOWN`] where nobody can say.
    pub last_used_at: Option<Micros>,
    /// Whether it was unused for so long that it is marked for removal.
    pub marked: bool,
}

/// A review to start.
#[derive(Debug, Clone)]
pub struct NewReviewRow<'a> {
    /// What people call it.
    pub name: &'a str,
    /// What it is of: `role`, `department`, `branch`.
    pub scope_kind: &'static str,
    /// Of which.
    pub scope: Id,
    /// What was not used for so many days is marked for removal.
    pub unused_days: i64,
    /// Who starts it.
    pub by: Id,
}

/// In place of the last use of what nobody can say it of: nothing that it gives is noted when it is used.
pub const UNKNOWN: Micros = -1;

/// So many lines are written by one statement.
const LINES_AT_ONCE: usize = 500;

const REVIEWS: &str = "SELECT id, name, scope_kind, scope_id, unused_days, started_by, started_at, closed_at \
                       FROM reviews WHERE workspace_id = ";

const LINES: &str = "SELECT id, user_id, kind, source_id, label, last_used_at, marked, decision, decided_by, decided_at, \
                     outcome FROM review_lines WHERE workspace_id = ";

impl Store {
    /// The reviews of the workspace, newest first.
    pub async fn reviews(&self, permit: &Permit<can::AccessReview>) -> Result<Vec<ReviewRow>> {
        let query = q(REVIEWS).v(permit.workspace()).s(" ORDER BY id DESC LIMIT 100");
        Ok(self.db.all(query).await?)
    }

    /// One review.
    pub async fn review(&self, permit: &Permit<can::AccessReview>, review: i64) -> Result<ReviewRow> {
        let query = q(REVIEWS).v(permit.workspace()).s(" AND id = ").v(review);
        self.db.one(query).await?.ok_or(StoreError::Missing)
    }

    /// How many lines these reviews have, and how many of them are decided: by person, and by what it depends on
    /// whether somebody may see them.
    pub async fn review_tallies(
        &self,
        permit: &Permit<can::AccessReview>,
        reviews: impl IntoIterator<Item = i64>,
    ) -> Result<Vec<ReviewTally>> {
        let query =
            q("SELECT review_id, user_id, CASE WHEN kind IN ('grant', 'lead') THEN source_id END AS about, \
             count(*) AS lines, sum(CASE decision WHEN '' THEN 0 ELSE 1 END) AS decided FROM review_lines \
             WHERE workspace_id = ")
            .v(permit.workspace())
            .s(" AND review_id IN ")
            .list(reviews);
        Ok(self.db.all(query.s(" GROUP BY review_id, user_id, about")).await?)
    }

    /// The lines of a review, in the order in which they were found.
    pub async fn review_lines(
        &self,
        permit: &Permit<can::AccessReview>,
        review: i64,
    ) -> Result<Vec<ReviewLineRow>> {
        let query = q(LINES).v(permit.workspace()).s(" AND review_id = ").v(review);
        Ok(self.db.all(query.s(" ORDER BY id")).await?)
    }
}

impl Change<'_> {
    /// Starts a review with its lines.
    pub async fn add_review(&mut self, new: &NewReviewRow<'_>, lines: Vec<NewLine>) -> Result<Id> {
        let (workspace, review, now) = (self.workspace(), self.new_id(), self.now());
        let insert =
            q("INSERT INTO reviews (workspace_id, id, name, scope_kind, scope_id, unused_days, started_by, \
                        started_at) VALUES ");
        let NewReviewRow { name, scope_kind, scope, unused_days, by } = new;
        let values = row![workspace, review, *name, *scope_kind, *scope, *unused_days, *by, now];
        self.tx.exec(insert.list(values)).await?;
        let values = lines.into_iter().zip(1_i64..).flat_map(|(line, at)| {
            row![
                workspace,
                review,
                at,
                line.user,
                line.kind,
                line.source,
                line.label,
                line.last_used_at,
                i64::from(line.marked)
            ]
        });
        let rows = Rows {
            into: "INSERT INTO review_lines (workspace_id, review_id, id, user_id, kind, source_id, label, last_used_at, marked)",
            types: &["BIGINT", "BIGINT", "BIGINT", "BIGINT", "TEXT", "BIGINT", "TEXT", "BIGINT", "BIGINT"],
            then: "",
            values: values.collect(),
        };
        self.tx.insert::<(i64,)>(rows).await?;
        Ok(review)
    }

    /// A review, as this change sees it.
    pub async fn review(&mut self, review: i64) -> Result<ReviewRow> {
        let query = q(REVIEWS).v(self.workspace()).s(" AND id = ").v(review);
        self.tx.one(query).await?.ok_or(StoreError::Missing)
    }

    /// The lines of a review, as this change sees them.
    pub async fn review_lines(&mut self, review: i64) -> Result<Vec<ReviewLineRow>> {
        let query = q(LINES).v(self.workspace()).s(" AND review_id = ").v(review);
        Ok(self.tx.all(query.s(" ORDER BY id")).await?)
    }

    /// Decides lines of a review: `keep`, `remove`, or nothing again.
    pub async fn decide_lines(
        &mut self,
        review: i64,
        lines: &[i64],
        by: Option<Id>,
        decision: &'static str,
    ) -> Result<()> {
        let update = q("UPDATE review_lines SET decision = ").v(decision).s(", decided_by = ").v(by);
        let update =
            update.s(", decided_at = ").v(self.now()).s(" WHERE workspace_id = ").v(self.workspace());
        let update = update.s(" AND review_id = ").v(review).s(" AND id IN ").list(lines.iter().copied());
        self.tx.exec(update).await?;
        Ok(())
    }

    /// Writes down what became of lines.
    pub async fn set_outcome(&mut self, review: i64, lines: &[i64], outcome: &str) -> Result<()> {
        for part in lines.chunks(LINES_AT_ONCE) {
            let update = q("UPDATE review_lines SET outcome = ").v(outcome);
            let update =
                update.s(" WHERE workspace_id = ").v(self.workspace()).s(" AND review_id = ").v(review);
            self.tx.exec(update.s(" AND id IN ").list(part.iter().copied())).await?;
        }
        Ok(())
    }

    /// Closes a review.
    pub async fn close_review(&mut self, review: i64) -> Result<()> {
        let update = q("UPDATE reviews SET closed_at = ").v(self.now()).s(" WHERE workspace_id = ");
        self.tx.exec(update.v(self.workspace()).s(" AND id = ").v(review)).await?;
        Ok(())
    }
}
