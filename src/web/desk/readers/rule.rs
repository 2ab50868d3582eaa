//! Rule: the form in which a group's rule is put together, a line a condition, and what it would find, before it is
//! kept. Nothing is written by looking; the form works without a script.

use super::filter::suggested;
use super::search::{seen, table};
use super::{Asked, group, publication, shown};
use crate::actions;
use crate::domain::account::Permission;
use crate::domain::group::{Condition, Field, Group, How, MOST, Relation, Rule};
use crate::domain::language::{Language, Sentence};
use crate::domain::list::List;
use crate::domain::publication::Publication;
use crate::store;
use crate::store::subscriber::search::{Among, COUNTED, FARTHEST, Ruled, Search, Stands};
use crate::web::Error;
use crate::web::error::spoken;
use crate::web::words::{groups::Words, readers};
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Path, Query};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use maud::{Markup, html};

/// Lines that are offered at least.
const LINES: usize = 3;
/// Readers that a look shows.
const SHOWN: usize = 20;

/// A form with three fields for each condition.
type Pairs = Vec<(String, String)>;

/// A group as somebody puts it together.
#[derive(Default)]
struct Draft {
    name: String,
    how: How,
    /// Field, relation, value.
    lines: Vec<[String; 3]>,
    revision: i64,
    /// Whether it was typed, and not just opened.
    is_typed: bool,
}

impl Draft {
    fn typed(pairs: &Pairs) -> Self {
        let all =
            |name: &str| pairs.iter().filter(|(known, _)| known == name).map(|(_, value)| value.clone()).collect();
        let one = |name: &str| -> String { Vec::<String>::into_iter(all(name)).next().unwrap_or_default() };
        let [fields, relations, values]: [Vec<String>; 3] = ["field", "is", "value"].map(all);
        let rest = relations.into_iter().zip(values);
        let mut lines: Vec<_> = fields.into_iter().zip(rest).map(|(field, (is, value))| [field, is, value]).collect();
        lines.retain(|[field, _, value]| !field.is_empty() || !value.trim().is_empty());
        lines.truncate(MOST + 1);
        let how = How::from_word(&one("how")).unwrap_or_default();
        let revision = one("revision").parse().unwrap_or(0);
        Self { name: one("name"), how, lines, revision, is_typed: !pairs.is_empty() }
    }

    /// A list is shown by its name where that means no other list, a state as pages call it.
    fn of(group: &Group, lists: &[List], language: Language) -> Self {
        let is_plain = |name: &str| {
            lists.iter().filter(|list| list.name == name).count() == 1
                && lists.iter().all(|list| list.slug.as_str() != name)
        };
        let line = |condition: &Condition| {
            let (field, relation, value) = condition.pieces();
            let list = lists.iter().find(|list| field == Field::List && list.slug.as_str() == value);
            let state = Stands::ALL.into_iter().find(|one| field == Field::State && one.word() == value);
            let value = match (list.filter(|list| is_plain(&list.name)), state) {
                (Some(list), _) => list.name.clone(),
                (None, Some(state)) if language == Language::Chinese => {
                    (readers::Words::of(language).stands)(state).to_owned()
                }
                (None, _) => value,
            };
            [field.word().into(), relation.word().into(), value]
        };
        let lines = group.rule.conditions().iter().map(line).collect();
        Self { name: group.name.clone(), how: group.rule.how(), lines, revision: group.revision, is_typed: false }
    }

    /// The rule that it says. A list may be called by its name.
    fn rule(&self, lists: &[List]) -> Result<Rule, Sentence> {
        let condition = |[field, relation, value]: &[String; 3]| {
            let read = (Field::from_word(field), Relation::from_word(relation));
            let (Some(field), Some(relation)) = read else { return format!("{field} {relation} {value}").parse() };
            let is_slug = lists.iter().any(|list| list.slug.as_str() == value.trim());
            let called = lists.iter().find(|list| field == Field::List && !is_slug && list.name == value.trim());
            Condition::read(field, relation, called.map_or(value, |list| list.slug.as_str()))
        };
        Rule::of(self.how, self.lines.iter().map(condition).collect::<Result<_, _>>()?)
    }
}

/// A group that is made or changed.
struct Bench {
    publication: Publication,
    lists: Vec<List>,
    /// The one that is changed.
    group: Option<Group>,
}

