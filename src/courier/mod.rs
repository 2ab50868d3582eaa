//! Third floor: carries letters out. `book` answers the desk and is the only one here that calls
//! actions; `carry` drives one `session` over one connection to a relay, and knows nothing above.

pub mod advice;
pub mod book;
pub mod carry;
mod certificate;
pub mod desk;
pub mod probe;
pub mod relay;
pub mod session;
mod standing;
pub mod tls;
mod wire;
