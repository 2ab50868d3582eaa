//! Label: what a masthead line says of year, number and date, in the forms that periodicals use
//! (rule 3): `2024年第6期`, `总第128期`, `〔2024〕12号`, `No. 6, 2024`; `2024年6月28日`, `2024-06-28`,
//! `二〇二四年六月二十八日`, `28 June 2024`. Pure; a line in, facts out.

use super::numerals::in_digits;
use chrono::{Datelike as _, NaiveDate};

/// The year and number that a line states.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Label {
    /// As printed, white space left out; empty where it says a number 0, for numbers count from 1.
    pub(super) text: String,
    pub(super) year: Option<i32>,
    pub(super) number: Option<u32>,
    pub(super) cumulative: Option<u32>,
}

/// Reads a line's label; none if it holds none.
pub(super) fn label(line: &str) -> Option<Label> {
    let digits = in_digits(line);
    let cumulative = between(&digits, "总第", "期").or_else(|| between(&digits, "总", "期"));
    let cumulative = cumulative.or_else(|| english_total(line));
    let (year, number) = year_and_number(&digits).or_else(|| bracketed(&digits)).or_else(|| english(line))?;
    let year = year.or_else(|| date(line).map(|date| date.year()));
    if number.is_none() && cumulative.is_none() {
        return None;
    }
    // Number 0 is none. It is asked then, and what is printed is no label of the number that is answered.
    let text = if number == Some(0) { String::new() } else { printed(line) };
    Some(Label { text, year, number: number.filter(|number| *number > 0), cumulative })
}

/// `2024年第6期`; the year may be missing, and so may the number if there is a cumulative one.
fn year_and_number(digits: &str) -> Option<(Option<i32>, Option<u32>)> {
    let end = digits.find('期')?;
    let year = digits.find('年').filter(|at| *at < end).and_then(|at| trailing_number(&digits[..at]));
    let year = year.and_then(|year| i32::try_from(year).ok()).filter(|year| (1900..=2199).contains(year));
    let number = digits.match_indices('第').find(|(at, _)| !digits[..*at].ends_with('总'));
    let number = number.and_then(|(at, mark)| between(&digits[at..], mark, "期"));
    Some((year, number))
}

/// `〔2024〕12号`, also with other brackets.
fn bracketed(digits: &str) -> Option<(Option<i32>, Option<u32>)> {
    let (open, _) = digits.char_indices().find(|(_, c)| matches!(c, '〔' | '[' | '［' | '（' | '('))?;
    let (head, tail) = digits[open..].split_once(['〕', ']', '］', '）', ')'])?;
    let year: i32 = head.chars().skip(1).collect::<String>().trim_end_matches('年').parse().ok()?;
    let number = tail.trim_start_matches('第').strip_suffix('号').or_else(|| tail.split_once('号').map(|t| t.0))?;
    let number = number.trim_start_matches('第').parse().ok()?;
    (1900..=2199).contains(&year).then_some((Some(year), Some(number)))
}

/// `No. 6, 2024`, `Issue 6 · 28 June 2024`.
fn english(line: &str) -> Option<(Option<i32>, Option<u32>)> {
    let words = words(line);
    let mark = words.iter().position(|w| matches!(w.as_str(), "no" | "issue" | "number"))?;
    let number = words.get(mark + 1)?.parse().ok()?;
    let year = words.iter().find_map(|w| w.parse().ok().filter(|year| w.len() == 4 && (1900..=2199).contains(year)));
    Some((year, Some(number)))
}

/// `(Total No. 15)`, `Whole No. 15`, `Serial No. 15`.
fn english_total(line: &str) -> Option<u32> {
    let words = words(line);
    let is_total = |pair: &[String]| matches!(pair[0].as_str(), "total" | "whole" | "serial") && pair[1] == "no";
    let at = words.windows(2).position(is_total)?;
    words.get(at + 2)?.parse().ok()
}

