//! Email addresses: how each is written in one way, and which of them mail can be sent to.

use std::borrow::Cow;

use access::{Id, Model, Snapshot};
use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use unicode_security::mixed_script::AugmentedScriptSet;

use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::spelling;

/// No address is longer (RFC 5321, 4.5.3.1.3).
const LONGEST: usize = 254;

/// The address in its one spelling, which signs somebody in and gets mail: in lower case, the domain in the letters of
/// the DNS (UTS 46). What programs copy around an address is taken off: `Ana <ana@acme.example>`, `mailto:`.
pub fn checked(value: &str) -> Result<String, Refusal> {
    let malformed = || Refusal::invalid("email", "{field} must look like name@example.com.");
    let (local, domain) = unwrapped(value).rsplit_once('@').ok_or_else(malformed)?;
    if !local.is_ascii() {
        return Err(Refusal::invalid(
            "email",
            "{field} must have plain letters and digits before the @: mail servers do not take others.",
        ));
    }
    let domain = in_ascii(domain).ok_or_else(malformed)?;
    let address = format!("{}@{domain}", local.to_ascii_lowercase());
    // A quoted local part is another spelling of the plain one (RFC 5321, 4.1.2).
    let odd = |c: char| c.is_whitespace() || matches!(c, '"' | '\\');
    let mailable = address.parse::<lettre::Address>().is_ok() && !local.contains(odd);
    if mailable && address.len() <= LONGEST { Ok(address) } else { Err(malformed()) }
}

/// What is typed to find somebody by, in the spelling that is kept where it can be an address.
pub fn sought(value: &str) -> String {
    let plain = spelling::plain(value);
    checked(&plain).unwrap_or_else(|_| plain.to_lowercase())
}

/// The user who is named by id or by email address, in any spelling of it.
pub fn user_named(snapshot: &Snapshot, name: &str) -> Option<Id> {
    // What is plain ASCII is nearly always spelled as it is kept, and access compares it in lower case.
    if name.is_ascii() { snapshot.user_named(name) } else { snapshot.user_named(&sought(name)) }
}

/// An address as people read it: a domain that is no plain ASCII in its own letters, unless they are of several
/// scripts (UTS 46, `ToUnicode`).
pub fn shown(address: &str) -> Cow<'_, str> {
    let is_of_one_script =
        |label: &[char]| !AugmentedScriptSet::for_str(&String::from_iter(label)).is_empty();
    in_letters(address, is_of_one_script)
}

/// Refuses an address that looks like one of others, who are somebody else.
pub fn is_no_imitation<'a>(address: &str, mut others: impl Iterator<Item = &'a str>) -> Result<(), Refusal> {
    if !address.contains("xn--") {
        return Ok(());
    }
    let written = in_letters(address, |_| true);
    match others.any(|other| other != address && spelling::imitates(&written, &in_letters(other, |_| true))) {
        true => Err(imitation().at("email")),
        false => Ok(()),
    }
}

/// The addresses of a workspace's people.
pub fn all(model: &Model) -> impl Iterator<Item = &str> {
    model.users.values().map(|user| user.email.as_str())
}

/// The refusal of what looks like something that is there; never of what, which the asker may not know.
pub(crate) fn imitation() -> Refusal {
    Refusal::because(
        Code::Taken,
        "{field} looks like one that is in use already, in letters of another alphabet: choose another value.",
    )
}

/// The address in what was copied with it.
fn unwrapped(value: &str) -> &str {
    let inner =
        value.strip_suffix('>').and_then(|rest| rest.rsplit_once('<')).map_or(value, |(_, inner)| inner);
    match inner.split_at_checked("mailto:".len()) {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("mailto:") => {
            rest.split_once('?').map_or(rest, |(address, _)| address)
        }
        _ => inner,
    }
    .trim()
}

