//! The laws of a merge: theirs where mine is untouched, mine where theirs is, and a question where all three differ.

use super::*;
use crate::domain::attachment::{Attachment, FileName};
use crate::domain::document::{Choice, Digest, Effect, Finding, Flag};
use crate::domain::extent::Extent;
use crate::domain::issue::difference::between;
use crate::domain::issue::edit::{Patch, name_titles, passages, title_at};
use crate::domain::issue::{Article, Block, BlockId, BlockKind, Colophon, ColophonLine, Dating, Inline};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// A document: titles begin with `#`, every other line is a paragraph. Blocks are named by their place, as readers do.
fn document(text: &str) -> Contents {
    let mut articles: Vec<Article> = Vec::new();
    let mut next = 1;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(title) = line.strip_prefix("# ") {
            articles.push(Article { title: title.to_owned(), ..Article::default() });
        } else {
            let kind = BlockKind::Paragraph { text: vec![Inline::Text(line.to_owned())] };
            let block = Block { id: BlockId(next), kind, lines: (next, next) };
            articles.last_mut().expect("a title first").blocks.push(block);
            next += 1;
        }
    }
    name_titles(&mut articles);
    Contents { articles, ..Contents::default() }
}

fn text(contents: &Contents) -> String {
    let mut text = String::new();
    for article in &contents.articles {
        text += &format!("# {}\n", article.title);
        article.blocks.iter().for_each(|block| text += &format!("{}\n", block.plain()));
    }
    text
}

fn merged(base: &Contents, mine: &Contents, theirs: &Contents, default: Side) -> Merged {
    let choices = Choices { default, ..Choices::default() };
    merge(&Three { base, mine, theirs }, 0, &choices)
}

/// Mine as an editor makes it of the base: the passages of the same words keep their names, those that are told are other
/// words of the one with this name, all others are new.
fn edited(base: &Contents, text: &str, renamed: &[(u32, &str)]) -> Contents {
    let mut mine = document(text);
    let mut left: Vec<Block> = base.articles.iter().flat_map(|article| article.blocks.clone()).collect();
    let mut titles: Vec<(String, BlockId)> = base.articles.iter().map(|a| (a.title.clone(), a.id)).collect();
    let mut next = title_at(900).0;
    for article in &mut mine.articles {
        match titles.iter().position(|(title, _)| *title == article.title) {
            Some(at) => article.id = titles.remove(at).1,
            None => {
                next += 1;
                article.id = BlockId(next);
            }
        }
        for block in &mut article.blocks {
            let told = renamed.iter().find(|(_, words)| *words == block.plain()).map(|(id, _)| BlockId(*id));
            let at = left.iter().position(|was| told.map_or(was.kind == block.kind, |told| was.id == told));
            match at {
                Some(at) => block.id = left.remove(at).id,
                None => {
                    next += 1;
                    block.id = BlockId(next);
                }
            }
        }
    }
    mine
}

const BASE: &str = "
    # 老茶馆 新生意
    老茶馆开了新铺子，来的人很多。
    街坊都说好，茶也便宜。
    一共花了三万元。
    # 旧厂房 新用处
    旧厂房改成了书店。
    周末有讲座，听的人不少。
    # 码头
    新码头今天开放。
";

/// What it is; mine, with the passages that have other words by their names; theirs; what comes of it.
type Case = (&'static str, String, Vec<(u32, &'static str)>, String, String);

#[test]
fn what_no_document_says_stays_as_the_editor_has_it() {
    let base = document("# 甲\n一。");
    let file =
        Attachment { name: FileName::of("申报表.docx").expect("a name"), digest: Digest::of(b"bytes"), size: 5 };
    let mine = Contents { any_size: true, attachments: vec![file], extent: Some(Extent::Summary), ..base.clone() };
    let merged = merged(&base, &mine, &document("# 甲\n二。"), Side::Mine).contents;
    assert_eq!(text(&merged), "# 甲\n二。\n");
    assert_eq!((merged.any_size, &merged.attachments, merged.extent), (mine.any_size, &mine.attachments, mine.extent));
}

