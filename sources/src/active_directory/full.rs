//! Everything.

use mirror::{Extent, Mirror};

use super::cursor::Cursor;
use super::session::{KEY, Session};
use crate::SourceError;

/// Reads everything. `keep` is in force until the end, `next` from then on. What was read before the connection broke
/// cannot be gone on with: the controller's place in its pages is gone with the connection.
pub(super) async fn read(
    session: &mut Session<'_>,
    mirror: &mut Mirror,
    keep: Option<&str>,
    next: &Cursor,
) -> Result<(), SourceError> {
    session.summary.full = true;
    let was_empty = mirror.facts()?.entries == 0;
    let mut round = mirror.round(Extent::Full)?;
    for search in session.searches(None) {
        session.take(&search, &mut round, keep, &mut |_| {}).await?;
    }
    session.summary.judge_full(was_empty, KEY)?;
    Ok(round.finish(Some(&next.to_text()))?)
}
