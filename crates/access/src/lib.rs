//! The access model of Ringfence: permissions, reaches, presets, decisions and their explanations.
//!
//! Pure: no I/O and no clock; moments are passed in. Read [`decide`] first.

pub mod authority;
pub mod calling;
pub mod decide;
pub mod explain;
pub mod foresight;
pub mod handover;
mod holder;
pub mod limits;
pub mod model;
pub mod permission;
mod powers;
pub mod preset;
mod reach;
mod remedies;
mod snapshot;
pub mod text;
pub mod thing;
mod view_as;

pub use decide::{Actor, Denied, Permit, Rows, Visible};
pub use foresight::Difference;
pub use model::{Id, Micros, Model};
pub use permission::{Group, Permission, Right, Verb, can};
pub use powers::{Cell, PermissionSet, Powers};
pub use preset::{Plan, Preset, PresetToggle};
pub use reach::{Reach, Reaches};
pub use snapshot::{Folded, Snapshot, shown};
pub use text::Text;
pub use thing::{Noun, Thing};
pub use view_as::CannotView;
