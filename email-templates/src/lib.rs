//! How Yizhan's letters look: HTML for mail clients, made with maud. Owns every inline style, the
//! fixed words in each language and the shape of an issue's letter. `compose` fills its plain
//! [`view`]s from the domain. Promises: nothing is fetched from anywhere, all text is escaped, and
//! with the style sheet, the classes and the pictures removed a letter looks the same.

pub mod gallery;
pub mod issue;
pub mod layout;
pub mod notice;
pub mod sample;
pub mod style;
pub mod view;
pub mod words;
