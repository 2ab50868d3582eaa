//! Laws of the reader of Word files: documents written by hand, each with one thing that Word, WPS or LibreOffice
//! writes; and mutations of the cases' files, none of which may stop the program or invent a word.

use super::super::flags::Flags;
use super::super::{Foreign, Refusal, read};
use crate::domain::document::{Draft, Finding};
use crate::domain::issue::{BlockKind, Inline, plain};
use proptest::prelude::*;
use std::io::{Cursor, Read as _, Write as _};
use std::path::Path;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

const SPACES: &str = r#"xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture""#;

fn zipped(parts: &[(String, Vec<u8>)], method: CompressionMethod) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        archive.start_file(name, SimpleFileOptions::default().compression_method(method)).expect("a part");
        archive.write_all(bytes).expect("in memory");
    }
    archive.finish().expect("in memory").into_inner()
}

/// A document with this body below a masthead, and these further parts of `word/`.
fn document(body: &str, parts: &[(&str, &str)]) -> Vec<u8> {
    let front = ["云泽科技", "2026年第3期", "2026年3月5日"].map(row).concat();
    let main = format!("<?xml version=\"1.0\"?><w:document {SPACES}><w:body>{front}{body}</w:body></w:document>");
    let relations: String = parts
        .iter()
        .map(|(name, _)| {
            format!("<Relationship Id=\"r-{name}\" Type=\"http://x/relationships/{name}\" Target=\"{name}.xml\"/>")
        })
        .collect();
    let relations = format!(
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{relations}\
        <Relationship Id=\"link\" Type=\"http://x/relationships/hyperlink\" Target=\"https://a.example/\" TargetMode=\"External\"/>\
        <Relationship Id=\"bad\" Type=\"http://x/relationships/hyperlink\" Target=\"javascript:a()\" TargetMode=\"External\"/>\
        <Relationship Id=\"far\" Type=\"http://x/relationships/image\" Target=\"https://a.example/b.png\" TargetMode=\"External\"/>\
        </Relationships>"
    );
    let mut all = vec![
        ("word/document.xml".to_owned(), main.into_bytes()),
        ("word/_rels/document.xml.rels".to_owned(), relations.into_bytes()),
    ];
    for (name, inner) in parts {
        let xml = format!("<w:{name} {SPACES}>{inner}</w:{name}>");
        all.push((format!("word/{name}.xml"), xml.into_bytes()));
    }
    zipped(&all, CompressionMethod::Stored)
}

fn row(text: &str) -> String {
    p("", &r(text))
}

fn r(text: &str) -> String {
    format!("<w:r><w:t>{text}</w:t></w:r>")
}

fn p(properties: &str, inner: &str) -> String {
    format!("<w:p><w:pPr>{properties}</w:pPr>{inner}</w:p>")
}

/// A title by outline level.
fn title(text: &str) -> String {
    p("<w:outlineLvl w:val=\"0\"/>", &r(text))
}

fn drafted(body: &str, parts: &[(&str, &str)]) -> Draft {
    let draft = read("a.docx", &document(&format!("{}{body}", title("题目")), parts));
    let draft = draft.unwrap_or_else(|refusal| panic!("{refusal}: {body}"));
    assert_eq!(draft.conservation.lost, 0, "{body}");
    draft
}

/// The blocks of the one article, a line each.
fn blocks(draft: &Draft) -> Vec<String> {
    let words = |words: &[Inline]| {
        let one = |inline: &Inline| match inline {
            Inline::Strong(text) => format!("*{text}*"),
            Inline::RunIn(text) => format!("【{text}】"),
            Inline::Superscript(text) => format!("^{text}"),
            Inline::Link { href, text } => format!("[{text}]({href})"),
            Inline::Break => "⏎".to_owned(),
            other => other.plain().to_owned(),
        };
        words.iter().map(one).collect::<String>()
    };
    let block = |kind: &BlockKind| match kind {
        BlockKind::Heading { level, text } => format!("h{level} {}", plain(text)),
        BlockKind::Paragraph { text } => words(text),
        BlockKind::List { ordered, items, .. } => items
            .iter()
            .map(|item| format!("{} {}", if *ordered { "#" } else { "-" }, words(item)))
            .collect::<Vec<_>>()
            .join("|"),
        BlockKind::Table { rows, .. } => rows
            .iter()
            .map(|row| row.iter().map(|cell| words(cell)).collect::<Vec<_>>().join(","))
            .collect::<Vec<_>>()
            .join("|"),
        BlockKind::Image { alt, .. } => format!("image {alt}"),
        BlockKind::Quote { text } => format!("quote {}", words(text)),
        BlockKind::Note { text } => format!("note {}", words(text)),
    };
    draft.contents.articles.iter().flat_map(|article| article.blocks.iter().map(|one| block(&one.kind))).collect()
}

