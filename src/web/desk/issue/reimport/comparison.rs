//! Comparison: what a corrected manuscript changes and what of the editor's own stays, article by article; first what both
//! changed, with both texts and a choice.

use crate::actions::issue::Comparison;
use crate::domain::document::Digest;
use crate::domain::issue::Contents;
use crate::domain::issue::difference::{ArticleDifference, Difference, Fate, Stretch, between, stretches};
use crate::domain::issue::merge::{Question, Side};
use crate::web::desk::Asked;
use crate::web::desk::approval::difference;
use crate::web::words::approval::Words as Changes;
use crate::web::words::issue;
use crate::web::words::reimport::Words;
use maud::{Markup, html};

/// A text is compared by character up to here.
const COMPARED: usize = 4_000;

/// The comparison with its choices, and the yes.
pub(super) fn section(asked: &Asked, found: &Comparison, digest: Digest, why: Option<&str>) -> Markup {
    let (words, id) = (Words::of(asked.language), found.issue.id);
    let (theirs, own) = (between(&found.base, &found.theirs), between(&found.theirs, &found.sure));
    let now = between(&found.issue.contents, &found.merged.contents);
    let changes = Changes::of(asked.language);
    html! {
        p { a href={ "/issues/" (id) } { "← " (words.back) } }
        h2 { (words.reimport) }
        p { ((words.from_to)(&found.old_name, &found.new_name)) " " (words.nothing_yet) }
        @if let Some(why) = why { p .refusal role="alert" { (why) } }
        @if let Some([mine, theirs]) = other_number(asked, found) { p .warning { ((words.other_number)(&mine, &theirs)) } }
        @if let Some(other) = found.elsewhere { p .warning { ((words.elsewhere)(other.0)) } }
        form method="post" action={ "/issues/" (id) "/document/" (digest) } {
            input type="hidden" name="seen" value=(found.changed_at.0);
            (questions(words, &found.merged.questions))
            @if theirs.is_empty() && found.merged.questions.is_empty() {
                p .notice { (words.nothing_differs) }
            }
            @if !theirs.is_empty() || !own.is_empty() {
                h2 { (words.by_article) }
                (facts(words, changes, [&theirs, &own]))
                @for (title, theirs, own) in by_article(&theirs, &own) {
                    section .card.changes {
                        h3 { (title) }
                        @if let Some(theirs) = theirs { h4 { (words.theirs_did) } (difference::body(changes, theirs)) (full(words, found, theirs)) }
                        @if let Some(own) = own { h4 .own { (words.stays) } (difference::body(changes, own)) }
                    }
                }
            }
            @if !now.is_empty() && now != theirs {
                details { summary { (words.against_now) } (difference::found(changes, &now)) }
            }
            div .card.yes {
                p { (asks(words, found)) }
                p .muted { (words.new_edition) " " (words.take_note) }
                div .line {
                    button .primary type="submit" { (words.take) }
                    a .button.quiet href={ "/issues/" (id) } { (words.leave) }
                }
            }
        }
    }
}

/// All of an article that is new or gone.
fn full(words: &Words, found: &Comparison, article: &ArticleDifference) -> Markup {
    let contents = match article.fate {
        Fate::Added => &found.theirs,
        Fate::Removed => &found.base,
        Fate::Changed => return html! {},
    };
    let whole = contents.articles.iter().find(|whole| whole.title == article.title);
    html! { @if let Some(whole) = whole {
        details { summary { (words.full) } @for block in &whole.blocks { p .said { (block.plain()) } } }
    } }
}

/// What is asked then, and how many questions keep their answer.
fn asks(words: &Words, found: &Comparison) -> String {
    let open = found.flags.iter().filter(|flag| flag.is_open()).count();
    let kept = found.flags.iter().filter(|flag| flag.answer.is_some()).count();
    (words.asks)(open, kept)
}

