//! The page that shows the API: its rules, the whole way in curl, and each route of the table. No script from anywhere.

use super::route::{ROUTES, Route, Takes};
use crate::domain::token::Scope;
use crate::web::Error;
use crate::web::desk::Asked;
use crate::web::page::{self, Around, Place};
use crate::web::words::api::Words;
use crate::web::words::token;
use axum::http::{HeaderMap, header};
use axum::response::Html;
use maud::{Markup, html};
use serde_json::Value;

/// `GET /api`
pub(in crate::web::desk) async fn page(asked: Asked, headers: HeaderMap) -> Result<Html<String>, Error> {
    let words = Words::of(asked.language);
    let base = asked.pages.base_url.clone().unwrap_or_else(|| format!("http://{}", host(&headers)));
    let main = html! {
        h1 { (words.title) }
        p { (words.what) }
        p { (words.begin) " " a href="/account/tokens" { (words.to_tokens) } " · "
            a href="/api/v1/openapi.json" { (words.document) } }
        ul { @for rule in words.rules { li { (rule) } } }
        h2 { (words.whole_way) }
        pre .code tabindex="0" { (example(&base)) }
        h2 { (words.routes) }
        @for scope in Scope::ALL {
            section .routes {
                h3 { code { (scope.word()) } " · " ((token::Words::of(asked.language).scope)(scope)) }
                @for route in ROUTES.iter().filter(|route| route.scope == scope) { (shown(&asked, words, route)) }
            }
        }
    };
    Ok(page::desk(&asked, &Around { title: words.title, place: Place::Account, live: false }, &main))
}

/// Where this page was asked for: the same place answers programs. What could mean something else to a shell is no host.
fn host(headers: &HeaderMap) -> &str {
    let is_plain =
        |host: &&str| !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || ".:-[]".contains(c));
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok());
    host.filter(is_plain).unwrap_or("127.0.0.1:8470")
}

fn shown(asked: &Asked, words: &Words, route: &Route) -> Markup {
    let query: Vec<_> = route.query.iter().map(|(name, _)| *name).collect();
    html! {
        details {
            summary { code { strong { (route.method) } " " (route.path) } " " span .muted { (route.does().spoken(asked.language)) } }
            @if !query.is_empty() { p { (words.query) ": " code { (query.join(", ")) } } }
            @match route.takes {
                Takes::Nothing => {}
                Takes::Object(schema) => { p { (words.body) } pre .code tabindex="0" { (sample(&schema())) } }
                Takes::File(kinds) => { p { (words.body) ": " (words.file) " (" (in_a_row(kinds)) ")" } }
            }
            p { (words.answer) " " (route.gives.0.iter().map(u16::to_string).collect::<Vec<_>>().join(", ")) }
            pre .code tabindex="0" { (sample(&(route.gives.1)())) }
        }
    }
}

/// The media types of a file, in a row.
fn in_a_row(kinds: &[(&str, &str)]) -> String {
    kinds.iter().map(|(kind, _)| *kind).collect::<Vec<_>>().join(", ")
}

/// A value of a schema, written out as people write JSON.
fn sample(schema: &Value) -> String {
    serde_json::to_string_pretty(&value(schema)).unwrap_or_default()
}

fn value(schema: &Value) -> Value {
    if let Some(first) = schema["oneOf"].as_array().and_then(|all| all.first()) {
        return value(first);
    }
    if let Some(first) = schema["enum"].as_array().and_then(|all| all.first()) {
        return first.clone();
    }
    let kind = schema["type"].as_str().or_else(|| schema["type"][0].as_str()).unwrap_or_default();
    match kind {
        "object" => {
            let members = schema["properties"].as_object().into_iter().flatten();
            Value::Object(members.map(|(name, of)| (name.clone(), value(of))).collect())
        }
        "array" => Value::Array(vec![value(&schema["items"])]),
        "integer" => Value::from(1),
        "boolean" => Value::from(true),
        _ => Value::from("…"),
    }
}

/// The whole way, as it is typed.
fn example(base: &str) -> String {
    let head = "-H \"Authorization: Bearer $TOKEN\"";
    let key = "-H \"Idempotency-Key: $(uuidgen)\"";
    let json = "-H 'Content-Type: application/json'";
    let api = format!("{base}{}", super::ROOT);
    format!(
        "TOKEN=yizhan_…\n\
         curl {head} {api}/publications\n\
         curl {head} {key} -F file=@bulletin.txt {api}/publications/PUB/issues\n\
         curl {head} {api}/issues/1\n\
         curl {head} {key} {json} -d '{{\"defaults\": true}}' {api}/issues/1/answers\n\
         curl {head} {key} -X POST {api}/issues/1/submit\n\
         curl {head} {key} {json} -d '{{\"to\": [\"PUB/LIST\"]}}' {api}/issues/1/dispatches\n\
         curl {head} {api}/dispatches/1\n\
         curl {head} '{api}/deliveries?dispatch=1&state=failed'"
    )
}
