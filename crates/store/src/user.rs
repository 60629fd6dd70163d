//! Users of a workspace, and what is set for each: toggles, units they lead, access for a while.

use access::model::{Setting, Standing};
use access::{Actor, Cell, Id, Micros, Permit, Visible, can};

use crate::change::Change;
use crate::db::{Q, q, row};
use crate::page::{Page, Slice};
use crate::role::write_cells;
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
    /// Their role.
    pub role_id: i64,
    /// Their department.
    pub department_id: Option<i64>,
    /// Their branch.
    pub branch_id: Option<i64>,
    /// `invited`, `active` or `banned`.
    pub standing: String,
    /// The code of the language that they chose; empty where they did not.
    pub language: String,
    /// When the record was made.
    pub created_at: Micros,
    /// When they last did anything, to the minute.
    pub last_seen_at: Option<Micros>,
    /// Rises with each edit of the record.
    pub revision: i64,
}

/// What a user's record is made or edited with.
#[derive(Debug, Clone)]
pub struct UserInput {
    /// Unique in the workspace, lower case.
    pub email: String,
    /// What people call them.
    pub name: String,
    /// Phone number, or empty.
    pub phone: String,
    /// The company's own code for them, or empty.
    pub employee_code: String,
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
    /// Part of the name, email address, phone or employee code.
    pub search: Option<String>,
    /// Only holders of this role.
    pub role: Option<Id>,
    /// Only people of this department or branch.
    pub unit: Option<Id>,
    /// Only accounts that stand so.
    pub standing: Option<Standing>,
    /// In which order.
    pub order: UserOrder,
}

/// The order of a list of users.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UserOrder {
    /// By name.
    #[default]
    Name,
    /// By name, from the end of the alphabet.
    NameDescending,
    /// Whoever was here last comes first; whoever never was comes last.
    SeenLast,
    /// Whoever was here longest ago comes first; whoever never was comes last.
    SeenFirst,
}

impl UserOrder {
    /// As SQL; the id makes it the same on every page.
    const fn sql(self) -> &'static str {
        match self {
            UserOrder::Name => " ORDER BY lower(name), id",
            UserOrder::NameDescending => " ORDER BY lower(name) DESC, id DESC",
            UserOrder::SeenLast => " ORDER BY last_seen_at IS NULL, last_seen_at DESC, id",
            UserOrder::SeenFirst => " ORDER BY last_seen_at IS NULL, last_seen_at, id",
        }
    }
}

const COLUMNS: &str = "SELECT id, email, name, phone, employee_code, role_id, department_id, branch_id, standing, \
                       language, created_at, last_seen_at, revision";

/// `standing` as the databases write it.
pub(crate) fn standing_word(standing: Standing) -> &'static str {
    match standing {
        Standing::Invited => "invited",
        Standing::Active => "active",
        Standing::Banned => "banned",
    }
}

/// A search text as a `LIKE` pattern, its own wildcards taken literally (with `ESCAPE '!'`).
pub(crate) fn like(search: &str) -> String {
    let literal = search.trim().to_lowercase().replace('!', "!!").replace('%', "!%").replace('_', "!_");
    format!("%{literal}%")
}