/// Both numbers, where issue and document are of different ones.
fn other_number(asked: &Asked, found: &Comparison) -> Option<[String; 2]> {
    let called = |contents: &Contents| {
        let numbered = || Some((issue::Words::of(asked.language).numbered)(contents.year, contents.number?));
        contents.label.clone().or_else(numbered)
    };
    let (mine, theirs) = (&found.issue.contents, &found.theirs);
    let differs = |a: Option<i64>, b: Option<i64>| a.zip(b).is_some_and(|(a, b)| a != b);
    let is_other = differs(mine.year.map(i64::from), theirs.year.map(i64::from))
        || differs(mine.number.map(i64::from), theirs.number.map(i64::from))
        || differs(mine.cumulative_number.map(i64::from), theirs.cumulative_number.map(i64::from));
    is_other.then(|| Some([called(mine)?, called(theirs)?])).flatten()
}

fn questions(words: &Words, questions: &[Question]) -> Markup {
    html! {
        @if !questions.is_empty() {
            section .card.undecided {
                h2 { ((words.both)(questions.len())) }
                p .muted { (words.both_note) }
                @for question in questions { (one(words, question)) }
            }
        }
    }
}

fn one(words: &Words, question: &Question) -> Markup {
    let Question { was, mine, theirs, .. } = question;
    html! {
        fieldset .sides {
            legend { ((words.about)(question.about)) @if let Some(article) = &question.article { " · " (article) } }
            (side(words, question, Side::Mine, (was.as_deref(), mine.as_deref())))
            (side(words, question, Side::Theirs, (was.as_deref(), theirs.as_deref())))
            @if let Some(was) = was { details { summary { (words.was) } p .said { (was) } } }
        }
    }
}

/// One text to choose, with what differs from the manuscript before.
fn side(words: &Words, question: &Question, side: Side, (was, text): (Option<&str>, Option<&str>)) -> Markup {
    let name = match side {
        Side::Mine => words.mine,
        Side::Theirs => words.theirs,
    };
    html! {
        label .side {
            span .name {
                input type="radio" name={ "choice-" (question.number) } value=(side.word()) checked[question.side == side];
                " " b { (name) } @if side == Side::default() { " " small .muted { (words.default) } }
            }
            span .said {
                @match (was, text) {
                    (_, None) => { span .muted { (words.absent) } },
                    (Some(was), Some(text)) if was.chars().count() + text.chars().count() <= COMPARED => { (marked(was, text)) },
                    (_, Some(text)) => (text),
                }
            }
        }
    }
}

fn marked(was: &str, text: &str) -> Markup {
    html! {
        @for stretch in stretches(was, text) {
            @match stretch {
                Stretch::Kept(text) => (text),
                Stretch::Gone(text) => { del { (text) } },
                Stretch::New(text) => { ins { (text) } },
            }
        }
    }
}

/// What changed beside the articles.
fn facts(words: &Words, changes: &Changes, [theirs, own]: [&Difference; 2]) -> Markup {
    html! {
        @if !theirs.facts.is_empty() || !own.facts.is_empty() {
            section .card.changes {
                h3 { (words.facts) }
                @if !theirs.facts.is_empty() { h4 { (words.theirs_did) } (difference::facts(changes, theirs)) }
                @if !own.facts.is_empty() { h4 .own { (words.stays) } (difference::facts(changes, own)) }
            }
        }
    }
}

type Both<'a> = (&'a str, Option<&'a ArticleDifference>, Option<&'a ArticleDifference>);

/// What the manuscript did and what stays of the editor's own, by article.
fn by_article<'a>(theirs: &'a Difference, own: &'a Difference) -> Vec<Both<'a>> {
    let mut articles: Vec<Both<'a>> =
        theirs.articles.iter().map(|article| (article.title.as_str(), Some(article), None)).collect();
    for article in &own.articles {
        match articles.iter_mut().find(|(title, _, own)| *title == article.title && own.is_none()) {
            Some((_, _, own)) => *own = Some(article),
            None => articles.push((&article.title, None, Some(article))),
        }
    }
    articles
}
