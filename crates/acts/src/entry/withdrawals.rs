//! Secrets that were withdrawn because their person rose above somebody who knew them: who is told, and the way back in.

use std::collections::BTreeSet;

use access::Id;
use access::model::Standing;
use store::change::consequences::Follows;
use store::change::mail::{Addressee, MailLink};
use store::change::secrets::{Secret, Withdrawn};
use store::entry::known_secrets::{LASTS, OPERATOR, SOMEBODY};
use store::entry::links::Purpose;
use store::{Change, StoreError};

use crate::Answer;
use crate::kernel::mail;
use crate::kernel::secrets::{new_token, token_hash};

/// Tells everybody concerned, as a part of the change that withdrew the secrets.
pub(crate) fn tell<'c>(change: &'c mut Change<'_>, withdrawn: &'c [Withdrawn]) -> Follows<'c> {
    Box::pin(
        async move { tell_all(change, withdrawn).await.map_err(|error| StoreError::Untold(error.into())) },
    )
}

async fn tell_all(change: &mut Change<'_>, withdrawn: &[Withdrawn]) -> Answer<()> {
    let users: BTreeSet<Id> = withdrawn.iter().map(|withdrawn| withdrawn.user).collect();
    for user in users {
        let theirs: Vec<&Withdrawn> = withdrawn.iter().filter(|withdrawn| withdrawn.user == user).collect();
        let person = change.addressee(user).await?;
        let mut names = vec![];
        for knower in theirs.iter().flat_map(|withdrawn| &withdrawn.knowers).collect::<BTreeSet<_>>() {
            names.extend(tell_knower(change, *knower, &person).await?);
        }
        tell_person(change, user, &person, &theirs, &names.join(", ")).await?;
    }
    Ok(())
}

/// Tells somebody who knew a secret that it no longer works; their name. Nobody, where they are gone themselves.
async fn tell_knower(change: &mut Change<'_>, knower: Id, person: &Addressee) -> Answer<Option<String>> {
    if [OPERATOR, SOMEBODY].contains(&knower) {
        return Ok(None);
    }
    let name = match change.addressee(knower).await {
        Ok(addressee) => addressee.name,
        Err(StoreError::Missing) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let filled = |text: access::Text| text.with("person", mail::plain(&person.name));
    mail::post(change, knower, mail::Kind::SecretWithdrawn, filled).await?;
    Ok(Some(mail::plain(&name)))
}

/// Tells the person, with a link by which they choose a password that only they know. Somebody who has such a one, and
/// lost a PIN alone, needs none.
async fn tell_person(
    change: &mut Change<'_>,
    user: Id,
    person: &Addressee,
    withdrawn: &[&Withdrawn],
    others: &str,
) -> Answer<()> {
    let only_pin = withdrawn.iter().all(|w| matches!(w.secret, Secret::Pin | Secret::ChosenPin));
    if only_pin && change.has_password(user).await? {
        let filled = |text: access::Text| text.with("others", others).with("path", "/profile");
        return mail::post(change, user, mail::Kind::PinWithdrawn, filled).await;
    }
    if withdrawn.iter().any(|w| w.address_in_doubt) {
        let filled = |text: access::Text| text.with("others", others);
        return mail::post(change, user, mail::Kind::SecretTaken, filled).await;
    }
    let (purpose, secret, page) = match person.standing {
        Standing::Invited => (Purpose::Invitation, new_token("rfi"), "welcome"),
        Standing::Active => (Purpose::Reset, new_token("rfr"), "reset"),
        // Nothing lets somebody banned in (CLY-07).
        Standing::Banned => return Ok(()),
    };
    let expires_at = change.now() + LASTS;
    let link = change.add_link(user, purpose, &token_hash(&secret), expires_at).await?;
    let path = format!("/{page}/{secret}");
    let filled = |text: access::Text| text.with("others", others);
    let link = MailLink { id: link, expires_at, path: &path };
    mail::post_link(change, user, mail::Kind::OwnSecret, filled, link).await?;
    Ok(())
}
