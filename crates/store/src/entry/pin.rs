//! PINs: kept as hashes, found by phone number, which no two holders of a workspace share (CLY-04).

use access::model::Standing;
use access::{Id, Micros};

use crate::change::secrets::Secret;
use crate::change::{Author, Change};
use crate::entry::known_secrets;
use crate::kit::db::q;
use crate::{Result, Store, taken};

/// So many wrong PINs in a row, from devices that its user is not known on, close it to such devices. (NIST SP 800-63B-4,
/// 3.2.2, has 100 at the most, of secrets that are longer.)
pub const IN_A_ROW: i64 = 10;

/// What sign-in with a PIN needs to know of the account that a phone number belongs to.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct PinHolder {
    /// The user.
    pub id: i64,
    /// What people call them.
    pub name: String,
    /// Where their account stands.
    #[sqlx(try_from = "String")]
    pub standing: Standing,
    /// The PIN's hash in PHC form.
    pub pin_hash: String,
    /// Since when somebody else knows the PIN; none where nobody does.
    pub known_at: Option<Micros>,
}

impl PinHolder {
    /// When the PIN signs nobody in any more; none for one that only its person knows.
    pub fn temporary_until(&self) -> Option<Micros> {
        self.known_at.map(|at| at + known_secrets::LASTS)
    }
}

impl Store {
    /// The account that signs in with that phone number and a PIN, for sign-in alone.
    pub async fn pin_holder(&self, workspace: i64, phone: &str) -> Result<Option<PinHolder>> {
        let query =
            q("SELECT id, name, standing, pin_hash, (SELECT min(k.known_at) FROM known_secrets k WHERE \
             k.workspace_id = users.workspace_id AND k.user_id = users.id AND k.secret = 'pin') AS known_at \
             FROM users WHERE deleted_at IS NULL AND pin_hash IS NOT NULL AND standing <> 'invited' \
             AND workspace_id = ");
        Ok(self.db.one(query.v(workspace).s(" AND phone = ").v(phone)).await?)
    }

    /// Counts a try at a user's PIN from a device that they are not known on, before it is checked; how many in a row it
    /// makes. None where the PIN is closed to such devices, and for nobody, which takes as long.
    pub async fn take_pin_try(&self, workspace: i64, user: Option<Id>) -> Result<Option<i64>> {
        let user = user.map_or(-1, |user| i64::from(user.0));
        let mut tx = self.db.begin().await?;
        let update = q("UPDATE users SET pin_misses = pin_misses + 1 WHERE pin_misses < ").v(IN_A_ROW);
        let update = update.s(" AND workspace_id = ").v(workspace).s(" AND id = ").v(user);
        if tx.exec(update).await? == 0 {
            return Ok(None);
        }
        let query = q("SELECT pin_misses FROM users WHERE workspace_id = ").v(workspace);
        let row: Option<(i64,)> = tx.one(query.s(" AND id = ").v(user)).await?;
        tx.commit().await?;
        Ok(row.map(|(tries,)| tries))
    }

    /// Gives a try back that was not checked after all.
    pub async fn return_pin_try(&self, workspace: i64, user: Id) -> Result<()> {
        let update =
            q("UPDATE users SET pin_misses = pin_misses - 1 WHERE pin_misses > 0 AND workspace_id = ");
        self.db.exec(update.v(workspace).s(" AND id = ").v(user)).await?;
        Ok(())
    }

    /// Ends a row of wrong tries: a right one came.
    pub async fn forget_pin_tries(&self, workspace: i64, user: Id) -> Result<()> {
        let update = q("UPDATE users SET pin_misses = 0 WHERE workspace_id = ").v(workspace);
        self.db.exec(update.s(" AND id = ").v(user)).await?;
        Ok(())
    }

    /// Opens the change that tells a user that their PIN is closed. No permit opens it: it was closed by counting.
    pub async fn begin_pin_closing(&self, workspace: i64, author: &Author) -> Result<Change<'_>> {
        self.open_change(workspace, author).await
    }
}

impl Change<'_> {
    /// Sets a user's PIN, as a hash in PHC form, open to every device; none takes it away. Nobody else knows it, unless that
    /// is said afterwards ([`Change::known_to`]); sessions that the one before opened as a temporary one end. Another
    /// holder's phone number is `Taken`.
    pub async fn set_pin(&mut self, user: Id, hash: Option<&str>) -> Result<()> {
        let update = q("UPDATE users SET pin_misses = 0, pin_hash = ").v(hash.map(str::to_owned));
        let update = update.s(" WHERE deleted_at IS NULL AND workspace_id = ").v(self.workspace());
        self.tx.exec(update.s(" AND id = ").v(user)).await.map_err(taken("phone"))?;
        self.end_temporary_sessions(user, Secret::Pin).await?;
        self.forget_knowers(&[user], &[Secret::Pin, Secret::ChosenPin]).await?;
        self.touches(user);
        Ok(())
    }

    /// Sets the PIN that a user chose in place of a temporary one.
    pub async fn choose_pin(&mut self, user: Id, hash: &str) -> Result<()> {
        let others = self.knowers(user, Secret::Pin).await?;
        self.set_pin(user, Some(hash)).await?;
        for other in others {
            self.known_to(user, Secret::ChosenPin, other).await?;
        }
        Ok(())
    }
}
