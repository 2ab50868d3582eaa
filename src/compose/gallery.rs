//! Gallery: every kind of letter with invented contents, to be looked at and to be measured. The issues come from
//! documents that `cli` has read; notices and variants are made here. Called by `cli::gallery`.

use super::notice::{self, Letter, samples};
use super::{Stationery, html_for, print, print_correction, sample_parcel, text_for, trial, with_pictures};
use crate::domain::address::Mailbox;
use crate::domain::asset::Assets;
use crate::domain::delivery::Parcel;
use crate::domain::edition::Print;
use crate::domain::extent::Extent;
use crate::domain::id::EditionId;
use crate::domain::issue::Contents;
use crate::domain::language::Language;
use crate::domain::moment::Moment;
use crate::domain::publication::Profile;
use crate::domain::theme::{Colour, Font, TextSize, Theme, Width};
pub use email_templates::gallery::Specimen;

/// Where the invented house has its pages.
const HOUSE: &str = "https://desk.yunze.example";

/// The day on which the letters are written: 15 September 2026.
const DAY: Moment = Moment(1_789_430_400_000);

/// A letter of the gallery: what is shown of it, and its whole bytes as a courier would carry them.
pub type Shown = (Specimen, Vec<u8>);

/// The page that shows them all.
pub fn page(letters: &[Shown]) -> String {
    let specimens: Vec<Specimen> = letters.iter().map(|(specimen, _)| specimen.clone()).collect();
    email_templates::gallery::page(&specimens).into_string()
}

/// An issue as it is, as a summary, in large type, in another theme, as a correction, and as a test letter.
///
/// # Errors
/// A sentence, where the issue cannot be printed or its letter is unfit to send.
pub fn of_issue(profile: &Profile, contents: &Contents, name: &str) -> Result<Vec<Shown>, String> {
    let plain = print(profile, contents).map_err(|error| error.to_string())?;
    let themed = |theme, motto: Option<&str>| {
        let motto = motto.map(str::to_owned);
        print(&Profile { theme, motto, ..profile.clone() }, contents).map_err(|error| error.to_string())
    };
    let short = Profile { extent: Extent::Summary, ..profile.clone() };
    let short = print(&short, contents).map_err(|error| error.to_string())?;
    let large = Theme { size: TextSize::Large, ..profile.theme };
    let (motto, reason) = match profile.language {
        Language::Chinese => ("内部资料 注意保存", "第一篇的日期应为3月2日"),
        Language::English => ("For the offices of the county", "the date of the first article is 2 March"),
    };
    let corrected = print_correction(profile, contents, reason).map_err(|error| error.to_string())?;
    let all = [
        ("issue", "issue", &plain),
        ("issue-summary", "issue as a summary", &short),
        ("issue-large", "issue in large type", &themed(large, None)?),
        ("issue-song", "issue in another theme", &themed(in_song(), Some(motto))?),
        ("correction", "correction", &corrected),
        ("trial", "test letter", &trial(&plain)),
    ];
    all.into_iter()
        .map(|(kind, title, print)| of_edition(print, &Assets::default(), (&format!("{name}-{kind}"), title)))
        .collect()
}

/// Blue and green, in Song, wide and without indents.
fn in_song() -> Theme {
    Theme {
        accent: Colour([0x0b, 0x57, 0xd0]),
        masthead: Colour([0, 0x4d, 0x40]),
        font: Font::Serif,
        size: TextSize::Normal,
        width: Width::Wide,
        indent: false,
    }
}

/// An issue's letter alone, with the bytes of its pictures.
///
/// # Errors
/// As [`of_issue`].
pub fn of_edition(print: &Print, assets: &Assets, (name, title): (&str, &str)) -> Result<Shown, String> {
    let parcel = sample_parcel(print, EditionId(5), DAY, Some(HOUSE));
    let stationery = Stationery::enclosing(print, EditionId(5), &print.digest(), assets);
    let stationery = stationery.map_err(|error| error.to_string())?;
    let title = spoken(print.letterhead.language, title);
    let (mut specimen, letter) = written(print, &parcel, &stationery, (name, &title))?;
    specimen.html = with_pictures(&specimen.html, print, assets);
    Ok((specimen, letter))
}

/// A notice of every kind.
///
/// # Errors
/// A sentence, where one is unfit to send.
pub fn of_notices(from: &Mailbox, language: Language) -> Result<Vec<Shown>, String> {
    let link = |notice: &crate::domain::notice::Notice| {
        let page = notice.page().unwrap_or_else(|| "/sign-in/reset/sample".into());
        format!("{HOUSE}{page}")
    };
    let to: Mailbox = "Lin <lin@yunze.example>".parse().expect("a well-formed address");
    let letters = samples(language).into_iter().enumerate().map(|(nth, notice)| {
        let (link, account) = (&link(&notice), &format!("{HOUSE}/account"));
        let print = notice::print(&Letter { notice: &notice, language, from, to: &to, link, account });
        let sample = sample_parcel(&print, EditionId(0), DAY, None);
        let parcel = Parcel { edition: None, leave: None, read: None, to: to.clone(), ..sample };
        let stationery = Stationery::of_notice(&print).map_err(|error| error.to_string())?;
        let name = format!("{}-notice-{nth:02}-{}", language.tag(), notice.kind());
        written(&print, &parcel, &stationery, (&name, &spoken(language, &format!("notice: {}", notice.kind()))))
    });
    letters.collect()
}

fn spoken(language: Language, title: &str) -> String {
    format!("{title} ({})", language.tag())
}

fn written(
    print: &Print,
    parcel: &Parcel,
    stationery: &Stationery,
    (name, title): (&str, &str),
) -> Result<Shown, String> {
    let mut letter = Vec::new();
    stationery.letter(parcel, &mut letter).map_err(|error| error.to_string())?;
    let specimen = Specimen {
        name: name.to_owned(),
        title: title.to_owned(),
        subject: print.subject.clone(),
        html: html_for(print, parcel),
        text: text_for(print, parcel),
    };
    Ok((specimen, letter))
}
