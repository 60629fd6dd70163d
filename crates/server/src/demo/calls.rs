//! The calls of the demo: 90 days with the rhythm of a working week.

use access::model::Standing;
use access::{Id, Micros};
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use rand::Rng as _;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use store::calls::calls::NewCall;

use super::company::Company;
use super::people::{Person, stranger};
use super::phone::{Hotline, Phone, Phones};

const SECOND: Micros = 1_000_000;
const HOUR: Micros = 3_600 * SECOND;
const DAYS: i64 = 90;

/// How many calls a company has in all, about.
const CALLS: f64 = 20_000.0;

/// So long ago the banned person was still working, in days.
const BANNED_SINCE: i64 = 20;

/// How busy each hour of a working day is.
const HOURS: [f64; 24] = [
    0.01, 0.01, 0.01, 0.01, 0.01, 0.02, 0.05, 0.25, 0.80, 1.35, 1.55, 1.40, 0.70, 0.85, 1.35, 1.40, 1.15,
    0.65, 0.25, 0.12, 0.08, 0.05, 0.02, 0.01,
];

/// Everything that calls are made of.
struct Maker<'a> {
    company: &'a Company,
    phones: &'a Phones,
    /// People outside: their number and, for most, their name.
    outside: Vec<(String, Option<String>)>,
    now: Micros,
    rng: StdRng,
}

/// The calls of the last 90 days, oldest first.
pub fn make(company: &Company, phones: &Phones, now: Micros, mut rng: StdRng) -> Vec<NewCall> {
    let outside = (0..400).map(|_| {
        let number = company.outside(&mut rng);
        let name = rng.random_bool(0.6).then(|| stranger(&mut rng));
        (number, name)
    });
    let outside = outside.collect();
    let mut maker = Maker { company, phones, outside, now, rng };
    let mut calls: Vec<NewCall> = maker.moments().into_iter().filter_map(|at| maker.call(at)).collect();
    calls.retain(|call| call.ended_at < now);
    for (nth, call) in calls.iter_mut().enumerate() {
        call.unique_id = format!("{}-{:05}", company.slug, nth + 1);
    }
    calls
}

/// How busy an hour is, by the clock on the company's wall.
fn busyness(local: &Zoned) -> f64 {
    let hour = usize::try_from(local.hour()).ok().and_then(|hour| HOURS.get(hour)).copied().unwrap_or(0.0);
    let day = match local.weekday() {
        Weekday::Monday => 1.2,
        Weekday::Friday => 0.85,
        Weekday::Saturday => 0.15,
        Weekday::Sunday => 0.06,
        _ => 1.0,
    };
    hour * day
}

/// Whether somebody is at work then.
fn is_open(local: &Zoned) -> bool {
    busyness(local) > 0.2
}

