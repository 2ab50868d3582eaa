//! Plain text: the twin of the HTML, complete, for readers and machines that show no HTML. One
//! paragraph is one line, opened by two ideographic spaces, a blank line between; nothing is
//! wrapped. Links are numbered in the text and listed at its end.

use super::phrase::{HALVES, width};
use email_templates::issue::{attached, byline};
use email_templates::view::{Article, Block, Inline, Issue, ReadLink};
use email_templates::words::Words;

/// The whole plain text of an issue's letter, lines parted by `\n`.
pub(super) fn plain_text(issue: &Issue) -> String {
    let mut links = Links::default();
    let words = issue.language.words();
    let mut parts = vec![masthead(issue, words)];
    parts.extend(issue.correction.iter().map(|reason| format!("{}{}{reason}", words.indent, words.correction)));
    parts.push(contents(issue, words));
    for article in &issue.articles {
        parts.push(piece(article, words, &mut links));
    }
    parts.push(words.end.to_owned());
    parts.extend(attached(issue, words));
    parts.extend(links.listed(words));
    parts.push(footer(issue, words));
    parts.join("\n\n\n") + "\n"
}

fn masthead(issue: &Issue, words: &Words) -> String {
    let number = [&issue.label, &issue.date].into_iter().flatten().map(String::as_str).collect::<Vec<_>>();
    let mut lines = vec![underlined(&issue.masthead)];
    lines.extend(issue.motto.clone());
    if !number.is_empty() {
        lines.push(number.join(words.gap));
    }
    lines.extend(issue.compiled_by.clone());
    lines.join("\n")
}

fn contents(issue: &Issue, words: &Words) -> String {
    let mut lines = vec![words.contents.to_owned()];
    for (number, article) in (1..).zip(&issue.articles) {
        lines.extend(article.section.iter().map(|section| format!("{}{section}", words.indent)));
        lines.push(format!("{number}. {}", article.title));
    }
    lines.join("\n")
}

fn piece<'a>(article: &'a Article, words: &Words, links: &mut Links<'a>) -> String {
    let mut head = article.section.clone().map(|section| section + "\n").unwrap_or_default();
    head.push_str(&underlined(&article.title));
    let mut parts = vec![head];
    if article.source.is_some() || article.author.is_some() {
        parts.push(byline(article, words));
    }
    parts.extend(article.blocks.iter().map(|block| lines(block, words, links)));
    let text = parts.join("\n\n");
    match &article.more {
        // Left out with the line before it where there is no page.
        Some(ReadLink { opens, page, closes }) => {
            format!("{text}{opens}\n\n{}{}{page}{closes}", words.more, words.colon)
        }
        None => text,
    }
}

fn attached(issue: &Issue, words: &Words) -> Option<String> {
    let [before, after] = words.size;
    let heading = attached::heading(issue.attachments.len(), words);
    let files = issue.attachments.iter().map(|file| format!("· {}{before}{}{after}", file.name, file.size));
    let lines = std::iter::once(heading).chain(files).collect::<Vec<_>>();
    (!issue.attachments.is_empty()).then(|| lines.join("\n"))
}

fn footer(issue: &Issue, words: &Words) -> String {
    let [before, between, after] = words.why;
    let [leave, end] = words.leave;
    let mut lines = vec![RULE.to_string().repeat(12)];
    lines.extend(issue.imprint.iter().map(|line| match line.label.as_str() {
        "" => line.value.clone(),
        label => format!("{label}{}{}", words.colon, line.value),
    }));
    lines.extend(issue.label.iter().map(|label| format!("{}{label}", words.issue)));
    // The line of the page is left out with its line end where there is no page.
    let ReadLink { opens, page, closes } = &issue.read;
    let read = format!("{opens}\n{}{}{page}{closes}", words.read, words.colon);
    lines.push(format!("{before}{}{between}{}{after}{read}", issue.address, issue.publication));
    lines.push(format!("{leave}{}{end}{}{}", issue.publication, words.colon, issue.leave));
    lines.join("\n")
}

/// The lines of a block.
fn lines<'a>(block: &'a Block, words: &Words, links: &mut Links<'a>) -> String {
    let indent = words.indent;
    match block {
        Block::Heading { text, .. } => links.run(text, ""),
        Block::Paragraph(text) | Block::Quote(text) | Block::Note(text) => {
            format!("{indent}{}", links.run(text, indent))
        }
        Block::List { ordered, start, items } => (u64::from(*start)..)
            .zip(items)
            .map(|(number, item)| {
                let sign = if *ordered { format!("{number}. ") } else { "· ".to_owned() };
                format!("{indent}{sign}{}", links.run(item, indent))
            })
            .collect::<Vec<_>>()
            .join("\n"),
        Block::Table(rows) => rows
            .iter()
            .map(|row| row.iter().map(|cell| links.run(cell, " ")).collect::<Vec<_>>().join(" | "))
            .collect::<Vec<_>>()
            .join("\n"),
        Block::Image(alt) | Block::Picture { alt, .. } => {
            let [before, after] = words.image;
            format!("{before}{alt}{after}")
        }
    }
}

/// A title with a line of its own width below it.
fn underlined(title: &str) -> String {
    format!("{title}\n{}", RULE.to_string().repeat(width(title, HALVES).div_ceil(2)))
}

/// Heavy horizontal, as wide as a Han character.
const RULE: char = '━';

/// The URLs met so far; each is listed once.
#[derive(Default)]
struct Links<'a>(Vec<&'a str>);

impl<'a> Links<'a> {
    /// The words of a run; the lines after a break open with `indent`.
    fn run(&mut self, text: &'a [Inline], indent: &str) -> String {
        text.iter().map(|inline| self.words(inline, indent)).collect()
    }

    fn words(&mut self, inline: &'a Inline, indent: &str) -> String {
        match inline {
            Inline::Text(text)
            | Inline::RunIn(text)
            | Inline::Strong(text)
            | Inline::Emphasis(text)
            | Inline::Superscript(text)
            | Inline::Subscript(text) => text.clone(),
            Inline::Link { href, text } if href == text => text.clone(),
            Inline::Link { href, text } => format!("{text}[{}]", self.number(href)),
            Inline::Break => format!("\n{indent}"),
        }
    }

    fn number(&mut self, href: &'a str) -> usize {
        let at = self.0.iter().position(|known| *known == href).unwrap_or_else(|| {
            self.0.push(href);
            self.0.len() - 1
        });
        at + 1
    }

    fn listed(&self, words: &Words) -> Option<String> {
        let lines = (1..).zip(&self.0).map(|(number, href): (usize, _)| format!("[{number}] {href}"));
        (!self.0.is_empty()).then(|| [words.links.to_owned()].into_iter().chain(lines).collect::<Vec<_>>().join("\n"))
    }
}
