//! Facts: what an issue says beside its articles: its number, its date, what an inbox shows of it, who made it. An
//! editor changes them together; where an issue has none of its own, those of the last issue are proposed.

use super::{Colophon, ColophonLine, Contents, Dating};
use serde::{Deserialize, Serialize};

/// The years that an issue can be of.
pub const YEARS: std::ops::RangeInclusive<i32> = 1900..=2199;

/// No number within a year is higher.
pub const HIGHEST: u32 = 999;

/// The longest label, subject or preheader, in characters: an inbox shows far less.
const LONGEST: usize = 200;

/// The longest name or line of an imprint, in characters: who gets copies can be a long line.
const LONGEST_LINE: usize = 600;

/// The most lines of an imprint.
const MOST_LINES: usize = 40;

/// What an issue says beside its articles. What is none is left out of the letter, or made by us.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The name on its masthead; none is the publication's.
    pub masthead: Option<String>,
    /// The label as printed; none is made of year and number.
    pub label: Option<String>,
    /// The year.
    pub year: Option<i32>,
    /// The number within the year.
    pub number: Option<u32>,
    /// 总第N期.
    pub cumulative_number: Option<u32>,
    /// Its date.
    pub published_on: Dating,
    /// Who compiled it; none is as the publication says.
    pub compiled_by: Option<String>,
    /// The subject of its letters; none is made of name, number and first title.
    pub subject: Option<String>,
    /// What an inbox shows beside the subject; none is made of the titles.
    pub preheader: Option<String>,
    /// The lines of the imprint.
    pub imprint: Vec<ColophonLine>,
}

/// What no issue can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unlawful {
    /// The year is outside [`YEARS`].
    Year,
    /// A number is 0, or the one within the year beyond [`HIGHEST`].
    Number,
    /// A text is longer than [`LONGEST`] or [`LONGEST_LINE`], the imprint than [`MOST_LINES`].
    Length,
    /// A text holds a character that no line of a letter may hold.
    Character,
}

impl Facts {
    /// Whether an issue can say this.
    ///
    /// # Errors
    /// What it cannot say.
    pub fn check(&self) -> Result<(), Unlawful> {
        if self.year.is_some_and(|year| !YEARS.contains(&year)) {
            return Err(Unlawful::Year);
        }
        if self.number.is_some_and(|number| !(1..=HIGHEST).contains(&number)) || self.cumulative_number == Some(0) {
            return Err(Unlawful::Number);
        }
        let is_long = |(text, longest): (&str, usize)| text.chars().count() > longest;
        if self.imprint.len() > MOST_LINES || self.texts().any(is_long) {
            return Err(Unlawful::Length);
        }
        let is_unfit = |c: char| c.is_control() || matches!(c, '\u{e000}'..='\u{f8ff}');
        if self.texts().any(|(text, _)| text.contains(is_unfit)) {
            return Err(Unlawful::Character);
        }
        Ok(())
    }

    /// Every text, with the most characters that it may have.
    fn texts(&self) -> impl Iterator<Item = (&str, usize)> {
        let short = [&self.label, &self.subject, &self.preheader].into_iter().flatten();
        let long = [&self.masthead, &self.compiled_by].into_iter().flatten().map(String::as_str);
        let lines = self.imprint.iter().flat_map(|line| [line.label.as_str(), line.value.as_str()]);
        short.map(|text| (text.as_str(), LONGEST)).chain(long.chain(lines).map(|text| (text, LONGEST_LINE)))
    }

    /// What an issue takes over from the last one where it says nothing itself. Its number, its date and its subject
    /// are its own.
    pub fn carried_over(&self, last: &Self) -> Self {
        let or = |own: &Option<String>, last: &Option<String>| own.clone().or_else(|| last.clone());
        Self {
            masthead: or(&self.masthead, &last.masthead),
            compiled_by: or(&self.compiled_by, &last.compiled_by),
            imprint: if self.imprint.is_empty() { last.imprint.clone() } else { self.imprint.clone() },
            ..self.clone()
        }
    }
}

impl Colophon {
    /// The imprint of these lines; the fields that are known by their labels are filled.
    pub fn of(lines: Vec<ColophonLine>) -> Self {
        let mut colophon = Self::default();
        for line in &lines {
            colophon.fill(line);
        }
        Self { lines, ..colophon }
    }

