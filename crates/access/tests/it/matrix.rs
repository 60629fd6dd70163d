//! The matrix: what each role of each preset may do, asked of the engine and compared with the published facts.

use std::collections::BTreeMap;
use std::fmt::Write;

use access::{Actor, Group, Id, Model, Noun, Permission, Preset, Reach, Reaches, Thing};

use crate::generated;
use crate::worlds::{self, ENTITIES, UNITS};

const ORACLE: &str = include_str!("../oracle/presets.csv");
const NOBODY: Id = Id(9_999);

/// A workspace with one user per role, each of whom is granted a thing and leads a unit.
fn world(preset: &'static Preset) -> Model {
    let mut model = worlds::one_of_each(preset);
    for (n, user) in model.users.keys().copied().collect::<Vec<_>>().into_iter().enumerate() {
        model.grants.push(worlds::grant(500 + u32::try_from(n).unwrap(), user, ENTITIES[0]));
        model.leads.push((user, UNITS[0]));
    }
    model
}

/// The reaches that show in decisions: by rows that are only one's own, only assigned, only of the team, of nobody.
fn reaches(actor: &Actor, permission: Permission) -> Reaches {
    if !permission.concerns_rows() {
        let on = actor.may(permission, &Thing::WORKSPACE);
        return if on { Reaches::of(&[Reach::All]) } else { Reaches::NONE };
    }
    let rows = [
        (Reach::Own, actor.id()),
        (Reach::Assigned, ENTITIES[0]),
        (Reach::Team, UNITS[0]),
        (Reach::All, NOBODY),
    ];
    let allowed = |id: Id| actor.may(permission, &Thing::new(Noun::Call, 1, vec![id]));
    let held = rows.into_iter().filter(|(_, id)| allowed(*id)).fold(Reaches::NONE, |set, (r, _)| set.with(r));
    if held.has(Reach::All) { Reaches::of(&[Reach::All]) } else { held }
}

/// What a published cell says of decisions: `all` includes everything, the others only what they say.
fn published(permission: Permission, cell: &str) -> Reaches {
    let cell = cell.trim_end_matches('~');
    let reaches = Reaches::from_letters(cell).unwrap_or_else(|| panic!("{permission}: {cell}"));
    reaches.shortest()
}

