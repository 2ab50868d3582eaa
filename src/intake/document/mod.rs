//! Documents: an editor's file becomes a [`Draft`]: an issue, questions and a balance of characters.
//! The door of the rules in order: recognise the format, decode, read, prove that nothing was lost.
//! Pure and total: any bytes give a draft or a [`Refusal`] that says what to do next.

mod assemble;
mod bulletin;
mod clean;
mod colophon;
mod compiler;
mod conservation;
mod contents_list;
mod credit;
mod digest;
mod flags;
mod footnotes;
mod furniture;
mod headings;
mod label;
mod laid_out;
mod layer;
mod looks;
mod markdown;
mod markdown_source;
mod masthead;
mod numerals;
mod page;
mod paragraphs;
#[cfg(feature = "pdf")]
mod pdf;
mod pictures;
mod refusal;
mod run_in;
mod source;
mod spacing;
mod word;

#[cfg(test)]
mod arrival;
#[cfg(test)]
mod kinds;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod mutants;

pub use layer::Layer;
pub use refusal::{Foreign, LARGEST, MOST_LINES, Refusal};

pub(crate) use crate::domain::han::half_width;

use super::encoding::{Decoded, NoText, decode};
use crate::domain::address::Address;
use crate::domain::document::{Draft, Finding};
use crate::domain::issue::edit::name_titles;
use conservation::{Account, Said};
use flags::Flags;
use pictures::Pictures;
use source::Source;

/// How a document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Plain,
    Markdown,
    Page,
    Word,
    Pdf,
}

/// Reads a document, which `name` helps to recognise.
///
/// # Errors
/// A [`Refusal`] when it is no document of ours, holds no article, or does not balance.
pub fn read(name: &str, bytes: &[u8]) -> Result<Draft, Refusal> {
    let format = recognise(name, bytes)?;
    if format == Format::Pdf {
        return read_layer(&layer(bytes)?);
    }
    let (mut flags, mut pictures) = (Flags::default(), Pictures::default());
    let source = match format {
        Format::Word => read_word(bytes, &mut pictures, &mut flags)?,
        Format::Plain | Format::Markdown | Format::Page | Format::Pdf => {
            read_text((name, bytes), format, &mut pictures, &mut flags)?
        }
    };
    settle(source, pictures, flags)
}

/// Whether a document is of a format that a program of its own should take the text out of, by [`layer`].
pub fn belongs_apart(name: &str, bytes: &[u8]) -> bool {
    recognise(name, bytes) == Ok(Format::Pdf)
}

/// The text behind the pages of a PDF, laid out as they are, and how its lines are set.
///
/// # Errors
/// A [`Refusal`] when there is none, or the file is no whole PDF.
#[cfg(feature = "pdf")]
pub fn layer(bytes: &[u8]) -> Result<Layer, Refusal> {
    let layer = pdf::layer(bytes)?;
    if layer.is_too_large() { Err(Refusal::TooLarge) } else { Ok(layer) }
}

/// Without its reader there is none.
///
/// # Errors
/// [`Foreign::Pdf`], always.
#[cfg(not(feature = "pdf"))]
pub fn layer(_: &[u8]) -> Result<Layer, Refusal> {
    Err(Refusal::Foreign(Foreign::Pdf))
}

/// Reads what [`layer`] gave.
///
/// # Errors
/// Those of [`read`].
pub fn read_layer(layer: &Layer) -> Result<Draft, Refusal> {
    let (text, mut flags) = (layer.text(), Flags::default());
    layer.note(&mut flags);
    let source = read_text(("", text.as_bytes()), Format::Pdf, &mut Pictures::default(), &mut flags)?;
    let source = Source { lines: layer.tell(source.lines), ..source };
    settle(source, Pictures::default(), flags)
}

fn read_word(bytes: &[u8], pictures: &mut Pictures, flags: &mut Flags) -> Result<Source, Refusal> {
    let source = word::read(bytes, pictures, flags)?;
    if source.lines.is_empty() {
        return Err(Refusal::Empty);
    }
    note_placeholders(&source, flags);
    Ok(source)
}

