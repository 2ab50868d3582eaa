//! `yizhan group …`

use super::context::Context;
use super::{output, publication};
use crate::actions;
use crate::domain::group::{Condition, Group as Row, How, Rule};
use crate::domain::id::{GroupId, SubscriberId};
use crate::domain::language::Language;
use crate::domain::publication::Slug;
use crate::store;
use crate::store::subscriber::search::{Among, Ruled, Search};
use clap::Subcommand;
use serde_json::{Value, json};

/// Readers chosen by a rule
#[derive(Debug, Subcommand)]
pub(super) enum Group {
    /// Adds a group to a publication
    Add {
        /// PUBLICATION
        #[arg(value_parser = publication::named)]
        publication: Slug,
        /// Its name
        #[arg(long)]
        name: String,
        /// A condition: FIELD RELATION VALUE, as in 'organisation contains 科技局' or '单位 包含 科技局'; give one or more.
        /// Fields: name, organisation, department, position, region, category, remark, address, provider, list, state,
        /// known. Relations: is, is-not, contains, lacks, empty, filled, from, before
        #[arg(long = "where", value_name = "CONDITION", required = true)]
        conditions: Vec<String>,
        /// One condition is enough; without it all must fit
        #[arg(long)]
        any: bool,
    },
    /// Lists the groups with their rules
    List {
        /// Only of this publication
        #[arg(value_parser = publication::named)]
        publication: Option<Slug>,
    },
    /// Shows a group's rule, and how many readers fit it now
    Show {
        /// Its number
        group: GroupId,
        /// Names the readers too
        #[arg(long)]
        readers: bool,
    },
    /// Removes a group; its readers and their subscriptions stay
    Remove {
        /// Its number
        group: GroupId,
    },
}

impl Group {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let (actor, now) = (context.actor.clone(), context.clock.now());
        match self {
            Self::Add { publication, name, conditions, any } => {
                let rule = rule(&conditions, any)?;
                let id = actions::group::add(&context.store, actor, now, &publication, (&name, &rule)).await?;
                match context.json {
                    true => output::json(&json!({ "group": id, "name": name.trim() })),
                    false => output::line(format!("Added group {id}, {}: {}.", name.trim(), told(&rule))),
                }
                Ok(())
            }
            Self::List { publication } => list(context, publication.as_ref()).await,
            Self::Show { group, readers } => show(context, group, readers).await,
            Self::Remove { group } => {
                let gone = actions::group::remove(&context.store, actor, now, group).await?;
                match context.json {
                    true => output::json(&json!({ "group": group, "name": gone.name })),
                    false => output::line(format!("Removed group {group}, {}; its readers stay.", gone.name)),
                }
                Ok(())
            }
        }
    }
}

fn rule(conditions: &[String], any: bool) -> anyhow::Result<Rule> {
    let read = |text: &String| text.parse::<Condition>().map_err(|why| anyhow::anyhow!("{why}"));
    let conditions = conditions.iter().map(read).collect::<anyhow::Result<_>>()?;
    let how = if any { How::Any } else { How::All };
    Rule::of(how, conditions).map_err(|why| anyhow::anyhow!("{why}"))
}

fn told(rule: &Rule) -> String {
    rule.told(Language::English, |_| None)
}

fn as_json(group: &Row, publication: &Slug) -> Value {
    json!({ "group": group.id, "publication": publication, "name": group.name, "rule": group.rule })
}

async fn list(context: &Context, only: Option<&Slug>) -> anyhow::Result<()> {
    let mut reading = context.store.read().await?;
    let mut rows = Vec::new();
    for publication in publication::some_or_all(&mut reading, only).await? {
        for group in store::group::of_publication(&mut reading, publication.id).await? {
            if context.json {
                output::json(&as_json(&group, &publication.profile.slug));
            }
            rows.push([group.id.to_string(), publication.profile.slug.to_string(), group.name, told(&group.rule)]);
        }
    }
    let none = "There is no group; `yizhan group add PUB --name NAME --where CONDITION` adds one.";
    output::rows(context.json, ["group", "publication", "name", "who"], rows, none);
    Ok(())
}

async fn show(context: &Context, id: GroupId, names: bool) -> anyhow::Result<()> {
    let mut reading = context.store.read().await?;
    let group = actions::group::found(&mut reading, id).await?;
    let publication = store::publication::find(&mut reading, group.publication).await?;
    let ruled = Ruled::of(&mut reading, &publication, group.rule.clone()).await?;
    let search = Search { ruled: Some(ruled), ..Search::of(Among::All) };
    let (count, _) = search.count(&mut reading, usize::MAX).await?;
    if context.json {
        let mut shown = as_json(&group, &publication.profile.slug);
        shown["readers"] = json!(count);
        output::json(&shown);
    } else {
        let readers = output::count(count as i64, "reader", "readers");
        output::line(format!("{} ({}): {}", group.name, publication.profile.slug, told(&group.rule)));
        output::line(format!("{readers} now."));
    }
    drop(reading);
    if names { name_readers(context, &search).await } else { Ok(()) }
}

/// A page at a time, for they may be many.
async fn name_readers(context: &Context, search: &Search) -> anyhow::Result<()> {
    let mut after = Some(SubscriberId(0));
    while let Some(from) = after {
        let mut reading = context.store.read().await?;
        let page = search.page(&mut reading, from, store::subscriber::PAGE, usize::MAX).await?;
        for reader in store::subscriber::some(&mut reading, &page.found).await? {
            if context.json {
                let (id, address, person) = (reader.id, reader.address, reader.person);
                output::json(&json!({ "subscriber": id, "address": address, "person": person }));
                continue;
            }
            let name = reader.person.name.map(|name| format!("{name} ")).unwrap_or_default();
            let place = reader.person.organisation.map(|place| format!("  {place}")).unwrap_or_default();
            output::line(format!("{:>6}  {name}<{}>{place}", reader.id.0, reader.address));
        }
        after = page.next;
    }
    Ok(())
}
