//! Third floor: carries letters out.

pub mod session;
