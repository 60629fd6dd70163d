//! Signing in and out: a password or a PIN for a session, slowly for whoever guesses.

use access::model::Standing;
use access::{Id, Micros, text};
use store::workspace::WorkspaceRow;

use crate::guesses::{self, By, Caller, device_hash};
use crate::refusal::{Code, Refusal};
use crate::secrets::{new_device, new_token, token_hash};
use crate::{Answer, App, check, pin};

/// Sessions end after this long, used or not.
const LASTS: Micros = 30 * 86_400 * 1_000_000;

/// A session that has just begun. The secrets are shown to their owner this once and kept nowhere.
#[derive(Debug)]
pub struct NewSession {
    /// The secret.
    pub token: String,
    /// Who signed in.
    pub user: Id,
    /// When the session ends by itself.
    pub expires_at: Micros,
    /// The device's secret: whoever shows it at the next sign-in is no stranger.
    pub device: String,
}

/// An account that somebody tries to sign in to, and what was kept of its secret.
struct Account {
    id: Id,
    name: String,
    banned: bool,
    hash: Option<String>,
}

impl Account {
    fn new(id: i64, name: String, standing: Standing, hash: Option<String>) -> Account {
        Account { id: crate::id(id), name, banned: standing == Standing::Banned, hash }
    }
}

/// Signs a user in with their password. Every way to be wrong answers alike, after the same work; guesses at one
/// account are counted before they are checked (CLY-07).
pub async fn with_password(
    app: &App,
    workspace: &WorkspaceRow,
    email: &str,
    password: &str,
    caller: &Caller,
) -> Answer<NewSession> {
    let email = crate::email::sought(email);
    let found = app.store.credentials(workspace.id, &email).await?;
    let account = found.map(|a| Account::new(a.id, a.name, a.standing, a.password_hash));
    let tried = Tried { app, workspace: workspace.id, caller, label: &email };
    let known = tried.known(account.as_ref()).await?;
    let counted = match known {
        Some(user) => vec![By::Known(user)],
        None => {
            // Neither limit tells whether there is an account, so a flood of either kind only reads.
            guesses::look(app, workspace.id, By::Address(&caller.address), &email).await?;
            vec![By::Password(&email), By::Address(&caller.address)]
        }
    };
    let wrong = Refusal::new(Code::WrongCredentials);
    tried.check(account, &counted, password, ("wrong email address or password", wrong)).await
}

/// Signs a user in with their phone number and PIN (CLY-04). What is wrong is said plainly (CLY-05), and not often
/// enough to find out who has an account: over any limit, every answer is the same.
pub async fn with_pin(
    app: &App,
    workspace: &WorkspaceRow,
    phone: &str,
    pin: &str,
    caller: &Caller,
) -> Answer<NewSession> {
    let phone = check::e164("phone", phone)?;
    pin::length(pin.trim(), workspace.pin_digits)?;
    let found = app.store.pin_holder(workspace.id, &phone).await?;
    let account = found.map(|a| Account::new(a.id, a.name, a.standing, Some(a.pin_hash)));
    let tried = Tried { app, workspace: workspace.id, caller, label: &phone };
    if let Some(user) = tried.known(account.as_ref()).await? {
        return tried.check(account, &[By::Known(user)], pin.trim(), wrong_pin()).await;
    }
    let address = By::Address(&caller.address);
    guesses::take(app, workspace.id, address, &phone).await?;
    if account.is_none() {
        guesses::take(app, workspace.id, By::UnknownNumbers, &phone).await?;
        tried.note("unknown phone number").await?;
        return Err(Refusal::because(
            Code::UnknownNumber,
            "Nobody signs in here with this phone number and a PIN. Check the number, or ask an administrator for a PIN.",
        ));
    }
    // Else a number that is known would be told by its answer once the unknown ones are no longer answered.
    guesses::look(app, workspace.id, By::UnknownNumbers, &phone).await?;
    guesses::take(app, workspace.id, By::Pin(&phone), &phone).await?;
    tried.check_counted(account, &[address, By::Pin(&phone)], pin.trim(), wrong_pin()).await
}

