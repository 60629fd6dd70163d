//! The five companies of the demo, one for each preset. All names are made up; all numbers are from ranges that
//! the countries' regulators keep free for fiction.

use rand::Rng as _;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;

/// Numbers that begin alike: the prefix, and how many digits follow.
#[derive(Debug, Clone, Copy)]
pub struct Range(&'static str, u32);

impl Range {
    /// The nth number of the range.
    pub fn number(self, nth: u32) -> String {
        let Range(prefix, digits) = self;
        format!("{prefix}{:0width$}", nth % 10_u32.pow(digits), width = digits as usize)
    }
}

/// A company of the demo.
#[derive(Debug)]
pub struct Company {
    /// Its address, which is its preset's key too.
    pub slug: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// Where its email goes.
    pub domain: &'static str,
    /// What its employee codes begin with.
    pub code: &'static str,
    /// IANA time zone.
    pub time_zone: &'static str,
    /// Country calling code.
    pub country_code: &'static str,
    /// How many people there are in each role, the guardian's role first, the plainest last.
    pub staff: &'static [(&'static str, usize)],
    /// The roles whose holders lead a unit.
    pub leads: &'static [&'static str],
    /// The plainest role.
    pub plain: &'static str,
    /// Departments; all but the last take calls through a queue.
    pub departments: &'static [&'static str],
    /// Branches.
    pub branches: &'static [&'static str],
    /// The company's own numbers.
    pub own: Range,
    /// Everybody else's.
    pub others: &'static [Range],
    /// What its random choices begin with.
    pub seed: u64,
}

impl Company {
    /// A number of somebody outside.
    pub fn outside(&self, rng: &mut StdRng) -> String {
        let nth = rng.random_range(0..10_000);
        self.others.choose(rng).copied().unwrap_or(self.own).number(nth)
    }
}

/// Every company, in the order in which they are made.
pub const COMPANIES: [Company; 5] = [
    Company {
        slug: "standard",
        name: "Alder & Quay Insurance",
        domain: "alderquay.example",
        code: "AQ",
        time_zone: "America/New_York",
        country_code: "1",
        staff: &[
            ("owner", 1),
            ("admin", 2),
            ("billing", 2),
            ("team_lead", 4),
            ("analyst", 2),
            ("auditor", 2),
            ("agent", 11),
        ],
        leads: &["team_lead"],
        plain: "agent",
        departments: &["Sales", "Claims", "Customer Service", "Back Office"],
        branches: &["Washington", "Baltimore"],
        // NANP: 555-0100 to 555-0199 in every area code.
        own: Range("+120255501", 2),
        others: &[
            Range("+121255501", 2),
            Range("+121555501", 2),
            Range("+130155501", 2),
            Range("+141055501", 2),
            Range("+154055501", 2),
            Range("+170355501", 2),
            Range("+175755501", 2),
            Range("+180455501", 2),
        ],
        seed: 1_000,
    },
    Company {
        slug: "calilio",
        name: "Harbour & Finch",
        domain: "harbourfinch.example",
        code: "HF",
        time_zone: "Europe/London",
        country_code: "44",
        staff: &[("owner", 1), ("admin", 3), ("member", 14)],
        leads: &[],
        plain: "member",
        departments: &["Lettings", "Sales", "Property Care", "Office"],
        branches: &["Greenwich", "Richmond"],
        // Ofcom, numbers for drama use.
        own: Range("+442079460", 3),
        others: &[
            Range("+447700900", 3),
            Range("+441134960", 3),
            Range("+441164960", 3),
            Range("+441614960", 3),
        ],
        seed: 2_000,
    },
    Company {
        slug: "calliyo",
        name: "Brightwater Solar",
        domain: "brightwatersolar.example",
        code: "BW",
        time_zone: "Australia/Sydney",
        country_code: "61",
        staff: &[("company_admin", 2), ("manager", 4), ("agent", 14)],
        leads: &["manager"],
        plain: "agent",
        departments: &["Inside Sales", "Field Sales", "Customer Care", "Administration"],
        branches: &["Parramatta", "Newcastle"],
        // ACMA, numbers for use in creative works.
        own: Range("+6125550", 4),
        others: &[Range("+6135550", 4), Range("+6175550", 4), Range("+6185550", 4), Range("+6127010", 4)],
        seed: 3_000,
    },
    Company {
        slug: "nuacom",
        name: "Larkspur Clinics",
        domain: "larkspurclinics.example",
        code: "LC",
        time_zone: "Europe/Dublin",
        country_code: "353",
        staff: &[("admin", 2), ("user", 18)],
        leads: &[],
        plain: "user",
        departments: &["Appointments", "Results", "Nursing", "Practice Office"],
        branches: &["Rathmines", "Galway"],
        // ComReg, numbers for drama use.
        own: Range("+35320910", 4),
        others: &[Range("+35320911", 4), Range("+35320914", 4), Range("+35320917", 4), Range("+35320919", 4)],
        seed: 4_000,
    },
    Company {
        slug: "onoff",
        name: "Tessera Logistique",
        domain: "tessera-logistique.example",
        code: "TL",
        time_zone: "Europe/Paris",
        country_code: "33",
        staff: &[("owner", 1), ("admin", 2), ("team_lead", 4), ("user", 14)],
        leads: &["team_lead"],
        plain: "user",
        departments: &["Dispatch", "Customer Support", "Accounts", "Head Office"],
        branches: &["Lyon", "Lille"],
        // ARCEP, numbers for audiovisual works.
        own: Range("+3319900", 4),
        others: &[Range("+3326191", 4), Range("+3335301", 4), Range("+3346571", 4), Range("+3363998", 4)],
        seed: 5_000,
    },
];
