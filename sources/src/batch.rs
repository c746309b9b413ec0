//! What is written together while everything is read.
//!
//! A place in the pages of an LDAP search ends with its connection, so a reading that breaks off begins again, and what it
//! has written until then is only the bound of a transaction. Keys come in no order: the more of them are written together,
//! the fewer pages of the mirror are written again and again.

use mirror::{MirrorError, Round};

use crate::limits::BATCH;

/// Since the last commit.
#[derive(Debug)]
pub(crate) struct Batch {
    /// Objects that were read before.
    objects: u64,
}

impl Batch {
    /// From here on.
    pub(crate) fn after(objects: u64) -> Self {
        Self { objects }
    }

    /// A page has ended, and so many objects were read in all. If that is enough, all is committed with `cursor`.
    pub(crate) fn page(
        &mut self,
        objects: u64,
        round: &mut Round<'_>,
        cursor: Option<&str>,
    ) -> Result<(), MirrorError> {
        if objects.saturating_sub(self.objects) >= BATCH {
            round.commit(cursor)?;
            self.objects = objects;
        }
        Ok(())
    }

    /// The reading broke off: what came until then need not be written again.
    pub(crate) fn broke_off(self, round: &mut Round<'_>, cursor: Option<&str>) {
        // Why it broke off is told, and nothing depends on this.
        let _ = round.commit(cursor);
    }
}

#[cfg(test)]
mod tests {
    use book::{Entry, Key, Location, System};
    use mirror::{Extent, Mirror, View};

    use super::*;

    #[test]
    fn a_page_is_committed_once_there_is_enough() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("mirror");
        let mut mirror = Mirror::open(&file, "x").unwrap();
        let mut round = mirror.round(Extent::Full).unwrap();
        let mut batch = Batch::after(7);
        let mut check = |objects: u64, expected: u64| {
            let key = Key::from_text(&objects.to_string()).unwrap();
            round
                .put(&Entry::new(key, Location::In(System::Cloud)))
                .unwrap();
            batch.page(objects, &mut round, None).unwrap();
            let seen = View::open(&file).unwrap().proposal().unwrap().added;
            assert_eq!(seen, expected, "{objects}");
        };
        check(7 + BATCH - 1, 0);
        check(7 + BATCH, 2);
        check(7 + 2 * BATCH - 1, 2);
        check(7 + 2 * BATCH, 4);
        check(7 + 2 * BATCH + 1, 4);
        batch.broke_off(&mut round, None);
        assert_eq!(View::open(&file).unwrap().proposal().unwrap().added, 5);
    }
}
