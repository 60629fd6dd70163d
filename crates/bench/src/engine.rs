//! What every competitor offers to the stopwatch, and the stopwatch.

use std::hint::black_box;
use std::time::{Duration, Instant};

use crate::fixture::Fixture;

/// Something that answers the questions of the fixture, by their index.
pub trait Engine {
    /// The name in the report.
    const NAME: &'static str;
    /// How it was set up, for its authors to judge.
    const SETUP: &'static str;

    fn new(fixture: &Fixture) -> Self;

    fn decide(&mut self, question: usize) -> bool;

    /// Makes a change of one user's access count (the n-th of several); false where there is nothing to apply.
    fn change(&mut self, n: usize) -> bool;
}

/// What was measured of one engine.
pub struct Measured {
    pub name: &'static str,
    pub setup: &'static str,
    /// Nanoseconds a decision, median over passes.
    pub decision: f64,
    /// Allocations a decision.
    pub allocations: f64,
    /// Nanoseconds to apply the change of one user's access, median; none where there is nothing to apply.
    pub change: Option<f64>,
}

/// Checks every answer against the oracle, then times decisions and changes for about so long each.
pub fn measure<E: Engine>(fixture: &Fixture, budget: Duration) -> Result<Measured, String> {
    let mut engine = E::new(fixture);
    let count = fixture.questions.len();
    for (n, question) in fixture.questions.iter().enumerate() {
        if engine.decide(n) != question.answer {
            return Err(format!("{} answers question {n} with {}", E::NAME, !question.answer));
        }
    }
    let allocations = allocation_counter::measure(|| {
        for n in 0..count {
            black_box(engine.decide(black_box(n)));
        }
    });
    let mut decision = 0.0;
    let mut change = None;
    // The counting allocator of this program does not count here, so that it costs nobody more than a look.
    allocation_counter::opt_out(|| {
        decision = median(budget, |chunk| {
            let first = (chunk * 256) % count;
            for n in first..first + 256 {
                black_box(engine.decide(black_box(n)));
            }
            256
        });
        if engine.change(0) {
            change = Some(median(budget / 4, |chunk| {
                black_box(engine.change(black_box(chunk)));
                1
            }));
        }
    });
    let allocations = allocations.count_total as f64 / count as f64;
    eprintln!("{:<34} {decision:>10.1} ns, {allocations:>7.1} allocations, change {change:?} ns", E::NAME);
    Ok(Measured { name: E::NAME, setup: E::SETUP, decision, allocations, change })
}

/// The median over runs of nanoseconds a piece; each run says how many pieces it did.
fn median(budget: Duration, mut run: impl FnMut(usize) -> usize) -> f64 {
    let mut samples = vec![];
    let started = Instant::now();
    while samples.len() < 16 || started.elapsed() < budget {
        let at = Instant::now();
        let pieces = run(samples.len());
        samples.push(at.elapsed().as_nanos() as f64 / pieces as f64);
    }
    samples.sort_by(f64::total_cmp);
    samples[samples.len() / 2]
}
