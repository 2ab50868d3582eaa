//! Flags: what an import found, gathered while it reads and named at the end. A question always
//! has a choice, its default first. Called by every reading step; owns the ids and the order.

use crate::domain::document::{Choice, Effect, Finding, Flag, Severity};
use crate::domain::issue::{BlockId, Dating};
use std::collections::HashMap;

/// The findings of one import.
#[derive(Debug, Default)]
pub(super) struct Flags(Vec<Flag>);

impl Flags {
    /// Notes something that was applied, or asks with the one answer `right`.
    pub(super) fn note(&mut self, finding: Finding, line: Option<u32>) {
        let choices = match finding.severity() {
            Severity::Confirm => vec![choice("right", Effect::Keep)],
            Severity::Look => Vec::new(),
        };
        self.push(finding, line, choices);
    }

    /// No date of issue: none, or the day of dispatch.
    pub(super) fn missing_date(&mut self) {
        let choices = vec![
            choice("none", Effect::Date(Dating::Undated)),
            choice("dispatch-day", Effect::Date(Dating::DispatchDay)),
        ];
        self.push(Finding::MissingDate, None, choices);
    }

    /// No year or no number, or the year was taken from the date.
    pub(super) fn missing_number(&mut self) {
        self.push(Finding::MissingNumber, None, vec![choice("none", Effect::Keep)]);
    }

    /// A subhead was split off the end of a paragraph.
    pub(super) fn glued_subhead(&mut self, head: &str, line: u32, block: BlockId) {
        let choices = vec![choice("split", Effect::Keep), choice("join", Effect::JoinToPrevious(block))];
        self.push(Finding::GluedSubhead(head.to_owned()), Some(line), choices);
    }

    /// Text before the first article was kept as this block.
    pub(super) fn left_over(&mut self, words: String, line: u32, block: BlockId) {
        let choices = vec![choice("keep", Effect::Keep), choice("drop", Effect::Drop(block))];
        self.push(Finding::LeftOver(words), Some(line), choices);
    }

    /// Contents list and heading differ by a letter or two.
    pub(super) fn title_differs(&mut self, article: usize, contents: &str, body: &str, line: u32) {
        let listed = Effect::Title { article, title: contents.to_owned() };
        let choices = vec![choice("body", Effect::Keep), choice("contents", listed)];
        let finding = Finding::TitleDiffers { contents: contents.to_owned(), body: body.to_owned() };
        self.push(finding, Some(line), choices);
    }

    fn push(&mut self, finding: Finding, line: Option<u32>, choices: Vec<Choice>) {
        self.0.push(Flag { id: String::new(), finding, line, choices, answer: None });
    }

    /// All of them, questions first, each group in the order of the document; named.
    pub(super) fn finish(self) -> Vec<Flag> {
        let mut flags = self.0;
        flags.sort_by_key(|flag| (flag.finding.severity() == Severity::Look, flag.line));
        let mut seen: HashMap<&'static str, u32> = HashMap::new();
        for flag in &mut flags {
            let kind = flag.finding.kind();
            let count = seen.entry(kind).or_default();
            *count += 1;
            flag.id = if is_single(&flag.finding) { kind.to_owned() } else { format!("{kind}-{count}") };
        }
        flags
    }
}

fn choice(key: &str, effect: Effect) -> Choice {
    Choice { key: key.to_owned(), effect }
}

/// Whether a document can have it only once.
fn is_single(finding: &Finding) -> bool {
    matches!(
        finding,
        Finding::MissingDate
            | Finding::MissingNumber
            | Finding::EncodingGuessed(_)
            | Finding::DateOfPage(_)
            | Finding::NumberSpacing(_)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_come_first_and_are_numbered_by_kind() {
        let mut flags = Flags::default();
        flags.note(Finding::RunInHead("甲。".into()), Some(3));
        flags.glued_subhead("乙", 9, BlockId(2));
        flags.glued_subhead("丙", 5, BlockId(1));
        flags.missing_date();
        let flags = flags.finish();
        let ids: Vec<_> = flags.iter().map(|flag| flag.id.as_str()).collect();
        assert_eq!(ids, ["missing-date", "glued-subhead-1", "glued-subhead-2", "run-in-head-1"]);
        assert_eq!(flags[1].finding, Finding::GluedSubhead("丙".into()));
        assert!(flags.iter().filter(|flag| flag.is_open()).all(|flag| flag.default_key().is_some()));
    }
}