#[test]
fn what_only_one_has_changed_is_taken_and_nothing_is_asked() {
    let swap = |from: &str, to: &str| BASE.replace(from, to);
    let table: [Case; 9] = [
        (
            "other words in different passages",
            swap("茶也便宜", "茶也不贵"),
            vec![(2, "街坊都说好，茶也不贵。")],
            swap("三万元", "四万元"),
            swap("茶也便宜", "茶也不贵").replace("三万元", "四万元"),
        ),
        (
            "a passage that is new in the document, one that the editor added",
            swap("一共花了三万元。", "一共花了三万元。\n编辑加的一段。"),
            vec![],
            swap("老茶馆开了", "新稿开头加的一段。\n老茶馆开了"),
            swap("一共花了三万元。", "一共花了三万元。\n编辑加的一段。")
                .replace("老茶馆开了", "新稿开头加的一段。\n老茶馆开了"),
        ),
        (
            "a passage that the document has no more",
            swap("书店", "书铺"),
            vec![(4, "旧厂房改成了书铺。")],
            swap("街坊都说好，茶也便宜。\n", ""),
            swap("街坊都说好，茶也便宜。\n", "").replace("书店", "书铺"),
        ),
        (
            "a passage that the editor took out stays out",
            swap("周末有讲座，听的人不少。\n", ""),
            vec![],
            swap("三万元", "四万元"),
            swap("周末有讲座，听的人不少。\n", "").replace("三万元", "四万元"),
        ),
        (
            "an article is new, and one is gone",
            swap("茶也便宜", "茶也不贵"),
            vec![(2, "街坊都说好，茶也不贵。")],
            swap("# 码头\n    新码头今天开放。", "# 桥\n大桥通车了。"),
            swap("茶也便宜", "茶也不贵").replace("# 码头\n    新码头今天开放。", "# 桥\n大桥通车了。"),
        ),
        (
            "the document has another order of articles",
            swap("茶也便宜", "茶也不贵"),
            vec![(2, "街坊都说好，茶也不贵。")],
            format!("# 码头\n新码头今天开放。\n{}", swap("# 码头\n    新码头今天开放。", "")),
            format!(
                "# 码头\n新码头今天开放。\n{}",
                swap("# 码头\n    新码头今天开放。", "").replace("茶也便宜", "茶也不贵")
            ),
        ),
        (
            "the document has moved a passage to another article",
            swap("书店", "书铺"),
            vec![(4, "旧厂房改成了书铺。")],
            swap("一共花了三万元。\n", "").replace("新码头今天开放。", "新码头今天开放。\n一共花了三万元。"),
            swap("一共花了三万元。\n", "")
                .replace("新码头今天开放。", "新码头今天开放。\n一共花了三万元。")
                .replace("书店", "书铺"),
        ),
        (
            "another title, other words beneath",
            swap("茶也便宜", "茶也不贵"),
            vec![(2, "街坊都说好，茶也不贵。")],
            swap("# 老茶馆 新生意", "# 老茶馆的新生意"),
            swap("# 老茶馆 新生意", "# 老茶馆的新生意").replace("茶也便宜", "茶也不贵"),
        ),
        (
            "both have made the same change",
            swap("三万元", "四万元"),
            vec![(3, "一共花了四万元。")],
            swap("三万元", "四万元").replace("书店", "书铺"),
            swap("三万元", "四万元").replace("书店", "书铺"),
        ),
    ];
    let base = document(BASE);
    for (what, mine, renamed, theirs, expected) in table {
        let (mine, theirs) = (edited(&base, &mine, &renamed), document(&theirs));
        for side in [Side::Mine, Side::Theirs] {
            let merged = merged(&base, &mine, &theirs, side);
            assert_eq!(text(&merged.contents), text(&document(&expected)), "{what}");
            assert_eq!(merged.questions, [], "{what}");
        }
    }
}

