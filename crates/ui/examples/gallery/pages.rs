//! The sample pages.

use std::collections::HashMap;

use maud::{Markup, html};
use ui::avatar::{avatar, person};
use ui::badge::{Tone, badge, status};
use ui::button::{self, Button, Kind};
use ui::card::{Stat, card, facts, stats};
use ui::datetime::{Show, moment};
use ui::filter::{self, Choice, filter_bar};
use ui::form::{self, Field};
use ui::icon::{self, Icon, icon};
use ui::matrix::matrix;
use ui::page::{Crumb, PageHead, notice, page_head, section, split};
use ui::pager::{Pager, pager};
use ui::player::{Player, player};
use ui::reach::reach_chips;
use ui::reason::{Change, Reason, Verdict, Weight, changes, reasons, verdict};
use ui::secret::secret;
use ui::segmented::{ThreeState, setting, three_state};
use ui::shell::{Document, NavGroup, NavLink, Shell, SignedIn, Theme, bare, shell};
use ui::sign_in::{DemoCompany, DemoPerson, demo_people, sign_in};
use ui::table::{Column, Order, Row, table};
use ui::tabs::{Tab, tabs};
use ui::toast::{Undo, toast};
use ui::{dialog, empty};

use crate::data::{ACCESS, CALLS, GROUPS, PEOPLE, TOGGLES};

const CSRF: &str = "gallery-token";

/// The page called `name`; `query` is the part of the address after `?`.
pub fn page(name: &str, query: &str, toggles: &HashMap<String, String>) -> Option<Markup> {
    let (title, main) = match name {
        "sign-in" => return Some(sign_in_page(query)),
        "home" => ("Home", home()),
        "users" => ("Users", users()),
        "person" => ("Chidi Nwankwo", person_page(toggles)),
        "roles" => ("Roles", roles(true)),
        "role" => ("Role Team Lead", roles(false)),
        "calls" => ("Calls", calls(query)),
        "refused" => ("Billing", refused()),
        "queues" => ("Queues", no_queues()),
        "why" => ("Why?", why()),
        "form" => ("Add user", add_user(&[])),
        "tokens" => ("API tokens", tokens()),
        "icons" => (
            "Icons",
            html! { div.actions { @for one in icon::ALL { span title=(format!("{one:?}")) { (icon(*one)) } } } },
        ),
        _ => return None,
    };
    let toasts = (query == "saved").then(|| {
        toast(
            Tone::Good,
            "Role Team Lead saved. 6 people affected.",
            Some(&Undo { action: "/roles/save", label: "Undo", hidden: &[("csrf", CSRF)] }),
        )
    });
    Some(in_shell(name, title, toasts, main))
}

/// The answer to an address that leads nowhere.
pub fn not_found() -> Markup {
    in_shell(
        "",
        "Not found",
        None,
        empty::not_found(Some(button::link(&Button::new(Kind::Plain, "Go to the start page"), "/home"))),
    )
}

/// The form as it comes back with errors.
pub fn form_with_errors() -> Markup {
    in_shell(
        "form",
        "Add user",
        None,
        add_user(&[
            ("email", "dagny@brookfield.example already belongs to Dagny Solheim"),
            ("role", "you cannot give the role Owner: choose another"),
        ]),
    )
}

