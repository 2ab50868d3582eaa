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
    /// [`Error::Refused`] where nothing was, or the issue is of another document or read otherwise by now.
    pub(in crate::actions) async fn of<'a>(
        again: Option<&'a Self>,
        conn: &mut Connection,
        issue: &Issue,
    ) -> Result<&'a Draft> {
        let again = again.ok_or_else(replaced)?;
        if again.read == By::now(conn, issue).await? { Ok(&again.draft) } else { Err(replaced()) }
    }
}

/// What was read is not what the issue is of by now.
pub(in crate::actions) fn replaced() -> Error {
    Error::refused(
        "somebody has brought another document into this issue, answered its questions or changed how its publication reads \
         documents just now, so nothing was done; look at the issue again, and do it once more",
        "刚刚有人给这一期换了原稿、回答了问题或改了刊物的设置，所以这次什么也没有做；请看一看这一期现在的样子，再做一次。",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::{document, publication, station};
    use crate::domain::audit::Actor;
    use crate::domain::issue::BlockId;
    use crate::domain::language::Language;
    use crate::domain::moment::Moment;
    use crate::domain::publication::Undated;

    const NOW: Moment = Moment(1_719_795_600_000);
    const DOCUMENT: &str = "# Notes\n\n2024 No. 7\n\n2024-07-01\n\n## The pier\n\nThe pier is open.\n";

    async fn founded(store: &Store) -> IssueId {
        let profile = Profile {
            slug: "notes".parse().expect("a slug"),
            name: "Notes".into(),
            from: "Office <notes@harbour.example>".parse().expect("a mailbox"),
            compiled_by: None,
            approvals: 0,
            language: Language::English,
            zone: chrono_tz::Asia::Shanghai,
            undated: Undated::Ask,
            own_approval: false,
            motto: None,
            reply_to: None,
            theme: Default::default(),
            colophon: Vec::new(),
            testers: Vec::new(),
            extent: Default::default(),
        };
        station::found(store, Actor::Station, NOW).await.expect("an empty folder");
        publication::add(store, Actor::Station, NOW, &profile).await.expect("the first");
        let bytes = DOCUMENT.as_bytes();
        let taken = document::take_in(store, Actor::Station, NOW, &profile.slug, "notes.md", bytes).await;
        taken.expect("a document").issue
    }

    #[tokio::test]
    async fn a_document_is_read_while_somebody_else_writes_and_not_taken_for_what_they_made_of_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).await.expect("a database");
        let id = founded(&store).await;
        let mut writing = store.write(Actor::Station, NOW).await.expect("nobody else writes");
        let again = Again::read(&store, id).await.expect("it waits for no writer");
        let issue = issue::find(&mut writing, id).await.expect("it is there");
        assert_eq!(Again::of(Some(&again), &mut writing, &issue).await.expect("the same").contents, issue.contents);

        let other = Names([(BlockId(1), BlockId(2))].into());
        store::issue::reimport::read_from(&mut writing, id, issue.document, &other).await.expect("it is written");
        for read in [Some(&again), None] {
            assert!(matches!(Again::of(read, &mut writing, &issue).await, Err(Error::Refused(_))));
        }
    }
}
