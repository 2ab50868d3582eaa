//! Problem: why a program did not get what it asked for (RFC 9457): what is wrong, and what to do, in English.

use crate::actions;
use crate::domain::language::Language;
use crate::intake::document::Refusal;
use crate::store;
use crate::web::Error;
use crate::web::contract;
use axum::http::StatusCode;
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// What stands before the kind in a problem's type.
const TYPE: &str = "urn:yizhan:problem:";

/// After how many seconds a database that is busy or full may be asked again.
const AGAIN: u64 = 30;

/// A problem, before it is written.
struct Problem {
    code: StatusCode,
    kind: &'static str,
    detail: String,
    next: String,
    more: Value,
}

/// The answer that tells a program of an error.
pub(in crate::web) fn problem(error: &Error) -> Response {
    let Problem { code, kind, detail, next, more } = told(error);
    let mut json = json!({
        "type": format!("{TYPE}{kind}"), "title": code.canonical_reason().unwrap_or_default(), "status": code.as_u16(),
        "detail": detail, "next": next,
    });
    if let (Some(json), Value::Object(more)) = (json.as_object_mut(), more) {
        json.extend(more);
    }
    let mut response = (code, [(header::CONTENT_TYPE, "application/problem+json")], json.to_string()).into_response();
    let said = header_of(error, code).and_then(|(name, value)| Some((name, HeaderValue::from_str(&value).ok()?)));
    if let Some((name, value)) = said {
        response.headers_mut().insert(name, value);
    }
    response
}

/// What a program's library looks for: what kind of token is wanted (RFC 6750 §3), or how long to wait.
fn header_of(error: &Error, code: StatusCode) -> Option<(HeaderName, String)> {
    let wanted = |why: &str| Some((header::WWW_AUTHENTICATE, format!("Bearer realm=\"yizhan\"{why}")));
    if let Error::Scope(scope) = error {
        return wanted(&format!(", error=\"insufficient_scope\", scope=\"{}\"", scope.word()));
    }
    if let Error::TooMany(wait) = error {
        return Some((header::RETRY_AFTER, wait.as_secs().max(1).to_string()));
    }
    match code {
        StatusCode::UNAUTHORIZED if matches!(error, Error::NoToken(true)) => wanted(", error=\"invalid_token\""),
        StatusCode::UNAUTHORIZED => wanted(""),
        StatusCode::SERVICE_UNAVAILABLE => Some((header::RETRY_AFTER, AGAIN.to_string())),
        _ => None,
    }
}

fn plain(code: StatusCode, kind: &'static str, detail: impl Into<String>, next: &str) -> Problem {
    Problem { code, kind, detail: detail.into(), next: next.to_owned(), more: Value::Null }
}

fn told(error: &Error) -> Problem {
    use StatusCode as Code;
    match error {
        Error::NoPage => plain(
            Code::NOT_FOUND,
            "not-found",
            "There is nothing here, or it is not for this token.",
            "GET /api/v1/publications shows where the token may work; /api/v1/openapi.json describes the routes.",
        ),
        Error::Unreadable => {
            plain(Code::BAD_REQUEST, "unreadable", "The request cannot be read.", "Mend it and send it again.")
        }
        Error::Method => plain(
            Code::METHOD_NOT_ALLOWED,
            "method",
            "This route does not take requests of this kind.",
            "The Allow header names those that it takes.",
        ),
        Error::NoToken(false) | Error::SignIn => plain(
            Code::UNAUTHORIZED,
            "no-token",
            "No token came with the request; a browser's cookie opens nothing here.",
            "Make a token on /account/tokens and send it as Authorization: Bearer yizhan_….",
        ),
        Error::NoToken(true) => plain(
            Code::UNAUTHORIZED,
            "token-ended",
            "The token does not open: it has run out or was revoked, its account is closed, or it is not one of ours.",
            "Make another on /account/tokens.",
        ),
        Error::Scope(scope) => plain(
            Code::FORBIDDEN,
            "scope",
            format!("The token was not made for this: it lacks the scope {}.", scope.word()),
            "Make a token with that scope on /account/tokens.",
        ),
        Error::NotYours | Error::Foreign => plain(
            Code::FORBIDDEN,
            "forbidden",
            "The account that the token acts for may not do this now.",
            "Ask an admin for the role that it needs.",
        ),
        Error::TooMany(wait) => plain(
            Code::TOO_MANY_REQUESTS,
            "too-many",
            format!("More was asked than this token or address may; go on in {} s.", wait.as_secs().max(1)),
            "Wait as long as Retry-After says, and ask less often.",
        ),
        Error::Wrong(wrong) => plain(wrong.code, wrong.kind, wrong.detail.clone(), &wrong.next),
        Error::Action(error) | Error::NotStored(error) => action(error),
        Error::Store(error) => stored(error),
        Error::Broken => plain(
            Code::INTERNAL_SERVER_ERROR,
            "broken",
            "The answer broke off; the request may have been carried out.",
            "Look at what it asked for with a GET before you repeat it.",
        ),
        Error::Sheet(_) | Error::Mailbox(_) => unavailable(),
    }
}

