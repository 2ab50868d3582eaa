//! The laws of the difference between two states of an issue.

use super::super::{BlockId, BlockKind, Inline};
use super::*;
use proptest::prelude::*;

fn article(title: &str, paragraphs: &[&str]) -> Article {
    let block = |(id, text): (u32, &&str)| Block {
        id: BlockId(id),
        kind: BlockKind::Paragraph { text: vec![Inline::Text((*text).to_owned())] },
        lines: (id, id),
    };
    Article { title: title.to_owned(), blocks: (1..).zip(paragraphs).map(block).collect(), ..Article::default() }
}

fn issue(articles: &[Article]) -> Contents {
    Contents { articles: articles.to_vec(), ..Contents::default() }
}

fn changed(before: &str, after: &str) -> Change {
    Change::Changed { before: before.to_owned(), after: after.to_owned() }
}

/// An article as it is expected: its title, its fate, its changes.
type Expected = (&'static str, Fate, Vec<Change>);

#[test]
fn each_change_is_found_in_its_article() {
    let was = issue(&[article("老茶馆", &["一", "二", "三"]), article("旧厂房", &["四"])]);
    let table: [(&str, Contents, Vec<Expected>); 5] = [
        (
            "a paragraph has other words",
            issue(&[article("老茶馆", &["一", "二点", "三"]), article("旧厂房", &["四"])]),
            vec![("老茶馆", Fate::Changed, vec![changed("二", "二点")])],
        ),
        (
            "a paragraph more and one less",
            issue(&[article("老茶馆", &["零", "一", "二"]), article("旧厂房", &["四"])]),
            vec![("老茶馆", Fate::Changed, vec![Change::Added("零".into()), Change::Removed("三".into())])],
        ),
        (
            "another title over the same words",
            issue(&[article("新茶馆", &["一", "二", "三"]), article("旧厂房", &["四"])]),
            vec![("新茶馆", Fate::Changed, vec![changed("老茶馆", "新茶馆")])],
        ),
        (
            "an article is new",
            issue(&[article("桥", &["五"]), article("老茶馆", &["一", "二", "三"]), article("旧厂房", &["四"])]),
            vec![("桥", Fate::Added, vec![])],
        ),
        ("an article is gone", issue(&[article("旧厂房", &["四"])]), vec![("老茶馆", Fate::Removed, vec![])]),
    ];
    for (what, is, expected) in table {
        let found = between(&was, &is);
        let found: Vec<_> = found.articles.iter().map(|a| (a.title.as_str(), a.fate, a.changes.clone())).collect();
        assert_eq!(found, expected, "{what}");
    }
}

#[test]
fn another_order_a_link_and_a_date_are_changes_too() {
    let (tea, hall) = (article("老茶馆", &["一"]), article("旧厂房", &["四"]));
    let was = issue(&[tea.clone(), hall.clone()]);
    let turned = between(&was, &issue(&[hall.clone(), tea.clone()]));
    assert_eq!(turned.facts, [(Fact::Order, changed("老茶馆 / 旧厂房", "旧厂房 / 老茶馆"))]);
    assert!(turned.articles.is_empty());

    let mut linked = was.clone();
    let link = Inline::Link { href: "https://x.example".into(), text: "一".into() };
    linked.articles[0].blocks[0].kind = BlockKind::Paragraph { text: vec![link] };
    assert_eq!(between(&was, &linked).articles[0].changes, [changed("一", "一")]);

    let day = chrono::NaiveDate::from_ymd_opt(2026, 11, 27).expect("a day");
    let dated = Contents { published_on: Dating::On(day), ..was.clone() };
    assert_eq!(between(&was, &dated).facts, [(Fact::Date, Change::Added("2026-11-27".into()))]);
}

/// What an article's changes and kept paragraphs make of one side.
fn count(difference: &ArticleDifference, is_after: bool) -> usize {
    let counts = |change: &&Change| match change {
        Change::Added(_) => is_after,
        Change::Removed(_) => !is_after,
        Change::Changed { .. } => true,
    };
    difference.kept + difference.changes.iter().filter(counts).count()
}

fn some_article() -> impl Strategy<Value = Article> {
    prop::collection::vec("[甲乙丙]{1,2}", 0..6).prop_map(|paragraphs| {
        let paragraphs: Vec<_> = paragraphs.iter().map(String::as_str).collect();
        article("题", &paragraphs)
    })
}

proptest! {
    #[test]
    fn nothing_differs_from_itself(articles in prop::collection::vec(some_article(), 0..5)) {
        let contents = issue(&articles);
        prop_assert!(between(&contents, &contents).is_empty());
    }

    #[test]
    fn what_is_kept_gone_and_new_adds_up_to_both_sides(was in some_article(), is in some_article()) {
        let found = between(&issue(std::slice::from_ref(&was)), &issue(std::slice::from_ref(&is)));
        match found.articles.as_slice() {
            [] => prop_assert_eq!(&was.blocks, &is.blocks),
            [one] => {
                prop_assert_eq!(count(one, false), was.blocks.len());
                prop_assert_eq!(count(one, true), is.blocks.len());
            }
            more => prop_assert!(false, "one article is one difference: {more:?}"),
        }
    }

    #[test]
    fn the_stretches_of_a_paragraph_are_both_of_its_states(before in "[甲乙丙丁]{0,12}", after in "[甲乙丙丁]{0,12}") {
        let found = stretches(&before, &after);
        let side = |is_after: bool| -> String {
            found.iter().filter_map(|stretch| match stretch {
                Stretch::Kept(text) => Some(text.as_str()),
                Stretch::Gone(text) => (!is_after).then_some(text.as_str()),
                Stretch::New(text) => is_after.then_some(text.as_str()),
            }).collect()
        };
        prop_assert_eq!(side(false), before);
        prop_assert_eq!(side(true), after);
    }
}
