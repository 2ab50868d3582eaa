//! Sheet: the form of an issue's facts, each field with what it would be by itself, what the last issue said, and, where
//! somebody else saved meanwhile, what is stored now.

use super::form::Typed;
use crate::domain::id::IssueId;
use crate::domain::issue::{ColophonLine, Facts};
use crate::domain::moment::Moment;
use crate::web::words::facts::Words;
use maud::{Markup, html};

/// Empty lines at the end of the imprint.
const SPARE: usize = 2;

/// What the form is made from.
pub(super) struct Sheet<'a> {
    pub(super) words: &'static Words,
    /// What stands in the fields.
    pub(super) typed: &'a Typed,
    /// What is stored.
    pub(super) own: &'a Facts,
    /// What the last issue says.
    pub(super) last: Option<&'a Facts>,
    /// Whether what is stored is shown beside what was typed.
    pub(super) is_stale: bool,
    /// Who compiles the publication.
    pub(super) compiled_by: Option<&'a str>,
    /// What it is called.
    pub(super) name: &'a str,
    /// Subject and preheader as they are made by themselves.
    pub(super) inbox: (String, String),
    pub(super) may_save: bool,
}

/// One field of text.
struct Field<'a> {
    name: &'static str,
    word: &'static str,
    typed: &'a str,
    /// What is stored.
    own: String,
    /// What the last issue says; none where that does not matter.
    last: Option<String>,
    /// What holds when it is left empty.
    otherwise: &'a str,
    hint: Option<&'static str>,
}

