//! Issue: the letter that brings an issue: masthead, contents, articles, footer. Its blocks are
//! drawn in [`blocks`]. Called by `compose::print` with the marks of the slots as address and links.

pub mod attached;
mod blocks;
#[cfg(test)]
mod tests;

use crate::layout::{Shell, shell};
use crate::style::{Styles, Theme};
use crate::view::{Article, Issue};
use crate::words::{Language, Words};
use maud::{Markup, html};

/// The whole HTML of an issue's letter.
pub fn issue(issue: &Issue) -> Markup {
    let (css, words) = (&Styles::of(&issue.theme, issue.language), issue.language.words());
    let title = issue.language.numbered(&issue.publication, issue.label.as_deref());
    let parts = Shell { language: issue.language, title: &title, preheader: &issue.preheader, styles: css };
    // Who has one article needs no list of it.
    let is_list = issue.articles.len() > 1;
    shell(
        &parts,
        html! {
            (masthead(issue, css))
            @if let Some(reason) = &issue.correction {
                p.ink.accent-rule style=(css.correction()) { strong style=(css.strong()) { (words.correction) } (reason) }
            }
            @if is_list { (contents(&issue.articles, css, words)) }
            @for (number, article) in (1..).zip(&issue.articles) {
                (piece((number, issue.articles.len()), article, css, words))
            }
            p.muted style=(css.end()) { (words.end) }
            (attached::list(&issue.attachments, css, words))
            (footer(issue, css, words))
        },
    )
}

/// The line at the very top of a test letter.
pub fn trial(language: Language) -> Markup {
    let css = Styles::of(&Theme::default(), language);
    html! { p.ink.accent-rule style=(css.trial()) { strong style=(css.strong()) { (language.words().trial) } } }
}

fn masthead(issue: &Issue, css: &Styles) -> Markup {
    let number = [&issue.label, &issue.date].into_iter().flatten().map(String::as_str).collect::<Vec<_>>();
    let [name, rule] =
        if issue.theme.has_own_masthead() { ["masthead", "masthead-rule"] } else { ["accent", "accent-rule"] };
    html! {
        div class=(rule) style=(css.masthead()) {
            h1 class=(name) style=(css.name()) { (phrases(&issue.masthead, css)) }
            @if let Some(motto) = &issue.motto { p.muted style=(css.motto()) { (motto) } }
            @if !number.is_empty() { p.ink style=(css.number()) {
                @for (at, fact) in number.iter().enumerate() {
                    @if at > 0 { " " }
                    span style=(css.fact_of_number()) { (fact) }
                }
            } }
            @if let Some(compiler) = &issue.compiled_by { p.muted style=(css.compiler()) { (compiler) } }
        }
    }
}

fn contents(articles: &[Article], css: &Styles, words: &Words) -> Markup {
    html! {
        a name="contents" id="contents" {}
        p.accent style=(css.contents()) { (words.contents) }
        table role="presentation" width="100%" border="0" cellpadding="0" cellspacing="0" {
            @for (number, article) in (1..).zip(articles) {
                @if let Some(section) = &article.section {
                    tr { td.muted colspan="2" style=(css.entry_section()) { (section) } }
                }
                tr {
                    td.accent.rule width="28" style=(css.entry_number()) { (number) }
                    td.rule style=(css.entry()) {
                        a.ink href={ "#" (anchor(number)) } style=(css.entry_link()) { (phrases(&article.title, css)) }
                    }
                }
            }
        }
    }
}

fn piece((number, all): (usize, usize), article: &Article, css: &Styles, words: &Words) -> Markup {
    html! {
        div.accent-rule style=(css.article()) {
            a name=(anchor(number)) id=(anchor(number)) {}
            @if all > 1 || article.section.is_some() { p.muted style=(css.section()) {
                @if all > 1 { span.accent style=(css.ordinal()) { (number) } " / " (all) }
                @if let Some(section) = &article.section { @if all > 1 { (words.gap) } (section) }
            } }
            h2.ink style=(css.title()) { (phrases(&article.title, css)) }
            @if article.source.is_some() || article.author.is_some() {
                p.muted style=(css.byline()) { (byline(article, words)) }
            }
            @for block in &article.blocks { (blocks::block(block, css, words)) }
            @if let Some(more) = &article.more {
                (more.opens)
                p style=(css.frame()) { a.link href=(more.page) style=(css.small_link()) { (words.more) } }
                (more.closes)
            }
            @if all > 1 { p style=(css.back()) { a.muted href="#contents" style=(css.back_link()) { (words.back) } } }
        }
    }
}

fn footer(issue: &Issue, css: &Styles, words: &Words) -> Markup {
    let [before, between, after] = words.why;
    let [leave, end] = words.leave;
    html! {
        div.accent-rule style=(css.footer()) {
            @for line in &issue.imprint {
                p.muted style=(css.footer_line()) {
                    @if !line.label.is_empty() { (line.label) (words.colon) }
                    (line.value)
                }
            }
            @if let Some(label) = &issue.label {
                p.muted style=(css.footer_line()) { (words.issue) (label) }
            }
            p.muted style=(css.why()) { (before) (issue.address) (between) (issue.publication) (after) }
            (issue.read.opens)
            p style=(css.footer_line()) { a.link href=(issue.read.page) style=(css.small_link()) { (words.read) } }
            (issue.read.closes)
            p style=(css.footer_line()) {
                a.link href=(issue.leave) style=(css.small_link()) { (leave) (issue.publication) (end) }
            }
        }
    }
}

/// `来源：…　文/…`.
pub fn byline(article: &Article, words: &Words) -> String {
    let source = article.source.iter().map(|source| format!("{}{source}", words.source));
    let author = article.author.iter().map(|author| format!("{}{author}", words.author));
    source.chain(author).collect::<Vec<_>>().join(words.gap)
}

/// A title whose phrases, parted by spaces, stay together where they fit. Beside a quotation mark there is air enough.
fn phrases(title: &str, css: &Styles) -> Markup {
    let phrases: Vec<&str> = title.split(' ').collect();
    let has_air = |before: &str, behind: &str| {
        before.ends_with(['”', '’', '》', '）', '」', '】', '，', '。', '：', '；'])
            || behind.starts_with(['“', '‘', '《', '（', '「', '【'])
    };
    html! {
        @for (at, phrase) in phrases.iter().enumerate() {
            @if at > 0 && !has_air(phrases[at - 1], phrase) { " " }
            span style=(css.phrase()) { (phrase) }
        }
    }
}

/// The name of an article's place within the letter, counted from 1.
pub fn anchor(number: usize) -> String {
    format!("article-{number}")
}
