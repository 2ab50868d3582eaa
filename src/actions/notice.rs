//! Notices: who is told of what happened, queued in the transaction in which it happens, so that what is told is so and
//! is told once. A house without a sender for them tells nobody (`Rules::notices_from`). What they say is made into a
//! letter when that is claimed ([`print`]).

use super::station::Rules;
use super::{Error, Result};
use crate::chance;
use crate::compose;
use crate::domain::account::{Account, Permission, RESET, Role};
use crate::domain::address::Mailbox;
use crate::domain::approval::{Case, Standing};
use crate::domain::dispatch::{Phase, Tally};
use crate::domain::edition::Print;
use crate::domain::id::{AccountId, DeliveryId, DispatchId, EditionId, IssueId, PublicationId};
use crate::domain::language::Language;
use crate::domain::moment::Moment;
use crate::domain::notice::{Notice, Pause};
use crate::domain::publication::Publication;
use crate::domain::schedule::{Occurrence, Unready};
use crate::domain::secret::Secret;
use crate::store::notice::{Issued, Told};
use crate::store::{self, Writing};

/// Tells everyone who may say yes to an edition that was put forward, and has not.
pub(super) async fn review(writing: &mut Writing, issue: IssueId, edition: EditionId, submission: i64) -> Result<()> {
    let case = store::approval::case(writing, edition).await?.ok_or(store::Error::Unreadable("edition"))?;
    if case.needed == 0 || !matches!(case.standing(), Standing::Waiting(..)) || !store::notice::go(writing).await? {
        return Ok(());
    }
    let Issued { publication, number, language } = issued(writing, issue).await?;
    let accounts = accounts(writing).await?;
    let may = |account: &Account| account.rights.may_at(Permission::Approve, publication);
    let asked = |account: &Account| case.hindrance(&actor_of(account.id), true).is_none();
    let (reviewers, others): (Vec<_>, Vec<_>) =
        accounts.into_iter().partition(|account| may(account) && asked(account));
    let by = case.submitters.iter().filter_map(|actor| account_in(actor)).next_back();
    let by = others.iter().chain(&reviewers).find(|account| Some(account.id) == by).map(|by| by.called().to_owned());
    let notice = Notice::Review { of: number, issue, by };
    tell(writing, &reviewers, (&notice, &format!("submission {submission}")), language).await
}

/// The most characters of a comment that a letter repeats; all of it stands on the page.
const LONGEST_WHY: usize = 2_000;

/// Tells who put an edition forward that it was sent back, and why; the editors, where that was nobody with an account.
pub(super) async fn declined(
    writing: &mut Writing,
    (issue, case): (IssueId, &Case),
    answer: i64,
    why: &str,
) -> Result<()> {
    if !store::notice::go(writing).await? {
        return Ok(());
    }
    let Issued { publication, number, language } = issued(writing, issue).await?;
    let accounts = accounts(writing).await?;
    let says = writing.actor.to_string();
    let by = accounts.iter().find(|account| actor_of(account.id) == says);
    let by = by.map_or_else(|| says.clone(), |by| by.called().to_owned());
    let submitters: Vec<AccountId> = case.submitters.iter().filter_map(|actor| account_in(actor)).collect();
    let mut theirs = those_or_editors(accounts, &submitters, publication);
    theirs.retain(|account| actor_of(account.id) != says);
    let why = why.chars().take(LONGEST_WHY).collect();
    let notice = Notice::SentBack { of: number, issue, by, why };
    tell(writing, &theirs, (&notice, &format!("answer {answer}")), language).await
}

/// Tells who started them that dispatches have ended, and how. Who called one off knows.
pub(super) async fn over(writing: &mut Writing, closed: &[(DispatchId, Tally)]) -> Result<()> {
    if closed.is_empty() || !store::notice::go(writing).await? {
        return Ok(());
    }
    for (id, tally) in closed {
        let Started { phase, issued, editors } = started(writing, *id).await?;
        if phase == Phase::Closed {
            let reasons = reasons(writing, *id).await?;
            let notice = Notice::Over { of: issued.number, dispatch: *id, tally: *tally, reasons };
            // One that is opened again by a resend ends once more.
            let mark = format!("dispatch {id} at {}", writing.now.0);
            tell(writing, &editors, (&notice, &mark), issued.language).await?;
        }
    }
    Ok(())
}

/// Tells who started a dispatch that it has paused itself, and why.
pub(super) async fn paused(writing: &mut Writing, id: DispatchId, pause: Pause) -> Result<()> {
    if !store::notice::go(writing).await? {
        return Ok(());
    }
    let Started { issued, editors, .. } = started(writing, id).await?;
    let notice = Notice::Paused { of: issued.number, dispatch: id, pause };
    let mark = format!("dispatch {id} at {}", writing.now.0);
    tell(writing, &editors, (&notice, &mark), issued.language).await
}

/// Tells a publication's editors that the hour of its schedule comes, and nothing is ready.
pub(super) async fn reminder(
    writing: &mut Writing,
    publication: &Publication,
    occurrence: Occurrence,
    unready: &Unready,
) -> Result<()> {
    let editors = those_or_editors(accounts(writing).await?, &[], publication.id);
    let profile = &publication.profile;
    let notice = Notice::Reminder {
        publication: profile.name.clone(),
        slug: profile.slug.clone(),
        at: occurrence.at,
        zone: profile.zone,
        lacking: unready.lacking,
        issue: unready.issue,
    };
    let mark = format!("publication {} at {}", publication.id, occurrence.label);
    tell(writing, &editors, (&notice, &mark), profile.language).await
}

