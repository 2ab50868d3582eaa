//! Masthead: the first lines of an issue (rule 3): its name, label, date and compiling body, and
//! any secrecy marking. Says which lines it took, and which of them hold more than its facts; asks
//! where number or date are missing.

use super::flags::Flags;
use super::headings::numbered_level;
use super::label::{self, Label};
use super::numerals::in_digits;
use super::source::Line;
use super::spacing::{bare, unspread};
use super::{colophon, compiler, credit};
use crate::domain::document::Finding;
use crate::domain::issue::{Contents, Dating};
use chrono::{Datelike as _, NaiveDate};

/// How far a masthead reaches where no contents list ends it, in lines.
const DEPTH: usize = 12;
/// The longest line of a masthead, in characters; Latin ones are half as wide.
const LONGEST: usize = 40;

/// What the lines of a masthead say.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Masthead {
    /// The periodical's name.
    pub(super) name: Option<String>,
    label: Label,
    date: Option<NaiveDate>,
    /// Who compiled it.
    compiled_by: Option<String>,
    /// Which of the lines read (counted from 0) say more than what was taken from them.
    pub(super) unsaid: Vec<usize>,
}

/// Which lines are masthead. Above a contents list, which begins at `list`, all short lines are;
/// else those down to the last that states a number, a date or a compiling body.
pub(super) fn marks(lines: &[Line], list: Option<usize>) -> Vec<bool> {
    let end = list.unwrap_or_else(|| {
        let front = &lines[..lines.len().min(DEPTH)];
        let front = &front[..front.iter().position(|line| !is_short(line)).unwrap_or(front.len())];
        front.iter().rposition(|line| states(&line.text)).map_or(0, |at| at + 1)
    });
    let mut marks: Vec<bool> = lines
        .iter()
        .enumerate()
        .map(|(at, line)| at < end && line.is_free() && is_short(line) && !is_credit(line))
        .collect();
    // A running head says again what the masthead says, if there is one.
    let is_own = |at: &usize| marks[*at] && !lines[*at].place.repeats;
    if (0..end).filter(is_own).any(|at| label::label(&lines[at].text).is_some()) {
        (0..end).filter(|at| lines[*at].place.repeats).for_each(|at| marks[at] = false);
    }
    if let Some(title) = title_within(lines, &marks[..end]).filter(|_| list.is_none()) {
        marks[title] = false;
    }
    marks
}

/// Where articles may begin below a masthead without a contents list: at the title that stands
/// within it, or behind its last line.
pub(super) fn end(lines: &[Line], marks: &[bool]) -> usize {
    let end = marks.iter().rposition(|is| *is).map_or(0, |at| at + 1);
    (0..end).find(|at| !marks[*at] && !is_credit(&lines[*at])).unwrap_or(end)
}

/// The line within a masthead that is an article's title, its date below it: the last that states
/// nothing, if prose follows, and it is not all that could name a numbered periodical.
fn title_within(lines: &[Line], marks: &[bool]) -> Option<usize> {
    let below = lines[marks.len()..].iter().find(|line| !is_credit(line))?;
    if is_short(below) && numbered_level(&below.text).is_none() {
        return None;
    }
    let names: Vec<usize> = (0..marks.len()).filter(|at| marks[*at] && is_name(&lines[*at].text)).collect();
    let names: Vec<usize> = names
        .into_iter()
        .enumerate()
        .filter(|(n, at)| *n == 0 || compiler::read(&lines[*at].text).is_none())
        .map(|(_, at)| at)
        .collect();
    let is_numbered = lines[..marks.len()].iter().any(|line| label::label(&line.text).is_some());
    names.last().copied().filter(|_| names.len() > usize::from(is_numbered))
}

/// Name and label on one line: `云泽会讯 2026年第4期（总第52期）`. Titles of pages, mails and files leave the space out
/// or set brackets instead, `云泽会讯（2026年第4期）`; since a label begins with its year, with 第 or 总, what stands
/// before the last place at which the whole label can begin is the name.
fn named_label(text: &str) -> Option<(&str, Label)> {
    let whole = label::label(text)?;
    let splits = text.char_indices().map(|(at, _)| text.split_at(at));
    // Of a run of blanks the last one parts them: each split costs a reading of the rest.
    let parts = |rest: &str| match rest.strip_prefix(char::is_whitespace) {
        Some(behind) => !behind.starts_with(char::is_whitespace),
        None => label::opens(rest),
    };
    let apart = splits.filter(|(_, rest)| parts(rest));
    let facts = |label: &Label| (label.year, label.number, label.cumulative);
    let mut labels = apart.filter_map(|(name, rest)| Some((name.trim(), label::label(rest.trim())?)));
    labels.rfind(|(name, label)| facts(label) == facts(&whole) && is_name(name) && label::is_before(name))
}

fn is_credit(line: &Line) -> bool {
    credit::read(&line.text).is_some()
}

/// Whether a line can be a name: words that state nothing and make no sentence.
fn is_name(text: &str) -> bool {
    !states(text) && text.contains(char::is_alphabetic) && !text.contains(['：', '，', '。', '；'])
}

