//! Laws of web pages: each a fragment as Word, WPS, WeChat's editors and publishing systems write them, and what
//! must come of it; and pages that were damaged.

use super::*;
use crate::domain::document::Draft;
use crate::domain::issue::{BlockKind, Inline, plain};
use crate::domain::language::Language;
use crate::intake::document::{Refusal, read as read_document};

const WORD: &[u8] = include_bytes!("../../../../tests/cases/word-html/source.html");
const WECHAT: &[u8] = include_bytes!("../../../../tests/cases/wechat-html/source.html");

/// Each line, with the name of its mark before it.
fn shown(page: &str) -> Vec<String> {
    let mut flags = Flags::default();
    let source = read(page, &mut Pictures::default(), &mut flags).expect("a small page");
    source.lines.iter().map(|line| one(line.mark.as_ref().expect("a page marks its lines"))).collect()
}

fn one(mark: &Mark) -> String {
    match mark {
        Mark::Heading { level, words } => format!("h{level} {}", set(words)),
        Mark::Row { words, border } => {
            format!("{} {}", if *border == Border::Break { "br" } else { "p" }, set(words))
        }
        Mark::Entry { number: None, words } => format!("- {}", set(words)),
        Mark::Entry { number: Some(number), words } => format!("{number}. {}", set(words)),
        Mark::Aside(words) | Mark::Contents { words, .. } => format!("aside {}", set(words)),
        Mark::Block(BlockKind::Table { rows, .. }) => {
            let row = |row: &Vec<Vec<Inline>>| row.iter().map(|cell| set(cell)).collect::<Vec<_>>().join("|");
            format!("table {}", rows.iter().map(row).collect::<Vec<_>>().join("/"))
        }
        Mark::Block(BlockKind::Quote { text }) => format!("quote {}", set(text)),
        Mark::Block(BlockKind::Note { text }) => format!("note {}", set(text)),
        Mark::Block(BlockKind::Image { alt, .. }) => format!("image {alt}"),
        Mark::Block(other) => format!("block {}", other.plain()),
    }
}

fn set(words: &[Inline]) -> String {
    let one = |inline: &Inline| match inline {
        Inline::Strong(text) => format!("*{text}*"),
        Inline::Emphasis(text) => format!("_{text}_"),
        Inline::Superscript(text) => format!("^{text}"),
        Inline::Link { href, text } => format!("[{text}]({href})"),
        Inline::Break => "⏎".to_owned(),
        other => plain(std::slice::from_ref(other)),
    };
    words.iter().map(one).collect()
}

#[test]
fn a_page_that_only_shows_a_text_is_read_as_that_text() {
    let text =
        "云泽信息\n\n2026年第3期\n\n2026年3月5日\n\n城东修桥\n\n　　城东修了桥，街坊都说好。\n　　桥长一百米。\n";
    let page = format!(
        "<html><head><title>x</title></head><body><pre style=\"white-space: pre-wrap\">{text}</pre></body></html>"
    );
    let plain = read_document("a.txt", text.as_bytes()).expect("a text");
    let shown = read_document("a.html", page.as_bytes()).expect("the page of it");
    assert_eq!(shown.contents, plain.contents);
    assert_eq!(shown.conservation, plain.conservation);
}

#[test]
fn a_page_without_a_day_of_its_own_has_the_day_on_which_it_appeared() {
    let page = |day: &str| {
        format!(
            "<h1>云泽简报2026年第4期</h1><em id=publish_time>2026年4月24日 16:20</em>\
             <div id=js_content><p>2026年第4期{day}</p><h2>云泽建成平台</h2><p>全市建成平台三个，服务企业百家，成效很好。</p></div>"
        )
    };
    let day = |page: &str| read_document("a.html", page.as_bytes()).expect("a page").contents.published_on;
    let on = |day| crate::domain::issue::Dating::On(chrono::NaiveDate::from_ymd_opt(2026, 4, day).expect("a day"));
    assert_eq!(day(&page("")), on(24));
    assert_eq!(day(&page("　2026年4月20日")), on(20), "the page's own counts");
    // A page that was published again shows another day: whoever looks through the issue is told where it comes from.
    let told = |page: &str| {
        let mut flags = read_document("a.html", page.as_bytes()).expect("a page").flags.into_iter();
        let flag = flags.find(|flag| flag.finding.kind() == "date-of-page")?;
        Some((flag.is_open(), flag.finding.message(Language::Chinese)))
    };
    let (asks, said) = told(&page("")).expect("a flag");
    assert!(!asks && said.contains("（2026年4月24日）"), "{said}");
    assert_eq!(told(&page("　2026年4月20日")), None);
}

