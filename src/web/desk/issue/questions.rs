//! Questions: what an import found, as the review asks it: each with its place, its choices as buttons, and the answer given,
//! which can be changed or taken back. Every button is a form of its own and works without a script.

use super::blocks;
use crate::domain::document::{Choice, Effect, Finding, Flag, Severity};
use crate::domain::id::IssueId;
use crate::domain::issue::edit::title_at;
use crate::domain::issue::{BlockId, Contents};
use crate::domain::language::Language;
use crate::web::words::review::Words;
use maud::{Markup, html};

/// So many notes of one kind are folded.
const FOLDED: usize = 4;

/// The questions of one issue.
pub(super) struct Questions<'a> {
    pub(super) issue: IssueId,
    pub(super) contents: &'a Contents,
    pub(super) flags: &'a [Flag],
    pub(super) language: Language,
    /// Whether the visitor may answer.
    pub(super) may_answer: bool,
    /// What was refused of which flag, with what was typed.
    pub(super) refused: Option<Refused<'a>>,
}

/// An answer that was refused.
#[derive(Clone, Copy)]
pub(super) struct Refused<'a> {
    pub(super) flag: &'a str,
    pub(super) typed: &'a str,
    pub(super) why: &'a str,
}

impl Questions<'_> {
    fn words(&self) -> &'static Words {
        Words::of(self.language)
    }

    fn of(&self, severity: Severity) -> impl Iterator<Item = &Flag> {
        self.flags.iter().filter(move |flag| flag.finding.severity() == severity)
    }

    /// How many are open.
    pub(super) fn open(&self) -> usize {
        self.flags.iter().filter(|flag| flag.is_open()).count()
    }

    /// All of them: what must be confirmed, then what is worth a look.
    pub(super) fn all(&self) -> Markup {
        let words = self.words();
        let notes = self.of(Severity::Look).count();
        html! {
            h2 { (words.confirm) " " span .count { (self.open()) } }
            @if self.open() == 0 { p .notice { (words.all_clear) } }
            @if self.open() > 1 && self.may_answer { (self.defaults()) }
            @for flag in self.of(Severity::Confirm) { (self.question(flag)) }
            h2 { (words.look) " " span .count { (notes) } }
            @if notes == 0 { p .muted { (words.no_notes) } }
            @for group in self.groups() { (self.group(&group)) }
        }
    }

    /// What is worth a look, kind by kind, in the order in which the kinds come first.
    fn groups(&self) -> Vec<Vec<&Flag>> {
        let mut groups: Vec<Vec<&Flag>> = Vec::new();
        for flag in self.of(Severity::Look) {
            let kind = flag.finding.kind();
            match groups.iter_mut().find(|group| group.iter().any(|other| other.finding.kind() == kind)) {
                Some(group) => group.push(flag),
                None => groups.push(vec![flag]),
            }
        }
        groups
    }

    /// Many of a kind are folded under what they are.
    fn group(&self, flags: &[&Flag]) -> Markup {
        let list = html! {
            ul .notes { @for flag in flags {
                li #{ "q-" (flag.id) } .spot tabindex="-1" data-line=[flag.line] data-block=[self.block(flag)] {
                    (flag.finding.message(self.language)) " " (self.place(flag))
                }
            } }
        };
        let words = self.words();
        match flags {
            [first, ..] if flags.len() >= FOLDED => html! {
                details .group { summary { ((words.kind)(&first.finding)) " " span .count { (flags.len()) } } (list) }
            },
            _ => list,
        }
    }

    fn defaults(&self) -> Markup {
        html! {
            form .defaults method="post" action={ "/issues/" (self.issue) "/answers/defaults" } {
                button type="submit" { ((self.words().defaults)(self.open())) }
            }
        }
    }

    fn question(&self, flag: &Flag) -> Markup {
        let refused = self.refused.filter(|refused| refused.flag == flag.id);
        html! {
            section #{ "q-" (flag.id) } .question.spot.open[flag.is_open()] tabindex="-1" data-line=[flag.line] data-block=[self.block(flag)] {
                p .asks { (flag.finding.message(self.language)) }
                p .where { (self.place(flag)) }
                @if let Some(refused) = refused { p .refusal role="alert" { (refused.why) } }
                @match &flag.answer {
                    Some(key) => (self.answered(flag, key)),
                    None if self.may_answer => (self.choices(flag, None)),
                    None => {},
                }
            }
        }
    }

    fn answered(&self, flag: &Flag, key: &str) -> Markup {
        let words = self.words();
        html! {
            p .given { span .done { "✓ " } (words.your_answer) strong { ((words.choice)(&flag.finding, key)) } }
            @if self.may_answer {
                div .again {
                    form method="post" action={ "/issues/" (self.issue) "/answers/take-back" } {
                        input type="hidden" name="flags" value=(flag.id);
                        button .quiet type="submit" { (words.undo) }
                    }
                    @if flag.choices.len() > 1 || is_written(&flag.finding) {
                        details open[self.refused.is_some_and(|refused| refused.flag == flag.id)] {
                            summary { (words.change) }
                            (self.choices(flag, Some(key)))
                        }
                    }
                }
            }
        }
    }

    fn choices(&self, flag: &Flag, given: Option<&str>) -> Markup {
        let words = self.words();
        let offered = |choice: &&Choice| given != Some(choice.key.as_str());
        html! {
            form .answers method="post" action={ "/issues/" (self.issue) "/answers" } {
                input type="hidden" name="flag" value=(flag.id);
                @for choice in flag.choices.iter().filter(offered) {
                    @let is_default = flag.default_key() == Some(choice.key.as_str());
                    button type="submit" name="key" value=(choice.key) .default[is_default] {
                        ((words.choice)(&flag.finding, &choice.key))
                        @if is_default { " " small { (words.default) } }
                    }
                }
            }
            @if is_written(&flag.finding) { (self.written(flag)) }
        }
    }

    /// A date or number that no button offers.
    fn written(&self, flag: &Flag) -> Markup {
        let words = self.words();
        let typed = self.refused.filter(|refused| refused.flag == flag.id).map(|refused| refused.typed);
        let is_date = flag.finding == Finding::MissingDate;
        html! {
            form .written method="post" action={ "/issues/" (self.issue) "/answers" } {
                input type="hidden" name="flag" value=(flag.id);
                label {
                    span { (if is_date { words.other_date } else { words.other_number }) }
                    @if is_date { input type="date" name="key" required value=[typed]; }
                    @else { input name="key" required value=[typed] placeholder=(words.number_hint) autocomplete="off"; }
                }
                button type="submit" { (words.take) }
            }
        }
    }

    /// Where it stands in the manuscript, and where in the result.
    fn place(&self, flag: &Flag) -> Markup {
        html! {
            @if let Some(line) = flag.line {
                a .to-line href={ "?show=source#l" (line) } { ((self.words().line)(line)) }
                @if let Some(block) = self.block(flag) {
                    " · " a .to-block href={ "?show=result#" (block) } { (self.words().in_result) }
                }
            }
        }
    }

    /// The place in the result that a flag is about: what its answer would change, else what was read from its line.
    fn block(&self, flag: &Flag) -> Option<String> {
        let is_there = |block: BlockId| self.contents.articles.iter().any(|a| a.blocks.iter().any(|b| b.id == block));
        let about = flag.choices.iter().find_map(|choice| match &choice.effect {
            Effect::JoinToPrevious(block) | Effect::Drop(block) => is_there(*block).then(|| blocks::name(*block)),
            Effect::Title { article, .. } => Some(blocks::name(title_at(*article))),
            Effect::Keep | Effect::Date(_) | Effect::Year(_) | Effect::Number(_) => None,
        });
        let line = flag.line?;
        let mut blocks = self.contents.articles.iter().flat_map(|article| &article.blocks);
        let mut read_from = || blocks.find(|block| (block.lines.0..=block.lines.1).contains(&line));
        about.or_else(|| read_from().map(|block| blocks::name(block.id)))
    }
}

/// Whether an answer can be written out.
fn is_written(finding: &Finding) -> bool {
    matches!(finding, Finding::MissingDate | Finding::MissingNumber)
}
