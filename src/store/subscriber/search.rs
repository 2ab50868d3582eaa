//! Search: readers found among a million. Whatever is asked for, one index says who may fit, in the order in which
//! they became known; the rest is looked at in growing windows, and a page looks at no more than [`FARTHEST`].

use crate::domain::id::{ListId, PublicationId, SubscriberId};
use crate::store::{Connection, Result, list};
use sqlx::{QueryBuilder, Sqlite};

/// The most readers that one page looks at; it says so when there may be more.
pub const FARTHEST: usize = 20_000;

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

/// How a reader stands with a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    /// Letters go, or would but for a suppression.
    Active,
    /// Asked, not confirmed.
    Pending,
    /// Left, or was taken off.
    Ended,
    /// Their address is suppressed.
    Suppressed,
}

impl Stands {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Active, Self::Pending, Self::Ended, Self::Suppressed];

    /// The word in addresses of pages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Pending => "pending",
            Self::Ended => "ended",
            Self::Suppressed => "suppressed",
        }
    }

    /// The one with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }

    /// The state of the subscription, where it is one.
    fn state(self) -> Option<&'static str> {
        (self != Self::Suppressed).then(|| self.word())
    }
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
        Self { among, words: String::new(), organisation: None, region: None, category: None, stands: None }
    }

    /// Whether nothing is asked for but among whom.
    pub fn is_open(&self) -> bool {
        let is_set = |field: &Option<String>| field.is_some();
        let fields = [&self.organisation, &self.region, &self.category];
        self.terms().is_empty() && !fields.into_iter().any(is_set) && self.stands.is_none()
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
        let by = self.by(conn).await?;
        let (mut page, mut window, mut looked) = (Page { found: Vec::new(), next: Some(after) }, at_most + 1, 0);
        while let Some(from) = page.next {
            let seen: Vec<(i64, bool)> = self.window(by, from, window).build_query_as().fetch_all(&mut *conn).await?;
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
            window = (window * 4).min(5_000);
        }
        Ok(page)
    }

    /// By which index they are found. A short list is gone through whatever is asked; a long one only where no
    /// index of readers says more.
    async fn by(&self, conn: &mut Connection) -> Result<By> {
        if let Among::List(id) = self.among
            && list::size(conn, id).await? <= FARTHEST as i64
        {
            return Ok(By::List);
        }
        Ok(match self {
            Self { stands: Some(Stands::Suppressed), .. } => By::Suppression,
            _ if !self.terms().is_empty() => By::Words,
            Self { organisation: Some(_), .. } => By::Organisation,
            Self { category: Some(_), .. } => By::Category,
            Self { region: Some(_), .. } => By::Region,
            Self { among: Among::List(_), .. } => By::List,
            _ => By::Everybody,
        })
    }

    /// The next readers who may fit, and whether they do.
    fn window(&self, by: By, after: SubscriberId, window: usize) -> QueryBuilder<Sqlite> {
        let mut sql = QueryBuilder::new("SELECT k.id, ");
        self.push_fits(&mut sql);
        sql.push(" FROM (");
        self.push_candidates(&mut sql, by, after, window);
        sql.push(") AS k JOIN subscriber AS s ON s.id = k.id ORDER BY k.id");
        sql
    }

    fn push_candidates(&self, sql: &mut QueryBuilder<Sqlite>, by: By, after: SubscriberId, window: usize) {
        let id = match by {
            By::Words => {
                sql.push("SELECT rowid AS id FROM subscriber_words WHERE subscriber_words MATCH ");
                sql.push_bind(matching(&self.terms()));
                "rowid"
            }
            By::Suppression => {
                sql.push(
                    "SELECT r.id FROM suppression AS x CROSS JOIN subscriber AS r ON r.address_key = x.address_key WHERE true",
                );
                "r.id"
            }
            By::Organisation => field(sql, "organisation", self.organisation.as_deref()),
            By::Category => field(sql, "category", self.category.as_deref()),
            By::Region => field(sql, "region", self.region.as_deref()),
            By::List => {
                sql.push("SELECT subscriber_id AS id FROM subscription WHERE list_id = ");
                sql.push_bind(self.list());
                if let Some(state) = self.stands.and_then(Stands::state) {
                    sql.push(" AND state = ").push_bind(state);
                }
                "subscriber_id"
            }
            By::Everybody => {
                sql.push("SELECT id FROM subscriber WHERE true");
                "id"
            }
        };
        sql.push(" AND ").push(id).push(" > ").push_bind(after.0);
        sql.push(" ORDER BY ").push(id).push(" LIMIT ").push_bind(window as i64);
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
        sql.push(") AS fits");
    }

    fn list(&self) -> i64 {
        match self.among {
            Among::List(id) => id.0,
            Among::All | Among::Publications(_) => 0,
        }
    }
}

/// The index that says who may fit.
#[derive(Clone, Copy)]
enum By {
    Words,
    Suppression,
    Organisation,
    Category,
    Region,
    List,
    Everybody,
}

fn field(sql: &mut QueryBuilder<Sqlite>, column: &'static str, value: Option<&str>) -> &'static str {
    sql.push("SELECT id FROM subscriber WHERE ").push(column).push(" = ");
    sql.push_bind(value.unwrap_or_default().to_owned());
    "id"
}

/// What is looked up for words, three characters at a time. Short ones are looked up where a piece begins or ends.
fn matching(terms: &[String]) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let one = |term: &String| match term.chars().count() {
        1 => format!("({} OR {})", quoted(&format!("¦¦{term}")), quoted(&format!("{term}¦¦"))),
        2 => format!("({} OR {})", quoted(&format!("¦{term}")), quoted(&format!("{term}¦"))),
        _ => quoted(term),
    };
    terms.iter().map(one).collect::<Vec<_>>().join(" AND ")
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
