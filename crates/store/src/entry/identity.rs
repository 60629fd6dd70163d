//! Who a secret belongs to: sessions and API tokens, looked up by hash, with the workspace's row and present version, so
//! that each request decides on access at least as new as its own lookup and reads no row of the workspace again.

use std::sync::Arc;

use access::{Actor, CannotView, Id, Micros, Permission, PermissionSet, Snapshot};

use crate::change::secrets::Secret;
use crate::change::workspaces::{COLUMNS, WorkspaceRow};
use crate::change::{Author, Via};
use crate::kit::db::q;
use crate::kit::load::id;
use crate::{Result, Store};

/// A user who showed a secret that is good.
#[derive(Debug, Clone)]
pub struct Identity {
    /// Who, with what they may do.
    pub actor: Actor,
    /// The workspace that they are in, as it was when the secret was looked up.
    pub workspace: Arc<WorkspaceRow>,
    /// How they came.
    pub via: Via,
    /// When the secret stops being good; none for a token without an end.
    pub expires_at: Option<Micros>,
    /// Until when the user's password counts as shown; none where the session was opened with it, and for tokens.
    pub password_until: Option<Micros>,
    /// The secret that opened the session, where others know that too: until it is replaced, the session is good for
    /// nothing else.
    pub temporary: Option<Secret>,
    /// The code of the language that the user chose; empty where they did not, and for tokens.
    pub language: String,
    /// The session's own user, while they look at the workspace as the actor would.
    pub viewer: Option<Viewer>,
    /// Why the session no longer looks at the workspace as somebody else; told once, to the request that found it out.
    pub view_ended: Option<CannotView>,
}

/// Somebody who looks at the workspace as another user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    /// Who.
    pub id: Id,
    /// What people call them.
    pub name: String,
}

impl Identity {
    /// Who they are, for the audit log: whoever looks as somebody else is the author themself.
    pub fn author(&self) -> Author {
        let via = match self.via {
            Via::Session(session) => format!("session {session}"),
            Via::Token(token) => format!("api token {token}"),
        };
        let name = self.actor.snapshot().model().label(self.actor.id()).to_owned();
        let author = match &self.viewer {
            None => Author::new(Some(self.actor.id()), name, via),
            Some(viewer) => {
                let via = format!("{via} as {name} (user {})", self.actor.id());
                Author::new(Some(viewer.id), viewer.name.clone(), via)
            }
        };
        Author { credential: Some(self.via), ..author }
    }

    /// Whether a PIN opened the session, and the password was not typed lately.
    pub fn by_pin_alone(&self, now: Micros) -> bool {
        self.password_until.is_some_and(|until| until <= now)
    }

    /// Whose session or token it is: the viewer, where somebody looks as another user.
    pub fn owner(&self) -> Id {
        self.viewer.as_ref().map_or(self.actor.id(), |viewer| viewer.id)
    }
}

/// Sessions and tokens note their last use, but not more often than this.
const SEEN_EVERY: Micros = 60_000_000;

#[derive(sqlx::FromRow)]
struct Found {
    secret_id: i64,
    user_id: i64,
    version: i64,
    expires_at: Option<i64>,
    used_at: Option<i64>,
    scope: Option<String>,
    own_language: String,
    viewing_as: Option<i64>,
    password_until: Option<i64>,
    temporary: String,
    #[sqlx(flatten)]
    workspace: WorkspaceRow,
}

impl Store {
    /// The user whose session this is; none for unknown or ended sessions and for banned or deleted users.
    pub async fn by_session(&self, token_hash: &str) -> Result<Option<Identity>> {
        let found: Option<Found> = self
            .db
            .one(
                q("SELECT s.id AS secret_id, s.user_id, w.version, s.expires_at, s.last_seen_at AS used_at, \
                   NULL AS scope, u.language AS own_language, s.viewing_as, s.password_until, s.temporary, ")
                .s(COLUMNS)
                .s(" FROM sessions s JOIN workspaces w ON w.id = s.workspace_id \
                   JOIN users u ON u.workspace_id = s.workspace_id AND u.id = s.user_id WHERE s.token_hash = ")
                .v(token_hash),
            )
            .await?;
        self.identify(found, Via::Session).await
    }