impl Bench {
    async fn find(asked: &Asked, slug: &str, id: Option<&str>) -> Result<Self, Error> {
        let (publication, group) = match id {
            None => (publication::find(asked, slug).await?, None),
            Some(id) => {
                let room = group::Room::find(asked, slug, id).await?;
                (room.publication, Some(room.group))
            }
        };
        let lists = store::list::of_publication(&mut *asked.read().await?, publication.id).await?;
        Ok(Self { publication, lists, group })
    }

    fn groups(&self) -> String {
        format!("/publications/{}/groups", self.publication.profile.slug)
    }

    /// Where its form goes, and where it is looked at.
    fn ways(&self) -> (String, String) {
        match &self.group {
            None => (self.groups(), format!("{}/new", self.groups())),
            Some(group) => (format!("{}/{}", self.groups(), group.id), format!("{}/{}/edit", self.groups(), group.id)),
        }
    }
}

/// `GET /publications/{publication}/groups/new`
pub(in crate::web::desk) async fn ask(
    asked: Asked,
    Path(slug): Path<String>,
    pairs: Result<Query<Pairs>, QueryRejection>,
) -> Result<Response, Error> {
    let bench = Bench::find(&asked, &slug, None).await?;
    look(&asked, &bench, &Draft::typed(&pairs?.0)).await
}

/// `GET /publications/{publication}/groups/{group}/edit`
pub(in crate::web::desk) async fn ask_to_edit(
    asked: Asked,
    Path((slug, id)): Path<(String, String)>,
    pairs: Result<Query<Pairs>, QueryRejection>,
) -> Result<Response, Error> {
    let bench = Bench::find(&asked, &slug, Some(&id)).await?;
    let draft = match (&bench.group, Draft::typed(&pairs?.0)) {
        (Some(group), draft) if !draft.is_typed => Draft::of(group, &bench.lists, asked.language),
        (_, draft) => draft,
    };
    look(&asked, &bench, &draft).await
}

/// `POST /publications/{publication}/groups`
pub(in crate::web::desk) async fn add(
    asked: Asked,
    Path(slug): Path<String>,
    typed: Result<Form<Pairs>, FormRejection>,
) -> Result<Response, Error> {
    let bench = Bench::find(&asked, &slug, None).await?;
    save(&asked, &bench, &Draft::typed(&typed.map_err(|_| Error::Unreadable)?.0)).await
}

/// `POST /publications/{publication}/groups/{group}`
pub(in crate::web::desk) async fn set(
    asked: Asked,
    Path((slug, id)): Path<(String, String)>,
    typed: Result<Form<Pairs>, FormRejection>,
) -> Result<Response, Error> {
    let bench = Bench::find(&asked, &slug, Some(&id)).await?;
    save(&asked, &bench, &Draft::typed(&typed.map_err(|_| Error::Unreadable)?.0)).await
}

async fn save(asked: &Asked, bench: &Bench, draft: &Draft) -> Result<Response, Error> {
    let rule = match draft.rule(&bench.lists) {
        Ok(rule) => rule,
        Err(why) => return refuse(asked, bench, draft, why.spoken(asked.language)).await,
    };
    let (store, actor, now, named) = (asked.store(), asked.actor(), asked.now(), (draft.name.as_str(), &rule));
    let done = match &bench.group {
        None => actions::group::add(store, actor, now, &bench.publication.profile.slug, named).await,
        Some(group) => {
            actions::group::set(store, actor, now, (group.id, draft.revision), named).await.map(|_| group.id)
        }
    };
    match done {
        Ok(id) => Ok(Redirect::to(&format!("{}/{id}", bench.groups())).into_response()),
        Err(error @ (actions::Error::Refused(_) | actions::Error::Unknown { noun: "list", .. })) => {
            refuse(asked, bench, draft, &spoken(&error, asked.language)).await
        }
        Err(other) => Err(other.into()),
    }
}

