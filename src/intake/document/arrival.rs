//! Laws of arrival: every line of a document is found again, in the issue or in a flag that names
//! it. Each was once broken: its text was gone, and the balance said that nothing was lost.

use super::*;
use crate::domain::issue::Block;
use crate::domain::language::Language;
use proptest::prelude::*;

/// Everything an editor can see of a draft, without white space.
fn visible(draft: &Draft) -> String {
    let contents = &draft.contents;
    let mut seen: Vec<String> =
        [&contents.masthead, &contents.label, &contents.compiled_by].into_iter().flatten().cloned().collect();
    for article in &contents.articles {
        seen.extend([&article.section, &article.source, &article.author].into_iter().flatten().cloned());
        seen.push(article.title.clone());
        seen.extend(article.blocks.iter().map(Block::plain));
    }
    seen.extend(contents.colophon.lines.iter().map(|line| format!("{}：{}", line.label, line.value)));
    seen.extend(draft.flags.iter().map(|flag| flag.finding.message(Language::Chinese)));
    seen.iter().map(|text| spacing::bare(text)).collect::<Vec<_>>().join("\n")
}

fn drafted(name: &str, text: &str) -> Draft {
    read(name, text.as_bytes()).unwrap_or_else(|refusal| panic!("{refusal}: {text}"))
}

fn kinds(draft: &Draft) -> Vec<&str> {
    draft.flags.iter().map(|flag| flag.finding.kind()).collect()
}

#[test]
fn titles_that_overlap_do_not_stop_the_reading() {
    let text =
        "简报\n2026年第3期\n2026年3月5日\n目录\n云泽建平台促发展……1\n促发展……2\n\n云泽建平台\n促发展\n甲乙丙丁。\n";
    let draft = drafted("a.txt", text);
    assert_eq!(draft.contents.articles.len(), 1);
    assert!(kinds(&draft).contains(&"article-not-found"));
}

#[test]
fn what_is_no_article_is_kept_or_named() {
    let front =
        "科技简报\n2026年第3期\n2026年3月5日\n目录\n云泽建设创新平台……1\n安澜改革项目管理……2\n松屿培育产业集群……3\n\n";
    let rest = "安澜改革项目管理\n\n戊己庚辛。\n\n松屿培育产业集群\n\n壬癸。\n";
    let with = |body: &str| format!("{front}云泽建设创新平台\n\n{body}\n\n{rest}");
    for (text, words) in [
        (with("甲。\n2022\n乙。\n2023\n丙。\n2024\n丁。"), &["2022", "2023", "2024"][..]),
        (with("甲。\n\n2022\n\n乙。\n\n2023\n\n丙。\n\n2024\n\n丁。"), &["2022", "2023", "2024"]),
        (
            with("项目如下：\n高新区重点项目 3\n高新区重点项目 5\n高新区重点项目 8\n甲。"),
            &["高新区重点项目3", "高新区重点项目5", "高新区重点项目8"],
        ),
        (with("甲。\n\n【经验】\n\n乙。\n\n【体会】\n\n丙。"), &["经验", "体会"]),
        (with("甲。\n\n地区\t2024\t2025\n云泽\t12\t18\n安澜\t7\t11\n\n乙。"), &["云泽1218", "安澜711"]),
        (with("作者：李明\n供稿：市科技局\n\n甲。"), &["李明", "市科技局"]),
        (with("来源：云泽日报\n来源：安澜日报\n\n甲。"), &["云泽日报", "安澜日报"]),
        (format!("编者按：本期介绍三地做法\n{front}云泽建设创新平台\n\n甲。\n\n{rest}"), &["编者按：本期介绍三地做法"]),
        (format!("科技简报\n导读：春季专刊\n{front}云泽建设创新平台\n\n甲。\n\n{rest}"), &["导读：春季专刊"]),
        (format!("云泽市科技局 编辑\n{front}云泽建设创新平台\n\n甲。\n\n{rest}"), &["云泽市科技局"]),
        (format!("第4期 春季专刊\n{front}云泽建设创新平台\n\n甲。\n\n{rest}"), &["第4期春季专刊"]),
        (format!("{front}供稿：市科技局\n云泽建设创新平台\n\n甲。\n\n{rest}"), &["市科技局"]),
        ("云泽建设创新平台\n2026年3月5日\n\n今天，平台建成。\n\n明天开放。".to_owned(), &["云泽建设创新平台"]),
        ("云泽建设创新平台\n作者：李明\n2026年3月5日\n\n今天，平台建成。".to_owned(), &["云泽建设创新平台", "李明"]),
        (
            "简报\n2026年第3期\n目录\n【动态】\n云泽建设平台……1\n【观察】\n安澜改革管理……2\n\n云泽建设平台\n甲。\n\n安澜改革管理\n乙。".to_owned(),
            &["动态", "观察"],
        ),
    ] {
        let draft = drafted("a.txt", &text);
        let seen = visible(&draft);
        for word in words {
            assert!(seen.contains(word), "{word} of\n{text}\nis gone:\n{seen}");
        }
    }
}

