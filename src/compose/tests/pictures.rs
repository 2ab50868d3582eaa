//! Pictures: what a letter carries of them, read back by a parser that is not ours.

use super::fixture::{block, contents, parcel, publication};
use crate::compose::{self, Stationery, Unfit, Unprintable, html_for, text_for};
use crate::domain::asset::Assets;
use crate::domain::edition::Print;
use crate::domain::id::EditionId;
use crate::domain::issue::{BlockKind, Contents};
use crate::domain::language::Language;
use crate::domain::picture::{LARGEST, Picture, tests::png_of};
use mail_parser::{MessageParser, MimeHeaders, PartType};
use proptest::prelude::*;

/// The fixture's issue with these pictures at the end of its first article, one twice.
fn illustrated(pictures: &[Vec<u8>]) -> (Contents, Assets) {
    let (mut issue, mut assets) = (contents(Language::Chinese), Assets::default());
    for (id, bytes) in (70..).zip(pictures.iter().chain(pictures.first())) {
        assets.keep(bytes.clone());
        let picture = Some(Picture::of(bytes).expect("a picture"));
        let kind = BlockKind::Image { alt: format!("第{id}张 <\"图\">"), picture };
        issue.articles[0].blocks.push(block(id, kind));
    }
    (issue, assets)
}

fn printed(issue: &Contents) -> Print {
    compose::print(&publication(Language::Chinese), issue).expect("fit to print")
}

fn letter(print: &Print, assets: &Assets, address: &str, page: Option<&str>) -> Vec<u8> {
    let stationery = Stationery::enclosing(print, EditionId(5), &print.digest(), assets).expect("fit to send");
    let mut out = Vec::new();
    stationery.letter(&parcel(address, page), &mut out).expect("fit pieces");
    out
}

/// What kind of parts a letter has, nested.
fn shape(message: &mail_parser::Message<'_>, part: u32) -> String {
    let part = &message.parts[part as usize];
    let kind = part.content_type().map(|kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default()));
    let within = match &part.body {
        PartType::Multipart(parts) => parts.iter().map(|part| shape(message, *part)).collect::<Vec<_>>().join(" "),
        _ => return kind.unwrap_or_default(),
    };
    format!("{}({within})", kind.unwrap_or_default())
}

#[test]
fn pictures_are_related_to_the_html_and_named_by_their_content_ids() {
    let pictures = [png_of(640, 480, &[7; 4000]), b"GIF89a\x20\x03\x58\x02rest".to_vec()];
    let (issue, assets) = illustrated(&pictures);
    let print = printed(&issue);
    let bytes = letter(&print, &assets, "li@example.cn", None);
    let read = MessageParser::new().parse(&bytes).expect("a message");

    assert_eq!(shape(&read, 0), "multipart/alternative(text/plain multipart/related(text/html image/png image/gif))");
    let related =
        read.parts.iter().find(|part| part.content_type().is_some_and(|kind| kind.subtype() == Some("related")));
    let related = related.expect("a part of HTML and pictures").content_type().expect("its type");
    assert_eq!(related.attribute("type"), Some("text/html"), "RFC 2387 §3.1: of the root");
    let html = html_for(&print, &parcel("li@example.cn", None));
    let carried: Vec<_> = read.parts.iter().filter(|part| part.content_id().is_some()).collect();
    assert_eq!(carried.len(), 2, "one that is shown twice goes once");
    for (part, picture) in carried.iter().zip(&pictures) {
        assert_eq!(part.contents(), picture.as_slice());
        let id = part.content_id().expect("a Content-ID");
        assert!(html.contains(&format!("src=\"cid:{id}\"")), "{id}");
        assert!(id.ends_with("@bulletin.example.cn") && id.is_ascii(), "{id}");
        assert!(part.attachment_name().is_some_and(|name| name.starts_with("picture-")), "{part:?}");
    }
    assert_eq!(html.matches("src=\"cid:").count(), 3);
    assert_eq!(html.matches("src=").count(), 3, "and nothing is fetched from anywhere");
}

#[test]
fn no_border_begins_as_another_does() {
    let (issue, assets) = illustrated(&[png_of(640, 480, b"")]);
    let text = String::from_utf8(letter(&printed(&issue), &assets, "li@example.cn", None)).expect("ASCII");
    let borders: Vec<&str> = text.split("boundary=\"").skip(1).map(|rest| &rest[..rest.find('"').unwrap()]).collect();
    assert_eq!(borders.len(), 2);
    assert!(!borders[0].starts_with(borders[1]) && !borders[1].starts_with(borders[0]), "{borders:?}");
    for border in borders {
        assert_eq!(text.matches(&format!("--{border}\r\n")).count(), 2, "two parts each");
        assert_eq!(text.matches(&format!("--{border}--\r\n")).count(), 1);
    }
}

