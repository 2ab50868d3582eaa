//! Sheet: a sign-off sheet to print and file: which edition it is, how large, who put it forward, who said what when, and
//! room to sign by hand.

use super::{Shown, short};
use crate::compose;
use crate::domain::approval::stood_already;
use crate::domain::attachment::{Attachment, readable};
use crate::domain::edition::Print;
use crate::domain::issue::{Block, Contents, Dating};
use crate::web::Error;
use crate::web::desk::issue::title;
use crate::web::desk::{Asked, named};
use crate::web::page::{self, number, time};
use crate::web::words::approval::Words;
use crate::web::words::attachment;
use axum::extract::Path;
use axum::response::Html;
use maud::{Markup, html};

/// `GET /issues/{issue}/approval/sheet`
pub(in crate::web::desk) async fn show(asked: Asked, Path(issue): Path<String>) -> Result<Html<String>, Error> {
    let words = Words::of(asked.language);
    let shown = Shown::find(&asked, named(&issue)?).await?;
    let title = title(&asked, &shown.issue);
    let main = html! {
        p .screen { a href={ "/issues/" (shown.issue.id) "/approval" } { "← " (words.back) } }
        h1 { "《" (shown.profile.name) "》" (title) " " (words.sheet) }
        (facts(&asked, &shown))
        (answers(words, &shown))
        p .muted { (words.printed) " " (time(asked.now(), shown.profile.zone)) }
        p .screen.muted { (words.how_to_print) }
    };
    Ok(page::plain(asked.language, &format!("{title} · {}", words.sheet), &html! { div .sheet { (main) } }))
}

fn facts(asked: &Asked, shown: &Shown) -> Markup {
    let words = Words::of(asked.language);
    let submission = shown.submissions.first();
    let contents = submission.and_then(|last| last.contents.as_ref()).unwrap_or(&shown.issue.contents);
    html! {
        table .facts {
            (row(words.publication, &html! { (shown.profile.name) }))
            @match &shown.current {
                None => (row(words.result, &html! { ((words.not_yet)(shown.profile.approvals)) })),
                Some((edition, case)) => {
                    (row(words.subject, &html! { (edition.print.subject) }))
                    (row(words.digest, &html! { code { (short(edition)) } }))
                    @if let Dating::On(day) = contents.published_on { (row(words.date, &html! { (day) })) }
                    (row(words.articles, &number(contents.articles.len() as i64)))
                    (row(words.characters, &number(characters(contents) as i64)))
                    (row(words.size, &html! { (compose::size_of_html(&edition.print).div_ceil(1024)) " KB" }))
                    @if !edition.print.attachments.is_empty() { (row(attachment::Words::of(asked.language).title, &files(&edition.print))) }
                    @if let Some(last) = submission { (row(words.submitted_at, &time(last.at, shown.profile.zone))) }
                    (row(words.result, &html! { (super::said(words, case)) }))
                }
            }
        }
    }
}

/// The files that go with the letter, each with its size.
fn files(print: &Print) -> Markup {
    let file = |file: &Attachment| format!("{} ({})", file.name, readable(file.size as usize));
    html! { (print.attachments.iter().map(file).collect::<Vec<_>>().join("; ")) }
}

fn row(name: &str, value: &Markup) -> Markup {
    html! { tr { th scope="row" { (name) } td { (value) } } }
}

/// Who said what of this edition, in the order in which they did, with a line to sign on.
fn answers(words: &Words, shown: &Shown) -> Markup {
    let Some((edition, _)) = &shown.current else { return html! {} };
    let of_this = shown.history.iter().enumerate().rev().filter(|(_, event)| event.edition == edition.id);
    html! {
        table .signed {
            thead { tr {
                th scope="col" { (words.name) }
                th scope="col" { (words.result) }
                th scope="col" { (words.remarks) }
                th scope="col" { (words.time) }
                th scope="col" { (words.signature) }
            } }
            tbody { @for (nth, event) in of_this { tr {
                td data-name=(words.name) { ((words.who)(&event.who)) }
                td data-name=(words.result) { ((words.what)(event.what)) }
                td data-name=(words.remarks) {
                    @if stood_already(&shown.history, nth) { (words.stood_already) }
                    (event.why.as_deref().unwrap_or_default())
                }
                td data-name=(words.time) { (time(event.at, shown.profile.zone)) }
                td data-name=(words.signature) {}
            } } }
        }
    }
}

/// The characters of an issue's articles, white space left out, as an office counts them.
fn characters(contents: &Contents) -> usize {
    let count = |text: &str| text.chars().filter(|c| !c.is_whitespace()).count();
    let of = |blocks: &[Block]| blocks.iter().map(|block| count(&block.plain())).sum::<usize>();
    contents.articles.iter().map(|article| count(&article.title) + of(&article.blocks)).sum()
}
