//! Yizhan sends each issue of a periodical to its subscribers by email, and can say what happened
//! to every copy. The doors, in floor order (ARCHITECTURE.md): each floor knows those below it.

/// Beside the floors: the one owner of time.
pub mod clock;

/// Beside the floors: what reads a stranger's file in a process of its own.
pub mod apart;

/// Beside the floors: the one place that draws.
pub mod chance;

/// Ground: the nouns and their laws.
pub mod domain;

/// First floor: remembers.
pub mod store;

/// First floor: foreign bytes → our nouns.
pub mod intake;

/// First floor: our nouns → mail bytes.
pub mod compose;

/// Second floor: every change of a fact.
pub mod actions;

/// Third floor: shows and asks.
pub mod web;

/// Third floor: carries letters out.
pub mod courier;

/// Third floor: speaks SMTP as server.
pub mod mailbox;

/// Third floor: keeps the hours.
pub mod scheduler;

/// Roof: reads the settings, builds everything, joins it, stops it.
pub mod cli;

/// Beside the roof: the settings.
pub mod config;
