//! The user form (CLY-02), for a new user and for one who is edited: every field, with what is wrong beside it and
//! everything typed still there.

use access::Actor;
use access::model::UnitKind;
use acts::Refusal;
use acts::kernel::language::Language;
use acts::people::users::UserView;
use maud::{Markup, html};

use crate::shell::parts::{self, Options};
use ui::filter::Choice;
use ui::form::{self, Field, Kind};
use ui::text::{in_words, said, t};
use web::input::Pairs;

/// The fields of a user for one who fills them in.
pub struct UserForm<'a> {
    /// Who fills it in.
    pub actor: &'a Actor,
    /// The form's id.
    pub id: &'static str,
    /// What is in the fields.
    pub values: &'a Pairs,
    /// What was wrong with it, where it was sent.
    pub refusal: Option<&'a Refusal>,
    /// Whose record it is; none for a new user.
    pub user: Option<&'a UserView>,
}

/// A record as the form would send it.
pub fn values(user: &UserView) -> Pairs {
    let id = |unit: &Option<acts::Ref>| unit.as_ref().map_or_else(String::new, |unit| unit.id.to_string());
    let text = |name: &str, value: String| (name.to_owned(), value);
    Pairs(vec![
        text("name", user.name.clone()),
        text("email", user.email.clone()),
        text("phone", user.phone.clone()),
        text("employee_code", user.employee_code.clone()),
        text("lead_cap", user.lead_cap.map(|cap| cap.to_string()).unwrap_or_default()),
        text("language", user.language.map_or("", Language::code).to_owned()),
        text("role", user.role.id.to_string()),
        text("department", id(&user.department)),
        text("branch", id(&user.branch)),
    ])
}

impl UserForm<'_> {
    /// What was wrong, in the reader's words, with the field that it is about.
    fn wrong(&self) -> Option<(&str, String)> {
        let refusal = self.refusal?;
        refusal.field.as_deref().map(|field| (field, in_words(&refusal.message)))
    }

    /// What was wrong, on top of the form.
    pub fn summary(&self) -> Markup {
        let wrong = self.wrong();
        let errors: Vec<(&str, &str)> =
            wrong.iter().map(|(field, message)| (*field, message.as_str())).collect();
        form::error_summary(self.id, &errors)
    }

    fn text(&self, about: Field<'_>, kind: Kind) -> Markup {
        self.around(about, |about| form::input(about, kind, self.values.get(about.name)))
    }

    fn choice(&self, about: Field<'_>, options: &[Choice<'_>]) -> Markup {
        self.around(about, |about| form::select(about, options, self.values.get(about.name)))
    }

    fn around(&self, about: Field<'_>, control: impl Fn(&Field<'_>) -> Markup) -> Markup {
        let wrong = self.wrong().filter(|(field, _)| *field == about.name).map(|(_, message)| message);
        control(&about.form(self.id).error(wrong.as_deref()))
    }

    fn unit(&self, name: &'static str, label: &'static str, kind: UnitKind) -> Markup {
        let shown: Vec<u32> = [self.values.get("department"), self.values.get("branch")]
            .into_iter()
            .filter_map(|id| id.parse().ok())
            .filter(|id| {
                self.user.is_some_and(|user| {
                    [&user.department, &user.branch].into_iter().flatten().any(|u| u.id == *id)
                })
            })
            .collect();
        let options = parts::known_units(self.actor, kind, &shown);
        let any = !options.is_empty();
        let options = options.or_none(t("None"));
        html! { @if any { (self.choice(Field::new(name, label), &options.choices())) } }
    }

    fn role(&self) -> Markup {
        let mut roles = parts::givable_roles(self.actor);
        if let Some(role) = self.user.map(|user| &user.role) {
            let held = role.id.to_string();
            if !roles.choices().iter().any(|choice| choice.value == held) {
                roles = [(role.id, said(&role.name))].into_iter().collect::<Options>().and(roles);
            }
        }
        self.choice(Field::new("role", t("Role")).required(), &roles.choices())
    }

    fn language(&self) -> Markup {
        let languages = parts::languages().or_none(t("As their browser says"));
        self.choice(
            Field::new("language", t("Language")).hint(t("Of the console and of mail to them.")),
            &languages.choices(),
        )
    }

    /// The fields of the record; the role among them for whoever may give one.
    pub fn record(&self, with_role: bool) -> Markup {
        let email = match self.user {
            None => t("Unique in the workspace; they sign in with it."),
            Some(_) => t("A new address signs in at once, the old one no longer does."),
        };
        let phone = t("In international form, like +442079460123.");
        let present = Field::new("password", t("Present password"))
            .autocomplete("current-password")
            .hint(t("Only where you change your own email address: your password could be set anew by it."));
        let cap = t("How many leads they are given at most; leave it empty for no limit.");
        html! {
            div.form-row {
                (self.text(Field::new("name", t("Name")).required(), Kind::Text))
                (self.text(Field::new("email", t("Email address")).required().hint(email), Kind::Email))
            }
            div.form-row {
                (self.text(Field::new("phone", t("Phone")).hint(phone), Kind::Phone))
                (self.text(Field::new("employee_code", t("Employee code")), Kind::Text))
            }
            @if with_role { (self.role()) }
            div.form-row {
                (self.unit("department", t("Department"), UnitKind::Department))
                (self.unit("branch", t("Branch"), UnitKind::Branch))
            }
            div.form-row {
                (self.text(Field::new("lead_cap", t("Lead cap")).hint(cap), Kind::Number))
                (self.language())
            }
            @if self.user.is_some_and(|user| user.id == self.actor.id().0) { (self.text(present, Kind::Password)) }
        }
    }

    /// How a new user comes in: invited, with a password that somebody sets, or with one that is made.
    pub fn access(&self, sends_mail: bool, digits: i64) -> Markup {
        let invite = if sends_mail { t("Send an invitation by email") } else { t("Make an invitation link") };
        let ways = [
            ("invite", invite),
            ("password", t("Set a password")),
            ("one_time", t("Make a temporary password")),
        ]
        .map(|(value, label)| Choice { value, label });
        let way = Field::new("access", t("How they sign in first"))
            .required()
            .hint(t("Whoever is invited chooses the password; the link is good for 7 days."));
        let password = Field::new("password", t("Password"))
            .autocomplete("new-password")
            .hint(t("Only where you set one: at least 10 characters. They choose another one when they first sign in."));
        let pin = Field::new("pin", t("PIN")).autocomplete("off").hint(t(
            "Digits that sign them in on phones, with their phone number. You can also set it later.",
        ));
        html! {
            (self.choice(way, &ways))
            div.form-row {
                (self.text(password, Kind::Password))
                (self.around(pin, |about| form::pin(about, digits)))
            }
        }
    }
}
