//! The texts of mails, one for each kind in each language; see `mail.rs`.

use crate::language::Language;
use crate::mail::Kind;

/// A mail's text: `{name}` is the reader, `{workspace}` theirs, `{home}` its address; the rest as the kind says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Text {
    pub kind: Kind,
    pub language: Language,
    pub subject: &'static str,
    pub body: &'static str,
}

impl Text {
    /// Says nothing.
    pub const EMPTY: Text = text(Kind::Invitation, Language::En, "", "");
}

const fn text(kind: Kind, language: Language, subject: &'static str, body: &'static str) -> Text {
    Text { kind, language, subject, body }
}

/// Every text.
pub(crate) const TEXTS: &[Text] = &[
    text(
        Kind::Invitation,
        Language::En,
        "Your account at {workspace}",
        "Hello {name},\n\n{by} added you to the phone workspace {workspace}. Choose a password here:\n\n\
         {home}{path}\n\nThe link is good for 7 days and works once. If you did not expect this, ignore it.\n",
    ),
    text(
        Kind::Invitation,
        Language::De,
        "Ihr Konto bei {workspace}",
        "Guten Tag {name},\n\n{by} hat Sie in den Telefon-Arbeitsbereich {workspace} aufgenommen. Wählen Sie hier ein \
         Passwort:\n\n{home}{path}\n\nDer Link gilt 7 Tage und funktioniert einmal. Falls Sie das nicht erwartet \
         haben, ignorieren Sie diese Nachricht.\n",
    ),
    text(
        Kind::Invitation,
        Language::Fr,
        "Votre compte chez {workspace}",
        "Bonjour {name},\n\n{by} vous a ajouté à l’espace téléphonique {workspace}. Choisissez un mot de passe ici :\
         \n\n{home}{path}\n\nLe lien est valable 7 jours et fonctionne une seule fois. Si vous n’attendiez pas ce \
         message, ignorez-le.\n",
    ),
    text(
        Kind::Invitation,
        Language::Es,
        "Su cuenta en {workspace}",
        "Hola, {name}:\n\n{by} le ha añadido al espacio telefónico {workspace}. Elija aquí una contraseña:\n\n\
         {home}{path}\n\nEl enlace es válido durante 7 días y funciona una sola vez. Si no esperaba este mensaje, \
         ignórelo.\n",
    ),
    text(
        Kind::PasswordReset,
        Language::En,
        "A new password for {workspace}",
        "Hello {name},\n\nsomebody asked for a new password for your account at {workspace}. Choose one here:\n\n\
         {home}{path}\n\nThe link is good for one hour and works once. If it was not you, ignore this: your password \
         stays as it is.\n",
    ),
    text(
        Kind::PasswordReset,
        Language::De,
        "Ein neues Passwort für {workspace}",
        "Guten Tag {name},\n\nfür Ihr Konto bei {workspace} wurde ein neues Passwort angefordert. Wählen Sie es \
         hier:\n\n{home}{path}\n\nDer Link gilt eine Stunde und funktioniert einmal. Falls Sie das nicht waren, \
         ignorieren Sie diese Nachricht: Ihr Passwort bleibt, wie es ist.\n",
    ),
    text(
        Kind::PasswordReset,
        Language::Fr,
        "Un nouveau mot de passe pour {workspace}",
        "Bonjour {name},\n\nun nouveau mot de passe a été demandé pour votre compte chez {workspace}. Choisissez-le \
         ici :\n\n{home}{path}\n\nLe lien est valable une heure et fonctionne une seule fois. Si ce n’était pas vous, \
         ignorez ce message : votre mot de passe reste inchangé.\n",
    ),
    text(
        Kind::PasswordReset,
        Language::Es,
        "Una contraseña nueva para {workspace}",
        "Hola, {name}:\n\nse ha solicitado una contraseña nueva para su cuenta en {workspace}. Elíjala aquí:\n\n\
         {home}{path}\n\nEl enlace es válido durante una hora y funciona una sola vez. Si no ha sido usted, ignore \
         este mensaje: su contraseña no cambia.\n",
    ),
    text(
        Kind::RequestMade,
        Language::En,
        "{by} asks for access",
        "Hello {name},\n\n{by} asks for access at {workspace}: {wants}\n\nReason: {reason}\n\nDecide here:\n\n\
         {home}{path}\n",
    ),
    text(
        Kind::RequestMade,
        Language::De,
        "{by} bittet um Zugriff",
        "Guten Tag {name},\n\n{by} bittet bei {workspace} um Zugriff: {wants}\n\nBegründung: {reason}\n\nEntscheiden \
         Sie hier:\n\n{home}{path}\n",
    ),
    text(
        Kind::RequestMade,
        Language::Fr,
        "{by} demande un accès",
        "Bonjour {name},\n\n{by} demande un accès chez {workspace} : {wants}\n\nMotif : {reason}\n\nDécidez ici :\n\n\
         {home}{path}\n",
    ),
    text(
        Kind::RequestMade,
        Language::Es,
        "{by} solicita acceso",
        "Hola, {name}:\n\n{by} solicita acceso en {workspace}: {wants}\n\nMotivo: {reason}\n\nDecida aquí:\n\n\
         {home}{path}\n",
    ),
    text(
        Kind::RequestDecided,
        Language::En,
        "Your request was decided",
        "Hello {name},\n\n{by} decided on your request at {workspace}: {outcome}\n\n{note}\n\nSee it here:\n\n\
         {home}{path}\n",
    ),
    text(
        Kind::RequestDecided,
        Language::De,
        "Über Ihre Anfrage wurde entschieden",
        "Guten Tag {name},\n\n{by} hat über Ihre Anfrage bei {workspace} entschieden: {outcome}\n\n{note}\n\nSie \
         finden sie hier:\n\n{home}{path}\n",
    ),
    text(
        Kind::RequestDecided,
        Language::Fr,
        "Votre demande a été traitée",
        "Bonjour {name},\n\n{by} a traité votre demande chez {workspace} : {outcome}\n\n{note}\n\nElle se trouve \
         ici :\n\n{home}{path}\n",
    ),
    text(
        Kind::RequestDecided,
        Language::Es,
        "Su solicitud se ha decidido",
        "Hola, {name}:\n\n{by} ha decidido sobre su solicitud en {workspace}: {outcome}\n\n{note}\n\nPuede verla \
         aquí:\n\n{home}{path}\n",
    ),
    text(
        Kind::ReviewStarted,
        Language::En,
        "Please review access: {review}",
        "Hello {name},\n\n{by} asks you to review the access of people at {workspace}: {review}. Keep or remove it \
         line by line here:\n\n{home}{path}\n",
    ),
    text(
        Kind::ReviewStarted,
        Language::De,
        "Bitte Zugriffe prüfen: {review}",
        "Guten Tag {name},\n\n{by} bittet Sie, Zugriffe bei {workspace} zu prüfen: {review}. Behalten oder entziehen \
         Sie sie hier Zeile für Zeile:\n\n{home}{path}\n",
    ),
    text(
        Kind::ReviewStarted,
        Language::Fr,
        "Veuillez vérifier des accès : {review}",
        "Bonjour {name},\n\n{by} vous demande de vérifier des accès chez {workspace} : {review}. Conservez-les ou \
         retirez-les ligne par ligne ici :\n\n{home}{path}\n",
    ),
    text(
        Kind::ReviewStarted,
        Language::Es,
        "Revise los accesos: {review}",
        "Hola, {name}:\n\n{by} le pide que revise los accesos en {workspace}: {review}. Manténgalos o retírelos línea \
         por línea aquí:\n\n{home}{path}\n",
    ),
];
