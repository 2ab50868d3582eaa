//! Letter: a mail as its reader gets it, taken apart: what the mailbox page shows and what tests
//! look into. Foreign bytes in, plain values out; nothing here is safe HTML, the page that shows it
//! must put it in a sandbox. Called by web's mailbox page and by the stories.

use crate::domain::moment::Moment;
use crate::domain::picture::Picture;
use data_encoding::BASE64;
use mail_parser::parsers::MessageStream;
use mail_parser::{Addr, Message, MessageParser, MessagePart, MimeHeaders, PartType};

/// A mail, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReceivedLetter {
    /// Who it says it is from: `NAME <ADDRESS>` or the address alone.
    pub from: Option<String>,
    /// Who it says it is to, in the same form.
    pub to: Vec<String>,
    /// The subject, decoded.
    pub subject: Option<String>,
    /// The date it carries.
    pub date: Option<Moment>,
    /// The Message-ID, without angle brackets.
    pub message_id: Option<String>,
    /// Every header in order: its name, and its value unfolded and decoded (RFC 2047).
    pub headers: Vec<(String, String)>,
    /// The HTML body, when it has one of its own.
    pub html: Option<String>,
    /// The plain-text body, when it has one of its own.
    pub text: Option<String>,
    /// All of it as it came; bytes that are no UTF-8 are replaced.
    pub source: String,
}

