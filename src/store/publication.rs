//! Publications, as rows.

use super::{Connection, Error, Result, Writing, from_json};
use crate::domain::address::{Address, Mailbox};
use crate::domain::id::PublicationId;
use crate::domain::publication::{Profile, Publication, Slug};

/// Adds one.
///
/// # Errors
/// [`Error::Constraint`] when the short name is taken.
pub async fn insert(writing: &mut Writing, profile: &Profile) -> Result<PublicationId> {
    let (slug, from_address) = (profile.slug.as_str(), profile.from.address.as_str());
    let (language, zone, now) = (profile.language.tag(), profile.zone.name(), writing.now.0);
    let undated = word(&profile.undated);
    let (reply_to, theme) = (profile.reply_to.as_ref().map(Address::as_str), super::to_json(&profile.theme));
    let (colophon, testers) = (super::to_json(&profile.colophon), super::to_json(&profile.testers));
    let extent = profile.extent.word();
    let id = sqlx::query!(
        "INSERT INTO publication (slug, name, from_name, from_address, compiled_by, approvals, language, zone, undated,
                                  own_approval, motto, reply_to, theme, colophon, testers, extent, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        slug,
        profile.name,
        profile.from.name,
        from_address,
        profile.compiled_by,
        profile.approvals,
        language,
        zone,
        undated,
        profile.own_approval,
        profile.motto,
        reply_to,
        theme,
        colophon,
        testers,
        extent,
        now
    )
    .execute(&mut **writing)
    .await?
    .last_insert_rowid();
    Ok(id.into())
}

/// Changes one; its short name stays.
///
/// # Errors
/// [`Error::Constraint`], [`Error::Broken`].
pub async fn update(writing: &mut Writing, id: PublicationId, profile: &Profile) -> Result<()> {
    let from_address = profile.from.address.as_str();
    let (language, zone, undated) = (profile.language.tag(), profile.zone.name(), word(&profile.undated));
    let (reply_to, theme) = (profile.reply_to.as_ref().map(Address::as_str), super::to_json(&profile.theme));
    let (colophon, testers) = (super::to_json(&profile.colophon), super::to_json(&profile.testers));
    let extent = profile.extent.word();
    sqlx::query!(
        "UPDATE publication SET name = ?, from_name = ?, from_address = ?, compiled_by = ?, approvals = ?, language = ?,
                zone = ?, undated = ?, own_approval = ?, motto = ?, reply_to = ?, theme = ?, colophon = ?, testers = ?, extent = ? WHERE id = ?",
        profile.name,
        profile.from.name,
        from_address,
        profile.compiled_by,
        profile.approvals,
        language,
        zone,
        undated,
        profile.own_approval,
        profile.motto,
        reply_to,
        theme,
        colophon,
        testers,
        extent,
        id.0
    )
    .execute(&mut **writing)
    .await?;
    Ok(())
}

/// One by its short name.
///
/// # Errors
/// [`Error::Unreadable`] or [`Error::Broken`].
pub async fn by_slug(conn: &mut Connection, slug: &Slug) -> Result<Option<Publication>> {
    Ok(all(conn).await?.into_iter().find(|publication| publication.profile.slug == *slug))
}

/// One by its id.
///
/// # Errors
/// [`Error::Unreadable`], also when there is none: ids come from our own rows.
pub async fn find(conn: &mut Connection, id: PublicationId) -> Result<Publication> {
    let found = all(conn).await?.into_iter().find(|publication| publication.id == id);
    found.ok_or(Error::Unreadable("publication"))
}

/// All of them, by short name. There are a handful.
///
/// # Errors
/// [`Error::Unreadable`] or [`Error::Broken`].
pub async fn all(conn: &mut Connection) -> Result<Vec<Publication>> {
    let rows = sqlx::query!(
        r#"SELECT id AS "id!: i64", slug, name, from_name, from_address, compiled_by, approvals AS "approvals: u8",
                  language, zone, undated, own_approval AS "own_approval!: bool", motto, reply_to, theme,
                  colophon, testers, extent
           FROM publication ORDER BY slug"#
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let unreadable = || Error::Unreadable("publication");
            Ok(Publication {
                id: row.id.into(),
                profile: Profile {
                    slug: row.slug.parse().map_err(|_| unreadable())?,
                    name: row.name,
                    from: Mailbox { name: row.from_name, address: row.from_address.parse().map_err(|_| unreadable())? },
                    compiled_by: row.compiled_by,
                    approvals: row.approvals,
                    language: row.language.parse().map_err(|_| unreadable())?,
                    zone: row.zone.parse().map_err(|_| unreadable())?,
                    undated: row.undated.parse().map_err(|_| unreadable())?,
                    own_approval: row.own_approval,
                    motto: row.motto,
                    reply_to: row.reply_to.map(|address| address.parse()).transpose().map_err(|_| unreadable())?,
                    theme: from_json("publication", &row.theme)?,
                    colophon: from_json("publication", &row.colophon)?,
                    testers: from_json("publication", &row.testers)?,
                    extent: row.extent.parse().map_err(|_| unreadable())?,
                },
            })
        })
        .collect()
}

/// The word that an enum of plain variants is stored as.
fn word<T: serde::Serialize>(value: &T) -> String {
    from_json("word", &super::to_json(value)).expect("a plain variant is a JSON string")
}
