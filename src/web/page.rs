//! Page: what stands around every page, and the small pieces that several pages show. Words go into
//! the markup escaped; there is no inline style or script, which the policy in `answer` forbids.

use super::asset::{LIVE, STYLE};
use super::desk::{Asked, corner};
use super::words::{self, Words, readers};
use crate::domain::account::Permission;
use crate::domain::language::Language;
use crate::domain::moment::Moment;
use axum::response::Html;
use chrono::TimeZone;
use chrono_tz::Tz;
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// The mark of the house, as a picture that needs no request.
const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' \
    height='32' rx='7' fill='%23b3261e'/%3E%3Cpath d='M7 11h18v11H7zl9 7 9-7' fill='none' stroke='%23fff' \
    stroke-width='2.2' stroke-linejoin='round'/%3E%3C/svg%3E";

/// The desk's places, as its navigation shows them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// What needs the visitor now.
    Home,
    /// Publications and their issues.
    Publications,
    /// Dispatches.
    Dispatches,
    /// Readers and their lists.
    Readers,
    /// The delivery log.
    Log,
    /// The mailbox's letters.
    Mailbox,
    /// The servers that letters go out by.
    Relays,
    /// Who works here.
    Accounts,
    /// Who did what.
    Audit,
    /// One's own account.
    Account,
}

/// What a desk page has beside its main part.
pub(super) struct Around<'a> {
    /// In the browser's title.
    pub(super) title: &'a str,
    /// Where it belongs.
    pub(super) place: Place,
    /// Whether pieces of it change by themselves.
    pub(super) live: bool,
}

/// A page by itself: what readers see, and errors.
pub(super) fn plain(language: Language, title: &str, main: &Markup) -> Html<String> {
    shell(language, title, &html! {}, &html! { main .plain { (main) } })
}

/// A page of the desk.
pub(super) fn desk(asked: &Asked, around: &Around<'_>, main: &Markup) -> Html<String> {
    let body = html! {
        header .top {
            a .brand href="/" { img src=(ICON) alt="" width="22" height="22"; (asked.words().house) }
            nav { @for (place, path, word) in places(asked) {
                a href=(path) aria-current=[(around.place == place).then_some("page")] { (word) }
            } }
            (corner(asked))
        }
        main .desk { (main) }
    };
    let scripts = html! {
        script type="module" src=(LIVE.path) {}
        @if around.live { noscript { meta http-equiv="refresh" content="2"; } }
    };
    shell(asked.language, around.title, &scripts, &body)
}

/// The places that a visitor may enter.
fn places(asked: &Asked) -> impl Iterator<Item = (Place, &'static str, &'static str)> {
    let words = asked.words();
    let house = words::house::Words::of(asked.language);
    [
        (true, Place::Home, "/", words.home),
        (asked.may(Permission::Look), Place::Publications, "/publications", words.publications),
        (asked.may(Permission::Look), Place::Dispatches, "/dispatches", words.dispatches),
        (asked.may(Permission::SeeReaders), Place::Log, "/log", words.log),
        (asked.may(Permission::SeeReaders), Place::Readers, "/readers", readers::Words::of(asked.language).readers),
        (asked.may(Permission::KeepHouse), Place::Relays, "/relays", words::relays::Words::of(asked.language).relays),
        (asked.may(Permission::KeepHouse), Place::Accounts, "/accounts", house.accounts),
        (asked.may(Permission::SeeAudit), Place::Audit, "/audit", house.audit),
        (asked.pages.mailbox.is_some() && asked.may(Permission::KeepHouse), Place::Mailbox, "/mailbox", words.mailbox),
    ]
    .into_iter()
    .filter_map(|(may, place, path, word)| may.then_some((place, path, word)))
}

fn shell(language: Language, title: &str, scripts: &Markup, body: &Markup) -> Html<String> {
    let markup = html! {
        (DOCTYPE)
        html lang=(language.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · " (Words::of(language).house) }
                link rel="icon" href=(ICON);
                link rel="stylesheet" href=(STYLE.path);
                (scripts)
            }
            body { (body) }
        }
    };
    Html(markup.into_string())
}

/// A moment in its publication's zone, to the second.
pub(super) fn time(moment: Moment, zone: Tz) -> Markup {
    written(moment, zone, "%Y-%m-%d %H:%M")
}

/// The same to the second, where two things within one minute must be told apart.
pub(super) fn second(moment: Moment, zone: Tz) -> Markup {
    written(moment, zone, "%Y-%m-%d %H:%M:%S")
}

fn written(moment: Moment, zone: Tz, format: &str) -> Markup {
    let shown = zone.from_utc_datetime(&moment.utc().naive_utc()).format(format).to_string();
    html! { time datetime=(moment.rfc3339_in(zone)) title=(zone.name()) { (shown) } }
}

/// A number with its thousands set apart, for reading.
pub(super) fn number(n: i64) -> Markup {
    let digits = n.unsigned_abs().to_string();
    let mut shown = String::from(if n < 0 { "−" } else { "" });
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    PreEscaped(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        for (n, shown) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567"), (-20_000, "−20,000")] {
            assert_eq!(number(n).into_string(), shown);
        }
    }
}