fn kinds(draft: &Draft) -> Vec<&'static str> {
    draft.flags.iter().map(|flag| flag.finding.kind()).collect()
}

#[test]
fn words_are_read_as_word_shows_them() {
    let field = |instruction: &str, result: &str| {
        format!(
            "<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText>{instruction}</w:instrText></w:r>\
            <w:r><w:fldChar w:fldCharType=\"separate\"/></w:r>{}<w:r><w:fldChar w:fldCharType=\"end\"/></w:r>",
            r(result)
        )
    };
    for (inner, shown) in [
        (format!("{}{}", r("甲"), r("乙。")), "甲乙。"),
        ("<w:r><w:t>甲</w:t><w:br/><w:t>乙。</w:t></w:r>".to_owned(), "甲⏎乙。"),
        ("<w:r><w:t>甲</w:t><w:noBreakHyphen/><w:softHyphen/><w:t>乙。</w:t></w:r>".to_owned(), "甲-乙。"),
        ("<w:r><w:t>甲</w:t><w:sym w:font=\"Wingdings\" w:char=\"F0FC\"/></w:r>".to_owned(), "甲✓"),
        ("<w:r><w:t>甲</w:t><w:lastRenderedPageBreak/><w:t>乙 &amp; &#x4E19;。</w:t></w:r>".to_owned(), "甲乙 & 丙。"),
        (
            format!("{}<w:ruby><w:rt>{}</w:rt><w:rubyBase>{}</w:rubyBase></w:ruby>", r("甲"), r("yi"), r("乙。")),
            "甲乙。",
        ),
        (
            format!("{}<w:smartTag><w:sdt><w:sdtContent>{}</w:sdtContent></w:sdt></w:smartTag>", r("甲"), r("乙。")),
            "甲乙。",
        ),
        (format!("甲{}", r("乙。")), "乙。"), // text outside of a run is none
        (format!("{}<w:hyperlink r:id=\"link\">{}</w:hyperlink>", r("甲"), r("乙")), "甲[乙](https://a.example/)"),
        (format!("{}<w:hyperlink r:id=\"bad\">{}</w:hyperlink>", r("甲"), r("乙")), "甲乙"),
        (r("甲") + &field("HYPERLINK \"https://b.example/\"", "乙"), "甲[乙](https://b.example/)"),
        (r("甲") + &field("PAGE", "3"), "甲3"),
        (r("甲") + "<w:r><w:rPr><w:vanish/></w:rPr><w:t>乙</w:t></w:r>" + &r("丙。"), "甲丙。"),
        (r("甲") + "<m:oMath><m:r><m:t>x</m:t></m:r></m:oMath>" + &r("丙。"), "甲〔公式〕丙。"),
        (
            r("甲")
                + "<mc:AlternateContent><mc:Choice>"
                + &r("乙")
                + "</mc:Choice><mc:Fallback>"
                + &r("乙")
                + "</mc:Fallback></mc:AlternateContent>",
            "甲乙",
        ),
        ("<w:r><w:rPr><w:b/></w:rPr><w:t>甲乙丙丁。</w:t></w:r>".to_owned() + &r("戊。"), "【甲乙丙丁。】戊。"),
        (r("甲") + "<w:r><w:rPr><w:b/></w:rPr><w:t>乙</w:t></w:r>" + &r("丙。"), "甲*乙*丙。"),
        (r("甲") + "<w:r><w:rPr><w:b w:val=\"0\"/></w:rPr><w:t>乙。</w:t></w:r>", "甲乙。"),
    ] {
        let body = p("", &inner) + &row("末段。");
        assert_eq!(blocks(&drafted(&body, &[]))[0], shown, "{inner}");
    }
}

