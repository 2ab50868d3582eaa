//! The laws of editing: whatever is done can be undone, and whoever is overtaken loses nothing.

use super::super::shape::Shape;
use super::super::{Article, Block, BlockKind, Inline};
use super::patch::{end_of_article, is_title, place_of};
use super::*;
use proptest::prelude::*;

fn words(text: &str) -> Vec<Inline> {
    vec![Inline::Text(text.to_owned())]
}

fn issue() -> Vec<Article> {
    let block = |id, kind| Block { id: BlockId(id), kind, lines: (id, id) };
    let head = Inline::RunIn("摸清成果家底。".into());
    let link = Inline::Link { href: "https://a.example".into(), text: "公告".into() };
    let first = vec![
        block(1, BlockKind::Paragraph { text: vec![head, Inline::Text("深化改革，见".into()), link] }),
        block(2, BlockKind::Heading { level: 1, text: words("要素保障") }),
        block(3, BlockKind::List { ordered: true, start: 3, items: vec![words("甲"), words("乙")] }),
        block(4, BlockKind::Paragraph { text: words("完善政策支撑。") }),
    ];
    let second = vec![
        block(5, BlockKind::Paragraph { text: words("老茶馆开了新铺子。") }),
        block(
            6,
            BlockKind::Table {
                rows: vec![vec![words("a"), words("b")], vec![words("1"), words("2")]],
                shape: Shape::default(),
            },
        ),
    ];
    let mut articles = vec![
        Article { title: "甲篇".into(), blocks: first, ..Article::default() },
        Article { title: "乙篇".into(), author: Some("林".into()), blocks: second, ..Article::default() },
        Article { title: "丙篇".into(), ..Article::default() },
    ];
    name_titles(&mut articles);
    articles
}

/// A wish for the passage as the row has it, with other words.
fn wish(row: &[Passage], id: u32, text: &str, deed: Deed) -> Wish {
    let at = place_of(row, BlockId(id)).expect("it is there");
    let passage = &row[at];
    let typed = Typed { text: text.to_owned(), kind: passage.kind(), credits: passage.credits() };
    let before = at.checked_sub(1).map(|before| row[before].id);
    Wish { id: BlockId(id), seen: passage.revision(), before, typed, deed }
}

fn as_kind(mut wish: Wish, kind: Kind) -> Wish {
    wish.typed.kind = kind;
    wish
}

fn done(wish: &Wish, row: &mut Vec<Passage>) -> Patch {
    let patch = wish.patch(row, highest(row) + 1).expect("it is granted");
    patch.apply(row).expect("it fits")
}

fn texts(row: &[Passage]) -> Vec<String> {
    row.iter().map(Passage::words).collect()
}

fn said(row: &[Passage], id: u32) -> String {
    row[place_of(row, BlockId(id)).expect("it is there")].words()
}

const TITLE: u32 = FIRST_TITLE;

#[test]
fn articles_are_a_row_of_passages_and_back() {
    let row = passages(&issue());
    assert_eq!(articles(&row), Some(issue()));
    assert_eq!(articles(&row[1..]), None, "no text stands before the first title");
    assert_eq!(articles(&[]), None);
}

#[test]
fn what_stays_keeps_its_form_and_what_is_new_takes_that_of_its_place() {
    let mut row = passages(&issue());
    let typed = "摸清科研成果家底。深化各项改革，见新公告栏。";
    done(&wish(&row, 1, typed, Deed::Keep), &mut row);
    let What::Block { kind: BlockKind::Paragraph { text }, .. } = &row[1].what else { panic!("a paragraph") };
    let link = Inline::Link { href: "https://a.example".into(), text: "公告".into() };
    let expected = vec![
        Inline::RunIn("摸清科研成果家底。".into()),
        Inline::Text("深化各项改革，见新".into()),
        link,
        Inline::Text("栏。".into()),
    ];
    assert_eq!(*text, expected);
}

#[test]
fn a_paragraph_gets_a_run_in_head_and_loses_it() {
    let mut row = passages(&issue());
    let (text, head) = ("完善政策支撑。再说。", Inline::RunIn("完善政策支撑。".into()));
    done(&as_kind(wish(&row, 4, text, Deed::Keep), Kind::RunIn), &mut row);
    let What::Block { kind: BlockKind::Paragraph { text: inlines }, .. } = &row[4].what else { panic!("a paragraph") };
    assert_eq!(*inlines, [head, Inline::Text("再说。".into())]);
    done(&as_kind(wish(&row, 4, text, Deed::Keep), Kind::Paragraph), &mut row);
    assert_eq!(row[4].kind(), Kind::Paragraph);
}