    fn fill(&mut self, line: &ColophonLine) {
        let field = match line.label.to_lowercase().as_str() {
            "编辑" | "责任编辑" | "执行编辑" | "本期编辑" | "责编" | "editor" | "editors" | "edited by" => {
                &mut self.editors
            }
            "电话" | "联系电话" | "phone" | "tel" | "telephone" => &mut self.phone,
            "地址" | "address" => &mut self.address,
            "报" | "送" | "发" | "报送" | "抄送" | "抄报" | "主送" | "copies to" => &mut self.copies_to,
            _ => return,
        };
        match field {
            Some(earlier) => {
                earlier.push('；');
                earlier.push_str(&line.value);
            }
            None => *field = Some(line.value.clone()),
        }
    }
}

impl Contents {
    /// What it says beside its articles.
    pub fn facts(&self) -> Facts {
        Facts {
            masthead: self.masthead.clone(),
            label: self.label.clone(),
            year: self.year,
            number: self.number,
            cumulative_number: self.cumulative_number,
            published_on: self.published_on,
            compiled_by: self.compiled_by.clone(),
            subject: self.subject.clone(),
            preheader: self.preheader.clone(),
            imprint: self.colophon.lines.clone(),
        }
    }

    /// The same articles with other facts.
    pub fn with_facts(self, facts: Facts) -> Self {
        Self {
            masthead: facts.masthead,
            label: facts.label,
            year: facts.year,
            number: facts.number,
            cumulative_number: facts.cumulative_number,
            published_on: facts.published_on,
            compiled_by: facts.compiled_by,
            subject: facts.subject,
            preheader: facts.preheader,
            colophon: Colophon::of(facts.imprint),
            any_size: self.any_size,
            attachments: self.attachments,
            extent: self.extent,
            articles: self.articles,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(label: &str, value: &str) -> ColophonLine {
        ColophonLine { label: label.into(), value: value.into() }
    }

    #[test]
    fn what_no_letter_can_carry_is_refused() {
        let good = Facts {
            year: Some(2024),
            number: Some(6),
            subject: Some("科技情报".into()),
            imprint: vec![line("电话", "5550138")],
            ..Facts::default()
        };
        assert_eq!(good.check(), Ok(()));
        for (facts, why) in [
            (Facts { year: Some(24), ..good.clone() }, Unlawful::Year),
            (Facts { number: Some(0), ..good.clone() }, Unlawful::Number),
            (Facts { number: Some(1000), ..good.clone() }, Unlawful::Number),
            (Facts { cumulative_number: Some(0), ..good.clone() }, Unlawful::Number),
            (Facts { subject: Some("长".repeat(LONGEST + 1)), ..good.clone() }, Unlawful::Length),
            (Facts { imprint: vec![line("", "x"); MOST_LINES + 1], ..good.clone() }, Unlawful::Length),
            (Facts { preheader: Some("a\nBcc: x".into()), ..good.clone() }, Unlawful::Character),
            (Facts { imprint: vec![line("电\u{e000}话", "1")], ..good.clone() }, Unlawful::Character),
        ] {
            assert_eq!(facts.check(), Err(why), "{facts:?}");
        }
    }

    #[test]
    fn an_issue_takes_over_who_made_it_and_keeps_what_it_says_itself() {
        let last = Facts {
            year: Some(2024),
            number: Some(5),
            published_on: Dating::DispatchDay,
            subject: Some("上期主题".into()),
            masthead: Some("科技情报参考".into()),
            compiled_by: Some("中心".into()),
            imprint: vec![line("编辑", "周宁")],
            ..Facts::default()
        };
        let bare = Facts { year: Some(2024), number: Some(6), ..Facts::default() };
        let carried = bare.carried_over(&last);
        assert_eq!((carried.number, carried.subject.as_deref()), (Some(6), None));
        assert_eq!(carried.published_on, Dating::Undated);
        assert_eq!((carried.compiled_by.as_deref(), &carried.imprint), (Some("中心"), &last.imprint));
        let own = Facts { imprint: vec![line("编辑", "李涛")], masthead: Some("参考".into()), ..bare };
        let carried = own.carried_over(&last);
        assert_eq!((carried.masthead.as_deref(), &carried.imprint), (Some("参考"), &own.imprint));
    }

    #[test]
    fn facts_go_into_an_issue_and_come_out_of_it() {
        let facts = Facts {
            year: Some(2024),
            number: Some(6),
            preheader: Some("本期看点".into()),
            imprint: vec![line("编辑", "李涛"), line("责编", "王明"), line("", "（共印120份）")],
            ..Facts::default()
        };
        let contents = Contents::default().with_facts(facts.clone());
        assert_eq!(contents.facts(), facts);
        assert_eq!(contents.colophon.editors.as_deref(), Some("李涛；王明"));
    }
}