#[test]
fn where_all_three_differ_both_texts_are_asked_and_mine_is_the_default() {
    let base = document(BASE);
    let swap = |from: &str, to: &str| BASE.replace(from, to);
    let table = [
        (swap("三万元", "两万元"), vec![(3, "一共花了两万元。")], swap("三万元", "四万元"), About::Passage),
        (swap("三万元", "两万元"), vec![(3, "一共花了两万元。")], swap("一共花了三万元。\n", ""), About::Passage),
        (swap("一共花了三万元。\n", ""), vec![], swap("三万元", "四万元"), About::Passage),
        (swap("书店", "书铺"), vec![(4, "旧厂房改成了书铺。")], without_hall(), About::Article),
        (without_hall(), vec![], swap("书店", "书铺"), About::Article),
        // What an editor joined or parted is one question, and one answer.
        (joined(), vec![(2, JOINED)], swap("一共花了三万元。\n", ""), About::Passage),
        (joined(), vec![(2, JOINED)], swap("三万元", "四万元"), About::Passage),
        (joined(), vec![(2, JOINED)], swap("茶也便宜", "茶也不贵"), About::Passage),
        (joined(), vec![(2, JOINED)], swap("街坊都说好，茶也便宜。\n    一共花了三万元。\n", ""), About::Passage),
        (parted(), vec![(1, "老茶馆开了新铺子，")], swap("来的人很多", "来的人不少"), About::Passage),
        (parted(), vec![(1, "老茶馆开了新铺子，")], swap("老茶馆开了新铺子，来的人很多。\n", ""), About::Passage),
    ];
    for (mine, renamed, theirs, about) in table {
        let (mine, theirs) = (edited(&base, &mine, &renamed), document(&theirs));
        let asked = merged(&base, &mine, &theirs, Side::Mine);
        assert_eq!(asked.questions.iter().map(|q| q.about).collect::<Vec<_>>(), [about], "{:?}", asked.questions);
        assert_eq!(text(&asked.contents), text(&mine), "by default the issue says what it said");
        let taken = merged(&base, &mine, &theirs, Side::Theirs);
        assert_eq!(text(&taken.contents), text(&theirs));
        let number = asked.questions[0].number;
        let choices = Choices { said: [(number, Side::Theirs)].into(), ..Choices::default() };
        let chosen = merge(&Three { base: &base, mine: &mine, theirs: &theirs }, 0, &choices);
        assert_eq!(text(&chosen.contents), text(&theirs));
    }
}

const JOINED: &str = "街坊都说好，茶也便宜。一共花了三万元。";

fn joined() -> String {
    BASE.replace("街坊都说好，茶也便宜。\n    一共花了三万元。", JOINED)
}

fn parted() -> String {
    BASE.replace("老茶馆开了新铺子，来的人很多。", "老茶馆开了新铺子，\n来的人很多。")
}

fn without_hall() -> String {
    BASE.replace("# 旧厂房 新用处\n    旧厂房改成了书店。\n    周末有讲座，听的人不少。\n", "")
}

#[test]
fn title_and_credits_and_a_picture_and_its_words_go_each_their_own_way() {
    let mut base = document(BASE);
    let picture =
        |content: &[u8]| crate::domain::picture::Picture::of(&crate::domain::picture::tests::png_of(64, 48, content));
    let image = |alt: &str, content: &[u8]| BlockKind::Image { alt: alt.to_owned(), picture: picture(content).ok() };
    base.articles[0].blocks[1].kind = image("", b"old");
    let (mut mine, mut theirs) = (base.clone(), base.clone());
    mine.articles[0].source = Some("河湾日报".into());
    mine.articles[0].blocks[1].kind = image("茶馆的门面", b"old");
    theirs.articles[0].title = "老茶馆的新生意".into();
    theirs.articles[0].blocks[1].kind = image("", b"new");
    let merged = merged(&base, &mine, &theirs, Side::Mine);
    let article = &merged.contents.articles[0];
    assert_eq!((article.title.as_str(), article.source.as_deref()), ("老茶馆的新生意", Some("河湾日报")));
    assert_eq!(article.blocks[1].kind, image("茶馆的门面", b"new"));
    assert_eq!(merged.questions, []);
}

