//! Editions: an issue is frozen here and put forward; `approval` has what reviewers say, `trial` the test letters.

pub mod approval;
pub mod trial;

pub use approval::{approve, send_back};
pub use trial::{Trial, try_out};

use super::{Error, Result, issue, schedule};
use crate::compose;
use crate::domain::asset::Assets;
use crate::domain::audit::Actor;
use crate::domain::edition::{Edition, Print};
use crate::domain::id::{EditionId, IssueId};
use crate::domain::issue::{Contents, Dating, Issue};
use crate::domain::moment::Moment;
use crate::domain::publication::Profile;
use crate::store::{self, Connection, Store, Writing};

/// Freezes an issue as it is now into an edition, and puts it forward to its reviewers. Submitting it unchanged finds
/// the same edition. Where it is dated by its dispatch, it gets the day of the next hour of its schedule, or today's
/// without one.
///
/// # Errors
/// [`Error::QuestionsOpen`], [`Error::Unprintable`], [`Error::Unknown`].
pub async fn submit(store: &Store, actor: Actor, now: Moment, id: IssueId) -> Result<EditionId> {
    let mut writing = store.write(actor, now).await?;
    let day = day_of(&mut writing, id).await?;
    let before = store::issue::edition_of(&mut writing, id).await?;
    let edition = submit_within(&mut writing, id, day).await?;
    approval::put_forward(&mut writing, id, (edition, day), before != Some(edition)).await?;
    writing.commit().await?;
    Ok(edition)
}

/// The day that dates an issue which is dated by its dispatch.
async fn day_of(writing: &mut Writing, id: IssueId) -> Result<Moment> {
    let publication = issue::find(writing, id).await?.publication;
    let publication = store::publication::find(writing, publication).await?;
    let now = writing.now;
    schedule::day_of_dispatch(writing, &publication, now).await
}

/// The same inside a transaction that does more. `day` is the moment whose day dates an issue that
/// is dated by its dispatch.
pub(super) async fn submit_within(writing: &mut Writing, id: IssueId, day: Moment) -> Result<EditionId> {
    let before = store::issue::edition_of(writing, id).await?;
    let edition = freeze_within(writing, id, day).await?;
    store::issue::is_held_by(writing, id, edition).await?;
    // What it holds already was submitted then, by whoever did it.
    if before != Some(edition) {
        note(writing, id, edition).await?;
    }
    Ok(edition)
}

/// Freezes an issue without submitting it: nothing goes out by that.
async fn freeze_within(writing: &mut Writing, id: IssueId, day: Moment) -> Result<EditionId> {
    let (profile, contents) = to_print(writing, id, day).await?;
    let print = compose::print(&profile, &contents)?;
    freeze(writing, id, &print, None).await
}

/// Freezes an issue with the mark of a correction and its reason. It is not what the issue says now: a schedule
/// sends that one, to whom the issue is new. `words` is the edition of the same day without the mark.
pub(super) async fn mark_within(
    writing: &mut Writing,
    id: IssueId,
    (words, day): (EditionId, Moment),
    reason: &str,
) -> Result<EditionId> {
    let (profile, contents) = to_print(writing, id, day).await?;
    let print = compose::print_correction(&profile, &contents, reason)?;
    let edition = freeze(writing, id, &print, Some(words)).await?;
    note(writing, id, edition).await?;
    Ok(edition)
}

/// An issue that may be printed, dated.
async fn to_print(writing: &mut Writing, id: IssueId, day: Moment) -> Result<(Profile, Contents)> {
    let issue = issue::find(writing, id).await?;
    let open: Vec<_> = issue.flags.iter().filter(|flag| flag.is_open()).cloned().collect();
    if !open.is_empty() {
        return Err(Error::QuestionsOpen { issue: id, open });
    }
    let profile = store::publication::find(writing, issue.publication).await?.profile;
    let contents = dated(issue.contents, &profile, day);
    Ok((profile, contents))
}