async fn refuse(asked: &Asked, bench: &Bench, draft: &Draft, said: &str) -> Result<Response, Error> {
    let page = page(asked, bench, draft, Some(said), &html! {}).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// The form, with whom its rule finds below, if it says one.
async fn look(asked: &Asked, bench: &Bench, draft: &Draft) -> Result<Response, Error> {
    let is_blank = draft.lines.is_empty() && bench.group.is_none();
    if is_blank {
        return Ok(page(asked, bench, draft, None, &html! {}).await?.into_response());
    }
    match draft.rule(&bench.lists) {
        Err(why) => refuse(asked, bench, draft, why.spoken(asked.language)).await,
        Ok(rule) => {
            let found = found(asked, bench, rule).await?;
            Ok(page(asked, bench, draft, None, &found).await?.into_response())
        }
    }
}

async fn found(asked: &Asked, bench: &Bench, rule: Rule) -> Result<Markup, Error> {
    let words = Words::of(asked.language);
    let mut reading = asked.read().await?;
    let ruled = Ruled::of(&mut reading, &bench.publication, rule).await?;
    let search = Search { ruled: Some(ruled), ..Search::of(Among::All) };
    let (count, is_all) = search.count(&mut reading, COUNTED).await?;
    let page = search.page(&mut reading, 0.into(), SHOWN, FARTHEST).await?;
    let readers = store::subscriber::some(&mut reading, &page.found).await?;
    let subscribed = seen(asked, store::subscriber::subscriptions(&mut reading, &page.found).await?);
    Ok(html! {
        section #found {
            h2 { ((words.found)(count, is_all)) }
            @if readers.is_empty() { p .empty { (words.nobody) } } @else {
                (table(readers::Words::of(asked.language), &readers, &subscribed, false))
                @if count > readers.len() || !is_all { p .muted { ((words.only_first)(readers.len())) } }
            }
        }
    })
}

async fn page(
    asked: &Asked,
    bench: &Bench,
    draft: &Draft,
    refused: Option<&str>,
    below: &Markup,
) -> Result<Html<String>, Error> {
    let words = Words::of(asked.language);
    let (action, preview) = bench.ways();
    let title = if bench.group.is_some() { words.edit } else { words.new };
    let may = asked.may_at(Permission::KeepReaders, bench.publication.id);
    let suggested = values(asked, &bench.lists).await?;
    let main = html! {
        p .eyebrow { (bench.publication.profile.name) " · " a href=(bench.groups()) { (words.groups) } }
        h1 { (title) }
        form .card.stack.rule method="post" action=(action) {
            @if let Some(said) = refused { p .refusal role="alert" { (said) } }
            @if bench.group.as_ref().is_some_and(|group| draft.is_typed && group.revision != draft.revision) {
                p { a href=(preview) { (words.latest) } }
            }
            label .named { span { (words.name) }
                input name="name" maxlength="60" value=(draft.name) placeholder=(words.name_hint) autocomplete="off";
            }
            fieldset {
                legend { (words.how) }
                @for how in How::ALL {
                    label .choice { input type="radio" name="how" value=(how.word()) checked[draft.how == how]; span { ((words.how_of)(how)) } }
                }
            }
            (lines(asked, draft))
            datalist #values { @for value in &suggested { option value=(value) {} } }
            p .muted { (words.hint) }
            input type="hidden" name="revision" value=(draft.revision);
            div .ways {
                button type="submit" formmethod="get" formaction=(preview) { (words.look) }
                @if may { button .primary type="submit" { (words.save) } }
                a .button href=(action) { (words.cancel) }
            }
        }
        (below)
    };
    Ok(shown(asked, title, &main))
}

/// A line for each condition, and one more.
fn lines(asked: &Asked, draft: &Draft) -> Markup {
    let words = Words::of(asked.language);
    let blank = [String::new(), String::new(), String::new()];
    let count = (draft.lines.len() + 1).clamp(LINES, MOST);
    let shown = draft.lines.iter().chain(std::iter::repeat(&blank)).take(count.max(draft.lines.len()));
    html! {
        ol .conditions { @for (at, [field, relation, value]) in shown.enumerate() { li .filter {
            label { span { (words.field) }
                select name="field" {
                    option value="" { (words.no_field) }
                    @for one in Field::ALL { option value=(one.word()) selected[one.word() == field] { (one.called(asked.language)) } }
                }
            }
            label { span { (words.relation) }
                select name="is" { @for one in Relation::ALL { option value=(one.word()) selected[one.word() == relation] { (one.called(asked.language)) } } }
            }
            label .wide { span { (words.value) }
                input name="value" value=(value) maxlength="100" list="values" autocomplete="off" aria-label={ (words.value) " " (at + 1) };
            }
        } } }
    }
}

/// What may be typed as a value: lists, states, and what readers have.
async fn values(asked: &Asked, lists: &[List]) -> Result<Vec<String>, Error> {
    let [_, regions, categories] = suggested(asked).await?;
    let mut values: Vec<_> = lists.iter().map(|list| list.name.clone()).collect();
    values.extend(Stands::ALL.map(|one| (readers::Words::of(asked.language).stands)(one).to_owned()));
    values.extend(regions.into_iter().chain(categories));
    Ok(values)
}