#[test]
fn a_page_of_a_site_has_the_day_that_its_frame_names_and_none_that_only_machines_see() {
    let page = |head: &str, frame: &str| {
        format!(
            "<head>{head}</head><h1>云泽简报2026年第4期</h1><div>{frame}</div><div id=zoom><h2>云泽建成平台</h2>\
             <p>全市建成平台三个，服务企业百家，成效很好。</p></div><p>发布时间：2026-04-30</p>"
        )
    };
    let dated = |head: &str, frame: &str| {
        let contents = read_document("a.html", page(head, frame).as_bytes()).expect("a page").contents;
        assert_eq!((contents.masthead.as_deref(), contents.label.as_deref()), (Some("云泽简报"), Some("2026年第4期")));
        contents.published_on
    };
    let day = crate::domain::issue::Dating::On(chrono::NaiveDate::from_ymd_opt(2026, 4, 24).expect("a day"));
    let meta = "<meta name=PubDate content='2026-04-24 16:42'>";
    assert_eq!(dated("", "<span>发布时间：2026-04-24 16:42</span>"), day);
    assert_eq!(dated("", "<b>发布日期：</b><i>2026年4月24日</i>"), day);
    assert_ne!(dated(meta, "浏览次数：318"), day, "nobody could look it up");
    assert_ne!(
        dated("", "发布时间：2027-04-24"),
        crate::domain::issue::Dating::On(chrono::NaiveDate::from_ymd_opt(2027, 4, 24).expect("a day")),
        "an issue of another year"
    );
    assert_eq!(
        dated("<meta name=PubDate content=2026-01-01>", "发布时间：2026-04-24"),
        day,
        "what is shown counts more"
    );
    assert_ne!(dated("", "更新：2026-04-24"), day, "no other day is taken for it");
}

#[test]
fn links_to_earlier_issues_go_with_what_heads_them_and_words_end_them() {
    let page = "<h1>题</h1><p>正文一段。</p><p>编辑：周宁</p><p>往期推荐</p><p><a href=https://a.cn>第3期</a></p>\
        <ul><li><a href=https://b.cn>第2期</a></li></ul><p>正文又一段。</p><p><a href=https://c.cn>附件</a></p>";
    let link = "p [附件](https://c.cn)";
    assert_eq!(
        shown(page),
        [
            "h1 题",
            "p 正文一段。",
            "p 编辑：周宁",
            "aside 往期推荐",
            "aside [第3期](https://a.cn)",
            "aside [第2期](https://b.cn)",
            "p 正文又一段。",
            link
        ]
    );
}

#[test]
fn words_and_blanks_are_what_a_browser_shows() {
    for (page, lines) in [
        ("<p>云泽\n市 开放\n日 open\n source</p>", &["p 云泽市 开放日 open source"][..]),
        ("<p>甲<b>乙</b><b>丙</b>丁<i>戊</i></p>", &["p 甲*乙丙*丁_戊_"]),
        ("<p>H<sub>2</sub>O m<sup>2</sup></p>", &["p H2O m^2"]),
        ("<p>甲<br>乙<br><br>丙</p>丁", &["p 甲", "br 乙", "p 丙", "p 丁"]),
        ("<p>　　甲。<br>　　乙。</p>", &["p 甲。", "p 乙。"]),
        ("<p>丙</p><pre>甲\n乙</pre>", &["p 丙", "p 甲乙"]),
        (
            "<a href=https://a.cn>甲 乙</a>丙<a href='#x'>丁</a><a href='javascript:;'>戊</a>",
            &["p [甲 乙](https://a.cn)丙丁戊"],
        ),
        ("<ruby>龑<rp>(</rp><rt>yǎn</rt><rp>)</rp></ruby>山", &["p 龑^yǎn山"]),
        ("<p>a&nbsp;b&amp;&lt;c&gt;\u{200b}</p>", &["p a b&<c>"]),
        ("<h2>题<br>目</h2>", &["h2 题目"]),
        ("<details><summary>甲</summary>乙</details><hr>丙", &["p 甲", "p 乙", "p 丙"]),
    ] {
        assert_eq!(shown(page), lines, "{page}");
    }
}

