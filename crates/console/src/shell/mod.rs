//! What is around every page: the frame, the menu, what is said after something was done, refusals, lists.

pub mod assets;
pub mod choices;
pub(crate) mod done;
pub mod foresight;
pub mod frame;
pub mod home;
pub(crate) mod languages;
pub mod menu;
pub(crate) mod paging;
pub mod parts;
pub mod refused;
pub(crate) mod when;
