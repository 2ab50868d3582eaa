//! `yizhan issue …`

mod attach;
mod facts;
mod reimport;

use super::context::Context;
use super::{output, publication, subscriber::name_of};
use crate::actions;
use crate::actions::issue::Answer;
use crate::compose;
use crate::domain::asset::Assets;
use crate::domain::document::{Flag, Severity};
use crate::domain::edition::Print;
use crate::domain::extent::Extent;
use crate::domain::id::{EditionId, IssueId};
use crate::domain::issue::Dating;
use crate::domain::language::Language;
use crate::domain::publication::Slug;
use crate::store;
use crate::web::contract;
use anyhow::Context as _;
use clap::{Subcommand, ValueEnum};
use std::path::{Path, PathBuf};

/// Issues
#[derive(Debug, Subcommand)]
pub(super) enum Issue {
    /// Makes a document an issue, or brings a corrected one into an issue; the same bytes twice make one
    Import {
        /// The publication's short name
        #[arg(value_parser = publication::named)]
        publication: Slug,
        /// The document: .docx, a web page, plain text, Markdown, or a PDF with a text layer
        file: PathBuf,
        #[command(flatten)]
        into: reimport::Into,
    },
    /// Lists the issues, with what each still wants
    List {
        /// Only of this publication
        #[arg(value_parser = publication::named)]
        publication: Option<Slug>,
    },
    /// Answers the questions that block submission; another answer replaces the first
    Answer {
        /// The issue's number here
        issue: IssueId,
        /// Which question
        #[arg(requires = "choose", required_unless_present = "defaults")]
        flag: Option<String>,
        /// The answer: one of the flag's choices, or a date or number written out where it takes one
        #[arg(long, requires = "flag")]
        choose: Option<String>,
        /// Answer every open question by its default
        #[arg(long, conflicts_with = "flag")]
        defaults: bool,
    },
    /// Changes what an issue says beside its articles: number, date, subject …
    Set {
        /// The issue's number here
        issue: IssueId,
        #[command(flatten)]
        facts: facts::Changes,
    },
    /// Lets an issue's letters have more than 100 KB of HTML, of which Gmail hides the rest
    AnySize {
        /// The issue's number here
        issue: IssueId,
        /// The limit holds again
        #[arg(long)]
        take_back: bool,
    },
    /// Says how much of an issue its letters hold
    Extent {
        /// The issue's number here
        issue: IssueId,
        /// The whole of it, summaries with links to its page, or as the publication says
        #[arg(value_name = "full|summary|publication", value_parser = extent_named)]
        extent: Wished,
    },
    /// Adds a file to an issue's letters, behind those that are there
    Attach {
        /// The issue's number here
        issue: IssueId,
        /// The file: a form, the document itself
        file: PathBuf,
        /// What readers see and save it as; the file's own name without it
        #[arg(long)]
        name: Option<String>,
    },
    /// Takes a file off an issue's letters
    Detach {
        /// The issue's number here
        issue: IssueId,
        /// Its name, as `issue show` has it
        name: String,
    },
    /// Shows an issue
    Show {
        /// The issue's number here
        issue: IssueId,
    },
    /// Writes what a reader would get
    Export {
        /// The issue's number here
        issue: IssueId,
        /// What to write
        #[arg(long, value_enum)]
        format: Format,
        /// Where to; standard output without it
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

/// What can be exported.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Format {
    /// The HTML part
    Html,
    /// The plain text part
    Text,
    /// A whole letter to a sample reader
    Eml,
    /// The issue as JSON
    Json,
}

impl Issue {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        match self {
            Self::Import { publication, file, into } => match into.issue() {
                Some(issue) => into.run(context, &publication, issue, &file).await,
                None => import(context, &publication, &file).await,
            },
            Self::Answer { issue, flag, choose, .. } => {
                let answer = match (flag, choose) {
                    (Some(flag), Some(key)) => Answer::One { flag, key },
                    _ => Answer::Defaults,
                };
                let (actor, now) = (context.actor.clone(), context.clock.now());
                let answered = actions::issue::answer(&context.store, actor, now, issue, &answer).await?;
                print_answers(context, issue, &answered);
                Ok(())
            }
            Self::Set { issue, facts } => facts.run(context, issue).await,
            Self::AnySize { issue, take_back } => any_size(context, issue, !take_back).await,
            Self::Extent { issue, extent } => set_extent(context, issue, extent.0).await,
            Self::Attach { issue, file, name } => attach::attach(context, issue, &file, name.as_deref()).await,
            Self::Detach { issue, name } => attach::detach(context, issue, &name).await,
            Self::List { publication } => list(context, publication.as_ref()).await,
            Self::Show { issue } => show(context, issue).await,
            Self::Export { issue, format, output } => export(context, issue, format, output.as_deref()).await,
        }
    }
}

