//! Doubt: what an editor should look at before a letter goes out, found by machine. None of it stops a letter: what does
//! is [`super::Unprintable`]. Called by pages that show a preview.

use super::phrase::{HALVES, width};
use crate::domain::edition::Print;
use crate::domain::issue::{Block, BlockKind, Contents, Dating, Inline, is_linkable};

/// The Han characters of a subject line that an inbox on a phone shows.
pub const SUBJECT_SHOWN: usize = 30;

/// Something to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// The subject is as wide as so many Han characters, and phones cut it off.
    LongSubject(usize),
    /// There is no date of issue.
    Undated,
    /// An article has no body.
    Empty {
        /// Its title.
        article: String,
    },
    /// A link leads nowhere a reader could go, so the letter shows its words alone.
    DeadLink {
        /// The article's title.
        article: String,
        /// What the link is called.
        words: String,
    },
    /// A picture has no words: nothing of it is left where pictures are not shown, or it is not carried.
    NoWords {
        /// The article's title.
        article: String,
    },
}

/// What is doubtful about an issue and its letters, in the order of the letter.
pub fn doubts(issue: &Contents, print: &Print) -> Vec<Doubt> {
    let mut doubts = Vec::new();
    let wide = width(&print.subject, HALVES).div_ceil(2);
    doubts.extend((wide > SUBJECT_SHOWN).then_some(Doubt::LongSubject(wide)));
    doubts.extend((issue.published_on == Dating::Undated).then_some(Doubt::Undated));
    for article in &issue.articles {
        let title = || article.title.clone();
        doubts.extend(article.blocks.is_empty().then(|| Doubt::Empty { article: title() }));
        for block in &article.blocks {
            let is_mute = matches!(&block.kind, BlockKind::Image { alt, .. } if alt.trim().is_empty());
            doubts.extend(is_mute.then(|| Doubt::NoWords { article: title() }));
            let dead = inlines(block).into_iter().filter_map(dead_link);
            doubts.extend(dead.map(|words| Doubt::DeadLink { article: title(), words: words.to_owned() }));
        }
    }
    doubts
}

fn inlines(block: &Block) -> Vec<&Inline> {
    match &block.kind {
        BlockKind::Heading { text, .. }
        | BlockKind::Paragraph { text }
        | BlockKind::Quote { text }
        | BlockKind::Note { text } => text.iter().collect(),
        BlockKind::List { items, .. } => items.iter().flatten().collect(),
        BlockKind::Table { rows, .. } => rows.iter().flatten().flatten().collect(),
        BlockKind::Image { .. } => Vec::new(),
    }
}

fn dead_link(inline: &Inline) -> Option<&str> {
    let Inline::Link { href, text } = inline else { return None };
    (!is_linkable(href) || !leads_out(href)).then_some(text)
}

/// Whether a reader elsewhere can get there: not this machine, nor a name without a dot.
fn leads_out(href: &str) -> bool {
    let Some((_, rest)) = href.trim().split_once("://") else { return true };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or_default().split(':').next().unwrap_or_default();
    host.contains('.') && !host.starts_with("127.") && !host.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::print;
    use crate::domain::issue::{Article, BlockId};
    use crate::domain::publication::Profile;

    fn profile(name: &str) -> Profile {
        Profile {
            slug: "pub".parse().expect("a short name"),
            name: name.to_owned(),
            from: "desk@example.cn".parse().expect("a mailbox"),
            compiled_by: None,
            approvals: 0,
            language: crate::domain::language::Language::Chinese,
            zone: chrono_tz::Asia::Shanghai,
            undated: crate::domain::publication::Undated::Ask,
            own_approval: false,
            motto: None,
            reply_to: None,
            theme: Default::default(),
            colophon: Vec::new(),
            testers: Vec::new(),
            extent: Default::default(),
        }
    }

    fn issue(kinds: Vec<BlockKind>) -> Contents {
        let block = |kind| Block { id: BlockId(1), kind, lines: (1, 1) };
        let blocks = kinds.into_iter().map(block).collect();
        let day = chrono::NaiveDate::from_ymd_opt(2026, 11, 27).expect("a day");
        let articles = vec![Article { title: "老茶馆".into(), blocks, ..Article::default() }];
        Contents { articles, published_on: Dating::On(day), ..Contents::default() }
    }

    fn link(href: &str) -> BlockKind {
        BlockKind::Paragraph { text: vec![Inline::Link { href: href.into(), text: "这里".into() }] }
    }

    #[test]
    fn what_a_reader_would_stumble_over_is_found() {
        let article = || "老茶馆".to_owned();
        let dead = || Doubt::DeadLink { article: article(), words: "这里".into() };
        let picture = |alt: &str| BlockKind::Image { alt: alt.into(), picture: None };
        for (kinds, found) in [
            (vec![link("https://x.example/a?b#c")], vec![]),
            (vec![link("mailto:a@x.example")], vec![]),
            (vec![link("javascript:alert(1)")], vec![dead()]),
            (vec![link("#top")], vec![dead()]),
            (vec![link("http://localhost:8470/")], vec![dead()]),
            (vec![link("http://127.0.0.1/")], vec![dead()]),
            (vec![link("http://oa/notice")], vec![dead()]),
            (vec![picture("茶馆门口")], vec![]),
            (vec![picture(" ")], vec![Doubt::NoWords { article: article() }]),
            (vec![], vec![Doubt::Empty { article: article() }]),
        ] {
            let issue = issue(kinds.clone());
            let print = print(&profile("简报"), &issue).expect("a letter");
            assert_eq!(doubts(&issue, &print), found, "{kinds:?}");
        }
    }

    #[test]
    fn a_subject_that_phones_cut_off_and_a_missing_date_are_found() {
        let issue = Contents { published_on: Dating::Undated, ..issue(vec![link("https://x.example")]) };
        let print = print(&profile(&"长".repeat(30)), &issue).expect("a letter");
        assert_eq!(doubts(&issue, &print), [Doubt::LongSubject(36), Doubt::Undated]);
    }
}
