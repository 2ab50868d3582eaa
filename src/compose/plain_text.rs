//! Plain text: the twin of the HTML, complete, for readers and machines that show no HTML. One
//! paragraph is one line, opened by two ideographic spaces, a blank line between; nothing is
//! wrapped. Links are numbered in the text and listed at its end.

use super::phrase::{HALVES, width};
use email_templates::issue::{attached, byline};
use email_templates::view::{Article, Block, Cell, Inline, Issue, ReadLink};
use email_templates::words::Words;

/// The whole plain text of an issue's letter, lines parted by `\n`.
pub(super) fn plain_text(issue: &Issue) -> String {
    let words = issue.language.words();
    let mut links = Links { note: words.note, ..Links::default() };
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
    links.notes = article.blocks.iter().filter_map(mark).collect();
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

/// The mark of a footnote.
fn mark(block: &Block) -> Option<&str> {
    match block {
        Block::Note(text) => match text.first() {
            Some(Inline::Superscript(mark)) => Some(mark),
            Some(_) | None => None,
        },
        Block::Heading { .. }
        | Block::Paragraph(_)
        | Block::List { .. }
        | Block::Table(_)
        | Block::Title(_)
        | Block::Caption(_)
        | Block::Image(_)
        | Block::Picture { .. }
        | Block::Quote(_) => None,
    }
}

/// Figures that stand raised, `10⁻⁶` and `m²`, or lowered; none where one of them has no sign of its own.
fn raised(text: &str, signs: &[(char, char)]) -> Option<String> {
    text.chars().map(|c| signs.iter().find(|(plain, _)| *plain == c).map(|(_, sign)| *sign)).collect()
}

const RAISED: [(char, char); 17] = [
    ('0', '⁰'),
    ('1', '¹'),
    ('2', '²'),
    ('3', '³'),
    ('4', '⁴'),
    ('5', '⁵'),
    ('6', '⁶'),
    ('7', '⁷'),
    ('8', '⁸'),
    ('9', '⁹'),
    ('+', '⁺'),
    ('-', '⁻'),
    ('−', '⁻'),
    ('–', '⁻'),
    ('n', 'ⁿ'),
    ('(', '⁽'),
    (')', '⁾'),
];

const LOWERED: [(char, char); 12] = [
    ('0', '₀'),
    ('1', '₁'),
    ('2', '₂'),
    ('3', '₃'),
    ('4', '₄'),
    ('5', '₅'),
    ('6', '₆'),
    ('7', '₇'),
    ('8', '₈'),
    ('9', '₉'),
    ('+', '₊'),
    ('-', '₋'),
];

/// The lines of a block.
fn lines<'a>(block: &'a Block, words: &Words, links: &mut Links<'a>) -> String {
    let indent = words.indent;
    match block {
        Block::Heading { text, .. } => links.run(text, ""),
        Block::Paragraph(text) | Block::Quote(text) => format!("{indent}{}", links.run(text, indent)),
        // A bracket as wide as a character needs no space behind it.
        Block::Note(text) => format!("{indent}{}", links.run(text, indent).replacen("］ ", "］", 1)),
        Block::List { ordered, start, items, is_inner } => (u64::from(*start)..)
            .zip(items)
            .map(|(number, item)| {
                let sign = if *ordered { format!("{number}. ") } else { "· ".to_owned() };
                let indent = if *is_inner { indent.repeat(2) } else { indent.to_owned() };
                format!("{indent}{sign}{}", links.run(item, &indent))
            })
            .collect::<Vec<_>>()
            .join("\n"),
        Block::Table(table) => {
            let rows = table.rows.iter().map(|row| table_row(row, table.width, links)).collect::<Vec<_>>();
            let notes = table.notes.iter().map(|note| links.run(note, ""));
            rows.into_iter().chain(notes).collect::<Vec<_>>().join("\n")
        }
        Block::Title(text) | Block::Caption(text) => links.run(text, ""),
        Block::Image(alt) | Block::Picture { alt, .. } => words.instead_of_picture(alt),
    }
}

/// A row of a table: a place for each column, so that they can be counted, words of merged cells once; but what is as
/// wide as the table stands alone.
fn table_row<'a>(row: &'a [Cell], width: usize, links: &mut Links<'a>) -> String {
    if let [only] = row
        && only.columns == width
    {
        return links.run(&only.text, " ");
    }
    let mut places = vec![String::new(); width.min(row.last().map_or(0, |last| last.column + last.columns).max(1))];
    row.iter().for_each(|cell| places[cell.column] = links.run(&cell.text, " "));
    places.join(" | ")
}

/// A title with a line of its own width below it.
fn underlined(title: &str) -> String {
    format!("{title}\n{}", RULE.to_string().repeat(width(title, HALVES).div_ceil(2)))
}

/// Heavy horizontal, as wide as a Han character.
const RULE: char = '━';

/// What the words of a text point to: the URLs met so far, each listed once, and the notes of the article at hand.
#[derive(Default)]
struct Links<'a> {
    urls: Vec<&'a str>,
    notes: Vec<&'a str>,
    note: [&'static str; 2],
}

impl<'a> Links<'a> {
    /// The words of a run; the lines after a break open with `indent`.
    fn run(&mut self, text: &'a [Inline], indent: &str) -> String {
        text.iter().map(|inline| self.words(inline, indent)).collect()
    }

    fn words(&mut self, inline: &'a Inline, indent: &str) -> String {
        match inline {
            Inline::Text(text) | Inline::RunIn(text) | Inline::Strong(text) | Inline::Emphasis(text) => text.clone(),
            // The marks of notes are no figures, least of all of the number before them.
            Inline::Superscript(text) if self.notes.contains(&text.as_str()) => {
                let [before, after] = self.note;
                format!("{before}{text}{after}")
            }
            Inline::Superscript(text) => raised(text, &RAISED).unwrap_or_else(|| format!("^({text})")),
            Inline::Subscript(text) => raised(text, &LOWERED).unwrap_or_else(|| format!("_({text})")),
            Inline::Link { href, text } if href == text => text.clone(),
            Inline::Link { href, text } => format!("{text}[{}]", self.number(href)),
            Inline::Break => format!("\n{indent}"),
        }
    }

    fn number(&mut self, href: &'a str) -> usize {
        let at = self.urls.iter().position(|known| *known == href).unwrap_or_else(|| {
            self.urls.push(href);
            self.urls.len() - 1
        });
        at + 1
    }

    fn listed(&self, words: &Words) -> Option<String> {
        let lines = (1..).zip(&self.urls).map(|(number, href): (usize, _)| format!("[{number}] {href}"));
        (!self.urls.is_empty())
            .then(|| [words.links.to_owned()].into_iter().chain(lines).collect::<Vec<_>>().join("\n"))
    }
}
