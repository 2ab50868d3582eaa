//! The API's issues: a document taken in, its questions answered, the issue shown and submitted.

use super::body::{Asks, File, Json, Number, unfit};
use super::{Answer, made, named, ok};
use crate::actions;
use crate::actions::issue::Answer as Answered;
use crate::domain::id::IssueId;
use crate::domain::publication::Slug;
use crate::store;
use crate::web::contract;
use crate::web::desk::Asked;
use crate::web::desk::take_in::LARGEST;
use crate::web::{Error, Pages};
use axum::extract::{Path, Request, State};
use serde::Deserialize;
use serde_json::json;

/// The media types of documents, and how one is called that says no name.
pub(super) const KINDS: [(&str, &str); 6] = [
    ("text/plain", "document.txt"),
    ("text/markdown", "document.md"),
    ("text/html", "document.html"),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "document.docx"),
    ("application/pdf", "document.pdf"),
    ("application/octet-stream", "document.txt"),
];

/// Issues on one page of a list.
const PAGE: usize = 100;

/// What a bare document is called.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Called {
    name: Option<String>,
}

/// `POST /api/v1/publications/{publication}/issues`
pub(super) async fn take_in(
    asked: Asked,
    State(pages): State<Pages>,
    Path(publication): Path<String>,
    Asks(Called { name }): Asks<Called>,
    request: Request,
) -> Answer {
    let slug: Slug = named(&publication)?;
    let File { name, bytes } = File::read(request, &pages, (&KINDS, name, LARGEST)).await?;
    let taken = actions::document::take_in(asked.store(), asked.actor(), asked.now(), &slug, &name, &bytes).await?;
    made(!taken.known, &contract::taken_in(&taken))
}

/// Where a list goes on.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Before {
    pub(super) before: Option<Number>,
}

/// `GET /api/v1/publications/{publication}/issues`: the newest first.
pub(super) async fn list(
    asked: Asked,
    Path(publication): Path<String>,
    Asks(Before { before }): Asks<Before>,
) -> Answer {
    let mut reading = asked.read().await?;
    let publication = actions::publication_named(&mut reading, &named(&publication)?).await?;
    let all = store::issue::overviews(&mut reading, Some(publication.id)).await?;
    let older = all.iter().rev().filter(|issue| before.is_none_or(|Number(before)| issue.id.0 < before));
    let shown: Vec<_> = older.take(PAGE).collect();
    let next = shown.last().filter(|_| shown.len() == PAGE).map(|issue| issue.id);
    let zone = publication.profile.zone;
    let issues: Vec<_> = shown.iter().map(|issue| contract::issue_in_brief(issue, zone)).collect();
    ok(&json!({ "issues": issues, "next": next }))
}

/// `GET /api/v1/issues/{issue}`
pub(super) async fn show(asked: Asked, Path(id): Path<String>) -> Answer {
    let mut reading = asked.read().await?;
    let issue = actions::issue::find(&mut reading, named(&id)?).await?;
    let publication = store::publication::find(&mut reading, issue.publication).await?;
    ok(&contract::issue(&issue, publication.profile.slug.as_str()))
}

/// One answer, or the defaults.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Said {
    flag: Option<String>,
    choose: Option<String>,
    #[serde(default)]
    defaults: bool,
}

/// `POST /api/v1/issues/{issue}/answers`
pub(super) async fn answer(asked: Asked, Path(id): Path<String>, Json(said): Json<Said>) -> Answer {
    let id: IssueId = named(&id)?;
    let answer = match said {
        Said { flag: Some(flag), choose: Some(key), defaults: false } => Answered::One { flag, key },
        Said { flag: None, choose: None, defaults: true } => Answered::Defaults,
        Said { .. } => return Err(unfit("answer", "say flag and choose for one question, or defaults: true for all")),
    };
    match actions::issue::answer(asked.store(), asked.actor(), asked.now(), id, &answer).await {
        Ok(answered) => ok(&contract::answered(id, &answered)),
        Err(actions::Error::Refused(sentence)) => Err(unfit("choose", sentence.english)),
        Err(other) => Err(Error::Action(other)),
    }
}

/// Nothing to say.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// `POST /api/v1/issues/{issue}/submit`: the same edition where nothing has changed.
pub(super) async fn submit(asked: Asked, Path(id): Path<String>, Json(Nothing {}): Json<Nothing>) -> Answer {
    let id: IssueId = named(&id)?;
    let edition = actions::edition::submit(asked.store(), asked.actor(), asked.now(), id).await?;
    let mut reading = asked.read().await?;
    let case = store::approval::case(&mut reading, edition).await?;
    let (needed, given) =
        case.map_or((0, 0), |case| (case.needed, case.answers.iter().filter(|said| said.yes).count()));
    ok(&json!({ "edition": edition, "issue": id, "needed": needed, "given": given }))
}