#[test]
fn changes_are_taken_as_if_accepted() {
    let del = |text: &str| format!("<w:del><w:r><w:delText>{text}</w:delText></w:r></w:del>");
    let deleted_end = "<w:rPr><w:del w:id=\"1\"/></w:rPr>";
    let body = p("", &format!("{}{}<w:ins>{}</w:ins>", r("甲"), del("乙"), r("丙。")))
        + &p(deleted_end, &r("丁。"))
        + &row("戊。")
        + &p(deleted_end, &del("己"))
        + &p("<w:outlineLvl w:val=\"1\"/>", &r("小节"))
        + &p("", &format!("<w:moveFrom>{}</w:moveFrom>{}", r("庚"), r("辛。")))
        + &p("<w:rPr/><w:pPrChange><w:pPr><w:outlineLvl w:val=\"0\"/></w:pPr></w:pPrChange>", &r("壬。"));
    let draft = drafted(&body, &[]);
    assert_eq!(blocks(&draft), ["甲丙。", "丁。戊。", "h1 小节", "辛。", "壬。"]);
    let change = draft.flags.iter().find(|flag| flag.finding.kind() == "tracked-change").expect("asked");
    assert_eq!(change.finding, Finding::TrackedChange { inserted: 2, deleted: 3 });
}

#[test]
fn a_table_keeps_its_cells_and_counts_in_them() {
    let cell = |properties: &str, inner: &str| format!("<w:tc><w:tcPr>{properties}</w:tcPr>{inner}</w:tc>");
    let tr =
        |properties: &str, cells: &[String]| format!("<w:tr><w:trPr>{properties}</w:trPr>{}</w:tr>", cells.concat());
    let number = |text: &str| p("<w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"1\"/></w:numPr>", &r(text));
    let table = format!(
        "<w:tbl>{}{}{}{}</w:tbl>",
        tr("", &[cell("<w:gridSpan w:val=\"2\"/>", &row("甲")), cell("<w:vMerge w:val=\"restart\"/>", &row("乙"))]),
        tr("", &[cell("", &number("丙")), cell("", &(row("丁") + &row("戊"))), cell("<w:vMerge/>", &p("", ""))]),
        tr("<w:del/>", &[cell("", &row("己")), cell("", &row("庚"))]),
        tr("<w:gridBefore w:val=\"1\"/>", &[cell("", &number("辛"))]),
    );
    let numbering = r#"<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/>
        <w:lvlText w:val="%1."/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>"#;
    let draft = drafted(&(row("首段。") + &table + &row("末段。")), &[("numbering", numbering)]);
    assert_eq!(blocks(&draft)[1], "甲,,乙|1.丙,丁⏎戊,|,2.辛,");
}

#[test]
fn numbers_of_one_list_side_by_side_are_entries_and_others_are_words() {
    let numbering = r#"<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/>
        <w:lvlText w:val="%1."/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
        <w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="（%1）"/></w:lvl>
        </w:abstractNum><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>"#;
    let n = |list: u8, text: &str| p(&format!("<w:numPr><w:numId w:val=\"{list}\"/></w:numPr>"), &r(text));
    let body =
        n(1, "甲。") + &n(1, "乙。") + &row("段。") + &n(1, "丙。") + &row("段。") + &n(2, "丁。") + &n(2, "戊。");
    let draft = drafted(&body, &[("numbering", numbering)]);
    assert_eq!(blocks(&draft), ["# 甲。|# 乙。", "段。", "3.丙。", "段。", "（一）丁。", "（二）戊。"]);
}

#[test]
fn what_a_letter_cannot_carry_is_named_in_its_place() {
    let drawing = |inner: &str| format!("<w:r><w:drawing><wp:inline>{inner}</wp:inline></w:drawing></w:r>");
    let picture = |alt: &str, blip: &str| {
        drawing(&format!(
            "<wp:docPr id=\"1\" name=\"a\" descr=\"{alt}\"/><a:graphic><a:graphicData \
            uri=\"http://schemas.openxmlformats.org/drawingml/2006/picture\"><pic:pic><a:blip {blip}/></pic:pic></a:graphicData></a:graphic>"
        ))
    };
    let chart = drawing("<a:graphic><a:graphicData uri=\"http://x/2006/chart\"/></a:graphic>");
    let text_box = format!("<w:r><w:pict><w:txbxContent>{}</w:txbxContent></w:pict></w:r>", row("框内。"));
    let body = p("", &picture("码头全景", "r:embed=\"x\""))
        + &p("", &picture("1.png", "r:embed=\"x\""))
        + &p("", &picture("远处", "r:link=\"far\""))
        + &p("", &chart)
        + &p("", &(text_box + &r("框外。")))
        + &p("", &(r("图注") + &picture("", "r:embed=\"x\"")));
    let draft = drafted(&body, &[]);
    assert_eq!(
        blocks(&draft),
        ["image 码头全景", "image ", "image 远处", "note 〔图表〕", "框外。", "框内。", "图注", "image "]
    );
    let kinds = kinds(&draft);
    for (kind, count) in [("missing-alt", 2), ("external-image", 1), ("unreadable", 1), ("text-box", 1)] {
        assert_eq!(kinds.iter().filter(|own| **own == kind).count(), count, "{kind}: {kinds:?}");
    }
}

