//! `yizhan issue attach` and `detach`: the files that go with an issue's letters.

use crate::actions;
use crate::cli::context::Context;
use crate::cli::output;
use crate::cli::subscriber::name_of;
use crate::domain::attachment::{Attachment, LARGEST_TOGETHER, readable};
use crate::domain::id::IssueId;
use crate::web::contract;
use anyhow::Context as _;
use serde_json::json;
use std::path::Path;

/// Attaches a file, looking at its size before its bytes.
pub(super) async fn attach(context: &Context, issue: IssueId, file: &Path, name: Option<&str>) -> anyhow::Result<()> {
    let unreadable = || format!("the file {} cannot be read; check the path", file.display());
    let size = std::fs::metadata(file).with_context(unreadable)?.len();
    if size > LARGEST_TOGETHER as u64 {
        let most = readable(LARGEST_TOGETHER);
        anyhow::bail!("{} is larger than {most}, which all attachments have together; make it smaller", file.display());
    }
    let bytes = std::fs::read(file).with_context(unreadable)?;
    let name = name.map_or_else(|| name_of(file), str::to_owned);
    let (actor, now) = (context.actor.clone(), context.clock.now());
    let (attached, is_new) = actions::issue::attach(&context.store, actor, now, issue, (&name, &bytes)).await?;
    if context.json {
        let mut line = contract::attachment(&attached);
        line["issue"] = json!(issue);
        line["changed"] = json!(is_new);
        output::json(&line);
    } else if is_new {
        let size = readable(attached.size as usize);
        output::line(format!("'{}' ({size}) goes with the letters of issue {issue}.", attached.name));
    } else {
        output::line(format!(
            "'{}' goes with the letters of issue {issue} already; nothing was changed.",
            attached.name
        ));
    }
    Ok(())
}

/// Detaches the file with this name.
pub(super) async fn detach(context: &Context, issue: IssueId, name: &str) -> anyhow::Result<()> {
    let (actor, now) = (context.actor.clone(), context.clock.now());
    if !actions::issue::detach(&context.store, actor, now, issue, name).await? {
        anyhow::bail!("no file '{name}' goes with issue {issue}; `yizhan issue show {issue}` lists them");
    }
    if context.json {
        output::json(&json!({ "issue": issue, "name": name, "changed": true }));
    } else {
        output::line(format!("'{name}' goes with the letters of issue {issue} no more."));
    }
    Ok(())
}

/// `attachment: 申报表.docx (24 KB)`
pub(super) fn lines(attachments: &[Attachment]) -> impl Iterator<Item = String> {
    attachments.iter().map(|file| format!("attachment: {} ({})", file.name, readable(file.size as usize)))
}
