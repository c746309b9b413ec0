//! What has been said already: each thing once, not at every look.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::Finding;

/// What was found at the last look. It holds no more than one look can find.
#[derive(Debug, Default)]
pub(crate) struct Told(HashSet<(PathBuf, Finding)>);

impl Told {
    /// Those of `found` that were not there at the last look. A threshold is another finding, and so is a renewed
    /// certificate that ends at another time.
    pub(crate) fn fresh<'a>(
        &mut self,
        found: impl IntoIterator<Item = (&'a Path, Finding)>,
    ) -> Vec<(PathBuf, Finding)> {
        let now: HashSet<(PathBuf, Finding)> = found
            .into_iter()
            .map(|(file, finding)| (file.to_owned(), finding))
            .collect();
        let mut fresh: Vec<_> = now.difference(&self.0).cloned().collect();
        fresh.sort_by(|one, other| {
            (&one.0, one.1.to_string()).cmp(&(&other.0, other.1.to_string()))
        });
        self.0 = now;
        fresh
    }
}
