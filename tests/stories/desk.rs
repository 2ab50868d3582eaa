//! The desk, walked in a real Chromium by people who see, click, type and press keys: each file a promise. The program is
//! the real `yizhan serve` on the machine's clock, its relay the built-in mailbox (`desk/office.rs`).

mod edit;
mod entry;
mod office;
mod pages;
mod pause;
mod roster;
mod walk;
mod without_scripts;
