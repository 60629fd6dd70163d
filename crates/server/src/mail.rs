//! Sends mails by SMTP in the background, and wipes those that are no longer needed.

use std::str::FromStr as _;
use std::time::{Duration, UNIX_EPOCH};

use access::Micros;
use acts::kernel::mail;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use store::Store;
use store::change::mail::MailRow;

use crate::Error;

type Smtp = AsyncSmtpTransport<Tokio1Executor>;

/// A mail server does not answer for longer than this: it is tried again later.
const TIMEOUT: Duration = Duration::from_secs(60);

/// How often due mails are looked for.
const LOOK: Duration = Duration::from_secs(2);

/// Every how many looks the mails are tidied: once a minute.
const TIDY: u64 = 30;

/// So many mails of a workspace are sent before it is the next one's turn.
const TURN: usize = 5;

const MINUTE: Micros = 60_000_000;

/// How long to wait after each failed try; after the last one, a mail is given up.
const WAITS: [Micros; 8] =
    [MINUTE, 5 * MINUTE, 15 * MINUTE, 60 * MINUTE, 180 * MINUTE, 360 * MINUTE, 720 * MINUTE, 1440 * MINUTE];

/// What is noted of a mail whose link this server cannot open; one that made it, or has the same key, sends it.
const FOREIGN: &str = "made by another server, whose --seal-key is not this server's";

/// A mail server, and as whom mails are sent through it.
pub struct Mailer {
    smtp: Smtp,
    from: Mailbox,
    address: String,
}

impl Mailer {
    /// A mail server at `smtp://` or `smtps://`; mails come from `from` and their links lead to `address`. Over
    /// `smtp://`, STARTTLS is demanded, except of this machine itself or where the address says `?tls=none`.
    pub fn new(url: &str, from: &str, address: &str) -> Result<Mailer, Error> {
        let from: Mailbox = from.parse().map_err(|_| {
            format!("--mail-from {from} must be an email address, like Acme Phones <phones@acme.example>")
        })?;
        // What is wrong is said without the address: it has a password in it.
        let smtp = Smtp::from_url(&protected(url)).map_err(|_| {
            "--smtp-url must be like smtps://USER:PASSWORD@mail.example.com or smtp://mail.example.com:587"
        })?;
        let name = ClientId::Domain(from.email.domain().to_owned());
        let smtp = smtp.hello_name(name).timeout(Some(TIMEOUT)).build();
        Ok(Mailer { smtp, from, address: address.to_owned() })
    }

    async fn send(&self, store: &Store, mail: &MailRow) -> Result<(), Failure> {
        let foreign = || Failure { says: FOREIGN.to_owned(), is_final: false };
        let text = mail::text(store, mail, &self.address).ok_or_else(foreign)?;
        let message =
            self.message(mail, text).map_err(|error| Failure { says: error.to_string(), is_final: true })?;
        match self.smtp.send(message).await {
            Ok(_) => Ok(()),
            Err(error) => Err(Failure { says: error.to_string(), is_final: error.is_permanent() }),
        }
    }

    fn message(&self, mail: &MailRow, text: String) -> Result<Message, Error> {
        let to = Mailbox::new(None, Address::from_str(&mail.recipient)?);
        let at = Duration::from_micros(u64::try_from(mail.created_at)?);
        // Two copies of a mail, after a node died while sending, are one to most mail programs.
        let id =
            format!("<{}.{}.{}@{}>", mail.workspace_id, mail.id, mail.created_at, self.from.email.domain());
        // RFC 3834: no out-of-office answers, please.
        let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
        Ok(Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(&mail.subject)
            .date(UNIX_EPOCH + at)
            .message_id(Some(id))
            .raw_header(HeaderValue::new(automatic, "auto-generated".into()))
            .header(ContentType::TEXT_PLAIN)
            .body(text)?)
    }
}