#[test]
fn notes_stand_behind_their_article_and_comments_are_asked() {
    let note = |kind: &str, id: u8, text: &str| format!("<w:{kind} w:id=\"{id}\">{}</w:{kind}>", row(text));
    let refer = |kind: &str, id: u8| format!("<w:r><w:{kind}Reference w:id=\"{id}\"/></w:r>");
    let body = p("", &(r("甲") + &refer("footnote", 3) + &r("乙。")))
        + &p("", &(r("丙。") + &refer("endnote", 1) + &refer("comment", 0)))
        + &row("丁。");
    let parts = [
        ("footnotes", note("footnote", 3, "脚注。") + &note("footnote", 4, "没有人引用。")),
        ("endnotes", note("endnote", 1, "尾注。")),
        ("comments", note("comment", 0, "请核对")),
    ];
    let draft = drafted(&body, &parts.each_ref().map(|(name, inner)| (*name, inner.as_str())));
    assert_eq!(blocks(&draft), ["甲^1乙。", "丙。^i", "丁。", "note ^1脚注。", "note ^i尾注。"]);
    assert!(draft.flags.iter().any(|flag| flag.finding == Finding::Comment("请核对".into()) && flag.line.is_some()));
}

#[test]
fn what_is_no_word_document_is_refused_with_the_next_step() {
    let parts = |name: &str, bytes: &[u8]| zipped(&[(name.to_owned(), bytes.to_vec())], CompressionMethod::Stored);
    let deep = format!("<w:document {SPACES}>{}", "<w:p>".repeat(5_000));
    let entities = format!(
        "<!DOCTYPE a [<!ENTITY b \"bbbb\">]><w:document {SPACES}><w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>"
    );
    let sheet = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
        <Relationship Id=\"a\" Type=\"http://x/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>";
    let workbook = zipped(
        &[("_rels/.rels".into(), sheet.into()), ("xl/workbook.xml".into(), b"<a/>".to_vec())],
        CompressionMethod::Stored,
    );
    let locked: Vec<u8> = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"
        .iter()
        .copied()
        .chain("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let dense = zipped(&[("word/document.xml".into(), vec![b' '; 8 * 1024 * 1024])], CompressionMethod::Deflated);
    let many: Vec<(String, Vec<u8>)> = (0..5_000).map(|n| (format!("a{n}"), Vec::new())).collect();
    for (bytes, refusal) in [
        (parts("word/document.xml", deep.as_bytes()), Refusal::DamagedWord),
        (parts("word/document.xml", entities.as_bytes()), Refusal::DamagedWord),
        (parts("word/document.xml", b"<w:p"), Refusal::DamagedWord),
        (parts("word/document.xml", b"\xff\xfe"), Refusal::DamagedWord),
        (parts("word/document.xml", format!("<w:document {SPACES}/>").as_bytes()), Refusal::Empty),
        (parts("readme.txt", b"a"), Refusal::Foreign(Foreign::Archive)),
        (workbook, Refusal::Foreign(Foreign::Workbook)),
        (locked, Refusal::Foreign(Foreign::Locked)),
        (dense, Refusal::Inflated),
        (zipped(&many, CompressionMethod::Stored), Refusal::Inflated),
        (b"PK\x03\x04".to_vec(), Refusal::DamagedWord),
    ] {
        assert_eq!(read("a.docx", &bytes).err(), Some(refusal), "{refusal:?}");
    }
    let whole = parts("word/document.xml", &vec![b' '; 50 * 1024 * 1024]);
    assert_eq!(super::read(&whole, &mut Default::default(), &mut Flags::default()).err(), Some(Refusal::Inflated));
}

/// The parts of the cases' files.
fn cases() -> Vec<Vec<(String, Vec<u8>)>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut files: Vec<_> =
        std::fs::read_dir(folder).expect("cases").map(|entry| entry.expect("a case").path()).collect();
    files.sort();
    let sources = files.into_iter().map(|case| case.join("source.docx")).filter(|path| path.is_file());
    let parts = |path| {
        let mut archive = ZipArchive::new(Cursor::new(std::fs::read(path).expect("a file"))).expect("an archive");
        (0..archive.len())
            .map(|at| {
                let mut part = archive.by_index(at).expect("a part");
                let mut bytes = Vec::new();
                part.read_to_end(&mut bytes).expect("a part");
                (part.name().expect("a name").into_owned(), bytes)
            })
            .filter(|(name, _)| name.ends_with("xml") || name.ends_with("rels"))
            .collect()
    };
    sources.map(parts).collect()
}

