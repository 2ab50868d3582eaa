//! Markdown source: what a Markdown document says once its markup is taken off, found without
//! comrak, so that conservation has something independent to compare with. It need not understand
//! structure: it only tells words from marks.

use std::collections::HashSet;

/// Makes a document say what it shows, before anyone counts it: front matter becomes blank lines,
/// a note that looks like a link definition (`[注]: 说明`) is escaped, references are resolved.
pub(super) fn settle(text: &str) -> (String, Vec<String>) {
    let mut lines: Vec<String> = text.split('\n').map(escape_note).collect();
    let closing = lines.iter().skip(1).position(|line| line.trim_end() == "---");
    let front: Vec<String> = match closing {
        Some(at) if lines[0].trim_end() == "---" && lines[1..=at].iter().all(|line| line.contains(':')) => {
            let front = lines[1..=at].to_vec();
            lines[..at + 2].fill(String::new());
            front
        }
        Some(_) | None => Vec::new(),
    };
    widen_tables(&mut lines);
    (resolve_references(&lines.join("\n")), front)
}

/// Gives the head of a table as many cells as its widest row: Markdown drops those beyond the head.
fn widen_tables(lines: &mut [String]) {
    let mut fenced = false;
    for at in 1..lines.len() {
        fenced ^= lines[at].trim_start().starts_with("```");
        let is_rule =
            lines[at].contains('-') && lines[at].contains('|') && lines[at].chars().all(|c| "|-: \t".contains(c));
        if fenced || !is_rule {
            continue;
        }
        let head = cells(&lines[at - 1]);
        let rows = lines[at + 1..].iter().take_while(|line| !line.trim().is_empty());
        let widest = rows.map(|row| cells(row)).max().unwrap_or(head);
        if cells(&lines[at]) != head || widest <= head {
            continue;
        }
        for (row, cell) in [(at - 1, " |"), (at, "---|")] {
            let closed = if lines[row].trim_end().ends_with('|') { "" } else { "|" };
            lines[row] = format!("{}{closed}{}", lines[row].trim_end(), cell.repeat(widest - head));
        }
    }
}

/// How many cells a row of a table has.
fn cells(row: &str) -> usize {
    let row = row.trim().replace("\\|", "");
    let inner = row.strip_prefix('|').unwrap_or(&row);
    inner.strip_suffix('|').unwrap_or(inner).split('|').count()
}

fn escape_note(line: &str) -> String {
    let bare = line.trim_start();
    let is_note = looks_defined(bare).is_some_and(|target| !is_target(target));
    if is_note { format!("\\{bare}") } else { line.to_owned() }
}

/// What stands behind `[x]:`.
fn looks_defined(line: &str) -> Option<&str> {
    definition(line).map(|(_, target)| target)
}

/// Label and target of a line that looks like the definition of a link.
pub(super) fn definition(line: &str) -> Option<(&str, &str)> {
    let label = line.trim_start().strip_prefix('[').filter(|rest| !rest.starts_with('^'))?;
    let (label, target) = label.split_once("]:")?;
    (!label.contains(']')).then_some((label, target.trim()))
}

fn is_target(target: &str) -> bool {
    target.contains("://") || target.starts_with(['/', '#', '.', '<']) || target.starts_with("mailto:")
}

/// Resolves the usual character references, and escapes all others.
fn resolve_references(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.char_indices().take(12).find(|(_, c)| *c == ';').map(|(end, _)| end);
        let name = end.map(|end| &rest[1..end]).filter(|name| is_reference(name));
        let Some(name) = name else {
            out.push('&');
            rest = &rest[1..];
            continue;
        };
        match referenced(name) {
            Some(c) => {
                if c.is_ascii_punctuation() {
                    out.push('\\');
                }
                out.push(c);
            }
            None => out.push_str(&format!("\\&{name};")),
        }
        rest = &rest[name.len() + 2..];
    }
    out + rest
}