#[test]
fn lists_tables_and_quotes_keep_their_kind() {
    for (page, lines) in [
        ("<ul><li>甲<ol start=3><li>乙<li>丙</ol><li>丁</ul>", &["- 甲", "3. 乙", "4. 丙", "- 丁"][..]),
        ("<ol><li><p>甲</p><p>乙</p></li></ol>", &["1. 甲", "br 乙"]),
        ("<table><tr><th>甲<th>乙<tr><td colspan=2>丙</table>", &["table 甲|乙/丙|"]),
        ("<table><tr><td rowspan=2>甲<td>乙<tr><td>丙<br>丁</table>", &["table 甲|乙/|丙⏎丁"]),
        ("<table><caption>表1</caption><tr><td>甲<td>乙</table>", &["p 表1", "table 甲|乙"]),
        ("<table><tr><td><p>甲</p><p>乙</p></table>", &["p 甲", "p 乙"]),
        ("<table><tr><td><table><tr><td>甲<td>乙</table><td>丙</table>", &["table 甲|乙", "p 丙"]),
        ("<blockquote><p>甲</p><p>乙</p></blockquote>", &["quote 甲⏎乙"]),
        ("<blockquote><h2>题</h2><p>甲</p></blockquote>", &["h2 题", "p 甲"]),
        ("<p>甲<img src=a.png alt=图样>乙</p>", &["p 甲", "image 图样", "p 乙"]),
        ("<p>甲<img class=emoji src=a.png alt='[强]'>乙</p>", &["p 甲[强]乙"]),
        ("<p>甲</p><iframe class=video_iframe src=x></iframe>", &["p 甲", "note 〔视频〕"]),
    ] {
        assert_eq!(shown(page), lines, "{page}");
    }
}

#[test]
fn entries_that_word_counts_are_entries_or_words() {
    let entry = |label: &str, font: &str| {
        format!(
            "<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><![if !supportLists]><span style='{font}'><span \
             style='mso-list:Ignore'>{label}<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp; </span></span></span>\
             <![endif]>甲</p>"
        )
    };
    for (label, font, line) in [
        ("l", "font-family:Wingdings", "- 甲"),
        ("·", "font-family:Symbol", "- 甲"),
        ("o", "font-family:\"Courier New\"", "- 甲"),
        ("2.", "", "2. 甲"),
        ("3）", "", "3. 甲"),
        ("（一）", "", "p （一）甲"),
        ("①", "", "p ①甲"),
    ] {
        assert_eq!(shown(&entry(label, font)), [line], "{label}");
    }
    let heading = "<h2><span style='mso-list:Ignore'>一、<span>&nbsp;</span></span>甲</h2>";
    assert_eq!(shown(heading), ["h2 一、甲"]);
}

#[test]
fn notes_follow_what_points_to_them_and_contents_lists_keep_their_pages() {
    let page = "<p>甲<a href='#_ftn1' name='_ftnref1'><sup>[1]</sup></a>乙</p><p>丙</p>\
        <div style='mso-element:footnote' id=ftn1><p><a href='#_ftnref1'>[1]</a> 注</p></div>";
    assert_eq!(shown(page), ["p 甲^1乙", "note ^1注", "p 丙"]);
    let entry = "<p class=MsoToc1><a href='#_Toc1'>甲<span style='display:none;mso-hide:screen'><span \
        style='mso-tab-count:1 dotted'>... </span></span><span style='display:none;mso-hide:screen'>3</span></a></p>";
    assert_eq!(shown(entry), ["p 甲\t3"]);
}

