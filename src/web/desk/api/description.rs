//! Description: the API as an OpenAPI 3.1 document, made of the table that serves it.

use super::route::{ROUTES, Route, Takes};
use super::schema;
use crate::domain::token::Scope;
use serde_json::{Map, Value, json};

/// What each code of an error means.
const ERRORS: [(u16, &str); 9] = [
    (400, "The request cannot be read."),
    (401, "No token that opens came with the request."),
    (403, "The token was not made for this, or its account may not do it now."),
    (404, "There is nothing here, or it is not for this token."),
    (409, "It stands otherwise than the request needs; nothing was changed."),
    (413, "The body is too large."),
    (415, "The body is of a type that the route does not take."),
    (422, "The body or the query is not what the route takes; nothing was changed."),
    (429, "More was asked than the token may; Retry-After says for how long to wait."),
];

/// The document; `base_url` is where it is served, if that is known.
pub(super) fn document(base_url: Option<&str>) -> Value {
    let mut paths = Map::new();
    for route in &ROUTES {
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        path[route.method.to_lowercase()] = operation(route);
    }
    let scopes = Scope::ALL.map(Scope::word).join(", ");
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Yizhan", "version": env!("CARGO_PKG_VERSION"),
            "description": format!("Import, dispatch, state and log. Tokens are made on /account/tokens, with scopes ({scopes}); \
                approving is a person's. Every POST takes an Idempotency-Key; errors are RFC 9457 with what to do in `next`."),
        },
        "servers": [{ "url": base_url.unwrap_or("/") }],
        "security": [{ "token": [] }],
        "paths": paths,
        "components": {
            "schemas": { "Problem": schema::problem() },
            "responses": responses(),
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer", "bearerFormat": "yizhan_…" } },
        },
    })
}

fn operation(route: &Route) -> Value {
    let (codes, gives) = route.gives;
    let answer = json!({ "description": route.does[0], "content": { "application/json": { "schema": gives() } } });
    let mut responses: Map<String, Value> = codes.iter().map(|code| (code.to_string(), answer.clone())).collect();
    for (code, _) in ERRORS.iter().filter(|(code, _)| may_answer(route, *code)) {
        responses.insert(code.to_string(), json!({ "$ref": format!("#/components/responses/{code}") }));
    }
    responses.insert("503".into(), json!({ "$ref": "#/components/responses/503" }));
    let mut operation = json!({
        "operationId": route.name, "summary": route.does[0], "tags": [route.scope.word()],
        "description": format!("Scope: {}.", route.scope.word()),
        "parameters": parameters(route), "responses": responses,
    });
    if let Some((content, required)) = content(route.takes) {
        operation["requestBody"] = json!({ "required": required, "content": content });
    }
    operation
}

/// Whether a route may answer with a code of an error.
fn may_answer(route: &Route, code: u16) -> bool {
    match code {
        409 => route.method == "POST",
        413 | 415 => !matches!(route.takes, Takes::Nothing),
        _ => true,
    }
}

fn parameters(route: &Route) -> Vec<Value> {
    let mut parameters: Vec<Value> = route
        .path
        .split('/')
        .filter_map(|piece| piece.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": of_piece(name) }))
        .collect();
    for (name, schema) in route.query {
        parameters.push(json!({ "name": name, "in": "query", "schema": schema() }));
    }
    if route.method == "POST" {
        parameters.push(json!({
            "name": "Idempotency-Key", "in": "header",
            "description": "Draw one for each request; the same key and body within 24 hours get the same answer.",
            "schema": schema::key(),
        }));
    }
    parameters
}

/// What a piece of a path names.
fn of_piece(name: &str) -> Value {
    match name {
        "publication" | "list" => schema::slug(),
        "roster" => json!({ "type": "string", "pattern": "^[0-9a-f]{64}$" }),
        _ => schema::id(),
    }
}

fn content(takes: Takes) -> Option<(Value, bool)> {
    match takes {
        Takes::Nothing => None,
        Takes::Object(schema) => {
            let schema = schema();
            let required = schema["required"].as_array().is_none_or(|names| !names.is_empty());
            Some((json!({ "application/json": { "schema": schema } }), required))
        }
        Takes::File(kinds) => {
            let file = json!({ "type": "string", "contentMediaType": "application/octet-stream" });
            let form = json!({ "type": "object", "properties": { "file": file }, "required": ["file"] });
            let mut content: Map<String, Value> =
                kinds.iter().map(|(kind, _)| ((*kind).to_owned(), json!({}))).collect();
            content.insert("multipart/form-data".into(), json!({ "schema": form }));
            Some((Value::Object(content), true))
        }
    }
}

fn responses() -> Value {
    let problem = json!({ "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } });
    let all = ERRORS.into_iter().chain([(503, "The database cannot be used now; ask again after Retry-After.")]);
    all.map(|(code, why)| (code.to_string(), json!({ "description": why, "content": problem }))).collect()
}