fn read_text(
    (name, bytes): (&str, &[u8]),
    format: Format,
    pictures: &mut Pictures,
    flags: &mut Flags,
) -> Result<Source, Refusal> {
    let Decoded { text, guessed } = decoded(format, bytes).map_err(|fault| match fault {
        NoText::Binary => Refusal::Binary,
        NoText::Damaged => Refusal::Undecodable,
    })?;
    check_size(&text)?;
    if format != Format::Page && is_roster(&text) {
        return Err(Refusal::Roster);
    }
    if is_thing(name) {
        return Err(Refusal::Foreign(Foreign::Thing));
    }
    if let Some(encoding) = guessed {
        flags.note(Finding::EncodingGuessed(encoding.to_owned()), None);
    }
    // What a page's styles alone show, such as bullets of one font, is no text of it.
    if format != Format::Page {
        note_unreadable(&text, flags);
    }
    let source = match format {
        Format::Markdown if markdown::is_crowded(&text) => return Err(Refusal::TooLarge),
        Format::Markdown => markdown::read(&text, pictures, flags),
        Format::Page => page::read(&text, pictures, flags).ok_or(Refusal::TooLarge)?,
        Format::Plain | Format::Word | Format::Pdf => {
            let text = clean::soften(text);
            Source { lines: clean::lines(&text), said: Said::Words(text) }
        }
    };
    if format == Format::Page {
        note_placeholders(&source, flags);
        if is_roster(&of_lines(&source.lines)) {
            return Err(Refusal::Roster);
        }
    }
    if source.lines.is_empty() {
        return Err(Refusal::Empty);
    }
    Ok(source)
}

/// Puts the lines in order, and proves that nothing was lost.
fn settle(source: Source, pictures: Pictures, mut flags: Flags) -> Result<Draft, Refusal> {
    let (account, lines) = Account::of(source);
    let (mut contents, ledger) = bulletin::read(lines, &mut flags);
    if contents.articles.is_empty() {
        return Err(Refusal::NoArticles);
    }
    if contents.articles.iter().all(|article| article.blocks.is_empty()) {
        return Err(Refusal::OnlyTitles);
    }
    let conservation = account.balance(&ledger, &contents);
    if conservation.lost != 0 {
        return Err(Refusal::NotConserved { lost: conservation.lost });
    }
    for article in contents.articles.iter().filter(|article| article.blocks.is_empty()) {
        flags.note(Finding::EmptyArticle(article.title.clone()), None);
    }
    name_titles(&mut contents.articles);
    Ok(Draft { contents, flags: flags.finish(), conservation, pictures: pictures.kept() })
}

/// The lines of a document as flags and blocks number them, from 1: for showing it beside what was read from it. Without
/// what only machines see; none where the bytes are no text. A paragraph or a table of a Word file is a line.
pub fn lines(name: &str, bytes: &[u8]) -> Vec<String> {
    let Ok(format) = recognise(name, bytes) else { return Vec::new() };
    if format == Format::Word {
        return word::lines(bytes);
    }
    if format == Format::Pdf {
        return layer(bytes).map(|layer| layer.lines()).unwrap_or_default();
    }
    let Ok(Decoded { text, .. }) = decoded(format, bytes) else { return Vec::new() };
    if format == Format::Page {
        return page::lines(&text);
    }
    clean::shown(&text)
}

fn decoded(format: Format, bytes: &[u8]) -> Result<Decoded, NoText> {
    match format {
        Format::Plain | Format::Markdown | Format::Word | Format::Pdf => decode(bytes),
        Format::Page => page::decode(bytes),
    }
}

fn of_lines(lines: &[source::Line]) -> String {
    lines.iter().map(|line| format!("{}\n", line.text)).collect()
}

fn recognise(name: &str, bytes: &[u8]) -> Result<Format, Refusal> {
    if bytes.len() > LARGEST {
        return Err(Refusal::TooLarge);
    }
    let extension = extension(name);
    if let Some(format) = foreign(&extension, bytes) {
        return Err(Refusal::Foreign(format));
    }
    if bytes.starts_with(ARCHIVE) {
        return Ok(Format::Word);
    }
    if is_pdf(bytes) {
        return Ok(Format::Pdf);
    }
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(64)]);
    Ok(match extension.as_str() {
        "md" | "markdown" => Format::Markdown,
        "html" | "htm" | "xhtml" | "shtml" => Format::Page,
        _ if page::is_page(&head) => Format::Page,
        _ => Format::Plain,
    })
}

