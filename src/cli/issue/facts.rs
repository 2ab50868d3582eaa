//! `yizhan issue set`: changes what an issue says beside its articles, fact by fact; what is not named stays.

use crate::actions;
use crate::actions::issue::Seen;
use crate::cli::context::Context;
use crate::cli::output;
use crate::domain::id::IssueId;
use crate::domain::issue::{Dating, Facts};
use chrono::NaiveDate;
use clap::Args;
use serde_json::json;

/// Which facts, and what they become; an empty text takes one away.
#[derive(Debug, Args)]
pub(in crate::cli) struct Changes {
    /// The year
    #[arg(long)]
    year: Option<i32>,
    /// The number within the year
    #[arg(long)]
    number: Option<u32>,
    /// The number of all (总第N期)
    #[arg(long)]
    cumulative: Option<u32>,
    /// The label as printed
    #[arg(long)]
    label: Option<String>,
    /// Its date: a day such as 2026-11-27, `dispatch-day` or `none`
    #[arg(long, value_parser = dating)]
    date: Option<Dating>,
    /// The subject of its letters, instead of name, number and first title
    #[arg(long)]
    subject: Option<String>,
    /// What an inbox shows beside the subject, instead of the titles
    #[arg(long)]
    preheader: Option<String>,
    /// The name on its masthead
    #[arg(long)]
    masthead: Option<String>,
    /// Who compiled it, instead of who compiles the publication
    #[arg(long)]
    compiled_by: Option<String>,
}

fn dating(word: &str) -> Result<Dating, String> {
    match word {
        "none" => Ok(Dating::Undated),
        "dispatch-day" => Ok(Dating::DispatchDay),
        day => day
            .parse::<NaiveDate>()
            .map(Dating::On)
            .map_err(|_| format!("'{day}' is no date; write one such as 2026-11-27, or dispatch-day, or none")),
    }
}

impl Changes {
    /// Changes the facts, and says whether anything changed.
    pub(super) async fn run(self, context: &Context, issue: IssueId) -> anyhow::Result<()> {
        let own = actions::issue::find(&mut *context.store.read().await?, issue).await?.contents.facts();
        let seen = Seen { issue, changed_at: None };
        let (actor, now) = (context.actor.clone(), context.clock.now());
        let changed = actions::issue::set_facts(&context.store, actor, now, seen, self.over(own)).await?;
        if context.json {
            output::json(&json!({ "issue": issue, "changed": changed }));
        } else if changed {
            output::line(format!("Issue {issue} is changed; submit it again before it goes out."));
        } else {
            output::line(format!("Issue {issue} says that already; nothing was changed."));
        }
        Ok(())
    }

    fn over(self, own: Facts) -> Facts {
        let text = |named: Option<String>, own| match named {
            Some(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
            None => own,
        };
        Facts {
            masthead: text(self.masthead, own.masthead),
            label: text(self.label, own.label),
            year: self.year.or(own.year),
            number: self.number.or(own.number),
            cumulative_number: self.cumulative.or(own.cumulative_number),
            published_on: self.date.unwrap_or(own.published_on),
            compiled_by: text(self.compiled_by, own.compiled_by),
            subject: text(self.subject, own.subject),
            preheader: text(self.preheader, own.preheader),
            imprint: own.imprint,
        }
    }
}
