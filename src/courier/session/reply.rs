//! Reply: reads SMTP replies (RFC 5321 §4.2) from bytes as they come, strictly and within bounds,
//! and keeps them raw until someone wants the text. Whatever is no reply to the letter is an error:
//! the session then trusts the connection no more.

use crate::domain::attempt::{Answer, Enhanced};
use encoding_rs::GB18030;

/// A reply may not be longer, in bytes and in lines.
const MOST_BYTES: usize = 64 * 1024;
const MOST_LINES: usize = 512;
/// No more of a reply's text is kept, in characters: it is stored for every attempt.
const MOST_KEPT: usize = 1000;

/// What came is no SMTP reply.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NotAReply;

/// The reply that is being read, or the last one read.
#[derive(Debug, Default)]
pub(super) struct Reader {
    raw: Vec<u8>,
    line: usize,
    lines: usize,
    code: u16,
    whole: bool,
}

impl Reader {
    /// Takes from `bytes` up to the end of one reply, and returns its code when it is whole.
    pub(super) fn feed(&mut self, bytes: &mut &[u8]) -> Result<Option<u16>, NotAReply> {
        if self.whole {
            self.raw.clear();
            (self.line, self.lines, self.whole) = (0, 0, false);
        }
        while !self.whole {
            let end = bytes.iter().position(|byte| *byte == b'\n').map(|at| at + 1);
            let (taken, rest) = bytes.split_at(end.unwrap_or(bytes.len()));
            *bytes = rest;
            if self.raw.len() + taken.len() > MOST_BYTES {
                return Err(NotAReply);
            }
            self.raw.extend_from_slice(taken);
            if end.is_none() {
                return Ok(None);
            }
            self.end_line()?;
        }
        Ok(Some(self.code))
    }

    /// The last reply, for the log and for judging, with its word in the place of each of `hidden`: an
    /// address or a password does not stay in it.
    pub(super) fn answer(&self, hidden: &[(&str, &str)]) -> Answer {
        let lines: Vec<String> = self.texts().map(decode).collect();
        let enhanced = lines.first().and_then(|line| split_enhanced(line)).map(|(enhanced, _)| enhanced);
        let kept = lines.iter().map(|line| match split_enhanced(line) {
            Some((repeated, rest)) if Some(repeated) == enhanced => rest,
            _ => line.as_str(),
        });
        let text = kept.map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
        let text = hidden.iter().fold(text, |text, (secret, word)| without(&text, secret, word));
        Answer { code: self.code, enhanced, text: text.chars().take(MOST_KEPT).collect() }
    }

    /// The lines of the last reply, with its word in the place of each of `hidden`.
    pub(super) fn lines(&self, hidden: &[(String, &str)]) -> Vec<String> {
        let clean = |line: String| hidden.iter().fold(line, |text, (secret, word)| without(&text, secret, word));
        self.texts().map(|line| clean(decode(line)).chars().take(MOST_KEPT).collect()).collect()
    }

    /// Whether the last reply, to EHLO, offers an extension (RFC 5321 §4.1.1.1).
    pub(super) fn offers(&self, keyword: &str) -> bool {
        self.texts().skip(1).any(|line| words(line).next().as_deref() == Some(keyword))
    }

    /// Whether the last reply, to EHLO, offers a way of signing in (RFC 4954 §3; `AUTH=` is how it was
    /// written before there was a standard).
    pub(super) fn offers_auth(&self, mechanism: &str) -> bool {
        self.texts().skip(1).any(|line| {
            let mut words = words(line).flat_map(|word| word.split('=').map(str::to_owned).collect::<Vec<_>>());
            words.next().as_deref() == Some("AUTH") && words.any(|word| word == mechanism)
        })
    }

    fn end_line(&mut self) -> Result<(), NotAReply> {
        let line = self.raw[self.line..].strip_suffix(b"\r\n").ok_or(NotAReply)?;
        if line.iter().any(|byte| matches!(byte, b'\r' | 0)) {
            return Err(NotAReply);
        }
        let code = code(line).ok_or(NotAReply)?;
        if self.lines > 0 && code != self.code {
            return Err(NotAReply);
        }
        self.whole = match line.get(3) {
            None | Some(b' ') => true,
            Some(b'-') => false,
            Some(_) => return Err(NotAReply),
        };
        self.code = code;
        self.lines += 1;
        self.line = self.raw.len();
        if self.lines > MOST_LINES { Err(NotAReply) } else { Ok(()) }
    }

