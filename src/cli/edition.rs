//! `yizhan edition …`

use super::context::Context;
use super::subscriber::mailbox;
use super::{output, progress, station};
use crate::actions;
use crate::compose;
use crate::domain::address::Mailbox;
use crate::domain::approval::Answer;
use crate::domain::audit::Actor;
use crate::domain::id::{EditionId, IssueId};
use crate::store::{self, Connection};
use clap::Subcommand;
use serde_json::json;

/// Editions
#[derive(Debug, Subcommand)]
pub(super) enum Edition {
    /// Lists the editions of an issue, with the answers of reviewers
    List {
        /// The issue
        issue: IssueId,
    },
    /// Freezes an issue as it is now
    Submit {
        /// The issue
        issue: IssueId,
    },
    /// Says yes to an edition, as the account of --as, which did not submit it
    Approve {
        /// The edition
        edition: EditionId,
    },
    /// Says no to an edition, as the account of --as
    SendBack {
        /// The edition
        edition: EditionId,
        /// What the editor should change
        #[arg(long)]
        why: String,
    },
    /// Sends a test letter, and waits for the relay's answer
    Try {
        /// The edition
        edition: EditionId,
        /// Whom to
        #[arg(long, value_parser = mailbox)]
        to: Mailbox,
    },
}

impl Edition {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let (store, actor, now) = (&context.store, context.actor.clone(), context.clock.now());
        let (edition, what) = match self {
            Self::Submit { issue } => {
                let edition = actions::edition::submit(store, actor, now, issue).await?;
                warn_of_size(context, edition).await?;
                (edition, "submitted")
            }
            Self::Approve { edition } => {
                actions::edition::approve(store, actor, now, edition).await?;
                (edition, "approved")
            }
            Self::SendBack { edition, why } => {
                actions::edition::send_back(store, actor, now, edition, &why).await?;
                (edition, "sent back")
            }
            Self::List { issue } => return list(context, issue).await,
            Self::Try { edition, to } => return try_out(context, edition, &to).await,
        };
        if context.json {
            output::json(&json!({ "edition": edition, "done": what }));
        } else {
            output::line(format!("Edition {edition} is {what}."));
        }
        Ok(())
    }
}

/// Says so when a letter is so heavy that phones and webmail may not show all of it.
pub(super) async fn warn_of_size(context: &Context, edition: EditionId) -> anyhow::Result<()> {
    let edition = actions::edition::find(&mut *context.store.read().await?, edition).await?;
    let size = compose::size_of_html(&edition.print);
    if size > compose::HTML_HEAVY {
        output::aside(format!(
            "The letter has {} KB of HTML. Gmail hides what follows about 102 KB, and phones are slow with it: think of dividing the issue.",
            size / 1024
        ));
    }
    let weight = compose::weight(&edition.print);
    if weight > compose::LETTER_HEAVY {
        output::aside(format!(
            "The whole letter has {} KB with its pictures; every reader gets a copy, and phones take seconds over it: think of making the pictures smaller in the document.",
            weight / 1024
        ));
    }
    Ok(())
}

async fn list(context: &Context, issue: IssueId) -> anyhow::Result<()> {
    let mut reading = context.store.read().await?;
    let publication = actions::issue::find(&mut reading, issue).await?.publication;
    let zone = store::publication::find(&mut reading, publication).await?.profile.zone;
    let mut rows = Vec::new();
    for edition in store::edition::of_issue(&mut reading, issue).await? {
        let answers = {
            let answers = store::approval::answers(&mut reading, edition.id).await?;
            named(&mut reading, answers).await?
        };
        let at = edition.submitted_at.rfc3339_in(zone);
        if context.json {
            let answers: Vec<_> = answers.iter().map(|said| json!({ "actor": said.actor, "yes": said.yes })).collect();
            output::json(&json!({
                "edition": edition.id, "issue": issue, "submitted_at": at, "subject": edition.subject,
                "current": edition.is_current, "answers": answers,
            }));
            continue;
        }
        let said = answers.iter().map(|said| format!("{} {}", if said.yes { "yes" } else { "no" }, said.actor));
        let current = if edition.is_current { "as the issue is now" } else { "the issue has changed since" };
        rows.push([
            edition.id.to_string(),
            at,
            edition.subject,
            said.collect::<Vec<_>>().join(", "),
            current.to_owned(),
        ]);
    }
    let none = format!("Issue {issue} has no edition; `yizhan edition submit {issue}` makes one.");
    output::rows(context.json, ["edition", "submitted", "subject", "answers", ""], rows, &none);
    Ok(())
}

/// The answers with their reviewers' addresses, where these have an account.
async fn named(conn: &mut Connection, mut answers: Vec<Answer>) -> anyhow::Result<Vec<Answer>> {
    let accounts = store::account::all(conn).await?;
    for answer in &mut answers {
        let known = accounts.iter().find(|account| Actor::Account(account.id).to_string() == answer.actor);
        known.into_iter().for_each(|account| answer.actor.clone_from(&account.email));
    }
    Ok(answers)
}

async fn try_out(context: &Context, edition: EditionId, to: &Mailbox) -> anyhow::Result<()> {
    let (actor, now) = (context.actor.clone(), context.clock.now());
    if context.settings.relays()?.is_empty() {
        anyhow::bail!("no relay is set, so no test letter can go; set YIZHAN_RELAY=smtp://host:port or [relay] url");
    }
    let trial = actions::edition::try_out(&context.store, actor, now, edition, to).await?;
    if trial.known {
        output::aside(format!(
            "A test letter of edition {edition} to {} is in the queue already; this is that one.",
            to.address
        ));
    }
    let mut sender = station::Sender::new(context);
    let tried = progress::until_tried(context, &mut sender, trial.delivery).await;
    // Stopped in good order whatever came: it carries other letters too.
    sender.stop().await?;
    let entry = tried?;
    let Some(last) = entry.attempts.last() else {
        anyhow::bail!("the test letter was {}: {}", entry.state, entry.why.unwrap_or_default());
    };
    if context.json {
        output::json(&super::delivery::entry_json(context, &entry).await?);
    } else {
        output::line(format!("{} at {}: {}", last.verdict, last.stage, last.answer()));
    }
    if entry.state == "accepted" {
        Ok(())
    } else {
        let again = entry.due_at.map(|at| format!(", due again at {}", at.rfc3339_in(entry.zone))).unwrap_or_default();
        anyhow::bail!("the relay did not take the test letter; it is {} now{again}", entry.state)
    }
}
