//! Issues as the desk shows them: what each is called, and all that its state follows from. The state itself is the law of
//! `domain/issue`. Called by the pages; they ask for a page of issues at a time, never for all.

use super::super::{Connection, Error, Result, from_json, to_json};
use crate::domain::dispatch::Phase;
use crate::domain::id::{EditionId, IssueId, PublicationId};
use crate::domain::issue::{Going, Place, Standing};
use crate::domain::moment::Moment;
use chrono_tz::Tz;

/// An issue as the desk shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    /// Which.
    pub id: IssueId,
    /// Its publication.
    pub publication: PublicationId,
    /// Its publication's short name.
    pub slug: String,
    /// Its publication's name.
    pub name: String,
    /// The zone in which its times are meant.
    pub zone: Tz,
    /// Its label as printed, where it has one.
    pub label: Option<String>,
    /// Its number: what pages call it by where it has no label.
    pub place: Place,
    /// The file that it was read from.
    pub document: String,
    /// When that was taken in.
    pub taken_in_at: Moment,
    /// When it was last changed.
    pub changed_at: Moment,
    /// Who put its edition forward and so may not approve it.
    pub submitters: Vec<String>,
    /// What its state follows from.
    pub standing: Standing,
}

/// Which issues a page shows; the newest of all where nothing is said.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// Only this one.
    pub one: Option<IssueId>,
    /// Only those before this one: the next page.
    pub before: Option<IssueId>,
    /// Only those of these publications.
    pub only: Option<Vec<PublicationId>>,
    /// At most so many.
    pub at_most: Option<i64>,
}

/// Those that a page shows, the newest first.
///
/// # Errors
/// [`Error::Unreadable`] or [`Error::Broken`].
pub async fn known(conn: &mut Connection, shown: &Shown) -> Result<Vec<Known>> {
    let (one, before) = (shown.one.map(|id| id.0), shown.before.map(|id| id.0));
    let (only, at_most) = (shown.only.as_ref().map(to_json), shown.at_most.unwrap_or(i64::MAX));
    let rows = sqlx::query!(
        r#"SELECT i.id AS "id!: i64", i.publication_id, p.slug, p.name AS publication, p.zone, p.approvals AS "approvals: u8",
                  i.facts ->> '$.label' AS "label?: String", i.year AS "year: i32", i.number AS "number: u32",
                  i.facts ->> '$.cumulative_number' AS "cumulative?: u32", d.name, d.taken_in_at, i.changed_at, i.edition_id,
                  (SELECT count(*) FROM flag AS f WHERE f.issue_id = i.id AND f.answer IS NULL AND f.choices <> '[]') AS "open!: i64",
                  (SELECT json_group_array(json_array(a.actor, a.answer)) FROM approval AS a
                   WHERE a.edition_id = i.edition_id
                     AND a.id = (SELECT max(b.id) FROM approval AS b WHERE b.edition_id = a.edition_id AND b.actor = a.actor))
                      AS "answers!: String",
                  (SELECT json_group_array(DISTINCT b.actor) FROM submission AS b
                   WHERE b.edition_id = i.edition_id AND NOT p.own_approval) AS "submitters!: String",
                  (SELECT json_group_array(json_array(coalesce(e.unmarked_id, e.id), s.phase, s.at))
                   FROM dispatch AS s JOIN edition AS e ON e.id = s.edition_id
                   WHERE s.issue_id = i.id AND s.phase <> 'cancelled') AS "dispatches!: String"
           FROM issue AS i JOIN publication AS p ON p.id = i.publication_id JOIN document AS d ON d.id = coalesce(i.source_id, i.document_id)
           WHERE (?1 IS NULL OR i.id = ?1) AND (?2 IS NULL OR i.id < ?2)
             AND (?3 IS NULL OR i.publication_id IN (SELECT value FROM json_each(?3)))
           ORDER BY i.id DESC LIMIT ?4"#,
        one,
        before,
        only,
        at_most
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Known {
                id: row.id.into(),
                publication: row.publication_id.into(),
                slug: row.slug,
                name: row.publication,
                zone: row.zone.parse().map_err(|_| Error::Unreadable("publication"))?,
                label: row.label,
                place: Place { year: row.year, number: row.number, cumulative: row.cumulative },
                document: row.name,
                taken_in_at: Moment(row.taken_in_at),
                changed_at: Moment(row.changed_at),
                submitters: from_json("submission", &row.submitters)?,
                standing: Standing {
                    open: usize::try_from(row.open).unwrap_or_default(),
                    edition: row.edition_id.map(EditionId),
                    needed: row.approvals,
                    answers: answers(&row.answers)?,
                    dispatches: dispatches(&row.dispatches)?,
                },
            })
        })
        .collect()
}

fn answers(json: &str) -> Result<Vec<(String, bool)>> {
    let answers: Vec<(String, String)> = from_json("approval", json)?;
    Ok(answers.into_iter().map(|(actor, answer)| (actor, answer == "yes")).collect())
}

fn dispatches(json: &str) -> Result<Vec<Going>> {
    let rows: Vec<(i64, String, i64)> = from_json("dispatch", json)?;
    let going = |(edition, phase, at): (i64, String, i64)| {
        let phase = Phase::from_word(&phase).ok_or(Error::Unreadable("dispatch"))?;
        Ok(Going { edition: EditionId(edition), phase, at: Moment(at) })
    };
    rows.into_iter().map(going).collect()
}

/// The issue that comes before one in its publication, by year and number; the newest of the others where it has no number,
/// or none comes before it.
///
/// # Errors
/// [`Error::Broken`].
pub async fn last_before(
    conn: &mut Connection,
    publication: PublicationId,
    id: IssueId,
    place: Place,
) -> Result<Option<IssueId>> {
    let (year, number) = place.year.zip(place.number).unzip();
    let found = sqlx::query_scalar!(
        r#"SELECT id AS "id!: i64" FROM issue
           WHERE publication_id = ?1 AND id <> ?2
           ORDER BY coalesce((year, number) < (?3, ?4), 0) DESC, year IS NULL OR number IS NULL, year DESC, number DESC,
                    id DESC LIMIT 1"#,
        publication.0,
        id.0,
        year,
        number
    )
    .fetch_optional(conn)
    .await?;
    Ok(found.map(IssueId))
}

/// What the other issues of a publication are numbered.
///
/// # Errors
/// [`Error::Broken`].
pub async fn places(conn: &mut Connection, publication: PublicationId, except: IssueId) -> Result<Vec<Place>> {
    let rows = sqlx::query!(
        r#"SELECT year AS "year: i32", number AS "number: u32", facts ->> '$.cumulative_number' AS "cumulative?: u32"
           FROM issue WHERE publication_id = ? AND id <> ?"#,
        publication.0,
        except.0
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| Place { year: row.year, number: row.number, cumulative: row.cumulative }).collect())
}
