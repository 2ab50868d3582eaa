//! Masthead: the first lines of an issue (rule 3): its name, label, date and compiling body, and
//! any secrecy marking. Says which lines it took; asks where number or date are missing.

use super::clean::Line;
use super::colophon;
use super::flags::Flags;
use super::label::{self, Label};
use super::spacing::{bare, unspread};
use crate::domain::document::Finding;
use crate::domain::issue::{Contents, Dating};
use chrono::{Datelike as _, NaiveDate};

/// How far a masthead reaches where no contents list ends it, in lines.
const DEPTH: usize = 12;
/// The longest line of a masthead, in characters.
const LONGEST: usize = 40;

/// What the lines of a masthead say.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Masthead {
    /// The periodical's name.
    pub(super) name: Option<String>,
    label: Label,
    date: Option<NaiveDate>,
}

/// Which lines are masthead. Above a contents list, which begins at `list`, all short lines are;
/// else those down to the last that states a number, a date or a compiling body.
pub(super) fn marks(lines: &[Line], list: Option<usize>) -> Vec<bool> {
    let end = list.unwrap_or_else(|| {
        let front = &lines[..lines.len().min(DEPTH)];
        let front = &front[..front.iter().position(|line| !is_short(line)).unwrap_or(front.len())];
        front.iter().rposition(|line| states(&line.text)).map_or(0, |at| at + 1)
    });
    lines.iter().enumerate().map(|(at, line)| at < end && is_short(line)).collect()
}

fn is_short(line: &Line) -> bool {
    let bare = bare(&line.text);
    bare.chars().count() <= LONGEST && !bare.ends_with(['。', '！', '？', '；', '，'])
}

fn states(text: &str) -> bool {
    label::label(text).is_some() || label::date(text).is_some() || colophon::is_colophon(text) || is_secret(text)
}

/// Reads the lines of a masthead.
pub(super) fn read<'l>(lines: impl Iterator<Item = &'l Line>, flags: &mut Flags) -> Masthead {
    let mut masthead = Masthead::default();
    for line in lines {
        let text = line.text.as_str();
        masthead.date = masthead.date.or_else(|| label::date(text));
        if let Some(label) = label::label(text) {
            masthead.take_label(label);
        } else if masthead.name.is_none() && !states(text) {
            let together = unspread(text);
            if together.is_some() {
                flags.note(Finding::LetterSpacing(text.to_owned()), Some(line.number));
            }
            masthead.name = Some(together.unwrap_or_else(|| text.to_owned()));
        }
    }
    masthead
}

impl Masthead {
    fn take_label(&mut self, label: Label) {
        let first = std::mem::take(&mut self.label);
        let keep_first = first.number.is_some() || label.number.is_none();
        let text = if keep_first && !first.text.is_empty() { first.text } else { label.text };
        self.label = Label {
            text,
            year: first.year.or(label.year),
            number: first.number.or(label.number),
            cumulative: first.cumulative.or(label.cumulative),
        };
    }

    /// The words that running heads repeat, without spaces.
    pub(super) fn words(&self) -> Vec<String> {
        self.name.iter().chain([&self.label.text]).map(|text| bare(text)).collect()
    }

    /// Writes what was read into the issue, and asks what was not.
    pub(super) fn write(self, contents: &mut Contents, flags: &mut Flags) {
        let inferred = self.date.map(|date| date.year());
        match self.date {
            Some(date) => contents.published_on = Dating::On(date),
            None => flags.missing_date(),
        }
        if self.label.year.is_none() || self.label.number.is_none() {
            flags.missing_number();
        }
        contents.masthead = self.name;
        contents.label = Some(self.label.text).filter(|text| !text.is_empty());
        contents.year = self.label.year.or(inferred);
        contents.number = self.label.number;
        contents.cumulative_number = self.label.cumulative;
    }
}

/// Whether a line is a secrecy marking: `秘密★1年`, `内部资料 注意保存`.
pub(super) fn is_secret(text: &str) -> bool {
    if text.len() > 120 {
        return false;
    }
    let bare = bare(text);
    let rest =
        ["绝密", "机密", "秘密", "内部资料", "内部参考", "内部刊物"].iter().find_map(|word| bare.strip_prefix(word));
    let ends = ["", "★", "☆", "注意", "请", "不得", "严禁", "免费", "（", "，", "·", "仅供"];
    rest.is_some_and(|rest| ends.iter().any(|end| if end.is_empty() { rest.is_empty() } else { rest.starts_with(end) }))
        || (bare.contains("★") && bare.chars().count() <= 16 && bare.ends_with(['年', '月']))
}

#[cfg(test)]
mod tests {
    use super::super::clean::lines;
    use super::*;

    fn read_all(text: &str) -> (Contents, Vec<String>, usize) {
        let lines = lines(text);
        let marks = marks(&lines, None);
        let mut flags = Flags::default();
        let taken: Vec<&Line> = lines.iter().zip(&marks).filter(|(_, m)| **m).map(|(l, _)| l).collect();
        let count = taken.len();
        let mut contents = Contents::default();
        read(taken.into_iter(), &mut flags).write(&mut contents, &mut flags);
        (contents, flags.finish().into_iter().map(|flag| flag.id).collect(), count)
    }

    #[test]
    fn name_label_date_and_compiling_body() {
        let (contents, flags, count) = read_all(
            "秘密★1年\n科 技 简 报\n2026年第3期（总第28期）\n云泽市科技局 编辑　二〇二六年三月五日\n题目\n正文。",
        );
        assert_eq!(contents.masthead.as_deref(), Some("科技简报"));
        assert_eq!(contents.label.as_deref(), Some("2026年第3期（总第28期）"));
        assert_eq!((contents.year, contents.number, contents.cumulative_number), (Some(2026), Some(3), Some(28)));
        assert_eq!(contents.published_on, Dating::On(NaiveDate::from_ymd_opt(2026, 3, 5).expect("a day")));
        assert_eq!((flags, count), (vec!["letter-spacing-1".to_owned()], 4));
    }

    #[test]
    fn what_is_missing_is_asked() {
        let (contents, flags, _) = read_all("科技简报\n总第28期\n题目\n正文。");
        assert_eq!((contents.cumulative_number, contents.number), (Some(28), None));
        assert_eq!(flags, ["missing-date", "missing-number"]);
        assert_eq!(read_all("题目\n正文。").2, 0, "a title is no masthead");
        let (contents, flags, _) = read_all("科技简报\n第6期\n2026年3月5日\n题目\n正文。");
        assert_eq!((contents.year, contents.number), (Some(2026), Some(6)));
        assert_eq!(flags, ["missing-number"], "an inferred year is asked");
    }

    #[test]
    fn secrecy_markings() {
        for text in ["秘密", "机密★", "绝 密 ★ 三年", "★1年", "内部资料 注意保存", "内部资料，免费交流"]
        {
            assert!(is_secret(text), "{text}");
        }
        for text in ["秘密武器", "内部资料室建成", "保守商业秘密"] {
            assert!(!is_secret(text), "{text}");
        }
    }
}