fn is_reference(name: &str) -> bool {
    let digits = name.strip_prefix('#').unwrap_or(name);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn referenced(name: &str) -> Option<char> {
    let number = name.strip_prefix('#').and_then(|n| match n.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => n.parse().ok(),
    });
    let c = match name {
        "nbsp" | "ensp" | "emsp" => ' ',
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "mdash" => '—',
        "ndash" => '–',
        "hellip" => '…',
        "middot" => '·',
        "ldquo" => '“',
        "rdquo" => '”',
        "lsquo" => '‘',
        "rsquo" => '’',
        "copy" => '©',
        _ => char::from_u32(number?)?,
    };
    super::clean::character(c).filter(|c| *c != '\n')
}

/// Stands before and behind a number that may be a word or the mark of a list. No text holds it,
/// for control characters are cleaned away.
const MAYBE: char = '\u{1}';

/// What a Markdown text says, in order.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    /// Its words: without link targets, tags, fences, definitions.
    words: String,
}

impl Said {
    /// Its characters in order, each with whether it must be a word. Numbers that open a line need
    /// not be: they may be marks of a list.
    pub(super) fn characters(&self) -> impl Iterator<Item = (char, bool)> + '_ {
        let mut certain = true;
        self.words.chars().filter_map(move |c| {
            if c == MAYBE {
                certain = !certain;
            }
            (c != MAYBE).then_some((c, certain))
        })
    }
}

/// Tells the words of a Markdown text from its marks.
pub(super) fn said(text: &str) -> Said {
    let labels: HashSet<String> = text.lines().filter_map(definition).map(|(label, _)| label.to_lowercase()).collect();
    let mut out = String::with_capacity(text.len());
    let mut fence: Option<&str> = None;
    let text = without_comments(text);
    let mut prose = String::new();
    for line in text.lines() {
        let bare = line.trim_start_matches([' ', '>', '\t']);
        let mark = ["```", "~~~"].into_iter().find(|mark| bare.starts_with(mark));
        match (fence, mark) {
            (None, Some(mark)) => fence = Some(mark),
            (Some(open), Some(mark)) if open == mark => fence = None,
            (Some(_), _) => {
                out.push_str(&inline_words(&std::mem::take(&mut prose), &labels));
                out.push_str(line);
            }
            (None, None) if looks_defined(bare).is_some() => {}
            (None, None) => {
                let mut rest = bare;
                while let Some((number, behind)) = without_number(rest) {
                    prose.extend([MAYBE]);
                    prose.push_str(number);
                    prose.extend([MAYBE]);
                    rest = behind;
                }
                prose.push_str(rest);
                prose.push('\n');
            }
        }
    }
    Said { words: out + &inline_words(&prose, &labels) }
}

/// The text without its HTML tags and comments.
pub(super) fn without_tags(html: &str) -> String {
    let html = without_comments(html);
    let mut out = String::new();
    let mut rest = html.as_str();
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let length = tag_length(rest).filter(|length| is_known_tag(&rest[..*length]));
        out.push_str(if length.is_some() { "" } else { "<" });
        rest = &rest[length.unwrap_or(1)..];
    }
    out + rest
}

fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("<!--") {
        out.push_str(before);
        let Some((_, after)) = behind.split_once("-->") else { return out + &rest[before.len()..] };
        rest = after;
    }
    out + rest
}

/// The number that may make a line a list item, and the rest of the line.
fn without_number(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '*' | '+' | '>'));
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let behind = rest.strip_prefix(['.', ')']).filter(|_| rest.len() < line.len())?;
    let ends = behind.is_empty() || behind.starts_with([' ', '\t']);
    ends.then(|| (&line[..line.len() - rest.len()], behind))
}

/// The words of a line or more; `labels` are those that define a link.
fn inline_words(text: &str, labels: &HashSet<String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['\\', '`', ']', '<']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let (words, skip) = mark(rest, labels);
        out.push_str(words);
        rest = &rest[skip..];
    }
    out + rest
}

