//! Attachment: a file that goes with the letters of an issue as it is, for readers to keep or to fill in. Its name is
//! cleaned so that every mail program and every disk takes it as it was meant; what mail providers refuse is refused here.
//! Pure; called by actions, which keep the bytes, and kept in an issue's contents.

use super::document::Digest;
use serde::{Deserialize, Serialize};
use std::fmt;
use unicode_normalization::UnicodeNormalization;

/// The most bytes of an issue's attachments together. In base64 they are 13.7 MB, and with words and pictures (5 MB at
/// most) the letter stays below the 20 MB that Outlook.com takes, the least of the large providers.
pub const LARGEST_TOGETHER: usize = 10 * 1024 * 1024;

/// The most attachments of an issue.
pub const MOST: usize = 10;

/// The most bytes of a name: disks take 255, and programs that save it twice write `(1)` behind it.
const LONGEST_NAME: usize = 200;

/// Files that run when they are opened, and documents that may: what Gmail and Outlook refuse by its name, and a letter
/// with one of them comes back from half its readers.
const REFUSED: [&str; 76] = [
    "ade",
    "adp",
    "apk",
    "app",
    "appx",
    "appxbundle",
    "bas",
    "bat",
    "cab",
    "chm",
    "cmd",
    "com",
    "cpl",
    "crt",
    "diagcab",
    "dll",
    "dmg",
    "docm",
    "dotm",
    "ex",
    "ex_",
    "exe",
    "gadget",
    "hlp",
    "hta",
    "htm",
    "html",
    "img",
    "inf",
    "ins",
    "iso",
    "isp",
    "jar",
    "jnlp",
    "js",
    "jse",
    "lib",
    "lnk",
    "mde",
    "mhtml",
    "msc",
    "msi",
    "msix",
    "msp",
    "mst",
    "nsh",
    "pif",
    "potm",
    "ppam",
    "ppsm",
    "pptm",
    "ps1",
    "reg",
    "scf",
    "scr",
    "sct",
    "sh",
    "shb",
    "sldm",
    "svg",
    "swf",
    "sys",
    "url",
    "vb",
    "vbe",
    "vbs",
    "vhd",
    "vxd",
    "wsc",
    "wsf",
    "wsh",
    "xlam",
    "xll",
    "xlsb",
    "xlsm",
    "xltm",
];

/// A file that goes with an issue's letters: where its bytes are kept, and what it is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// What readers see and save it as.
    pub name: FileName,
    /// Of its bytes.
    pub digest: Digest,
    /// In bytes.
    pub size: u32,
}

/// A name that every mail program shows and every disk takes: one line, composed (NFC), without a folder, a control, a
/// character that turns the direction of writing, or one that Windows forbids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FileName(String);

/// Why a file is not attached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unattachable {
    /// It has no bytes.
    Empty,
    /// It has no name.
    Nameless,
    /// Mail providers refuse files of this kind.
    Kind(String),
    /// With it they would have so many bytes together.
    TooLarge(usize),
    /// There are [`MOST`] already.
    TooMany,
    /// Another file has that name already.
    NameTaken(FileName),
}