fn action(error: &actions::Error) -> Problem {
    use StatusCode as Code;
    use actions::Error as E;
    match error {
        E::Unknown { noun, name, .. } => plain(
            Code::NOT_FOUND,
            "not-found",
            format!("There is no {noun} {name}."),
            "Check its name or number; the lists of the API show what there is.",
        ),
        E::Refused(sentence) => plain(
            Code::CONFLICT,
            "refused",
            sentence.english.clone(),
            "Nothing was changed; look at how it stands, and mend what the detail names.",
        ),
        E::Stale(_) => plain(Code::CONFLICT, "stale", error.to_string(), "Look at it again, then repeat the request."),
        E::QuestionsOpen { issue, open } => Problem {
            more: json!({ "open": open.iter().map(contract::flag).collect::<Vec<_>>() }),
            ..plain(
                Code::CONFLICT,
                "questions-open",
                format!("Issue {issue} has {} open questions of its import.", open.len()),
                &format!("Answer them with POST /api/v1/issues/{issue}/answers, or on the page /issues/{issue}."),
            )
        },
        E::ApprovalsMissing { edition, given, needed } => Problem {
            more: json!({ "edition": edition, "given": given, "needed": needed }),
            ..plain(
                Code::CONFLICT,
                "approvals-missing",
                format!("Edition {edition} has {given} of {needed} approvals."),
                "Nothing was changed. If the issue was not submitted yet, POST it to /submit; then a person approves it at the \
                 desk, for tokens may not; then repeat the request.",
            )
        },
        E::Document(refusal) => {
            let is_large = matches!(refusal, Refusal::TooLarge);
            let code = if is_large { Code::PAYLOAD_TOO_LARGE } else { Code::UNPROCESSABLE_ENTITY };
            plain(
                code,
                "document",
                refusal.sentence(Language::English),
                "Nothing was kept; mend the document and send it again.",
            )
        }
        E::Unprintable(_) | E::Unfit(_) => plain(
            Code::UNPROCESSABLE_ENTITY,
            "unprintable",
            error.to_string(),
            "Mend the issue at the desk, then repeat the request.",
        ),
        E::Held(_) => plain(
            Code::SERVICE_UNAVAILABLE,
            "held",
            "The station is held: nothing is sent before a person has looked.",
            "An admin looks at it with `yizhan restore --release`.",
        ),
        E::Store(error) => stored(error),
    }
}

fn stored(error: &store::Error) -> Problem {
    let is_kept_out = matches!(error, store::Error::Constraint(_));
    if !is_kept_out {
        return unavailable();
    }
    plain(
        StatusCode::CONFLICT,
        "refused",
        "This cannot be kept so; nothing was changed.",
        "Look at how it stands now, then repeat the request.",
    )
}

/// What failed in the house is told to the log, and not to a stranger.
fn unavailable() -> Problem {
    plain(
        StatusCode::SERVICE_UNAVAILABLE,
        "unavailable",
        "The database cannot be used now; what was asked for was not done.",
        "Repeat the request, with its Idempotency-Key, when Retry-After has passed.",
    )
}
