//! Fixture: a small issue in each language that holds every kind of block.

use crate::domain::delivery::{LeaveLinks, Parcel};
use crate::domain::edition::Print;
use crate::domain::id::EditionId;
use crate::domain::issue::shape::Shape;
use crate::domain::issue::{Article, Block, BlockId, BlockKind, Colophon, ColophonLine, Contents, Dating, Inline};
use crate::domain::language::Language;
use crate::domain::moment::Moment;
use crate::domain::publication::{Profile, Undated};
use chrono::NaiveDate;

/// A publication that writes in `language`.
pub(super) fn publication(language: Language) -> Profile {
    let (name, from, compiled_by) = match language {
        Language::Chinese => ("河湾科技简报", "河湾科技简报编辑部 <desk@bulletin.example.cn>", "河湾县科技情报站"),
        Language::English => ("Riverbend Bulletin", "Riverbend Desk <desk@bulletin.example.cn>", "Riverbend County"),
    };
    Profile {
        slug: "riverbend".parse().expect("a short name"),
        name: name.to_owned(),
        from: from.parse().expect("a mailbox"),
        compiled_by: Some(compiled_by.to_owned()),
        approvals: 0,
        language,
        zone: chrono_tz::Asia::Shanghai,
        undated: Undated::Ask,
        own_approval: false,
        motto: None,
        reply_to: None,
        theme: Default::default(),
        colophon: Vec::new(),
        testers: Vec::new(),
        extent: Default::default(),
    }
}

/// An issue in `language`.
pub(super) fn contents(language: Language) -> Contents {
    let words = |chinese: &'static str, english: &'static str| match language {
        Language::Chinese => chinese,
        Language::English => english,
    };
    Contents {
        masthead: None,
        label: Some(words("2026年第3期", "2026 No. 3").to_owned()),
        year: Some(2026),
        number: Some(3),
        cumulative_number: None,
        published_on: Dating::On(NaiveDate::from_ymd_opt(2026, 3, 2).expect("a day")),
        articles: vec![
            Article {
                section: Some(words("文化", "Culture").to_owned()),
                title: words("河湾县：办好“家门口”的图书馆 让好书走进千家万户", "A library at every door of the town")
                    .to_owned(),
                source: Some(words("河湾日报", "Riverbend Daily").to_owned()),
                author: Some(words("林小溪", "Lin Xiaoxi").to_owned()),
                blocks: blocks(&words),
                ..Article::default()
            },
            Article {
                title: words("老茶馆 新生意", "Old teahouse & new trade").to_owned(),
                blocks: vec![block(
                    90,
                    BlockKind::Paragraph {
                        text: text(words("老街上的茶馆换了新主人。", "It has a new owner."))
                    },
                )],
                ..Article::default()
            },
        ],
        colophon: Colophon {
            lines: vec![
                line("", words("河湾县科技情报站编印", "Printed in Riverbend")),
                line(words("电话", "Phone"), "0000000"),
            ],
            ..Colophon::default()
        },
        ..Contents::default()
    }
}

/// The print of the issue in `language`.
pub(super) fn print(language: Language) -> Print {
    crate::compose::print(&publication(language), &contents(language)).expect("fit to print")
}

/// The print of the issue in `language` as a correction.
pub(super) fn correction(language: Language, reason: &str) -> Print {
    let (publication, contents) = (publication(language), contents(language));
    crate::compose::print_correction(&publication, &contents, reason).expect("fit to print")
}

/// A parcel of it, to `address`.
pub(super) fn parcel(address: &str, page: Option<&str>) -> Parcel {
    Parcel {
        to: address.parse().expect("a mailbox"),
        message_id: "aaaaaaaaaaaaeaaaaaaaaaaaaaaa@bulletin.example.cn".to_owned(),
        leave: Some(LeaveLinks {
            page: page.map(str::to_owned),
            mailto: "mailto:desk@bulletin.example.cn?subject=leave%20riverbend%20abc".to_owned(),
        }),
        read: page.map(|page| page.replace("/leave/", "/read/")),
        ..crate::compose::sample_parcel(&print(Language::Chinese), EditionId(5), Moment(1_772_416_800_000), None)
    }
}

/// Plain words.
pub(super) fn text(words: &str) -> Vec<Inline> {
    vec![Inline::Text(words.to_owned())]
}

/// A block of an issue.
pub(super) fn block(id: u32, kind: BlockKind) -> Block {
    Block { id: BlockId(id), kind, lines: (id, id) }
}

fn line(label: &str, value: &str) -> ColophonLine {
    ColophonLine { label: label.to_owned(), value: value.to_owned() }
}

fn blocks(words: &dyn Fn(&'static str, &'static str) -> &'static str) -> Vec<Block> {
    let kinds = vec![
        BlockKind::Heading {
            level: 2, text: text(words("聚焦场馆建设，以布局优化服务", "Closer houses"))
        },
        BlockKind::Paragraph {
            text: vec![
                Inline::RunIn(words("馆舍更近了。", "Closer. ").to_owned()),
                Inline::Text(words("2025 年全县建成分馆 24 家，\n藏书超 30 万册。", "24 branches stand.").to_owned()),
            ],
        },
        BlockKind::Heading { level: 4, text: text(words("一个例子", "An example")) },
        BlockKind::Paragraph {
            text: vec![
                Inline::Strong(words("注意", "Note").to_owned()),
                Inline::Emphasis(words("夜间", "late").to_owned()),
                Inline::Link {
                    href: "https://library.example.cn/?a=1&b=2".to_owned(),
                    text: words("馆舍地图", "map").to_owned(),
                },
                Inline::Link {
                    href: "javascript:alert(1)".to_owned(), text: words("坏链接", "bad link").to_owned()
                },
                Inline::Break,
                Inline::Text("H".to_owned()),
                Inline::Subscript("2".to_owned()),
                Inline::Text("O <m>".to_owned()),
                Inline::Superscript("2".to_owned()),
            ],
        },
        BlockKind::List {
            ordered: true,
            start: 1,
            items: vec![text(words("借书", "borrow")), text(words("还书", "return"))],
        },
        BlockKind::List { ordered: false, start: 1, items: vec![text(words("儿童馆", "children"))] },
        BlockKind::Table {
            rows: vec![
                vec![text(words("馆名", "house")), text(words("藏书", "books"))],
                vec![text(words("东馆", "east")), text("12,000")],
            ],
            shape: Shape::default(),
        },
        BlockKind::Image { alt: words("东馆外景", "the east house").to_owned(), picture: None },
        BlockKind::Quote { text: text(words("书是船。", "A book is a ship.")) },
        BlockKind::Note { text: text(words("注：数据截至二月底。", "As of February.")) },
    ];
    (1..).zip(kinds).map(|(id, kind)| block(id, kind)).collect()
}