    fn texts(&self) -> impl Iterator<Item = &[u8]> {
        self.raw.split(|byte| *byte == b'\n').filter_map(|line| line.get(4..)?.strip_suffix(b"\r"))
    }
}

/// The words of a line of an EHLO reply, in capitals.
fn words(line: &[u8]) -> impl Iterator<Item = String> {
    line.split(|byte| *byte == b' ').map(|word| String::from_utf8_lossy(word).to_ascii_uppercase())
}

fn code(line: &[u8]) -> Option<u16> {
    let digits = line.get(..3)?;
    let lawful = matches!(digits[0], b'2'..=b'5') && digits.iter().all(u8::is_ascii_digit);
    lawful.then(|| digits.iter().fold(0, |code, digit| code * 10 + u16::from(digit - b'0')))
}

/// UTF-8, or else what Chinese relays write. Control characters would only harm a log.
fn decode(line: &[u8]) -> String {
    let text = match std::str::from_utf8(line) {
        Ok(text) => text.into(),
        Err(_) => GB18030.decode_without_bom_handling(line).0,
    };
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// The enhanced code at the head of a text (RFC 2034 §4), and the rest.
fn split_enhanced(line: &str) -> Option<(Enhanced, &str)> {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    let mut parts = word.split('.');
    let mut number = || {
        let part = parts.next()?;
        part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse::<u16>().ok())?
    };
    let (class, subject, detail) = (number()?, number()?, number()?);
    let class = u8::try_from(class).ok().filter(|class| matches!(class, 2 | 4 | 5))?;
    parts.next().is_none().then_some((Enhanced(class, subject, detail), rest))
}

