//! `yizhan publication …`

use super::context::Context;
use super::output;
use crate::actions;
use crate::domain::address::{Address, Mailbox};
use crate::domain::extent::Extent;
use crate::domain::issue::ColophonLine;
use crate::domain::language::Language;
use crate::domain::list::ListPath;
use crate::domain::publication::{Changes, Profile, Publication as Row, Slug, Undated};
use crate::domain::theme::{Colour, Font, TextSize, Theme, ThemeChanges, Width};
use crate::store::{self, Connection};
use crate::web::contract;
use anyhow::Context as _;
use chrono_tz::Tz;
use clap::Subcommand;
use serde_json::json;

/// Publications
#[derive(Debug, Subcommand)]
pub(super) enum Publication {
    /// Adds a publication
    Add {
        /// Its short name: a-z, 0-9 and hyphens
        slug: Slug,
        /// Its name, as on the masthead
        #[arg(long)]
        name: String,
        /// The sender of its letters: 'NAME <ADDRESS>'
        #[arg(long, value_parser = mailbox)]
        from: Mailbox,
        /// The body that compiles it
        #[arg(long)]
        compiled_by: Option<String>,
        /// How many reviewers must say yes before an edition goes out
        #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=3))]
        approvals: u8,
        /// The language of its letters: zh-CN or en
        #[arg(long, default_value = "zh-CN")]
        lang: Language,
        /// The zone its times are meant in
        #[arg(long, default_value = "Asia/Shanghai", value_parser = zone)]
        zone: Tz,
        /// What a missing date of issue means: a question, or the day of dispatch
        #[arg(long, default_value = "ask", value_name = "ask|dispatch-day")]
        undated: Undated,
    },
    /// Changes a publication; what is not named stays, and editions keep what they were submitted with
    Set {
        /// Its short name, which stays
        #[arg(value_parser = named)]
        slug: Slug,
        #[command(flatten)]
        changes: Wishes,
    },
    /// Says whether who submits an edition may approve it too
    OwnApproval {
        /// The publication
        #[arg(value_parser = named)]
        publication: Slug,
        /// yes, for an office in which there is nobody else; no, as it is at first
        #[arg(value_name = "yes|no", value_parser = yes_or_no, action = clap::ArgAction::Set)]
        allowed: bool,
    },
    /// Lists the publications
    List,
}

/// What is to be otherwise.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = true)]
pub(super) struct Wishes {
    /// Its name, as on the masthead
    #[arg(long)]
    name: Option<String>,
    /// The sender of its letters: 'NAME <ADDRESS>'
    #[arg(long, value_parser = mailbox)]
    from: Option<Mailbox>,
    /// The body that compiles it; '' for none
    #[arg(long)]
    compiled_by: Option<String>,
    /// How many reviewers must say yes before an edition goes out
    #[arg(long, value_parser = clap::value_parser!(u8).range(0..=3))]
    approvals: Option<u8>,
    /// The language of its letters: zh-CN or en
    #[arg(long)]
    lang: Option<Language>,
    /// The zone its times are meant in
    #[arg(long, value_parser = zone)]
    zone: Option<Tz>,
    /// What a missing date of issue means: a question, or the day of dispatch
    #[arg(long, value_name = "ask|dispatch-day")]
    undated: Option<Undated>,
    /// A line under its name on the masthead; '' for none
    #[arg(long)]
    motto: Option<String>,
    /// Where readers' answers go; '' for the sender
    #[arg(long, value_name = "ADDRESS")]
    reply_to: Option<String>,
    /// A line of the imprint of issues that have none: 'Phone: 4366683' (repeatable); '' for none
    #[arg(long, value_name = "LINE")]
    colophon: Vec<String>,
    /// Whom test letters are offered to (repeatable, up to three); '' for nobody
    #[arg(long = "tester", value_name = "ADDRESS")]
    testers: Vec<String>,
    /// What its letters hold: the whole issue, or summaries with links to its page
    #[arg(long = "letters", value_name = "full|summary")]
    extent: Option<Extent>,
    /// The colour of numbers and subheads, as #b3261e
    #[arg(long, value_name = "COLOUR")]
    accent: Option<Colour>,
    /// The colour of the name on the masthead
    #[arg(long, value_name = "COLOUR")]
    masthead_colour: Option<Colour>,
    /// The face of the letters' type: sans or serif
    #[arg(long)]
    font: Option<Font>,
    /// The size of the letters' text: normal or large
    #[arg(long, value_name = "SIZE")]
    text_size: Option<TextSize>,
    /// How wide the letters get: narrow, normal or wide
    #[arg(long)]
    width: Option<Width>,
    /// Whether paragraphs open with two characters' space
    #[arg(long, value_name = "yes|no", value_parser = yes_or_no)]
    indent: Option<bool>,
}

impl Wishes {
    fn changes(self) -> anyhow::Result<Changes> {
        let Self {
            name,
            from,
            compiled_by,
            approvals,
            lang,
            zone,
            undated,
            motto,
            reply_to,
            colophon,
            testers,
            extent,
            ..
        } = self;
        let colophon = named_lines(colophon).map(|lines| lines.iter().map(|line| ColophonLine::of(line)).collect());
        let testers = named_lines(testers).map(|lines| lines.iter().map(|line| tester(line)).collect()).transpose()?;
        let reply_to = match reply_to.as_deref().map(str::trim) {
            None => None,
            Some("") => Some(None),
            Some(address) => Some(Some(address.parse().with_context(|| format!("--reply-to '{address}'"))?)),
        };
        let Wishes { accent, masthead_colour: masthead, font, text_size: size, width, indent, .. } = self;
        let theme = ThemeChanges { accent, masthead, font, size, width, indent };
        let own_approval = None;
        Ok(Changes {
            name,
            from,
            compiled_by,
            approvals,
            language: lang,
            zone,
            undated,
            own_approval,
            motto,
            reply_to,
            theme,
            colophon,
            testers,
            extent,
        })
    }
}

