//! Leaver: who stands behind a leave link, as far as this database knows them. After a restore it may know neither
//! the letter nor its reader; the link names both reader and publication, so they can leave all the same
//! (docs/decisions/0015).

use crate::domain::address::Address;
use crate::domain::journal::{Departure, Seal};
use crate::domain::language::Language;
use crate::domain::link;
use crate::domain::list::Leaving;
use crate::domain::publication::Slug;
use crate::store::delivery::Addressee;
use crate::store::{self, Connection, Store};

/// Who asks to leave, and what.
pub(super) struct Leaver {
    pub(super) address: Option<Address>,
    pub(super) publication: Slug,
    pub(super) publication_name: String,
    pub(super) language: Language,
    /// What there is to remember where this database does not know the reader, or the publication.
    pub(super) unknown: Option<Departure>,
}

/// Who may leave by a token; none when it was not made here, or is of the older form and its letter is lost.
pub(super) async fn by_token(store: &Store, token: &str) -> store::Result<Option<Leaver>> {
    let mut reading = store.read().await?;
    let Some(keyring) = store::station::keyring(&mut reading).await? else { return Ok(None) };
    let Some(link::Leaver { delivery, named }) = keyring.open_leave(token) else { return Ok(None) };
    let letter = store::delivery::addressee(&mut reading, delivery).await?;
    let Some((reader, publication)) = named else { return letter.map(Leaver::of_letter).transpose() };
    let is_theirs = |letter: &Addressee| {
        Seal::of_reader(&keyring, &letter.address) == reader && letter.publication == publication.as_str()
    };
    if let Some(letter) = letter.filter(is_theirs) {
        return Leaver::of_letter(letter).map(Some);
    }
    let address = store::departure::address_of(&mut reading, &keyring, reader).await?;
    Leaver::named(&mut reading, address, reader, publication).await.map(Some)
}

impl Leaver {
    fn of_letter(letter: Addressee) -> store::Result<Self> {
        let publication = letter.publication.parse().map_err(|_| store::Error::Unreadable("publication"))?;
        let Addressee { address, publication_name, language, .. } = letter;
        Ok(Self { address: Some(address), publication, publication_name, language, unknown: None })
    }

    /// Whose letter is not here.
    async fn named(
        conn: &mut Connection,
        address: Option<Address>,
        reader: Seal,
        publication: Slug,
    ) -> store::Result<Self> {
        let known = store::publication::by_slug(conn, &publication).await?.map(|known| known.profile);
        let from = Leaving { publication: publication.clone(), list: None };
        let unknown = (address.is_none() || known.is_none()).then_some(Departure { reader, from });
        let language = known.as_ref().map_or_else(Language::default, |known| known.language);
        let publication_name = known.map_or_else(|| publication.to_string(), |known| known.name);
        Ok(Self { address, publication, publication_name, language, unknown })
    }
}
