//! Made-up people, calls and permissions for the sample pages.

use ui::badge::Tone;
use ui::matrix::{Group, Permission, Verb};
use ui::reach::Locked;
use ui::reach::Reach::{self, All, Assigned, Own, Team};

/// Name, address, role, department, state, its tone, calls in 30 days, last seen.
pub type Person =
    (&'static str, &'static str, &'static str, &'static str, &'static str, Tone, &'static str, &'static str);

pub const PEOPLE: &[Person] = &[
    (
        "Amelie Brandt",
        "amelie@brookfield.example",
        "Owner",
        "Management",
        "Active",
        Tone::Good,
        "34",
        "2026-11-22T08:41:00Z",
    ),
    (
        "Bruno Castellan",
        "bruno@brookfield.example",
        "Admin",
        "Management",
        "Active",
        Tone::Good,
        "81",
        "2026-11-22T09:12:00Z",
    ),
    (
        "Chidi Nwankwo",
        "chidi@brookfield.example",
        "Team Lead",
        "Support",
        "Active",
        Tone::Good,
        "412",
        "2026-11-22T09:30:00Z",
    ),
    (
        "Dagny Solheim",
        "dagny@brookfield.example",
        "Agent",
        "Support",
        "Active",
        Tone::Good,
        "1,208",
        "2026-11-22T09:31:00Z",
    ),
    ("Elif Aydın", "elif@brookfield.example", "Agent", "Support", "Invited", Tone::Warn, "0", ""),
    (
        "Farid Haddad",
        "farid@brookfield.example",
        "Agent",
        "Sales",
        "Active",
        Tone::Good,
        "964",
        "2026-11-21T16:58:00Z",
    ),
    (
        "Greta van Houten",
        "greta.van.houten@brookfield.example",
        "Team Lead",
        "Sales",
        "Active",
        Tone::Good,
        "377",
        "2026-11-21T17:20:00Z",
    ),
    (
        "Hiro Tanaka",
        "hiro@brookfield.example",
        "Agent",
        "Sales",
        "Banned",
        Tone::Bad,
        "52",
        "2026-10-30T11:03:00Z",
    ),
    (
        "Inés Robledo",
        "ines@brookfield.example",
        "Billing",
        "Finance",
        "Active",
        Tone::Good,
        "9",
        "2026-11-20T10:15:00Z",
    ),
    (
        "Jonas Keller",
        "jonas@brookfield.example",
        "Analyst",
        "Finance",
        "Active",
        Tone::Good,
        "3",
        "2026-11-19T14:40:00Z",
    ),
];

/// Start, direction, who, outside number, through, duration, outcome, its tone, whether recorded.
pub type Call = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    Tone,
    bool,
);

pub const CALLS: &[Call] = &[
    (
        "2026-11-22T09:29:14Z",
        "in",
        "Dagny Solheim",
        "+44 20 7946 0018",
        "Support queue",
        "4:12",
        "Answered",
        Tone::Good,
        true,
    ),
    (
        "2026-11-22T09:22:40Z",
        "out",
        "Farid Haddad",
        "+44 161 496 0733",
        "Sales Manchester",
        "0:48",
        "Answered",
        Tone::Good,
        true,
    ),
    (
        "2026-11-22T09:20:03Z",
        "in",
        "Support queue",
        "+44 113 496 0452",
        "Support queue",
        "0:00",
        "Missed",
        Tone::Bad,
        false,
    ),
    (
        "2026-11-22T09:11:57Z",
        "in",
        "Chidi Nwankwo",
        "+44 29 2018 0991",
        "Extension 204",
        "11:36",
        "Answered",
        Tone::Good,
        true,
    ),
    (
        "2026-11-22T09:04:21Z",
        "out",
        "Greta van Houten",
        "+49 30 5550 1234",
        "Sales Berlin",
        "0:00",
        "No answer",
        Tone::Warn,
        false,
    ),
    (
        "2026-11-22T08:58:09Z",
        "out",
        "Farid Haddad",
        "+44 117 496 0108",
        "Sales Manchester",
        "2:05",
        "Answered",
        Tone::Good,
        false,
    ),
    (
        "2026-11-22T08:51:33Z",
        "in",
        "Dagny Solheim",
        "+44 20 7946 0955",
        "Support queue",
        "7:44",
        "Voicemail",
        Tone::Neutral,
        true,
    ),
    (
        "2026-11-22T08:47:12Z",
        "in",
        "Dagny Solheim",
        "+44 131 496 0321",
        "Support queue",
        "1:19",
        "Answered",
        Tone::Good,
        false,
    ),
];

/// What a person can do: plain words, name, reaches, where it comes from, its tone.
pub const ACCESS: &[(&str, &str, &[Reach], &str, Tone)] = &[
    ("see the call log", "call_record:read", &[Own, Team], "Role Team Lead", Tone::Neutral),
    (
        "see outside phone numbers in full",
        "call_record:unmask",
        &[Own, Team],
        "Role Team Lead",
        Tone::Neutral,
    ),
    ("listen to recordings", "recording:listen", &[Team], "Role Team Lead", Tone::Neutral),
    ("download recordings", "recording:download", &[Team], "For a while, until 30 Nov", Tone::Warn),
    ("see the live wallboard", "wallboard:read", &[Assigned, Team], "Toggle Wallboard", Tone::Good),
    ("send SMS and MMS", "message:send", &[], "Toggle SMS denies it", Tone::Bad),
    ("see statistics", "statistic:read", &[Own, Team], "Role Team Lead", Tone::Neutral),
];