#[test]
fn empty_lines_part_a_passage_and_joining_puts_it_together() {
    let mut row = passages(&issue());
    done(&wish(&row, 4, "完善\r\n\r\n政策\n支撑。", Deed::Split), &mut row);
    assert_eq!(texts(&row)[4..6], ["完善", "政策\n支撑。"]);
    let new = row[5].id.0;
    assert_eq!(new, TITLE + 3, "a new passage has a name that none had");
    done(&wish(&row, new, "政策支撑。", Deed::Merge), &mut row);
    assert_eq!(said(&row, 4), "完善政策支撑。");
    done(&wish(&row, 3, "甲\n丙\n乙", Deed::Keep), &mut row);
    let What::Block { kind: BlockKind::List { start, items, .. }, .. } = &row[3].what else { panic!("a list") };
    assert_eq!((*start, items.len()), (3, 3));
}

#[test]
fn a_title_moves_with_its_article_and_a_block_across_articles() {
    let mut row = passages(&issue());
    done(&wish(&row, TITLE + 1, "乙篇", Deed::Up), &mut row);
    assert_eq!(texts(&row)[..4], ["乙篇", "老茶馆开了新铺子。", "a\tb\n1\t2", "甲篇"]);
    done(&wish(&row, TITLE, "甲篇", Deed::Down), &mut row);
    assert_eq!(texts(&row)[3..5], ["丙篇", "甲篇"]);
    done(&wish(&row, 6, "a\tb\n1\t2", Deed::Down), &mut row);
    assert_eq!(texts(&row)[2..4], ["丙篇", "a\tb\n1\t2"]);
}

#[test]
fn a_subhead_becomes_the_title_of_an_article_of_its_own() {
    let mut row = passages(&issue());
    done(&as_kind(wish(&row, 2, "要素保障", Deed::Keep), Kind::Title), &mut row);
    let articles = articles(&row).expect("articles");
    assert_eq!(articles.iter().map(|a| a.blocks.len()).collect::<Vec<_>>(), [1, 2, 2, 0]);
    assert_eq!(articles[1].id, BlockId(2));
}

#[test]
fn what_no_issue_can_be_is_refused() {
    let row = passages(&issue());
    let long = "长".repeat(LONGEST + 1);
    let title = |kind| as_kind(wish(&row, TITLE + 1, "乙篇", Deed::Keep), kind);
    for (wish, why) in [
        (wish(&row, TITLE, " ", Deed::Keep), Refusal::EmptyTitle),
        (wish(&row, 4, &long, Deed::Keep), Refusal::Long),
        (wish(&row, 4, "没有空行\n的一段", Deed::Split), Refusal::NothingToSplit),
        (wish(&row, 1, "x", Deed::Up), Refusal::FirstTitle),
        (wish(&row, TITLE, "甲篇", Deed::Up), Refusal::Neighbour),
        (wish(&row, TITLE + 2, "丙篇", Deed::Down), Refusal::Neighbour),
        (as_kind(wish(&row, TITLE, "甲篇", Deed::Keep), Kind::Paragraph), Refusal::FirstTitle),
        (title(Kind::Paragraph), Refusal::Credits),
        (wish(&row, TITLE + 1, "乙篇", Deed::Merge), Refusal::TitleJoined),
        (as_kind(wish(&row, 6, "a", Deed::Keep), Kind::Quote), Refusal::Fixed),
        (as_kind(wish(&row, 4, "a", Deed::Keep), Kind::Table), Refusal::Fixed),
        (wish(&row, 4, "\u{e000}", Deed::Keep), Refusal::Character('\u{e000}')),
        (Wish { before: Some(BlockId(1)), ..wish(&row, 4, "x", Deed::Merge) }, Refusal::Neighbour),
    ] {
        assert_eq!(wish.patch(&row, 99).expect_err("refused"), why, "{:?}", wish.deed);
    }
}