/// What a mark and what belongs to it says, and how long it is.
fn mark<'r>(rest: &'r str, labels: &HashSet<String>) -> (&'r str, usize) {
    if rest.starts_with('\\') {
        let escaped = rest.chars().nth(1).map_or(0, char::len_utf8);
        return (&rest[1..1 + escaped], 1 + escaped);
    }
    if rest.starts_with('`') {
        let ticks = rest.len() - rest.trim_start_matches('`').len();
        let window = &rest[ticks..rest.floor_char_boundary(ticks + 2000)];
        let end = window.find(&rest[..ticks]);
        return end.map_or((&rest[..ticks], ticks), |end| (&rest[ticks..ticks + end], ticks * 2 + end));
    }
    if rest.starts_with("](") {
        return ("", target_length(&rest[1..]).map_or(1, |length| 1 + length));
    }
    if rest.starts_with("][") && !rest.starts_with("][^") {
        let end = rest[2..].char_indices().take(200).find(|(_, c)| *c == ']').map(|(end, _)| end);
        let end = end.filter(|end| labels.contains(&rest[2..2 + end].to_lowercase()));
        return ("", end.map_or(1, |end| end + 3));
    }
    if rest.starts_with('<') {
        return match tag_length(rest) {
            Some(length) if is_autolink(&rest[..length]) => (&rest[1..length - 1], length),
            Some(length) if is_known_tag(&rest[..length]) => ("", length),
            Some(_) | None => ("<", 1),
        };
    }
    (&rest[..1], 1)
}

/// The length of `(target "title")`.
fn target_length(rest: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, c) in rest.char_indices().take(2000) {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at + 1);
        }
    }
    None
}

/// The length of a tag or autolink that opens a text.
fn tag_length(rest: &str) -> Option<usize> {
    let opens = rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'));
    let end = rest.char_indices().take(500).find(|(_, c)| *c == '>').map(|(at, _)| at)?;
    opens.then_some(end + 1)
}

/// Whether something in angle brackets is HTML, and not words: `x<y and y>z` is words.
pub(super) fn is_known_tag(tag: &str) -> bool {
    const NAMES: &str = "a b i u s p em br hr ul ol li td th tr h1 h2 h3 h4 dl dt dd sup sub div img pre del ins code \
                         span font small strong center table thead tbody blockquote section";
    let inner = tag.trim_start_matches(['<', '/']);
    let end = inner.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(inner.len());
    tag.starts_with("<!--") || NAMES.split(' ').any(|name| name.eq_ignore_ascii_case(&inner[..end]))
}

fn is_autolink(tag: &str) -> bool {
    !tag.contains(char::is_whitespace) && (tag.contains(':') || tag.contains('@'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_go_and_words_stay() {
        for (text, expected) in [
            ("# 甲 **乙**", "甲乙"),
            ("[甲](https://a.cn/(x) \"题\")乙", "甲乙"),
            ("[甲][a1]乙\n\n[a1]: https://a.cn", "甲乙"),
            ("1. 甲\n2) 乙 3.5", "甲乙35"),
            ("甲<br>乙<!-- 丙\n丁 -->", "甲乙"),
            ("<https://a.cn>", "httpsacn"),
            ("`[x](y)`", "xy"),
            ("```rust\nlet x;\n```", "letx"),
            ("![图](a.png)", "图"),
            ("3 < 5", "35"),
            ("x<y and y>z", "xyandyz"),
            ("见文献[1][2]", "见文献12"),
            ("1.\t甲\n- 2. 3. 乙", "甲乙"),
        ] {
            let certain = said(text).characters().filter(|(_, certain)| *certain).map(|(c, _)| c).collect::<String>();
            let significant: String = certain.chars().filter(|c| c.is_alphanumeric()).collect();
            assert_eq!(significant, expected, "{text}");
        }
    }

    #[test]
    fn front_matter_and_notes_are_no_markup() {
        let (text, front) = settle("---\nissue: 2026年第3期\n---\n# 甲\n[注]: 说明\n[a]: https://a.cn");
        assert_eq!(text, "\n\n\n# 甲\n\\[注]: 说明\n[a]: https://a.cn");
        assert_eq!(front, ["issue: 2026年第3期"]);
    }

    #[test]
    fn references_are_resolved_or_left_literal() {
        for (text, resolved) in [
            ("a&nbsp;b", "a b"),
            ("A&T &amp; B", "A&T \\& B"),
            ("&mdash;&#8212;", "——"),
            ("&alpha;", "\\&alpha;"),
            ("&;&", "&;&"),
        ] {
            assert_eq!(resolve_references(text), resolved);
        }
    }
}