/// Toggles: key, name, what it opens.
pub const TOGGLES: &[(&str, &str, &str)] = &[
    (
        "full_call_report",
        "Full Call Report Access",
        "All logs, recordings, statistics and queues of the workspace.",
    ),
    ("wallboard", "Wallboard", "The live wallboard of granted queues."),
    ("sms", "SMS", "Read and send messages with granted numbers."),
    ("billing", "Billing", "Invoices, payment methods, licences and the wallet."),
];

const OTA: &[Reach] = &[Own, Team, All];
const OSTA: &[Reach] = &[Own, Assigned, Team, All];

const fn permission(
    name: &'static str,
    meaning: &'static str,
    verb: Verb,
    possible: &'static [Reach],
    held: &'static [Reach],
) -> Permission<'static> {
    Permission {
        name,
        meaning,
        verb,
        danger: false,
        possible,
        held,
        masked: None,
        locked: Locked { reaches: &[], why: "" },
    }
}

pub const GROUPS: &[Group] = &[
    Group {
        key: "agent",
        label: "People",
        permissions: &[
            permission(
                "directory:read",
                "see colleagues' names, extensions and presence",
                Verb::Read,
                &[All],
                &[All],
            ),
            permission("user:read", "see user records", Verb::Read, OTA, &[Team]),
            permission("user:invite", "add and invite users", Verb::Write, &[Team, All], &[]),
            permission("user:delete", "delete users", Verb::Delete, &[Team, All], &[]),
        ],
    },
    Group {
        key: "reports",
        label: "Reports and recordings",
        permissions: &[
            permission("call_record:read", "see the call log", Verb::Read, OSTA, &[Own, Team]),
            Permission {
                danger: true,
                ..permission("call_record:export", "export the call log", Verb::Read, OSTA, &[])
            },
            permission("recording:listen", "listen to recordings", Verb::Read, OSTA, &[Team]),
            Permission {
                masked: Some("not in your plan"),
                ..permission("heatmap:read", "see the heatmap", Verb::Read, OSTA, &[Own, Team])
            },
            permission("recording:update", "modify a recording", Verb::Write, OSTA, &[]),
            Permission {
                danger: true,
                ..permission("recording:delete", "delete a recording", Verb::Delete, OSTA, &[])
            },
        ],
    },
    Group {
        key: "number",
        label: "Numbers, extensions and queues",
        permissions: &[
            permission(
                "number:read",
                "see phone numbers",
                Verb::Read,
                &[Assigned, Team, All],
                &[Assigned, Team],
            ),
            permission(
                "queue:join",
                "log in and out of queues as an agent",
                Verb::Write,
                &[Assigned],
                &[Assigned],
            ),
            permission("number:purchase", "buy a number from the inventory", Verb::Write, &[All], &[]),
            permission("number:release", "delete numbers", Verb::Delete, &[All], &[]),
        ],
    },
    Group {
        key: "call",
        label: "Calls",
        permissions: &[
            permission("call:place", "place calls", Verb::Write, &[Own], &[Own]),
            permission(
                "live_call:listen",
                "listen to a call in progress",
                Verb::Read,
                &[Assigned, Team, All],
                &[Team],
            ),
            permission("voicemail:delete", "delete voicemail", Verb::Delete, OSTA, &[Own]),
        ],
    },
    Group {
        key: "billing",
        label: "Billing",
        permissions: &[
            permission("billing:read", "see subscription, invoices and usage", Verb::Read, &[All], &[]),
            Permission {
                danger: true,
                ..permission(
                    "billing:commit",
                    "change plan, seats, commitment, frequency",
                    Verb::Write,
                    &[All],
                    &[],
                )
            },
        ],
    },
];

/// Two seconds of a 440 Hz tone, as a WAV file (8 kHz, 8 bit).
pub fn tone() -> Vec<u8> {
    const RATE: u32 = 8000;
    let samples = (0..RATE * 2).map(|at| {
        let angle = f64::from(at) * 440.0 * std::f64::consts::TAU / f64::from(RATE);
        // A value between 88 and 168.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "in the range of u8")]
        {
            angle.sin().mul_add(40.0, 128.0) as u8
        }
    });
    let mut file = Vec::new();
    for part in [
        b"RIFF".as_slice(),
        &(36 + RATE * 2).to_le_bytes(),
        b"WAVEfmt ",
        &16_u32.to_le_bytes(),
        &[1, 0, 1, 0],
        &RATE.to_le_bytes(),
        &RATE.to_le_bytes(),
        &[1, 0, 8, 0],
        b"data",
        &(RATE * 2).to_le_bytes(),
    ] {
        file.extend_from_slice(part);
    }
    file.extend(samples);
    file
}
