//! Free: answers that are written out instead of chosen: a day, or year and number, as people write
//! them. Pure; called where a flag is asked what an answer does.

use super::{Effect, Finding};
use crate::domain::issue::Dating;
use chrono::NaiveDate;

/// The years that an issue can be of.
const YEARS: std::ops::RangeInclusive<u32> = 1900..=2199;

/// No number within a year is higher; a year alone is no number.
const HIGHEST: u32 = 999;

/// What a finding takes beside its listed choices, as the end of a sentence.
pub(super) fn forms(finding: &Finding) -> Option<&'static str> {
    match finding {
        Finding::MissingDate => Some("or a date such as 2026-11-27 or 2026年11月27日"),
        Finding::MissingNumber => Some("or a number such as 2026-11, 2026年第11期 or 第11期"),
        _ => None,
    }
}

/// What an answer that is written out does; none where it says nothing of the kind.
pub(super) fn effects(finding: &Finding, text: &str) -> Option<Vec<Effect>> {
    match finding {
        Finding::MissingDate => Some(vec![Effect::Date(Dating::On(day(text)?))]),
        Finding::MissingNumber => {
            let (year, number) = year_and_number(text)?;
            // The number first: a label that gets one is led by its year.
            let year = year.map(|year| Effect::Year(i32::try_from(year).expect("a year of four digits")));
            Some([Effect::Number(number)].into_iter().chain(year).collect())
        }
        _ => None,
    }
}

/// `2026-11-27`, `2026/11/27`, `2026年11月27日`.
fn day(text: &str) -> Option<NaiveDate> {
    let [year, month, day] = numbers(text, "-/.年月日号")?[..] else { return None };
    let year = Some(year).filter(|year| YEARS.contains(year))?;
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
}

/// `2026年第11期`, `2026-11`, `第11期`, `11`.
fn year_and_number(text: &str) -> Option<(Option<u32>, u32)> {
    let (year, number) = match numbers(text, "-/年第期号")?[..] {
        [number] => (None, number),
        [year, number] => (Some(year), number),
        _ => return None,
    };
    let lawful = (1..=HIGHEST).contains(&number) && year.is_none_or(|year| YEARS.contains(&year));
    lawful.then_some((year, number))
}

/// The numbers of a text that otherwise holds only these marks and white space; in full width too.
fn numbers(text: &str, marks: &str) -> Option<Vec<u32>> {
    let half = |c: char| match c {
        '０'..='９' => char::from_u32(c as u32 - '０' as u32 + '0' as u32).unwrap_or(c),
        '－' => '-',
        '／' => '/',
        c => c,
    };
    let text: String = text.chars().map(half).filter(|c| !c.is_whitespace()).collect();
    if !text.chars().all(|c| c.is_ascii_digit() || marks.contains(c)) {
        return None;
    }
    text.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty()).map(|d| d.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_as_people_write_them() {
        for text in ["2026-11-27", "2026/11/27", "2026.11.27", "2026年11月27日", " ２０２６年１１月２７日 "]
        {
            assert_eq!(day(text), NaiveDate::from_ymd_opt(2026, 11, 27), "{text}");
        }
        for text in ["2026-11", "27.11.2026", "2026-13-01", "tomorrow", "", "2026年11月27日（星期五）"] {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, year, number) in [
            ("2026年第11期", Some(2026), 11),
            ("2026年11期", Some(2026), 11),
            ("２０２６年 第 １１ 期", Some(2026), 11),
            ("2024-6", Some(2024), 6),
            ("2024/06", Some(2024), 6),
            ("第11期", None, 11),
            ("11", None, 11),
        ] {
            assert_eq!(year_and_number(text), Some((year, number)), "{text}");
        }
        for text in ["2026", "2026年", "0", "26-11", "2026-11-27", "none", "", "第十一期"] {
            assert_eq!(year_and_number(text), None, "{text}");
        }
    }
}
