//! Answers: what was answered to one document's questions, given to the same questions of the next: the same finding at a
//! line of the same words. A question that is new stays open.

use crate::domain::document::Flag;
use std::collections::HashMap;

/// What reading a document asked, and its lines.
#[derive(Clone, Copy, Debug)]
pub struct Read<'a> {
    /// Its questions and notes.
    pub flags: &'a [Flag],
    /// Its lines; those of a flag are counted from 1.
    pub lines: &'a [String],
}

/// The flags of `new` with the answers that `old` has for them; an answer that a flag has already stays.
pub fn carry_answers(old: Read<'_>, new: Read<'_>) -> Vec<Flag> {
    let mut given: HashMap<String, Vec<Option<&String>>> = HashMap::new();
    for flag in old.flags.iter().rev() {
        given.entry(place(flag, old.lines)).or_default().push(flag.answer.as_ref());
    }
    let answered = |flag: &Flag| {
        // The nth question of its kind has the nth answer.
        let given = given.get_mut(&place(flag, new.lines)).and_then(Vec::pop).flatten();
        let given = given.filter(|key| flag.effects_of(key).is_some()).cloned();
        Flag { answer: flag.answer.clone().or(given), ..flag.clone() }
    };
    new.flags.iter().map(answered).collect()
}

/// What a question asks, with the words of its line.
fn place(flag: &Flag, lines: &[String]) -> String {
    let finding = serde_json::to_string(&flag.finding).expect("a finding is plain data");
    let line = flag.line.and_then(|line| lines.get(usize::try_from(line).ok()?.checked_sub(1)?));
    let words: String = line.map(|line| line.split_whitespace().collect()).unwrap_or_default();
    format!("{finding} {words}")
}