impl Sheet<'_> {
    /// The form.
    pub(super) fn form(&self, issue: IssueId) -> Markup {
        let words = self.words;
        html! {
            form .facts-form method="post" action={ "/issues/" (issue) "/facts" } {
                input type="hidden" name="seen" value=(self.typed.seen);
                fieldset disabled[!self.may_save] {
                    div .columns.even {
                        section .card.stack { h2 { (words.numbering) } (self.numbering()) }
                        section .card.stack { h2 { (words.inbox) } (self.inbox()) }
                        section .card.stack { h2 { (words.masthead_group) } (self.masthead()) }
                        section .card.stack { h2 { (words.imprint) } (self.imprint()) }
                    }
                    @if self.may_save { button .primary type="submit" { (words.save) } }
                }
            }
        }
    }

    fn numbering(&self) -> Markup {
        let (words, typed) = (self.words, self.typed);
        let stored = Typed::of(self.own, Moment::default());
        let last = self.last.map(|last| Typed::of(last, Moment::default()));
        let number = |name: &'static str, word: &'static str, typed: &str, own: &str, last: Option<&String>| {
            html! {
                label {
                    span { (word) }
                    input name=(name) value=(typed) inputmode="numeric" autocomplete="off";
                    @if let Some(last) = last.filter(|last| !last.is_empty()) { small .muted { ((words.last_said)(last)) } }
                    (self.stored(typed, own))
                }
            }
        };
        html! {
            div .numbers {
                (number("year", words.year, &typed.year, &stored.year, last.as_ref().map(|last| &last.year)))
                (number("number", words.number, &typed.number, &stored.number, last.as_ref().map(|last| &last.number)))
                (number("cumulative", words.cumulative, &typed.cumulative, &stored.cumulative, last.as_ref().map(|last| &last.cumulative)))
            }
            (self.field(&Field {
                name: "label",
                word: words.label,
                typed: &typed.label,
                own: stored.label,
                last: last.map(|last| last.label),
                otherwise: "",
                hint: Some(words.label_hint),
            }))
            (self.dating(&stored.dating, &stored.date))
        }
    }

    fn dating(&self, own: &str, day: &str) -> Markup {
        let (words, typed) = (self.words, self.typed);
        let choice = |value: &str, word: &str| {
            html! {
                label .choice { input type="radio" name="dating" value=(value) checked[typed.dating == value]; " " (word) }
            }
        };
        let now = match own {
            "dispatch-day" => words.dispatch_day,
            "undated" => words.undated,
            _ => day,
        };
        html! {
            fieldset .dating {
                legend { (words.date) }
                div { (choice("on", words.on)) input type="date" name="date" value=(typed.date) aria-label=(words.date); }
                (choice("dispatch-day", words.dispatch_day))
                (choice("undated", words.undated))
                @if self.is_stale && (typed.dating != own || typed.date != day) { small .now { ((words.now)(now)) } }
            }
        }
    }

    fn inbox(&self) -> Markup {
        let (words, typed) = (self.words, self.typed);
        let (subject, preheader) = &self.inbox;
        let field = |name, word, typed, own: &Option<String>, otherwise| {
            let own = own.clone().unwrap_or_default();
            self.field(&Field { name, word, typed, own, last: None, otherwise, hint: None })
        };
        html! {
            (field("subject", words.subject, &typed.subject, &self.own.subject, subject))
            (field("preheader", words.preheader, &typed.preheader, &self.own.preheader, preheader))
            small .muted { (words.made_by_itself) }
        }
    }

    fn masthead(&self) -> Markup {
        let (words, typed) = (self.words, self.typed);
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        html! {
            (self.field(&Field {
                name: "masthead",
                word: words.masthead,
                typed: &typed.masthead,
                own: text(&self.own.masthead),
                last: self.last.map(|last| text(&last.masthead)),
                otherwise: self.name,
                hint: None,
            }))
            (self.field(&Field {
                name: "compiled_by",
                word: words.compiled_by,
                typed: &typed.compiled_by,
                own: text(&self.own.compiled_by),
                last: self.last.map(|last| text(&last.compiled_by)),
                otherwise: self.compiled_by.unwrap_or_default(),
                hint: None,
            }))
        }
    }

    fn field(&self, field: &Field<'_>) -> Markup {
        html! {
            label {
                span { (field.word) (self.against_last(field)) }
                input name=(field.name) value=(field.typed) placeholder=(field.otherwise) autocomplete="off";
                @if let Some(hint) = field.hint { small .muted { (hint) } }
                (self.stored(field.typed, &field.own))
            }
        }
    }

    /// Whether it is taken over from the last issue, or differs from it.
    fn against_last(&self, field: &Field<'_>) -> Markup {
        let words = self.words;
        html! {
            @match &field.last {
                Some(last) if last == field.typed && field.own != *last => { " " em .carried { (words.carried) } },
                Some(last) if last == field.typed => {},
                Some(last) if last.is_empty() => { " " em .differs { (words.last_had_none) } },
                Some(last) => { " " em .differs { ((words.last_said)(last)) } },
                None => {},
            }
        }
    }

    /// What is stored now, where somebody else saved meanwhile.
    fn stored(&self, typed: &str, own: &str) -> Markup {
        let shown = if own.is_empty() { self.words.empty } else { own };
        html! { @if self.is_stale && typed != own { small .now { ((self.words.now)(shown)) } } }
    }

    fn imprint(&self) -> Markup {
        let words = self.words;
        let spare = ColophonLine { label: String::new(), value: String::new() };
        let lines = self.typed.imprint.iter().chain(std::iter::repeat_n(&spare, SPARE));
        let gone: Vec<String> = self.last.map(|last| self.gone(last)).unwrap_or_default();
        html! {
            small .muted { (words.imprint_hint) }
            ol .imprint { @for line in lines { li {
                input name="imprint-label" value=(line.label) aria-label=(words.imprint_label) autocomplete="off";
                input name="imprint-value" value=(line.value) aria-label=(words.imprint_value) autocomplete="off";
                (self.line_against_last(line))
            } } }
            @if !gone.is_empty() { p .hint { (words.gone_lines) (gone.join("；")) } }
            @if self.is_stale && self.typed.imprint != self.own.imprint {
                small .now { ((words.now)(&self.own.imprint.iter().map(shown).collect::<Vec<_>>().join("；"))) }
            }
        }
    }

    fn line_against_last(&self, line: &ColophonLine) -> Markup {
        let words = self.words;
        let Some(last) = self.last.filter(|_| !line.value.is_empty() || !line.label.is_empty()) else {
            return html! {};
        };
        let before = last.imprint.iter().find(|before| before.label == line.label && !line.label.is_empty());
        html! {
            @if last.imprint.contains(line) {
                @if !self.own.imprint.contains(line) { em .carried { (words.carried) } }
            } @else if let Some(before) = before {
                em .differs { ((words.last_said)(&before.value)) }
            } @else { em .differs { (words.new_line) } }
        }
    }

    /// The lines of the last issue's imprint that this one has no more.
    fn gone(&self, last: &Facts) -> Vec<String> {
        let has = |before: &ColophonLine| {
            let same = |line: &ColophonLine| line == before || (!line.label.is_empty() && line.label == before.label);
            self.typed.imprint.iter().any(same)
        };
        last.imprint.iter().filter(|before| !has(before)).map(shown).collect()
    }
}

fn shown(line: &ColophonLine) -> String {
    if line.label.is_empty() { line.value.clone() } else { format!("{}：{}", line.label, line.value) }
}
