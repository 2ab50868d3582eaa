//! Numbering: whether an issue's number follows those of the publication's other issues. A gap or a double is a warning
//! and never a refusal: a number may have been left out or printed twice on paper. Asked by the page of an issue's facts.

/// What an issue is numbered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Its year.
    pub year: Option<i32>,
    /// Its number within the year.
    pub number: Option<u32>,
    /// Its number since the first of all (总第N期).
    pub cumulative: Option<u32>,
}

/// What is odd about a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Oddity {
    /// Another issue of the year has this number.
    Double {
        /// The year.
        year: i32,
        /// The number.
        number: u32,
    },
    /// The one before it is not here; the last that is has this number, or 0 where the year has none before it.
    Gap {
        /// The year.
        year: i32,
        /// The last number before it.
        after: u32,
    },
    /// Another issue has this number of all.
    DoubleOfAll(u32),
    /// The one before it of all is not here; the last that is has this number.
    GapOfAll {
        /// The last number before it.
        after: u32,
    },
}

/// What is odd about an issue's number beside those of the publication's other issues. The first issue of a
/// publication may begin with any number.
pub fn oddities(own: Place, others: &[Place]) -> Vec<Oddity> {
    let in_year = own.year.zip(own.number).and_then(|(year, number)| odd_in_year(year, number, others));
    let of_all = own.cumulative.and_then(|number| odd_of_all(number, others));
    in_year.into_iter().chain(of_all).collect()
}

fn odd_in_year(year: i32, number: u32, others: &[Place]) -> Option<Oddity> {
    let numbers = || others.iter().filter(|other| other.year == Some(year)).filter_map(|other| other.number);
    if numbers().any(|other| other == number) {
        return Some(Oddity::Double { year, number });
    }
    // A year that began before ours did may begin here with any number.
    let knows_earlier = others.iter().any(|other| other.year.is_some_and(|other| other < year));
    let after = numbers().filter(|other| *other < number).max().or(knows_earlier.then_some(0))?;
    (number - after > 1).then_some(Oddity::Gap { year, after })
}

fn odd_of_all(number: u32, others: &[Place]) -> Option<Oddity> {
    let numbers = || others.iter().filter_map(|other| other.cumulative);
    if numbers().any(|other| other == number) {
        return Some(Oddity::DoubleOfAll(number));
    }
    let after = numbers().filter(|other| *other < number).max()?;
    (number - after > 1).then_some(Oddity::GapOfAll { after })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(year: i32, number: u32) -> Place {
        Place { year: Some(year), number: Some(number), cumulative: None }
    }

    #[test]
    fn a_number_follows_the_one_before_it() {
        let known = [place(2023, 11), place(2023, 12), place(2024, 1), place(2024, 2)];
        for (own, odd) in [
            (place(2024, 3), None),
            (place(2024, 2), Some(Oddity::Double { year: 2024, number: 2 })),
            (place(2024, 6), Some(Oddity::Gap { year: 2024, after: 2 })),
            (place(2025, 1), None),
            (place(2025, 3), Some(Oddity::Gap { year: 2025, after: 0 })),
            (place(2023, 10), None),
            (place(2022, 5), None),
            (Place { year: None, ..place(2024, 9) }, None),
            (Place { number: None, ..place(2024, 9) }, None),
        ] {
            assert_eq!(oddities(own, &known), Vec::from_iter(odd), "{own:?}");
        }
        assert_eq!(oddities(place(2024, 6), &[]), [], "the first issue here may have any number");
    }

    #[test]
    fn numbers_of_all_are_looked_at_by_themselves() {
        let of_all = |number| Place { cumulative: Some(number), ..Place::default() };
        let known = [of_all(27), of_all(28)];
        for (number, odd) in
            [(29, None), (28, Some(Oddity::DoubleOfAll(28))), (31, Some(Oddity::GapOfAll { after: 28 })), (5, None)]
        {
            assert_eq!(oddities(of_all(number), &known), Vec::from_iter(odd), "{number}");
        }
        let both = Place { cumulative: Some(28), ..place(2024, 2) };
        assert_eq!(oddities(both, &[both]), [Oddity::Double { year: 2024, number: 2 }, Oddity::DoubleOfAll(28)]);
    }
}
