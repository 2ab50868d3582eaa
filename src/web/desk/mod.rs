//! The desk: where people work. Its rooms are declared here, each with what it asks of whoever comes; only signing
//! in is open to everyone.

mod account;
mod api;
mod approval;
mod asked;
mod audit;
mod delivery;
mod dispatch;
mod entry;
mod folder;
mod frame;
mod guard;
mod home;
mod house;
mod issue;
mod letter;
mod mailbox;
mod preview;
mod publication;
mod readers;
mod relays;
mod reset;
mod rooms;
mod schedule;
mod settings;
mod take_in;
mod tally;
mod theme;
mod token;

pub(super) use api::{is_program, problem};
pub(super) use asked::Asked;
pub(super) use entry::corner;
pub(super) use issue::Step;
pub(super) use issue::edit::presence::Presence;
pub(super) use readers::Wish;

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
        .post(May::Own, "/account/notices", account::choose_notices)
        .post(May::Own, "/account/password", account::change_password)
        .post(May::Own, "/account/sessions/{session}/end", account::end_session)
        .get(May::Own, "/account/tokens", token::show)
        .post(May::Own, "/account/tokens", token::make)
        .post(May::Own, "/account/tokens/{token}/revoke", token::revoke)
        .get(May::Own, "/api", api::page)
        .post(May::Own, "/sign-out", entry::sign_out)
        .get(May::KeepHouse, "/accounts", house::list)
        .post(May::KeepHouse, "/accounts", house::add)
        .get(May::KeepHouse, "/accounts/{account}", house::show)
        .post(May::KeepHouse, "/accounts/{account}", house::set_rights)
        .post(May::KeepHouse, "/accounts/{account}/invite", house::invite)
        .post(May::KeepHouse, "/accounts/{account}/close", house::set_closed)
        .post(May::KeepHouse, "/accounts/{account}/sessions/{session}/end", house::end_session)
        .post(May::KeepHouse, "/accounts/{account}/tokens/{token}/revoke", house::revoke_token)
        .post(May::KeepHouse, "/accounts/{account}/notices/{notice}/settle", house::settle_notice)
        .get(May::KeepHouse, "/relays", relays::show)
        .post(May::KeepHouse, "/relays/test", relays::test)
        .get(May::SeeAudit, "/audit", audit::show)
        .post(May::SeeAudit, "/audit/export", audit::export)
        .get(May::Look, "/publications", publication::list)
        .get(May::Look, "/publications/{publication}", publication::show)
        .get(May::Look, "/publications/{publication}/schedule", schedule::show)
        .post(May::Dispatch, "/publications/{publication}/schedule", schedule::set)
        .post(May::Dispatch, "/publications/{publication}/schedule/pause", schedule::pause)
        .upload(May::Edit, "/publications/{publication}", take_in::LARGEST, take_in::take_in)
        .get(May::Look, "/issues/{issue}", issue::review)
        .get(May::Look, "/issues/{issue}/pictures/{picture}", issue::picture::show)
        .post(May::Edit, "/issues/{issue}/answers", issue::answer)
        .post(May::Edit, "/issues/{issue}/answers/defaults", issue::defaults)
        .post(May::Edit, "/issues/{issue}/answers/take-back", issue::take_back)
        .get(May::Edit, "/issues/{issue}/document", issue::reimport::ask)
        .upload(May::Edit, "/issues/{issue}/document", take_in::LARGEST, issue::reimport::take)
        .get(May::Edit, "/issues/{issue}/document/{digest}", issue::reimport::show)
        .post(May::Edit, "/issues/{issue}/document/{digest}", issue::reimport::take_over)
        .get(May::Edit, "/issues/{issue}/edit", issue::edit::show)
        .post(May::Edit, "/issues/{issue}/edit", issue::edit::change)
        .post(May::Edit, "/issues/{issue}/edit/undo", issue::edit::undo)
        .post(May::Edit, "/issues/{issue}/edit/redo", issue::edit::redo)
        .get(May::Edit, "/issues/{issue}/edit/history", issue::edit::history::show)
        .get(May::Edit, "/issues/{issue}/edit/events", issue::edit::events::show)
        .post(May::Edit, "/issues/{issue}/edit/here", issue::edit::events::go)
        .get(May::Look, "/issues/{issue}/facts", issue::facts)
        .post(May::Edit, "/issues/{issue}/facts", issue::save)
        .upload(May::Edit, "/issues/{issue}/attachments", issue::attachment::LARGEST, issue::attachment::add)
        .post(May::Edit, "/issues/{issue}/attachments/remove", issue::attachment::remove)
        .get(May::Look, "/issues/{issue}/attachments/{attachment}", issue::attachment::show)
        .get(May::Look, "/issues/{issue}/preview", preview::show)
        .get(May::Look, "/issues/{issue}/preview/html", preview::html)
        .post(May::Edit, "/issues/{issue}/size", preview::set_size)
        .post(May::Edit, "/issues/{issue}/extent", preview::summary::set)
        .post(May::Edit, "/issues/{issue}/trials", preview::trial::order)
        .get(May::Edit, "/issues/{issue}/trials", preview::trial::show)
        .get(May::Look, "/issues/{issue}/approval", approval::show)
        .get(May::Look, "/issues/{issue}/approval/sheet", approval::sheet::show)
        .post(May::Edit, "/issues/{issue}/approval/submit", approval::submit)
        .get(May::Look, "/editions/{edition}/html", approval::html)
        .get(May::Look, "/editions/{edition}/attachments/{attachment}", issue::attachment::of_edition)
        .post(May::Approve, "/editions/{edition}/approve", approval::approve)
        .post(May::Approve, "/editions/{edition}/send-back", approval::send_back)
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
    let rooms = api::routes(of_readers(of_groups(of_lists(of_publication(rooms)))));
    if pages.mailbox.is_none() {
        return rooms;
    }
    rooms.get(May::KeepHouse, "/mailbox", mailbox::list).get(May::KeepHouse, "/mailbox/{number}", letter::show).get(
        May::KeepHouse,
        "/mailbox/{number}/html",
        letter::html,
    )
}

