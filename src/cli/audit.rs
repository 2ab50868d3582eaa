//! `yizhan audit`: who did what, when. Read a page at a time, for it only grows.

use super::context::Context;
use super::output;
use crate::store;
use crate::store::audit::{Line, PAGE};
use chrono_tz::Tz;
use serde_json::json;

/// Who did what, when: a line a change, the oldest first
#[derive(Debug, clap::Args)]
pub(super) struct Audit {
    /// Only what was noted after this line
    #[arg(long, default_value_t = 0, value_name = "N")]
    after: i64,
}

impl Audit {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let mut reading = context.store.read().await?;
        let (mut after, zone) = (self.after, context.zone(&mut reading).await?);
        loop {
            let page = store::audit::after(&mut reading, after).await?;
            page.iter().for_each(|line| tell(context.json, line, zone));
            match page.last() {
                Some(last) if page.len() == PAGE => after = last.id,
                Some(_) | None => return Ok(()),
            }
        }
    }
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
