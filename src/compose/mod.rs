//! First floor: our nouns become mail bytes. Pure: no clock, no chance, no store.

pub mod letter;
