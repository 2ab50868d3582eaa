//! Golden letters: a small issue in each language, printed, posted and read back by a parser that
//! is not ours; and the laws of how it looks.

mod attachments;
mod fixture;
mod golden;
mod laws;
mod notice;
mod pictures;
mod readback;
mod sign;
mod summary;
mod trial;
