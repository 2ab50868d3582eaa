//! Search: readers found among a million. Whatever is asked for, one index says who may fit, in the order in which
//! they became known; the rest is looked at in growing windows, and a page looks at no more than [`FARTHEST`].

mod rule;
mod source;

pub use crate::domain::subscriber::Stands;
pub use rule::Ruled;

use crate::domain::id::{ListId, PublicationId, SubscriberId};
use crate::store::{Connection, Result, list};
use source::{Source, matching};
use sqlx::{QueryBuilder, Sqlite};

/// The most readers that one page looks at; it says so when there may be more.
pub const FARTHEST: usize = 20_000;

/// The most readers that a page looks at to say how many there are.
pub const COUNTED: usize = 10_000;

/// The most readers that are looked at in one statement.
const WINDOW: usize = 5_000;

/// The most lists that are gone through together.
const MOST_LISTS: usize = 50;

/// Among whom is searched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Among {
    /// Everybody.
    All,
    /// Whoever is, or was, on a list of these publications.
    Publications(Vec<PublicationId>),
    /// Whoever is, or was, on this list.
    List(ListId),
}

/// What is asked for; all of it must fit.
#[derive(Clone, Debug)]
pub struct Search {
    /// Among whom.
    pub among: Among,
    /// Words in name, unit or address. One or two characters must begin or end one of these.
    pub words: String,
    /// Exactly this unit.
    pub organisation: Option<String>,
    /// Exactly this region.
    pub region: Option<String>,
    /// Exactly this group.
    pub category: Option<String>,
    /// How they stand with the list.
    pub stands: Option<Stands>,
    /// A group's rule.
    pub ruled: Option<Ruled>,
}

/// A part of what was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Who, in the order in which they became known.
    pub found: Vec<SubscriberId>,
    /// After whom to go on; none when that was all.
    pub next: Option<SubscriberId>,
}

impl Search {
    /// Everybody among them.
    pub fn of(among: Among) -> Self {
        Self {
            among,
            words: String::new(),
            organisation: None,
            region: None,
            category: None,
            stands: None,
            ruled: None,
        }
    }

    /// Whether nothing is asked for but among whom.
    pub fn is_open(&self) -> bool {
        let is_set = |field: &Option<String>| field.is_some();
        let fields = [&self.organisation, &self.region, &self.category];
        self.terms().is_empty() && !fields.into_iter().any(is_set) && self.stands.is_none() && self.ruled.is_none()
    }

    /// The words, in lower case, without the mark that sets pieces apart.
    fn terms(&self) -> Vec<String> {
        // A NUL would end the search's own text too soon (FTS5 reads it as a C string).
        self.words.to_lowercase().replace(['¦', '\0'], " ").split_whitespace().map(str::to_owned).collect()
    }

    /// At most so many readers after one, having looked at no more than `farthest`.
    ///
    /// # Errors
    /// [`crate::store::Error::Broken`].
    pub async fn page(
        &self,
        conn: &mut Connection,
        after: SubscriberId,
        at_most: usize,
        farthest: usize,
    ) -> Result<Page> {
        let sources = self.sources(conn).await?;
        let (mut page, mut window, mut looked) = (Page { found: Vec::new(), next: Some(after) }, at_most + 1, 0);
        while let Some(from) = page.next {
            let seen: Vec<(i64, bool)> =
                self.window(&sources, from, window).build_query_as().fetch_all(&mut *conn).await?;
            page.next = (seen.len() == window).then(|| seen.last().map_or(from, |(id, _)| SubscriberId(*id)));
            looked += seen.len();
            for (id, fits) in seen {
                if !fits {
                    continue;
                }
                if page.found.len() == at_most {
                    page.next = page.found.last().copied();
                    return Ok(page);
                }
                page.found.push(SubscriberId(id));
            }
            if looked >= farthest {
                break;
            }
            window = (window * 4).min(WINDOW);
        }
        Ok(page)
    }

    /// How many there are, having looked at no more than `farthest`; and whether that is all.
    ///
    /// # Errors
    /// [`crate::store::Error::Broken`].
    pub async fn count(&self, conn: &mut Connection, farthest: usize) -> Result<(usize, bool)> {
        let sources = self.sources(conn).await?;
        let (mut found, mut looked, mut after) = (0, 0, SubscriberId(0));
        while looked < farthest {
            let seen: Vec<(i64, bool)> =
                self.window(&sources, after, WINDOW).build_query_as().fetch_all(&mut *conn).await?;
            found += seen.iter().filter(|(_, fits)| *fits).count();
            looked += seen.len();
            match seen.last() {
                Some((last, _)) if seen.len() == WINDOW => after = SubscriberId(*last),
                _ => return Ok((found, true)),
            }
        }
        Ok((found, false))
    }

