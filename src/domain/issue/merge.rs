//! Merge: a corrected document comes into an issue that was edited meanwhile. Three states: *base*, what the document before
//! says; *mine*, what the issue says now; *theirs*, what the corrected one says. Theirs is taken where mine is as base, mine
//! is kept where theirs is as base, and where all three differ that is a [`Question`]. Nothing of either goes in silence.
//! Pure; called by actions.

mod answers;
mod facts;
mod lay;
mod names;
mod row;
mod way;

#[cfg(test)]
mod tests;

pub use answers::{Read, carry_answers};
pub use facts::merge_facts;
pub use names::Names;

use super::Contents;
use std::collections::BTreeMap;

/// The three states that a merge is made of.
#[derive(Clone, Copy, Debug)]
pub struct Three<'a> {
    /// What the document before says, with the answers given.
    pub base: &'a Contents,
    /// What the issue says now.
    pub mine: &'a Contents,
    /// What the corrected document says, with the answers that still hold.
    pub theirs: &'a Contents,
}

/// What came of a merge.
#[derive(Clone, Debug, PartialEq)]
pub struct Merged {
    /// What the issue says then.
    pub contents: Contents,
    /// How the passages of the corrected document, as it is read, are called in the issue.
    pub names: Names,
    /// Where all three differ.
    pub questions: Vec<Question>,
    /// The highest name given.
    pub named: u32,
}

/// All three differ here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Its number, from 1; the same for the same three states.
    pub number: u32,
    /// What it is about.
    pub about: About,
    /// The title of the article that it stands in, where it does.
    pub article: Option<String>,
    /// What the document before said; none where it is not there.
    pub was: Option<String>,
    /// What the issue says.
    pub mine: Option<String>,
    /// What the corrected document says.
    pub theirs: Option<String>,
    /// Which one holds.
    pub side: Side,
}

/// What a question is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// A passage.
    Passage,
    /// A whole article, which one took out and the other changed.
    Article,
    /// The order of the articles.
    Order,
    /// The name on the masthead.
    Masthead,
    /// Label, year and numbers.
    Number,
    /// The date.
    Date,
    /// Who compiled it.
    Compiler,
    /// The subject.
    Subject,
    /// What an inbox shows beside it.
    Preheader,
    /// The imprint.
    Imprint,
}

/// Which of two texts holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Side {
    /// What the issue says: nothing that an editor wrote is replaced unasked.
    #[default]
    Mine,
    /// What the corrected document says.
    Theirs,
}

impl Side {
    /// The word in forms and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Mine => "mine",
            Self::Theirs => "theirs",
        }
    }

    /// The side of this word, if it is one.
    pub fn of(word: &str) -> Option<Self> {
        [Self::Mine, Self::Theirs].into_iter().find(|side| side.word() == word)
    }
}

/// The answers to the questions, by their numbers; what is not answered goes by the default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    /// Where nothing is said.
    pub default: Side,
    /// What is said.
    pub said: BTreeMap<u32, Side>,
}

/// Merges; names for new passages are given from above `named`.
pub fn merge(three: &Three<'_>, named: u32, choices: &Choices) -> Merged {
    let mut asking = Asking::new(choices);
    let row::Done { articles, names, named } = row::merge(three, named, &mut asking);
    let [base, mine, theirs] = [three.base, three.mine, three.theirs].map(Contents::facts);
    let facts = facts::merge(&base, &mine, &theirs, &mut asking);
    let colophon = [three.theirs, three.mine].map(|side| &side.colophon).into_iter().find(|c| c.lines == facts.imprint);
    let colophon = colophon.cloned();
    let mut contents = Contents { articles, ..three.mine.clone() }.with_facts(facts);
    contents.colophon = colophon.unwrap_or(contents.colophon);
    Merged { contents, names, questions: asking.questions, named }
}

/// Asks one question after the other.
struct Asking<'a> {
    choices: &'a Choices,
    questions: Vec<Question>,
}

impl<'a> Asking<'a> {
    fn new(choices: &'a Choices) -> Self {
        Self { choices, questions: Vec::new() }
    }

    /// Asks; `texts` are what was, mine and theirs.
    fn ask(&mut self, about: About, article: Option<String>, texts: [Option<String>; 3]) -> Side {
        let number = u32::try_from(self.questions.len()).unwrap_or(u32::MAX).saturating_add(1);
        let side = self.choices.said.get(&number).copied().unwrap_or(self.choices.default);
        let [was, mine, theirs] = texts;
        self.questions.push(Question { number, about, article, was, mine, theirs, side });
        side
    }
}
