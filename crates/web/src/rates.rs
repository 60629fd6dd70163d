//! How many requests one caller may send: a class for each endpoint, counted by person or token once somebody is known,
//! and by client address until then. What others send takes nothing from whoever is known.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::Arc;

use acts::{Code, Refusal};
use axum::http::Method;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};
use store::Via;

use crate::endpoint::{Asks, Face};
use crate::request::Request;

/// What a request costs, and so how many of them there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rate {
    /// Whether the server works, and the files of the console: to refuse them would cost as much.
    Free,
    /// What anybody may ask for, and whatever somebody asks for who is not known.
    Public,
    /// Looking at things.
    Read,
    /// Changing them.
    Write,
    /// What takes long: files of people and calls, many people at once, the whole audit log.
    Costly,
    /// Decisions for other programs (AuthZEN), which ask at each step of theirs.
    Decide,
}

impl Rate {
    /// Every class that has a limit.
    pub const LIMITED: [Rate; 5] = [Rate::Public, Rate::Read, Rate::Write, Rate::Costly, Rate::Decide];

    /// What an endpoint costs that says nothing else.
    pub fn usual(method: &Method, asks: Asks, face: Face) -> Rate {
        match (asks, face) {
            (Asks::Nothing(_), _) => Rate::Public,
            (_, Face::AuthZen) => Rate::Decide,
            _ if method.is_safe() => Rate::Read,
            _ => Rate::Write,
        }
    }

    /// How many requests in a second for as long as one likes, and how many at once after a pause; none for no limit.
    pub const fn limit(self) -> Option<(u32, u32)> {
        match self {
            Rate::Free => None,
            Rate::Public => Some((200, 2_000)),
            Rate::Read => Some((100, 1_000)),
            Rate::Write => Some((50, 500)),
            Rate::Costly => Some((2, 60)),
            Rate::Decide => Some((10_000, 20_000)),
        }
    }

    /// The class in documents.
    pub const fn word(self) -> &'static str {
        match self {
            Rate::Free => "free",
            Rate::Public => "public",
            Rate::Read => "read",
            Rate::Write => "write",
            Rate::Costly => "costly",
            Rate::Decide => "decide",
        }
    }
}

fn quota((second, at_once): (u32, u32)) -> Option<Quota> {
    Some(Quota::per_second(NonZeroU32::new(second)?).allow_burst(NonZeroU32::new(at_once)?))
}

/// Who is counted: somebody, a token, or an address.
type Caller = String;

/// What has been sent lately, by class and caller. In memory, by each node for itself.
#[derive(Clone, Default)]
pub struct Rates(Arc<HashMap<Rate, DefaultKeyedRateLimiter<Caller>>>);

/// So many callers are remembered before those are forgotten who have all of their allowance again.
const REMEMBERED: usize = 20_000;

impl Rates {
    /// The limits that the classes say.
    pub fn new() -> Rates {
        Rates::of(Rate::limit)
    }

    /// No limits at all, for tests that send more than anybody would.
    pub fn none() -> Rates {
        Rates::default()
    }

    /// Other limits, in the form of [`Rate::limit`].
    pub fn of(limit: impl Fn(Rate) -> Option<(u32, u32)>) -> Rates {
        let limiter = |rate: Rate| Some((rate, DefaultKeyedRateLimiter::keyed(quota(limit(rate)?)?)));
        Rates(Arc::new(Rate::LIMITED.into_iter().filter_map(limiter).collect()))
    }

    /// Counts a request, once it is known who asks; refused where there are too many.
    pub fn take(&self, rate: Rate, request: &Request) -> Result<(), Refusal> {
        let (rate, caller) = match &request.who {
            _ if rate == Rate::Free => return Ok(()),
            // One may have as many sessions as one likes, and for what is costly as many tokens.
            Some(who) => {
                let workspace = who.actor.snapshot().model().workspace;
                match who.via {
                    Via::Token(token) if rate != Rate::Costly => (rate, format!("{workspace} token {token}")),
                    Via::Token(_) | Via::Session(_) => (rate, format!("{workspace} {}", who.actor.id())),
                }
            }
            None => (Rate::Public, request.address.clone()),
        };
        self.count(rate, &caller)
    }

    fn count(&self, rate: Rate, caller: &Caller) -> Result<(), Refusal> {
        let Some(limiter) = self.0.get(&rate) else { return Ok(()) };
        if limiter.len() > REMEMBERED {
            limiter.retain_recent();
        }
        limiter.check_key(caller).map_err(|early| {
            let wait = early.wait_time_from(DefaultClock::default().now());
            let wait = i64::try_from(wait.as_micros()).unwrap_or(i64::MAX);
            let refusal = Refusal::because(
                Code::TooManyTries,
                "Too many requests at once. Wait a moment and try again.",
            );
            Refusal { retry_after: Some(wait.max(1)), ..refusal }
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::{Rate, Rates};

    #[test]
    fn programs_that_ask_for_decisions_may_ask_five_thousand_times_a_second() {
        let (second, at_once) = Rate::Decide.limit().unwrap();
        assert!(second >= 5_000 && at_once >= second);
        let rates = Rates::new();
        for _ in 0..at_once {
            rates.count(Rate::Decide, &"a token".to_owned()).unwrap();
        }
    }

    #[test]
    fn counting_a_request_costs_next_to_nothing() {
        const COUNTED: u32 = 100_000;
        let rates = Rates::of(|_| Some((1_000_000, 1_000_000)));
        let callers: Vec<String> = (0..100).map(|at| format!("1 Token(Id({at}))")).collect();
        let begun = Instant::now();
        for caller in callers.iter().cycle().take(COUNTED as usize) {
            rates.count(Rate::Decide, caller).unwrap();
        }
        let each = begun.elapsed() / COUNTED;
        println!("counting a request takes {each:?}");
        // Not optimised, beside other tests: far below what any request takes.
        assert!(each.as_micros() < 50, "{each:?}");
    }

    #[test]
    fn one_caller_uses_up_nothing_of_another() {
        let rates = Rates::of(|_| Some((1, 3)));
        let take = |caller: &str| rates.count(Rate::Read, &caller.to_owned());
        let refused = (0..10).find_map(|_| take("a").err()).unwrap();
        assert!(refused.retry_after.is_some_and(|wait| wait > 0));
        take("b").unwrap();
    }
}
