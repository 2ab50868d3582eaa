//! Attachments: the files that go with a letter, read back by a parser that is not ours.

use super::fixture::{contents, parcel, publication};
use super::sign;
use crate::compose::{self, LETTER_LIMIT, Stationery, Unfit, html_for, text_for, trial};
use crate::domain::asset::Assets;
use crate::domain::attachment::{Attachment, LARGEST_TOGETHER};
use crate::domain::edition::Print;
use crate::domain::id::EditionId;
use crate::domain::issue::{BlockKind, Contents};
use crate::domain::language::Language;
use crate::domain::picture::{Picture, tests::png_of};
use mail_parser::{MessageParser, MimeHeaders, PartType};

const NAMES: [&str; 3] = ["附件1：志愿者申报表（2026年）.docx", "Form 2.pdf", "本期.xyz"];

/// The fixture's issue with these files, one of them large.
fn attached(language: Language) -> (Contents, Assets) {
    let (mut issue, mut assets) = (contents(language), Assets::default());
    for (name, size) in NAMES.iter().zip([300, 400_000, 1]) {
        let bytes: Vec<u8> = (0..=255).cycle().take(size).collect();
        let file = Attachment::beside(&issue.attachments, name, &bytes).expect("fit to attach");
        issue.attachments.push(file);
        assets.keep(bytes);
    }
    (issue, assets)
}

fn printed(issue: &Contents, language: Language) -> Print {
    compose::print(&publication(language), issue).expect("fit to print")
}

fn letter(print: &Print, assets: &Assets) -> Vec<u8> {
    let stationery = Stationery::enclosing(print, EditionId(5), &print.digest(), assets).expect("fit to send");
    let mut out = Vec::new();
    stationery.letter(&parcel("李涛 <li@example.cn>", None), &mut out).expect("fit pieces");
    out
}

#[test]
fn every_file_comes_with_its_name_and_its_bytes() {
    let (issue, assets) = attached(Language::Chinese);
    for print in [printed(&issue, Language::Chinese), trial(&printed(&issue, Language::Chinese))] {
        let bytes = letter(&print, &assets);
        let read = MessageParser::new().parse(&bytes).expect("a message");
        assert_eq!(read.content_type().and_then(|kind| kind.subtype()), Some("mixed"));
        let names: Vec<_> = read.attachments().filter_map(|part| part.attachment_name()).collect();
        assert_eq!(names, NAMES);
        for (part, file) in read.attachments().zip(&print.attachments) {
            assert_eq!(crate::domain::document::Digest::of(part.contents()), file.digest);
        }
        let parcel = parcel("李涛 <li@example.cn>", None);
        let html = read.parts.iter().find_map(|part| match &part.body {
            PartType::Html(html) => Some(html.to_string()),
            _ => None,
        });
        assert_eq!(html.as_deref(), Some(html_for(&print, &parcel).as_str()));
        assert_eq!(read.body_text(0).expect("text"), text_for(&print, &parcel).replace('\n', "\r\n"));
    }
}

#[test]
fn pictures_stay_with_the_html_and_files_stand_behind_both() {
    let (mut issue, mut assets) = attached(Language::Chinese);
    let png = png_of(640, 480, &[7; 4000]);
    let picture = Some(Picture::of(&png).expect("a picture"));
    issue.articles[0].blocks.push(super::fixture::block(70, BlockKind::Image { alt: "门口".into(), picture }));
    assets.keep(png);
    let bytes = letter(&printed(&issue, Language::Chinese), &assets);
    let text = String::from_utf8(bytes).expect("ASCII");
    let kinds: Vec<_> = text
        .split("Content-Type: ")
        .skip(1)
        .map(|part| part.split([';', '\r']).next().unwrap_or_default().rsplit('/').next().unwrap_or_default())
        .map(|kind| kind.rsplit('.').next().unwrap_or_default())
        .collect();
    assert_eq!(kinds, ["mixed", "alternative", "plain", "related", "html", "png", "document", "pdf", "octet-stream"]);
}

#[test]
fn a_letter_lists_its_files_at_its_end() {
    for (language, heading) in [(Language::Chinese, "附件（3）"), (Language::English, "Attachments (3)")] {
        let (issue, _) = attached(language);
        let (print, parcel) = (printed(&issue, language), parcel("li@example.cn", None));
        for page in [html_for(&print, &parcel), text_for(&print, &parcel)] {
            let at = page.find(heading).expect("a heading");
            let rest = &page[at..];
            let sizes = if language == Language::Chinese { "（391 KB）" } else { " (391 KB)" };
            assert!(NAMES.iter().all(|name| rest.contains(name)) && rest.contains(&format!("Form 2.pdf{sizes}")));
        }
    }
}

#[test]
fn an_edition_without_files_has_the_digest_that_it_had() {
    let json = serde_json::to_string(&printed(&contents(Language::Chinese), Language::Chinese)).expect("plain data");
    assert!(!json.contains("attachments"));
    let (issue, _) = attached(Language::Chinese);
    let (one, mut other) = (printed(&issue, Language::Chinese), issue);
    other.attachments.swap(0, 1);
    assert_ne!(one.digest(), printed(&other, Language::Chinese).digest(), "what is approved covers them");
}

#[test]
fn the_large_end_of_letters_is_shared_and_signed() {
    let (issue, assets) = attached(Language::Chinese);
    let print = printed(&issue, Language::Chinese);
    let prepared = || Stationery::enclosing(&print, EditionId(5), &print.digest(), &assets).expect("fit to send");
    let stationery = prepared();
    let (mut one, mut other) = (Vec::new(), Vec::new());
    let [first, second] = [("李涛 <li@example.cn>", &mut one), ("wang@example.cn", &mut other)]
        .map(|(address, out)| stationery.opening(&parcel(address, None), out).expect("fit pieces"));
    assert!(std::sync::Arc::ptr_eq(&first, &second) && first.len() > 500_000 && one.len() < 100_000);
    assert_eq!([one, first.to_vec()].concat(), letter(&print, &assets), "together they are the letter");
    assert_eq!(sign::verdicts_of(prepared), [true, true]);
}

#[test]
fn a_file_that_is_gone_stops_the_edition_by_its_name() {
    let (issue, _) = attached(Language::Chinese);
    let print = printed(&issue, Language::Chinese);
    let refused = Stationery::enclosing(&print, EditionId(5), &print.digest(), &Assets::default()).err();
    assert_eq!(refused, Some(Unfit::Detached(NAMES[0].to_owned())));
}

#[test]
fn the_largest_letter_is_one_that_outlook_takes() {
    let wire = |bytes: usize| bytes.div_ceil(57) * 78;
    assert!(LETTER_LIMIT + wire(LARGEST_TOGETHER) + 64 * 1024 < 20 * 1000 * 1000);
}
