//! Readers by a part of their text: address, name or unit. Three letters and more find anything that holds them, by the
//! index of three letters each; one or two find what begins with them.

use super::super::{Connection, Result, to_json};

/// Readers whom a text fits.
#[derive(Debug, Default)]
pub(super) struct Readers {
    /// Who, in the order of their ids.
    pub(super) ids: Vec<i64>,
    /// From which reader on the next look goes on; none at the end.
    pub(super) next: Option<i64>,
    /// Whether there were too many to look at all of them.
    pub(super) is_cut: bool,
}

/// Readers whom a short text fits that are looked at, by address, by name and by unit.
const OF_SHORT: i64 = 4_000;

/// The longest text that is searched for, in characters.
const LONGEST: usize = 80;

/// The next readers whom a text fits, from this id on.
///
/// # Errors
/// [`super::super::Error::Broken`].
pub(super) async fn readers(conn: &mut Connection, text: &str, from: i64, most: usize) -> Result<Readers> {
    let letters: Vec<char> = text.to_lowercase().chars().take(LONGEST).collect();
    let text: String = letters.iter().collect();
    match letters.len() {
        0 => Ok(Readers::default()),
        1 | 2 => beginning_with(conn, &text, from, most).await,
        _ => holding(conn, &letters, (from, most)).await,
    }
}

async fn beginning_with(conn: &mut Connection, text: &str, from: i64, most: usize) -> Result<Readers> {
    let beyond = format!("{text}\u{10ffff}");
    let mut found: Vec<i64> = Vec::new();
    let mut is_cut = false;
    for sql in [
        "SELECT id FROM subscriber WHERE address_key >= ? AND address_key < ? LIMIT ?",
        "SELECT id FROM subscriber WHERE lower(name) >= ? AND lower(name) < ? LIMIT ?",
        "SELECT id FROM subscriber WHERE lower(person ->> '$.organisation') >= ? AND lower(person ->> '$.organisation') < ? LIMIT ?",
    ] {
        let ids: Vec<i64> =
            sqlx::query_scalar(sql).bind(text).bind(&beyond).bind(OF_SHORT).fetch_all(&mut *conn).await?;
        is_cut |= ids.len() == usize::try_from(OF_SHORT).unwrap_or(usize::MAX);
        found.extend(ids);
    }
    found.sort_unstable();
    found.dedup();
    found.retain(|id| *id >= from);
    let next = found.get(most).copied();
    found.truncate(most);
    Ok(Readers { ids: found, next, is_cut })
}

/// The index knows who has all three-letter pieces of the text; whether they stand together is looked at in the row.
async fn holding(conn: &mut Connection, letters: &[char], (from, most): (i64, usize)) -> Result<Readers> {
    let piece = |piece: &[char]| format!("\"{}\"", piece.iter().collect::<String>().replace('"', "\"\""));
    let pieces: Vec<String> = letters.windows(3).map(piece).collect();
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let candidates: Vec<i64> = sqlx::query_scalar(
        "SELECT rowid FROM subscriber_words WHERE subscriber_words MATCH ? AND rowid >= ? ORDER BY rowid LIMIT ?",
    )
    .bind(pieces.join(" "))
    .bind(from)
    .bind(most)
    .fetch_all(&mut *conn)
    .await?;
    let next = candidates.last().filter(|_| candidates.len() >= usize::try_from(most).unwrap_or(usize::MAX));
    let text: String = letters.iter().collect();
    let mut ids: Vec<i64> = sqlx::query_scalar(
        "SELECT s.id FROM json_each(?1) AS r CROSS JOIN subscriber AS s ON s.id = r.value
         WHERE instr(s.address_key, ?2) > 0 OR instr(lower(s.name), ?2) > 0 OR instr(lower(s.person ->> '$.organisation'), ?2) > 0",
    )
    .bind(to_json(&candidates))
    .bind(text)
    .fetch_all(conn)
    .await?;
    ids.sort_unstable();
    Ok(Readers { ids, next: next.map(|last| last + 1), is_cut: false })
}