/// How much letters are to hold; none for as much as the publication says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wished(Option<Extent>);

fn extent_named(word: &str) -> Result<Wished, String> {
    match word {
        "publication" => Ok(Wished(None)),
        word => word.parse().map(|extent| Wished(Some(extent))).map_err(|why| format!("{why}, or publication")),
    }
}

async fn set_extent(context: &Context, issue: IssueId, extent: Option<Extent>) -> anyhow::Result<()> {
    let (actor, now) = (context.actor.clone(), context.clock.now());
    let changed = actions::issue::set_extent(&context.store, actor, now, issue, extent).await?;
    if context.json {
        output::json(&serde_json::json!({ "issue": issue, "extent": extent, "changed": changed }));
    } else {
        output::line(match extent {
            Some(Extent::Full) => format!("Letters of issue {issue} hold all of it."),
            Some(Extent::Summary) => format!("Letters of issue {issue} hold summaries, with links to its page."),
            None => format!("Letters of issue {issue} hold what its publication says."),
        });
    }
    Ok(())
}

async fn any_size(context: &Context, issue: IssueId, any_size: bool) -> anyhow::Result<()> {
    let (actor, now) = (context.actor.clone(), context.clock.now());
    let changed = actions::issue::set_any_size(&context.store, actor, now, issue, any_size).await?;
    if context.json {
        output::json(&serde_json::json!({ "issue": issue, "any_size": any_size, "changed": changed }));
    } else if any_size {
        output::line(format!("Letters of issue {issue} may have any size; Gmail hides what follows about 102 KB."));
    } else {
        output::line(format!("Letters of issue {issue} may have 100 KB of HTML at most."));
    }
    Ok(())
}

async fn import(context: &Context, publication: &Slug, file: &Path) -> anyhow::Result<()> {
    let bytes = read_document(file)?;
    let (actor, now) = (context.actor.clone(), context.clock.now());
    let taken = actions::document::take_in(&context.store, actor, now, publication, &name_of(file), &bytes).await?;
    if context.json {
        output::json(&contract::taken_in(&taken));
        return Ok(());
    }
    if taken.known {
        output::line(format!("These bytes came into issue {} already; nothing was changed.", taken.issue));
    }
    let balance = taken.conservation;
    output::line(format!(
        "Issue {}: {}. Of {} characters, {} are body, {} contents, masthead, titles and imprint, {} lost.",
        taken.issue,
        output::count(taken.articles as i64, "article", "articles"),
        balance.source,
        balance.body,
        balance.other,
        balance.lost
    ));
    print_flags(taken.issue, &taken.flags);
    Ok(())
}

/// Reads a document from disk, looking at its size before its bytes.
pub(super) fn read_document(file: &Path) -> anyhow::Result<Vec<u8>> {
    let unreadable = || format!("the document {} cannot be read; check the path", file.display());
    let size = std::fs::metadata(file).with_context(unreadable)?.len();
    if size > crate::intake::document::LARGEST as u64 {
        return Err(crate::intake::document::Refusal::TooLarge.into());
    }
    std::fs::read(file).with_context(unreadable)
}

/// Open questions in full, notes by number.
fn print_flags(issue: IssueId, flags: &[Flag]) {
    let open: Vec<_> = flags.iter().filter(|flag| flag.is_open()).collect();
    for flag in &open {
        output::line(flag_line(flag));
    }
    let notes = flags.iter().filter(|flag| flag.finding.severity() == Severity::Look).count();
    if notes > 0 {
        output::line(format!(
            "{} for a look: `yizhan issue show {issue}`.",
            output::count(notes as i64, "note", "notes")
        ));
    }
    if !open.is_empty() {
        output::line(format!(
            "Answer with `yizhan issue answer {issue} FLAG --choose X`, or take the first of each with --defaults."
        ));
    }
}

/// `? missing-date: The document carries no date of issue. [none | dispatch-day, or a date such as …]`
fn flag_line(flag: &Flag) -> String {
    let mark = if flag.is_open() { "?" } else { "-" };
    let place = flag.line.map(|line| format!(" (line {line})")).unwrap_or_default();
    let choices = flag.choices.iter().map(|choice| choice.key.as_str()).collect::<Vec<_>>().join(" | ");
    let also = flag.free_forms().map(|forms| format!(", {forms}")).unwrap_or_default();
    let choices = if choices.is_empty() { choices } else { format!(" [{choices}{also}]") };
    let answer = flag.answer.as_ref().map(|answer| format!(" → {answer}")).unwrap_or_default();
    format!("{mark} {}{place}: {}{choices}{answer}", flag.id, flag.finding.message(Language::English))
}