    /// By which indexes they are found. Short lists are gone through whatever is asked; long ones only where no
    /// index of readers says more.
    async fn sources(&self, conn: &mut Connection) -> Result<Vec<Source>> {
        let of_state = self.stands.and_then(Stands::state);
        let lists: Vec<_> = match (&self.among, &self.ruled) {
            (Among::List(id), _) => vec![Source::List(*id, of_state)],
            (Among::All | Among::Publications(_), Some(ruled)) => {
                ruled.all_lists().map(|id| Source::List(id, None)).collect()
            }
            (Among::All | Among::Publications(_), None) => Vec::new(),
        };
        let mut size = 0;
        for list in &lists {
            if let Source::List(id, _) = list {
                size += list::size(conn, *id).await?;
            }
        }
        // SQLite joins some hundreds of sources; a house with more lists than this is no short one.
        if (1..=MOST_LISTS).contains(&lists.len()) && size <= FARTHEST as i64 {
            return Ok(lists);
        }
        let column = |name, value: &Option<String>| value.clone().map(|value| Source::Column(name, value));
        let terms = self.terms();
        let asked = [
            (self.stands == Some(Stands::Suppressed)).then_some(Source::Suppression),
            (!terms.is_empty()).then(|| Source::Words(matching(&terms))),
            column("organisation", &self.organisation),
            column("category", &self.category),
            column("region", &self.region),
        ];
        let asked = asked.into_iter().flatten().min_by_key(Source::breadth);
        let ruled = self.ruled.as_ref().and_then(Ruled::sources);
        let broadest = |sources: &Vec<Source>| sources.iter().map(Source::breadth).max();
        let best = [asked.map(|one| vec![one]), ruled].into_iter().flatten().min_by_key(broadest);
        let is_list = matches!(self.among, Among::List(_));
        Ok(best.unwrap_or_else(|| if is_list { lists } else { vec![Source::Everybody] }))
    }

    /// The next readers who may fit, and whether they do.
    fn window(&self, sources: &[Source], after: SubscriberId, window: usize) -> QueryBuilder<Sqlite> {
        let mut sql = QueryBuilder::new("SELECT k.id, ");
        self.push_fits(&mut sql);
        sql.push(" FROM (");
        Source::push_all(&mut sql, sources, after.0, window as i64);
        sql.push(") AS k JOIN subscriber AS s ON s.id = k.id ORDER BY k.id");
        sql
    }

    /// Whether a reader `s` fits, by everything that is asked.
    fn push_fits(&self, sql: &mut QueryBuilder<Sqlite>) {
        sql.push("(true");
        for term in self.terms() {
            let is_long = term.chars().count() > 2;
            let (first, second) =
                if is_long { (term.clone(), term) } else { (format!("¦{term}"), format!("{term}¦")) };
            sql.push(" AND (instr(lower(s.words), ").push_bind(first).push(") > 0");
            sql.push(" OR instr(lower(s.words), ").push_bind(second).push(") > 0)");
        }
        for (column, value) in
            [("organisation", &self.organisation), ("region", &self.region), ("category", &self.category)]
        {
            if let Some(value) = value {
                sql.push(" AND s.").push(column).push(" IS ").push_bind(value.clone());
            }
        }
        match &self.among {
            Among::All => {}
            Among::List(id) => {
                sql.push(" AND EXISTS (SELECT 1 FROM subscription AS c WHERE c.subscriber_id = s.id AND c.list_id = ");
                sql.push_bind(id.0);
                if let Some(state) = self.stands.and_then(Stands::state) {
                    sql.push(" AND c.state = ").push_bind(state);
                }
                sql.push(")");
            }
            Among::Publications(all) => {
                sql.push(" AND EXISTS (SELECT 1 FROM subscription AS c JOIN list AS l ON l.id = c.list_id WHERE c.subscriber_id = s.id AND l.publication_id IN (SELECT value FROM json_each(");
                sql.push_bind(crate::store::to_json(all)).push(")))");
            }
        }
        if self.stands == Some(Stands::Suppressed) {
            sql.push(" AND EXISTS (SELECT 1 FROM suppression AS x WHERE x.address_key = s.address_key)");
        }
        if let Some(ruled) = &self.ruled {
            ruled.push(sql);
        }
        sql.push(") AS fits");
    }
}

/// The field of a person whose values are suggested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// 单位.
    Organisation,
    /// 地区.
    Region,
    /// 分组.
    Category,
}

/// Values that a field has, a few in their order, going from one to the next in its index.
///
/// # Errors
/// [`crate::store::Error::Broken`].
pub async fn values(conn: &mut Connection, field: Field, at_most: i64) -> Result<Vec<String>> {
    let column = match field {
        Field::Organisation => "organisation",
        Field::Region => "region",
        Field::Category => "category",
    };
    let mut sql = QueryBuilder::<Sqlite>::new("WITH RECURSIVE v (x) AS (SELECT min(");
    sql.push(column).push(") FROM subscriber WHERE ").push(column).push(" IS NOT NULL UNION ALL SELECT (SELECT min(");
    sql.push(column).push(") FROM subscriber WHERE ").push(column).push(" > v.x) FROM v WHERE v.x IS NOT NULL LIMIT ");
    sql.push_bind(at_most).push(") SELECT x FROM v WHERE x IS NOT NULL");
    Ok(sql.build_query_scalar().fetch_all(conn).await?)
}
