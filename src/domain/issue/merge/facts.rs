//! Facts: what three states say beside their articles, merged one by one. Year, numbers and label are one fact, for they
//! say the same thing.

use super::{About, Asking, Choices};
use crate::domain::issue::{ColophonLine, Dating, Facts};

/// The facts of an issue between two states of its document; where all three differ those of the issue stay.
pub fn merge_facts(base: &Facts, mine: &Facts, theirs: &Facts) -> Facts {
    merge(base, mine, theirs, &mut Asking::new(&Choices::default()))
}

pub(super) fn merge(base: &Facts, mine: &Facts, theirs: &Facts, asking: &mut Asking<'_>) -> Facts {
    let three = [base, mine, theirs];
    let mut text = |about, of: fn(&Facts) -> &Option<String>| one(about, three.map(of), Clone::clone, asking);
    let masthead = text(About::Masthead, |facts| &facts.masthead);
    let compiled_by = text(About::Compiler, |facts| &facts.compiled_by);
    let subject = text(About::Subject, |facts| &facts.subject);
    let preheader = text(About::Preheader, |facts| &facts.preheader);
    let numbers = three.map(|facts| (facts.label.clone(), facts.year, facts.number, facts.cumulative_number));
    let (label, year, number, cumulative_number) = one(
        About::Number,
        numbers.each_ref(),
        |(label, year, number, _)| label.clone().or_else(|| numbered(*year, *number)),
        asking,
    );
    let published_on = one(About::Date, three.map(|facts| &facts.published_on), said_of_date, asking);
    let imprint = imprint(three.map(|facts| &facts.imprint), asking);
    Facts { masthead, label, year, number, cumulative_number, published_on, compiled_by, subject, preheader, imprint }
}

fn one<T: Clone + PartialEq>(
    about: About,
    [was, mine, theirs]: [&T; 3],
    say: impl Fn(&T) -> Option<String>,
    asking: &mut Asking<'_>,
) -> T {
    if mine == theirs || theirs == was {
        return mine.clone();
    }
    if mine == was {
        return theirs.clone();
    }
    match asking.ask(about, None, [was, mine, theirs].map(say)) {
        super::Side::Mine => mine.clone(),
        super::Side::Theirs => theirs.clone(),
    }
}

/// Line by line where all three have the same labels, else as a whole.
fn imprint(three: [&Vec<ColophonLine>; 3], asking: &mut Asking<'_>) -> Vec<ColophonLine> {
    let labels = three.map(|lines| lines.iter().map(|line| &line.label).collect::<Vec<_>>());
    let say = |line: &ColophonLine| Some(line.to_string());
    if labels[0] == labels[1] && labels[1] == labels[2] {
        let [base, mine, theirs] = three;
        let lines = base.iter().zip(mine).zip(theirs);
        return lines.map(|((was, mine), theirs)| one(About::Imprint, [was, mine, theirs], say, asking)).collect();
    }
    let whole =
        |lines: &Vec<ColophonLine>| Some(lines.iter().map(ColophonLine::to_string).collect::<Vec<_>>().join("\n"));
    one(About::Imprint, three, whole, asking)
}

fn numbered(year: Option<i32>, number: Option<u32>) -> Option<String> {
    let known = [year.map(i64::from), number.map(i64::from)].into_iter().flatten().map(|n| n.to_string());
    Some(known.collect::<Vec<_>>().join("-")).filter(|known| !known.is_empty())
}

fn said_of_date(dating: &Dating) -> Option<String> {
    match dating {
        Dating::Undated => None,
        Dating::DispatchDay => Some("dispatch-day".to_owned()),
        Dating::On(day) => Some(day.to_string()),
    }
}
