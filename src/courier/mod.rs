//! Third floor: carries letters out.

pub mod carry;
pub mod desk;
pub mod relay;
pub mod session;
