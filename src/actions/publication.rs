//! Publications: added and changed here.

use super::edition::trial::AT_ONCE;
use super::{Error, Result, publication_named};
use crate::domain::audit::Actor;
use crate::domain::id::PublicationId;
use crate::domain::issue::Facts;
use crate::domain::moment::Moment;
use crate::domain::publication::{Changes, Profile, Slug};
use crate::domain::theme::{LEGIBLE, WHITE};
use crate::store::{self, Store, Writing};

/// The page on which a publication is added stands where one of this name would.
const NEW: &str = "new";

/// Adds a publication.
///
/// # Errors
/// [`Error::Refused`] when the short name is taken, for a name without a letter or a colour that cannot be read.
pub async fn add(store: &Store, actor: Actor, now: Moment, profile: &Profile) -> Result<PublicationId> {
    must_be_lawful(profile)?;
    if profile.slug.as_str() == NEW {
        return Err(Error::refused(
            format!("'{NEW}' cannot be a short name, for a page is called so; choose another"),
            format!("短名不能是“{NEW}”（已有页面用了它）；请换一个短名。"),
        ));
    }
    let mut writing = store.write(actor, now).await?;
    if store::publication::by_slug(&mut writing, &profile.slug).await?.is_some() {
        return Err(Error::refused(
            format!("there is a publication '{}' already; choose another short name", profile.slug),
            format!("已经有刊物使用短名“{}”；请换一个短名。", profile.slug),
        ));
    }
    let id = store::publication::insert(&mut writing, profile).await?;
    store::audit::note(&mut writing, "add", "publication", Some(id.0), None).await?;
    writing.commit().await?;
    Ok(id)
}

/// Changes what makes a publication; returns it as it is now, and the words of what was changed. Editions that were
/// submitted before keep what they were frozen with.
///
/// # Errors
/// [`Error::Unknown`], [`Error::Refused`] for a name without a letter or a colour that cannot be read.
pub async fn set(
    store: &Store,
    actor: Actor,
    now: Moment,
    slug: &Slug,
    changes: Changes,
) -> Result<(Profile, Vec<&'static str>)> {
    let mut writing = store.write(actor, now).await?;
    let set = set_within(&mut writing, (slug, None), changes).await?;
    writing.commit().await?;
    Ok(set)
}

/// The same for somebody who has looked at it: `seen` is the digest of what they saw.
///
/// # Errors
/// As [`set`]; [`Error::Refused`] where somebody else has changed it since.
pub async fn set_seen(
    store: &Store,
    actor: Actor,
    now: Moment,
    (slug, seen): (&Slug, &str),
    changes: Changes,
) -> Result<Vec<&'static str>> {
    let mut writing = store.write(actor, now).await?;
    let (_, changed) = set_within(&mut writing, (slug, Some(seen)), changes).await?;
    writing.commit().await?;
    Ok(changed)
}

async fn set_within(
    writing: &mut Writing,
    (slug, seen): (&Slug, Option<&str>),
    changes: Changes,
) -> Result<(Profile, Vec<&'static str>)> {
    let publication = publication_named(writing, slug).await?;
    if seen.is_some_and(|seen| seen != publication.profile.digest().to_string()) {
        return Err(Error::refused(
            format!("publication {slug} was changed since it was looked at, so nothing was done; look at it again"),
            "在您打开页面之后，有人改过这些设置，因此没有保存。您填写的内容还在，请核对后再保存一次。",
        ));
    }
    let (profile, changed) = publication.profile.with(changes);
    must_be_lawful(&profile)?;
    if profile.extent != publication.profile.extent {
        super::issue::extent::may_be(writing, profile.extent).await?;
    }
    if !changed.is_empty() {
        store::publication::update(writing, publication.id, &profile).await?;
        let detail = Some(changed.join(", "));
        store::audit::note(writing, "set", "publication", Some(publication.id.0), detail).await?;
    }
    Ok((profile, changed))
}

/// What no publication may be.
fn must_be_lawful(profile: &Profile) -> Result<()> {
    if profile.name.trim().is_empty() {
        return Err(Error::refused("a publication has a name; write it with --name", "刊物要有名称。"));
    }
    if profile.testers.len() > AT_ONCE {
        return Err(Error::refused(
            format!("test letters are offered to {AT_ONCE} addresses at most"),
            format!("测试信收件人最多 {AT_ONCE} 个。"),
        ));
    }
    let standing = Facts { imprint: profile.colophon.clone(), ..Facts::default() };
    standing.check().map_err(super::issue::facts::refused)?;
    if let Some(colour) = profile.theme.illegible() {
        let (nearest, ratio) = (colour.legible_on(WHITE), colour.contrast(WHITE));
        return Err(Error::refused(
            format!(
                "{colour} can hardly be read on white (contrast {ratio:.1}, at least {LEGIBLE} is due); {nearest} is the nearest that can"
            ),
            format!(
                "颜色 {colour} 在白底上看不清（对比度 {ratio:.1}，至少要 {LEGIBLE}）；最接近而看得清的是 {nearest}。"
            ),
        ));
    }
    Ok(())
}
