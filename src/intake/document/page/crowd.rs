//! Crowd: tags with more attributes than any program writes. The parser compares each attribute of a tag with all
//! before it, so a tag of a few megabytes would keep it for hours; such a page is refused before it is parsed.

/// The most attributes of a tag; the busiest editors write some thirty.
const MOST_ATTRIBUTES: u32 = 500;

/// Where the scan is within a tag (HTML, 13.2.5.32 and following).
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    /// Where an attribute may begin.
    Gap,
    /// In a name, or in a value without quotes.
    Name,
    /// Behind the sign before a value.
    Equals,
    /// In a value, up to this quote.
    Quoted(u8),
}

/// Whether a tag of a page has too many attributes.
pub(super) fn is_crowded(page: &str) -> bool {
    let mut rest = page.as_bytes();
    while let Some(at) = rest.iter().position(|byte| *byte == b'<') {
        rest = &rest[at + 1..];
        if !rest.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'/') {
            continue;
        }
        let Some(length) = tag(rest) else { return true };
        rest = behind_raw(rest, length);
    }
    false
}

/// The length of the tag that begins here; none if it is crowded.
fn tag(bytes: &[u8]) -> Option<usize> {
    let (mut at, mut names) = (At::Name, 0);
    for (n, &byte) in bytes.iter().enumerate() {
        at = match (at, byte) {
            (At::Quoted(quote), _) if byte == quote => At::Gap,
            (At::Quoted(_), _) => at,
            (_, b'>') => return Some(n + 1),
            (At::Equals, b'"' | b'\'') => At::Quoted(byte),
            (At::Equals, _) if byte.is_ascii_whitespace() => At::Equals,
            (_, b'/') => At::Gap,
            (_, _) if byte.is_ascii_whitespace() => At::Gap,
            (_, b'=') => At::Equals,
            (At::Gap, _) => {
                names += 1;
                At::Name
            }
            (At::Name | At::Equals, _) => At::Name,
        };
        if names > MOST_ATTRIBUTES {
            return None;
        }
    }
    Some(bytes.len())
}

/// What follows a tag; behind that of a script or a style sheet, what follows its text, which holds no tags.
fn behind_raw(bytes: &[u8], length: usize) -> &[u8] {
    let is_named = |name: &str| bytes.get(..name.len()).is_some_and(|own| own.eq_ignore_ascii_case(name.as_bytes()));
    let Some(end) = ["script", "style"].into_iter().find(|name| is_named(name)) else { return &bytes[length..] };
    let is_end = |at: &usize| {
        bytes[*at..].starts_with(b"</")
            && bytes.get(at + 2..at + 2 + end.len()).is_some_and(|own| own.eq_ignore_ascii_case(end.as_bytes()))
    };
    &bytes[(length..bytes.len()).find(is_end).unwrap_or(bytes.len())..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_tag_with_very_many_attributes_is_crowded() {
        let many = |one: &str| one.repeat(501);
        for (page, crowded) in [
            (format!("<p{}>", many(" a")), true),
            (format!("</p{}>", many("/a=1")), true),
            (format!("<p{}>", many(" a=\"> <\"b='\"'")), true),
            (format!("<p title=\"{}\">", many(" a")), false),
            (format!("<p title = '{}' b>", many(" a")), false),
            (format!("<p>{}</p>", many(" a")), false),
            (format!("<p>5 < {}</p>", many(" a")), false),
            (format!("<script>i<n;{}</script><p>", many(" a")), false),
            (format!("<STYLE>a<b{}</STYLE><p{}>", many(" a"), many(" a")), true),
            (many("<br class=a>"), false),
        ] {
            assert_eq!(is_crowded(&page), crowded, "{}", &page[..20]);
        }
    }
}
