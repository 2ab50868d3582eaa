//! The desk: where people work. Its rooms are declared here, each with what it asks of whoever comes; only signing
//! in is open to everyone.

mod account;
mod asked;
mod delivery;
mod dispatch;
mod entry;
mod folder;
mod guard;
mod home;
mod letter;
mod mailbox;
mod publication;
mod rooms;
mod tally;

pub(super) use asked::Asked;
pub(super) use entry::corner;

use super::{Error, Pages};
use crate::domain::account::Permission as May;
use axum::Router;
use axum::routing::get;
use dispatch::{deeds, export, order, progress};
use rooms::Rooms;
use std::str::FromStr;

/// Its rooms; those of the mailbox only where there is one.
pub(super) fn rooms(pages: &Pages) -> Rooms {
    let rooms = Rooms::new(pages)
        .get(May::Own, "/", home::show)
        .get(May::Own, "/account", account::show)
        .post(May::Own, "/account", account::rename)
        .post(May::Own, "/account/password", account::change_password)
        .post(May::Own, "/account/sessions/{session}/end", account::end_session)
        .post(May::Own, "/sign-out", entry::sign_out)
        .get(May::Look, "/publications", publication::list)
        .get(May::Look, "/publications/{publication}", publication::show)
        .get(May::Look, "/dispatches", dispatch::list)
        .get(May::Dispatch, "/issues/{issue}/dispatch", order::show)
        .post(May::Dispatch, "/issues/{issue}/dispatch", order::start)
        .get(May::Look, "/dispatches/{dispatch}", progress::show)
        .get(May::Look, "/dispatches/{dispatch}/events", progress::events)
        .post(May::Dispatch, "/dispatches/{dispatch}/pause", deeds::pause)
        .post(May::Dispatch, "/dispatches/{dispatch}/resume", deeds::resume)
        .get(May::Dispatch, "/dispatches/{dispatch}/cancel", deeds::ask_to_cancel)
        .post(May::Dispatch, "/dispatches/{dispatch}/cancel", deeds::cancel)
        .post(May::Dispatch, "/dispatches/{dispatch}/settle", deeds::settle)
        .get(May::Dispatch, "/dispatches/{dispatch}/resend", deeds::ask_to_resend)
        .post(May::Dispatch, "/dispatches/{dispatch}/resend", deeds::resend)
        .post(May::SeeReaders, "/dispatches/{dispatch}/export", export::take)
        .get(May::SeeReaders, "/log", delivery::log::show)
        .get(May::SeeReaders, "/deliveries/{delivery}", delivery::show)
        .post(May::Dispatch, "/deliveries/{delivery}/settle", delivery::settle);
    if pages.mailbox.is_none() {
        return rooms;
    }
    rooms.get(May::KeepHouse, "/mailbox", mailbox::list).get(May::KeepHouse, "/mailbox/{number}", letter::show).get(
        May::KeepHouse,
        "/mailbox/{number}/html",
        letter::html,
    )
}

/// What is open to everyone: the ways in.
pub(super) fn entrance() -> Router<Pages> {
    Router::new()
        .route("/sign-in", get(entry::ask).post(entry::sign_in))
        .route("/welcome/{token}", get(entry::invited).post(entry::take_up))
}

/// What a path names; what cannot be read names nothing.
fn named<T: FromStr>(segment: &str) -> Result<T, Error> {
    segment.parse().map_err(|_| Error::NoPage)
}