/// What makes a publication.
fn of_publication(rooms: Rooms) -> Rooms {
    rooms
        .get(May::KeepHouse, "/publications/new", settings::ask_new)
        .post(May::KeepHouse, "/publications/new", settings::add)
        .get(May::KeepPublication, "/publications/{publication}/settings", settings::show)
        .post(May::KeepPublication, "/publications/{publication}/settings", settings::save)
        .get(May::KeepPublication, "/publications/{publication}/theme", theme::show)
        .post(May::KeepPublication, "/publications/{publication}/theme", theme::save)
        .get(May::KeepPublication, "/publications/{publication}/theme/letter", theme::letter)
}

/// A publication's lists and their rosters.
fn of_lists(rooms: Rooms) -> Rooms {
    use readers::{export, import, list, lists, many};
    rooms
        .get(May::SeeReaders, "/publications/{publication}/lists", lists::show)
        .post(May::KeepReaders, "/publications/{publication}/lists", lists::add)
        .get(May::SeeReaders, "/publications/{publication}/lists/{list}", list::show)
        .post(May::KeepReaders, "/publications/{publication}/lists/{list}/rename", list::rename)
        .post(May::KeepReaders, "/publications/{publication}/lists/{list}/choose", many::choose)
        .post(May::KeepReaders, "/publications/{publication}/lists/{list}/act", many::act)
        .post(May::SeeReaders, "/publications/{publication}/lists/{list}/export", export::of_list)
        .get(May::KeepReaders, "/publications/{publication}/lists/{list}/import", import::ask)
        .upload(May::KeepReaders, "/publications/{publication}/lists/{list}/import", import::LARGEST, import::take)
        .get(May::KeepReaders, "/publications/{publication}/lists/{list}/import/{digest}", import::preview)
        .post(May::KeepReaders, "/publications/{publication}/lists/{list}/import/{digest}", import::confirm)
        .post(May::KeepReaders, "/publications/{publication}/lists/{list}/imports/{import}/undo", import::undo)
}

/// A publication's groups: readers chosen by a rule.
fn of_groups(rooms: Rooms) -> Rooms {
    use readers::{export, group, many, rule};
    rooms
        .get(May::SeeReaders, "/publications/{publication}/groups", group::list)
        .post(May::KeepReaders, "/publications/{publication}/groups", rule::add)
        .get(May::KeepReaders, "/publications/{publication}/groups/new", rule::ask)
        .get(May::SeeReaders, "/publications/{publication}/groups/{group}", group::show)
        .post(May::KeepReaders, "/publications/{publication}/groups/{group}", rule::set)
        .get(May::KeepReaders, "/publications/{publication}/groups/{group}/edit", rule::ask_to_edit)
        .post(May::KeepReaders, "/publications/{publication}/groups/{group}/remove", group::remove)
        .post(May::KeepReaders, "/publications/{publication}/groups/{group}/choose", many::choose_of_group)
        .post(May::KeepReaders, "/publications/{publication}/groups/{group}/act", many::act_on_group)
        .post(May::SeeReaders, "/publications/{publication}/groups/{group}/export", export::of_group)
}

/// All readers that the visitor may see. Which ones those are, each room asks itself.
fn of_readers(rooms: Rooms) -> Rooms {
    use readers::{acts, reader, search};
    rooms
        .get(May::SeeReaders, "/readers", search::show)
        .get(May::SeeReaders, "/readers/{subscriber}", reader::show)
        .post(May::KeepReaders, "/readers/{subscriber}/edit", acts::edit)
        .post(May::KeepReaders, "/readers/{subscriber}/add", acts::add)
        .post(May::KeepReaders, "/readers/{subscriber}/leave", acts::leave)
        .post(May::KeepReaders, "/readers/{subscriber}/return", acts::bring_back)
        .post(May::KeepReaders, "/readers/{subscriber}/lift", acts::lift)
}

/// What is open to everyone: the ways in.
pub(super) fn entrance() -> Router<Pages> {
    Router::new()
        .route("/sign-in", get(entry::ask).post(entry::sign_in))
        .route("/sign-in/reset", get(reset::ask).post(reset::order))
        .route("/sign-in/reset/{token}", get(reset::open).post(reset::choose))
        .route("/welcome/{token}", get(entry::invited).post(entry::take_up))
        .route("/api/v1/openapi.json", get(api::openapi))
}

/// What a path names; what cannot be read names nothing.
fn named<T: FromStr>(segment: &str) -> Result<T, Error> {
    segment.parse().map_err(|_| Error::NoPage)
}