#[test]
fn the_later_of_two_who_change_one_passage_is_told_what_the_other_wrote() {
    let mut row = passages(&issue());
    let (first, second) = (wish(&row, 4, "先到的", Deed::Keep), wish(&row, 4, "后到的", Deed::Keep));
    let elsewhere = wish(&row, 5, "别处", Deed::Keep);
    done(&first, &mut row);
    let Refusal::Conflict(theirs) = second.patch(&row, 99).expect_err("a conflict") else { panic!("a conflict") };
    assert_eq!(theirs.map(|theirs| theirs.words).as_deref(), Some("先到的"));
    done(&elsewhere, &mut row);
    assert_eq!(first.patch(&row, 99), Ok(Patch::default()), "a second click is no conflict");
    let at = place_of(&row, BlockId(TITLE)).expect("the first");
    let whole = whole_article(&row, at);
    let gone = wish(&row, TITLE, "", Deed::Remove { whole });
    done(&wish(&row, 2, "改了的小标题", Deed::Keep), &mut row);
    assert!(matches!(gone.patch(&row, 99), Err(Refusal::Conflict(_))), "no article goes with words that were not seen");
    let whole = whole_article(&row, at);
    done(&wish(&row, TITLE, "", Deed::Remove { whole }), &mut row);
    assert!(matches!(second.patch(&row, 99), Err(Refusal::Conflict(theirs)) if theirs.is_none()));
    let back = Wish { deed: Deed::Anew, ..second };
    done(&back, &mut row);
    assert_eq!(texts(&row).last().map(String::as_str), Some("后到的"));
}

#[test]
fn a_removed_article_comes_back_between_articles_and_an_orphan_at_the_end_of_its_own() {
    let mut row = passages(&issue());
    let remove = |row: &[Passage], id: u32| {
        let at = place_of(row, BlockId(id)).expect("it is there");
        wish(row, id, "", Deed::Remove { whole: whole_article(row, at) })
    };
    let second = done(&remove(&row, TITLE + 1), &mut row);
    done(&wish(&row, 4, "完善政策支撑。\n\n又一段。", Deed::Split), &mut row);
    second.inverse().apply(&mut row).expect("it fits");
    assert_eq!(texts(&row)[4..8], ["完善政策支撑。", "又一段。", "乙篇", "老茶馆开了新铺子。"]);

    let table = done(&remove(&row, 6), &mut row);
    done(&remove(&row, 5), &mut row);
    table.inverse().apply(&mut row).expect("it fits");
    assert_eq!(texts(&row)[6..], ["乙篇", "a\tb\n1\t2", "丙篇"], "not in the last article");

    let table = done(&remove(&row, 6), &mut row);
    done(&remove(&row, TITLE + 1), &mut row);
    let before = row.clone();
    assert!(table.inverse().apply(&mut row).is_err(), "its article is gone");
    assert_eq!(row, before);
}

#[test]
fn a_space_comes_between_latin_words_only() {
    for (left, right, joined) in
        [("the", "end", "the end"), ("the", "结尾", "the结尾"), ("词", "end", "词end"), ("a.", "（b）", "a.（b）")]
    {
        let mut row = passages(&issue());
        done(&wish(&row, 4, &format!("{left}\n\n{right}"), Deed::Split), &mut row);
        done(&wish(&row, TITLE + 3, right, Deed::Merge), &mut row);
        assert_eq!(said(&row, 4), joined);
    }
}

#[test]
fn the_balance_says_what_came_and_what_went() {
    let mut row = passages(&issue());
    let mut balance = Balance::default();
    let mut patches = Vec::new();
    for (id, text) in [(4, "完善政策支持。"), (5, "老茶馆开了新铺子。 好！"), (TITLE, "甲篇子")] {
        let patch = done(&wish(&row, id, text, Deed::Keep), &mut row);
        balance = balance.with(&patch);
        patches.push(patch);
    }
    assert_eq!((balance.taken(), balance.added()), (1, 4), "撑 went; 持, 好, ！ and 子 came");
    let undone = patches.iter().rev().fold(balance, |balance, patch| balance.with(&patch.inverse()));
    assert!(undone.is_even());
}

/// What somebody might do: a place, words, a kind and a deed.
#[derive(Clone, Debug)]
struct Whim {
    place: usize,
    text: String,
    kind: usize,
    deed: usize,
}

fn whims(most: usize) -> impl Strategy<Value = Vec<Whim>> {
    let whim = (0..40_usize, "[甲乙丙。a b\n]{0,8}", 0..30_usize, 0..9_usize);
    let whim = whim.prop_map(|(place, text, kind, deed)| Whim { place, text, kind, deed });
    proptest::collection::vec(whim, 0..most)
}

