//! A section in pages, each read from the file when it is first needed and never used unchecked.
//!
//! Nobody waits for another's reading: two that need a page at the same time both read it, and the first one's stays.

use std::fs::File;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::sync::{Arc, OnceLock};

use super::ReadError;
use super::layout::PAGE;

pub(super) struct Pages {
    pages: Box<[OnceLock<Page>]>,
    /// The checksum of each.
    sums: Box<[u32]>,
    /// Octets of all of them; every page but the last is full.
    octets: usize,
    /// Where those lie that were not read yet.
    store: Option<Store>,
    title: &'static str,
}

/// A section of an open file. The file is replaced and never rewritten there, so what is read later fits what was
/// read before.
pub(super) struct Store {
    pub(super) file: Arc<File>,
    pub(super) start: u64,
}

impl Pages {
    /// All of them, in memory.
    pub(super) fn filled(pages: Vec<Vec<u8>>, title: &'static str) -> Self {
        let sums = pages.iter().map(|page| crc32fast::hash(page)).collect();
        let octets = pages.iter().map(Vec::len).sum();
        let pages = pages.iter().map(|octets| {
            let mut page = Page::zeros(octets.len());
            page.octets_mut().copy_from_slice(octets);
            OnceLock::from(page)
        });
        Self {
            pages: pages.collect(),
            sums,
            octets,
            store: None,
            title,
        }
    }

    /// None of them yet.
    pub(super) fn stored(
        octets: usize,
        sums: Box<[u32]>,
        store: Store,
        title: &'static str,
    ) -> Self {
        let pages = sums.iter().map(|_| OnceLock::new()).collect();
        Self {
            pages,
            sums,
            octets,
            store: Some(store),
            title,
        }
    }

    pub(super) fn sums(&self) -> &[u32] {
        &self.sums
    }

    pub(super) fn octets(&self) -> usize {
        self.octets
    }

    /// The octets from `place` to the end of its page, at least one.
    #[inline]
    pub(super) fn from(&self, place: usize) -> Result<&[u8], ReadError> {
        let octets = self
            .page(place / PAGE)?
            .get(place % PAGE..)
            .unwrap_or_default();
        if octets.is_empty() {
            Err(self.damaged())
        } else {
            Ok(octets)
        }
    }

    #[inline]
    pub(super) fn page(&self, number: usize) -> Result<&[u8], ReadError> {
        match self.pages.get(number).and_then(OnceLock::get) {
            Some(page) => Ok(page.octets()),
            None => self.read(number),
        }
    }

    /// All of them in their order, each checked.
    pub(super) fn all(&self) -> impl Iterator<Item = Result<&[u8], ReadError>> {
        (0..self.pages.len()).map(|number| self.page(number))
    }

    /// What is wrong with octets that do not mean what they should.
    #[cold]
    pub(super) fn damaged(&self) -> ReadError {
        ReadError::Damaged(self.title)
    }

    #[cold]
    fn read(&self, number: usize) -> Result<&[u8], ReadError> {
        let (Some(cell), Some(sum), Some(store)) =
            (self.pages.get(number), self.sums.get(number), &self.store)
        else {
            return Err(self.damaged());
        };
        let start = number * PAGE;
        let mut page = Page::zeros(PAGE.min(self.octets - start));
        store
            .file
            .read_exact_at(page.octets_mut(), store.start + start as u64)?;
        if crc32fast::hash(page.octets()) != *sum {
            return Err(self.damaged());
        }
        Ok(cell.get_or_init(|| page).octets())
    }
}

/// Octets that begin where a cache line does, so that a bucket of slots is one access to memory.
struct Page {
    block: Box<[u8]>,
    range: Range<usize>,
}

impl Page {
    fn zeros(octets: usize) -> Self {
        let block = vec![0; octets + CACHE_LINE].into_boxed_slice();
        let start = block.as_ptr().align_offset(CACHE_LINE).min(CACHE_LINE);
        Self {
            block,
            range: start..start + octets,
        }
    }

    #[inline]
    fn octets(&self) -> &[u8] {
        self.block.get(self.range.clone()).unwrap_or_default()
    }

    fn octets_mut(&mut self) -> &mut [u8] {
        self.block.get_mut(self.range.clone()).unwrap_or_default()
    }
}

const CACHE_LINE: usize = 64;
