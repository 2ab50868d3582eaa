//! Again: the document of an issue read once more, before the transaction that needs it: a document may take a process of
//! its own and seconds to read, and nobody else writes meanwhile. The transaction takes what was read only where the issue
//! is of the same document still. Called by the verbs that answer questions.

use super::{apart, read_as};
use crate::actions::{Error, Result, issue};
use crate::domain::document::Draft;
use crate::domain::id::{DocumentId, IssueId};
use crate::domain::issue::Issue;
use crate::domain::issue::merge::Names;
use crate::domain::publication::Profile;
use crate::store::{self, Connection, Store};

/// A document as its issue's import read it.
#[derive(Debug)]
pub(in crate::actions) struct Again {
    read: By,
    draft: Draft,
}

/// What a document is read by.
#[derive(Debug, PartialEq)]
struct By {
    document: DocumentId,
    profile: Profile,
    names: Names,
}

impl By {
    async fn now(conn: &mut Connection, issue: &Issue) -> Result<Self> {
        let profile = store::publication::find(conn, issue.publication).await?.profile;
        let names = store::issue::reimport::names(conn, issue.id).await?;
        Ok(Self { document: issue.document, profile, names })
    }
}

impl Again {
    /// Reads it, on a thread of its own and in no transaction that writes.
    ///
    /// # Errors
    /// [`Error::Unknown`]; [`Error::Document`] when this version cannot read it.
    pub(in crate::actions) async fn read(store: &Store, id: IssueId) -> Result<Self> {
        let mut reading = store.read().await?;
        let issue = issue::find(&mut reading, id).await?;
        let by = By::now(&mut reading, &issue).await?;
        let (name, bytes) = store::document::find(&mut reading, issue.document).await?;
        drop(reading);
        apart(move || {
            let draft = read_as(&by.profile, (&name, &bytes), &by.names)?;
            Ok(Self { read: by, draft })
        })
        .await
    }

    /// What was read.
    ///
    /// # Errors
    /// [`Error::Stale`] where nothing was, or the issue is of another document or read otherwise by now.
    pub(in crate::actions) async fn of<'a>(
        again: Option<&'a Self>,
        conn: &mut Connection,
        issue: &Issue,
    ) -> Result<&'a Draft> {
        let again = again.ok_or(Error::Stale(issue.id))?;
        if again.read == By::now(conn, issue).await? { Ok(&again.draft) } else { Err(Error::Stale(issue.id)) }
    }
}
