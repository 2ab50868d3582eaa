//! Pages: PDFs written by hand, a page at a time, for what no office program at hand writes: each is read, and what came of it
//! is what its reader would see.

use super::layer;
use crate::domain::document::{Draft, Finding};
use crate::domain::issue::{Block, BlockKind};
use crate::intake::document::read;

/// A PDF of these pages: what draws each.
fn pdf(pages: &[String]) -> Vec<u8> {
    let font = "<</Type/Font/Subtype/CIDFontType2/BaseFont/SimSun/DW 1000/W[1 95 500]\
        /CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>\
        /FontDescriptor<</Type/FontDescriptor/FontName/SimSun/Flags 6/FontBBox[0 -200 1000 900]\
        /ItalicAngle 0/Ascent 880/Descent -120/CapHeight 700/StemV 80>>>>";
    let kids: Vec<String> = (0..pages.len()).map(|at| format!("{} 0 R", 5 + 2 * at)).collect();
    let mut objects = vec![
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        format!("<</Type/Pages/Count {}/Kids[{}]>>", pages.len(), kids.join(" ")),
        format!("<</Type/Font/Subtype/Type0/BaseFont/SimSun/Encoding/UniGB-UCS2-H/DescendantFonts[{font}]>>"),
    ];
    for (at, page) in pages.iter().enumerate() {
        objects.push(format!("<</Length {}>>stream\n{page}\nendstream", page.len()));
        objects.push(format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents {} 0 R/Resources<</Font<</F 3 0 R>>>>>>",
            4 + 2 * at
        ));
    }
    let (mut out, mut places) = ("%PDF-1.4\n".to_owned(), String::new());
    for (number, object) in (1..).zip(&objects) {
        places.push_str(&format!("{:010} 00000 n \n", out.len()));
        out.push_str(&format!("{number} 0 obj\n{object}\nendobj\n"));
    }
    let (count, start) = (objects.len() + 1, out.len());
    out.push_str(&format!("xref\n0 {count}\n0000000000 65535 f \n{places}"));
    out.push_str(&format!("trailer<</Size {count}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n"));
    out.into_bytes()
}

/// Words at a place, in points from the left and from below.
fn words(x: f64, y: f64, size: f64, text: &str) -> String {
    set((1.0, 0.0, 0.0), (x, y), size, text)
}

/// Words that are turned or slanted: how far right, up and aslant they run.
fn set((right, up, aslant): (f64, f64, f64), (x, y): (f64, f64), size: f64, text: &str) -> String {
    let codes: String = text.encode_utf16().map(|unit| format!("{unit:04x}")).collect();
    let (a, b, c, d) = (right, up, aslant - up, right);
    format!("BT /F {size} Tf {a} {b} {c} {d} {x} {y} Tm <{codes}> Tj ET\n")
}

/// What 38 Han characters say, the width of a column of 12 points.
const FULL: &str = "今年以来云泽市围绕企业需求建设公共创新平台把散落在各个院所的仪器设备集中起来开放共享";

/// How many characters a line of the column has.
const COLUMN: usize = 38;

/// A line of the column that begins so many characters in and has so many.
fn line(y: f64, start: usize, length: usize) -> String {
    let text: String = FULL.chars().cycle().skip(start).take(length).collect();
    words(70.0 + 12.0 * start as f64, y, 12.0, &text)
}

/// A paragraph of three full lines and a half, the first indented; where its last line stands is told by its height.
fn paragraph(top: f64) -> String {
    let rows = [(2, COLUMN - 2), (0, COLUMN), (0, COLUMN)];
    let full: String =
        (0..).zip(rows).map(|(n, (start, length))| line(top - 18.0 * f64::from(n), start, length)).collect();
    full + &words(70.0, top - 54.0, 12.0, "开放的设备已有八百台。")
}

/// A page with a masthead, a title and a paragraph, above what is drawn below them from a height of 620 points on.
fn page(below: &str) -> String {
    let head = words(220.0, 780.0, 26.0, "云泽观察") + &words(220.0, 750.0, 12.0, "2026年第3期 2026年3月5日");
    head + &words(160.0, 720.0, 18.0, "云泽建设平台服务企业") + &paragraph(690.0) + below
}