fn is_short(line: &Line) -> bool {
    let bare = bare(&line.text);
    let most = if bare.is_ascii() { LONGEST * 2 } else { LONGEST };
    bare.chars().count() <= most && !bare.contains('。') && !bare.ends_with(['！', '？', '；', '，'])
}

fn states(text: &str) -> bool {
    label::label(text).is_some() || label::date(text).is_some() || colophon::is_colophon(text) || is_secret(text)
}

/// Reads the lines of a masthead.
pub(super) fn read<'l>(lines: impl Iterator<Item = &'l Line>, flags: &mut Flags) -> Masthead {
    let lines: Vec<&Line> = lines.collect();
    let mut masthead = Masthead::default();
    for line in &lines {
        let text = line.text.as_str();
        masthead.date = masthead.date.or_else(|| label::date(text));
        if let Some((name, label)) = named_label(text).filter(|_| masthead.name.is_none()) {
            masthead.name = Some(unspread(name).unwrap_or_else(|| name.to_owned()));
            masthead.take_label(label);
        } else if let Some(label) = label::label(text) {
            masthead.take_label(label);
        } else if masthead.name.is_none() && is_name(text) {
            let together = unspread(text);
            if together.is_some() {
                flags.note(Finding::LetterSpacing(text.to_owned()), Some(line.number));
            }
            masthead.name = Some(together.unwrap_or_else(|| text.to_owned()));
            continue;
        }
        masthead.compiled_by = masthead.compiled_by.or_else(|| compiler::read(text));
    }
    masthead.unsaid = (0..lines.len()).filter(|at| !masthead.says(&lines[*at].text)).collect();
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

    /// Whether nothing of a line is left out: it is the name, or states these facts alone. Secrecy
    /// markings are asked, and lines without words say nothing.
    fn says(&self, text: &str) -> bool {
        let line = bare(text);
        if !line.contains(char::is_alphanumeric)
            || is_secret(text)
            || self.name.as_deref().map(bare).as_ref() == Some(&line)
        {
            return true;
        }
        let line = bare(&label::without_weekday(text));
        let compiled =
            self.compiled_by.as_deref().filter(|body| compiler::read(text).as_deref() == Some(body)).map(bare);
        if label::label(text).is_none() && label::date(text).is_none() && compiled.is_none() {
            return false;
        }
        let line = line.replacen(compiled.as_deref().unwrap_or_default(), "", 1);
        let name = self.name.as_deref().map(bare).unwrap_or_default();
        let line = line.strip_prefix(&name).unwrap_or(&line);
        let rest = in_digits(&line.replacen(&bare(&self.label.text), "", 1));
        let words = rest.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
        let numbers = rest.split(|c: char| !c.is_ascii_digit()).filter(|number| !number.is_empty());
        words.into_iter().all(|word| label::is_mark(word) || (compiled.is_some() && compiler::is_verb(word)))
            && numbers.into_iter().all(|number| self.holds(number))
    }

    fn holds(&self, number: &str) -> bool {
        let date = self.date.map(|date| [date.year().unsigned_abs(), date.month(), date.day()]);
        let year = self.label.year.map(i32::unsigned_abs);
        let facts = date.into_iter().flatten().chain(year).chain(self.label.number).chain(self.label.cumulative);
        number.parse().is_ok_and(|number: u32| facts.into_iter().any(|fact| fact == number))
    }

    /// The words that running heads repeat, without spaces.
    pub(super) fn words(&self) -> Vec<String> {
        let label = &self.label.text;
        let short = label.split(['（', '(']).next().unwrap_or_default().to_owned();
        self.name.iter().chain([label, &short]).chain(&self.compiled_by).map(|text| bare(text)).collect()
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
        contents.compiled_by = self.compiled_by;
        contents.label = Some(self.label.text).filter(|text| !text.is_empty());
        contents.year = self.label.year.or(inferred);
        contents.number = self.label.number;
        contents.cumulative_number = self.label.cumulative;
    }
}

/// Whether a line with more than facts belongs to a masthead: an imprint, or number and date
/// with further words, but no sentence.
pub(super) fn is_imprint(text: &str) -> bool {
    let is_compiled = ["compiled by", "edited by", "published by"].iter().any(|by| text.to_lowercase().starts_with(by));
    (states(text) || is_compiled) && !text.contains(['，', '。', '；'])
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
    fn a_name_may_stand_right_before_its_label() {
        for (text, name, label) in [
            ("云泽简报2026年第3期", Some("云泽简报"), "2026年第3期"),
            ("云泽简报（2026年第3期）", Some("云泽简报"), "2026年第3期"),
            ("云泽简报 （二〇二六年第三期）", Some("云泽简报"), "二〇二六年第三期"),
            ("云泽简报总第28期", Some("云泽简报"), "总第28期"),
            ("云泽简报2026年第3期（总第28期）", Some("云泽简报"), "2026年第3期（总第28期）"),
            ("2026年第3期", None, "2026年第3期"),
            ("云科发〔2026〕12号", None, "云科发〔2026〕12号"),
        ] {
            assert_eq!(named_label(text).map(|(name, _)| name), name, "{text}");
            let found = named_label(text).map(|(_, label)| label).or_else(|| label::label(text));
            assert_eq!(found.map(|found| found.text).as_deref(), Some(label), "{text}");
        }
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