fn in_shell(current: &str, title: &str, toasts: Option<Markup>, main: Markup) -> Markup {
    let link = |href: &'static str, label, icon, count| NavLink {
        href,
        label,
        icon,
        count,
        current: href.get(1..) == Some(current),
    };
    let work = [
        link("/home", "Home", Icon::Home, ""),
        link("/calls", "Calls", Icon::Call, ""),
        link("/queues", "Queues", Icon::Queue, ""),
    ];
    let company = [
        link("/users", "Users", Icon::Users, "10"),
        link("/person", "One person", Icon::User, ""),
        link("/roles", "Roles", Icon::Role, ""),
        link("/role", "Built-in role", Icon::Lock, ""),
        link("/form", "Form", Icon::Plus, ""),
    ];
    let control = [
        link("/why", "Why?", Icon::Why, ""),
        link("/tokens", "API tokens", Icon::Key, ""),
        link("/refused", "No permission", Icon::Card, ""),
        link("/icons", "Icons", Icon::More, ""),
    ];
    let nav = [
        NavGroup { label: "", links: &work },
        NavGroup { label: "Company", links: &company },
        NavGroup { label: "Control", links: &control },
    ];
    let banner = (current == "calls").then(|| {
        html! {
            (icon(Icon::Eye)) span { "You see the workspace as Chidi Nwankwo would. Nothing can be changed." }
            (button::post(&Button::new(Kind::Plain, "Stop"), "/sign-out", CSRF))
        }
    });
    shell(
        &Shell {
            document: Document { title, theme: Theme::System, csrf: CSRF },
            workspace: "Brookfield Supplies",
            home: "/home",
            nav: &nav,
            user: SignedIn {
                name: "Bruno Castellan",
                role: "Admin",
                links: &[("/person", "Your profile"), ("/tokens", "Your sessions")],
                sign_out: "/sign-out",
            },
            live: Some("/live"),
            banner,
            toasts,
        },
        main,
    )
}

fn sign_in_page(query: &str) -> Markup {
    let people = [
        DemoPerson { id: "1", name: "Amelie Brandt", detail: "Owner" },
        DemoPerson { id: "2", name: "Bruno Castellan", detail: "Admin" },
        DemoPerson { id: "3", name: "Chidi Nwankwo", detail: "Team Lead, Support" },
        DemoPerson { id: "4", name: "Dagny Solheim", detail: "Agent, Support" },
        DemoPerson { id: "5", name: "Jonas Keller", detail: "Analyst" },
    ];
    let companies = [
        DemoCompany { label: "Brookfield Supplies · Standard", people: &people },
        DemoCompany {
            label: "Northgate Logistics · Onoff Business",
            people: people.get(..3).unwrap_or_default(),
        },
        DemoCompany { label: "Harbour Clinics · NUACOM", people: people.get(1..4).unwrap_or_default() },
    ];
    let form = html! {
        @if query.starts_with("reason=banned") { (notice(Tone::Warn, html! { "You were signed out: an administrator banned your account." })) }
        (form::form("sign-in", "/sign-out", CSRF, html! {
            (form::input(&Field::new("email", "Email").required().autocomplete("username"), form::Kind::Email, ""))
            (form::input(&Field::new("password", "Password").required().autocomplete("current-password"), form::Kind::Password, ""))
            (button::submit(&Button::new(Kind::Primary, "Sign in")))
        }))
    };
    let about = Document { title: "Sign in", theme: Theme::System, csrf: CSRF };
    bare(
        &about,
        sign_in("Sign in", form, Some(demo_people("Made-up people.", &companies, "/sign-out", CSRF))),
    )
}

fn home() -> Markup {
    let rows: Vec<Row> = CALLS
        .iter()
        .take(5)
        .map(|call| Row {
            id: String::new(),
            href: Some("/calls".into()),
            cells: vec![
                html! { (call.3) },
                html! { (call.2) },
                status_cell(call.6, call.7),
                html! { (call.5) },
            ],
        })
        .collect();
    html! {
        (page_head(&PageHead { title: "Good morning, Bruno", subtitle: "What happened at Brookfield Supplies since yesterday.", ..PageHead::default() }))
        div.stack {
            (stats(&[
                Stat { label: "Calls today", value: "214", note: "12 % more than last Sunday", href: Some("/calls") },
                Stat { label: "Answered", value: "91 %", note: "target 90 %", href: None },
                Stat { label: "Missed", value: "19", note: "7 called back", href: Some("/calls") },
                Stat { label: "Average duration", value: "3:42", note: "", href: None },
            ]))
            (split(
                card("Latest calls", "", Some(button::link(&Button::new(Kind::Quiet, "All calls"), "/calls")),
                    table("Latest calls", &[Column::new("Number"), Column::new("With"), Column::new("Outcome"), Column::number("Duration")], &rows)),
                card("Waiting for you", "Requests that you can decide.", None, html! {
                    (person("Dagny Solheim", "asks to download recordings"))
                    div.form-actions {
                        (button::post(&Button::new(Kind::Plain, "Decline"), "/change", CSRF))
                        (button::post(&Button::new(Kind::Primary, "Grant for a week"), "/change", CSRF))
                    }
                }),
            ))
        }
    }
}