/// The address with the demand for encryption that it does not make itself.
fn protected(url: &str) -> String {
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let host = address.rsplit('@').next().unwrap_or_default().trim_start_matches("smtp://");
    let local = |name| host.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'));
    let here = ["localhost", "127.0.0.1", "[::1]"].into_iter().any(local);
    match query {
        "tls=none" => address.to_owned(),
        "" if url.starts_with("smtp://") && !here => format!("{address}?tls=required"),
        _ => url.to_owned(),
    }
}

/// Why a mail was not taken, and whether trying again is of no use.
struct Failure {
    says: String,
    is_final: bool,
}

/// Sends what is due for as long as the server runs, where there is a mail server; tidies up in any case.
pub async fn run(store: Store, mailer: Option<Mailer>) {
    for round in 0_u64.. {
        let tidied = if round % TIDY == 0 { store.tidy_mails().await } else { Ok(()) };
        let sent = match &mailer {
            Some(mailer) => send_due(&store, mailer).await,
            None => Ok(()),
        };
        if let Err(error) = tidied.and(sent) {
            tracing::warn!(error = %error, "mails could not be looked after");
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Sends every mail that is due now. Workspaces take turns: however many mails one of them writes, those of another wait
/// for a few of them only.
pub async fn send_due(store: &Store, mailer: &Mailer) -> Result<(), store::StoreError> {
    loop {
        let mut sent = 0;
        for workspace in store.workspaces_with_mail().await? {
            for _ in 0..TURN {
                let Some(mail) = store.claim_mail(workspace).await? else { break };
                send_claimed(store, mailer, &mail).await?;
                sent += 1;
            }
        }
        if sent == 0 {
            return Ok(());
        }
    }
}

async fn send_claimed(store: &Store, mailer: &Mailer, mail: &MailRow) -> Result<(), store::StoreError> {
    let Err(failure) = mailer.send(store, mail).await else { return store.mail_sent(mail).await };
    tracing::warn!(workspace = mail.workspace_id, mail = mail.id, reason = %failure.says, "a mail was not taken");
    let wait = usize::try_from(mail.tries - 1).ok().and_then(|at| WAITS.get(at));
    let next = wait.filter(|_| !failure.is_final).map(|wait| store.now() + wait);
    store.mail_failed(mail, &short(&failure.says), next).await
}

/// What mail servers say, on one line that fits a page.
fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::{Mailer, protected};

    #[test]
    fn mail_leaves_this_machine_encrypted_unless_told_otherwise() {
        for (given, used) in [
            ("smtp://u:p@mail.example:587", "smtp://u:p@mail.example:587?tls=required"),
            ("smtp://mail.example?tls=none", "smtp://mail.example"),
            ("smtp://mail.example?tls=opportunistic", "smtp://mail.example?tls=opportunistic"),
            ("smtp://localhost:25", "smtp://localhost:25"),
            ("smtp://127.0.0.1:2525", "smtp://127.0.0.1:2525"),
            ("smtp://u:localhost@mail.example", "smtp://u:localhost@mail.example?tls=required"),
            ("smtp://localhost.example", "smtp://localhost.example?tls=required"),
            ("smtps://mail.example", "smtps://mail.example"),
        ] {
            assert_eq!(protected(given), used);
        }
    }

    #[test]
    fn a_wrong_address_of_the_mail_server_is_refused_without_its_password() {
        for url in ["mail.example", "https://u:hunter2@mail.example", "smtp://u:hunter2@"] {
            let error = Mailer::new(url, "a@b.example", "https://x.example").err().map(|e| e.to_string());
            assert!(error.is_some_and(|e| e.contains("--smtp-url") && !e.contains("hunter2")), "{url}");
        }
        assert!(Mailer::new("smtps://mail.example", "nobody", "https://x.example").is_err());
        assert!(Mailer::new("smtps://mail.example", "Acme <a@b.example>", "https://x.example").is_ok());
    }
}
