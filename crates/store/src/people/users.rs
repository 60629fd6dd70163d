//! Users of a workspace, and what is set for each: toggles, units they lead, access for a while.

use std::cmp::Ordering;
use std::collections::HashMap;

use access::model::{Standing, User};
use access::{Actor, Id, Micros, Permit, Visible, can};

use crate::change::Change;
use crate::kit::db::{Q, ROWS_PER_QUERY, q, row};
use crate::kit::load;
use crate::kit::page::{Page, Slice};
use crate::{Result, Store, StoreError, taken};

/// A user's record.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct UserRow {
    /// Their id.
    pub id: i64,
    /// Unique in the workspace, lower case.
    pub email: String,
    /// What people call them.
    pub name: String,
    /// Phone number; empty where none is known.
    pub phone: String,
    /// The company's own code for them; empty where there is none.
    pub employee_code: String,
    /// How many leads they are given at most; none for no limit.
    pub lead_cap: Option<i64>,
    /// Their role.
    pub role_id: i64,
    /// Their department.
    pub department_id: Option<i64>,
    /// Their branch.
    pub branch_id: Option<i64>,
    /// Where their account stands.
    #[sqlx(try_from = "String")]
    pub standing: Standing,
    /// The code of the language that they chose; empty where they did not.
    pub language: String,
    /// When the record was made.
    pub created_at: Micros,
    /// When they last did anything, to the minute.
    pub last_seen_at: Option<Micros>,
    /// Rises with each edit of the record.
    pub revision: i64,
    /// Whether they can sign in with a PIN.
    pub has_pin: bool,
    /// Whether the PIN no longer signs in on new devices: it was guessed at too often ([`crate::entry::pin::IN_A_ROW`]).
    pub pin_closed: bool,
}

/// What a user's record is made or edited with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserInput {
    /// Unique in the workspace, lower case.
    pub email: String,
    /// What people call them.
    pub name: String,
    /// Phone number, or empty.
    pub phone: String,
    /// The company's own code for them, or empty.
    pub employee_code: String,
    /// How many leads they are given at most; none for no limit.
    pub lead_cap: Option<i64>,
    /// Their role.
    pub role: Id,
    /// Their department.
    pub department: Option<Id>,
    /// Their branch.
    pub branch: Option<Id>,
    /// The code of the language that they chose, or empty.
    pub language: String,
}

impl Default for UserInput {
    fn default() -> Self {
        let text = String::new;
        UserInput {
            email: text(),
            name: text(),
            phone: text(),
            employee_code: text(),
            lead_cap: None,
            role: Id(0),
            department: None,
            branch: None,
            language: text(),
        }
    }
}

/// Which users to list.
#[derive(Debug, Clone, Default)]
pub struct UserFilter {
    /// Words, each of which is part of the name, email address, phone or employee code.
    pub search: Option<String>,
    /// Only holders of this role.
    pub role: Option<Id>,
    /// Only people who belong to each of these departments and branches.
    pub units: Vec<Id>,
    /// Only accounts that stand so.
    pub standing: Option<Standing>,
    /// By what the list is ordered.
    pub order: UserOrder,
    /// Whether the order is the other way round; who has nothing to be ordered by still comes last.
    pub descending: bool,
}

/// By what a list of users is ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UserOrder {
    /// By name.
    #[default]
    Name,
    /// By the role's name, then by name.
    Role,
    /// By the department's name, then by name.
    Department,
    /// By when they were last here, longest ago first.
    Seen,
}

/// For so long nobody else gets an address that somebody changed for a user.
const RESTS: Micros = 7 * 86_400 * 1_000_000;

const COLUMNS: &str = "SELECT id, email, name, phone, employee_code, lead_cap, language, role_id, department_id, \
                       branch_id, standing, created_at, last_seen_at, revision, pin_hash IS NOT NULL AS has_pin, \
                       pin_hash IS NOT NULL AND pin_misses >= 10 AS pin_closed";

/// A text as it is compared: without regard to case, whatever the script.
fn fold(text: &str) -> String {
    text.to_lowercase()
}

fn folded_words(text: &str) -> Vec<String> {
    fold(text).split_whitespace().map(str::to_owned).collect()
}

/// The records of some users.
fn records(workspace: i64, some: &[Id]) -> Q {
    let query = q(COLUMNS).s(" FROM users WHERE deleted_at IS NULL AND workspace_id = ").v(workspace);
    query.s(" AND id IN ").list(some.iter().copied())
}