fn status_cell(text: &str, tone: Tone) -> Markup {
    status(tone, text)
}

fn users() -> Markup {
    let columns = [
        Column::new("Name").sort("/users?sort=-name", Some(Order::Ascending)),
        Column::new("Role").sort("/users?sort=role", None),
        Column::new("Department"),
        Column::new("State"),
        Column::number("Calls, 30 days").sort("/users?sort=calls", None),
        Column::new("Last seen"),
    ];
    let rows: Vec<Row> = PEOPLE.iter().map(|one| Row {
        id: format!("user-{}", one.1), href: Some("/person".into()),
        cells: vec![person(one.0, one.1), html! { (one.2) }, html! { (one.3) }, status_cell(one.4, one.5), html! { (one.6) },
            html! { @if one.7.is_empty() { span.quiet-text { "never" } } @else { (moment(one.7, one.7, Show::DateTime)) } }],
    }).collect();
    html! {
        (page_head(&PageHead {
            title: "Users", subtitle: "10 of 12 seats taken.",
            actions: Some(html! {
                (button::download(&Button::new(Kind::Plain, "Export").icon(Icon::Download), "/recording.wav"))
                (button::link(&Button::new(Kind::Primary, "Add user").icon(Icon::Plus), "/form"))
            }), ..PageHead::default()
        }))
        (filter_bar("/users", None, html! {
            (filter::search("q", "Name or email", ""))
            (filter::one_of("role", "Role", "Any", &[Choice { value: "admin", label: "Admin" }, Choice { value: "agent", label: "Agent" }], ""))
            (filter::one_of("state", "State", "Any", &[Choice { value: "active", label: "Active" }, Choice { value: "banned", label: "Banned" }], ""))
        }, None))
        (table("Users", &columns, &rows))
        (pager(&Pager { summary: "10 users", ..Pager::default() }))
    }
}

