//! The faces of Ringfence: console, REST, AuthZEN, live stream, command line.

pub mod ui;
