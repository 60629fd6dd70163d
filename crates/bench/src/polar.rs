//! Oso: Polar rules over the application's own objects, rights of roles as facts.

use oso::{Oso, PolarClass};

use crate::engine::Engine;
use crate::fixture::{Fixture, ROLES, Row};

const RULES: &str = r#"
allow(user: Person, action, row: Row) if right(user.role, action, reach) and reaches(reach, user, row);
reaches("all", _, _);
reaches("own", user, row) if row.agent = user.id;
reaches("team", user, row) if row.department in user.leads;
reaches("assigned", user, row) if row.number in user.numbers;
"#;

#[derive(Clone, PolarClass)]
struct Person {
    #[polar(attribute)]
    id: String,
    #[polar(attribute)]
    role: String,
    #[polar(attribute)]
    leads: Vec<String>,
    #[polar(attribute)]
    numbers: Vec<String>,
}

#[derive(Clone, PolarClass)]
#[polar(class_name = "Row")]
struct Facts {
    #[polar(attribute)]
    agent: String,
    #[polar(attribute)]
    department: String,
    #[polar(attribute)]
    number: String,
}

pub struct Polar {
    oso: Oso,
    users: Vec<Person>,
    rows: Vec<Facts>,
    questions: Vec<(usize, &'static str)>,
}

impl Engine for Polar {
    const NAME: &'static str = "oso 0.27";
    const SETUP: &'static str = "rights as indexed facts, rows and users as the application's objects, cloned for each call as the \
        interface asks; a change is one in the application's own objects, so there is nothing to time";

    fn new(fixture: &Fixture) -> Self {
        let mut oso = Oso::new();
        oso.register_class(Person::get_polar_class()).unwrap();
        oso.register_class(Facts::get_polar_class()).unwrap();
        let fact = |r: &crate::fixture::Right| {
            format!("right(\"{}\", \"{}\", \"{}\");\n", ROLES[r.role], r.permission, r.reach.word())
        };
        let facts: String = fixture.rights.iter().map(fact).collect();
        oso.load_str(&format!("{RULES}{facts}")).unwrap();
        let names = |letter: char, list: &[usize]| list.iter().map(|n| format!("{letter}{n}")).collect();
        let users = fixture.users.iter().enumerate().map(|(n, u)| Person {
            id: format!("u{n}"),
            role: ROLES[u.role].into(),
            leads: names('d', &u.leads),
            numbers: names('n', &u.numbers),
        });
        let row = |row: Row| {
            let fact = |letter: char, n: Option<usize>| n.map_or(String::new(), |n| format!("{letter}{n}"));
            let (agent, department) = (fact('u', fixture.agent(row)), fact('d', fixture.department(row)));
            Facts { agent, department, number: fact('n', fixture.number(row)) }
        };
        Polar {
            oso,
            users: users.collect(),
            rows: fixture.questions.iter().map(|q| row(q.row)).collect(),
            questions: fixture.questions.iter().map(|q| (q.user, q.permission.name())).collect(),
        }
    }

    fn decide(&mut self, question: usize) -> bool {
        let (user, permission) = self.questions[question];
        self.oso.is_allowed(self.users[user].clone(), permission, self.rows[question].clone()).unwrap()
    }

    fn change(&mut self, _: usize) -> bool {
        false
    }
}