#[test]
fn facts_are_merged_one_by_one() {
    let line = |label: &str, value: &str| ColophonLine { label: label.into(), value: value.into() };
    let day = |day| Dating::On(chrono::NaiveDate::from_ymd_opt(2026, 11, day).expect("a day"));
    let base = Contents {
        label: Some("2026年第6期".into()),
        year: Some(2026),
        number: Some(6),
        colophon: Colophon::of(vec![line("编辑", "周宁"), line("电话", "5550138")]),
        ..document(BASE)
    };
    let mine = Contents {
        subject: Some("专刊".into()),
        published_on: day(27),
        colophon: Colophon::of(vec![line("编辑", "周宁"), line("电话", "5550139")]),
        ..base.clone()
    };
    let theirs = Contents {
        label: Some("2026年第7期".into()),
        number: Some(7),
        published_on: day(28),
        colophon: Colophon::of(vec![line("编辑", "李涛"), line("电话", "5550138")]),
        ..base.clone()
    };
    let merged = merged(&base, &mine, &theirs, Side::Mine);
    let facts = merged.contents.facts();
    assert_eq!((facts.label.as_deref(), facts.number), (Some("2026年第7期"), Some(7)));
    assert_eq!(facts.subject.as_deref(), Some("专刊"), "no document says it");
    assert_eq!(facts.imprint, [line("编辑", "李涛"), line("电话", "5550139")]);
    let [question] = &merged.questions[..] else { panic!("{:?}", merged.questions) };
    let texts = (question.was.as_deref(), question.mine.as_deref(), question.theirs.as_deref());
    assert_eq!((question.about, texts), (About::Date, (None, Some("2026-11-27"), Some("2026-11-28"))));
    assert_eq!(facts.published_on, day(27));
}

#[test]
fn passages_keep_their_names_and_are_read_from_the_new_lines() {
    let base = document(BASE);
    let mine = edited(&base, &BASE.replace("三万元", "两万元"), &[(3, "一共花了两万元。")]);
    let theirs = document(&BASE.replace("老茶馆开了", "新的一段。\n老茶馆开了"));
    let merged = merged(&base, &mine, &theirs, Side::Mine);
    let blocks: Vec<_> = merged.contents.articles[0].blocks.iter().map(|block| (block.id.0, block.lines.0)).collect();
    assert_eq!(&blocks[1..], [(1, 2), (2, 3), (3, 4)]);
    assert!(blocks[0].0 > title_at(0).0 && blocks[0].1 == 1, "{blocks:?}");
    let mut again = theirs.clone();
    merged.names.give(&mut again, &mut []);
    assert_eq!(between(&again, &theirs), between(&theirs, &theirs));
    let named = |contents: &Contents| passages(&contents.articles).iter().map(|p| p.id).collect::<Vec<_>>();
    assert_eq!(named(&again), named(&merged.contents));
}

#[test]
fn a_document_that_is_read_otherwise_by_now_loses_nothing() {
    // This version reads a paragraph more, so all names are one further.
    let read = document(&BASE.replace("老茶馆开了", "编者按。\n老茶馆开了"));
    let mine = edited(&document(BASE), &BASE.replace("三万元", "两万元"), &[(3, "一共花了两万元。")]);
    let theirs = document(&BASE.replace("老茶馆开了", "编者按。\n老茶馆开了").replace("书店", "书铺"));
    let merged = merged(&read, &mine, &theirs, Side::Mine);
    assert_eq!(text(&merged.contents), text(&document(&BASE.replace("三万元", "两万元").replace("书店", "书铺"))));
    assert_eq!(merged.questions, []);
}

