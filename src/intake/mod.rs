//! First floor: foreign bytes become our nouns. Pure: no files, no clock, no store.

mod archive;
pub mod document;
mod encoding;
pub mod letter;
pub mod roster;
