//! Contract: the JSON that programs read, made in one place for the command line (`--json`) and the API, so that the two
//! cannot differ. Names and fields stay as they are; more may be added. Called by cli and by `desk/api`.

mod delivery;
mod dispatch;
mod issue;
mod publication;
mod reader;
mod reimport;

pub(crate) use delivery::{delivery, message_id};
pub(crate) use dispatch::{Dispatch, dispatch, started};
pub(crate) use issue::{answered, attachment, flag, issue, issue_in_brief, taken_in};
pub(crate) use publication::publication;
pub(crate) use reader::{imported, judged, on_list};
pub(crate) use reimport::reimported;
