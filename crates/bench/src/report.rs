//! The report: what was measured, as ratios within one run.

use std::fmt::Write;

use crate::engine::Measured;

/// Everything that one run measured.
pub struct Run {
    pub quick: bool,
    pub limit: Measured,
    pub limit_from_strings: Measured,
    pub ringfence: Measured,
    pub from_strings: Measured,
    pub peers: Vec<Measured>,
}

const HEAD: &str = "# How fast decisions are\n\n\
    Written by `cargo run --release -p bench`; do not edit. Times depend on the machine: compare within this file only.\n\n";

const METHOD: &str = "\n## How it was measured\n\n\
    One process, one thread, one workload for everybody: 1,000 users, 20 departments, 200 numbers, 4,096 calls; the Owner, Admin, \
    Team Lead and Agent of the `standard` preset with its 104 permissions; 4,096 questions (a lead or an agent listens to a recording, anybody \
    buys a number or sends a message, somebody edits a user, an admin listens). Before the clock starts, every engine has \
    answered all 4,096 as an oracle does that reads plain tables. A figure is the median over many passes of 256 questions. \
    Allocations are counted in a pass of their own. All are in-process libraries; each is set up the way its documentation \
    recommends for speed:\n\n";

const WORDS: &str = "\nThe others are general languages and can say what Ringfence's fixed model cannot; that is what their time buys. \
    The questions reach them in the form that suits them best (prebuilt requests and inputs), Ringfence with interned ids in its own; \
    the rows *from strings* start from what another system would send.\n";

impl Run {
    /// The whole document.
    pub fn document(&self) -> String {
        let mut text = HEAD.to_owned();
        if self.quick {
            text += "**A quick run, for trying; not to be kept.**\n\n";
        }
        for part in [&self.targets(), &self.table(), METHOD, &self.setups(), WORDS] {
            text.push_str(part);
        }
        text
    }

    fn engines(&self) -> Vec<&Measured> {
        let mut engines = vec![&self.limit, &self.ringfence, &self.limit_from_strings, &self.from_strings];
        engines.extend(&self.peers);
        engines
    }

    fn targets(&self) -> String {
        let fastest = self.peers.iter().map(|p| p.decision).fold(f64::INFINITY, f64::min);
        let interned = self.ringfence.decision / self.limit.decision;
        let strings = self.from_strings.decision / self.limit_from_strings.decision;
        let (over, over_strings) = (fastest / self.ringfence.decision, fastest / self.from_strings.decision);
        let micros = |engine: &Measured| engine.change.unwrap_or(f64::INFINITY) / 1_000.0;
        let (fold, snapshot) = (micros(&self.ringfence), micros(&self.from_strings));
        let lines = [
            (
                "a decision, interned ids, against the hand-written limit",
                format!("{interned:.2} ×"),
                "≤ 3 ×",
                interned <= 3.0,
            ),
            (
                "its allocations",
                format!("{}", self.ringfence.allocations),
                "0",
                self.ringfence.allocations == 0.0,
            ),
            (
                "a decision from strings, against hash look-ups and the limit",
                format!("{strings:.2} ×"),
                "≤ 2 ×",
                strings <= 2.0,
            ),
            (
                "faster than the fastest engine, interned ids",
                format!("{over:.0} ×"),
                "≥ 200 ×",
                over >= 200.0,
            ),
            (
                "faster than the fastest engine, from strings",
                format!("{over_strings:.0} ×"),
                "≥ 40 ×",
                over_strings >= 40.0,
            ),
            ("folding one user's changed access", format!("{fold:.2} µs"), "≤ 5 µs", fold <= 5.0),
            (
                "putting it in force: a new snapshot of all 1,000 users",
                format!("{snapshot:.0} µs"),
                "≤ 5 µs",
                snapshot <= 5.0,
            ),
        ];
        let mut text = String::from("| what | measured | target | |\n|---|---|---|---|\n");
        for (what, measured, target, met) in lines {
            let verdict = if met { "met" } else { "**missed**" };
            _ = writeln!(text, "| {what} | {measured} | {target} | {verdict} |");
        }
        text
    }

    fn table(&self) -> String {
        let mut text = String::from(
            "\n| engine | a decision | against Ringfence | allocations | one user's change |\n|---|---:|---:|---:|---:|\n",
        );
        for engine in self.engines() {
            let ratio = engine.decision / self.ringfence.decision;
            let change = engine.change.map_or("—".into(), time);
            let (name, decision, allocations) = (engine.name, time(engine.decision), engine.allocations);
            _ = writeln!(text, "| {name} | {decision} | {ratio:.1} × | {allocations:.0} | {change} |");
        }
        text
    }

    fn setups(&self) -> String {
        self.engines().iter().map(|e| format!("- **{}**: {}.\n", e.name, e.setup)).collect()
    }
}

fn time(nanoseconds: f64) -> String {
    match nanoseconds {
        0.0..1_000.0 => format!("{nanoseconds:.1} ns"),
        1_000.0..1_000_000.0 => format!("{:.1} µs", nanoseconds / 1e3),
        _ => format!("{:.2} ms", nanoseconds / 1e6),
    }
}
