//! Ground floor: the nouns and their laws. Computes, never waits; knows no SQL, HTTP, SMTP,
//! files, clocks or async. Now, chance and keys are handed to it.

pub mod account;
pub mod address;
pub mod approval;
pub mod attempt;
pub mod audit;
pub mod breaker;
pub mod concurrency;
pub mod delivery;
pub mod dispatch;
pub mod document;
pub mod edition;
pub mod forecast;
pub mod han;
pub mod id;
pub mod issue;
pub mod journal;
pub mod lane;
pub mod language;
pub mod link;
pub mod list;
pub mod moment;
pub mod notice;
pub mod password;
pub mod publication;
pub mod quota;
pub mod reason;
pub mod relay;
pub mod rulebook;
pub mod schedule;
pub mod secret;
pub mod subscriber;
pub mod theme;
pub mod token;
pub mod valve;
pub mod walk;
