//! Letter: the exact bytes of one letter, made when needed. Placeholder, to be replaced by the real
//! one on merging: same names, same signature.

use crate::domain::delivery::Parcel;

/// Everything of a letter that an edition's letters share.
#[derive(Debug, Default)]
pub struct Stationery {
    /// The text.
    pub text: Vec<u8>,
}

impl Stationery {
    /// Appends the letter's bytes to `out`: CRLF line ends, no line that begins with a dot.
    pub fn letter(&self, parcel: &Parcel, out: &mut Vec<u8>) {
        out.extend_from_slice(b"Message-ID: <");
        out.extend_from_slice(parcel.message_id.as_bytes());
        out.extend_from_slice(b">\r\n\r\n");
        out.extend_from_slice(&self.text);
    }
}