#[test]
fn the_four_vendor_presets_decide_as_published_in_every_cell() {
    let mut oracle = csv::Reader::from_reader(ORACLE.as_bytes());
    let columns = oracle.headers().unwrap().clone();
    let actors: BTreeMap<String, Actor> = Preset::all().iter().flat_map(columns_of).collect();
    let (mut cells, mut wrong) = (0, vec![]);
    for row in oracle.records().map(Result::unwrap) {
        let permission = Permission::from_name(&row[0]).unwrap_or_else(|| panic!("unknown {}", &row[0]));
        for (column, cell) in columns.iter().zip(&row).skip(5) {
            let (engine, oracle) = (reaches(&actors[column], permission), published(permission, cell));
            cells += 1;
            if engine != oracle {
                wrong.push(format!("{permission} {column}: published {oracle}, decided {engine}"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!(cells, Permission::ALL.len() * 12);
}

fn columns_of(preset: &'static Preset) -> Vec<(String, Actor)> {
    let model = world(preset);
    let column = |(n, role): (usize, &access::preset::PresetRole)| {
        (format!("{}.{}", preset.key, role.key), worlds::actor(&model, worlds::nth_user(n)))
    };
    preset.roles.iter().enumerate().map(column).collect()
}

#[test]
fn the_presets_hold_the_published_cells_as_they_are_written() {
    let mut oracle = csv::Reader::from_reader(ORACLE.as_bytes());
    let columns = oracle.headers().unwrap().clone();
    for row in oracle.records().map(Result::unwrap) {
        for (column, cell) in columns.iter().zip(&row).skip(5) {
            let (preset, role) = column.split_once('.').unwrap();
            let role = Preset::by_key(preset).unwrap().role(role).unwrap();
            let held = role.holds.iter().find(|(p, _)| p.name() == &row[0]);
            let held = held.map_or("-".to_owned(), |(_, reaches)| reaches.to_string());
            assert_eq!(held, cell.trim_end_matches('~'), "{} {column}", &row[0]);
        }
    }
}

#[test]
fn the_catalogue_is_the_published_one() {
    let mut oracle = csv::Reader::from_reader(ORACLE.as_bytes());
    let published: Vec<[String; 5]> = oracle
        .records()
        .map(Result::unwrap)
        .map(|row| [row[0].into(), row[1].into(), row[2].into(), row[3].into(), row[4].into()])
        .collect();
    let catalogue: Vec<[String; 5]> = Permission::ALL
        .iter()
        .map(|p| {
            let entry = p.entry();
            let group = format!("{:?}", entry.group).to_lowercase();
            let verb = format!("{:?}", entry.verb).to_lowercase();
            [entry.name.into(), entry.reaches.to_string(), group, verb, entry.meaning.into()]
        })
        .collect();
    assert_eq!(catalogue, published);
}

#[test]
fn every_name_reads_back_as_its_permission_and_no_other_name_does() {
    for permission in Permission::ALL {
        assert_eq!(Permission::from_name(permission.name()), Some(*permission));
        assert_eq!(format!("{}:{}", permission.resource(), permission.action()), permission.name());
    }
    for name in
        ["", ":", "number", "number:", "number:Purchase", "Number:purchase", " number:purchase", "number:*"]
    {
        assert_eq!(Permission::from_name(name), None, "{name}");
    }
}

#[test]
fn every_bit_of_the_catalogue_is_its_own() {
    let all = Permission::ALL.iter().fold(0_u128, |bits, p| bits ^ p.bit());
    assert_eq!(all.count_ones() as usize, Permission::ALL.len());
}

#[test]
fn what_needs_another_permission_needs_to_see_the_same_thing() {
    let needs = |name: &str| Permission::from_name(name).unwrap().requires().map(Permission::name);
    assert_eq!(needs("user:ban"), Some("user:read"));
    assert_eq!(needs("recording:listen"), Some("call_record:read"));
    assert_eq!(needs("live_call:whisper"), Some("live_call:read"));
    for alone in ["user:read", "call_record:read", "workspace:rename", "auto_record:update", "call:place"] {
        assert_eq!(needs(alone), None, "{alone}");
    }
}

#[test]
fn reaches_read_back_as_they_are_written_and_nothing_else_is_read() {
    for bits in 0..16_u8 {
        let some: Vec<Reach> = Reach::ALL.into_iter().filter(|r| bits & 1 << *r as u8 != 0).collect();
        let reaches = Reaches::of(&some);
        assert_eq!(Reaches::from_letters(&reaches.to_string()), Some(reaches));
        assert_eq!(reaches.iter().collect::<Vec<_>>(), some);
    }
    for text in ["x", "o-", "A", "o s", "own"] {
        assert_eq!(Reaches::from_letters(text), None, "{text}");
    }
    assert_eq!(Reach::ALL.map(|r| Reach::from_word(r.word())), Reach::ALL.map(Some));
}

#[test]
fn cly_03_a_user_is_found_by_their_present_address_however_it_is_typed() {
    let mut model = worlds::one_of_each(&Preset::all()[0]);
    let user = worlds::nth_user(1);
    model.users.get_mut(&user).unwrap().email = "new@example.com".into();
    let snapshot = worlds::fold(&model);
    for typed in ["new@example.com", " New@Example.COM "] {
        assert_eq!(snapshot.by_email(typed), Some(user), "{typed}");
    }
    assert_eq!(snapshot.by_email("p301@example.com"), None, "the old one does not sign in");
}

#[test]
fn onf_10_cal_01_exactly_one_role_is_the_owners_where_a_preset_has_one() {
    for preset in Preset::all() {
        let owners = preset.roles.iter().filter(|r| r.standing.owner).count();
        let expected = usize::from(!matches!(preset.key, "calliyo" | "nuacom"));
        assert_eq!(owners, expected, "{}", preset.key);
        assert_eq!(preset.roles.iter().filter(|r| r.standing.guardian).count(), 1, "{}", preset.key);
        assert_eq!(preset.roles.iter().filter(|r| r.default).count(), 1, "{}", preset.key);
        assert!(preset.roles.iter().all(|r| !r.default || !r.standing.owner), "{}", preset.key);
    }
}

#[test]
fn the_matrix_document_says_what_the_engine_decides() {
    generated::matches("matrix.md", &matrix_document());
}

#[test]
fn the_permission_reference_says_what_the_catalogue_holds() {
    generated::matches("permissions.md", &permission_document());
}

fn matrix_document() -> String {
    let mut text = String::from(
        "# What each role may do\n\n\
         Made by asking the engine, role by role and permission by permission, about rows of each kind. Do not edit:\n\
         `RINGFENCE_UPDATE=1 cargo test -p access` writes it.\n\n\
         `a` every row of the workspace · `t` rows of the units one leads · `s` rows that touch what is granted to one · \
         `o` one's own rows · `-` nothing.\n`t` includes one's own rows and `a` includes everything. A permission that \
         concerns no rows is `a` or `-`.\n",
    );
    for preset in Preset::all() {
        write!(text, "\n## {}\n\n{}\n", preset.name, preset.summary).unwrap();
        let actors = columns_of(preset);
        for group in Group::ALL {
            let heads: Vec<&str> = preset.roles.iter().map(|r| r.name.as_str()).collect();
            let mut rows =
                vec![row(group.label(), &heads.iter().map(|h| (*h).to_owned()).collect::<Vec<_>>(), &heads)];
            rows.push(format!(
                "|{}|{}\n",
                "-".repeat(26),
                heads.iter().map(|h| format!("{}|", "-".repeat(h.len() + 2))).collect::<String>()
            ));
            for permission in Permission::ALL.iter().filter(|p| p.entry().group == group) {
                let cells: Vec<String> =
                    actors.iter().map(|(_, a)| reaches(a, *permission).to_string()).collect();
                rows.push(row(permission.name(), &cells, &heads));
            }
            write!(text, "\n{}", rows.concat()).unwrap();
        }
    }
    text
}

fn row(name: &str, cells: &[String], heads: &[&str]) -> String {
    let cells = cells.iter().zip(heads).map(|(cell, head)| format!(" {cell:<width$} |", width = head.len()));
    format!("| {name:<24} |{}\n", cells.collect::<String>())
}

fn permission_document() -> String {
    let mut text = format!(
        "# Permissions\n\n\
         The {} permissions of the catalogue. Do not edit: `RINGFENCE_UPDATE=1 cargo test -p access` writes this.\n\n\
         Reaches: `o` own, `s` assigned, `t` team, `a` all. *Needs*: the permission without which it is of no use. \
         *Grants*: which\nof a user's grants count for the reach `s`. *Risky*: asked twice before it is given.\n",
        Permission::ALL.len()
    );
    for group in Group::ALL {
        write!(text, "\n## {}\n\n| permission | lets one | | reaches | needs | grants | |\n|---|---|---|---|---|---|---|\n", group.label()).unwrap();
        for permission in Permission::ALL.iter().filter(|p| p.entry().group == group) {
            text.push_str(&reference_row(*permission));
        }
    }
    text
}

fn reference_row(permission: Permission) -> String {
    let entry = permission.entry();
    let needs = permission.requires().map_or(String::new(), |p| format!("`{p}`"));
    let grants = match (entry.reaches.has(Reach::Assigned), permission.grant_use()) {
        (false, _) => "",
        (true, access::permission::GrantUse::Use) => "use",
        (true, access::permission::GrantUse::Observe) => "observe",
        (true, access::permission::GrantUse::Either) => "use or observe",
    };
    let mut cautions = vec![];
    cautions.extend(entry.risky.then_some("risky"));
    cautions.extend((!permission.can_be_given()).then_some("cannot be given"));
    format!(
        "| `{permission}` | {} | {} | {} | {needs} | {grants} | {} |\n",
        entry.meaning,
        entry.verb.label().to_lowercase(),
        entry.reaches,
        cautions.join(", ")
    )
}