#[test]
fn what_frames_a_page_is_left_out_and_named_and_its_title_kept() {
    let page = "<header>某站</header><nav>首页 新闻</nav><h1>题目</h1><div>字号 大 小</div>\
        <div class=TRS_Editor><p>正文一段。</p><p style='display:none'>藏</p></div><footer>版权所有</footer>";
    let mut flags = Flags::default();
    let lines = read(page, &mut Pictures::default(), &mut flags).expect("a small page").lines;
    assert_eq!(lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(), ["题目", "正文一段。"]);
    let named: Vec<_> = flags.finish().into_iter().map(|flag| flag.finding).collect();
    let frame = Finding::RunningHead("某站 首页 新闻 字号 大 小 版权所有".into());
    assert_eq!(named, [frame, Finding::SetAside("藏".into())]);
}

#[test]
fn changes_and_comments_are_asked() {
    let page = "<h1>题</h1><p>甲<ins>乙丙</ins><del>丁</del>。<a class=msocomanchor href='#_msocom_1'>[U1]</a></p>\
        <div style='mso-element:comment-list'><div style='mso-element:comment'><p>核实</p></div></div>";
    let draft = read_document("a.html", page.as_bytes()).expect("an issue");
    let asked: Vec<_> = draft.flags.iter().map(|flag| &flag.finding).collect();
    assert!(asked.contains(&&Finding::TrackedChange { inserted: 2, deleted: 1 }), "{asked:?}");
    assert!(asked.contains(&&Finding::Comment("核实".into())), "{asked:?}");
    assert_eq!(draft.contents.articles[0].blocks[0].plain(), "甲乙丙。");
}

#[test]
fn headings_are_known_by_their_looks() {
    let page = "<section><p style='text-align:center;font-size:22px'><b>第一篇题目</b></p>\
        <p>开头的一段话，说明来龙去脉，字数要多一些才像正文的样子，这里再补充一句话，好让它不像标题而像一段正文。</p>\
        <p><b>做法之一</b></p><p>做法的正文。</p><p>（一）怎样开头</p><p>细节的正文。</p>\
        <p style='text-align:center;font-size:22px'><b>第二篇题目</b></p><p>第二篇的正文。</p></section>";
    let draft = read_document("a.html", page.as_bytes()).expect("an issue");
    let titles: Vec<_> = draft.contents.articles.iter().map(|article| article.title.as_str()).collect();
    assert_eq!(titles, ["第一篇题目", "第二篇题目"]);
    let heads = |draft: &Draft| draft.flags.iter().filter(|flag| flag.finding.kind() == "heading-inferred").count();
    assert_eq!(heads(&draft), 4, "titles as well as subheads");
    let plain = "<p>题目</p><p>一、背景</p><p>背景的正文。</p><p>二、做法</p><p>做法的正文。</p>";
    let draft = read_document("a.html", plain.as_bytes()).expect("an issue");
    assert_eq!((draft.contents.articles.len(), heads(&draft)), (1, 3), "subheads alone make no articles");
}

#[test]
fn lines_are_numbered_as_they_are_shown() {
    for page in [WORD, WECHAT] {
        let draft = read_document("source.html", page).expect("an issue");
        let lines = crate::intake::document::lines("source.html", page);
        for block in draft.contents.articles.iter().flat_map(|article| &article.blocks) {
            let (first, words) = (block.lines.0 as usize, block.plain());
            let line: String = lines[first - 1].split_whitespace().collect();
            let start: String = words.split_whitespace().collect::<String>().chars().take(6).collect();
            assert!(line.starts_with(&start), "{line} {start}");
        }
        assert!(draft.flags.iter().all(|flag| flag.line.is_none_or(|line| line as usize <= lines.len())));
    }
}

/// Bytes of the cases changed, doubled, cut and exchanged, each time another way.
fn mutated(times: usize) {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).expect("below a length")
    };
    for round in 0..times {
        let mut page = [WORD, WECHAT][round % 2].to_vec();
        for _ in 0..=next(8) {
            let (at, to) = (next(page.len()), next(page.len()));
            let (from, to) = (at.min(to), at.max(to).min(at.min(to) + 400));
            match next(5) {
                0 => page[at] = u8::try_from(next(256)).expect("a byte"),
                1 => drop(page.drain(from..to)),
                2 => {
                    let piece = page[from..to].to_vec();
                    page.splice(at..at, piece);
                }
                3 => page[at] = b"<>&/\"'=\0"[next(8)],
                _ => page.truncate(page.len() - next(200).min(page.len() - 1)),
            }
        }
        let refused = read_document("a.html", &page).err();
        assert!(!matches!(refused, Some(Refusal::NotConserved { .. })), "round {round}: {refused:?}");
    }
}

