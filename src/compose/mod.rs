//! First floor: our nouns become mail bytes. Pure: no clock, no chance, no store. `print` freezes
//! an issue into an edition's HTML and plain text with empty slots; a `Stationery` is an edition
//! prepared once, from which each reader's letter is a copy and a few spliced bytes, signed (`sign`)
//! with the keys that it is given.

mod attach;
mod body;
mod doubt;
mod enclose;
mod encoded_word;
mod excerpt;
pub mod gallery;
mod headers;
mod letter;
pub mod notice;
mod phrase;
mod plain_text;
mod print;
pub mod sign;
mod spacing;
mod subject;
mod trial;
mod view;

pub use doubt::{Doubt, SUBJECT_SHOWN, doubts};
pub use enclose::{LETTER_HEAVY, LETTER_LIMIT, weight, with_pictures, with_sources};
pub use letter::{Stationery, Unfit, html_as_page, html_for, sample_parcel, text_for};
pub use print::{HTML_HEAVY, HTML_LIMIT, Unprintable, for_readers, print, print_correction, sample, size_of_html};
pub use subject::{inbox, preheader};
pub use trial::trial;

#[cfg(test)]
mod tests;