fn draft(pages: &[String]) -> Draft {
    read("本期.pdf", &pdf(pages)).unwrap()
}

fn blocks(pages: &[String]) -> Vec<Block> {
    let contents = draft(pages).contents;
    let [article] = contents.articles.as_slice() else { panic!("{} articles", contents.articles.len()) };
    article.blocks.clone()
}

fn texts(pages: &[String]) -> Vec<String> {
    blocks(pages).iter().map(Block::plain).collect()
}

fn findings(pages: &[String]) -> Vec<Finding> {
    draft(pages).flags.into_iter().map(|flag| flag.finding).collect()
}

#[test]
fn an_initial_does_not_gather_the_lines_beside_it() {
    let lines = line(600.0, 4, 34) + &line(582.0, 4, 34) + &words(70.0, 564.0, 12.0, "开放的设备已有九百台。");
    let text = layer(&pdf(&[page(&(words(70.0, 576.0, 40.0, "今") + &lines))])).unwrap().text;
    let rows: Vec<&str> = text.lines().map(str::trim).collect();
    let own: String = FULL.chars().skip(4).take(34).collect();
    assert_eq!(rows.iter().filter(|row| row.trim_start_matches('今').trim() == own).count(), 2, "{rows:?}");
}

#[test]
fn slanted_letters_are_no_larger() {
    let slanted = set((1.0, 0.0, 0.33), (94.0, 600.0), 12.0, &FULL.chars().take(20).collect::<String>());
    let layer = layer(&pdf(&[page(&slanted)])).unwrap();
    assert_eq!(layer.settings.last().map(|last| last.size), Some(24));
}

#[test]
fn a_raised_number_does_not_join_the_number_beside_it() {
    let raised =
        words(94.0, 600.0, 12.0, "完成投资23") + &words(154.0, 604.0, 7.0, "1") + &words(158.0, 600.0, 12.0, "亿元。");
    assert_eq!(texts(&[page(&raised)])[1], "完成投资23¹亿元。");
}

#[test]
fn a_frame_an_item_and_wide_lines_are_paragraphs_each() {
    let frame = line(600.0, 3, 32) + &line(582.0, 3, 32) + &words(106.0, 564.0, 12.0, "欢迎来电。");
    let item = words(70.0, 530.0, 12.0, "1.")
        + &line(530.0, 2, 36)
        + &line(512.0, 2, 36)
        + &words(94.0, 494.0, 12.0, "请预约。");
    let wide = line(450.0, 2, 36) + &line(420.0, 0, 38) + &words(70.0, 390.0, 12.0, "谢谢支持。");
    let texts = texts(&[page(&(frame + &item + &wide))]);
    let ends: Vec<bool> = texts.iter().map(|text| text.ends_with('。')).collect();
    assert_eq!(ends, [true; 4], "{texts:?}");
}

#[test]
fn a_note_stands_at_the_end_and_its_paragraph_goes_on_overleaf() {
    let cut = line(112.0, 2, 36) + &words(70.0, 94.0, 12.0, &FULL.chars().take(30).collect::<String>());
    let cut = cut + &words(430.0, 98.0, 7.0, "1") + &words(434.0, 94.0, 12.0, "集中开放共享");
    let note = words(70.0, 64.0, 6.0, "1")
        + &words(76.0, 60.0, 9.0, "见《云泽日报》三月一日头版，并见同日")
        + &words(70.0, 48.0, 9.0, "的社论。");
    let number = words(290.0, 30.0, 9.0, "— 1 —");
    let next = words(70.0, 780.0, 12.0, "的设备已经有八百台。") + &paragraph(762.0);
    let pages = [page(&(cut + &note + &number)), next];
    let texts = texts(&pages);
    assert_eq!(texts.len(), 4, "{texts:?}");
    assert!(texts[1].ends_with("¹集中开放共享的设备已经有八百台。"), "{texts:?}");
    assert_eq!(texts[3], "1见《云泽日报》三月一日头版，并见同日的社论。");
    assert!(matches!(blocks(&pages)[3].kind, BlockKind::Note { .. }));
}

