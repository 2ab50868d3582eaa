//! Kinds of plain text: small documents as programs and people make them, each with the articles and blocks that it
//! must give. Each came out wrongly once.

use super::*;
use crate::domain::issue::{BlockKind, Inline};
use std::fmt::Write as _;

/// A draft's articles, a line each: titles, subheads (`#`), paragraphs with `|` behind a run-in head.
fn outline(text: &str) -> String {
    let draft = read("a.txt", text.as_bytes()).unwrap_or_else(|refusal| panic!("{refusal}: {text}"));
    assert_eq!(draft.conservation.lost, 0, "{text}");
    let mut out = String::new();
    for article in &draft.contents.articles {
        let section = article.section.as_deref().map(|section| format!("[{section}] ")).unwrap_or_default();
        writeln!(out, "= {section}{}", article.title).expect("a string");
        for block in &article.blocks {
            let mark = if matches!(block.kind, BlockKind::Heading { .. }) { "# " } else { "" };
            let words = match &block.kind {
                BlockKind::Paragraph { text } => text
                    .iter()
                    .map(|inline| match inline {
                        Inline::RunIn(head) => format!("{head}|"),
                        other => other.plain().to_owned(),
                    })
                    .collect(),
                _ => block.plain(),
            };
            writeln!(out, "{mark}{words}").expect("a string");
        }
    }
    for line in &draft.contents.colophon.lines {
        writeln!(out, "~ {}：{}", line.label, line.value).expect("a string");
    }
    out.trim_end().to_owned()
}

const FRONT: &str = "云泽观察\n2026年第3期\n2026年3月5日\n";

#[test]
fn pages_without_layout_have_no_blank_lines_and_one_width() {
    let text = format!(
        "{FRONT}目录\n云泽建设创新平台……1\n安澜改革项目管理……2\n\
         1\n\u{c}云泽观察\n云泽建设创新平台\n\
         今年以来，云泽市围绕企业需求建设公共创新平台，把散落在各个\n\
         院所的仪器设备集中起来向企业开放，开放的设备已经有八百台。\n\
         企业预约一次平均只要等两天，比去年少等五天，费用也降低了。\n\
         平台还请来工程师坐班。\n\
         下一步，云泽市还要把平台建到园区里去，让企业走出大门就能够\n\
         2\n\u{c}2026年第3期\n\
         用上设备，目前正在选址。\n\
         安澜改革项目管理\n\
         安澜县把项目申报的材料由十二份减到三份，审批时间由两个月缩\n\
         短到两个星期，企业都说改得好。\n\
         3\n\u{c}云泽观察\n\
         主　编：沈舟　　编　辑：林楠\n投稿邮箱：a@yunze.example\n\
         4\n"
    );
    assert_eq!(
        outline(&text),
        "= 云泽建设创新平台\n\
         今年以来，云泽市围绕企业需求建设公共创新平台，把散落在各个院所的仪器设备集中起来向企业开放，开放的设备已经有八百台。企业预约一次平均只要等两天，比去年少等五天，费用也降低了。平台还请来工程师坐班。\n\
         下一步，云泽市还要把平台建到园区里去，让企业走出大门就能够用上设备，目前正在选址。\n\
         = 安澜改革项目管理\n\
         安澜县把项目申报的材料由十二份减到三份，审批时间由两个月缩短到两个星期，企业都说改得好。\n\
         ~ 主编：沈舟\n~ 编辑：林楠\n~ 投稿邮箱：a@yunze.example"
    );
}

#[test]
fn a_word_that_the_line_end_broke_is_whole_again() {
    for (broken, whole) in [
        ("接入smart manufac-\nturing平台，", "接入smart manufacturing平台，"),
        ("接入smart manufac\u{ad}\nturing平台，", "接入smart manufacturing平台，"),
        ("接入well-\nknown平台，又见well-known。", "接入well-known平台，又见well-known。"),
        ("接入COVID-\n19平台，", "接入COVID-19平台，"),
    ] {
        assert_eq!(
            outline(&format!("题目一行\n\n{broken}甲乙。\n\n丙丁。")),
            format!("= 题目一行\n{whole}甲乙。\n丙丁。")
        );
    }
}