/// What was named; nothing where the option was not given, none of it where that was empty.
fn named_lines(lines: Vec<String>) -> Option<Vec<String>> {
    (!lines.is_empty()).then(|| lines.into_iter().filter(|line| !line.trim().is_empty()).collect())
}

fn tester(text: &str) -> anyhow::Result<Address> {
    text.trim().parse().with_context(|| format!("--tester '{text}'"))
}

fn mailbox(text: &str) -> Result<Mailbox, String> {
    super::subscriber::mailbox(text).map_err(|why| format!("{why}; write 'NAME <ADDRESS>'"))
}

fn yes_or_no(text: &str) -> Result<bool, String> {
    match text {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err(format!("'{text}' is neither yes nor no")),
    }
}

fn zone(text: &str) -> Result<Tz, String> {
    text.parse().map_err(|_| format!("'{text}' is no time zone; write one such as Asia/Shanghai"))
}

/// A publication's short name as an argument; says what else was written in its place.
pub(super) fn named(text: &str) -> Result<Slug, String> {
    if std::path::Path::new(text).is_file() {
        return Err(format!("'{text}' is a file; the publication's short name comes first, then the file"));
    }
    match text.split_once('/') {
        Some((publication, _)) if publication.parse::<Slug>().is_ok() => {
            Err(format!("'{text}' names a list; name the publication only: {publication}"))
        }
        _ => text.parse(),
    }
}

/// `PUBLICATION/LIST` as an argument; says what else was written in its place.
pub(super) fn list_named(text: &str) -> Result<ListPath, String> {
    if std::path::Path::new(text).is_file() {
        return Err(format!("'{text}' is a file; PUBLICATION/LIST comes first, then the file"));
    }
    text.parse()
}

impl Publication {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        match self {
            Self::Add { slug, name, from, compiled_by, approvals, lang, zone, undated } => {
                let (own_approval, motto, reply_to, theme) = (false, None, None, Theme::default());
                let profile = Profile {
                    slug,
                    name,
                    from,
                    compiled_by,
                    approvals,
                    language: lang,
                    zone,
                    undated,
                    own_approval,
                    motto,
                    reply_to,
                    theme,
                    colophon: Vec::new(),
                    testers: Vec::new(),
                    extent: Default::default(),
                };
                let now = context.clock.now();
                let id = actions::publication::add(&context.store, context.actor.clone(), now, &profile).await?;
                if context.json {
                    output::json(&json!({ "publication": id, "slug": profile.slug }));
                } else {
                    output::line(format!("Added publication {}: {}.", profile.slug, profile.name));
                }
                Ok(())
            }
            Self::Set { slug, changes } => set(context, &slug, changes).await,
            Self::OwnApproval { publication, allowed } => {
                let (store, actor, now) = (&context.store, context.actor.clone(), context.clock.now());
                actions::edition::approval::allow_own(store, actor, now, &publication, allowed).await?;
                if context.json {
                    output::json(&json!({ "slug": publication, "own_approval": allowed }));
                } else if allowed {
                    output::line(format!("Who submits an edition of {publication} may approve it too."));
                } else {
                    output::line(format!("Editions of {publication} are approved by others than submit them."));
                }
                Ok(())
            }
            Self::List => list(context).await,
        }
    }
}

/// The publication that was named, or all of them.
pub(super) async fn some_or_all(conn: &mut Connection, only: Option<&Slug>) -> anyhow::Result<Vec<Row>> {
    Ok(match only {
        Some(slug) => vec![actions::publication_named(conn, slug).await?],
        None => store::publication::all(conn).await?,
    })
}

async fn set(context: &Context, slug: &Slug, wishes: Wishes) -> anyhow::Result<()> {
    let changes = wishes.changes()?;
    let (actor, now) = (context.actor.clone(), context.clock.now());
    let (profile, changed) = actions::publication::set(&context.store, actor, now, slug, changes).await?;
    if context.json {
        output::json(&json!({ "slug": profile.slug, "changed": changed }));
    } else if changed.is_empty() {
        output::line(format!("Publication {slug} is so already; nothing was changed."));
    } else {
        output::line(format!("Changed {} of publication {slug}; what was submitted before stays.", changed.join(", ")));
    }
    Ok(())
}

async fn list(context: &Context) -> anyhow::Result<()> {
    let all = store::publication::all(&mut *context.store.read().await?).await?;
    if context.json {
        for publication in &all {
            output::json(&contract::publication(publication));
        }
    } else if all.is_empty() {
        output::line(
            "There is no publication yet; add one with `yizhan publication add SLUG --name NAME --from 'NAME <ADDRESS>'`.",
        );
    } else {
        let rows = all.into_iter().map(|p| {
            [p.profile.slug.to_string(), p.profile.name, p.profile.from.to_string(), p.profile.zone.name().to_owned()]
        });
        output::table(["slug", "name", "from", "zone"], rows);
    }
    Ok(())
}