impl ReceivedLetter {
    /// The first header of that name, whatever its case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// Takes a letter apart; none when the bytes have no header of a lawful name (RFC 5322 §2.2).
pub fn read(bytes: &[u8]) -> Option<ReceivedLetter> {
    let letter = MessageParser::default().parse(bytes).filter(has_header)?;
    Some(ReceivedLetter {
        from: letter.from().and_then(|from| from.first()).map(written),
        to: letter.all_to().flat_map(|to| to.iter()).map(written).collect(),
        subject: letter.subject().map(str::to_owned),
        date: letter.date().map(|date| Moment(date.to_timestamp().saturating_mul(1000))),
        message_id: letter.message_id().map(str::to_owned),
        headers: letter.headers_raw().map(|(name, value)| (name.to_owned(), decoded(value))).collect(),
        html: html(&letter),
        text: text(&letter),
        source: String::from_utf8_lossy(bytes).into_owned(),
    })
}

fn has_header(letter: &Message<'_>) -> bool {
    letter.headers_raw().any(|(name, _)| name.bytes().all(|byte| byte.is_ascii_graphic()))
}

fn written(address: &Addr<'_>) -> String {
    match (address.name(), address.address()) {
        (Some(name), Some(address)) => format!("{name} <{address}>"),
        (one, other) => one.or(other).unwrap_or_default().to_owned(),
    }
}

fn decoded(value: &str) -> String {
    let line = format!("{}\n", value.trim_end());
    let value = MessageStream::new(line.as_bytes()).parse_unstructured();
    value.as_text().unwrap_or_default().to_owned()
}

// The parser's own body_html and body_text make the one from the other when it is missing; a reader
// of the mailbox page wants to know that it is missing.
fn html(letter: &Message<'_>) -> Option<String> {
    let html = letter.html_bodies().find_map(|part| match &part.body {
        PartType::Html(html) => Some(html.to_string()),
        _ => None,
    })?;
    Some(letter.parts.iter().fold(html, with_picture))
}

/// The HTML with a picture that came with it in its place: a page that shows a letter may ask for nothing else.
fn with_picture(html: String, part: &MessagePart<'_>) -> String {
    let cid = part.content_id().map(|id| format!("cid:{id}")).filter(|cid| html.contains(cid));
    match (cid, Picture::of(part.contents())) {
        (Some(cid), Ok(Picture { medium, .. })) => {
            html.replace(&cid, &format!("data:{};base64,{}", medium.mime(), BASE64.encode(part.contents())))
        }
        (None, _) | (_, Err(_)) => html,
    }
}

fn text(letter: &Message<'_>) -> Option<String> {
    letter.text_bodies().find_map(|part| match &part.body {
        PartType::Text(text) => Some(text.to_string()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LETTER: &str = "Return-Path: <a@x.cn>\r\n\
        From: =?utf-8?b?5Yqe5YWs5a6k?= <a@x.cn>\r\n\
        To: b@y.cn,\r\n =?utf-8?b?5p2O5rab?= <c@y.cn>\r\n\
        Subject: =?utf-8?b?56ys?=\r\n =?utf-8?b?5LiA5pyf?=\r\n\
        Date: Fri, 27 Nov 2026 12:00:00 +0800\r\n\
        Message-ID: <k3@x.cn>\r\n\
        List-Unsubscribe: <https://x.cn/leave/k3>,\r\n <mailto:a@x.cn>\r\n\
        MIME-Version: 1.0\r\n\
        Content-Type: multipart/alternative; boundary=b\r\n\r\n\
        --b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n5L2g5aW9\r\n\
        --b\r\nContent-Type: text/html; charset=gbk\r\nContent-Transfer-Encoding: base64\r\n\r\nPGI+xOO6wzwvYj4=\r\n\
        --b--\r\n";

    #[test]
    fn a_letter_is_read_as_its_reader_sees_it() {
        let letter = read(LETTER.as_bytes()).unwrap();
        assert_eq!(letter.from.as_deref(), Some("办公室 <a@x.cn>"));
        assert_eq!(letter.to, ["b@y.cn", "李涛 <c@y.cn>"]);
        assert_eq!(letter.subject.as_deref(), Some("第一期"));
        assert_eq!(letter.date.unwrap().utc().to_rfc3339(), "2026-11-27T04:00:00+00:00");
        assert_eq!(letter.message_id.as_deref(), Some("k3@x.cn"));
        assert_eq!(letter.text.as_deref(), Some("你好"));
        assert_eq!(letter.html.as_deref(), Some("<b>你好</b>"));
        assert_eq!(letter.source, LETTER);
    }

    #[test]
    fn headers_keep_their_order_and_are_unfolded_and_decoded() {
        let letter = read(LETTER.as_bytes()).unwrap();
        let names: Vec<_> = letter.headers.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names[..5], ["Return-Path", "From", "To", "Subject", "Date"]);
        assert_eq!(letter.header("subject"), Some("第一期"));
        assert_eq!(letter.header("from"), Some("办公室 <a@x.cn>"));
        assert_eq!(letter.header("list-unsubscribe"), Some("<https://x.cn/leave/k3>, <mailto:a@x.cn>"));
        assert_eq!(letter.header("x-none"), None);
    }

    #[test]
    fn a_body_that_is_not_there_is_not_made_up() {
        let plain = read(b"Subject: s\r\n\r\nonly text\r\n").unwrap();
        assert_eq!((plain.text.as_deref(), plain.html), (Some("only text\r\n"), None));
        let html = read(b"Content-Type: text/html\r\n\r\n<p>only html\r\n").unwrap();
        assert_eq!((html.text, html.html.as_deref()), (None, Some("<p>only html\r\n")));
    }

    #[test]
    fn pictures_that_came_with_a_letter_stand_in_it() {
        let png = BASE64.encode(&crate::domain::picture::tests::png_of(4, 3, b""));
        let letter = format!(
            "Subject: s\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n\
             <img src=\"cid:p@x.cn\"><img src=\"cid:q@x.cn\"><img src=\"cid:none\">\r\n\
             --b\r\nContent-Type: image/png\r\nContent-ID: <p@x.cn>\r\nContent-Transfer-Encoding: base64\r\n\r\n{png}\r\n\
             --b\r\nContent-Type: image/png\r\nContent-ID: <q@x.cn>\r\n\r\n<svg/>\r\n--b--\r\n"
        );
        let html = read(letter.as_bytes()).unwrap().html.unwrap();
        let shown = format!("<img src=\"data:image/png;base64,{png}\"><img src=\"cid:q@x.cn\"><img src=\"cid:none\">");
        assert_eq!(html.trim_end(), shown, "and what is no picture is not taken for one");
    }

    #[test]
    fn what_has_no_header_is_no_letter() {
        for bytes in [&b""[..], b"\r\n\r\n", b"\0\xff\xfe"] {
            assert_eq!(read(bytes), None, "{bytes:?}");
        }
    }
}
