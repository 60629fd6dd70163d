//! Signing in and out: a password for a session, slowly for whoever guesses.

use access::{Id, Micros};
use store::workspace::WorkspaceRow;
use store::{Author, audit::Act};

use crate::refusal::{Code, Refusal};
use crate::secrets::{new_token, token_hash};
use crate::{Answer, App};

/// Sessions end after this long, used or not.
const LASTS: Micros = 30 * 86_400 * 1_000_000;

/// A session that has just begun. The token is shown to its owner this once and kept nowhere.
#[derive(Debug)]
pub struct NewSession {
    /// The secret.
    pub token: String,
    /// Who signed in.
    pub user: Id,
    /// When the session ends by itself.
    pub expires_at: Micros,
}

/// Signs a user in with their password. Every way to be wrong answers alike, after the same work; guesses at one
/// account are counted before they are checked (CLY-05, CLY-07).
pub async fn with_password(
    app: &App,
    workspace: &WorkspaceRow,
    email: &str,
    password: &str,
    agent: &str,
) -> Answer<NewSession> {
    let email = email.trim().to_lowercase();
    let target = target(workspace.id, &email);
    if let Err(wait) = app.store.take_guess(&target).await? {
        return Err(Refusal::too_many(wait));
    }
    let account = app.store.credentials(workspace.id, &email).await?;
    let hash = account.as_ref().and_then(|a| a.password_hash.as_deref());
    let good = app.passwords.check(password, hash).await?;
    match account {
        Some(account) if good && account.standing == "banned" => {
            note_failure(app, workspace.id, &email, "banned").await?;
            Err(Refusal::because(
                Code::WrongCredentials,
                "This account is banned. Ask an administrator of your workspace.",
            ))
        }
        Some(account) if good => {
            app.store.forget_guesses(&target).await?;
            let user = Id(u32::try_from(account.id).unwrap_or(u32::MAX));
            begin(app, workspace.id, user, &account.name, agent).await
        }
        _ => {
            note_failure(app, workspace.id, &email, "wrong email address or password").await?;
            Err(Refusal::new(Code::WrongCredentials))
        }
    }
}

/// What guesses at an account's password are counted by.
pub(crate) fn target(workspace: i64, email: &str) -> String {
    token_hash(&format!("password {workspace} {email}"))
}

/// Begins a session for a user who has shown who they are.
pub async fn begin(app: &App, workspace: i64, user: Id, name: &str, agent: &str) -> Answer<NewSession> {
    let token = new_token("rfs");
    let expires_at = app.store.now() + LASTS;
    let agent: String = agent.chars().filter(|c| !c.is_control()).take(200).collect();
    app.store.start_session(workspace, user, name, &token_hash(&token), &agent, expires_at).await?;
    Ok(NewSession { token, user, expires_at })
}

async fn note_failure(app: &App, workspace: i64, email: &str, reason: &str) -> Answer<()> {
    let author = Author::new(None, "nobody", "sign-in");
    // No address is longer, and the log keeps what strangers send for good.
    let email: String = email.chars().take(254).collect();
    let act = Act::done("session:create", "user", 0, email).with(serde_json::json!({ "reason": reason }));
    Ok(app.store.record_refusal(workspace, &author, act).await?)
}
