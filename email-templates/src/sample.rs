//! Sample: an issue in each language that shows every kind of block, for tests of the templates
//! and for whoever wants to see them without an issue at hand.

use crate::style::Theme;
use crate::view::{Article, AttachedFile, Block, Cell, ImprintLine, Inline, Issue, ReadLink, Table};
use crate::words::Language;

/// A sample issue.
pub fn issue(language: Language) -> Issue {
    match language {
        Language::Chinese => chinese(),
        Language::English => english(),
    }
}

/// The sample issue once more, as a correction.
pub fn correction(language: Language) -> Issue {
    let reason = match language {
        Language::Chinese => "第一篇的日期应为3月2日",
        Language::English => "the date of the first article is 2 March",
    };
    Issue { correction: Some(reason.into()), ..issue(language) }
}

fn chinese() -> Issue {
    Issue {
        language: Language::Chinese,
        theme: Theme::default(),
        preheader: "本期2篇：河湾县：办好“家门口”的图书馆；老茶馆 新生意".into(),
        publication: "河湾简报".into(),
        masthead: "河湾简报".into(),
        motto: None,
        label: Some("2026年第3期".into()),
        date: Some("2026年3月2日".into()),
        compiled_by: Some("河湾县档案馆".into()),
        correction: None,
        articles: vec![
            Article {
                section: Some("文化".into()),
                title: "河湾县：办好“家门口”的图书馆 让好书走进千家万户".into(),
                source: Some("河湾日报".into()),
                author: Some("林小溪".into()),
                blocks: every_block("一是", "馆舍更近。", "全县建成分馆24家", "https://example.com/"),
                more: None,
            },
            Article {
                section: Some("商业".into()),
                title: "老茶馆 新生意".into(),
                blocks: vec![Block::Paragraph(vec![Inline::Text("老街上的茶馆换了新主人。".into())])],
                ..Article::default()
            },
        ],
        attachments: vec![AttachedFile { name: "附件1：志愿者申报表.docx".into(), size: "24 KB".into() }],
        imprint: vec![
            ImprintLine { label: String::new(), value: "河湾县档案馆编印".into() },
            ImprintLine { label: "电话".into(), value: "0000000".into() },
        ],
        address: "reader@example.com".into(),
        leave: "https://example.com/leave/sample".into(),
        read: ReadLink { opens: "", page: "https://example.com/read/sample".into(), closes: "" },
    }
}

fn english() -> Issue {
    Issue {
        language: Language::English,
        theme: Theme { indent: false, ..Theme::default() },
        preheader: "2 articles: A library at every door; Old teahouse, new trade".into(),
        publication: "Riverbend Bulletin".into(),
        masthead: "Riverbend Bulletin".into(),
        motto: None,
        label: Some("2026 No. 3".into()),
        date: Some("2 March 2026".into()),
        compiled_by: Some("Riverbend County Archive".into()),
        correction: None,
        articles: vec![
            Article {
                section: None,
                title: "A library at every door".into(),
                source: Some("Riverbend Daily".into()),
                author: Some("Lin Xiaoxi".into()),
                blocks: every_block("First, ", "Closer houses. ", "24 branches stand", "mailto:desk@example.com"),
                more: None,
            },
            Article {
                title: "Old teahouse, new trade".into(),
                blocks: vec![Block::Paragraph(vec![Inline::Text("The teahouse has a new owner.".into())])],
                ..Article::default()
            },
        ],
        attachments: vec![AttachedFile { name: "Form for volunteers.docx".into(), size: "24 KB".into() }],
        imprint: vec![ImprintLine { label: "Phone".into(), value: "0000000".into() }],
        address: "reader@example.com".into(),
        leave: "mailto:desk@example.com?subject=leave%20bulletin%20sample".into(),
        read: ReadLink { opens: "", page: "https://example.com/read/sample".into(), closes: "" },
    }
}

/// A table of two columns, with a row as wide as both below them.
fn table(rows: [[Vec<Inline>; 2]; 2]) -> Block {
    let rows_note = rows[0][0].clone();
    let note = Cell { column: 0, columns: 2, rows: 1, text: rows[0][0].clone() };
    let cell = |(column, text)| Cell { column, columns: 1, rows: 1, text };
    let rows = rows.into_iter().map(|row| (0..).zip(row).map(cell).collect());
    Block::Table(Table { width: 2, head: 1, rows: rows.chain([vec![note]]).collect(), notes: vec![rows_note] })
}

fn every_block(first: &str, head: &str, fact: &str, href: &str) -> Vec<Block> {
    let text = |words: &str| vec![Inline::Text(words.into())];
    vec![
        Block::Heading { level: 1, text: text(head) },
        Block::Paragraph(vec![Inline::RunIn(head.into()), Inline::Text(fact.into())]),
        Block::Heading { level: 2, text: text(first) },
        Block::Paragraph(vec![
            Inline::Strong(first.into()),
            Inline::Emphasis(head.into()),
            Inline::Link { href: href.into(), text: fact.into() },
            Inline::Break,
            Inline::Text("H".into()),
            Inline::Subscript("2".into()),
            Inline::Text("O, m".into()),
            Inline::Superscript("2".into()),
        ]),
        Block::List { ordered: true, start: 1, items: vec![text(first), text(head)], is_inner: false },
        Block::List { ordered: false, start: 1, items: vec![text(first), text(head)], is_inner: false },
        table([[text(first), text(head)], [text(fact), text("<24 & \"25\">")]]),
        Block::Title(text(fact)),
        Block::Image(fact.into()),
        Block::Caption(text(fact)),
        Block::Quote(text(fact)),
        Block::Note(text(fact)),
    ]
}
