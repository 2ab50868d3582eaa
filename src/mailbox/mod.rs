//! Third floor: a mailbox that really speaks SMTP, for trying Yizhan out.