fn person_page(toggles: &HashMap<String, String>) -> Markup {
    let columns =
        [Column::new("What"), Column::new("How far"), Column::new("Because of"), Column::actions("Why")];
    let rows: Vec<Row> = ACCESS
        .iter()
        .map(|(meaning, name, held, because, tone)| Row {
            id: format!("access-{name}"),
            href: None,
            cells: vec![
                html! { span.matrix-meaning { span.capital { (meaning) } code { (name) } } },
                reach_chips(held),
                badge(*tone, because),
                button::link(&Button::new(Kind::Quiet, "Why?"), "/why"),
            ],
        })
        .collect();
    html! {
        (page_head(&PageHead {
            title: "Chidi Nwankwo", subtitle: "chidi@brookfield.example · Support · leads Support and Support EMEA",
            crumbs: &[Crumb { href: "/users", label: "Users" }],
            badges: Some(html! { (badge(Tone::Accent, "Team Lead")) (status(Tone::Good, "Active")) }),
            actions: Some(html! {
                (button::link(&Button::new(Kind::Plain, "View as").icon(Icon::Eye), "/calls"))
                (button::post(&Button::new(Kind::Danger, "Ban").confirm("Ban Chidi Nwankwo? Every session and phone of theirs ends at once."), "/change", CSRF))
            }),
        }))
        (tabs("Chidi Nwankwo", &[
            Tab { href: "/person", label: "Access", count: "", current: true }, Tab { href: "/form", label: "Profile", count: "", current: false },
            Tab { href: "/calls", label: "Calls", count: "412", current: false }, Tab { href: "/why", label: "History", count: "", current: false },
        ]))
        (split(html! {
            (card("Toggles", "Switch a bundle of permissions on or off for this person. Deny wins over everything.", None, toggle_form(toggles)))
            (card("Effective access", "Everything that Chidi can do now, and through what.", None, table("Effective access", &columns, &rows)))
        }, html! {
            (card("Grants", "", Some(button::opens(&Button::new(Kind::Plain, "Add").icon(Icon::Plus), "add-grant")), grants()))
            (card("Details", "", None, facts(&[
                ("Role", html! { a href="/role" { "Team Lead" } }), ("Leads", html! { "Support, Support EMEA" }),
                ("Extension", html! { "204" }), ("Joined", moment("2024-03-18T09:00:00Z", "18 March 2024 UTC", Show::Date)),
            ])))
        }))
        (dialog::dialog("add-grant", "Grant access", false, form::form("grant", "/form/save", CSRF, html! {
            (form::select(&Field::new("what", "What").required().form("grant"), &[Choice { value: "q1", label: "Queue Support" }, Choice { value: "n1", label: "+44 20 7946 0018" }], "q1"))
            (form::checkbox(&Field::new("use", "Use: place and receive, choose as caller ID").form("grant"), "yes", true))
            (form::checkbox(&Field::new("observe", "Observe: see its calls and statistics").form("grant"), "yes", false))
            (form::input(&Field::new("until", "Ends").hint("Leave empty for no end.").form("grant"), form::Kind::Date, ""))
            (form::form_actions(html! { (dialog::cancel("add-grant")) (button::submit(&Button::new(Kind::Primary, "Grant"))) }))
        })))
    }
}

fn toggle_form(toggles: &HashMap<String, String>) -> Markup {
    form::autosave(
        "toggles",
        "/person/access",
        CSRF,
        html! {
            @for (key, name, opens) in TOGGLES {
                @let state = match toggles.get(*key).map(String::as_str) {
                    Some("allow") => ThreeState::Allow,
                    Some("deny") => ThreeState::Deny,
                    _ => ThreeState::Inherit,
                };
                (setting(name, html! { (opens) }, three_state(key, name, state, *key == "billing")))
            }
        },
    )
}

fn grants() -> Markup {
    let line = |name: &str, right: &str, tone| {
        html! {
            div.setting {
                div.setting-text { strong { (name) } }
                (badge(tone, right))
                (button::post(&Button::new(Kind::Quiet, "Withdraw the grant").icon_only(Icon::Close).confirm("Withdraw this grant?"), "/change", CSRF))
            }
        }
    };
    html! {
        div { (line("Queue Support", "use, observe", Tone::Neutral)) (line("Extension 204", "use", Tone::Neutral))
            (line("+44 20 7946 0018", "until 30 Nov", Tone::Warn)) }
    }
}

fn roles(editable: bool) -> Markup {
    let body = matrix(GROUPS, editable);
    html! {
        (page_head(&PageHead {
            title: if editable { "Support lead" } else { "Team Lead" },
            subtitle: if editable { "Custom role, held by 6 people. Changes save by themselves." } else { "Built-in role, held by 2 people. Clone it to change anything." },
            crumbs: &[Crumb { href: "/roles", label: "Roles" }],
            badges: Some(badge(if editable { Tone::Accent } else { Tone::Neutral }, if editable { "Custom" } else { "Built-in" })),
            actions: Some(html! {
                @if editable { (button::post(&Button::new(Kind::Danger, "Delete").disabled("6 people still have this role"), "/change", CSRF)) }
                (button::link(&Button::new(Kind::Plain, "Clone").icon(Icon::Copy), "/roles"))
            }),
        }))
        @if editable { (form::autosave("role-matrix", "/roles/save", CSRF, body)) } @else { (body) }
    }
}

