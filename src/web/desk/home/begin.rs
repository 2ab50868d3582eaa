//! Begin: what a new station still needs before its first issue, step by step, for an admin. It is gone once all is done;
//! that no relay is set is said for as long as it is so.

use crate::domain::account::Permission;
use crate::domain::publication::Publication;
use crate::store;
use crate::store::issue::Known;
use crate::web::Error;
use crate::web::desk::Asked;
use crate::web::words::home::Words;
use maud::{Markup, html};

/// One step: whether it is done, and where it is done.
struct Step {
    is_done: bool,
    words: [&'static str; 3],
    path: String,
}

/// The steps that a station still needs; none for who does not keep it, and none where nothing is left to do.
pub(super) async fn steps(
    asked: &Asked,
    publications: &[Publication],
    issues: &[Known],
    has_dispatched: bool,
) -> Result<Markup, Error> {
    if !asked.may(Permission::KeepHouse) {
        return Ok(html! {});
    }
    let has_readers = has_dispatched || store::list::any_active(&mut *asked.read().await?).await?;
    let has_relay = !asked.pages.relays.ways.borrow().is_empty() && (has_dispatched || is_tried(asked));
    let words = Words::of(asked.language);
    let first = publications.first().map(|publication| format!("/publications/{}", publication.profile.slug));
    let at = |room: &str| first.as_ref().map(|path| format!("{path}{room}")).unwrap_or_default();
    let steps = [
        Step { is_done: !publications.is_empty(), words: words.step_publication, path: "/publications/new".into() },
        Step { is_done: has_relay, words: words.step_relay, path: "/relays".into() },
        Step { is_done: has_readers, words: words.step_readers, path: at("/lists") },
        Step { is_done: has_dispatched || !issues.is_empty(), words: words.step_issue, path: at("") },
    ];
    let Some(next) = steps.iter().position(|step| !step.is_done) else { return Ok(html! {}) };
    Ok(html! {
        section .card.begin #begin {
            h2 { (words.begin) }
            ol { @for (nth, step) in steps.iter().enumerate() {
                li .done[step.is_done] .later[nth > next && !step.is_done] aria-current=[(nth == next).then_some("step")] {
                    div {
                        strong { (step.words[0]) }
                        @if step.is_done { span .unseen { (words.done) } } @else { p .muted { (step.words[1]) } }
                    }
                    @if nth == next { a .button.primary href=(step.path) { (step.words[2]) } }
                }
            } }
        }
    })
}

/// Whether a relay has shown that letters go: by a test that went well, or by letters.
fn is_tried(asked: &Asked) -> bool {
    let relays = &asked.pages.relays;
    let walked = relays.sheet.borrow().as_ref().is_some_and(|walk| walk.went_well(&walk.order.relay));
    let conditions = relays.conditions.borrow();
    walked || conditions.iter().flatten().any(|condition| condition.is_tried && condition.trouble.is_none())
}
