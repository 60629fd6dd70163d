//! Ringfence's decisions beside a hand-written limit and five engines that one could embed instead, in one run.
//!
//! `cargo run --release -p bench` writes `docs/generated/bench.md`; with `--quick` it prints a rough version instead.
//!
//! **Fairness.** All answer the same questions of the same workload ([`fixture`]), checked against an oracle before
//! the clock starts. Entities, policies and requests are prebuilt wherever an engine lets them be; rights are data
//! that the engine indexes best, not one policy a user. What each was given is written beside its figures.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a benchmark stops at whatever goes wrong, and nobody depends on it"
)]

mod biscuit;
mod casbin;
mod cedar;
mod engine;
mod fixture;
mod limit;
mod polar;
mod rego;
mod report;
mod ringfence;

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use engine::measure;

fn main() -> ExitCode {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let written = run(quick).and_then(|run| if quick { print(&run) } else { write(&run) });
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(quick: bool) -> Result<report::Run, String> {
    let fixture = fixture::Fixture::new();
    let yes = fixture.questions.iter().filter(|q| q.answer).count();
    eprintln!(
        "{} questions, {yes} answered with yes, {} rights",
        fixture.questions.len(),
        fixture.rights.len()
    );
    let budget = Duration::from_millis(if quick { 200 } else { 3_000 });
    Ok(report::Run {
        quick,
        limit: measure::<limit::Limit>(&fixture, budget)?,
        ringfence: measure::<ringfence::Ringfence>(&fixture, budget)?,
        limit_from_strings: measure::<limit::LimitFromStrings>(&fixture, budget)?,
        from_strings: measure::<ringfence::FromStrings>(&fixture, budget)?,
        peers: vec![
            measure::<rego::Rego>(&fixture, budget)?,
            measure::<cedar::Cedar>(&fixture, budget)?,
            measure::<biscuit::Biscuit>(&fixture, budget)?,
            measure::<polar::Polar>(&fixture, budget)?,
            measure::<casbin::Casbin>(&fixture, budget)?,
        ],
    })
}

fn print(run: &report::Run) -> Result<(), String> {
    println!("{}", run.document());
    Ok(())
}

fn write(run: &report::Run) -> Result<(), String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/generated/bench.md");
    std::fs::write(&path, run.document()).map_err(|error| format!("{}: {error}", path.display()))
}
