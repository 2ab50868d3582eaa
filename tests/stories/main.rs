//! Stories: one file per promise to a person, told against the real service over HTTP and SMTP.
//! Here stand the characters they play with: the scripted relay, and what is outside the house
//! (Postfix, Chromium), each a real server or program. No story sleeps.

mod relay;
