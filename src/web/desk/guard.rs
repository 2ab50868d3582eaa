//! Guard: who is asking, and whether they may. It stands before every room of the desk. What a path concerns is told
//! by the names in it (`{issue}`, `{dispatch}`, …): the publication behind it is looked up here, so that no room can
//! forget to ask whether it is one of the visitor's.

use crate::domain::account::{Account, Permission, Rights};
use crate::domain::id::SessionId;
use crate::domain::secret::Secret;
use crate::store::concern::{Concern, publication_of};
use crate::store::{self, Errand};
use crate::web::{Error, Pages};
use axum::extract::{RawPathParams, Request, State};
use axum::http::header::{self, HeaderMap};
use axum::http::{Method, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// The cookie that holds a session's secret.
pub(super) const COOKIE: &str = "yizhan";

/// What stands before one room.
#[derive(Clone)]
pub(super) struct Door {
    pub(super) pages: Pages,
    pub(super) permission: Permission,
}

/// Who came in.
#[derive(Clone, Debug)]
pub(super) struct Visitor {
    pub(super) account: Account,
    /// The browser's session; none for the guest of a demo, and for a program.
    pub(super) session: Option<SessionId>,
    /// What a program is here for; none for people.
    pub(super) errand: Option<Errand>,
}

/// Lets in who may come in, and tells the room who it is.
pub(super) async fn admit(
    State(door): State<Door>,
    concerns: RawPathParams,
    mut request: Request,
    next: Next,
) -> Result<Response, Error> {
    let is_look = matches!(*request.method(), Method::GET | Method::HEAD);
    if !is_look && !is_from_here(request.headers(), door.pages.base_url.as_deref()) {
        return Err(Error::Foreign);
    }
    let Some(visitor) = visitor(&door.pages, request.headers()).await? else {
        return if is_look { Ok(to_sign_in(request.uri())) } else { Err(Error::SignIn) };
    };
    door.lets(&visitor.account.rights, &concerns).await?;
    request.extensions_mut().insert(visitor);
    Ok(next.run(request).await)
}

impl Door {
    /// Whether these rights open it, for what the path concerns.
    pub(super) async fn lets(&self, rights: &Rights, concerns: &RawPathParams) -> Result<(), Error> {
        let may = match concern(concerns)? {
            None => rights.may(self.permission),
            Some(concern) => {
                let publication = publication_of(&mut *self.pages.store.read().await?, &concern).await?;
                // Of what belongs to others, not even whether it is there is told.
                let role = publication.and_then(|publication| rights.role_at(publication)).ok_or(Error::NoPage)?;
                role.may(self.permission)
            }
        };
        may.then_some(()).ok_or(Error::NotYours)
    }
}

/// The thing that a path names, if it belongs to one publication.
fn concern(parts: &RawPathParams) -> Result<Option<Concern>, Error> {
    let mut found = None;
    for (name, value) in parts {
        found = match name {
            "publication" => Some(Concern::Publication(value.to_owned())),
            "issue" => Some(Concern::Issue(super::named(value)?)),
            "edition" => Some(Concern::Edition(super::named(value)?)),
            "dispatch" => Some(Concern::Dispatch(super::named(value)?)),
            "delivery" => Some(Concern::Delivery(super::named(value)?)),
            _ => continue,
        };
        break;
    }
    Ok(found)
}

/// Whoever's session the cookie opens; in a demo, its guest where there is none.
async fn visitor(pages: &Pages, headers: &HeaderMap) -> Result<Option<Visitor>, Error> {
    let mut reading = pages.store.read().await?;
    let session = match secret(headers) {
        Some(secret) => store::session::open(&mut reading, secret.digest(), pages.clock.now()).await?,
        None => None,
    };
    let guest = pages.guest.filter(|_| is_asked_here(headers));
    let Some(id) = session.as_ref().map(|session| session.account).or(guest) else { return Ok(None) };
    let account = store::account::find(&mut reading, id).await?;
    Ok(account.map(|account| Visitor { account, session: session.map(|session| session.id), errand: None }))
}

/// The secret in our cookie (RFC 6265 §5.4), if it is one.
fn secret(headers: &HeaderMap) -> Option<Secret> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(|(name, _)| *name == COOKIE).find_map(|(_, value)| value.parse().ok())
}

/// Whether a form comes from a page of ours: browsers say so themselves, and a page elsewhere cannot make them lie
/// (Fetch Metadata; RFC 6454 §7). Behind a proxy that changes Host, [web] base_url tells what we are called.
pub(super) fn is_from_here(headers: &HeaderMap, base_url: Option<&str>) -> bool {
    let said = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = said("sec-fetch-site") {
        return site == "same-origin";
    }
    let Some(origin) = said("origin") else { return false };
    let is_host = said("host").is_some_and(|host| origin.split_once("://").is_some_and(|(_, from)| from == host));
    is_host || base_url.is_some_and(|base| base == origin)
}

/// Whether the browser asks this machine by its own name: a page elsewhere whose name was made to lead here does not.
fn is_asked_here(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    ["127.0.0.1", "localhost", "[::1]"].contains(&name)
}

fn to_sign_in(wanted: &Uri) -> Response {
    let path = wanted.path_and_query().map_or("/", |path| path.as_str());
    Redirect::to(&format!("/sign-in?next={}", utf8_percent_encode(path, NON_ALPHANUMERIC))).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn a_form_is_taken_from_our_own_pages_only() {
        let base = Some("https://letters.example.cn");
        for (said, is_ours) in [
            (&[("sec-fetch-site", "same-origin")][..], true),
            (&[("sec-fetch-site", "same-site"), ("origin", "https://letters.example.cn")], false),
            (&[("sec-fetch-site", "cross-site"), ("host", "a.cn"), ("origin", "https://a.cn")], false),
            (&[("sec-fetch-site", "none")], false),
            (&[("host", "10.0.0.5:8470"), ("origin", "http://10.0.0.5:8470")], true),
            (&[("host", "10.0.0.5:8470"), ("origin", "http://10.0.0.5")], false),
            (&[("host", "127.0.0.1:8470"), ("origin", "https://letters.example.cn")], true),
            (&[("host", "a.cn"), ("origin", "null")], false),
            (&[("host", "a.cn")], false),
        ] {
            assert_eq!(is_from_here(&headers(said), base), is_ours, "{said:?}");
        }
    }

    #[test]
    fn our_cookie_is_found_among_others() {
        let text = Secret::of([9; 32]).text();
        for (cookie, found) in [
            (format!("a=b; yizhan={text}"), true),
            (format!("yizhan=short; yizhan={text}; c"), true),
            (format!("xyizhan={text}"), false),
            (String::new(), false),
        ] {
            assert_eq!(secret(&headers(&[("cookie", &cookie)])).is_some(), found, "{cookie}");
        }
    }

    #[test]
    fn a_demos_guest_asks_this_machine_by_its_own_name() {
        for (host, is_here) in [
            ("127.0.0.1:8470", true),
            ("localhost", true),
            ("[::1]:8470", true),
            ("evil.example:8470", false),
            ("127.0.0.1.evil.example", false),
        ] {
            assert_eq!(is_asked_here(&headers(&[("host", host)])), is_here, "{host}");
        }
    }
}