#[test]
fn small_print_that_nothing_refers_to_is_text() {
    let small = words(70.0, 60.0, 9.0, "3市联合开放的设备已有八百台。");
    assert!(matches!(blocks(&[page(&small)])[1].kind, BlockKind::Paragraph { .. }));
}

/// Words in which `^` raises the next letters up to a blank, and `_` lowers them.
fn formula(x: f64, y: f64, text: &str) -> String {
    let (mut out, mut x, mut set) = (String::new(), x, (0.0, 12.0));
    for c in text.chars() {
        match c {
            '^' => set = (4.0, 7.0),
            '_' => set = (-3.0, 7.0),
            ' ' => set = (0.0, 12.0),
            _ => {
                out.push_str(&words(x, y + set.0, set.1, &c.to_string()));
                x += if c.is_ascii() { set.1 / 2.0 } else { set.1 };
            }
        }
    }
    out
}

#[test]
fn raised_and_lowered_digits_stay_where_they_stand_however_many() {
    for (set, said) in [
        ("投资23^1 亿元，增长12^2 个点，用地35^3 亩，引才8^4 人。", "投资23¹亿元，增长12²个点，用地35³亩，引才8⁴人。"),
        ("约10^8 台，用地80m^2 ，CO_2 减少三成。", "约10⁸台，用地80m²，CO2减少三成。"),
    ] {
        assert_eq!(texts(&[page(&formula(94.0, 600.0, set))])[1..], [said.to_owned()]);
    }
}

#[test]
fn a_power_makes_no_note_and_an_imprint_is_none() {
    let power =
        formula(94.0, 600.0, "展厅80m^2 ，欢迎参观。") + &words(70.0, 60.0, 9.0, "2号楼201室为本刊编辑部，欢迎来稿。");
    assert!(!blocks(&[page(&power)]).iter().any(|block| matches!(block.kind, BlockKind::Note { .. })));
    let referred =
        formula(94.0, 600.0, "规划^1 已经印发，欢迎查阅。") + &words(70.0, 110.0, 9.0, "1见《云泽日报》头版。");
    let imprint = words(70.0, 60.0, 9.0, "主编：张三　责任编辑：李四");
    let draft = draft(&[page(&(referred + &imprint))]);
    let notes = draft.contents.articles[0].blocks.iter().filter(|block| matches!(block.kind, BlockKind::Note { .. }));
    assert_eq!(notes.map(Block::plain).collect::<Vec<_>>(), ["1见《云泽日报》头版。"]);
    assert!(!draft.contents.colophon.lines.is_empty());
}

#[test]
fn a_note_stands_with_the_article_that_refers_to_it() {
    let first = formula(94.0, 600.0, "规划^12 已经印发，欢迎查阅。");
    let second = words(160.0, 520.0, 18.0, "安澜开放公共仪器设备") + &paragraph(490.0);
    let note = words(70.0, 64.0, 6.0, "12") + &words(76.0, 60.0, 9.0, "见《云泽日报》三月一日头版。");
    let articles = draft(&[page(&(first + &second + &note))]).contents.articles;
    let notes = articles
        .iter()
        .map(|article| article.blocks.iter().filter(|block| matches!(block.kind, BlockKind::Note { .. })).count());
    assert_eq!(notes.collect::<Vec<_>>(), [1, 0]);
    assert_eq!(articles[0].blocks.last().map(Block::plain).as_deref(), Some("12见《云泽日报》三月一日头版。"));
}

#[test]
fn single_lines_that_space_parts_are_paragraphs_each() {
    let parted: String = (0..3).map(|n| line(600.0 - 36.0 * f64::from(n), 0, 34)).collect();
    let plain = line(440.0, 0, 38) + &line(422.0, 0, 38) + &line(404.0, 0, 20);
    assert_eq!(texts(&[page(&(parted + &plain))]).len(), 5);
}

#[test]
fn rows_whose_cells_stand_below_each_other_are_a_table() {
    let row = |y: f64, cells: [&str; 4]| -> String {
        (0..).zip(cells).map(|(n, cell)| words(70.0 + 110.0 * f64::from(n), y, 12.0, cell)).collect()
    };
    let table = row(600.0, ["地区", "项目", "投资", "增速"]) + &row(580.0, ["云泽", "12", "345", "12.5"]);
    let found = blocks(&[page(&(table + &paragraph(540.0)))]);
    let BlockKind::Table { rows, .. } = &found[1].kind else { panic!("{found:?}") };
    assert_eq!((found.len(), rows.len(), rows[1].len()), (3, 2, 4));
}

