//! Presets, toggles and plans: data files embedded in the binary, from which workspaces are created.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::permission::Permission;
use crate::powers::{Cell, PermissionSet};
use crate::reach::{Reach, Reaches};

/// A published model of roles that a workspace can be created from.
#[derive(Debug)]
pub struct Preset {
    /// The name in commands and files: `calilio`.
    pub key: &'static str,
    /// The name for people.
    pub name: String,
    /// One sentence about it.
    pub summary: String,
    /// Its built-in roles, in column order.
    pub roles: Vec<PresetRole>,
    /// What holds in it besides the matrix.
    pub rules: PresetRules,
}

/// What holds in a preset besides its matrix; all of it is off unless the preset says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PresetRules {
    /// A number belongs to one user at a time (ONF-07).
    pub exclusive_numbers: bool,
    /// Placing and receiving calls needs an extension of one's own (NUA-06).
    pub calls_need_extension: bool,
    /// Changing the company's configuration asks for the password again (CLY-19).
    pub settings_ask_password: bool,
}

/// A built-in role of a preset.
#[derive(Debug)]
pub struct PresetRole {
    /// The name in commands and files: `team_lead`.
    pub key: String,
    /// The name for people.
    pub name: String,
    /// How the rules about owners and last admins see it.
    pub standing: RoleStanding,
    /// What it holds.
    pub holds: Vec<Cell>,
    /// Whether a new user gets this role unless another is chosen.
    pub default: bool,
}

/// How the rules about owners and last admins see a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub struct RoleStanding {
    /// Exactly one user holds it, and nobody else may touch that user (CAL-01, CAL-02).
    #[serde(default)]
    pub owner: bool,
    /// Somebody active always holds it (ALL-07, CLY-09).
    #[serde(default)]
    pub guardian: bool,
    /// Denied toggles do not reduce it (CAL-02, NUA-01).
    #[serde(default)]
    pub unrestricted: bool,
}

/// A built-in toggle: a bundle that is allowed or denied for one user.
#[derive(Debug, Clone)]
pub struct PresetToggle {
    /// The name in commands and files: `full_call_report_access`.
    pub key: String,
    /// The name for people.
    pub name: String,
    /// What it gives, for people.
    pub summary: String,
    /// What it holds.
    pub holds: Vec<Cell>,
    /// What it holds besides while the toggle of that key is allowed too.
    pub with: Option<(String, Vec<Cell>)>,
}

/// A plan: what a workspace has paid for.
#[derive(Debug)]
pub struct Plan {
    /// The name in commands and files.
    pub key: String,
    /// The name for people.
    pub name: String,
    /// The permissions that are on under this plan.
    pub allows: PermissionSet,
    /// How many numbers one user can have at most (ONF-07); none for no limit.
    pub numbers_per_user: Option<u32>,
}

impl Preset {
    /// Every preset.
    pub fn all() -> &'static [Preset] {
        &PRESETS
    }

    /// The preset of that key.
    pub fn by_key(key: &str) -> Option<&'static Preset> {
        PRESETS.iter().find(|p| p.key == key)
    }

    /// The built-in role of that key.
    pub fn role(&self, key: &str) -> Option<&PresetRole> {
        self.roles.iter().find(|r| r.key == key)
    }

    /// Whether the preset knows an Owner at all.
    pub fn has_owner(&self) -> bool {
        self.roles.iter().any(|r| r.standing.owner)
    }
}

impl PresetToggle {
    /// Every built-in toggle, in the order in which they are shown.
    pub fn all() -> &'static [PresetToggle] {
        &TOGGLES
    }

    /// The toggle of that key.
    pub fn by_key(key: &str) -> Option<&'static PresetToggle> {
        TOGGLES.iter().find(|t| t.key == key)
    }
}

impl Plan {
    /// Every plan, the fullest first.
    pub fn all() -> &'static [Plan] {
        &PLANS
    }

    /// The plan of that key.
    pub fn by_key(key: &str) -> Option<&'static Plan> {
        PLANS.iter().find(|p| p.key == key)
    }
}

static PRESETS: LazyLock<Vec<Preset>> = LazyLock::new(|| {
    [
        ("standard", include_str!("../presets/standard.toml")),
        ("calilio", include_str!("../presets/calilio.toml")),
        ("calliyo", include_str!("../presets/calliyo.toml")),
        ("nuacom", include_str!("../presets/nuacom.toml")),
        ("onoff", include_str!("../presets/onoff.toml")),
    ]
    .into_iter()
    .map(|(key, text)| embedded(key, read_preset(key, text)))
    .collect()
});

static TOGGLES: LazyLock<Vec<PresetToggle>> =
    LazyLock::new(|| embedded("toggles", read_toggles(include_str!("../presets/toggles.toml"))));

static PLANS: LazyLock<Vec<Plan>> =
    LazyLock::new(|| embedded("plans", read_plans(include_str!("../presets/plans.toml"))));

