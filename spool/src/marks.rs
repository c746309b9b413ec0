//! A set of small numbers, one bit each.

/// Which messages of a segment are alive, by ordinal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Marks(Vec<u64>);

impl Marks {
    pub(crate) fn set(&mut self, ordinal: u32) {
        let (word, bit) = place(ordinal);
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= bit;
    }

    pub(crate) fn clear(&mut self, ordinal: u32) {
        let (word, bit) = place(ordinal);
        if let Some(found) = self.0.get_mut(word) {
            *found &= !bit;
        }
        // A dead segment takes no room in a roster.
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
    }

    pub(crate) fn has(&self, ordinal: u32) -> bool {
        let (word, bit) = place(ordinal);
        self.0.get(word).is_some_and(|found| found & bit != 0)
    }

    pub(crate) fn words(&self) -> &[u64] {
        &self.0
    }

    pub(crate) fn from_words(words: Vec<u64>) -> Self {
        Self(words)
    }
}

fn place(ordinal: u32) -> (usize, u64) {
    (ordinal as usize / 64, 1 << (ordinal % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_is_there_until_it_is_cleared() {
        let mut marks = Marks::default();
        for ordinal in [0, 63, 64, 1000] {
            assert!(!marks.has(ordinal));
            marks.set(ordinal);
            assert!(marks.has(ordinal));
        }
        assert!(!marks.has(65) && !marks.has(u32::MAX));
        assert_eq!(Marks::from_words(marks.words().to_vec()), marks);
        for ordinal in [0, 63, 64, 1000, 2000] {
            marks.clear(ordinal);
            assert!(!marks.has(ordinal));
        }
        assert!(marks.words().is_empty());
    }
}