impl Store {
    /// The users that the asker may see, by name.
    pub async fn users(
        &self,
        visible: &Visible<can::UserRead>,
        filter: &UserFilter,
        slice: Slice,
    ) -> Result<Page<UserRow>> {
        let ids = crate::entity::narrowed(visible, access::Noun::User);
        let matching = |select: &'static str| -> Q {
            q(select)
                .s(" FROM users WHERE deleted_at IS NULL AND workspace_id = ")
                .v(visible.workspace())
                .some(ids.clone(), |q, ids| q.s(" AND id IN ").list(ids))
                .some(filter.search.as_deref().map(like), |q, like| {
                    q.s(" AND (lower(name) LIKE ")
                        .v(like.clone())
                        .s(" ESCAPE '!' OR email LIKE ")
                        .v(like.clone())
                        .s(" ESCAPE '!' OR phone LIKE ")
                        .v(like.clone())
                        .s(" ESCAPE '!' OR lower(employee_code) LIKE ")
                        .v(like)
                        .s(" ESCAPE '!')")
                })
                .some(filter.role, |q, v| q.s(" AND role_id = ").v(v))
                .some(filter.unit, |q, v| {
                    q.s(" AND (department_id = ").v(v).s(" OR branch_id = ").v(v).s(")")
                })
                .some(filter.standing, |q, v| q.s(" AND standing = ").v(standing_word(v)))
        };
        let rows =
            matching(COLUMNS).s(filter.order.sql()).s(" LIMIT ").v(slice.limit).s(" OFFSET ").v(slice.offset);
        let total: Option<(i64,)> = self.db.one(matching("SELECT count(*)")).await?;
        Ok(Page { rows: self.db.all(rows).await?, total: total.map_or(0, |t| t.0) })
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
        let id = self.new_id();
        let insert = q(
            "INSERT INTO users (workspace_id, id, email, name, phone, employee_code, role_id, department_id, \
                        branch_id, language, standing, password_hash, created_at) VALUES ",
        )
        .list(row![
            self.workspace(),
            id,
            &user.email,
            &user.name,
            &user.phone,
            &user.employee_code,
            user.role,
            user.department,
            user.branch,
            &user.language,
            standing_word(standing),
            password.map(str::to_owned),
            self.now()
        ]);
        self.tx.exec(insert).await.map_err(taken("email"))?;
        self.changes_access();
        Ok(id)
    }

    /// Edits a user's record. With a revision, only if nobody else edited it since.
    pub async fn update_user(&mut self, id: Id, user: &UserInput, revision: Option<i64>) -> Result<()> {
        let update = q("UPDATE users SET email = ")
            .v(&user.email)
            .s(", name = ")
            .v(&user.name)
            .s(", phone = ")
            .v(&user.phone)
            .s(", employee_code = ")
            .v(&user.employee_code)
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
        if self.tx.exec(update).await.map_err(taken("email"))? == 0 {
            return Err(if revision.is_some() { StoreError::Stale } else { StoreError::Missing });
        }
        self.touches(id);
        self.changes_access();
        Ok(())
    }

    /// Gives a user another role.
    pub async fn set_role(&mut self, id: Id, role: Id) -> Result<()> {
        let update =
            q("UPDATE users SET role_id = ").v(role).s(", revision = revision + 1 WHERE workspace_id = ");
        self.tx.exec(update.v(self.workspace()).s(" AND id = ").v(id)).await?;
        self.touches(id);
        self.changes_access();
        Ok(())
    }

    /// Bans, unbans or activates a user.
    pub async fn set_standing(&mut self, id: Id, standing: Standing) -> Result<()> {
        let update = q("UPDATE users SET standing = ").v(standing_word(standing));
        let update = update.s(", revision = revision + 1 WHERE workspace_id = ").v(self.workspace());
        self.tx.exec(update.s(" AND id = ").v(id)).await?;
        self.touches(id);
        self.changes_access();
        Ok(())
    }

    /// Deletes a user: what is theirs alone goes, their name stays with the history.
    pub async fn delete_user(&mut self, id: Id) -> Result<()> {
        let workspace = self.workspace();
        for table in [
            "DELETE FROM toggle_settings",
            "DELETE FROM unit_leads",
            "DELETE FROM temporary_access",
            "DELETE FROM grants",
            "DELETE FROM sessions",
            "DELETE FROM api_tokens",
        ] {
            self.tx
                .exec(q(table).s(" WHERE workspace_id = ").v(workspace).s(" AND user_id = ").v(id))
                .await?;
        }
        let free = q("UPDATE extensions SET user_id = NULL WHERE workspace_id = ").v(workspace);
        self.tx.exec(free.s(" AND user_id = ").v(id)).await?;
        let delete = q("UPDATE users SET password_hash = NULL, preset_number_id = NULL, \
                        chosen_number_id = NULL, deleted_at = ")
        .v(self.now());
        self.tx.exec(delete.s(" WHERE workspace_id = ").v(workspace).s(" AND id = ").v(id)).await?;
        self.touches(id);
        self.changes_access();
        Ok(())
    }

    /// Sets a toggle for a user; none for inherited.
    pub async fn set_toggle(&mut self, user: Id, toggle: Id, setting: Option<Setting>) -> Result<()> {
        let clear = q("DELETE FROM toggle_settings WHERE workspace_id = ").v(self.workspace());
        self.tx.exec(clear.s(" AND user_id = ").v(user).s(" AND toggle_id = ").v(toggle)).await?;
        if let Some(setting) = setting {
            let word = if setting == Setting::Allow { "allow" } else { "deny" };
            let insert = q("INSERT INTO toggle_settings (workspace_id, user_id, toggle_id, setting) VALUES ");
            self.tx.exec(insert.list(row![self.workspace(), user, toggle, word])).await?;
        }
        self.touches(user);
        self.changes_access();
        Ok(())
    }

    /// Sets the caller ID that an administrator presets for a user; none for none (NUA-07).
    pub async fn preset_caller_id(&mut self, user: Id, number: Option<Id>) -> Result<()> {
        self.set_caller_id(q("UPDATE users SET preset_number_id = "), user, number).await
    }

    /// Sets the caller ID that a user chooses among their numbers; none for the one granted first (NUA-07).
    pub async fn choose_caller_id(&mut self, user: Id, number: Option<Id>) -> Result<()> {
        self.set_caller_id(q("UPDATE users SET chosen_number_id = "), user, number).await
    }

    async fn set_caller_id(&mut self, update: Q, user: Id, number: Option<Id>) -> Result<()> {
        let update = update.v(number).s(" WHERE deleted_at IS NULL AND workspace_id = ").v(self.workspace());
        let changed = self.tx.exec(update.s(" AND id = ").v(user)).await?;
        self.touches(user);
        self.changes_access();
        if changed == 0 { Err(StoreError::Missing) } else { Ok(()) }
    }

    /// Sets which units a user leads.
    pub async fn set_leads(&mut self, user: Id, units: &[Id]) -> Result<()> {
        let clear = q("DELETE FROM unit_leads WHERE workspace_id = ").v(self.workspace());
        self.tx.exec(clear.s(" AND user_id = ").v(user)).await?;
        for unit in units {
            let insert = q("INSERT INTO unit_leads (workspace_id, user_id, unit_id) VALUES ");
            self.tx.exec(insert.list(row![self.workspace(), user, *unit])).await?;
        }
        self.touches(user);
        self.changes_access();
        Ok(())
    }

    /// Gives a user permissions for a while.
    pub async fn add_temporary(&mut self, user: Id, holds: &[Cell], expires_at: Micros) -> Result<Id> {
        let id = self.new_id();
        let insert = q("INSERT INTO temporary_access (workspace_id, id, user_id, holds, expires_at) VALUES ");
        self.tx.exec(insert.list(row![self.workspace(), id, user, write_cells(holds), expires_at])).await?;
        self.touches(user);
        self.changes_access();
        Ok(id)
    }

    /// Ends access that was given for a while.
    pub async fn delete_temporary(&mut self, user: Id, id: Id) -> Result<()> {
        let delete = q("DELETE FROM temporary_access WHERE workspace_id = ").v(self.workspace());
        let gone = self.tx.exec(delete.s(" AND user_id = ").v(user).s(" AND id = ").v(id)).await?;
        self.touches(user);
        self.changes_access();
        if gone == 0 { Err(StoreError::Missing) } else { Ok(()) }
    }
}