/// The printed label: the line up to its last 期 or 号, or the English words up to the date.
fn printed(line: &str) -> String {
    let bare: String = without_weekday(line).chars().filter(|c| !c.is_whitespace()).collect();
    match bare.rfind(['期', '号']) {
        Some(at) => {
            let end = at + '期'.len_utf8();
            let close = bare[end..].chars().next().filter(|c| matches!(c, '）' | ')'));
            unbracketed(&bare[..end + close.map_or(0, char::len_utf8)]).to_owned()
        }
        None => line.split(['·', '|', '—']).next().unwrap_or(line).trim().to_owned(),
    }
}

/// Without the brackets that a whole label stands in, which set it off from the name before it and say nothing.
fn unbracketed(label: &str) -> &str {
    let inner = label.strip_prefix(['（', '(']).and_then(|rest| rest.strip_suffix(['）', ')']));
    let is_pair = |inner: &str| {
        let mut depth = 0_usize;
        inner.chars().all(|c| match c {
            '（' | '(' => {
                depth += 1;
                true
            }
            '）' | ')' => depth.checked_sub(1).is_some_and(|left| {
                depth = left;
                true
            }),
            _ => true,
        })
    };
    inner.filter(|inner| is_pair(inner)).unwrap_or(label)
}

/// Whether a label with 期 can begin here, directly behind a name: nothing but a date follows it, for a name may
/// follow a label, too.
pub(super) fn opens(rest: &str) -> bool {
    let is_digit = |c: char| in_digits(&c.to_string()).bytes().all(|digit| digit.is_ascii_digit());
    let is_begin = |c: char| matches!(c, '第' | '总' | '（' | '(') || is_digit(c);
    let ends = |behind: &str| {
        let behind = behind.trim_start_matches(['）', ')']).trim();
        behind.is_empty() || behind.starts_with(['_', '|', '-', '—', '（', '(']) || is_date(behind)
    };
    rest.starts_with(is_begin) && rest.rsplit_once('期').is_some_and(|(_, behind)| ends(behind))
}

/// Whether words can stand directly before a label: they say more than its marks, and no bracket is left open.
pub(super) fn is_before(name: &str) -> bool {
    let mut words = name.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    words.any(|word| !is_mark(word)) && !name.ends_with(['（', '(', '〔', '['])
}

/// Reads a line's date; none if it holds none.
pub(super) fn date(line: &str) -> Option<NaiveDate> {
    let digits = in_digits(line);
    chinese_date(&digits).or_else(|| dashed_date(&digits)).or_else(|| english_date(&words(line)))
}

/// Whether a line is a date and nothing else.
pub(super) fn is_date(line: &str) -> bool {
    line.len() <= 80
        && date(line).is_some()
        && in_digits(&without_weekday(line)).chars().all(|c| c.is_ascii_digit() || "年月日-/.（）()".contains(c))
}

fn chinese_date(digits: &str) -> Option<NaiveDate> {
    digits.match_indices('年').find_map(|(at, mark)| {
        let year = trailing_number(&digits[..at])?;
        let (month, rest) = digits[at + mark.len()..].split_once('月')?;
        let (day, _) = rest.split_once('日')?;
        ymd(year, month.parse().ok()?, day.parse().ok()?)
    })
}

fn dashed_date(digits: &str) -> Option<NaiveDate> {
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, '-' | '/' | '.');
    digits.split(|c| !is_part(c)).find_map(|token| {
        let parts: Vec<&str> = token.split(['-', '/', '.']).collect();
        let [year, month, day] = parts[..] else { return None };
        (year.len() == 4).then(|| ymd(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)).flatten()
    })
}

/// `28 June 2024`, `June 28, 2024`.
fn english_date(words: &[String]) -> Option<NaiveDate> {
    words.windows(3).find_map(|w| {
        let year = w[2].parse().ok().filter(|_| w[2].len() == 4)?;
        let (month, day) = month(&w[1]).map(|m| (m, &w[0])).or_else(|| month(&w[0]).map(|m| (m, &w[1])))?;
        ymd(year, month, day.parse().ok()?)
    })
}

fn month(word: &str) -> Option<u32> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    MONTHS.iter().zip(1..).find(|(name, _)| word == **name || (word.len() == 3 && name.starts_with(word))).map(|m| m.1)
}