#[test]
fn a_picture_keeps_to_the_column_and_has_its_words_and_both_twins_say_them() {
    let (issue, _) = illustrated(&[png_of(2400, 900, b""), png_of(120, 90, b"")]);
    let print = printed(&issue);
    let html = html_for(&print, &parcel("li@example.cn", None));
    for picture in html.split("<img ").skip(1).map(|rest| &rest[..rest.find('>').unwrap()]) {
        let width = if picture.contains("width=\"120\"") { 120 } else { 608 };
        assert!(picture.contains(&format!("width=\"{width}\"")) && picture.contains(&format!("max-width:{width}px")));
        assert!(picture.contains("alt=\"第7") && picture.contains("张 &lt;&quot;图&quot;&gt;\""), "{picture}");
        assert!(picture.contains("font-size:15px") && picture.contains("color:"), "words stand in for it: {picture}");
    }
    assert!(text_for(&print, &parcel("li@example.cn", None)).contains("［图：第71张 <\"图\">］"));
}

#[test]
fn who_approved_one_picture_has_not_approved_another() {
    let one = |filler: &[u8]| printed(&illustrated(&[png_of(640, 480, filler)]).0);
    assert_eq!(one(b"a").digest(), one(b"a").digest());
    assert_ne!(one(b"a").digest(), one(b"b").digest());
    let bare = printed(&contents(Language::Chinese));
    let json = serde_json::to_string(&bare).expect("JSON");
    assert!(!json.contains("pictures"), "an edition of before there were pictures keeps its digest");
}

#[test]
fn a_letter_whose_picture_is_not_there_is_not_made() {
    let print = printed(&illustrated(&[png_of(640, 480, b"")]).0);
    let made = Stationery::enclosing(&print, EditionId(5), &print.digest(), &Assets::default());
    assert_eq!(made.map(|_| ()), Err(Unfit::Missing));
}

#[test]
fn the_whole_letter_has_a_weight_and_a_limit() {
    let (issue, assets) = illustrated(&[png_of(640, 480, &[1; 700_000])]);
    let print = printed(&issue);
    let (weight, made) = (compose::weight(&print), letter(&print, &assets, "li@example.cn", None).len());
    assert!(made > weight && made - weight < 3 * 1024, "headers are beside it: {weight} of {made}");
    assert!((900_000..1_200_000).contains(&weight), "{weight}");

    let big = |n: u8| png_of(640, 480, &vec![n; LARGEST - 100]);
    let refused = compose::print(&publication(Language::Chinese), &illustrated(&[big(1), big(2)]).0);
    assert!(matches!(refused, Err(Unprintable::TooHeavy(weight)) if weight > compose::LETTER_LIMIT), "{refused:?}");
}

#[test]
fn a_page_shows_a_letter_with_the_pictures_in_it() {
    let (issue, assets) = illustrated(&[png_of(640, 480, b"x")]);
    let print = printed(&issue);
    let html = html_for(&print, &parcel("li@example.cn", None));
    let alone = compose::with_pictures(&html, &print, &assets);
    assert!(!alone.contains("cid:"));
    assert_eq!(alone.matches("src=\"data:image/png;base64,iVBORw0KGgo").count(), 2);
    let named = compose::with_sources(&html, &print, |picture| format!("x/{}", picture.width));
    assert_eq!(named.matches("src=\"x/640\"").count(), 2);
}

proptest! {
    #[test]
    fn pictures_change_no_reader_s_words_however_long_their_own_pieces_are(
        local in "[a-z]{1,64}", token in "[a-z0-9]{1,90}", filler in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let (issue, assets) = illustrated(&[png_of(640, 480, &filler)]);
        let print = printed(&issue);
        let (address, page) = (format!("{local}@example.cn"), format!("https://b.example.cn/leave/{token}"));
        let bytes = letter(&print, &assets, &address, Some(&page));
        let read = MessageParser::new().parse(&bytes).expect("a message");
        let html = read.parts.iter().find_map(|part| match &part.body {
            PartType::Html(html) => Some(html.to_string()),
            _ => None,
        });
        prop_assert_eq!(html, Some(html_for(&print, &parcel(&address, Some(&page)))));
        let text = String::from_utf8(bytes).expect("ASCII");
        prop_assert!(text.lines().all(|line| line.len() <= 998 && !line.starts_with('.')));
    }
}
