//! A rule means the same in SQL as in Rust, whoever the readers are.