#[test]
fn damaged_pages_are_read_or_refused() {
    mutated(100);
}

#[test]
#[ignore = "takes minutes: 12,000 damaged pages"]
fn many_damaged_pages_are_read_or_refused() {
    mutated(12_000);
}

#[test]
fn merged_cells_are_told_and_no_span_makes_a_table_of_air() {
    let shape = |page: &str| {
        let source = read(page, &mut Pictures::default(), &mut Flags::default()).expect("a small page");
        let Some(Mark::Block(BlockKind::Table { rows, shape })) = &source.lines[0].mark else { panic!("{page}") };
        let spans: Vec<_> = shape.spans.iter().map(|span| (span.row, span.column, span.rows, span.columns)).collect();
        (rows.len(), rows[0].len(), shape.heads, spans)
    };
    let head = "<tr><th rowspan=2>县<th colspan=2>元<tr><th>甲<th>乙";
    let row = "<tr><td>东<td>1<td>2";
    assert_eq!(shape(&format!("<table>{head}{row}</table>")), (3, 3, 2, vec![(0, 0, 2, 1), (0, 1, 1, 2)]));
    assert_eq!(shape("<table><tr><td rowspan=9>东<td>1<tr><td>2</table>"), (2, 2, 0, vec![(0, 0, 2, 1)]));
    assert_eq!(shape("<table><tr><td colspan=2>东<td>1<tr><td colspan=2>西<td>2</table>"), (2, 2, 0, vec![]));
    let wide =
        format!("<table><tr>{}{}</table>", "<td colspan=100 rowspan=9999>甲".repeat(400), "<tr><td>乙".repeat(4000));
    let source = read(&wide, &mut Pictures::default(), &mut Flags::default()).expect("a small page");
    let Some(Mark::Block(BlockKind::Table { rows, .. })) = &source.lines[0].mark else { panic!("a table") };
    assert!(rows.iter().map(Vec::len).sum::<usize>() < 200_000);
}

#[test]
fn pictures_that_lie_in_the_page_come_in_and_those_of_cells_behind_their_table() {
    let png = crate::domain::picture::tests::png_of(640, 480, b"");
    let url = format!("data:image/png;base64,{}", data_encoding::BASE64.encode(&png));
    let dot = format!("data:image/gif;base64,{}", data_encoding::BASE64.encode(b"GIF89a\x01\0\x01\0rest"));
    let html = format!(
        "<h1>云泽通讯</h1><h2>新桥</h2><p>甲乙丙丁。</p><img alt=桥 src='{url}'><img src='{dot}'>\
         <table><tr><td>东<td><img alt=塔 src='{url}'>1<tr><td>西<td>2</table>\
         <img alt=图片远 data-src='https://a.cn/1.png' src='{dot}'><img alt=画 src='data:image/svg+xml,<svg/>'>"
    );
    let draft = read_document("a.html", html.as_bytes()).expect("a page");
    let blocks = draft.contents.articles.iter().flat_map(|article| &article.blocks);
    let shown: Vec<String> = blocks
        .map(|block| match &block.kind {
            BlockKind::Image { alt, picture } => format!("{alt} {}", picture.map_or(0, |picture| picture.width)),
            other => other.plain(),
        })
        .collect();
    assert_eq!(shown, ["甲乙丙丁。", "桥 640", "东\t1\n西\t2", "塔 640", "图片远 0", "画 0"]);
    assert_eq!((draft.contents.pictures().len(), draft.conservation.lost), (1, 0));
    let mut asked: Vec<&str> = draft.flags.iter().map(|flag| flag.finding.kind()).collect();
    asked.retain(|kind| ["external-image", "unreadable", "missing-alt"].contains(kind));
    assert_eq!(asked, ["external-image", "unreadable"]);
}
