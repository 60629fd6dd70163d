//! Signing in and out: a password or a PIN for a session, slowly for whoever guesses.

use access::model::Standing;
use access::{Id, Micros, text};
use store::change::secrets::Secret;
use store::change::workspaces::WorkspaceRow;
use store::entry::pin::IN_A_ROW;

use crate::entry::guesses::{self, By, Caller, device_hash};
use crate::entry::pin;
use crate::kernel::check;
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::secrets::{Turn, new_device, new_token, token_hash};
use crate::{Answer, App};

/// The password of everybody in a demo company, for what asks for one: nobody needs it to sign in.
pub const DEMO_PASSWORD: &str = "ringfence-demo";

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
    /// The secret that opened it, where others know that too: it is to be replaced first.
    pub temporary: Option<Secret>,
}

/// An account that somebody tries to sign in to, and what was kept of its secret.
struct Account {
    id: Id,
    name: String,
    banned: bool,
    hash: Option<String>,
    /// What the secret is, where others know it too, and when it signs nobody in any more.
    temporary: Option<(Secret, Micros)>,
}

impl Account {
    fn new(id: i64, name: String, standing: Standing, hash: Option<String>) -> Account {
        let banned = standing == Standing::Banned;
        Account { id: crate::id(id), name, banned, hash, temporary: None }
    }

