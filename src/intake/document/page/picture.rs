//! Picture: where a picture of a page lies, and the words for those who do not see it. Editors that load pictures
//! late keep the address in `data-src`; programs write names of files, or their own descriptions, where words
//! should stand.

use super::tree::Element;
use crate::domain::document::Finding;

/// The words that stand for a picture; none where nobody wrote any.
pub(super) fn words(element: &Element) -> Option<String> {
    let words = element.attribute("alt").or_else(|| element.attribute("title"))?;
    let words: Vec<&str> = words.split_whitespace().collect();
    let words = words.join(" ");
    (!words.is_empty() && !is_made_up(&words)).then_some(words)
}

/// `image001.png`, `IMG_256`, `图片 1`, and what Word describes by itself.
fn is_made_up(words: &str) -> bool {
    const ENDINGS: [&str; 8] = [".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".emf", ".wmf"];
    const NAMES: [&str; 9] = ["img", "image", "picture", "pic", "photo", "图片", "图像", "图", "照片"];
    let lower = words.to_lowercase();
    let name = lower.trim_matches(|c: char| c.is_ascii_digit() || matches!(c, '_' | '-' | ' '));
    ENDINGS.iter().any(|ending| lower.ends_with(ending))
        || NAMES.contains(&name)
        || lower.contains("描述已自动生成")
        || lower.contains("automatically generated")
}

/// The `data:` URL of a picture that lies in the page; none if it lies elsewhere.
pub(super) fn within(element: &Element) -> Option<&str> {
    let is_late = ["data-src", "data-original", "data-actualsrc"].iter().any(|name| {
        element.attribute(name).is_some_and(|address| !address.trim().is_empty() && !is_data(address.trim()))
    });
    element.attribute("src").map(str::trim).filter(|address| is_data(address) && !is_late)
}

/// Whether an address is the picture itself.
pub(in super::super) fn is_data(address: &str) -> bool {
    address.get(.."data:".len()).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"))
}

/// What is to be asked of where a picture lies; nothing if it lies in the page. An address without a host leads, on a
/// page of a site, to that site; on a document that a program saved, and in the folder that a browser saved beside
/// the page, to a file that did not come along.
pub(super) fn finding(element: &Element, is_site: bool) -> Option<Finding> {
    let address = ["data-src", "data-original", "data-actualsrc", "src"].iter().find_map(|name| {
        element.attribute(name).map(str::trim).filter(|address| !address.is_empty() && !is_data(address))
    })?;
    let shown: String = address.chars().take(300).collect();
    let lower = address.to_ascii_lowercase();
    let is_saved = ["file:", "cid:", "blob:"].iter().any(|scheme| lower.starts_with(scheme))
        || [".files/", "_files/"].iter().any(|folder| lower.contains(folder));
    let is_far = ["http://", "https://", "//"].iter().any(|start| lower.starts_with(start)) || is_site && !is_saved;
    Some(if is_far { Finding::ExternalImage(shown) } else { Finding::Unreadable(shown) })
}

/// Whether it stands among words like one of them: a smiley.
pub(super) fn is_small(element: &Element) -> bool {
    element.attribute("class").is_some_and(|class| class.contains("emoji"))
        || side(element, "width").or_else(|| side(element, "height")).is_some_and(|side| side <= 32)
}

/// Whether it only holds a place, or counts visits.
pub(super) fn is_spacer(element: &Element) -> bool {
    side(element, "width").is_some_and(|side| side <= 2) || side(element, "height").is_some_and(|side| side <= 2)
}

fn side(element: &Element, name: &str) -> Option<u32> {
    element.attribute(name)?.trim().trim_end_matches("px").parse().ok()
}