fn print_answers(context: &Context, issue: IssueId, answered: &[Flag]) {
    if context.json {
        output::json(&contract::answered(issue, answered));
    } else if answered.is_empty() {
        output::line("No question is open.");
    } else {
        for flag in answered {
            output::line(answer_line(flag));
        }
    }
}

/// `missing-date: none`
pub(super) fn answer_line(flag: &Flag) -> String {
    format!("{}: {}", flag.id, flag.answer.as_deref().unwrap_or("open"))
}

async fn list(context: &Context, only: Option<&Slug>) -> anyhow::Result<()> {
    let mut reading = context.store.read().await?;
    let only = match only {
        Some(slug) => Some(actions::publication_named(&mut reading, slug).await?.id),
        None => None,
    };
    let mut rows = Vec::new();
    let zone = context.zone(&mut reading).await?;
    for issue in store::issue::overviews(&mut reading, only).await? {
        if context.json {
            output::json(&contract::issue_in_brief(&issue, zone));
        }
        let wants = match (issue.open, issue.edition) {
            (0, Some(edition)) => format!("edition {edition}"),
            (0, None) => "to be submitted".to_owned(),
            (open, _) => format!("{} open", output::count(open, "question", "questions")),
        };
        rows.push([
            issue.id.to_string(),
            issue.publication,
            issue.label.unwrap_or_default(),
            issue.document,
            issue.articles.to_string(),
            wants,
            issue.dispatches.to_string(),
        ]);
    }
    let head = ["issue", "publication", "label", "document", "articles", "stands at", "dispatches"];
    output::rows(context.json, head, rows, "There is no issue; `yizhan issue import PUB FILE` makes one.");
    Ok(())
}

async fn show(context: &Context, id: IssueId) -> anyhow::Result<()> {
    let mut reading = context.store.read().await?;
    let issue = actions::issue::find(&mut reading, id).await?;
    let publication = store::publication::find(&mut reading, issue.publication).await?;
    if context.json {
        output::json(&contract::issue(&issue, publication.profile.slug.as_str()));
        return Ok(());
    }
    output::line(format!("{} {}", publication.profile.name, issue.contents.label.as_deref().unwrap_or("(no label)")));
    let rows = (1..).zip(&issue.contents.articles).map(|(order, article): (usize, _)| {
        let heads = article.blocks.iter().map(|block| block.run_in_heads().len()).sum::<usize>();
        [order.to_string(), article.title.clone(), article.blocks.len().to_string(), heads.to_string()]
    });
    output::table(["", "article", "blocks", "run-in heads"], rows);
    for line in attach::lines(&issue.contents.attachments) {
        output::line(line);
    }
    for flag in &issue.flags {
        output::line(flag_line(flag));
    }
    Ok(())
}

async fn export(context: &Context, id: IssueId, format: Format, file: Option<&Path>) -> anyhow::Result<()> {
    let mut reading = context.store.read().await?;
    let issue = actions::issue::find(&mut reading, id).await?;
    let profile = store::publication::find(&mut reading, issue.publication).await?.profile;
    if let Format::Json = format {
        return write(file, format!("{}\n", contract::issue(&issue, profile.slug.as_str())).as_bytes());
    }
    let mut contents = issue.contents;
    if contents.published_on == Dating::DispatchDay {
        contents.published_on = Dating::On(context.clock.now().day_in(profile.zone));
    }
    let print = compose::print(&profile, &contents)?;
    if print.whole.is_some() && context.settings.rules().base_url.is_none() {
        return Err(compose::Unprintable::NoPage.into());
    }
    let assets = actions::edition::enclosed(&mut reading, &print).await?;
    write(file, &rendered(format, (&print, &assets), context)?)
}

fn rendered(format: Format, (print, assets): (&Print, &Assets), context: &Context) -> anyhow::Result<Vec<u8>> {
    let base_url = context.settings.rules().base_url;
    let edition = EditionId(0);
    let parcel = compose::sample_parcel(print, edition, context.clock.now(), base_url.as_deref());
    Ok(match format {
        Format::Html => compose::with_pictures(&compose::html_for(print, &parcel), print, assets).into_bytes(),
        Format::Text | Format::Json => compose::text_for(print, &parcel).into_bytes(),
        Format::Eml => {
            let mut letter = Vec::new();
            let stationery = compose::Stationery::enclosing(print, edition, &print.digest(), assets)?;
            stationery.letter(&parcel, &mut letter)?;
            letter
        }
    })
}

fn write(file: Option<&Path>, bytes: &[u8]) -> anyhow::Result<()> {
    match file {
        None => output::exactly(&String::from_utf8_lossy(bytes)),
        Some(file) => std::fs::write(file, bytes)
            .with_context(|| format!("{} cannot be written; check the path", file.display()))?,
    }
    Ok(())
}