impl Maker<'_> {
    /// When calls begin, in order.
    fn moments(&mut self) -> Vec<Micros> {
        let zone = TimeZone::get(self.company.time_zone).unwrap_or(TimeZone::UTC);
        let first = (self.now - DAYS * 24 * HOUR) / HOUR;
        let hours = (first..=self.now / HOUR).filter_map(|hour| {
            let moment = Timestamp::from_microsecond(hour * HOUR).ok()?;
            Some((hour * HOUR, busyness(&moment.to_zoned(zone.clone()))))
        });
        let hours: Vec<(Micros, f64)> = hours.collect();
        let total: f64 = hours.iter().map(|(_, weight)| weight).sum();
        let mut moments = vec![];
        for (start, weight) in hours {
            let expected = CALLS * weight / total * self.rng.random_range(0.75..1.25);
            let whole = expected.floor();
            let count = whole as u32 + u32::from(self.rng.random_bool(expected - whole));
            moments.extend((0..count).map(|_| start + self.rng.random_range(0..HOUR)));
        }
        moments.sort_unstable();
        moments
    }

    fn call(&mut self, at: Micros) -> Option<NewCall> {
        let zone = TimeZone::get(self.company.time_zone).ok()?;
        let open = is_open(&Timestamp::from_microsecond(at).ok()?.to_zoned(zone));
        match self.rng.random_range(0..100) {
            _ if !open => self.inbound(at, false),
            0..55 => self.inbound(at, true),
            55..88 => self.outbound(at),
            _ => self.internal(at),
        }
    }

    /// From outside: through a queue, or straight to somebody.
    fn inbound(&mut self, at: Micros, open: bool) -> Option<NewCall> {
        let (number, name) = self.stranger()?;
        let hotline = self.rng.random_bool(0.75).then(|| self.hotline()).flatten();
        let outcome = match self.rng.random_range(0..100) {
            0..79 if open => "answered",
            79..90 if open => "no_answer",
            90..93 if open => "busy",
            0..8 => "answered",
            8..45 if !open => "no_answer",
            _ => "voicemail",
        };
        let phone = match &hotline {
            Some(hotline) if outcome != "answered" => {
                let call = self.begin(at, "inbound", outcome, 60.0, 35);
                return Some(finish(
                    NewCall {
                        from_party: number,
                        from_name: name,
                        to_party: hotline.number.digits.clone(),
                        queue: Some(hotline.queue.id),
                        number: Some(hotline.number.id),
                        ..call
                    },
                    &[],
                ));
            }
            Some(hotline) => self.agent(&hotline.agents, at)?,
            None => self.anybody(at, true)?,
        };
        let line = hotline.as_ref().map(|h| &h.number).or(phone.direct.as_ref())?;
        let call = NewCall {
            from_party: number,
            from_name: name,
            to_party: phone.extension.digits.clone(),
            to_user: Some(phone.person.id),
            to_extension: Some(phone.extension.id),
            queue: hotline.as_ref().map(|h| h.queue.id),
            number: Some(line.id),
            ..self.begin(at, "inbound", outcome, 150.0, if hotline.is_some() { 45 } else { 20 })
        };
        Some(finish(call, &[&phone.person]))
    }

    fn outbound(&mut self, at: Micros) -> Option<NewCall> {
        let phone = self.anybody(at, false)?;
        let (number, _) = self.stranger()?;
        let outcome = match self.rng.random_range(0..100) {
            0..64 => "answered",
            64..84 => "no_answer",
            84..92 => "voicemail",
            92..98 => "busy",
            _ => "failed",
        };
        let line = phone.direct.as_ref().unwrap_or(&phone.shown);
        let call = NewCall {
            from_party: phone.extension.digits.clone(),
            from_name: Some(phone.person.name.clone()),
            to_party: number,
            from_user: Some(phone.person.id),
            from_extension: Some(phone.extension.id),
            number: Some(line.id),
            ..self.begin(at, "outbound", outcome, 130.0, 30)
        };
        Some(finish(call, &[&phone.person]))
    }

    fn internal(&mut self, at: Micros) -> Option<NewCall> {
        let (from, to) = (self.anybody(at, false)?, self.anybody(at, false)?);
        if from.person.id == to.person.id {
            return self.outbound(at);
        }
        let outcome = match self.rng.random_range(0..100) {
            0..76 => "answered",
            76..90 => "no_answer",
            _ => "busy",
        };
        let call = NewCall {
            from_party: from.extension.digits.clone(),
            from_name: Some(from.person.name.clone()),
            to_party: to.extension.digits.clone(),
            from_user: Some(from.person.id),
            to_user: Some(to.person.id),
            from_extension: Some(from.extension.id),
            to_extension: Some(to.extension.id),
            ..self.begin(at, "internal", outcome, 50.0, 15)
        };
        Some(finish(call, &[&from.person, &to.person]))
    }

    /// Somebody outside; some call far more often than others.
    fn stranger(&mut self) -> Option<(String, Option<String>)> {
        let share: f64 = self.rng.random();
        let nth = (share * share * self.outside.len() as f64) as usize;
        self.outside.get(nth).cloned()
    }

    /// The main line takes least, the first departments most.
    fn hotline(&mut self) -> Option<Hotline> {
        let picked = self.phones.hotlines.choose_weighted(&mut self.rng, |h| h.agents.len().min(5) as f64);
        picked.ok().cloned()
    }

    fn agent(&mut self, agents: &[usize], at: Micros) -> Option<Phone> {
        let able: Vec<(usize, f64)> = agents.iter().map(|nth| (*nth, self.activity(*nth, at))).collect();
        let (nth, _) = able.choose_weighted(&mut self.rng, |(_, activity)| *activity).ok()?;
        self.phones.phones.get(*nth).cloned()
    }

    fn anybody(&mut self, at: Micros, with_number: bool) -> Option<Phone> {
        let able = self.phones.phones.iter().enumerate().filter(|(_, p)| !with_number || p.direct.is_some());
        let able: Vec<usize> = able.map(|(nth, _)| nth).collect();
        self.agent(&able, at)
    }

    /// How much somebody telephones, by what they do.
    fn activity(&self, nth: usize, at: Micros) -> f64 {
        let Some(phone) = self.phones.phones.get(nth) else { return 0.0 };
        let gone = phone.person.standing == Standing::Banned && at > self.now - BANNED_SINCE * 24 * HOUR;
        let habit = 0.7 + 0.6 * ((nth * 37 % 11) as f64 / 10.0);
        match phone.person.role {
            _ if gone => 0.0,
            "owner" | "admin" | "company_admin" => 0.15 * habit,
            "analyst" | "auditor" | "billing" => 0.05 * habit,
            "team_lead" | "manager" => 0.6 * habit,
            _ => habit,
        }
    }

    /// A call's times: how long it rang and, where somebody spoke, for how long.
    fn begin(
        &mut self,
        at: Micros,
        direction: &'static str,
        outcome: &'static str,
        usual: f64,
        ring: i64,
    ) -> NewCall {
        let rang = self.rng.random_range(2..=ring.max(3));
        let talked = match outcome {
            "answered" => self.duration(usual),
            "voicemail" => self.rng.random_range(6..70),
            _ => 0,
        };
        let answered_at = (talked > 0).then_some(at + rang * SECOND);
        NewCall {
            source: "ringfence",
            unique_id: String::new(),
            started_at: at,
            answered_at,
            ended_at: at + (rang + talked) * SECOND,
            talk_seconds: talked,
            direction,
            outcome,
            from_party: String::new(),
            from_name: None,
            to_party: String::new(),
            from_user: None,
            to_user: None,
            from_extension: None,
            to_extension: None,
            queue: None,
            number: None,
            recording: None,
            touches: vec![],
        }
    }

    /// Log-normal around what is usual, in seconds: most calls are short, some very long.
    fn duration(&mut self, usual: f64) -> i64 {
        let spread: f64 = (0..12).map(|_| self.rng.random::<f64>()).sum::<f64>() - 6.0;
        (usual * (0.95 * spread).exp()).clamp(3.0, 3_600.0) as i64
    }
}

/// Writes down what the call touches.
fn finish(call: NewCall, people: &[&Person]) -> NewCall {
    let units = people.iter().flat_map(|p| p.department.into_iter().chain(p.branch));
    let own = [call.from_user, call.to_user, call.from_extension, call.to_extension, call.queue, call.number];
    let mut touches: Vec<Id> = own.into_iter().flatten().chain(units).collect();
    touches.sort_unstable();
    touches.dedup();
    NewCall { touches, ..call }
}