/// An email address is one user's, and so is the phone number of whoever signs in with a PIN.
fn taken_of_user(error: sqlx::Error) -> StoreError {
    // PostgreSQL names the index that is in the way, SQLite its columns.
    let phone = error.as_database_error().is_some_and(|e| {
        e.constraint() == Some("users_by_pin_phone") || e.message().ends_with("users.phone")
    });
    taken(if phone { "phone" } else { "email" })(error)
}

impl Store {
    /// The users that the asker may see and that fit. Who fits is found among the names that are in memory anyway:
    /// text compares alike on every database, and the list is made by the checks themselves.
    pub async fn users(
        &self,
        visible: &Visible<can::UserRead>,
        filter: &UserFilter,
        slice: Slice,
    ) -> Result<Page<UserRow>> {
        let page = slice.of(self.user_ids(visible, filter).await?);
        Ok(Page { rows: self.user_rows(visible, &page.rows).await?, total: page.total })
    }

    /// The ids of the users that the asker may see and that fit, in order.
    pub async fn user_ids(&self, visible: &Visible<can::UserRead>, filter: &UserFilter) -> Result<Vec<Id>> {
        let model = visible.actor().snapshot().model();
        let fits = |user: &User| {
            filter.role.is_none_or(|role| user.role == role)
                && filter.units.iter().all(|unit| user.units().any(|u| u == *unit))
                && filter.standing.is_none_or(|standing| user.standing == standing)
        };
        let seen = visible.things(access::Noun::User).into_iter();
        let mut found: Vec<(Id, &User)> =
            seen.filter_map(|id| Some((id, model.users.get(&id).filter(|user| fits(user))?))).collect();
        let search = filter.search.as_deref().unwrap_or_default();
        if search.contains('\0') {
            return Err(StoreError::Nul);
        }
        let words: Vec<String> = folded_words(search);
        if !words.is_empty() {
            let texts = self.user_texts(visible.workspace()).await?;
            found.retain(|(id, user)| {
                let (phone, code) = texts.get(id).map_or(("", ""), |(phone, code)| (phone, code));
                let text = fold(&format!("{}\n{}\n{phone}\n{code}", user.name, user.email));
                words.iter().all(|word| text.contains(word.as_str()))
            });
        }
        let seen = match filter.order {
            UserOrder::Seen => self.last_seen(visible.workspace()).await?,
            _ => HashMap::new(),
        };
        // What there is to be ordered by, if there is any; then the name; then the id, the same on every page.
        let key = |(id, user): &(Id, &User)| {
            let name = fold(&user.name);
            let by = match filter.order {
                UserOrder::Name => Some((0, name.clone())),
                UserOrder::Role => Some((0, fold(model.label(user.role)))),
                UserOrder::Department => user.department.map(|unit| (0, fold(model.label(unit)))),
                UserOrder::Seen => seen.get(id).map(|at| (*at, String::new())),
            };
            (by, name, *id)
        };
        let mut keyed: Vec<_> = found.iter().map(key).collect();
        keyed.sort_unstable_by(|(a, a_name, a_id), (b, b_name, b_id)| {
            let turned = |order: Ordering| if filter.descending { order.reverse() } else { order };
            let by = match (a, b) {
                (Some(a), Some(b)) => turned(a.cmp(b)),
                (a, b) => b.is_some().cmp(&a.is_some()),
            };
            by.then_with(|| a_name.cmp(b_name)).then_with(|| turned(a_id.cmp(b_id)))
        });
        Ok(keyed.into_iter().map(|(_, _, id)| id).collect())
    }

    /// The records of these users, in that order, as far as the asker may see them.
    pub async fn user_rows(&self, visible: &Visible<can::UserRead>, ids: &[Id]) -> Result<Vec<UserRow>> {
        let place: HashMap<Id, usize> = ids.iter().enumerate().map(|(at, id)| (*id, at)).collect();
        let mut rows: Vec<UserRow> = vec![];
        for some in ids.chunks(ROWS_PER_QUERY) {
            rows.extend(self.db.all::<UserRow>(records(visible.workspace(), some)).await?);
        }
        rows.retain(|row| visible.actor().sees_user(load::id(row.id)));
        rows.sort_unstable_by_key(|row| place.get(&load::id(row.id)).copied());
        Ok(rows)
    }

    /// What is searched and not in the access model: phone numbers and employee codes.
    async fn user_texts(&self, workspace: i64) -> Result<HashMap<Id, (String, String)>> {
        let query = q("SELECT id, phone, employee_code FROM users WHERE deleted_at IS NULL AND \
                       (phone <> '' OR employee_code <> '') AND workspace_id = ");
        let rows: Vec<(i64, String, String)> = self.db.all(query.v(workspace)).await?;
        Ok(rows.into_iter().map(|(id, phone, code)| (load::id(id), (phone, code))).collect())
    }

