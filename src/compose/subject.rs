//! Subject: what an inbox shows of an issue: the subject line (name first, so that it is known by
//! its first characters) and the preheader beside it.

use super::phrase::{CHARACTERS, HALVES, shorten, width};
use super::spacing;
use super::view::language;
use crate::domain::issue::{BlockKind, Contents};
use crate::domain::language::Language;
use crate::domain::publication::Profile;

/// The width of a subject line, in half Han characters: an inbox on a phone shows about thirty Han.
const SUBJECT_WIDTH: usize = 60;

/// What a title always gets, however long the publication's name is.
const TITLE_WIDTH: usize = 16;

/// The useful characters of a preheader.
const PREHEADER_CHARACTERS: usize = 40;

/// What an inbox shows of an issue for which an editor wrote nothing: subject and preheader.
pub fn inbox(publication: &Profile, issue: &Contents) -> (String, String) {
    let unwritten = Contents { subject: None, preheader: None, ..issue.clone() };
    (subject(publication, &unwritten, false), preheader(publication, &unwritten))
}

/// `《刊名》2024年第6期｜first title`, or `Name 2024 No. 6 | first title`.
/// What an editor wrote instead stands as it is. A correction has its mark before.
pub(super) fn subject(publication: &Profile, issue: &Contents, is_correction: bool) -> String {
    let language = language(publication.language);
    let mark = if is_correction { language.words().correction_mark } else { "" };
    if let Some(written) = &issue.subject {
        return format!("{mark}{}", spacing::title(written));
    }
    let name = format!("{mark}{}", language.numbered(&publication.name, number(publication, issue).as_deref()));
    let bar = match publication.language {
        Language::Chinese => "｜",
        Language::English => " | ",
    };
    let Some(first) = issue.articles.first() else { return name };
    let room = SUBJECT_WIDTH.saturating_sub(width(&name, HALVES) + width(bar, HALVES)).max(TITLE_WIDTH);
    format!("{name}{bar}{}", shorten(&spacing::title(&first.title), room, HALVES))
}

/// The number of the issue as the publication's language writes it; else as the manuscript has it.
fn number(publication: &Profile, issue: &Contents) -> Option<String> {
    let ours = |number| language(publication.language).label(issue.year, number);
    match (issue.year, issue.number) {
        (Some(_), Some(number)) => Some(ours(number)),
        (None, Some(number)) => issue.label.clone().or_else(|| Some(ours(number))),
        (_, None) => issue.label.clone(),
    }
}

/// What an inbox shows beside the subject: `另有5篇：B；C…` where the subject names the first article; else
/// `本期6篇：A；B；C…`; of a lone article how it begins; or what an editor wrote instead.
pub fn preheader(publication: &Profile, issue: &Contents) -> String {
    if let Some(written) = &issue.preheader {
        return spacing::title(written);
    }
    let (all, is_named) = (issue.articles.len(), issue.subject.is_none());
    if let ([only], true) = (issue.articles.as_slice(), is_named)
        && let Some(opening) = only.blocks.iter().find(|block| matches!(block.kind, BlockKind::Paragraph { .. }))
    {
        return shorten(&spacing::title(&opening.plain().replace('\n', " ")), PREHEADER_CHARACTERS, CHARACTERS);
    }
    let (lead, named) = match language(publication.language) {
        language if is_named && all > 1 => (language.others(all - 1), 1),
        language => (language.lead(all), 0),
    };
    let separator = match publication.language {
        Language::Chinese => "；",
        Language::English => "; ",
    };
    let titles = issue.articles[named..].iter().map(|article| spacing::title(&article.title)).collect::<Vec<_>>();
    let room = PREHEADER_CHARACTERS.saturating_sub(width(&lead, CHARACTERS));
    format!("{lead}{}", shorten(&titles.join(separator), room, CHARACTERS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::issue::Article;
    use crate::domain::publication::Undated;

    fn publication(name: &str, language: Language) -> Profile {
        Profile {
            slug: "pub".parse().expect("a short name"),
            name: name.to_owned(),
            from: "desk@example.cn".parse().expect("a mailbox"),
            compiled_by: None,
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

    fn issue(titles: &[&str]) -> Contents {
        let article = |title: &&str| Article { title: (*title).to_owned(), ..Article::default() };
        Contents { articles: titles.iter().map(article).collect(), ..Contents::default() }
    }

    #[test]
    fn a_subject_has_the_name_first_and_the_number_as_far_as_it_is_known() {
        let known =
            Contents { year: Some(2026), number: Some(3), label: Some("总第9期".into()), ..issue(&["老茶馆"]) };
        let labelled = Contents { number: None, ..known.clone() };
        let bare = Contents { label: None, ..labelled.clone() };
        for (language, issue, line) in [
            (Language::Chinese, &known, "《简报》2026年第3期｜老茶馆"),
            (Language::Chinese, &labelled, "《简报》总第9期｜老茶馆"),
            (Language::Chinese, &bare, "《简报》｜老茶馆"),
            (Language::English, &known, "简报 2026 No. 3 | 老茶馆"),
        ] {
            assert_eq!(subject(&publication("简报", language), issue, false), line);
        }
    }

    #[test]
    fn what_an_editor_wrote_stands_instead() {
        let publication = publication("简报", Language::Chinese);
        let written = Contents {
            subject: Some("本期专刊：老茶馆".into()),
            preheader: Some("老茶馆 新生意".into()),
            ..issue(&["老茶馆"])
        };
        assert_eq!(subject(&publication, &written, false), "本期专刊：老茶馆");
        assert_eq!(subject(&publication, &written, true), "【更正】本期专刊：老茶馆");
        assert_eq!(preheader(&publication, &written), "老茶馆 新生意");
    }

    #[test]
    fn the_subject_of_a_correction_has_its_mark_before() {
        let issue = Contents { year: Some(2026), number: Some(3), ..issue(&["老茶馆"]) };
        for (language, line) in [
            (Language::Chinese, "【更正】《简报》2026年第3期｜老茶馆"),
            (Language::English, "Correction: 简报 2026 No. 3 | 老茶馆"),
        ] {
            assert_eq!(subject(&publication("简报", language), &issue, true), line);
        }
    }

    #[test]
    fn a_long_name_leaves_a_title_some_room() {
        let line = subject(&publication(&"长".repeat(40), Language::Chinese), &issue(&["一二三四五六七八九十"]), false);
        assert!(line.ends_with("》｜一二三四五六七…"), "{line}");
    }

    #[test]
    fn a_preheader_names_the_articles_and_stops_after_a_phrase() {
        let titles = ["河湾：办好图书馆 让好书走进家门", "老茶馆 新生意", "城东：修桥铺路 聚人气", "旧厂房里的新车间"];
        let line = preheader(&publication("简报", Language::Chinese), &issue(&titles));
        assert_eq!(line, "另有3篇：老茶馆 新生意；城东：修桥铺路 聚人气；旧厂房里的新车间");
        let written = Contents { subject: Some("专刊".into()), ..issue(&titles) };
        let line = preheader(&publication("简报", Language::Chinese), &written);
        assert_eq!(line, "本期4篇：河湾：办好图书馆 让好书走进家门；老茶馆 新生意；城东：修桥铺路…");
        assert!(line.chars().count() <= 40);
    }
}