fn wrong_pin() -> (&'static str, Refusal) {
    let message = text!("The PIN is wrong. If you forgot yours, ask an administrator for a new one.");
    ("wrong PIN", Refusal::because(Code::WrongPin, message))
}

/// Whether a user has signed in before from where a caller comes from.
pub(crate) async fn knows(app: &App, workspace: i64, caller: &Caller, user: Id) -> Answer<bool> {
    Ok(known_on(app, workspace, caller).await?.contains(&i64::from(user.0)))
}

/// The users who have signed in before on a caller's device.
async fn known_on(app: &App, workspace: i64, caller: &Caller) -> Answer<Vec<i64>> {
    match caller.device_hash() {
        Some(device) => Ok(app.store.users_of_device(workspace, &device).await?),
        None => Ok(vec![]),
    }
}

/// One try to sign in.
#[derive(Clone, Copy)]
struct Tried<'a> {
    app: &'a App,
    workspace: i64,
    caller: &'a Caller,
    label: &'a str,
}

impl Tried<'_> {
    /// The account's user, where they signed in on this device before. Asked for whether there is an account or not.
    async fn known(&self, account: Option<&Account>) -> Answer<Option<Id>> {
        let users = known_on(self.app, self.workspace, self.caller).await?;
        Ok(account.map(|a| a.id).filter(|id| users.contains(&i64::from(id.0))))
    }

    /// Counts the guess, then checks it.
    async fn check(
        &self,
        account: Option<Account>,
        counted: &[By<'_>],
        secret: &str,
        wrong: (&str, Refusal),
    ) -> Answer<NewSession> {
        for by in counted {
            guesses::take(self.app, self.workspace, *by, self.label).await?;
        }
        self.check_counted(account, counted, secret, wrong).await
    }

    /// Checks a guess that was counted; a right one, and one that could not be checked, is given back.
    async fn check_counted(
        &self,
        account: Option<Account>,
        counted: &[By<'_>],
        secret: &str,
        (reason, wrong): (&str, Refusal),
    ) -> Answer<NewSession> {
        let hash = account.as_ref().and_then(|a| a.hash.as_deref());
        let good = self.app.passwords.check(secret, hash).await;
        let account = match (account, &good) {
            (Some(account), Ok(true)) if account.banned => {
                self.note("banned").await?;
                let message = text!("This account is banned. Ask an administrator of your workspace.");
                return Err(Refusal::because(Code::Banned, message));
            }
            (Some(account), Ok(true)) => Ok(account),
            (_, Ok(_)) => {
                self.note(reason).await?;
                return Err(wrong);
            }
            (_, Err(refusal)) => Err(refusal.clone()),
        };
        for by in counted {
            guesses::give_back(self.app, self.workspace, *by).await?;
        }
        let account = account?;
        begin(self.app, self.workspace, account.id, &account.name, self.caller).await
    }

    async fn note(&self, reason: &str) -> Answer<()> {
        let detail = serde_json::json!({ "reason": reason });
        guesses::note(self.app, self.workspace, self.label, detail).await
    }
}

/// Begins a session for a user who has shown who they are, and remembers the device.
pub async fn begin(app: &App, workspace: i64, user: Id, name: &str, caller: &Caller) -> Answer<NewSession> {
    let (token, expires_at) = (new_token("rfs"), app.store.now() + LASTS);
    let device = caller.device.clone().filter(|_| caller.device_hash().is_some()).unwrap_or_else(new_device);
    let device_hash = device_hash(&device);
    let agent: String = caller.agent.chars().filter(|c| !c.is_control()).take(200).collect();
    let new = store::session::NewSession {
        token_hash: &token_hash(&token),
        device_hash: Some(&device_hash),
        agent: &agent,
        expires_at,
    };
    app.store.start_session(workspace, user, name, &new).await?;
    app.lookups.made(new.token_hash);
    Ok(NewSession { token, user, expires_at, device })
}
