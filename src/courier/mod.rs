//! Third floor: carries letters out.