    async fn last_seen(&self, workspace: i64) -> Result<HashMap<Id, Micros>> {
        let query = q("SELECT id, last_seen_at FROM users WHERE last_seen_at IS NOT NULL AND \
                       deleted_at IS NULL AND workspace_id = ");
        let rows: Vec<(i64, Micros)> = self.db.all(query.v(workspace)).await?;
        Ok(rows.into_iter().map(|(id, at)| (load::id(id), at)).collect())
    }

    /// The record of the user that the permit is for.
    pub async fn user(&self, permit: &Permit<can::UserRead>) -> Result<UserRow> {
        self.user_record(permit.workspace(), permit.id()).await
    }

    /// One's own record. Needs no permission: people may know what is kept of themselves.
    pub async fn own_record(&self, actor: &Actor) -> Result<UserRow> {
        self.user_record(actor.snapshot().model().workspace, actor.id()).await
    }

    async fn user_record(&self, workspace: i64, id: Id) -> Result<UserRow> {
        let query = q(COLUMNS).s(" FROM users WHERE deleted_at IS NULL AND workspace_id = ").v(workspace);
        self.db.one(query.s(" AND id = ").v(id)).await?.ok_or(StoreError::Missing)
    }
}

impl Change<'_> {
    /// The records of all users, as this change sees them.
    pub async fn users(&mut self) -> Result<Vec<UserRow>> {
        let query =
            q(COLUMNS).s(" FROM users WHERE deleted_at IS NULL AND workspace_id = ").v(self.workspace());
        Ok(self.tx.all(query).await?)
    }

    /// The records of these users, as this change sees them.
    pub async fn users_of(&mut self, ids: &[Id]) -> Result<Vec<UserRow>> {
        let mut rows = vec![];
        for some in ids.chunks(ROWS_PER_QUERY) {
            rows.extend(self.tx.all::<UserRow>(records(self.workspace(), some)).await?);
        }
        Ok(rows)
    }

    /// The record of a user, as this change sees it.
    pub async fn user(&mut self, id: Id) -> Result<UserRow> {
        let query =
            q(COLUMNS).s(" FROM users WHERE deleted_at IS NULL AND workspace_id = ").v(self.workspace());
        self.tx.one(query.s(" AND id = ").v(id)).await?.ok_or(StoreError::Missing)
    }

    /// Adds a user; `email` may be taken.
    pub async fn add_user(
        &mut self,
        user: &UserInput,
        standing: Standing,
        password: Option<&str>,
    ) -> Result<Id> {
        self.address_is_free(None, &user.email).await?;
        let id = self.new_id();
        let insert = q(
            "INSERT INTO users (workspace_id, id, email, name, phone, employee_code, lead_cap, role_id, department_id, \
                        branch_id, language, standing, password_hash, created_at) VALUES ",
        )
        .list(row![
            self.workspace(),
            id,
            &user.email,
            &user.name,
            &user.phone,
            &user.employee_code,
            user.lead_cap,
            user.role,
            user.department,
            user.branch,
            &user.language,
            standing.word(),
            password.map(str::to_owned),
            self.now()
        ]);
        self.tx.exec(insert).await.map_err(taken("email"))?;
        self.address_is_first_set(id).await?;
        self.changes_access();
        Ok(id)
    }

    /// Refuses an address that was taken from somebody else lately: whoever names a person by it means them.
    pub(crate) async fn address_is_free(&mut self, user: Option<Id>, email: &str) -> Result<()> {
        let resting = match self.resting.take() {
            Some(resting) => resting,
            None => {
                // The old address is told, so the mails have it.
                let told = q("SELECT user_id, recipient FROM mails WHERE kind = 'address_changed' AND ");
                let told = told.s("workspace_id = ").v(self.workspace());
                let told = told.s(" AND created_at > ").v(self.now() - RESTS);
                let rows: Vec<(i64, String)> = self.tx.all(told).await?;
                rows.into_iter().map(|(user, email)| (load::id(user), email)).collect()
            }
        };
        let taken = resting.iter().any(|(other, rests)| rests == email && user != Some(*other));
        self.resting = Some(resting);
        if taken { Err(StoreError::Taken("email")) } else { Ok(()) }
    }

    /// Edits a user's record. With a revision, only if nobody else edited it since. Links that went to another email
    /// address are no longer good.
    pub async fn update_user(&mut self, id: Id, user: &UserInput, revision: Option<i64>) -> Result<()> {
        if self.before().model().users.get(&id).is_some_and(|old| old.email != user.email) {
            self.drop_links(&[id], None).await?;
            self.address_is_free(Some(id), &user.email).await?;
            self.address_is_set(id).await?;
            let note = q("UPDATE users SET email_changed_at = ").v(self.now()).s(" WHERE workspace_id = ");
            self.tx.exec(note.v(self.workspace()).s(" AND id = ").v(id)).await?;
        }
        let update = q("UPDATE users SET email = ")
            .v(&user.email)
            .s(", name = ")
            .v(&user.name)
            .s(", phone = ")
            .v(&user.phone)
            .s(", employee_code = ")
            .v(&user.employee_code)
            .s(", lead_cap = ")
            .v(user.lead_cap)
            .s(", role_id = ")
            .v(user.role)
            .s(", department_id = ")
            .v(user.department)
            .s(", branch_id = ")
            .v(user.branch)
            .s(", language = ")
            .v(&user.language)
            .s(", revision = revision + 1 WHERE deleted_at IS NULL AND workspace_id = ")
            .v(self.workspace())
            .s(" AND id = ")
            .v(id)
            .some(revision, |q, v| q.s(" AND revision = ").v(v));
        if self.tx.exec(update).await.map_err(taken_of_user)? == 0 {
            return Err(if revision.is_some() { StoreError::Stale } else { StoreError::Missing });
        }
        self.touches(id);
        self.changes_access();
        Ok(())
    }

    /// Gives a user another role.
    pub async fn set_role(&mut self, id: Id, role: Id) -> Result<()> {
        let update = q("UPDATE users SET role_id = ").v(role).s(", revision = revision + 1");
        self.change_users(update, &[id]).await
    }

    /// Moves a user to a department and a branch, or to none.
    pub(crate) async fn place(&mut self, id: Id, department: Option<Id>, branch: Option<Id>) -> Result<()> {
        let update = q("UPDATE users SET department_id = ").v(department).s(", branch_id = ").v(branch);
        self.change_users(update.s(", revision = revision + 1"), &[id]).await
    }

    /// Makes an account active: its user came.
    pub async fn activate(&mut self, user: Id) -> Result<()> {
        self.put_standing(user, Standing::Active).await
    }

    /// Has an account stand as it did.
    pub(crate) async fn put_standing(&mut self, user: Id, standing: Standing) -> Result<()> {
        if standing == Standing::Banned {
            return self.ban(&[user]).await;
        }
        let update = q("UPDATE users SET standing = ").v(standing.word());
        self.change_users(update.s(", revision = revision + 1"), &[user]).await
    }

    /// Bans users: their sessions end and their links are no longer good.
    pub async fn ban(&mut self, users: &[Id]) -> Result<()> {
        for some in users.chunks(ROWS_PER_QUERY) {
            self.end_sessions(some, None).await?;
            self.drop_links(some, None).await?;
        }
        self.change_users(q("UPDATE users SET standing = 'banned', revision = revision + 1"), users).await
    }

    /// Lifts bans: whoever had not come yet is invited as before.
    pub async fn lift_ban(&mut self, users: &[Id]) -> Result<()> {
        let update = q(
            "UPDATE users SET revision = revision + CASE standing WHEN 'banned' THEN 1 ELSE 0 END, \
                        standing = CASE WHEN standing <> 'banned' THEN standing WHEN password_hash IS NULL AND pin_hash IS NULL AND last_seen_at IS NULL \
                        THEN 'invited' ELSE 'active' END",
        );
        self.change_users(update, users).await
    }

    /// Changes users' records in a way that concerns their access.
    async fn change_users(&mut self, update: Q, users: &[Id]) -> Result<()> {
        for some in users.chunks(ROWS_PER_QUERY) {
            let update = update.clone().s(" WHERE workspace_id = ").v(self.workspace());
            self.tx.exec(update.s(" AND id IN ").list(some.iter().copied())).await?;
        }
        users.iter().for_each(|user| self.touches(*user));
        self.changes_access();
        Ok(())
    }

    /// Deletes users: what is theirs alone goes, their names stay with the history.
    pub async fn delete_users(&mut self, users: &[Id]) -> Result<()> {
        self.users_deleted(users).await?;
        for statement in [
            "DELETE FROM unit_leads",
            "DELETE FROM sessions",
            "DELETE FROM devices",
            "DELETE FROM api_tokens",
            "DELETE FROM links",
            "DELETE FROM known_secrets",
            "DELETE FROM mails",
        ] {
            self.run_for(statement, users).await?;
        }
        let delete = q("UPDATE users SET password_hash = NULL, pin_hash = NULL, preset_number_id = NULL, \
                        chosen_number_id = NULL, deleted_at = ")
        .v(self.now());
        self.change_users(delete, users).await
    }
}