    fn temporary(self, secret: Secret, until: Option<Micros>) -> Account {
        Account { temporary: until.map(|until| (secret, until)), ..self }
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
    let email = crate::kernel::email::sought(email);
    let found = app.store.credentials(workspace.id, &email).await?;
    let account = found.map(|a| {
        let until = a.temporary_until();
        Account::new(a.id, a.name, a.standing, a.password_hash).temporary(Secret::Password, until)
    });
    let tried = Tried { app, workspace: workspace.id, caller, label: &email, by_pin: false };
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

/// Signs a user in with their phone number and PIN (CLY-04): for a session that asks for the password before anything is
/// administered. What is wrong is said plainly (CLY-05), and not often enough to find out who has an account.
pub async fn with_pin(
    app: &App,
    workspace: &WorkspaceRow,
    phone: &str,
    pin: &str,
    caller: &Caller,
) -> Answer<NewSession> {
    let phone = check::e164("phone", phone)?;
    pin::length(pin.trim(), workspace.pin_digits)?;
    let secret = app.store.seal_key().keyed(pin.trim());
    let found = app.store.pin_holder(workspace.id, &phone).await?;
    let account = found.map(|a| {
        let until = a.temporary_until();
        Account::new(a.id, a.name, a.standing, Some(a.pin_hash)).temporary(Secret::Pin, until)
    });
    let tried = Tried { app, workspace: workspace.id, caller, label: &phone, by_pin: true };
    match tried.known(account.as_ref()).await? {
        Some(user) => tried.check(account, &[By::Known(user)], &secret, wrong_pin()).await,
        None => tried.pin_of_stranger(account, &secret).await,
    }
}

fn wrong_pin() -> (&'static str, Refusal) {
    let message = text!("The PIN is wrong. If you forgot yours, ask an administrator for a new one.");
    ("wrong PIN", Refusal::because(Code::WrongPin, message))
}

/// What is said of a PIN from a strange device that does not sign in. `tries` is how many tries in a row there were, none
/// for a PIN that is closed.
fn refused_pin(known: bool, tries: Option<i64>, tells: bool) -> (&'static str, Refusal) {
    let (reason, refusal) = match (known, tries) {
        (true, Some(_)) => wrong_pin(),
        (true, None) => {
            let message = text!(
                "PIN sign-in with this number is closed on new devices, after too many wrong PINs in a row. Sign in with your password, or ask an administrator for a new PIN."
            );
            ("PIN closed on new devices", Refusal::because(Code::PinClosed, message))
        }
        (false, _) => {
            let message = text!(
                "Nobody signs in here with this phone number and a PIN. Check the number, or ask an administrator for a PIN."
            );
            ("unknown phone number", Refusal::because(Code::UnknownNumber, message))
        }
    };
    let alike = text!(
        "The phone number or the PIN is wrong, or it is closed on new devices. Sign in with your password, or ask an administrator for a new PIN."
    );
    (reason, if tells { refusal } else { Refusal::because(Code::WrongPin, alike) })
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
    by_pin: bool,
}

impl Tried<'_> {
    /// The account's user, where they signed in on this device before. Asked for whether there is an account or not.
    async fn known(&self, account: Option<&Account>) -> Answer<Option<Id>> {
        let users = known_on(self.app, self.workspace, self.caller).await?;
        Ok(account.map(|a| a.id).filter(|id| users.contains(&i64::from(id.0))))
    }

    /// Tries a PIN from a device that its user is not known on. Numbers that are known and numbers that are not go the
    /// same way, so that neither holds the other up, nor the time taken tells them apart.
    async fn pin_of_stranger(&self, account: Option<Account>, pin: &str) -> Answer<NewSession> {
        let (store, user) = (&self.app.store, account.as_ref().map(|account| account.id));
        guesses::look(self.app, self.workspace, By::Pins, self.label).await?;
        let mut counted = vec![By::Pin(self.label), By::PinAddress(&self.caller.address)];
        counted.extend(user.map(|_| By::Pins));
        for by in &counted {
            guesses::take(self.app, self.workspace, *by, self.label).await?;
        }
        let tells = guesses::tells_numbers(self.app, self.workspace, user.is_some(), self.label).await?;
        let tries = store.take_pin_try(self.workspace, user).await?;
        let name = account.as_ref().map(|account| account.name.clone()).unwrap_or_default();
        let open = account.filter(|_| tries.is_some());
        let wrong = refused_pin(user.is_some(), tries, tells);
        let answer = self.check_counted(open, &counted, pin, wrong).await;
        let Some((user, tries)) = user.zip(tries) else { return answer };
        match &answer {
            Ok(_) => store.forget_pin_tries(self.workspace, user).await?,
            // Not checked, or right and too often.
            Err(refusal) if refusal.code.status() >= 500 || refusal.code == Code::TooManyTries => {
                store.return_pin_try(self.workspace, user).await?
            }
            Err(_) if tries >= IN_A_ROW => pin::tell_closed(self.app, self.workspace, user, &name).await?,
            Err(_) => {}
        }
        answer
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
        let known = counted.iter().any(|by| matches!(by, By::Known(_)));
        let address = self.caller.address.as_str();
        let turn = if known { Turn::Known(self.workspace) } else { Turn::Stranger(self.workspace, address) };
        let good = self.app.passwords.check(secret, hash, turn).await;
        let account = match (account, &good) {
            (Some(account), Ok(true)) if account.banned => {
                self.note("banned").await?;
                let message = text!("This account is banned. Ask an administrator of your workspace.");
                return Err(Refusal::because(Code::Banned, message));
            }
            (Some(Account { temporary: Some((secret, until)), .. }), Ok(true))
                if until <= self.app.store.now() =>
            {
                self.note("temporary secret out of time").await?;
                return Err(out_of_time(secret));
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
        let Account { id, name, temporary, hash, .. } = account?;
        guesses::take(self.app, self.workspace, By::SignIns(id), self.label).await?;
        let opened = Opened { by_pin: self.by_pin, temporary, checked: hash };
        match start(self.app, self.workspace, (id, &name), self.caller, opened).await {
            // It was another one by then.
            Err(Refusal { code: Code::NotFound, .. }) => Err(wrong),
            started => started,
        }
    }

    async fn note(&self, reason: &str) -> Answer<()> {
        let detail = serde_json::json!({ "reason": reason });
        guesses::note(self.app, self.workspace, self.label, detail).await
    }
}

/// Said to whoever shows the right secret after its time, which tells guessers nothing that they could use.
fn out_of_time(secret: Secret) -> Refusal {
    let message = match secret {
        Secret::Pin => {
            text!("This PIN was temporary and is out of time. Ask an administrator for a new one.")
        }
        _ => text!(
            "This password was temporary and is out of time. Use “Forgot your password?”, or ask an administrator for a new one."
        ),
    };
    Refusal::because(Code::SecretExpired, message)
}

/// Begins a session for a user who has shown who they are by what nobody else knows, and remembers the device.
pub async fn begin(app: &App, workspace: i64, user: Id, name: &str, caller: &Caller) -> Answer<NewSession> {
    start(app, workspace, (user, name), caller, Opened::default()).await
}

/// By what a session is opened.
#[derive(Default)]
struct Opened {
    /// Whether a PIN opens it, and no password.
    by_pin: bool,
    /// The secret, where others know it too until a moment: then the session ends with it at the latest.
    temporary: Option<(Secret, Micros)>,
    /// The hash that the secret was checked with.
    checked: Option<String>,
}

async fn start(
    app: &App,
    workspace: i64,
    (user, name): (Id, &str),
    caller: &Caller,
    opened: Opened,
) -> Answer<NewSession> {
    let Opened { by_pin, temporary, checked } = opened;
    let (token, lasts) = (new_token("rfs"), app.store.now() + LASTS);
    let expires_at = temporary.map_or(lasts, |(_, until)| until.min(lasts));
    let temporary = temporary.map(|(secret, _)| secret);
    let device = caller.device.clone().filter(|_| caller.device_hash().is_some()).unwrap_or_else(new_device);
    let device_hash = device_hash(&device);
    let agent: String = caller.agent.chars().filter(|c| !c.is_control()).take(200).collect();
    let new = store::entry::sessions::NewSession {
        token_hash: &token_hash(&token),
        device_hash: Some(&device_hash),
        agent: &agent,
        expires_at,
        by_pin,
        temporary,
        checked: checked.as_deref(),
    };
    app.store.start_session(workspace, user, name, &new).await?;
    Ok(NewSession { token, user, expires_at, device, temporary })
}