/// Endings of what people drop by mistake and what is text, or looks like it: tables, settings, logs, programs.
const THINGS: [&str; 24] = [
    "toml", "csv", "tsv", "json", "log", "exe", "ini", "conf", "cfg", "yaml", "yml", "xml", "sql", "db", "sh", "bat",
    "ps1", "py", "js", "css", "pem", "eml", "ics", "vcf",
];

fn extension(name: &str) -> String {
    name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default()
}

fn is_thing(name: &str) -> bool {
    THINGS.contains(&extension(name).as_str())
}

/// Whether most lines hold a mail address, as those of a roster do and those of no issue.
fn is_roster(text: &str) -> bool {
    let is_cell = |cell: &str| {
        let cell: String = cell.chars().map(half_width).collect();
        cell.parse::<Address>().is_ok()
    };
    let cells = |line: &str| {
        line.split([',', '\t', ';', '，', '；', '|', '<', '>', '"', ' '])
            .any(|cell| cell.contains(['@', '＠']) && is_cell(cell))
    };
    let lines: Vec<_> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let with_address = lines.iter().filter(|line| cells(line)).count();
    with_address > 0 && with_address * 2 >= lines.len()
}

/// Formats that are known by their first bytes (which count more) or by their names.
fn foreign(extension: &str, bytes: &[u8]) -> Option<Foreign> {
    let starts = |magic: &[u8]| bytes.starts_with(magic);
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(64)])
        .trim_start_matches('\u{feff}')
        .trim_start()
        .to_lowercase();
    let is_named_word = matches!(extension, "docx" | "docm" | "dotx");
    if starts(ARCHIVE) {
        // The names of its parts stand in an archive as they are (APPNOTE.TXT 4.4.17).
        let holds = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
        let is_other = !is_named_word && !word::is_word(bytes);
        let kind = if is_other && (holds(b"xl/workbook") || holds(b"ppt/presentation")) {
            Foreign::Workbook
        } else {
            Foreign::Archive
        };
        return is_other.then_some(kind);
    }
    if starts(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        return Some(if super::is_locked(bytes) { Foreign::Locked } else { Foreign::OldWord });
    }
    if matches!(extension, "doc" | "wps" | "wpt") {
        return Some(Foreign::OldWord);
    }
    if is_pdf(bytes) || extension == "pdf" {
        return (!cfg!(feature = "pdf") || !is_pdf(bytes)).then_some(Foreign::Pdf);
    }
    if starts(b"\x1F\x8B") || starts(b"7z\xBC\xAF") || starts(b"Rar!") {
        return Some(Foreign::Archive);
    }
    if head.starts_with("{\\rtf") || extension == "rtf" {
        return Some(Foreign::RichText);
    }
    if matches!(extension, "mht" | "mhtml") {
        return Some(Foreign::WebArchive);
    }
    is_named_word.then_some(Foreign::Docx)
}

fn is_pdf(bytes: &[u8]) -> bool {
    bytes.starts_with(b"%PDF-")
}

/// How a zip archive begins.
const ARCHIVE: &[u8] = b"PK\x03\x04";

fn check_size(text: &str) -> Result<(), Refusal> {
    if text.bytes().filter(|&byte| matches!(byte, b'\n' | b'\r' | 0x0c)).count() > MOST_LINES {
        return Err(Refusal::TooLarge);
    }
    if text.chars().all(|c| clean::character(c).is_none_or(char::is_whitespace)) {
        return Err(Refusal::Empty);
    }
    Ok(())
}

/// Signs of one font alone were replaced in the lines; that is asked.
fn note_placeholders(source: &Source, flags: &mut Flags) {
    let symbols = source.lines.iter().flat_map(|line| line.text.chars()).filter(|c| *c == clean::PLACEHOLDER).count();
    if symbols > 0 {
        flags.note(Finding::Unreadable(format!("〓 × {symbols}")), None);
    }
}