/// A domain in the letters of the DNS: several labels, of which none begins or ends with a hyphen, and no IP address.
fn in_ascii(domain: &str) -> Option<String> {
    let ascii = Uts46::new().to_ascii(
        domain.as_bytes(),
        AsciiDenyList::STD3,
        Hyphens::CheckFirstLast,
        DnsLength::Verify,
    );
    let ascii = ascii.ok()?.into_owned();
    let (_, top) = ascii.rsplit_once('.')?;
    (!top.bytes().all(|byte| byte.is_ascii_digit())).then_some(ascii)
}

/// An address whose domain's labels are in their own letters where a test of the label says so, and all can be
/// written back.
fn in_letters(address: &str, may: impl Fn(&[char]) -> bool) -> Cow<'_, str> {
    let Some((local, domain)) = address.rsplit_once('@').filter(|(_, domain)| domain.contains("xn--")) else {
        return address.into();
    };
    let (letters, read) = Uts46::new().to_user_interface(
        domain.as_bytes(),
        AsciiDenyList::STD3,
        Hyphens::CheckFirstLast,
        |label, _, _| may(label),
    );
    match read.is_ok() && in_ascii(&letters).as_deref() == Some(domain) {
        true => format!("{local}@{letters}").into(),
        false => address.into(),
    }
}

#[cfg(test)]
mod tests {
    use crate::kernel::email::{checked, shown, sought};

    fn kept(typed: &str) -> String {
        checked(typed).unwrap_or_else(|refusal| panic!("{typed}: {refusal}"))
    }

    #[test]
    fn an_address_has_one_spelling() {
        for (typed, address) in [
            ("Ana@ACME.example", "ana@acme.example"),
            ("Ana Lima <ana@acme.example>", "ana@acme.example"),
            ("<ana@acme.example>", "ana@acme.example"),
            ("MailTo:ana@acme.example?subject=x", "ana@acme.example"),
            ("ana@ＰＲＯＢＥ.example", "ana@probe.example"),
            ("ana@bücher.example", "ana@xn--bcher-kva.example"),
            ("ana@BU\u{308}CHER.example", "ana@xn--bcher-kva.example"),
            ("ana@xn--bcher-kva.example", "ana@xn--bcher-kva.example"),
            ("ana@acme。example", "ana@acme.example"),
            ("o'neil+calls@acme.example", "o'neil+calls@acme.example"),
        ] {
            assert_eq!(kept(typed), address);
            assert_eq!(kept(address), address);
        }
    }

    #[test]
    fn what_no_mail_can_be_sent_to_is_no_address() {
        for typed in [
            "",
            "ana",
            "@acme.example",
            "ana@",
            "ana@acme",
            ".dot@acme.example",
            "dot.@acme.example",
            "a..b@acme.example",
            "ana@-bad.example",
            "ana@bad-.example",
            "ana@a..example",
            "ana@acme.example.",
            "ana@[127.0.0.1]",
            "ana@127.0.0.1",
            "a b@acme.example",
            "ana@ac me.example",
            "ana@a_b.example",
            "jürg@acme.example",
            "ﬁ@acme.example",
            "a@b@acme.example",
            "ana@xn--.example",
            "ana@xn--zzzz999.example",
        ] {
            assert!(checked(typed).is_err(), "{typed}");
        }
        let long = format!("{}@acme.example", "x".repeat(65));
        assert!(checked(&long).is_err());
    }

    #[test]
    fn a_domain_is_shown_in_its_own_letters_unless_they_are_mixed() {
        assert_eq!(shown("ana@xn--bcher-kva.example"), "ana@bücher.example");
        assert_eq!(shown("ana@acme.example"), "ana@acme.example");
        let mixed = kept("ana@аcme.example");
        assert_eq!(shown(&mixed), mixed);
        assert_eq!(sought(" Ana@Bücher.Example\u{200b}"), "ana@xn--bcher-kva.example");
        assert_eq!(sought(" Whoever "), "whoever");
    }
}
