//! `yizhan issue import PUB FILE --into ISSUE`: a corrected document comes into an issue; what it changes is told first.

use super::{output, print_flags, read_document};
use crate::actions;
use crate::actions::issue::{Brought, Comparison};
use crate::cli::context::Context;
use crate::cli::subscriber::name_of;
use crate::domain::id::IssueId;
use crate::domain::issue::difference::{Change, Difference, between};
use crate::domain::issue::merge::{Choices, Question, Side};
use crate::domain::publication::Slug;
use crate::store;
use crate::web::contract;
use clap::Args;
use std::path::Path;

/// A text is shown up to here.
const SHOWN: usize = 60;

/// Into which issue, and how.
#[derive(Debug, Args)]
pub(in crate::cli) struct Into {
    /// The issue that the document corrects; what was changed in it since stays where the document did not change
    #[arg(long, value_name = "ISSUE")]
    into: Option<IssueId>,
    /// Only say what would change
    #[arg(long, requires = "into")]
    dry_run: bool,
    /// Where both changed, keep what the issue says
    #[arg(long, requires = "into", conflicts_with = "theirs")]
    mine: bool,
    /// Where both changed, take what the document says
    #[arg(long, requires = "into")]
    theirs: bool,
    /// Where both changed: which one holds at one place, by its number
    #[arg(long, requires = "into", value_name = "NUMBER=mine|theirs", value_parser = choice)]
    choose: Vec<(u32, Side)>,
}

fn choice(text: &str) -> Result<(u32, Side), String> {
    let parsed = text.split_once('=').and_then(|(number, side)| Some((number.parse().ok()?, Side::of(side)?)));
    parsed.ok_or_else(|| format!("'{text}' is no choice; write one such as 2=mine or 2=theirs"))
}

impl Into {
    /// The issue, where one is named.
    pub(super) fn issue(&self) -> Option<IssueId> {
        self.into
    }

    /// What is said about places that both changed; none where nothing is.
    fn choices(&self) -> Option<Choices> {
        let is_said = self.mine || self.theirs || !self.choose.is_empty();
        let default = if self.theirs { Side::Theirs } else { Side::Mine };
        is_said.then(|| Choices { default, said: self.choose.iter().copied().collect() })
    }

    /// Compares, and takes the document over unless it is a dry run.
    pub(super) async fn run(&self, context: &Context, slug: &Slug, issue: IssueId, file: &Path) -> anyhow::Result<()> {
        let brought = Brought { name: name_of(file), bytes: read_document(file)? };
        is_of(context, slug, issue).await?;
        let (by, choices) = ((context.actor.clone(), context.clock.now()), self.choices());
        let how = (choices.as_ref(), self.dry_run);
        let (found, edit) = actions::issue::reimport(&context.store, by, issue, &brought, how).await?;
        if context.json {
            output::json(&contract::reimported(&found, edit));
            return Ok(());
        }
        tell(&found);
        match edit {
            Some(edit) => {
                output::line(format!(
                    "Issue {issue} is of {} now (edit {edit}; the desk undoes it); submit it again before it goes out.",
                    found.new_name
                ));
                print_flags(issue, &found.flags);
            }
            None => output::line("This was a dry run; nothing was changed."),
        }
        Ok(())
    }
}

/// Refuses an issue of another publication.
async fn is_of(context: &Context, slug: &Slug, issue: IssueId) -> anyhow::Result<()> {
    let mut reading = context.store.read().await?;
    let publication = actions::publication_named(&mut reading, slug).await?.id;
    let found = actions::issue::find(&mut reading, issue).await?;
    let own = store::publication::find(&mut reading, found.publication).await?.profile.slug;
    anyhow::ensure!(
        found.publication == publication,
        "issue {issue} is one of {own}, not of {slug}; `yizhan issue list {slug}` lists those of {slug}"
    );
    Ok(())
}

fn tell(found: &Comparison) {
    if let Some(other) = found.elsewhere {
        output::line(format!("Mind: this document was also imported by itself, as issue {other}."));
    }
    let (mine, theirs) = (&found.issue.contents, &found.theirs);
    if mine.number.zip(theirs.number).is_some_and(|(mine, theirs)| mine != theirs) {
        let label = |label: &Option<String>| label.clone().unwrap_or_else(|| "of another number".into());
        output::line(format!("Mind: the issue is {}, the document is {}.", label(&mine.label), label(&theirs.label)));
    }
    differences("The document changes", &between(&found.base, theirs));
    differences("Your changes stay", &between(theirs, &found.sure));
    found.merged.questions.iter().for_each(ask);
}

fn differences(what: &str, difference: &Difference) {
    let facts = difference.facts.iter().map(|(fact, change)| format!("{fact:?}: {}", said(change)));
    let articles = difference.articles.iter().flat_map(|article| {
        let title = format!("{} ({})", article.title, format!("{:?}", article.fate).to_lowercase());
        std::iter::once(title).chain(article.changes.iter().map(|change| format!("  {}", said(change))))
    });
    let lines: Vec<String> = facts.chain(articles).collect();
    if lines.is_empty() {
        return;
    }
    output::line(format!("{what}:"));
    lines.iter().for_each(|line| output::line(format!("  {line}")));
}

fn said(change: &Change) -> String {
    match change {
        Change::Added(text) => format!("+ {}", short(text)),
        Change::Removed(text) => format!("- {}", short(text)),
        Change::Changed { before, after } => format!("{} → {}", short(before), short(after)),
    }
}

fn ask(question: &Question) {
    let Question { number, article, mine, theirs, side, .. } = question;
    let text = |text: &Option<String>| text.as_deref().map_or_else(|| "(not there)".to_owned(), short);
    let place = article.as_ref().map(|title| format!(" in {title}")).unwrap_or_default();
    output::line(format!("? {number}{place}: both changed it [{}]", side.word()));
    output::line(format!("  mine:   {}", text(mine)));
    output::line(format!("  theirs: {}", text(theirs)));
}

fn short(text: &str) -> String {
    let line: String = text.chars().map(|c| if c == '\n' { ' ' } else { c }).take(SHOWN).collect();
    if text.chars().count() > SHOWN { format!("{line}…") } else { line }
}