/// Characters of the author's machine were replaced; that is asked, never silent (rule 10).
fn note_unreadable(text: &str, flags: &mut Flags) {
    let private: Vec<char> = text.chars().filter(|&c| clean::is_private(c)).collect();
    if let Some(&first) = private.first() {
        let what = format!("U+{:04X} × {}", u32::from(first), private.len());
        flags.note(Finding::Unreadable(what), None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_document_is_told_so() {
        let thing = Some(Refusal::Foreign(Foreign::Thing));
        for (name, text, refusal) in [
            ("r.csv", "姓名,邮箱\n孙明,sun@qq.com\n", Some(Refusal::Roster)),
            ("r.txt", "sun@qq.com\nli＠163.com\n", Some(Refusal::Roster)),
            ("r.txt", "Sun Ming <sun@qq.com>\n\nLi <li@163.com>\n", Some(Refusal::Roster)),
            ("sums.csv", "month,sum\n1,20\n", thing),
            ("yizhan.toml", "[relay]\nurl = \"smtp://a\"\n", thing),
            ("A.JSON", "{\"a\": 1}", thing),
            ("run.log", "it ran\n", thing),
            ("n.txt", "城东要闻\n\n城东修了桥，街坊都说好。\n\n来信请寄 notes@harbour.example\n", None),
            ("n.md", "# Notes\n\nThe pier is open.\n\nnotes@harbour.example\n", None),
        ] {
            let read = read(name, text.as_bytes());
            assert_eq!(
                read.as_ref().err().filter(|why| matches!(why, Refusal::Roster | Refusal::Foreign(_))),
                refusal.as_ref(),
                "{name}: {read:?}"
            );
        }
    }

    #[test]
    fn a_title_that_nothing_confirms_is_listed_for_a_look() {
        let is_found =
            |flag: &crate::domain::document::Flag| flag.finding == Finding::HeadingInferred("城东要闻".into());
        let text = "城东要闻\n\n城东修了桥，街坊都说好。\n";
        assert_eq!(read("n.txt", text.as_bytes()).unwrap().flags.iter().filter(|flag| is_found(flag)).count(), 1);
        let listed = format!("目录\n城东要闻……1\n城西要闻……2\n\n{text}\n城西要闻\n\n城西也修了桥。\n");
        assert!(!read("n.txt", listed.as_bytes()).unwrap().flags.iter().any(is_found));
        assert!(!read("n.md", format!("# {text}").as_bytes()).unwrap().flags.iter().any(is_found));
    }

    fn texts(text: &str) -> Vec<String> {
        let article = read("n.txt", text.as_bytes()).unwrap().contents.articles.remove(0);
        article.blocks.iter().map(crate::domain::issue::Block::plain).collect()
    }

    #[test]
    fn short_lines_that_stand_apart_stay_apart_and_numbered_ones_are_headings() {
        let names = texts(
            "云泽要闻\n\n市里办了赛。\n\n获奖名单\n\n安澜造船厂\n\n松屿研究院\n\n云泽大学堂\n\n云泽市科技局近日发了奖。\n",
        );
        assert_eq!(names[1..5], ["获奖名单", "安澜造船厂", "松屿研究院", "云泽大学堂"]);
        let heads = "云泽要闻\n\n市里办了赛。\n\n一、加强组织领导\n\n二、落实工作责任\n\n三、强化监督检查\n\n各部门要认真落实，确保完成。\n";
        let article = read("n.txt", heads.as_bytes()).unwrap().contents.articles.remove(0);
        let is_heading = |block: &&crate::domain::issue::Block| {
            matches!(block.kind, crate::domain::issue::BlockKind::Heading { .. })
        };
        assert_eq!((article.blocks.len(), article.blocks.iter().filter(is_heading).count()), (5, 3));
    }

    #[test]
    fn a_cell_that_is_empty_keeps_its_place_and_a_signature_is_no_row() {
        let table = texts(
            "云泽要闻\n\n市里修了桥。\n\n地区\t项目\t投资\n云泽\t桥梁\t345\n\t道路\t22\n\t港口\t7\n安澜\t\t9\n松屿\t公园\n市统计局\t2026年3月1日\n",
        );
        assert_eq!(
            table[1].lines().skip(2).collect::<Vec<_>>(),
            ["\t道路\t22", "\t港口\t7", "安澜\t\t9", "松屿\t公园\t"]
        );
        assert!(table[2].starts_with("市统计局"), "{table:?}");
    }
}