#[test]
fn an_answer_goes_to_the_same_question_at_the_same_words() {
    let flag = |id: &str, finding: Finding, line, answer: Option<&str>| {
        let choices = ["right", "wrong"].map(|key| Choice { key: key.into(), effect: Effect::Keep }).to_vec();
        Flag { id: id.into(), finding, line, choices, answer: answer.map(str::to_owned) }
    };
    let glued = |head: &str| Finding::GluedSubhead(head.into());
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let (old_lines, new_lines) = (lines("甲\n乙要素\n丙要素"), lines("新\n甲\n乙要素\n丁要素"));
    let old = [
        flag("1", glued("要素"), Some(2), Some("wrong")),
        flag("2", glued("要素"), Some(3), Some("right")),
        flag("3", Finding::MissingNumber, None, Some("2026-4")),
        flag("4", Finding::MissingDate, None, None),
    ];
    let new = [
        flag("a", glued("要素"), Some(3), None),
        flag("b", glued("要素"), Some(4), None),
        flag("c", Finding::MissingNumber, None, None),
        flag("d", Finding::MissingDate, None, None),
    ];
    let carried = carry_answers(Read { flags: &old, lines: &old_lines }, Read { flags: &new, lines: &new_lines });
    let answers: Vec<_> = carried.iter().map(|flag| flag.answer.as_deref()).collect();
    assert_eq!(answers, [Some("wrong"), None, Some("2026-4"), None]);
}

/// A document of up to four articles of short paragraphs, of few words, so that many are alike.
fn any_document() -> impl Strategy<Value = Contents> {
    let paragraph =
        prop::sample::select(vec!["甲乙丙丁", "甲乙丙戊", "子丑寅卯", "天地玄黄", "宇宙洪荒", "日月盈昃", "一"]);
    let title = prop::sample::select(vec!["东篇", "西篇", "南篇", "北篇"]);
    let article = (title, prop::collection::vec(paragraph, 0..5));
    prop::collection::vec(article, 1..5).prop_map(|articles| {
        let article = |(title, paragraphs): (&str, Vec<&str>)| format!("# {title}\n{}\n", paragraphs.join("\n"));
        document(&articles.into_iter().map(article).collect::<String>())
    })
}

/// What an editor makes of a document: passages are changed, taken out, added, made titles, change places, and are joined
/// and parted.
fn any_edit(base: Contents) -> impl Strategy<Value = (Contents, Contents)> {
    let deed = (0..8_u8, any::<prop::sample::Index>(), any::<prop::sample::Index>());
    prop::collection::vec(deed, 0..6).prop_map(move |deeds| {
        let mut row = passages(&base.articles);
        for (nth, (deed, at, to)) in deeds.into_iter().enumerate() {
            if row.len() < 2 {
                break;
            }
            let (at, cut, to) = (1 + at.index(row.len() - 1), to, 1 + to.index(row.len() - 1));
            let own = format!("编辑的话{nth}");
            let kind = BlockKind::Paragraph { text: vec![Inline::Text(own.clone())] };
            let block = edit::What::Block { kind, lines: (0, 0) };
            let title = edit::What::Title { text: own, credits: edit::Credits::default() };
            match deed {
                0 => row[at].what = block,
                1 => drop(row.remove(at)),
                2 => row.insert(at, edit::Passage { id: BlockId(title_at(500 + nth).0), what: block }),
                3 => row[at].what = title,
                4 => row.swap(at, to),
                5 => join(&mut row, at),
                6 => part(&mut row, (at, cut), BlockId(title_at(500 + nth).0)),
                _ => row.insert(at, edit::Passage { id: BlockId(title_at(500 + nth).0), what: title }),
            }
        }
        let articles = edit::articles(&row).expect("the first title stays");
        (base.clone(), Contents { articles, ..base.clone() })
    })
}

use super::super::edit;

/// Puts a block at the end of the passage before it.
fn join(row: &mut Vec<edit::Passage>, at: usize) {
    if !edit::is_title(&row[at]) {
        let behind = row.remove(at).words();
        say(&mut row[at - 1], |words| words + &behind);
    }
}

