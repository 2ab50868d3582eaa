//! Form: an issue's facts as somebody types them, each a text, so that what is refused is kept as it was typed.

use crate::domain::issue::{ColophonLine, Dating, Facts};
use crate::domain::moment::Moment;
use crate::web::words::facts::Words;
use chrono::NaiveDate;

/// Facts as they are typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Typed {
    /// When what the visitor saw had been changed last (milliseconds since 1970).
    pub(super) seen: i64,
    pub(super) year: String,
    pub(super) number: String,
    pub(super) cumulative: String,
    pub(super) label: String,
    /// `on`, `dispatch-day` or `undated`.
    pub(super) dating: String,
    pub(super) date: String,
    pub(super) subject: String,
    pub(super) preheader: String,
    pub(super) masthead: String,
    pub(super) compiled_by: String,
    pub(super) imprint: Vec<ColophonLine>,
}

/// What was typed and cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Year,
    Number,
    Date,
}

impl Fault {
    pub(super) fn sentence(self, words: &Words) -> &'static str {
        match self {
            Self::Year => words.no_year,
            Self::Number => words.no_number,
            Self::Date => words.no_date,
        }
    }
}

impl From<Vec<(String, String)>> for Typed {
    /// What a browser sends: the imprint's labels and values by turns, everything else once.
    fn from(pairs: Vec<(String, String)>) -> Self {
        let mut typed = Self::default();
        for (name, value) in pairs {
            let value = value.trim().to_owned();
            match name.as_str() {
                "seen" => typed.seen = value.parse().unwrap_or_default(),
                "year" => typed.year = value,
                "number" => typed.number = value,
                "cumulative" => typed.cumulative = value,
                "label" => typed.label = value,
                "dating" => typed.dating = value,
                "date" => typed.date = value,
                "subject" => typed.subject = value,
                "preheader" => typed.preheader = value,
                "masthead" => typed.masthead = value,
                "compiled_by" => typed.compiled_by = value,
                "imprint-label" => typed.imprint.push(ColophonLine { label: value, value: String::new() }),
                "imprint-value" => {
                    if let Some(line) = typed.imprint.last_mut() {
                        line.value = value;
                    }
                }
                _ => {}
            }
        }
        typed.imprint.retain(|line| !line.label.is_empty() || !line.value.is_empty());
        typed
    }
}

impl Typed {
    /// What stands in the form before anybody types.
    pub(super) fn of(facts: &Facts, seen: Moment) -> Self {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let number = |number: Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
        let (dating, date) = match facts.published_on {
            Dating::On(day) => ("on", day.to_string()),
            Dating::DispatchDay => ("dispatch-day", String::new()),
            Dating::Undated => ("undated", String::new()),
        };
        Self {
            seen: seen.0,
            year: facts.year.map(|year| year.to_string()).unwrap_or_default(),
            number: number(facts.number),
            cumulative: number(facts.cumulative_number),
            label: text(&facts.label),
            dating: dating.to_owned(),
            date,
            subject: text(&facts.subject),
            preheader: text(&facts.preheader),
            masthead: text(&facts.masthead),
            compiled_by: text(&facts.compiled_by),
            imprint: facts.imprint.clone(),
        }
    }

    /// The facts that it says. A day that was chosen counts also where the button beside it was not.
    pub(super) fn facts(&self) -> Result<Facts, Fault> {
        let text = |text: &String| (!text.is_empty()).then(|| text.clone());
        Ok(Facts {
            masthead: text(&self.masthead),
            label: text(&self.label),
            year: read(&self.year, Fault::Year)?,
            number: read(&self.number, Fault::Number)?,
            cumulative_number: read(&self.cumulative, Fault::Number)?,
            published_on: self.published_on()?,
            compiled_by: text(&self.compiled_by),
            subject: text(&self.subject),
            preheader: text(&self.preheader),
            imprint: self.imprint.clone(),
        })
    }

    fn published_on(&self) -> Result<Dating, Fault> {
        match self.dating.as_str() {
            "dispatch-day" => Ok(Dating::DispatchDay),
            "undated" if self.date.is_empty() => Ok(Dating::Undated),
            _ => self.date.parse::<NaiveDate>().map(Dating::On).map_err(|_| Fault::Date),
        }
    }
}

fn read<T: std::str::FromStr>(text: &str, fault: Fault) -> Result<Option<T>, Fault> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_goes_into_the_form_and_comes_out_of_it() {
        let line = |label: &str, value: &str| ColophonLine { label: label.into(), value: value.into() };
        for published_on in
            [Dating::Undated, Dating::DispatchDay, Dating::On(NaiveDate::from_ymd_opt(2024, 6, 30).expect("a day"))]
        {
            let facts = Facts {
                year: Some(2024),
                number: Some(6),
                subject: Some("专刊".into()),
                published_on,
                imprint: vec![line("电话", "5550138"), line("", "（共印120份）")],
                ..Facts::default()
            };
            let typed = Typed::of(&facts, Moment(7));
            assert_eq!(typed.seen, 7);
            assert_eq!(typed.facts(), Ok(facts));
        }
    }

    #[test]
    fn lines_of_the_imprint_are_typed_in_pairs_and_empty_ones_are_left_out() {
        let pairs = [
            ("imprint-label", "编辑"),
            ("imprint-value", " 周宁 "),
            ("imprint-label", ""),
            ("imprint-value", ""),
            ("imprint-label", ""),
            ("imprint-value", "共印120份"),
            ("year", "二〇二四"),
        ];
        let typed = Typed::from(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec());
        let lines: Vec<_> = typed.imprint.iter().map(|line| (line.label.as_str(), line.value.as_str())).collect();
        assert_eq!(lines, [("编辑", "周宁"), ("", "共印120份")]);
        assert_eq!(typed.facts(), Err(Fault::Year));
    }
}
