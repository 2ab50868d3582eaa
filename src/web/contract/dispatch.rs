//! The contract's dispatches: how one stands, in a list and by itself.

use crate::actions::dispatch::Started;
use crate::domain::delivery::State;
use crate::domain::dispatch::{self, LeftOut};
use crate::store::dispatch::Overview;
use serde_json::{Value, json};

/// What a start led to.
pub(crate) fn started(started: &Started) -> Value {
    json!({ "dispatch": started.dispatch, "edition": started.edition, "audience": started.audience })
}

/// A dispatch and its tally as the contract has it.
pub(crate) fn dispatch(dispatch: &Overview) -> Value {
    let mut json = json!({
        "dispatch": dispatch.id, "publication": dispatch.slug, "issue": dispatch.issue, "label": dispatch.label,
        "edition": dispatch.edition, "lists": dispatch.paths, "at": dispatch.at.rfc3339_in(dispatch.zone), "state": dispatch.phase.word(),
        "why": dispatch.why, "audience": dispatch.audience,
    });
    for state in State::ALL {
        json[state.word()] = dispatch.tally.of(state).into();
    }
    json
}

/// A dispatch by itself, with what only its own page tells.
pub(crate) struct Dispatch<'a> {
    /// How it stands.
    pub(crate) overview: &'a Overview,
    /// What was ordered.
    pub(crate) row: &'a dispatch::Dispatch,
    /// Who was left out when it opened, by why.
    pub(crate) left_out: &'a [(String, i64)],
    /// Why letters did not arrive, and how many.
    pub(crate) reasons: &'a [(String, i64)],
}

impl Dispatch<'_> {
    /// All of it.
    pub(crate) fn whole(&self) -> Value {
        let mut json = dispatch(self.overview);
        let dispatch::Dispatch { round, occasion, planned_by, .. } = self.row;
        json["round"] = json!(round);
        json["occasion"] = json!(occasion.word());
        json["because"] = json!(occasion.because());
        json["planned_by"] = json!(planned_by);
        json["left_out"] = LeftOut::ALL.iter().map(|why| (why.word().to_owned(), json!(0))).collect();
        for (why, n) in self.left_out {
            json["left_out"][why] = json!(n);
        }
        json["reasons"] = self.reasons.iter().map(|(why, n)| json!({ "why": why, "letters": n })).collect();
        json
    }
}