impl Whim {
    /// As a wish of somebody who sees this row.
    fn wish(&self, row: &[Passage]) -> Wish {
        let at = self.place % row.len();
        let deed = match self.deed {
            0 | 1 => Deed::Keep,
            2 => Deed::Split,
            3 => Deed::Merge,
            4 => Deed::Up,
            5 => Deed::Down,
            6 => Deed::Remove { whole: whole_article(row, at) },
            7 => Deed::Add,
            _ => Deed::Anew,
        };
        let text = if self.text.is_empty() { row[at].words() } else { self.text.clone() };
        let wish = wish(row, row[at].id.0, &text, deed);
        let kind = Kind::CHOICES.get(self.kind).copied().unwrap_or_else(|| row[at].kind());
        as_kind(wish, kind)
    }
}

proptest! {
    #[test]
    fn undoing_everything_gives_the_source_back(whims in whims(40)) {
        let (mut row, mut patches) = (passages(&issue()), Vec::new());
        let mut balance = Balance::default();
        let mut named = highest(&row);
        for whim in &whims {
            let Ok(patch) = whim.wish(&row).patch(&row, named + 1) else { continue };
            let before = row.clone();
            match patch.apply(&mut row) {
                Ok(patch) => {
                    balance = balance.with(&patch);
                    named = named.max(highest(&row));
                    prop_assert!(articles(&row).is_some_and(|articles| passages(&articles) == row));
                    patches.push(patch);
                }
                Err(_) => prop_assert_eq!(&before, &row, "what does not fit changes nothing"),
            }
        }
        let end = row.clone();
        let mut undone = Vec::new();
        for patch in patches.iter().rev() {
            let back = patch.inverse().apply(&mut row).expect("it fits");
            balance = balance.with(&back);
            undone.push(back);
        }
        prop_assert_eq!(articles(&row), Some(issue()));
        prop_assert!(balance.is_even());
        for back in undone.iter().rev() {
            back.inverse().apply(&mut row).expect("it fits");
        }
        prop_assert_eq!(row, end, "and doing everything again gives the result back");
    }

    #[test]
    fn undoing_in_any_order_leaves_every_article_its_passages(
        whims in whims(20),
        order in proptest::collection::vec(any::<prop::sample::Index>(), 20),
    ) {
        let (mut row, mut patches) = (passages(&issue()), Vec::new());
        let mut named = highest(&row);
        for whim in &whims {
            let Ok(patch) = whim.wish(&row).patch(&row, named + 1) else { continue };
            let Ok(patch) = patch.apply(&mut row) else { continue };
            named = named.max(highest(&row));
            patches.push(patch);
        }
        for pick in &order {
            if patches.is_empty() {
                break;
            }
            let patch = patches.swap_remove(pick.index(patches.len()));
            let before = row.clone();
            let Ok(back) = patch.inverse().apply(&mut row) else {
                prop_assert_eq!(&before, &row, "what does not fit changes nothing");
                continue;
            };
            prop_assert!(articles(&row).is_some_and(|articles| passages(&articles) == row));
            // A title that comes back takes nobody's paragraphs: behind it stands another title, or what came with it.
            for step in &back.0 {
                let Step::Insert { passage, .. } = step else { continue };
                let Some(at) = place_of(&row, passage.id).filter(|at| is_title(&row[*at])) else { continue };
                for own in &row[at + 1..end_of_article(&row, at)] {
                    prop_assert!(back.touched().contains(&own.id), "{:?} was taken from its article", own);
                }
            }
        }
    }

    #[test]
    fn two_editors_lose_nothing(whims in whims(40), looks in proptest::collection::vec(any::<bool>(), 40)) {
        let mut row = passages(&issue());
        // What each of the two has on the screen: it may be old.
        let mut screens = [row.clone(), row.clone()];
        let mut named = highest(&row);
        for (at, whim) in whims.iter().enumerate() {
            let who = whim.place % 2;
            if looks[at] {
                screens[who].clone_from(&row);
            }
            let screen = screens[who].clone();
            let wish = whim.wish(&screen);
            let before = row.clone();
            let Ok(patch) = wish.patch(&row, named + 1) else { continue };
            let Ok(patch) = patch.apply(&mut row) else { continue };
            named = named.max(highest(&row));
            for step in &patch.0 {
                // Words go only where whoever replaced them had them on the screen, or where they go on elsewhere.
                let (Step::Change { before: gone, .. } | Step::Remove { passage: Passage { what: gone, .. }, .. }) = step
                else {
                    continue;
                };
                let id = step.id();
                let seen = screen.iter().any(|passage| passage.id == id && passage.what == *gone);
                let now = |id| place_of(&row, id).map(|at| row[at].words()).unwrap_or_default();
                let old = before[place_of(&before, id).expect("it was there")].words();
                let goes_on = wish.before.is_some_and(|into| wish.deed == Deed::Merge && now(into).contains(&old.replace('\n', " ")))
                    || (wish.deed == Deed::Merge && now(id).replace('\n', " ").contains(&old.replace('\n', " ")));
                prop_assert!(seen || goes_on, "{:?} lost {:?}", wish, gone);
            }
        }
    }
}