/// Parts a passage somewhere; what is behind gets this name.
fn part(row: &mut Vec<edit::Passage>, (at, cut): (usize, prop::sample::Index), id: BlockId) {
    let words: Vec<char> = row[at].words().chars().collect();
    if words.len() > 1 {
        let (first, behind) = words.split_at(1 + cut.index(words.len() - 1));
        say(&mut row[at], |_| first.iter().collect());
        let kind = BlockKind::Paragraph { text: vec![Inline::Text(behind.iter().collect())] };
        row.insert(at + 1, edit::Passage { id, what: edit::What::Block { kind, lines: (0, 0) } });
    }
}

fn say(passage: &mut edit::Passage, words: impl Fn(String) -> String) {
    let said = words(passage.words());
    match &mut passage.what {
        edit::What::Title { text, .. } => *text = said,
        edit::What::Block { kind, .. } => *kind = BlockKind::Paragraph { text: vec![Inline::Text(said)] },
    }
}

/// The pairs of characters that stand beside each other in a passage: however passages are joined and parted, what is
/// left of their words is made of these.
fn pairs(contents: &Contents) -> BTreeSet<String> {
    let of = |words: String| {
        let chars: Vec<char> = words.chars().collect();
        chars.windows(2).map(|pair| pair.iter().collect::<String>()).collect::<Vec<_>>()
    };
    all_words(contents).into_iter().flat_map(of).collect()
}