#[test]
fn a_row_with_an_empty_cell_is_one_and_its_cells_keep_their_columns() {
    let cell = |x: f64, y: f64, text: &str| words(70.0 + 110.0 * x, y, 12.0, text);
    let rows: String =
        ["地区", "项目", "投资", "增速"].iter().zip(0..).map(|(text, n)| cell(f64::from(n), 600.0, text)).collect();
    let full: String =
        ["云泽", "12", "345", "12.5"].iter().zip(0..).map(|(text, n)| cell(f64::from(n), 580.0, text)).collect();
    let lacking = cell(0.0, 560.0, "安澜") + &cell(1.0, 560.0, "22") + &cell(3.0, 560.0, "22.5");
    let short = cell(0.0, 540.0, "松屿") + &cell(1.0, 540.0, "7");
    let merged = cell(1.0, 520.0, "8") + &cell(2.0, 520.0, "9") + &cell(3.0, 520.0, "1.5");
    let found = blocks(&[page(&(rows + &full + &lacking + &short + &merged + &paragraph(480.0)))]);
    let BlockKind::Table { rows, .. } = &found[1].kind else { panic!("{found:?}") };
    let plain: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|cell| crate::domain::issue::plain(cell)).collect()).collect();
    assert_eq!(
        plain[2..],
        [
            ["安澜", "22", "", "22.5"].map(String::from).to_vec(),
            ["松屿", "7", "", ""].map(String::from).to_vec(),
            ["", "8", "9", "1.5"].map(String::from).to_vec()
        ]
    );
    assert_eq!(found.len(), 3);
}

#[test]
fn names_one_below_the_other_are_no_subheads() {
    let names: String =
        (0..6).map(|n| words(94.0, 600.0 - 18.0 * f64::from(n), 12.0, "云泽市科技局处长张三丰同志")).collect();
    let found = blocks(&[page(&names)]);
    assert!(!found.iter().any(|block| matches!(block.kind, BlockKind::Heading { .. })), "{found:?}");
    assert_eq!(found.len(), 7);
}

#[test]
fn two_pages_with_bare_numbers_say_nothing_of_them() {
    let pages = [page(&words(290.0, 30.0, 9.0, "1")), paragraph(780.0) + &words(290.0, 30.0, 9.0, "2")];
    assert!(texts(&pages).iter().all(|text| text.chars().count() > 1), "{:?}", texts(&pages));
}

#[test]
fn what_is_not_taken_is_named() {
    let seal = set((0.0, 1.0, 0.0), (560.0, 300.0), 12.0, "内部资料请勿外传");
    assert!(findings(&[page(&seal)]).contains(&Finding::SetAside("内部资料请勿外传".into())));
    let column = set((0.0, 1.0, 0.0), (560.0, 100.0), 12.0, FULL);
    assert!(findings(&[page(&column)]).contains(&Finding::LeftOut(FULL.into())));
    let long = set((0.0, 1.0, 0.0), (560.0, 100.0), 4.0, &FULL.repeat(20));
    let named = |finding: &Finding| matches!(finding, Finding::LeftOut(words) if words.chars().count() == 200);
    assert!(findings(&[page(&long)]).iter().any(named));
    let scan = "q 500 0 0 700 40 60 cm BI /W 1 /H 1 /BPC 8 /CS /G ID \u{40} EI Q".to_owned();
    assert!(findings(&[page(""), scan, paragraph(700.0)]).contains(&Finding::PageOfPictures(2)));
    assert!(
        !findings(&[page(""), "40 60 500 1 re f".to_owned(), paragraph(700.0)]).contains(&Finding::PageOfPictures(2))
    );
}

#[test]
fn text_behind_a_scan_is_asked_about() {
    assert!(findings(&[format!("3 Tr {}", page(""))]).contains(&Finding::HiddenText));
    assert!(!findings(&[page("")]).contains(&Finding::HiddenText));
}