/// What is done to a part: bytes flipped, cut, doubled; tags swapped, dropped.
#[derive(Clone, Copy, Debug)]
enum Harm {
    Flip,
    Cut,
    Double,
    SwapTags,
    DropTag,
}

fn harmed(part: &[u8], harm: Harm, one: usize, two: usize) -> Vec<u8> {
    let mut bytes = part.to_vec();
    if bytes.is_empty() {
        return bytes;
    }
    let (from, to) = (one % bytes.len(), two % bytes.len());
    let (from, to) = (from.min(to), from.max(to));
    let tags: Vec<(usize, usize)> = {
        let starts = (0..bytes.len()).filter(|at| bytes[*at] == b'<');
        starts.filter_map(|at| Some((at, at + bytes[at..].iter().position(|b| *b == b'>')? + 1))).collect()
    };
    let tag = |n: usize| tags.get(n % tags.len().max(1)).copied().unwrap_or((0, 0));
    match harm {
        Harm::Flip => bytes[from] ^= 1 << (two % 8),
        Harm::Cut => drop(bytes.drain(from..to.min(from + two % 4_000))),
        Harm::Double => {
            let piece = bytes[from..to.min(from + 4_000)].to_vec();
            bytes.splice(from..from, piece);
        }
        Harm::SwapTags => {
            let ((a, b), (c, d)) = (tag(one).min(tag(two)), tag(one).max(tag(two)));
            if b <= c {
                let swapped = [&part[..a], &part[c..d], &part[b..c], &part[a..b], &part[d..]].concat();
                bytes = swapped;
            }
        }
        Harm::DropTag => drop(bytes.drain(tag(one).0..tag(one).1)),
    }
    bytes
}

fn is_read_or_refused(parts: &[(String, Vec<u8>)]) {
    let bytes = zipped(parts, CompressionMethod::Stored);
    if let Ok(draft) = read("a.docx", &bytes) {
        assert_eq!(draft.conservation.lost, 0);
    }
}

fn harm_all(harm: Harm, case: usize, part: usize, one: usize, two: usize, cases: &[Vec<(String, Vec<u8>)>]) {
    let mut parts = cases[case % cases.len()].clone();
    // Half of all harm is done to the document itself.
    let main = parts.iter().position(|(name, _)| name == "word/document.xml").expect("a document");
    let at = if part.is_multiple_of(2) { main } else { part / 2 % parts.len() };
    parts[at].1 = harmed(&parts[at].1, harm, one, two);
    is_read_or_refused(&parts);
}

fn harm() -> impl Strategy<Value = Harm> {
    prop_oneof![Just(Harm::Flip), Just(Harm::Cut), Just(Harm::Double), Just(Harm::SwapTags), Just(Harm::DropTag)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(30))]

    #[test]
    fn harmed_files_are_read_or_refused(
        harms in prop::collection::vec((harm(), any::<usize>(), any::<usize>(), any::<usize>(), any::<usize>()), 1..4),
    ) {
        let cases = cases();
        for (harm, case, part, one, two) in harms {
            harm_all(harm, case, part, one, two, &cases);
        }
    }
}

/// The same many times over; takes minutes in debug.
#[test]
#[ignore = "a measurement: ten thousand files"]
fn ten_thousand_harmed_files_are_read_or_refused() {
    let cases = cases();
    let mut state: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).expect("31 bits")
    };
    for n in 0..10_000 {
        let harm = [Harm::Flip, Harm::Cut, Harm::Double, Harm::SwapTags, Harm::DropTag][n % 5];
        harm_all(harm, next(), next(), next(), next(), &cases);
    }
}
