//! Rule: a group's rule as SQL, of bound values only: whether a reader fits, and by which indexes they can be found.
//! What it means is said in domain/group.rs; a law holds both to the same readers.

use super::source::{Source, whole};
use crate::domain::group::{Condition, How, Rule, Test, Text};
use crate::domain::id::ListId;
use crate::domain::moment::Moment;
use crate::domain::publication::{Publication, Slug};
use crate::domain::subscriber::Stands;
use crate::store::{Connection, Result, list};
use chrono::NaiveDate;
use chrono_tz::Tz;
use sqlx::{QueryBuilder, Sqlite};

/// A rule with what it takes to ask it of a publication's readers.
#[derive(Clone, Debug)]
pub struct Ruled {
    zone: Tz,
    lists: Vec<(Slug, ListId)>,
    rule: Rule,
}

impl Ruled {
    /// A rule for the readers of a publication.
    ///
    /// # Errors
    /// [`crate::store::Error::Unreadable`] or [`crate::store::Error::Broken`].
    pub async fn of(conn: &mut Connection, publication: &Publication, rule: Rule) -> Result<Self> {
        let lists = list::of_publication(conn, publication.id).await?;
        let lists = lists.into_iter().map(|list| (list.slug, list.id)).collect();
        Ok(Self { zone: publication.profile.zone, lists, rule })
    }

    /// The lists of the publication.
    pub(super) fn all_lists(&self) -> impl Iterator<Item = ListId> {
        self.lists.iter().map(|(_, id)| *id)
    }

    /// The indexes that find everybody who may fit: that of the condition which fits the fewest where all must fit, of
    /// each condition where any is enough; none where they find too little less than everybody.
    pub(super) fn sources(&self) -> Option<Vec<Source>> {
        let mut each = self.rule.conditions().iter().map(|condition| self.source(condition));
        match self.rule.how() {
            How::All => each.flatten().min_by_key(Source::breadth).map(|best| vec![best]),
            How::Any => each.by_ref().collect(),
        }
    }

    fn source(&self, condition: &Condition) -> Option<Source> {
        if condition.is_not {
            return None;
        }
        match &condition.test {
            Test::Is(Text::Address, value) => Some(Source::Address(value.to_ascii_lowercase())),
            Test::Is(Text::Name, value) => Some(Source::Words(whole(value))),
            Test::Is(Text::Organisation, value) => Some(Source::Column("organisation", value.clone())),
            Test::Is(Text::Category, value) => Some(Source::Column("category", value.clone())),
            Test::Is(Text::Region, value) => Some(Source::Column("region", value.clone())),
            Test::Contains(Text::Name | Text::Organisation | Text::Address, value) if value.chars().count() > 2 => {
                Some(Source::Words(super::source::quoted(value)))
            }
            Test::Provider(lane) => Some(Source::Column("lane", lane.clone())),
            Test::On(list) => self.list(list).map(|list| Source::List(list, None)),
            Test::Stands(Stands::Suppressed) => Some(Source::Suppression),
            Test::Is(Text::Department | Text::Position | Text::Remark, _)
            | Test::Contains(..)
            | Test::IsEmpty(_)
            | Test::Stands(Stands::Active | Stands::Pending | Stands::Ended)
            | Test::KnownFrom(_) => None,
        }
    }

    fn list(&self, slug: &Slug) -> Option<ListId> {
        self.lists.iter().find(|(known, _)| known == slug).map(|(_, id)| *id)
    }

    /// ` AND (…)`: whether a reader `s` of the publication fits.
    pub(super) fn push(&self, sql: &mut QueryBuilder<Sqlite>) {
        sql.push(" AND EXISTS (");
        self.push_subscription(sql);
        sql.push(") AND (");
        for (at, condition) in self.rule.conditions().iter().enumerate() {
            if at > 0 {
                sql.push(match self.rule.how() {
                    How::All => " AND ",
                    How::Any => " OR ",
                });
            }
            sql.push(if condition.is_not { "NOT (" } else { "(" });
            self.push_test(sql, &condition.test);
            sql.push(")");
        }
        sql.push(")");
    }

    /// Never null, so that its opposite is true of all others.
    fn push_test(&self, sql: &mut QueryBuilder<Sqlite>, test: &Test) {
        match test {
            Test::Is(Text::Address, value) => {
                sql.push("s.address_key = ").push_bind(value.to_ascii_lowercase());
            }
            Test::Is(text, value) => {
                sql.push(column(*text)).push(" IS ").push_bind(value.clone());
            }
            Test::Contains(text, value) => {
                sql.push("instr(lower(coalesce(").push(column(*text)).push(", '')), ");
                sql.push_bind(value.to_ascii_lowercase()).push(") > 0");
            }
            Test::IsEmpty(text) => {
                sql.push("coalesce(").push(column(*text)).push(", '') = ''");
            }
            Test::Provider(lane) => {
                sql.push("s.lane = ").push_bind(lane.clone());
            }
            Test::On(list) => {
                sql.push("EXISTS (SELECT 1 FROM subscription AS c WHERE c.subscriber_id = s.id AND c.list_id = ");
                // No list has the number 0: a list that is gone has nobody on it.
                sql.push_bind(self.list(list).map_or(0, |list| list.0)).push(" AND c.state <> 'ended')");
            }
            Test::Stands(stands) => self.push_stands(sql, *stands),
            Test::KnownFrom(day) => {
                sql.push("s.added_at >= ").push_bind(begin(*day, self.zone).0);
            }
        }
    }

    fn push_stands(&self, sql: &mut QueryBuilder<Sqlite>, stands: Stands) {
        let mut has = |is: &str, state: &str| {
            sql.push(is).push("EXISTS (");
            self.push_subscription(sql);
            sql.push(state).push(")");
        };
        match stands {
            Stands::Active => has("", " AND c.state = 'active'"),
            Stands::Pending => {
                has("", " AND c.state = 'pending'");
                has(" AND NOT ", " AND c.state = 'active'");
            }
            Stands::Ended => has("NOT ", " AND c.state <> 'ended'"),
            Stands::Suppressed => {
                sql.push("EXISTS (SELECT 1 FROM suppression AS x WHERE x.address_key = s.address_key)");
            }
        }
    }

    /// A subscription `c` of the reader to a list of the publication, in whatever state.
    fn push_subscription(&self, sql: &mut QueryBuilder<Sqlite>) {
        sql.push("SELECT 1 FROM subscription AS c WHERE c.subscriber_id = s.id AND c.list_id IN (");
        let mut each = sql.separated(", ");
        for list in self.all_lists() {
            each.push_bind(list.0);
        }
        sql.push(")");
    }
}

/// What a text is in a row `s`.
fn column(text: Text) -> &'static str {
    match text {
        Text::Name => "s.name",
        Text::Organisation => "s.organisation",
        Text::Department => "(s.person ->> '$.department')",
        Text::Position => "(s.person ->> '$.position')",
        Text::Region => "s.region",
        Text::Category => "s.category",
        Text::Remark => "(s.person ->> '$.remark')",
        Text::Address => "s.address",
    }
}

/// The first moment of a day; where the clocks skip midnight, the first that there is.
fn begin(day: NaiveDate, zone: Tz) -> Moment {
    let hours = (0..4).filter_map(|hour| day.and_hms_opt(hour, 0, 0));
    let first = hours.filter_map(|at| at.and_local_timezone(zone).earliest()).next();
    first.map_or(Moment(i64::MAX), |at| Moment(at.timestamp_millis()))
}

#[cfg(test)]
mod tests;