#[test]
fn a_picture_keeps_its_picture_whatever_its_words_become() {
    let picture = crate::domain::picture::Picture::of(&crate::domain::picture::tests::png_of(640, 480, b"")).ok();
    let image = |alt: &str| BlockKind::Image { alt: alt.into(), picture };
    let mut articles = issue();
    articles[1].blocks.push(Block { id: BlockId(7), kind: image("茶馆"), lines: (7, 7) });
    let mut row = passages(&articles);
    let patch = done(&wish(&row, 7, "茶馆门口", Deed::Keep), &mut row);
    let kind = |row: &[Passage]| match &row[place_of(row, BlockId(7)).expect("it is there")].what {
        What::Block { kind, .. } => kind.clone(),
        What::Title { .. } => panic!("it is no title"),
    };
    assert_eq!(kind(&row), image("茶馆门口"));
    patch.inverse().apply(&mut row).expect("it can be undone");
    assert_eq!(kind(&row), image("茶馆"));
    assert!(picture.is_some());
}

#[test]
fn merged_cells_outlive_what_is_done_to_their_table() {
    use crate::domain::issue::plain;
    use crate::domain::issue::shape::Span;
    let words = |text: &str| if text.is_empty() { Vec::new() } else { vec![Inline::Text(text.into())] };
    let rows = [["片", "县", "元"], ["东", "甲", "1"], ["", "乙", "2"]];
    let rows = rows.iter().map(|row| row.iter().map(|text| words(text)).collect()).collect();
    let span = |row, rows| Span { row, column: 0, rows, columns: 1 };
    let kind = BlockKind::Table { rows, shape: Shape { spans: vec![span(1, 2)], heads: 0 } };
    let row = passages(&[Article {
        title: "题".into(),
        blocks: vec![Block { id: BlockId(9), kind, lines: (3, 3) }],
        ..Article::default()
    }]);
    let after = |text: &str, deed: Deed| {
        let typed = Typed { text: text.into(), kind: Kind::Table, credits: Credits::default() };
        let wish = Wish { id: BlockId(9), seen: row[1].revision(), before: Some(row[0].id), typed, deed };
        let mut after = row.clone();
        let patch = wish.patch(&row, 20).expect("a lawful wish");
        patch.apply(&mut after).expect("it fits");
        let What::Block { kind: BlockKind::Table { rows, shape }, .. } = after[1].what.clone() else {
            panic!("{after:?}")
        };
        (rows.iter().map(|row| plain(&row[0])).collect::<Vec<_>>().join("|"), shape.spans)
    };
    let own = "片\t县\t元\n东\t甲\t1\n\t乙\t2";
    assert_eq!(after(&own.replace('甲', "丙"), Deed::Keep), ("片|东|".into(), vec![span(1, 2)]));
    assert_eq!(after(own, Deed::AddRow(2)), ("片|东||".into(), vec![span(1, 3)]));
    assert_eq!(after(own, Deed::AddRow(1)), ("片||东|".into(), vec![span(2, 2)]));
    assert_eq!(after(own, Deed::RemoveRow(2)), ("片|东".into(), vec![]), "what stood beside both stays");
    assert_eq!(after(&format!("{own}\n西\t丁\t3"), Deed::Keep), ("片|东||西".into(), vec![span(1, 2)]));
    assert_eq!(after(&own.replace("\n\t乙", "\n西\t乙"), Deed::Keep), ("片|东|西".into(), vec![]), "words part it");
}