/// `text` with every spelling of `secret` replaced by `word`, brackets around it included.
fn without(text: &str, secret: &str, word: &str) -> String {
    if secret.is_empty() {
        return text.to_owned();
    }
    let (low, wanted) = (text.to_ascii_lowercase(), secret.to_ascii_lowercase());
    let mut kept = String::with_capacity(text.len());
    let mut from = 0;
    for (at, _) in low.match_indices(&wanted) {
        kept.push_str(&text[from..at]);
        kept.push_str(word);
        from = at + wanted.len();
    }
    kept.push_str(&text[from..]);
    kept.replace(&format!("<{word}>"), word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(reply: &[u8]) -> Result<Option<Answer>, NotAReply> {
        let mut reader = Reader::default();
        let mut rest = reply;
        let code = reader.feed(&mut rest)?;
        assert!(rest.is_empty() || code.is_some());
        Ok(code.map(|_| reader.answer(&[("Li.Tao@Example.cn", "<rcpt>"), ("news@press.example", "<sender>")])))
    }

    #[test]
    fn a_reply_keeps_its_codes_and_its_text() {
        for (reply, code, enhanced, text) in [
            (&b"250 ok\r\n"[..], 250, None, "ok"),
            (b"250\r\n", 250, None, ""),
            (b"250 2.0.0 Ok: queued as 4Xy\r\n", 250, Some(Enhanced(2, 0, 0)), "Ok: queued as 4Xy"),
            (b"550-5.1.1 no such\r\n550 5.1.1 user here\r\n", 550, Some(Enhanced(5, 1, 1)), "no such user here"),
            (b"550-5.1.1 no such\r\n550 5.7.1 odd\r\n", 550, Some(Enhanced(5, 1, 1)), "no such 5.7.1 odd"),
            (b"554 5.7.606 banned\r\n", 554, Some(Enhanced(5, 7, 606)), "banned"),
            (b"550 5.7\r\n", 550, None, "5.7"),
            (b"550 5.7.99999 x\r\n", 550, None, "5.7.99999 x"),
            (b"550 5.+1.1 x\r\n", 550, None, "5.+1.1 x"),
            (b"550 3.1.1 x\r\n", 550, None, "3.1.1 x"),
            (b"550 1.2.3.4 is listed\r\n", 550, None, "1.2.3.4 is listed"),
            ("550 用户不存在\r\n".as_bytes(), 550, None, "用户不存在"),
            (b"550 \xd3\xc3\xbb\xa7\xb2\xbb\xb4\xe6\xd4\xda\r\n", 550, None, "用户不存在"),
            (b"550 a\tb\x1b[31m\r\n", 550, None, "a b [31m"),
        ] {
            assert_eq!(read(reply), Ok(Some(Answer { code, enhanced, text: text.to_owned() })), "{reply:?}");
        }
    }

    #[test]
    fn the_envelopes_addresses_do_not_stay_in_the_text() {
        for (reply, text) in [
            ("450 4.1.8 <News@press.example>: Sender address rejected\r\n", "<sender>: Sender address rejected"),
            ("550 5.1.1 <Li.Tao@example.cn>: unknown\r\n", "<rcpt>: unknown"),
            ("550 LI.TAO@EXAMPLE.CN or li.tao@example.cn\r\n", "<rcpt> or <rcpt>"),
            ("550 李 li.tao@example.cn\r\n", "李 <rcpt>"),
        ] {
            assert_eq!(read(reply.as_bytes()).unwrap().unwrap().text, text);
        }
    }

    #[test]
    fn what_is_no_reply_is_an_error() {
        for reply in [
            &b"hello\r\n"[..],
            b"25\r\n",
            b"\r\n",
            b"150 odd\r\n",
            b"650 odd\r\n",
            b"2x0 odd\r\n",
            b"250 bare line feed\n",
            b"250 two\r\r\n",
            b"250 car\rriage\r\n",
            b"250 nul\0\r\n",
            b"250:colon\r\n",
            b"2500 long\r\n",
            b"250-one\r\n550 two\r\n",
        ] {
            assert_eq!(read(reply), Err(NotAReply), "{reply:?}");
        }
    }

    #[test]
    fn half_a_reply_is_none_yet() {
        for reply in [&b""[..], b"2", b"250 ok", b"250 ok\r", b"250-one\r\n", b"250-one\r\n250 "] {
            assert_eq!(read(reply), Ok(None), "{reply:?}");
        }
    }

    #[test]
    fn replies_are_bounded() {
        assert_eq!(read(&[b'2'; MOST_BYTES]), Ok(None));
        assert_eq!(read(&[b'2'; MOST_BYTES + 1]), Err(NotAReply));
        let lines = |number: usize| [b"250-x\r\n".repeat(number - 1), b"250 x\r\n".to_vec()].concat();
        assert_eq!(read(&lines(MOST_LINES)).unwrap().unwrap().code, 250);
        assert_eq!(read(&lines(MOST_LINES + 1)), Err(NotAReply));
        let long = [b"250 ".to_vec(), vec![b'x'; 2 * MOST_KEPT], b"\r\n".to_vec()].concat();
        assert_eq!(read(&long).unwrap().unwrap().text.len(), MOST_KEPT);
    }

    #[test]
    fn extensions_are_found_by_their_keyword() {
        let mut reader = Reader::default();
        let _ = reader.feed(&mut &b"250-PIPELINING.example\r\n250-size 100\r\n250 pipelining\r\n"[..]);
        assert!(reader.offers("PIPELINING") && reader.offers("SIZE") && !reader.offers("STARTTLS"));
        let _ = reader.feed(&mut &b"250 PIPELINING\r\n"[..]);
        assert!(!reader.offers("PIPELINING"), "the first line is a greeting");
    }
    #[test]
    fn ways_of_signing_in_are_found_by_their_names() {
        for (line, plain, login) in [
            ("AUTH PLAIN LOGIN", true, true),
            ("auth login", false, true),
            ("AUTH=LOGIN PLAIN", true, true),
            ("AUTH CRAM-MD5 XPLAIN LOGIN2", false, false),
            ("AUTH", false, false),
            ("XAUTH PLAIN LOGIN", false, false),
            ("SIZE AUTH PLAIN", false, false),
        ] {
            let mut reader = Reader::default();
            let _ = reader.feed(&mut format!("250-AUTH PLAIN LOGIN\r\n250 {line}\r\n").as_bytes());
            assert_eq!((reader.offers_auth("PLAIN"), reader.offers_auth("LOGIN")), (plain, login), "{line}");
        }
    }
}