impl FileName {
    /// Cleans the name that a file came with; none where nothing is left of it.
    pub fn of(raw: &str) -> Option<Self> {
        let bare = raw.rsplit(['/', '\\']).next().unwrap_or(raw);
        let fit: String = bare.nfc().filter(|c| !is_unseen(*c)).map(fit).collect();
        let words: Vec<&str> = fit.split_whitespace().collect();
        let name = shortened(words.join(" ").trim_matches(['.', ' ']));
        (!name.is_empty()).then_some(Self(name))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the name says the file is, in small letters; none where it says nothing.
    pub fn extension(&self) -> Option<String> {
        let (_, end) = self.0.rsplit_once('.')?;
        Some(end.trim().to_lowercase())
    }

    /// Its media type (RFC 2046) by what the name says; programs open it by the name.
    pub fn mime(&self) -> &'static str {
        match self.extension().as_deref() {
            Some("pdf") => "application/pdf",
            Some("doc" | "wps") => "application/msword",
            Some("docx") => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Some("xls" | "et") => "application/vnd.ms-excel",
            Some("xlsx") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Some("ppt" | "dps") => "application/vnd.ms-powerpoint",
            Some("pptx") => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            Some("zip") => "application/zip",
            Some("png") => "image/png",
            Some("jpg" | "jpeg") => "image/jpeg",
            Some("gif") => "image/gif",
            // Text too: a program that showed it in the letter would guess its encoding.
            Some(_) | None => "application/octet-stream",
        }
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Attachment {
    /// Looks at a file that is to go with `others`; the same file once more is found as it is there.
    ///
    /// # Errors
    /// [`Unattachable`].
    pub fn beside(others: &[Self], name: &str, bytes: &[u8]) -> Result<Self, Unattachable> {
        let name = FileName::of(name).ok_or(Unattachable::Nameless)?;
        let size = u32::try_from(bytes.len()).map_err(|_| Unattachable::TooLarge(bytes.len()))?;
        let own = Self { name, digest: Digest::of(bytes), size };
        if others.contains(&own) {
            return Ok(own);
        }
        // By what it says it is, and by what a program for Windows begins with.
        let refused = own.name.extension().filter(|kind| REFUSED.contains(&kind.as_str()));
        let runs = bytes.starts_with(b"MZ").then(|| "exe".to_owned());
        if let Some(kind) = refused.or(runs) {
            return Err(Unattachable::Kind(kind));
        }
        let together = together(others) + bytes.len();
        match () {
            () if bytes.is_empty() => Err(Unattachable::Empty),
            () if others.iter().any(|other| other.name == own.name) => Err(Unattachable::NameTaken(own.name)),
            () if others.len() >= MOST => Err(Unattachable::TooMany),
            () if together > LARGEST_TOGETHER => Err(Unattachable::TooLarge(together)),
            () => Ok(own),
        }
    }
}

/// How many bytes attachments have together.
pub fn together(attachments: &[Attachment]) -> usize {
    attachments.iter().map(|attachment| attachment.size as usize).sum()
}

/// A size as people read it: `24 KB`, `3.1 MB`.
pub fn readable(bytes: usize) -> String {
    const KB: usize = 1024;
    match bytes {
        0..KB => format!("{bytes} B"),
        _ if bytes.div_ceil(KB) < 1000 => format!("{} KB", bytes.div_ceil(KB)),
        _ => {
            let tenths = (bytes * 10).div_ceil(KB * KB);
            format!("{}.{} MB", tenths / 10, tenths % 10)
        }
    }
}

/// What nobody sees and programs obey: controls, marks of direction (an `exe` that shows as `docx`), joiners, and what
/// has no meaning outside one house.
fn is_unseen(c: char) -> bool {
    c.is_control() && !c.is_whitespace()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{e000}'..='\u{f8ff}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
        || matches!(c, '\u{fff0}'..='\u{ffff}' | '\u{e0000}'..='\u{10ffff}')
}

/// What Windows forbids in names becomes its full-width twin, which reads the same.
fn fit(c: char) -> char {
    match c {
        '<' | '>' | ':' | '"' | '|' | '?' | '*' => char::from_u32(u32::from(c) + 0xfee0).unwrap_or('_'),
        _ => c,
    }
}

/// Cut in its stem, so that it still says what it is.
fn shortened(name: &str) -> String {
    if name.len() <= LONGEST_NAME {
        return name.to_owned();
    }
    let (stem, end) = match name.rsplit_once('.') {
        Some((stem, end)) if end.len() <= 16 => (stem, format!(".{end}")),
        Some(_) | None => (name, String::new()),
    };
    let kept = &stem[..stem.floor_char_boundary(LONGEST_NAME - end.len())];
    format!("{}{end}", kept.trim_end_matches(['.', ' '])).trim_matches(['.', ' ']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cleaned(raw: &str) -> Option<String> {
        FileName::of(raw).map(|name| name.to_string())
    }

    #[test]
    fn a_name_from_any_disk_becomes_one_that_every_disk_takes() {
        for (raw, name) in [
            ("附件1：申报表.docx", Some("附件1：申报表.docx")),
            ("C:\\用户\\周宁\\附件1:申报表.docx", Some("附件1：申报表.docx")),
            ("/home/li/通知.pdf", Some("通知.pdf")),
            ("cafe\u{301}.pdf", Some("caf\u{e9}.pdf")), // macOS keeps names in NFD
            ("\u{30cf}\u{309a}.pdf", Some("\u{30d1}.pdf")),
            ("表\r\nBcc: x@y.cn.docx", Some("表 Bcc： x@y.cn.docx")),
            ("申报\u{202e}xcod.exe", Some("申报xcod.exe")),
            ("a\u{0}b\u{7}.txt", Some("ab.txt")),
            ("“引号”\"和\"'.docx", Some("“引号”＂和＂'.docx")),
            ("  .隐藏 \u{3000} 表.docx. ", Some("隐藏 表.docx")),
            ("..", None),
            ("", None),
            ("folder/", None),
        ] {
            assert_eq!(cleaned(raw).as_deref(), name, "{raw:?}");
        }
        let long = cleaned(&format!("{}.docx", "长".repeat(200))).expect("a name");
        assert_eq!((long.len(), long.ends_with("长.docx")), (200, true));
    }

    #[test]
    fn what_mail_providers_refuse_is_refused_here() {
        let with = |name: &str, bytes: &[u8]| Attachment::beside(&[], name, bytes).map(|file| file.name.to_string());
        for name in ["表.exe", "表.docx.EXE", "表.docx.exe. ", "宏.docm", "a.js", "a.bat", "快捷.lnk", "页.html"]
        {
            assert!(matches!(with(name, b"x"), Err(Unattachable::Kind(_))), "{name}");
        }
        assert_eq!(with("表.docx", b"MZ\x90"), Err(Unattachable::Kind("exe".into())));
        assert_eq!(with("表.docx", b""), Err(Unattachable::Empty));
        assert_eq!(with("\u{202e}", b"x"), Err(Unattachable::Nameless));
        assert_eq!(with("表.exe.docx", b"PK"), Ok("表.exe.docx".into()));
    }

    #[test]
    fn attachments_together_have_their_limits() {
        let file = |name: &str, size: usize| Attachment {
            name: FileName::of(name).expect("a name"),
            digest: Digest::of(name.as_bytes()),
            size: u32::try_from(size).expect("a size"),
        };
        let large = [file("a.pdf", LARGEST_TOGETHER - 1)];
        assert!(Attachment::beside(&large, "b.pdf", b"x").is_ok());
        assert_eq!(Attachment::beside(&large, "b.pdf", b"xy"), Err(Unattachable::TooLarge(LARGEST_TOGETHER + 1)));
        let many: Vec<_> = (0..MOST).map(|n| file(&format!("{n}.pdf"), 1)).collect();
        assert_eq!(Attachment::beside(&many, "b.pdf", b"x"), Err(Unattachable::TooMany));
        let taken = Err(Unattachable::NameTaken(FileName::of("0.pdf").expect("a name")));
        assert_eq!(Attachment::beside(&many, "x/0.pdf", b"x"), taken);
        let known = [Attachment::beside(&[], "表.pdf", b"x").expect("fit")];
        assert_eq!(Attachment::beside(&known, "表.pdf", b"x").as_ref(), Ok(&known[0]), "the same file once more");
    }

    #[test]
    fn sizes_are_written_as_people_read_them() {
        for (bytes, size) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1 KB"),
            (24_000, "24 KB"),
            (1_000_000, "977 KB"),
            (1_100_000, "1.1 MB"),
            (LARGEST_TOGETHER, "10.0 MB"),
        ] {
            assert_eq!(readable(bytes), size);
        }
    }

    proptest! {
        #[test]
        fn a_clean_name_is_clean_and_stays_as_it_is(raw in "\\PC{0,90}|[\\x00-\\x7f]{0,300}|[一-龥.]{0,300}|\\p{any}{0,60}") {
            let Some(name) = FileName::of(&raw) else { return Ok(()) };
            let text = name.as_str();
            prop_assert!(!text.is_empty() && text.len() <= LONGEST_NAME);
            prop_assert!(!text.contains(|c: char| c.is_control() || is_unseen(c) || "/\\<>:\"|?*".contains(c)), "{text:?}");
            prop_assert!(!text.starts_with(['.', ' ']) && !text.ends_with(['.', ' ']) && !text.contains("  "));
            prop_assert_eq!(FileName::of(text), Some(name.clone()));
        }
    }
}
