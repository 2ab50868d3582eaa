//! How letters look.
