//! Decisions allocate nothing.

use access::{Actor, Noun, Permission, Preset, Thing};
use allocation_counter::measure;

use crate::worlds::{self, ENTITIES, UNITS};

#[test]
fn a_decision_allocates_nothing() {
    let mut model = worlds::one_of_each(Preset::by_key("standard").unwrap());
    let users: Vec<_> = model.users.keys().copied().collect();
    model.grants.extend(users.iter().map(|p| worlds::grant(500 + p.0, *p, ENTITIES[2])));
    model.leads.extend(users.iter().map(|p| (*p, UNITS[1])));
    let actors: Vec<Actor> = users.iter().map(|p| worlds::actor(&model, *p)).collect();
    let rows =
        [vec![], vec![users[4]], vec![UNITS[1]], ENTITIES.to_vec(), vec![users[0], UNITS[0], ENTITIES[3]]];
    let rows = rows.map(|touches| Thing::new(Noun::Call, 1, touches));
    let (mut asked, mut allowed) = (0, 0);
    let counted = measure(|| {
        for actor in &actors {
            for permission in Permission::ALL.iter().copied() {
                for row in &rows {
                    asked += 1;
                    allowed += usize::from(actor.may(permission, row));
                    allowed += usize::from(actor.reach_over(permission, &row.touches).is_some());
                    allowed += usize::from(actor.holds(permission));
                }
            }
        }
    });
    assert!(allowed > 0 && allowed < 3 * asked, "{allowed} of {asked}");
    assert_eq!(counted.count_total, 0);
}

#[test]
fn the_counter_counts() {
    assert_eq!(measure(|| drop(std::hint::black_box(Box::new(7)))).count_total, 1);
}
