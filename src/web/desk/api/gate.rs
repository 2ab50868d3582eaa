//! Gate: who comes by a token (RFC 6750), and whether they may. A cookie does not open it, and a token opens no page. What
//! a token may is asked of its account anew each time.

use super::repeated;
use crate::actions;
use crate::domain::secret::Secret;
use crate::domain::token::{MARK, Scope, Token};
use crate::store::{self, Errand};
use crate::web::desk::guard::{Door, Visitor};
use crate::web::limits::Asker;
use crate::web::{Error, Pages};
use axum::extract::{RawPathParams, Request, State};
use axum::http::header::{self, HeaderMap};
use axum::middleware::Next;
use axum::response::Response;

/// What stands before one route.
#[derive(Clone)]
pub(in crate::web::desk) struct Gate {
    pub(in crate::web::desk) door: Door,
    pub(in crate::web::desk) scope: Scope,
    /// The most bytes of a body.
    pub(in crate::web::desk) most: usize,
}

/// Lets in whose token was made for this and whose account may, and tells the route who it is.
pub(in crate::web::desk) async fn admit(
    State(gate): State<Gate>,
    concerns: RawPathParams,
    mut request: Request,
    next: Next,
) -> Result<Response, Error> {
    let pages = &gate.door.pages;
    let now = pages.clock.now();
    let Some(token) = token(pages, request.headers()).await? else {
        let Asker(asker) = Asker::of(&pages.limits, request.extensions(), request.headers());
        pages.limits.guesses(asker, now).map_err(Error::TooMany)?;
        return Err(Error::NoToken(request.headers().contains_key(header::AUTHORIZATION)));
    };
    pages.limits.asks(token.id, now).map_err(Error::TooMany)?;
    if !token.scopes.contains(&gate.scope) {
        return Err(Error::Scope(gate.scope));
    }
    let found = store::account::find(&mut *pages.store.read().await?, token.account).await?;
    let mut account = found.ok_or(Error::NoToken(true))?;
    account.rights = token.rights(&account.rights).ok_or(Error::NotYours)?;
    gate.door.lets(&account.rights, &concerns).await?;
    // That it was used is worth knowing, and nothing to fail for.
    if let Err(error) = actions::token::note_use(&pages.store, now, &token).await {
        tracing::warn!("the use of a token was not noted: {error}");
    }
    let errand = Errand { token: token.id, request: None };
    request.extensions_mut().insert(Visitor { account, session: None, errand: Some(errand) });
    repeated::once(&gate, request, next).await
}

/// The token that a request carries, if it opens.
async fn token(pages: &Pages, headers: &HeaderMap) -> Result<Option<Token>, Error> {
    let Some(secret) = secret(headers) else { return Ok(None) };
    let mut reading = pages.store.read().await?;
    Ok(store::token::open(&mut reading, secret.digest(), pages.clock.now()).await?)
}

/// `Authorization: Bearer yizhan_…` (RFC 6750 §2.1); two such headers are none.
fn secret(headers: &HeaderMap) -> Option<Secret> {
    let mut said = headers.get_all(header::AUTHORIZATION).iter();
    let (only, None) = (said.next()?, said.next()) else { return None };
    let (scheme, credentials) = only.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    credentials.trim().strip_prefix(MARK)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_comes_as_a_bearer_and_in_no_other_way() {
        let text = Secret::of([9; 32]).text();
        for (said, opens) in [
            (vec![format!("Bearer {MARK}{text}")], true),
            (vec![format!("bearer  {MARK}{text}")], true),
            (vec![format!("Bearer {text}")], false),
            (vec![format!("Basic {MARK}{text}")], false),
            (vec![format!("Bearer {MARK}{text}"), format!("Bearer {MARK}{text}")], false),
            (vec![format!("Bearer{MARK}{text}")], false),
            (Vec::new(), false),
        ] {
            let mut headers = HeaderMap::new();
            for value in &said {
                headers.append(header::AUTHORIZATION, value.parse().unwrap());
            }
            assert_eq!(secret(&headers).is_some(), opens, "{said:?}");
        }
    }
}