#[expect(clippy::panic, reason = "the file is part of the binary and a test reads every one of them")]
fn embedded<T>(key: &str, read: Result<T, String>) -> T {
    read.unwrap_or_else(|error| panic!("presets/{key}.toml: {error}"))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PresetFile {
    name: String,
    summary: String,
    #[serde(default)]
    rules: PresetRules,
    roles: Vec<RoleFile>,
    matrix: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct RoleFile {
    key: String,
    name: String,
    #[serde(flatten)]
    standing: RoleStanding,
    #[serde(default)]
    default: bool,
}

fn read_preset(key: &'static str, text: &str) -> Result<Preset, String> {
    let file: PresetFile = toml::from_str(text).map_err(|e| e.to_string())?;
    let mut roles: Vec<PresetRole> = file
        .roles
        .into_iter()
        .map(|r| PresetRole {
            key: r.key,
            name: r.name,
            standing: r.standing,
            holds: vec![],
            default: r.default,
        })
        .collect();
    for permission in Permission::ALL {
        let row = file.matrix.get(permission.name()).ok_or(format!("no row for {permission}"))?;
        let cells: Vec<&str> = row.split_whitespace().collect();
        if cells.len() != roles.len() {
            return Err(format!("{permission}: {} cells for {} roles", cells.len(), roles.len()));
        }
        for (role, letters) in roles.iter_mut().zip(cells) {
            let reaches = read_reaches(*permission, letters)?;
            if !reaches.is_empty() {
                role.holds.push((*permission, reaches));
            }
        }
    }
    if file.matrix.len() != Permission::ALL.len() {
        return Err("the matrix has rows that are no permissions".into());
    }
    Ok(Preset { key, name: file.name, summary: file.summary, roles, rules: file.rules })
}

fn read_reaches(permission: Permission, letters: &str) -> Result<Reaches, String> {
    Reaches::from_letters(letters)
        .filter(|r| r.intersection(permission.entry().reaches) == *r)
        .ok_or(format!("{permission}: `{letters}` is not among its reaches {}", permission.entry().reaches))
}

#[derive(Deserialize)]
struct TogglesFile {
    toggle: Vec<ToggleFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ToggleFile {
    key: String,
    name: String,
    summary: String,
    holds: BTreeMap<String, String>,
    with: Option<WithFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WithFile {
    toggle: String,
    holds: BTreeMap<String, String>,
}

fn read_toggles(text: &str) -> Result<Vec<PresetToggle>, String> {
    let file: TogglesFile = toml::from_str(text).map_err(|e| e.to_string())?;
    file.toggle
        .into_iter()
        .map(|t| {
            let with = t.with.map(|w| Ok::<_, String>((w.toggle, read_cells(&w.holds)?))).transpose()?;
            Ok(PresetToggle {
                holds: read_cells(&t.holds)?,
                key: t.key,
                name: t.name,
                summary: t.summary,
                with,
            })
        })
        .collect()
}

/// The cells of `{ "call_record:*" = "a" }`; for a wildcard, the reaches that each permission can have.
fn read_cells(holds: &BTreeMap<String, String>) -> Result<Vec<Cell>, String> {
    let mut cells = vec![];
    for (pattern, letters) in holds {
        if let Some(permission) = Permission::from_name(pattern) {
            cells.push((permission, read_reaches(permission, letters)?));
            continue;
        }
        let asked = Reaches::from_letters(letters).ok_or(format!("{pattern}: `{letters}` are no reaches"))?;
        for permission in matching(pattern)?.iter() {
            let reaches = asked.intersection(permission.entry().reaches);
            if !reaches.is_empty() {
                cells.push((permission, reaches));
            }
        }
    }
    Ok(cells)
}

/// The permissions that `resource:*` or `resource:action` names.
fn matching(pattern: &str) -> Result<PermissionSet, String> {
    if let Some(permission) = Permission::from_name(pattern) {
        return Ok(PermissionSet::NONE.with(permission));
    }
    let resource = pattern.strip_suffix(":*").ok_or(format!("`{pattern}` is not a permission"))?;
    let set: PermissionSet = Permission::ALL.iter().copied().filter(|p| p.resource() == resource).collect();
    if set == PermissionSet::NONE { Err(format!("`{pattern}` names no permission")) } else { Ok(set) }
}

#[derive(Deserialize)]
struct PlansFile {
    plan: Vec<PlanFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlanFile {
    key: String,
    name: String,
    lacks: Vec<String>,
    numbers_per_user: Option<u32>,
}

fn read_plans(text: &str) -> Result<Vec<Plan>, String> {
    let file: PlansFile = toml::from_str(text).map_err(|e| e.to_string())?;
    file.plan
        .into_iter()
        .map(|plan| {
            let mut allows = PermissionSet::EVERY;
            for pattern in &plan.lacks {
                allows = matching(pattern)?.iter().fold(allows, PermissionSet::without);
            }
            Ok(Plan { key: plan.key, name: plan.name, allows, numbers_per_user: plan.numbers_per_user })
        })
        .collect()
}

/// A reach that a permission has the widest: what "everything of it" means.
pub fn widest(permission: Permission) -> Reaches {
    let can = permission.entry().reaches;
    if can.has(Reach::All) { Reaches::of(&[Reach::All]) } else { can }
}