fn all_words(contents: &Contents) -> Vec<String> {
    passages(&contents.articles).iter().map(edit::Passage::words).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn an_issue_that_nobody_edited_says_what_the_corrected_document_says(base in any_document(), theirs in any_document()) {
        let merged = merged(&base, &base, &theirs, Side::Mine);
        prop_assert_eq!(text(&merged.contents), text(&theirs));
        prop_assert_eq!(merged.questions, vec![]);
    }

    #[test]
    fn a_document_that_says_the_same_changes_nothing((base, mine) in any_document().prop_flat_map(any_edit)) {
        let merged = merged(&base, &mine, &base, Side::Theirs);
        prop_assert_eq!(text(&merged.contents), text(&mine));
        prop_assert_eq!(merged.questions, vec![]);
    }

    #[test]
    fn two_that_made_the_same_of_it_agree((base, mine) in any_document().prop_flat_map(any_edit)) {
        let mut theirs = document(&text(&mine));
        name_titles(&mut theirs.articles);
        let merged = merged(&base, &mine, &theirs, Side::Theirs);
        prop_assert_eq!(text(&merged.contents), text(&mine));
    }

    /// By the default nothing that an editor wrote goes, and what of the document does not come is asked.
    #[test]
    fn nothing_goes_in_silence((base, mine) in any_document().prop_flat_map(any_edit), theirs in any_document()) {
        let merged = merged(&base, &mine, &theirs, Side::Mine);
        let (said, asked) = (all_words(&merged.contents), &merged.questions);
        let (was, own, new) = (all_words(&base), all_words(&mine), all_words(&theirs));
        for words in own.iter().filter(|words| !was.contains(words)) {
            prop_assert!(said.contains(words), "{words} of the editor is gone: {said:?}");
        }
        for words in new.iter().filter(|words| !was.contains(words)) {
            let is_asked = asked.iter().any(|q| q.theirs.as_ref().is_some_and(|theirs| theirs.contains(words.as_str())));
            prop_assert!(said.contains(words) || is_asked, "{words} of the document did not come: {said:?}");
        }
    }

    /// What the new document took out is gone by the answer *theirs*, and whatever of it stays by *mine* was asked about.
    #[test]
    fn what_the_document_took_out_is_gone_or_asked_about((base, mine) in any_document().prop_flat_map(any_edit), theirs in any_document()) {
        let taken_out: Vec<String> = pairs(&base).difference(&pairs(&theirs)).cloned().collect();
        let kept = merged(&base, &mine, &theirs, Side::Mine);
        let (said, gone) = (pairs(&kept.contents), pairs(&merged(&base, &mine, &theirs, Side::Theirs).contents));
        for words in taken_out {
            let is_asked = kept.questions.iter().any(|q| [&q.was, &q.mine].into_iter().flatten().any(|text| text.contains(&words)));
            prop_assert!(!said.contains(&words) || is_asked, "{words} was taken out and stays unasked: {}", text(&kept.contents));
            prop_assert!(!gone.contains(&words), "{words} was taken out and stays for all that was answered");
        }
    }

    /// What the new document added is there by the answer *theirs*; what issue and document both have is there by either, and
    /// what the editor wrote, unless a question showed that the answer takes it.
    #[test]
    fn what_was_added_comes_and_what_both_have_stays((base, mine) in any_document().prop_flat_map(any_edit), theirs in any_document()) {
        let [was, own, new] = [&base, &mine, &theirs].map(pairs);
        for side in [Side::Mine, Side::Theirs] {
            let merged = merged(&base, &mine, &theirs, side);
            let said = pairs(&merged.contents);
            let is_told = |words: &str| {
                let has = |text: &Option<String>| text.as_ref().is_some_and(|text| text.contains(words));
                let goes = |q: &Question| match side {
                    Side::Mine => has(&q.theirs) && !has(&q.mine),
                    Side::Theirs => has(&q.mine) && !has(&q.theirs),
                };
                merged.questions.iter().any(goes)
            };
            // Of words that the document before said twice, one may be what the editor changed, and the other what it took out.
            let once = |words: &str| all_words(&base).iter().map(|all| all.matches(words).count()).sum::<usize>() < 2;
            let is_own = |words: &&String| (new.contains(*words) && once(words)) || words.contains(['编', '辑', '的', '话']);
            for words in own.iter().filter(is_own) {
                prop_assert!(said.contains(words) || is_told(words), "{words} is gone by {side:?}: {}", text(&merged.contents));
            }
            for words in new.difference(&was).filter(|_| side == Side::Theirs) {
                prop_assert!(said.contains(words), "{words} was added and did not come: {}", text(&merged.contents));
            }
        }
    }

    /// An answer is given to a number, so no answer may change what the others are about.
    #[test]
    fn whatever_is_answered_the_questions_are_the_same((base, mine) in any_document().prop_flat_map(any_edit), theirs in any_document()) {
        let asked = |side| merged(&base, &mine, &theirs, side).questions.into_iter().map(|q| (q.about, q.was, q.mine, q.theirs)).collect::<Vec<_>>();
        prop_assert_eq!(asked(Side::Mine), asked(Side::Theirs));
    }

    #[test]
    fn every_name_is_given_once((base, mine) in any_document().prop_flat_map(any_edit), theirs in any_document()) {
        for side in [Side::Mine, Side::Theirs] {
            let merged = merged(&base, &mine, &theirs, side);
            let mut ids: Vec<_> = passages(&merged.contents.articles).iter().map(|passage| passage.id).collect();
            let count = ids.len();
            ids.sort_unstable();
            ids.dedup();
            prop_assert_eq!(ids.len(), count);
            prop_assert!(ids.iter().all(|id| id.0 <= merged.named));
        }
    }

    #[test]
    fn a_patch_between_two_rows_makes_the_second_and_undoes_itself((base, mine) in any_document().prop_flat_map(any_edit), theirs in any_document()) {
        let merged = merged(&base, &mine, &theirs, Side::Theirs);
        for (before, after) in [(&base, &mine), (&mine, &merged.contents)] {
            let (before, after) = (passages(&before.articles), passages(&after.articles));
            let mut row = before.clone();
            let patch = Patch::between(&before, &after).apply(&mut row).expect("it fits");
            let said = |row: &[edit::Passage]| row.iter().map(|p| (p.id, p.what.spelled_out())).collect::<Vec<_>>();
            prop_assert_eq!(said(&row), said(&after));
            patch.inverse().apply(&mut row).expect("it fits backwards");
            prop_assert_eq!(said(&row), said(&before));
        }
    }
}
