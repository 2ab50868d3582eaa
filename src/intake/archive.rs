//! Archive: the parts of a zip file, as .docx and .xlsx are. Owns the `zip` crate. Inflates nothing by itself: whoever
//! reads a part caps what comes, for sizes that an archive states of itself may be false.

use std::io::{Cursor, Read};
use zip::ZipArchive;
use zip::read::ZipFile;

/// A zip file.
pub(super) struct Archive<'b>(ZipArchive<Cursor<&'b [u8]>>);

/// The bytes are no archive, or a damaged one.
#[derive(Debug)]
pub(super) struct Damaged;

/// A part of an archive, to be read.
pub(super) struct Part<'a, 'b> {
    /// Its name, with its folders.
    pub(super) name: String,
    /// Its size before it is inflated, in bytes.
    pub(super) packed: u64,
    file: ZipFile<'a, Cursor<&'b [u8]>>,
}

impl<'b> Archive<'b> {
    /// Opens a file.
    ///
    /// # Errors
    /// [`Damaged`].
    pub(super) fn open(bytes: &'b [u8]) -> Result<Self, Damaged> {
        ZipArchive::new(Cursor::new(bytes)).map(Self).map_err(|_| Damaged)
    }

    /// How many parts it has.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Which part has this name.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.0.index_for_name(name)
    }

    /// One of its parts, counted from 0.
    ///
    /// # Errors
    /// [`Damaged`].
    pub(super) fn part(&mut self, index: usize) -> Result<Part<'_, 'b>, Damaged> {
        let file = self.0.by_index(index).map_err(|_| Damaged)?;
        let name = file.name().map_err(|_| Damaged)?.into_owned();
        Ok(Part { name, packed: file.compressed_size(), file })
    }
}

impl Read for Part<'_, '_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        self.file.read(into)
    }
}