/// Whether a word only marks a number or a date: `年`, `第`, `期`, `June`, `Issue`.
pub(super) fn is_mark(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    word.chars().all(|c| "年月日第总期号".contains(c))
        || month(&lower).is_some()
        || matches!(lower.as_str(), "no" | "issue" | "number")
}

/// The line without the day of the week that stands beside a date: `（星期二）`.
pub(super) fn without_weekday(line: &str) -> String {
    let Some(at) = line.find("星期") else { return line.to_owned() };
    let behind = &line[at + "星期".len()..];
    let Some(day) = behind.chars().next().filter(|c| "一二三四五六日天".contains(*c)) else {
        return line.to_owned();
    };
    let (before, behind) = (&line[..at], &behind[day.len_utf8()..]);
    match (before.strip_suffix(['（', '(']), behind.strip_prefix(['）', ')'])) {
        (Some(before), Some(behind)) => format!("{before}{behind}"),
        _ => format!("{before}{behind}"),
    }
}

fn ymd(year: u32, month: u32, day: u32) -> Option<NaiveDate> {
    let year = i32::try_from(year).ok().filter(|year| (1900..=2199).contains(year))?;
    NaiveDate::from_ymd_opt(year, month, day)
}

fn words(line: &str) -> Vec<String> {
    line.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_ascii_lowercase).collect()
}

fn trailing_number(text: &str) -> Option<u32> {
    let start = text
        .rfind(|c: char| !c.is_ascii_digit())
        .map_or(0, |at| at + text[at..].chars().next().map_or(0, char::len_utf8));
    text[start..].parse().ok()
}

fn between(text: &str, open: &str, close: &str) -> Option<u32> {
    text.split_once(open)?.1.split_once(close)?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_in_every_form() {
        for (line, text, year, number, cumulative) in [
            ("2024年第6期", "2024年第6期", Some(2024), Some(6), None),
            ("二〇二四年第十二期", "二〇二四年第十二期", Some(2024), Some(12), None),
            ("２０２４年 第６期（总第128期）", "２０２４年第６期（总第128期）", Some(2024), Some(6), Some(128)),
            ("总第128期", "总第128期", None, None, Some(128)),
            ("第 6 期", "第6期", None, Some(6), None),
            ("（2026年第6期）", "2026年第6期", Some(2026), Some(6), None),
            ("（2026）第6期（总第9期）", "（2026）第6期（总第9期）", None, Some(6), Some(9)),
            ("云科发〔2024〕12号", "云科发〔2024〕12号", Some(2024), Some(12), None),
            ("第6期  2024年6月28日", "第6期", Some(2024), Some(6), None),
            ("No. 6, 2024", "No. 6, 2024", Some(2024), Some(6), None),
            ("Issue 7 · 28 June 2026", "Issue 7", Some(2026), Some(7), None),
            ("2024年第0期（总第128期）", "", Some(2024), None, Some(128)),
            ("No. 0, 2024", "", Some(2024), None, None),
        ] {
            let found = label(line).unwrap_or_else(|| panic!("{line} has a label"));
            assert_eq!(
                (found.text.as_str(), found.year, found.number, found.cumulative),
                (text, year, number, cumulative)
            );
        }
        for line in ["科技情报参考", "2024年6月28日", "学期", "第一季度"] {
            assert_eq!(label(line), None, "{line}");
        }
    }

    #[test]
    fn dates_in_every_form() {
        let day = NaiveDate::from_ymd_opt(2024, 6, 28);
        for line in [
            "2024年6月28日",
            "2024-06-28",
            "２０２４．０６．２８",
            "2024/6/28",
            "二〇二四年六月二十八日",
            "28 June 2024",
            "Issue 6 · June 28, 2024",
            "第6期　2024 年 6 月 28 日",
            "2024年第6期 2024年6月28日",
        ] {
            assert_eq!(date(line), day, "{line}");
        }
        for line in ["2024年第6期", "2024年6月", "2024-13-40", "电话：0471-5550138"] {
            assert_eq!(date(line), None, "{line}");
        }
    }
}