#[test]
fn what_markdown_says_aside_is_kept_or_named() {
    let rest = "# 甲事\n\n甲乙。\n\n# 乙事\n\n丙丁。";
    for (text, words) in [
        (format!("---\ntitle: 简报\nauthor: 李明\nsponsor: 市科技局\n---\n{rest}"), &["简报", "李明", "市科技局"][..]),
        ("# 甲事\n\n作者：李明\n\n供稿：市科技局\n\n甲乙。\n\n# 乙事\n\n丙丁。".to_owned(), &["李明", "市科技局"]),
        (format!("{rest}\n\n<!-- 请核对 -->\n\n戊。<!-- 存疑 -->"), &["请核对", "存疑"]),
        (format!("{rest}\n\n见[附件](files/a.xls)和[数据](ftp://a.cn/b)。"), &["附件", "files/a.xls", "ftp://a.cn/b"]),
        (format!("{rest}\n\n| 甲 | 乙 |\n|---|---|\n| 1 | 2 | 多余 |"), &["多余"]),
        (format!("{rest}\n\n见文献[1][2]。"), &["见文献[1][2]。"]),
        (format!("{rest}\n\n[](https://a.cn/empty)戊。"), &["https://a.cn/empty"]),
        (format!("{rest}\n\n[1]: https://a.cn/never"), &["https://a.cn/never"]),
        (format!("{rest}\n\n戊<img src=\"a.png\" alt=\"图\">。"), &["a.png"]),
    ] {
        let seen = visible(&drafted("a.md", &text));
        for word in words {
            assert!(seen.contains(word), "{word} of\n{text}\nis gone:\n{seen}");
        }
    }
}

/// A line for plain text, with what must be found of it. `word` is in no other line.
fn plain_line(kind: usize, word: &str, page: usize) -> (String, String) {
    let with = |before: &str, behind: &str| (format!("{before}{word}{behind}"), word.to_owned());
    match kind {
        0 => with("", "有成效，深化改革。"),
        1 => with("　　近年来，", "建设了平台，并"),
        2 => with("", "建设平台"),
        3 => with("编者按：", "做法供参考"),
        4 => with("作者：", ""),
        5 => with("供稿：", ""),
        6 => with("（来源：", "日报）"),
        7 => with("【", "】"),
        8 => with("编辑：", ""),
        9 => with("", "局 编辑"),
        10 => with("", "建设平台……2"),
        11 => with("一、", "情况"),
        12 => with("", "\t乙"),
        13 => with("2026年3月5日，", "召开会议"),
        14 => with("第3期 ", ""),
        15 => with("摸清成果家底。", "深化改革。"),
        16 => with("建成基地5 个。", "厚植根基"),
        17 => with("秘密★", ""),
        18 => (format!("高新区重点项目 {page}"), format!("高新区重点项目{page}")),
        19 => ((2000 + page).to_string(), (2000 + page).to_string()),
        20 => (format!("— {page} —"), String::new()),
        21 => ("目　录".into(), String::new()),
        22 => ("2026年第3期".into(), String::new()),
        23 => ("2026年3月5日".into(), String::new()),
        24 => ("云泽建平台促发展……1".into(), "云泽建平台促发展".into()),
        25 => ("促发展……2".into(), "促发展".into()),
        26 => ("云泽建平台".into(), "云泽建平台".into()),
        27 => ("促发展".into(), "促发展".into()),
        _ => ("————".into(), String::new()),
    }
}

fn markdown_line(kind: usize, word: &str, page: usize) -> (String, String) {
    let with = |before: &str, behind: &str| (format!("{before}{word}{behind}"), word.to_owned());
    match kind {
        0 => with("# ", ""),
        1 => with("## ", ""),
        2 => with("### ", ""),
        3 => with("- ", ""),
        4 => with(&format!("{page}. "), ""),
        5 => with("> ", ""),
        6 => with("| 甲 | ", " |\n|---|---|\n| 乙 | 丙 |"),
        7 => with("![", "](a.png)"),
        8 => with("[甲](", "/a.xls)"),
        9 => with("<!-- ", " -->"),
        10 => with("作者：", ""),
        11 => with("编辑：", ""),
        12 => with("**", "。**深化改革"),
        13 => with("    ", ""),
        14 => with("  - ", ""),
        15 => with("[^1]: ", ""),
        16 => with("戊~~", "~~[^1]"),
        17 => with("[甲][", "]"),
        18 => with("H<sub>", "</sub>"),
        19 => ("# 目录".into(), String::new()),
        20 => ("---".into(), String::new()),
        21 => ("2026年第3期".into(), String::new()),
        _ => with("", "有成效，深化改革。"),
    }
}

/// A document of such lines, each with its own word, and what must be found of it.
fn document(
    line: fn(usize, &str, usize) -> (String, String),
    kinds: usize,
) -> impl Strategy<Value = (String, Vec<String>)> {
    let end = prop_oneof![Just("\n"), Just("\n\n"), Just("\n\n\n"), Just("\n\u{c}")];
    proptest::collection::vec((0..kinds, end), 1..30).prop_map(move |lines| {
        let mut text = String::new();
        let mut words = Vec::new();
        for (at, (kind, end)) in lines.into_iter().enumerate() {
            let own = char::from_u32(0x5200 + u32::try_from(at).expect("few lines")).expect("Han");
            let (line, word) = line(kind, &format!("泽{own}"), at + 1);
            text += &line;
            text += end;
            words.push(word);
        }
        (text, words)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn every_line_of_plain_text_is_in_the_issue_or_in_a_flag((text, words) in document(plain_line, 29)) {
        let Ok(draft) = read("a.txt", text.as_bytes()) else { return Ok(()) };
        let seen = visible(&draft);
        for word in words {
            prop_assert!(seen.contains(&word), "{} is gone from\n{}\nthat gave\n{}", word, text, seen);
        }
    }

    #[test]
    fn every_line_of_markdown_is_in_the_issue_or_in_a_flag((text, words) in document(markdown_line, 23)) {
        let draft = match read("a.md", text.as_bytes()) {
            Err(Refusal::NotConserved { lost }) => return Err(TestCaseError::fail(format!("lost {lost} of\n{text}"))),
            Err(_) => return Ok(()),
            Ok(draft) => draft,
        };
        let seen = visible(&draft);
        for word in words {
            prop_assert!(seen.contains(&word), "{} is gone from\n{}\nthat gave\n{}", word, text, seen);
        }
    }
}
