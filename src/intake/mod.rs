//! First floor: foreign bytes become our nouns. Pure: no files, no clock, no store.

pub mod document;
pub mod roster;

mod encoding;