fn calls(query: &str) -> Markup {
    let columns = [
        Column::new("Number"),
        Column::new("Start").sort("/calls?sort=start", Some(Order::Descending)),
        Column::new("With"),
        Column::new("Through"),
        Column::new("Outcome"),
        Column::number("Duration").sort("/calls?sort=duration", None),
        Column::new("Recording"),
    ];
    let rows: Vec<Row> = CALLS.iter().enumerate().map(|(index, call)| Row {
        id: format!("call-{index}"), href: Some("/why".into()),
        cells: vec![
            html! { span.person { (icon(match (call.1, call.6) { (_, "Missed") => Icon::Missed, ("in", _) => Icon::Incoming, _ => Icon::Outgoing })) (call.3) } },
            moment(call.0, call.0, Show::DateTime), html! { (call.2) }, html! { (call.4) }, status_cell(call.6, call.7), html! { (call.5) },
            html! { @if call.8 { (player(&Player { id: &index.to_string(), src: "/recording.wav", title: &format!("Recording of the call with {}", call.3), download: Some("/recording.wav") })) } },
        ],
    }).collect();
    let outcome = if query.contains("outcome=missed") { "missed" } else { "" };
    html! {
        (page_head(&PageHead { title: "Calls", subtitle: "Every call that you may see: your own and those of the teams you lead.", ..PageHead::default() }))
        (filter_bar("/calls", (!query.is_empty()).then_some("/calls"), html! {
            (filter::search("q", "Number or person", ""))
            (filter::one_of("outcome", "Outcome", "Any", &[Choice { value: "answered", label: "Answered" }, Choice { value: "missed", label: "Missed" }], outcome))
            (filter::one_of("queue", "Queue", "Any", &[Choice { value: "support", label: "Support queue" }], ""))
            (filter::day("from", "From", "2026-11-01"))
        }, Some(button::download(&Button::new(Kind::Plain, "Export").icon(Icon::Download), "/recording.wav"))))
        (table("Calls", &columns, &rows))
        (pager(&Pager { summary: "1–8 of 20,318 calls", first: None, previous: None, next: Some("/calls?after=8") }))
    }
}

fn refused() -> Markup {
    empty::no_permission(
        &empty::NoPermission {
            page: "Billing",
            permission: "billing:read",
            meaning: "see subscription, invoices and usage",
        },
        Some(html! {
            (button::link(&Button::new(Kind::Plain, "Why?").icon(Icon::Why), "/why"))
            (button::post(&Button::new(Kind::Primary, "Ask for access"), "/change", CSRF))
        }),
    )
}

fn no_queues() -> Markup {
    html! {
        (page_head(&PageHead { title: "Queues", ..PageHead::default() }))
        (empty::empty(Icon::Queue, "No queues yet", "A queue rings several people for one number, in the order you choose. Create one, then grant it to the people who should answer.",
            Some(button::link(&Button::new(Kind::Primary, "Create a queue").icon(Icon::Plus), "/form"))))
    }
}

fn why() -> Markup {
    let because = [
        Reason {
            weight: Weight::Silent,
            source: "Role Team Lead",
            text: html! { "Gives " code { "recording:listen" } " for the team only." },
            decisive: false,
        },
        Reason {
            weight: Weight::Allows,
            source: "Grant Queue Support",
            text: html! { "Lets her observe the queue, whose call this was." },
            decisive: false,
        },
        Reason {
            weight: Weight::Refuses,
            source: "Toggle Full Call Report Access",
            text: html! { "Denied by Bruno Castellan on " (moment("2026-11-12T10:00:00Z", "12 Nov 2026 UTC", Show::Date)) ". A deny wins over role and grants." },
            decisive: true,
        },
    ];
    html! {
        (page_head(&PageHead { title: "Why?", subtitle: "For any person, action and thing: allowed or refused, by which rule, and what would change it.", ..PageHead::default() }))
        (filter_bar("/why", None, html! {
            (filter::one_of("user", "May", "Dagny Solheim", &[], ""))
            (filter::one_of("action", "do", "listen to recordings", &[], ""))
            (filter::one_of("thing", "with", "Call of 22 Nov, 9:29", &[], ""))
        }, None))
        (verdict(Verdict::Refused, html! { strong { "Dagny Solheim" } " may not listen to the recording of this call." }))
        (split(card("Reasons", "In the order in which they were weighed.", None, reasons(&because)),
            card("What would change it", "", None, changes(&[
                Change { text: "Set the toggle to Inherit or Allow", href: Some("/person") },
                Change { text: "Make Dagny lead the Support department", href: Some("/users") },
                Change { text: "Upgrade the plan: no effect", href: None },
            ]))))
        (section("Who else can listen to it?", html! { p { span.person { (avatar("Chidi Nwankwo")) "Chidi Nwankwo, through the role Team Lead" } } }))
    }
}

