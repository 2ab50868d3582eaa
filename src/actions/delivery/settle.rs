//! Settle: a person says what became of letters that nobody could know of, one by one or all of a dispatch.

use crate::actions::{Error, Result, dispatch};
use crate::domain::audit::Actor;
use crate::domain::dispatch::Phase;
use crate::domain::id::{DeliveryId, DispatchId};
use crate::domain::moment::Moment;
use crate::store::{self, Store, Writing};

/// What may be done about an uncertain delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// There is evidence that it arrived.
    Accepted,
    /// It is to be sent once more, at the risk of arriving twice.
    Resend,
    /// It stays uncertain, and asks no more.
    Closed,
}

impl std::str::FromStr for Settlement {
    type Err = String;

    /// # Errors
    /// A sentence that names the three words when it is none of them.
    fn from_str(word: &str) -> std::result::Result<Self, String> {
        match word {
            "accepted" => Ok(Self::Accepted),
            "resend" => Ok(Self::Resend),
            "closed" => Ok(Self::Closed),
            _ => Err(format!("'{word}' does not settle a delivery; use accepted, resend or closed")),
        }
    }
}

impl Settlement {
    /// The state that a delivery goes to.
    fn state(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Resend => "queued",
            Self::Closed => "uncertain",
        }
    }

    /// The word that a person says for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Resend => "resend",
            Self::Closed => "closed",
        }
    }
}

/// Settles an uncertain delivery.
///
/// # Errors
/// [`Error::Refused`] when it is not uncertain, or its dispatch was cancelled and it is to be sent again.
pub async fn resolve(store: &Store, actor: Actor, now: Moment, id: DeliveryId, as_what: Settlement) -> Result<()> {
    let mut writing = store.write(actor, now).await?;
    let of = store::delivery::dispatch_of(&mut writing, id).await?;
    if let Some(of) = of {
        refuse_called_off(&mut writing, of, as_what).await?;
    }
    if !store::delivery::resolve(&mut writing, id, as_what.state()).await? {
        return Err(Error::refused(
            format!(
                "delivery {id} is not uncertain, so there is nothing to settle; `yizhan delivery log` shows where it is"
            ),
            format!("{id} 号投递并非“不确定”，不需要认定；它现在的状态请看“投递流水”。"),
        ));
    }
    let mut others = Vec::new();
    if let Some(of) = of {
        let over = store::dispatch::retally(&mut writing, of).await?;
        others = dispatch::others_over(&mut writing, of, over).await?;
    }
    let as_what = as_what.word();
    match store::notice::addressee(&mut writing, id).await? {
        // A letter of the house has no page: its account has.
        Some(account) => {
            let detail = format!("delivery {id} as {as_what}");
            store::audit::note(&mut writing, "settle a notice of", "account", Some(account.0), Some(detail)).await?;
        }
        None => store::audit::note(&mut writing, "settle", "delivery", Some(id.0), Some(as_what.into())).await?,
    }
    writing.commit().await?;
    dispatch::tell_closed(&others);
    Ok(())
}

/// Settles every uncertain delivery of a dispatch that nobody has settled, or says how many that would be.
/// Returns how many.
///
/// # Errors
/// [`Error::Unknown`]; [`Error::Refused`] when it was cancelled and they are to be sent again.
pub async fn resolve_all(
    store: &Store,
    actor: Actor,
    now: Moment,
    id: DispatchId,
    (as_what, dry_run): (Settlement, bool),
) -> Result<i64> {
    let mut writing = store.write(actor, now).await?;
    dispatch::find(&mut writing, id).await?;
    refuse_called_off(&mut writing, id, as_what).await?;
    let settled = store::delivery::resolve_all(&mut writing, id, as_what.state()).await?;
    if settled == 0 || dry_run {
        // Nothing is committed.
        return Ok(settled);
    }
    let over = store::dispatch::retally(&mut writing, id).await?;
    let others = dispatch::others_over(&mut writing, id, over).await?;
    let detail = format!("{settled} as {}", as_what.word());
    store::audit::note(&mut writing, "settle", "dispatch", Some(id.0), Some(detail)).await?;
    writing.commit().await?;
    dispatch::tell_closed(&others);
    Ok(settled)
}

/// Nothing of a dispatch that was called off is sent again.
async fn refuse_called_off(writing: &mut Writing, id: DispatchId, as_what: Settlement) -> Result<()> {
    let phase = dispatch::find(writing, id).await?.phase;
    if as_what == Settlement::Resend && matches!(phase, Phase::Cancelling | Phase::Cancelled) {
        return Err(Error::refused(
            format!(
                "dispatch {id} was cancelled, so nothing of it is sent again; settle its letters as accepted or closed"
            ),
            format!("{id} 号投递任务已取消，其中的信不会再寄；请选“算已送达”或“就此了结”。"),
        ));
    }
    Ok(())
}
