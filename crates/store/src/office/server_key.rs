//! With which key the database is used ([`crate::kit::seal`]), and what is lost with one.

use crate::change::audit::Act;
use crate::kit::db::{q, row};
use crate::{Author, Result, Store};

impl Store {
    /// Whether the database is used with this server's key; the first server that asks says with which.
    pub async fn knows_key(&self) -> Result<bool> {
        let read = || q("SELECT digest FROM server_key");
        let mut known: Option<(String,)> = self.db.one(read()).await?;
        if known.is_none() {
            let insert =
                q("INSERT INTO server_key (one, digest) VALUES ").list(row![1_i64, self.seal.digest()]);
            self.db.exec(insert.s(" ON CONFLICT (one) DO NOTHING")).await?;
            known = self.db.one(read()).await?;
        }
        Ok(known.is_some_and(|(digest,)| digest == self.seal.digest()))
    }

    /// Goes on with this server's key where the other one is lost: wipes, for whoever runs the machine, what was sealed
    /// or hashed with that.
    pub async fn replace_key(&self) -> Result<()> {
        for workspace in self.workspaces().await? {
            let mut change = self.open_change(workspace.id, &Author::operator()).await?;
            let mails = q("UPDATE mails SET body = '', sealed = '', next_try_at = NULL WHERE sealed <> ''");
            change.tx.exec(mails.s(" AND workspace_id = ").v(workspace.id)).await?;
            let pins = q("UPDATE users SET pin_hash = NULL WHERE workspace_id = ").v(workspace.id);
            change.tx.exec(pins).await?;
            change.record(Act::done("seal_key:replace", "workspace", 0, workspace.name));
            change.commit().await?;
        }
        self.db.exec(q("UPDATE server_key SET digest = ").v(self.seal.digest())).await?;
        Ok(())
    }
}
