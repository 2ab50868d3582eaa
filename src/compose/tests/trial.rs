//! A test letter beside the letter that it tries.

use super::fixture;
use crate::compose::view::language;
use crate::compose::{html_for, print, sample_parcel, text_for, trial};
use crate::domain::id::EditionId;
use crate::domain::language::Language;
use crate::domain::moment::Moment;

#[test]
fn a_test_letter_is_the_letter_with_a_mark_and_a_line_above() {
    for (tongue, mark) in [(Language::Chinese, "[测试] "), (Language::English, "[Test] ")] {
        let print = print(&fixture::publication(tongue), &fixture::contents(tongue)).expect("a letter");
        let marked = trial(&print);
        let (line, parcel) = (language(tongue).words().trial, sample_parcel(&print, EditionId(1), Moment(0), None));
        assert_eq!(marked.subject, format!("{mark}{}", print.subject));
        assert_eq!(text_for(&marked, &parcel), format!("{line}\n\n{}", text_for(&print, &parcel)));
        let html = html_for(&marked, &parcel);
        let (body, said) = (html.find("<body").expect("a body"), html.find(line).expect("the line"));
        assert!(body < said && said < html.find("<h1").expect("a masthead"), "{tongue:?}");
        let whole = email_templates::issue::trial(language(tongue)).into_string();
        assert_eq!(html.replacen(&whole, "", 1), html_for(&print, &parcel));
    }
}
