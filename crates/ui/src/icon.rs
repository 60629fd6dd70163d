//! Small inline icons: 16 × 16, one stroke, drawn for Ringfence. Decorative: the text beside them says it.

use maud::{Markup, PreEscaped, html};

macro_rules! icons {
    ($($(#[doc = $doc:literal])+ $name:ident => $paths:literal,)+) => {
        /// What an icon shows.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Icon { $($(#[doc = $doc])+ $name,)+ }

        /// Every icon, for the gallery.
        pub const ALL: &[Icon] = &[$(Icon::$name,)+];

        const fn paths(icon: Icon) -> &'static str {
            match icon { $(Icon::$name => $paths,)+ }
        }
    };
}

icons! {
    /// A house: the start page.
    Home => r#"<path d="M2.5 7.5 8 2.8l5.5 4.7M4 6.5v6.7h8V6.5M6.7 13.2V9.5h2.6v3.7"/>"#,
    /// One person.
    User => r#"<circle cx="8" cy="5.2" r="2.6"/><path d="M2.8 13.5c.5-2.7 2.6-4 5.2-4s4.7 1.3 5.2 4"/>"#,
    /// Several people.
    Users => r#"<circle cx="6" cy="5.4" r="2.3"/><path d="M1.5 13c.4-2.4 2.2-3.6 4.5-3.6s4.1 1.2 4.5 3.6M10.6 3.3a2.3 2.3 0 0 1 0 4.2M12 9.7c1.4.5 2.3 1.6 2.5 3.3"/>"#,
    /// A shield: roles and rights.
    Role => r#"<path d="M8 1.8 13 3.6v4c0 3.2-2.1 5.4-5 6.6-2.9-1.2-5-3.4-5-6.6v-4z"/><path d="m5.9 8 1.5 1.5 2.8-3"/>"#,
    /// A switch: toggles.
    Toggle => r#"<rect x="1.8" y="4.5" width="12.4" height="7" rx="3.5"/><circle cx="10.7" cy="8" r="1.8"/>"#,
    /// Boxes under a box: departments and branches.
    Unit => r#"<rect x="5.7" y="2" width="4.6" height="3.6" rx=".8"/><rect x="1.7" y="10.4" width="4.6" height="3.6" rx=".8"/><rect x="9.7" y="10.4" width="4.6" height="3.6" rx=".8"/><path d="M8 5.6V8M4 10.4V8h8v2.4"/>"#,
    /// A hash: phone numbers.
    Number => r#"<path d="M6.3 2.5 4.7 13.5M11.3 2.5 9.7 13.5M2.5 5.8h11.5M2 10.2h11.5"/>"#,
    /// A desk phone: extensions.
    Extension => r#"<path d="M2 6.3c0-2.2 2.7-3.5 6-3.5s6 1.3 6 3.5v.9h-3V5.9H5v1.3H2zM4.6 9.2h6.8l1.4 4H3.2z"/>"#,
    /// People in a line: queues.
    Queue => r#"<circle cx="3.5" cy="8" r="1.7"/><circle cx="8" cy="8" r="1.7"/><circle cx="12.5" cy="8" r="1.7"/><path d="M2 12.5h12"/>"#,
    /// A handset: calls.
    Call => r#"<path d="M5.5 2.5 3.2 3c-.6 4.7 4.6 10.7 9.8 10l.5-2.4-2.9-1.5-1.3 1.3C7.7 9.6 6.4 8.3 5.7 6.7L7 5.4z"/>"#,
    /// An arrow towards you: an incoming call.
    Incoming => r#"<path d="M12.5 3.5 4 12M4 6v6h6"/>"#,
    /// An arrow away from you: an outgoing call.
    Outgoing => r#"<path d="M3.5 12.5 12 4M6 4h6v6"/>"#,
    /// A broken arrow: a missed call.
    Missed => r#"<path d="m2.5 5 4.7 4.7L13.5 3.5M2.5 9V5h4"/>"#,
    /// A sound wave: recordings.
    Recording => r#"<path d="M2 7v2M5 4.5v7M8 2.5v11M11 5v6M14 7v2"/>"#,
    /// A key: API tokens and credentials.
    Key => r#"<circle cx="5" cy="10.8" r="2.8"/><path d="m7 8.8 6.2-6.2M10.5 5.3l2.2 2.2"/>"#,
    /// An envelope: mail.
    Mail => r#"<rect x="1.8" y="3.5" width="12.4" height="9" rx="1.4"/><path d="m2.4 4.6 5.6 4.2 5.6-4.2"/>"#,
    /// A card: billing.
    Card => r#"<rect x="1.8" y="3.5" width="12.4" height="9" rx="1.4"/><path d="M1.8 6.7h12.4M4.3 10h2.5"/>"#,
    /// A rosette: licences.
    Licence => r#"<circle cx="8" cy="6" r="3.8"/><path d="M5.7 9.3 4.8 14 8 12.4 11.2 14l-.9-4.7"/>"#,
    /// Lines with ticks: the audit log.
    Audit => r#"<path d="m2 4 1 1 1.8-2M2 9l1 1 1.8-2M7.5 4.2H14M7.5 9.2H14M7.5 13.5H14"/>"#,
    /// Sliders: settings.
    Settings => r#"<path d="M2 4.5h6M12 4.5h2M2 11.5h2M8 11.5h6"/><circle cx="10" cy="4.5" r="1.8"/><circle cx="6" cy="11.5" r="1.8"/>"#,
    /// A question in a ring: why?
    Why => r#"<circle cx="8" cy="8" r="6"/><path d="M6.2 6.4c.1-1.1.8-1.7 1.8-1.7s1.8.6 1.8 1.6c0 1.3-1.8 1.5-1.8 2.8M8 11.2v.1"/>"#,
    /// A magnifying glass.
    Search => r#"<circle cx="7" cy="7" r="4.3"/><path d="m10.3 10.3 3.4 3.4"/>"#,
    /// Three lines: open the menu.
    Menu => r#"<path d="M2.5 4.5h11M2.5 8h11M2.5 11.5h11"/>"#,
    /// Three dots: more actions.
    More => r#"<path d="M3.5 8v.01M8 8v.01M12.5 8v.01" stroke-width="2.2"/>"#,
    /// Add.
    Plus => r#"<path d="M8 3v10M3 8h10"/>"#,
    /// Done, on.
    Check => r#"<path d="m3 8.5 3.3 3.3L13 4.8"/>"#,
    /// Close, off.
    Close => r#"<path d="m4 4 8 8M12 4l-8 8"/>"#,
    /// Partly on; nothing.
    Minus => r#"<path d="M4 8h8"/>"#,
    /// A closed lock: no permission.
    Lock => r#"<rect x="3" y="7" width="10" height="6.8" rx="1.3"/><path d="M5.2 7V5a2.8 2.8 0 0 1 5.6 0v2M8 9.7v1.5"/>"#,
    /// A clock: for a while.
    Clock => r#"<circle cx="8" cy="8" r="6"/><path d="M8 4.5V8l2.4 1.6"/>"#,
    /// A triangle: a warning.
    Warning => r#"<path d="M8 2.3 14.3 13H1.7zM8 6.3v3.2M8 11.3v.1"/>"#,
    /// Save to a file.
    Download => r#"<path d="M8 2.5v7.5M4.8 7 8 10.2 11.2 7M2.8 13.3h10.4"/>"#,
    /// Bring in from a file.
    Upload => r#"<path d="M8 10.2V2.7M4.8 5.7 8 2.5l3.2 3.2M2.8 13.3h10.4"/>"#,
    /// Copy to the clipboard.
    Copy => r#"<rect x="5.5" y="5.5" width="8" height="8" rx="1.3"/><path d="M10.5 5.5V3.8c0-.7-.6-1.3-1.3-1.3H3.8c-.7 0-1.3.6-1.3 1.3v5.4c0 .7.6 1.3 1.3 1.3h1.7"/>"#,
    /// Go on, unfold.
    Right => r#"<path d="m6 3.5 4.5 4.5L6 12.5"/>"#,
    /// Go back.
    Left => r#"<path d="M10 3.5 5.5 8l4.5 4.5"/>"#,
    /// Open a list.
    Down => r#"<path d="M3.5 6 8 10.5 12.5 6"/>"#,
    /// Leave.
    SignOut => r#"<path d="M6.5 2.5h-3c-.6 0-1 .4-1 1v9c0 .6.4 1 1 1h3M10 5l3 3-3 3M13 8H6.5"/>"#,
    /// A raised hand: somebody asks for access.
    Ask => r#"<path d="M4.5 8.5V4.2a1 1 0 0 1 2 0V7M6.5 7V2.8a1 1 0 0 1 2 0V7M8.5 7V3.6a1 1 0 0 1 2 0v4M10.5 7.6V5.4a1 1 0 0 1 2 0v4.4c0 2.4-1.6 4-4 4-2 0-3-.9-3.8-2.3L2.9 9.2a1 1 0 0 1 1.6-.9"/>"#,
    /// Arrows both ways: one beside the other.
    Compare => r#"<path d="M2.5 5.2h10M9.6 2.3l2.9 2.9-2.9 2.9M13.5 10.8h-10M6.4 7.9l-2.9 2.9 2.9 2.9"/>"#,
    /// Look: view as somebody else.
    Eye => r#"<path d="M1.5 8C3 5 5.3 3.6 8 3.6S13 5 14.5 8C13 11 10.7 12.4 8 12.4S3 11 1.5 8z"/><circle cx="8" cy="8" r="2"/>"#,
}

/// The icon as decoration; give the control around it a name of its own when it has no text.
#[must_use]
pub fn icon(icon: Icon) -> Markup {
    html! {
        svg.icon viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false" {
            (PreEscaped(paths(icon)))
        }
    }
}