/// What is dated by its dispatch gets that day.
fn dated(mut contents: Contents, profile: &Profile, day: Moment) -> Contents {
    if contents.published_on == Dating::DispatchDay {
        contents.published_on = Dating::On(day.day_in(profile.zone));
    }
    contents
}

async fn freeze(writing: &mut Writing, id: IssueId, print: &Print, unmarked: Option<EditionId>) -> Result<EditionId> {
    if lacks_page(writing, print).await? {
        return Err(compose::Unprintable::NoPage.into());
    }
    // Fails closed here, in front of the editor, and not in front of the relay.
    for print in [print, print.whole()] {
        let assets = enclosed(writing, print).await?;
        compose::Stationery::enclosing(print, EditionId(0), &print.digest(), &assets)?;
    }
    Ok(store::edition::insert(writing, id, print, unmarked).await?)
}

/// Whether a print leads to a page that nobody serves.
async fn lacks_page(conn: &mut Connection, print: &Print) -> Result<bool> {
    Ok(print.whole.is_some() && !store::station::has_pages(conn).await?)
}

async fn note(writing: &mut Writing, id: IssueId, edition: EditionId) -> Result<()> {
    Ok(store::audit::note(writing, "submit", "edition", Some(edition.0), Some(format!("issue {id}"))).await?)
}

/// An issue as it would be mailed now.
#[derive(Debug)]
pub struct Preview {
    /// The issue.
    pub issue: Issue,
    /// Its publication.
    pub profile: Profile,
    /// Its letters, or why there can be none.
    pub print: std::result::Result<Print, compose::Unprintable>,
    /// The edition that they are of, where the issue is submitted as it is.
    pub edition: Option<EditionId>,
}

/// What an issue would be mailed as now: its edition where it has one, else as it would be frozen, whatever
/// questions are open.
///
/// # Errors
/// [`Error::Unknown`].
pub async fn preview(conn: &mut Connection, now: Moment, id: IssueId) -> Result<Preview> {
    let issue = issue::find(conn, id).await?;
    let publication = store::publication::find(conn, issue.publication).await?;
    let edition = store::issue::edition_of(conn, id).await?;
    let print = match edition {
        Some(edition) => Ok(find(conn, edition).await?.print),
        None => {
            let day = schedule::day_of_dispatch(conn, &publication, now).await?;
            match compose::print(&publication.profile, &dated(issue.contents.clone(), &publication.profile, day)) {
                Ok(print) if lacks_page(conn, &print).await? => Err(compose::Unprintable::NoPage),
                printed => printed,
            }
        }
    };
    Ok(Preview { issue, profile: publication.profile, print, edition })
}

/// What an issue would be printed as with another profile of its publication than it has: for looking at settings
/// that are not saved.
///
/// # Errors
/// [`Error::Unknown`], [`Error::Unprintable`].
pub async fn print_with(conn: &mut Connection, now: Moment, id: IssueId, profile: &Profile) -> Result<Print> {
    let issue = issue::find(conn, id).await?;
    let publication = store::publication::find(conn, issue.publication).await?;
    let day = schedule::day_of_dispatch(conn, &publication, now).await?;
    Ok(compose::print(profile, &dated(issue.contents, profile, day))?)
}

/// The bytes of what a print encloses.
///
/// # Errors
/// [`store::Error::Broken`].
pub async fn enclosed(conn: &mut Connection, print: &Print) -> Result<Assets> {
    let pictures = print.pictures.iter().map(|picture| picture.digest);
    let digests: Vec<_> = pictures.chain(print.attachments.iter().map(|file| file.digest)).collect();
    Ok(store::asset::all(conn, &digests).await?)
}

/// The edition with this id.
///
/// # Errors
/// [`Error::Unknown`].
pub async fn find(conn: &mut Connection, id: EditionId) -> Result<Edition> {
    store::edition::find(conn, id).await?.ok_or_else(|| Error::Unknown {
        noun: "edition",
        name: id.to_string(),
        next: "`yizhan edition submit ISSUE` makes one",
    })
}
