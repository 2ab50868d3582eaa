//! Source: an index that gives readers who may fit, in the order in which they became known.

use crate::domain::id::ListId;
use sqlx::{QueryBuilder, Sqlite};

/// An index of readers, and what is looked up in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// One address, by its key.
    Address(String),
    /// What matches in the words of names, units and addresses.
    Words(String),
    /// Whose address is suppressed.
    Suppression,
    /// Who has exactly this in a column of theirs.
    Column(&'static str, String),
    /// Who is, or was, on a list; or stands so with it.
    List(ListId, Option<&'static str>),
    /// Everybody.
    Everybody,
}

impl Source {
    /// How many it usually gives, from few to many: no page counts them.
    pub(super) fn breadth(&self) -> u8 {
        match self {
            Self::Address(_) => 0,
            Self::Column("organisation", _) => 1,
            Self::Words(_) | Self::Suppression => 2,
            Self::Column("category", _) => 3,
            Self::Column(..) => 4,
            Self::List(..) => 5,
            Self::Everybody => 6,
        }
    }

    /// The next `window` ids after one, from whichever of these sources.
    pub(super) fn push_all(sql: &mut QueryBuilder<Sqlite>, sources: &[Self], after: i64, window: i64) {
        let [one] = sources else {
            sql.push("SELECT id FROM (");
            for (at, source) in sources.iter().enumerate() {
                sql.push(if at > 0 { " UNION SELECT id FROM (" } else { "SELECT id FROM (" });
                source.push(sql, after, window);
                sql.push(")");
            }
            sql.push(") ORDER BY id LIMIT ").push_bind(window);
            return;
        };
        one.push(sql, after, window);
    }

    fn push(&self, sql: &mut QueryBuilder<Sqlite>, after: i64, window: i64) {
        let id = match self {
            Self::Address(key) => {
                sql.push("SELECT id FROM subscriber WHERE address_key = ").push_bind(key.clone());
                "id"
            }
            Self::Words(matching) => {
                sql.push("SELECT rowid AS id FROM subscriber_words WHERE subscriber_words MATCH ");
                sql.push_bind(matching.clone());
                "rowid"
            }
            Self::Suppression => {
                sql.push(
                    "SELECT r.id FROM suppression AS x CROSS JOIN subscriber AS r ON r.address_key = x.address_key",
                );
                sql.push(" WHERE true");
                "r.id"
            }
            Self::Column(column, value) => {
                sql.push("SELECT id FROM subscriber WHERE ").push(*column).push(" = ").push_bind(value.clone());
                "id"
            }
            Self::List(list, state) => {
                sql.push("SELECT subscriber_id AS id FROM subscription WHERE list_id = ").push_bind(list.0);
                if let Some(state) = state {
                    sql.push(" AND state = ").push_bind(*state);
                }
                "subscriber_id"
            }
            Self::Everybody => {
                sql.push("SELECT id FROM subscriber WHERE true");
                "id"
            }
        };
        sql.push(" AND ").push(id).push(" > ").push_bind(after);
        sql.push(" ORDER BY ").push(id).push(" LIMIT ").push_bind(window);
    }
}

/// What is looked up for words, three characters at a time. Short ones are looked up where a piece begins or ends.
pub(super) fn matching(terms: &[String]) -> String {
    let one = |term: &String| match term.chars().count() {
        1 => format!("({} OR {})", quoted(&format!("¦¦{term}")), quoted(&format!("{term}¦¦"))),
        2 => format!("({} OR {})", quoted(&format!("¦{term}")), quoted(&format!("{term}¦"))),
        _ => quoted(term),
    };
    terms.iter().map(one).collect::<Vec<_>>().join(" AND ")
}

/// What is looked up for a piece that is exactly this.
pub(super) fn whole(piece: &str) -> String {
    quoted(&format!("¦¦{piece}¦¦"))
}

/// A text as the index of words takes it; of three characters or more.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}
