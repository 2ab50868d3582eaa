//! `yizhan audit`: who did what, when. Read a page at a time, for it only grows.

use super::context::Context;
use super::output;
use crate::domain::audit::{Chain, Line};
use crate::store;
use crate::store::audit::PAGE;
use chrono_tz::Tz;
use serde_json::json;

/// Who did what, when: a line a change, the oldest first
#[derive(Debug, clap::Args)]
pub(super) struct Audit {
    /// Only what was noted after this line
    #[arg(long, default_value_t = 0, value_name = "N")]
    after: i64,
    /// Instead of the lines, whether one was changed, left out or put in
    #[arg(long, conflicts_with = "after")]
    verify: bool,
}

impl Audit {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let mut reading = context.store.read().await?;
        let (mut after, mut chain, zone) = (self.after, Chain::default(), context.zone(&mut reading).await?);
        loop {
            let page = store::audit::after(&mut reading, after).await?;
            for (line, link) in &page {
                if self.verify { chain.take(line, *link) } else { tell(context.json, line, zone) }
            }
            match page.last() {
                Some((last, _)) if page.len() == PAGE => after = last.id,
                Some(_) | None => break,
            }
        }
        if self.verify { judge(context.json, &chain) } else { Ok(()) }
    }
}

fn judge(as_json: bool, chain: &Chain) -> anyhow::Result<()> {
    let Chain { unlinked, linked, broken_at, .. } = chain;
    let head = chain.head();
    if as_json {
        output::json(&json!({ "linked": linked, "unlinked": unlinked, "broken_at": broken_at, "head": head }));
    }
    if let Some(line) = broken_at {
        anyhow::bail!(
            "the audit is not whole: line {line}, or one before it, was changed, left out or put in by something that is not yizhan; compare it with a backup"
        );
    }
    if !as_json {
        let older = if *unlinked > 0 { format!(", after {unlinked} from before the chain") } else { String::new() };
        output::line(format!("The audit is whole: {}{older}.", output::count(*linked as i64, "line", "lines")));
        head.iter().for_each(|head| {
            output::line(format!(
                "Its last link is {head}; kept elsewhere, it shows later whether lines were cut off."
            ));
        });
    }
    Ok(())
}

fn tell(as_json: bool, line: &Line, zone: Tz) {
    let at = line.at.rfc3339_in(zone);
    if as_json {
        output::json(&json!({
            "audit": line.id, "at": at, "actor": line.actor, "verb": line.verb, "noun": line.noun, "id": line.noun_id,
            "detail": line.detail,
        }));
        return;
    }
    let id = line.noun_id.map(|id| format!(" {id}")).unwrap_or_default();
    let detail = line.detail.as_ref().map(|detail| format!(": {detail}")).unwrap_or_default();
    output::line(format!("{:>6}  {at}  {}  {} {}{id}{detail}", line.id, line.actor, line.verb, line.noun));
}