#[test]
fn the_sections_of_a_digest_are_its_articles() {
    let item = |words: &str, source: &str| format!("{words}，已经取得明显成效。（{source}）\n");
    let items = [item("市里开会部署", "市政府办"), item("科技局下乡", "市科技局"), item("县里修路", "安澜县")];
    for (first, second) in
        [("【要闻】", "【县区】"), ("一、要闻", "二、县区"), ("要闻", "县区传真"), ("◎要闻", "◎县区")]
    {
        for gap in ["", "\n"] {
            let body = format!("{first}\n{gap}{}{gap}{}{gap}{second}\n{gap}{}", items[0], items[1], items[2]);
            let name = |head: &str| head.trim_matches(['【', '】', '◎']).to_owned();
            let wanted = format!("= {}\n{}{}= {}\n{}", name(first), items[0], items[1], name(second), items[2]);
            let wanted = format!("{wanted}~ 主办：云泽市科技局");
            assert_eq!(outline(&format!("{FRONT}\n{body}\n主　办：云泽市科技局\n")), wanted, "{first} {gap:?}");
        }
    }
}

#[test]
fn the_items_of_a_digest_that_have_titles_are_its_articles() {
    let item = |title: &str, words: &str| format!("{title}\n{words}，已经取得明显成效。（市政府办）\n");
    let text = format!(
        "{FRONT}\n【要闻】\n{}{}【县区】\n{}",
        item("市里召开部署会", "昨日市里开会"),
        item("科技局下乡", "近日下乡"),
        item("县里修路", "今年修路")
    );
    assert_eq!(
        outline(&text),
        "= [要闻] 市里召开部署会\n昨日市里开会，已经取得明显成效。（市政府办）\n\
         = [要闻] 科技局下乡\n近日下乡，已经取得明显成效。（市政府办）\n\
         = [县区] 县里修路\n今年修路，已经取得明显成效。（市政府办）"
    );
}

#[test]
fn a_name_in_brackets_ends_an_article() {
    let text = format!(
        "{FRONT}\n市科技局召开工作会\n\n会议要求各科室抓好落实，确保完成任务。\n\n（办公室　李明）\n\n\
         科技特派员下乡忙\n\n特派员走进田间，为农户解决技术难题。\n\n（安澜县科技局）\n\n报：市委办\n"
    );
    let draft = read("a.txt", text.as_bytes()).expect("an issue");
    let authors: Vec<_> = draft.contents.articles.iter().map(|article| article.author.as_deref()).collect();
    assert_eq!(authors, [Some("办公室　李明"), Some("安澜县科技局")]);
    assert_eq!(
        outline(&text),
        "= 市科技局召开工作会\n会议要求各科室抓好落实，确保完成任务。\n\
         = 科技特派员下乡忙\n特派员走进田间，为农户解决技术难题。\n~ 报：市委办"
    );
}

#[test]
fn a_report_is_signed_with_body_and_date() {
    let report = "关于成果转化情况的报告\n\n现将有关情况报告如下。\n\n一、主要做法\n\n健全了机制，建成了平台。\n\n";
    for signature in ["云泽市科学技术局\n2026年3月5日\n", "云泽市科学技术局\n\n二〇二六年三月五日\n"]
    {
        let lines: Vec<&str> = signature.split_whitespace().collect();
        assert_eq!(
            outline(&format!("{report}{signature}")),
            format!(
                "= 关于成果转化情况的报告\n现将有关情况报告如下。\n# 一、主要做法\n健全了机制，建成了平台。\n{}\n{}",
                lines[0], lines[1]
            )
        );
    }
}

#[test]
fn running_heads_go_wherever_the_margin_is() {
    let page = |lead: &str, head: &str, body: &str, page: u32| {
        format!("{lead}{head}\n\n{lead}    {body}\n\n{lead}        — {page} —\n\u{c}")
    };
    let text = format!(
        "{FRONT}\n云泽建设创新平台\n\n甲乙丙丁。\n\u{c}{}{}{}{}",
        page("   ", "创新参考　　　　平台专辑", "戊己庚辛。", 2),
        page("         ", "内部交流　　　　　　云泽", "壬癸子丑。", 3),
        page("   ", "创新参考　　　　平台专辑", "寅卯辰巳。", 4),
        page("         ", "内部交流　　　　　　云泽", "午未申酉。", 5)
    );
    assert_eq!(outline(&text), "= 云泽建设创新平台\n甲乙丙丁。\n戊己庚辛。\n壬癸子丑。\n寅卯辰巳。\n午未申酉。");
}

#[test]
fn the_masthead_says_once_who_compiled() {
    let text = "云泽每日要情\n2026年第18期\n云泽市政务信息中心　2026年9月29日　星期二\n\n云泽建设创新平台\n\n甲乙丙丁，戊己庚辛。\n";
    let draft = read("a.txt", text.as_bytes()).expect("an issue");
    assert_eq!(draft.contents.compiled_by.as_deref(), Some("云泽市政务信息中心"));
    assert_eq!(draft.contents.label.as_deref(), Some("2026年第18期"));
    assert!(!draft.flags.iter().any(|flag| flag.finding.kind() == "set-aside"), "{:?}", draft.flags);
}