fn add_user(errors: &[(&str, &str)]) -> Markup {
    let error = |name: &str| errors.iter().find(|(field, _)| *field == name).map(|(_, text)| *text);
    let roles = [
        Choice { value: "agent", label: "Agent" },
        Choice { value: "lead", label: "Team Lead" },
        Choice { value: "owner", label: "Owner" },
    ];
    html! {
        (page_head(&PageHead { title: "Add user", crumbs: &[Crumb { href: "/users", label: "Users" }], ..PageHead::default() }))
        (form::error_summary("field", errors))
        (card("Account", "They get an email with a link that is valid for three days.", None, form::form("user", "/form/save", CSRF, html! {
            div.form-row {
                (form::input(&Field::new("name", "Name").required().error(error("name")), form::Kind::Text, if errors.is_empty() { "" } else { "Dagny Solheim" }))
                (form::input(&Field::new("email", "Email").required().hint("Unique in the workspace; signs in with it.").error(error("email")), form::Kind::Email, if errors.is_empty() { "" } else { "dagny@brookfield.example" }))
            }
            div.form-row {
                (form::select(&Field::new("role", "Role").required().error(error("role")), &roles, if errors.is_empty() { "agent" } else { "owner" }))
                (form::input(&Field::new("phone", "Phone"), form::Kind::Phone, ""))
            }
            (form::textarea(&Field::new("note", "Note"), ""))
            (form::checkbox(&Field::new("send", "Send the invitation now"), "yes", true))
            (form::form_actions(html! { (button::link(&Button::new(Kind::Plain, "Cancel"), "/users")) (button::submit(&Button::new(Kind::Primary, "Add user"))) }))
        })))
    }
}

fn tokens() -> Markup {
    let rows = [
        ("Warehouse integration", "Read calls, numbers", "2026-11-21T22:10:00Z"),
        ("CRM sync", "Read and write users", "2026-11-22T09:30:00Z"),
    ]
    .map(|(name, scope, used)| Row {
        id: String::new(),
        href: None,
        cells: vec![
            html! { strong { (name) } },
            html! { (scope) },
            moment(used, used, Show::DateTime),
            button::post(
                &Button::new(Kind::Quiet, "Revoke")
                    .confirm("Revoke this token? Whatever uses it stops working at once."),
                "/change",
                CSRF,
            ),
        ],
    });
    html! {
        (page_head(&PageHead { title: "API tokens", subtitle: "A token acts with at most the rights of the person it belongs to.",
            actions: Some(button::link(&Button::new(Kind::Primary, "Create token").icon(Icon::Plus), "/tokens")), ..PageHead::default() }))
        div.stack {
            (card("Token created", "Reporting script", None,
                secret("Your new token", "rf_7Jq2mV9xTc4LpW8sKd1ZyBn6Ha3RfUe0", "Copy it now: it is stored hashed and will not be shown again.")))
            (table("API tokens", &[Column::new("Name"), Column::new("May"), Column::new("Last used"), Column::actions("Actions")], &rows))
        }
    }
}
