//! Error: why a page is not what was asked for. Each kind has its HTTP status and its page, in one
//! match; a handler returns it, and `answer` makes the page in the asker's language.

use super::page;
pub(super) use super::spoken::spoken;
use super::words::{Trouble, Words};
use crate::domain::language::Language;
use crate::domain::token::Scope;
use crate::{actions, store};
use axum::extract::rejection::QueryRejection;
use axum::http::StatusCode;
use axum::http::header::{self, HeaderValue};
use axum::response::{IntoResponse, Response};
use maud::html;
use std::sync::Arc;
use std::time::Duration;

/// What is wrong with a program's request, and what to do.
#[derive(Debug, thiserror::Error)]
#[error("{detail}")]
pub struct Wrong {
    /// What it is to HTTP.
    pub(super) code: StatusCode,
    /// What kind of thing is wrong, in a word or two.
    pub(super) kind: &'static str,
    /// What is wrong.
    pub(super) detail: String,
    /// What to do.
    pub(super) next: String,
}

impl Wrong {
    /// A request that cannot be carried out as it stands.
    pub(super) fn told(code: StatusCode, kind: &'static str, detail: impl Into<String>, next: &str) -> Error {
        Error::Wrong(Box::new(Self { code, kind, detail: detail.into(), next: next.to_owned() }))
    }
}

/// Why a page is not what was asked for.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing is there. A forged link looks like this too.
    #[error("there is nothing at this address; check the link")]
    NoPage,
    /// What follows the `?` makes no sense.
    #[error("the address asks for something that cannot be read; start again from the page before")]
    Unreadable,
    /// Not the way to ask for this page.
    #[error("this address does not take requests of this kind; open it in a browser")]
    Method,
    /// Nobody is signed in, and this is not a page that could ask for it.
    #[error("nobody is signed in; sign in and do it again")]
    SignIn,
    /// Whoever is signed in may not do this.
    #[error("this account may not do that; ask an admin")]
    NotYours,
    /// A form that no page of ours gave out.
    #[error("this form does not come from a page of ours; open the page and do it there")]
    Foreign,
    /// Too much was asked from one place.
    #[error("too many requests; go on in {} s", .0.as_secs())]
    TooMany(Duration),
    /// A request of a program without a token that opens; whether it carried one.
    #[error("no token that opens came with the request")]
    NoToken(bool),
    /// A token that was not made for this.
    #[error("the token does not have the scope {}", .0.word())]
    Scope(Scope),
    /// What a program sent is not what the route takes.
    #[error("{0}")]
    Wrong(Box<Wrong>),
    /// What was asked for was not done.
    #[error("{0}")]
    Action(#[from] actions::Error),
    /// A reader's wish could not be stored, so it must not look as if it were.
    #[error("a reader's leaving was not stored: {0}")]
    NotStored(#[source] actions::Error),
    /// The database cannot be read now.
    #[error("a page could not be made: {0}")]
    Store(#[from] store::Error),
    /// A table to take along could not be written.
    #[error("the table could not be written: {0}; see that the data folder's disk has room, and try again")]
    Sheet(#[source] std::io::Error),
    /// A fault of ours.
    #[error("an answer broke off; look for a panic in the log, and report it")]
    Broken,
    /// The mailbox's folder cannot be read.
    #[error("the mailbox's folder cannot be read: {0}; check that it is there and may be read")]
    Mailbox(#[from] std::io::Error),
}

impl Error {
    /// What it is to HTTP, and to people.
    fn meaning(&self, words: &'static Words) -> (StatusCode, &'static Trouble) {
        match self {
            Self::NoPage => (StatusCode::NOT_FOUND, &words.no_page),
            Self::Unreadable => (StatusCode::BAD_REQUEST, &words.unreadable),
            Self::Method => (StatusCode::METHOD_NOT_ALLOWED, &words.method),
            Self::TooMany(_) => (StatusCode::TOO_MANY_REQUESTS, &words.too_many),
            Self::SignIn | Self::NoToken(_) => (StatusCode::UNAUTHORIZED, &words.signed_out),
            Self::NotYours | Self::Scope(_) => (StatusCode::FORBIDDEN, &words.not_yours),
            Self::Wrong(wrong) => (wrong.code, &words.unreadable),
            Self::Foreign => (StatusCode::FORBIDDEN, &words.foreign),
            Self::Action(actions::Error::Unknown { .. }) => (StatusCode::NOT_FOUND, &words.no_page),
            Self::Action(actions::Error::Store(_)) | Self::Store(_) => {
                (StatusCode::SERVICE_UNAVAILABLE, &words.unavailable)
            }
            Self::Action(_) => (StatusCode::CONFLICT, &words.not_done),
            Self::NotStored(_) => (StatusCode::SERVICE_UNAVAILABLE, &words.not_stored),
            Self::Sheet(_) => (StatusCode::SERVICE_UNAVAILABLE, &words.unavailable),
            Self::Broken => (StatusCode::INTERNAL_SERVER_ERROR, &words.unavailable),
            Self::Mailbox(_) => (StatusCode::INTERNAL_SERVER_ERROR, &words.no_mailbox),
        }
    }

    /// The page that says so, to whoever asked for a letter's link (`is_letters`) or for a page of the desk.
    pub(super) fn page(&self, language: Language, is_letters: bool) -> Response {
        let words = Words::of(language);
        let (code, notice) = self.meaning(words);
        let notice = if is_letters && code == StatusCode::NOT_FOUND { &words.no_link } else { notice };
        let why = match self {
            Self::Action(error) if code == StatusCode::CONFLICT => Some(spoken(error, language)),
            _ => None,
        };
        let main = html! {
            h1 { (notice.title) }
            p { (why.as_deref().unwrap_or(notice.why)) }
            p .muted { (notice.next) }
            @if !is_letters { p { a href="/" { (words.to_home) } } }
        };
        let mut response = (code, page::plain(language, notice.title, &main)).into_response();
        if let Self::TooMany(wait) = self {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
        }
        response
    }
}

impl IntoResponse for Error {
    /// An empty answer that carries the error to `answer`, which knows the asker's language.
    fn into_response(self) -> Response {
        let (code, _) = self.meaning(Words::of(Language::English));
        if code.is_server_error() {
            tracing::error!(code = code.as_u16(), "{self}");
        }
        let mut response = code.into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

impl From<QueryRejection> for Error {
    fn from(_: QueryRejection) -> Self {
        Self::Unreadable
    }
}