    /// The user whose API token this is, limited to the token's scope; none as for sessions.
    pub async fn by_token(&self, token_hash: &str) -> Result<Option<Identity>> {
        let found: Option<Found> = self
            .db
            .one(
                q("SELECT t.id AS secret_id, t.user_id, w.version, t.expires_at, t.last_used_at AS used_at, t.scope, \
                   '' AS own_language, CAST(NULL AS BIGINT) AS viewing_as, \
                   CAST(NULL AS BIGINT) AS password_until, '' AS temporary, ")
                .s(COLUMNS)
                .s(" FROM api_tokens t JOIN workspaces w ON w.id = t.workspace_id WHERE t.token_hash = ")
                .v(token_hash),
            )
            .await?;
        self.identify(found, Via::Token).await
    }

    async fn identify(&self, found: Option<Found>, via: fn(Id) -> Via) -> Result<Option<Identity>> {
        let now = self.now();
        let Some(found) = found.filter(|f| f.expires_at.is_none_or(|at| now < at)) else { return Ok(None) };
        let snapshot: Arc<Snapshot> = self.snapshot_since(found.workspace.id, found.version).await?;
        let scope = found.scope.as_deref().map_or(PermissionSet::EVERY, read_scope);
        let Some(actor) = Actor::scoped(snapshot, id(found.user_id), scope) else { return Ok(None) };
        let via = via(id(found.secret_id));
        if found.used_at.is_none_or(|at| at + SEEN_EVERY < now) {
            self.note_use(found.workspace.id, via, actor.id(), now).await?;
        }
        let own = Identity {
            actor,
            workspace: Arc::new(found.workspace),
            via,
            expires_at: found.expires_at,
            password_until: found.password_until,
            temporary: Secret::of_word(&found.temporary),
            language: found.own_language,
            viewer: None,
            view_ended: None,
        };
        match found.viewing_as {
            None => Ok(Some(own)),
            Some(user) => self.looking_as(own, id(user)).await.map(Some),
        }
    }

    /// The same session as its user looks at the workspace as another one. Decided anew at each request; where it no
    /// longer may be, the viewing ends.
    async fn looking_as(&self, own: Identity, user: Id) -> Result<Identity> {
        let why = match own.actor.view_as(user) {
            Ok(actor) => {
                let name = actor.snapshot().model().label(own.actor.id()).to_owned();
                return Ok(Identity { viewer: Some(Viewer { id: own.actor.id(), name }), actor, ..own });
            }
            Err(why) => why,
        };
        let detail = serde_json::json!({ "reason": why.to_string() });
        self.end_viewing(&own, user, detail).await?;
        Ok(Identity { view_ended: Some(why), ..own })
    }

    async fn note_use(&self, workspace: i64, via: Via, user: Id, now: Micros) -> Result<()> {
        let (start, key) = match via {
            Via::Session(session) => ("UPDATE sessions SET last_seen_at = ", session),
            Via::Token(token) => ("UPDATE api_tokens SET last_used_at = ", token),
        };
        self.db.exec(q(start).v(now).s(" WHERE workspace_id = ").v(workspace).s(" AND id = ").v(key)).await?;
        let seen = q("UPDATE users SET last_seen_at = ").v(now).s(" WHERE workspace_id = ").v(workspace);
        self.db.exec(seen.s(" AND id = ").v(user)).await?;
        Ok(())
    }
}

/// A token's scope as stored: permission names in a JSON array; what cannot be read allows nothing.
pub(crate) fn read_scope(text: &str) -> PermissionSet {
    let names: Vec<String> = serde_json::from_str(text).unwrap_or_default();
    names.iter().filter_map(|name| Permission::from_name(name)).collect()
}

pub(crate) fn write_scope(scope: PermissionSet) -> String {
    let names: Vec<&str> = scope.iter().map(Permission::name).collect();
    serde_json::json!(names).to_string()
}