/// Queues a letter to one account, whatever it wants to hear of; none where it was told of this before.
pub(super) async fn tell_one(
    writing: &mut Writing,
    account: &Account,
    (notice, mark): (&Notice, &str),
    language: Language,
) -> Result<Option<DeliveryId>> {
    let address = account.email.parse().map_err(|_| store::Error::Unreadable("account"))?;
    let told = Told {
        account: account.id,
        to: Mailbox { name: account.name.as_deref().map(in_one_line), address },
        language: account.language.unwrap_or(language),
    };
    Ok(store::notice::insert(writing, &told, notice, mark).await?)
}

async fn tell(writing: &mut Writing, accounts: &[Account], told: (&Notice, &str), language: Language) -> Result<()> {
    for account in accounts.iter().filter(|account| !account.is_closed && account.wants.includes(told.0)) {
        match tell_one(writing, account, told, language).await {
            // One damaged row keeps nobody else's letters back.
            Err(Error::Store(store::Error::Unreadable(what))) => {
                tracing::warn!("account {} is not told of it: its {what} cannot be read", account.id);
            }
            told => drop(told?),
        }
    }
    Ok(())
}

/// A name for a header, also one from before names were looked at.
fn in_one_line(name: &str) -> String {
    name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// All accounts; none where one of them cannot be read: then nobody is told, and everything else goes on.
async fn accounts(writing: &mut Writing) -> Result<Vec<Account>> {
    match store::account::all(writing).await {
        Err(store::Error::Unreadable(what)) => {
            tracing::warn!("nobody is told of it: an account's {what} cannot be read");
            Ok(Vec::new())
        }
        accounts => Ok(accounts?),
    }
}

/// A dispatch, what it brings, and who wants to know of it.
struct Started {
    phase: Phase,
    issued: Issued,
    editors: Vec<Account>,
}

async fn started(writing: &mut Writing, id: DispatchId) -> Result<Started> {
    let dispatch = super::dispatch::find(writing, id).await?;
    let issued = issued(writing, dispatch.issue).await?;
    let by: Vec<AccountId> = account_in(&dispatch.planned_by).into_iter().collect();
    let editors = those_or_editors(accounts(writing).await?, &by, issued.publication);
    Ok(Started { phase: dispatch.phase, issued, editors })
}

async fn issued(writing: &mut Writing, issue: IssueId) -> Result<Issued> {
    Ok(store::notice::issued(writing, issue).await?.ok_or(store::Error::Unreadable("issue"))?)
}

/// Those of these accounts that are open and may still look at the publication; where there are none, its editors, and
/// its admins where it has no editor.
fn those_or_editors(accounts: Vec<Account>, these: &[AccountId], publication: PublicationId) -> Vec<Account> {
    let may_at = |who: &Account, what| !who.is_closed && who.rights.may_at(what, publication);
    let (theirs, others): (Vec<_>, Vec<_>) =
        accounts.into_iter().partition(|who| these.contains(&who.id) && may_at(who, Permission::Look));
    if !theirs.is_empty() {
        return theirs;
    }
    let may: Vec<Account> = others.into_iter().filter(|who| may_at(who, Permission::Dispatch)).collect();
    let is_editor = |who: &Account| who.rights.role_at(publication) == Some(Role::Editor);
    let any = may.iter().any(is_editor);
    may.into_iter().filter(|who| !any || is_editor(who)).collect()
}

/// Why letters did not arrive, and how many each reason kept back.
async fn reasons(writing: &mut Writing, id: DispatchId) -> Result<Vec<(String, i64)>> {
    let mut reasons: Vec<(String, i64)> = Vec::new();
    for found in store::dispatch::by_reason(writing, id).await? {
        let Some(word) = found.reason else { continue };
        match reasons.iter_mut().find(|(known, _)| *known == word) {
            Some((_, letters)) => *letters += found.letters,
            None => reasons.push((word, found.letters)),
        }
    }
    reasons.sort_by_key(|(_, letters)| std::cmp::Reverse(*letters));
    Ok(reasons)
}

fn actor_of(account: AccountId) -> String {
    crate::domain::audit::Actor::Account(account).to_string()
}

fn account_in(actor: &str) -> Option<AccountId> {
    actor.strip_prefix("account:")?.parse().ok()
}

/// What the letter of a notice says. The secret of a link that lets its bearer in is drawn here, anew each time that its
/// letter is made, and stands nowhere else; only its digest is kept.
///
/// # Errors
/// [`Error::Refused`] when the house sends none any more, or the link has run out meanwhile; [`Error::Unprintable`].
pub(super) async fn print(
    writing: &mut Writing,
    (id, to): (DeliveryId, &Mailbox),
    rules: &Rules,
    now: Moment,
) -> Result<Print> {
    let kept = store::notice::find(writing, id).await?.ok_or(store::Error::Unreadable("notice"))?;
    let Some((from, base_url)) = rules.notices_from() else {
        return Err(Error::refused(
            "no sender is set for notices; set [notices] from and [web] base_url",
            "没有设置通知信的发件人；请管理员在设置里填写。",
        ));
    };
    let page = match kept.notice.page() {
        Some(page) => page,
        None if now.since(kept.since) >= RESET => {
            return Err(Error::refused(
                "its link ran out before a relay took the letter; ask for another",
                "链接在信寄出之前就过期了；请重新申请。",
            ));
        }
        None => {
            let secret = Secret::of(chance::draw());
            store::account::set_reset_digest(writing, id, secret.digest()).await?;
            format!("/sign-in/reset/{}", secret.text())
        }
    };
    let letter = compose::notice::Letter {
        notice: &kept.notice,
        language: kept.language,
        from,
        to,
        link: &format!("{base_url}{page}"),
        account: &format!("{base_url}/account"),
    };
    Ok(compose::notice::print(&letter))
}
