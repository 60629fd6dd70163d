//! Rising by what people and things belong to: units, leads, grants, plans, toggles.
