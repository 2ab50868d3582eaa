//! Passage: a passage as its form: it looks as in the letter until somebody goes into it; then its words stand in a field of
//! the same measure, and what can be done with it beneath. No script is needed for that.

use super::super::{blocks, picture};
use crate::domain::id::IssueId;
use crate::domain::issue::edit::{Kind, Passage, What, Wish, whole_article};
use crate::domain::issue::{BlockKind, Inline};
use crate::web::words::edit::Words;
use maud::{Markup, html};

/// About as many characters stand in a line: how high a field is before anybody types.
const LINE: usize = 40;

/// The form of the passage at a place; with what somebody typed where that was refused.
pub(super) fn form(words: &Words, issue: IssueId, row: &[Passage], at: usize, typed: Option<&Wish>) -> Markup {
    let passage = &row[at];
    let typed = typed.filter(|wish| wish.id == passage.id).map(|wish| &wish.typed);
    let kind = typed.map_or_else(|| passage.kind(), |typed| typed.kind);
    let text = typed.map_or_else(|| passage.words(), |typed| typed.text.clone());
    let is_title = passage.kind() == Kind::Title;
    html! {
        form .passage.(passage.kind().word()) #(blocks::name(passage.id)) method="post" action={ "/issues/" (issue) "/edit" } tabindex="-1" {
            input type="hidden" name="passage" value=(passage.id.0);
            input type="hidden" name="seen" value=(passage.revision().0);
            @if let Some(before) = at.checked_sub(1) { input type="hidden" name="before" value=(row[before].id.0); }
            @if is_title { input type="hidden" name="whole" value=(whole_article(row, at).0); }
            @if let What::Block { kind: BlockKind::Image { alt, picture: Some(carried) }, .. } = &passage.what {
                (picture::shown(issue, carried, alt))
            }
            div .words {
                div .shown aria-hidden="true" { (shown(words, &passage.what)) }
                textarea name="text" aria-label={ ((words.kind)(passage.kind())) } rows=(rows(&text)) autocomplete="off" spellcheck="false"
                    readonly[!passage.is_writable()] { "\n" (text) }
            }
            @if is_title { (credits(words, passage)) }
            (tools(words, passage, kind, at))
        }
    }
}

fn rows(text: &str) -> usize {
    text.split('\n').map(|line| line.chars().count() / LINE + 1).sum()
}

fn credits(words: &Words, passage: &Passage) -> Markup {
    let credits = passage.credits();
    let field = |name: &str, word: &str, value: &str| {
        html! { label { span { (word) } input name=(name) value=(value) autocomplete="off"; } }
    };
    let is_bare = credits == crate::domain::issue::edit::Credits::default();
    html! {
        div .credits.bare[is_bare] {
            (field("section", words.section, &credits.section))
            (field("source", words.source, &credits.source))
            (field("author", words.author, &credits.author))
        }
    }
}

fn tools(words: &Words, passage: &Passage, chosen: Kind, at: usize) -> Markup {
    let own = passage.kind();
    let is_fixed = matches!(own, Kind::Table | Kind::Picture);
    let kinds: Vec<Kind> = if is_fixed {
        vec![own]
    } else {
        let extra = (!Kind::CHOICES.contains(&own)).then_some(own);
        Kind::CHOICES.into_iter().chain(extra).collect()
    };
    let deed = |deed: &str, word: &str| html! { button type="submit" name="deed" value=(deed) { (word) } };
    html! {
        div .tools {
            button .primary type="submit" name="deed" value="keep" { (words.keep) }
            label { span .unseen { (words.style) } select name="kind" { @for kind in &kinds {
                option value=(kind.word()) selected[*kind == chosen] { ((words.kind)(*kind)) }
            } } }
            @if !is_fixed { (deed("split", words.split)) }
            @if !is_fixed && at > 0 && own != Kind::Title { (deed("merge", words.merge)) }
            @if let What::Block { kind: BlockKind::Table { rows, .. }, .. } = &passage.what {
                label { (words.row) " " select name="row" { @for nth in 1..=rows.len() {
                    option value=(nth) selected[nth == rows.len()] { (nth) }
                } } }
                (deed("add-row", words.add_row))
                (deed("remove-row", words.remove_row))
            }
            (deed("up", words.up))
            (deed("down", words.down))
            (deed("add", words.add))
            (deed("remove", if own == Kind::Title { words.remove_article } else { words.remove }))
        }
    }
}

/// A passage as the letter shows it.
fn shown(words: &Words, what: &What) -> Markup {
    match what {
        What::Title { text, .. } => html! { p { (text) } },
        What::Block { kind, .. } => match kind {
            BlockKind::Heading { text, .. }
            | BlockKind::Paragraph { text }
            | BlockKind::Quote { text }
            | BlockKind::Note { text } => html! { p { (inlines(text)) } },
            BlockKind::List { ordered: true, start, items } => {
                html! { ol start=(start) { @for item in items { li { (inlines(item)) } } } }
            }
            BlockKind::List { ordered: false, items, .. } => {
                html! { ul { @for item in items { li { (inlines(item)) } } } }
            }
            BlockKind::Table { rows, shape } => html! {
                div .across { table { @for row in shape.cells(rows) { tr { @for cell in row {
                td colspan=[blocks::reach(cell.span.columns)] rowspan=[blocks::reach(cell.span.rows)] { (inlines(cell.words)) }
            } } } } }
            },
            BlockKind::Image { alt, .. } => html! { p { "[" (words.picture) "] " (alt) } },
        },
    }
}

/// Words with their form. Links lead nowhere here: one would click them away from the field.
fn inlines(text: &[Inline]) -> Markup {
    html! { @for inline in text { @match inline {
        Inline::Text(text) => (text),
        Inline::RunIn(text) | Inline::Strong(text) => { strong { (text) } },
        Inline::Emphasis(text) => { em { (text) } },
        Inline::Link { text, .. } => { span .link { (text) } },
        Inline::Superscript(text) => { sup { (text) } },
        Inline::Subscript(text) => { sub { (text) } },
        Inline::Break => { br; },
    } } }
}
