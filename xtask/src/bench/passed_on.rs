//! The words of a bench that are for its program, which knows its options itself and says what is wrong with them.

use crate::arguments::Install;

#[derive(Debug, Default, PartialEq)]
pub(crate) struct PassedOn {
    pub(super) install: Install,
    pub(super) arguments: Vec<String>,
}

impl PassedOn {
    /// All but what is ours.
    pub(super) fn parse(words: impl Iterator<Item = String>) -> Self {
        let mut passed_on = Self::default();
        for word in words {
            match word.as_str() {
                "--yes" => passed_on.install = Install::AtOnce,
                _ => passed_on.arguments.push(word),
            }
        }
        passed_on
    }
}
