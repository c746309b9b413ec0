//! A wait that ends.

use std::future::Future;

use crate::limits;

/// The wait took longer than [`limits::WAIT`].
#[derive(Debug)]
pub(crate) struct Elapsed;

/// Waits for `future`, at most [`limits::WAIT`].
pub(crate) async fn within<T>(future: impl Future<Output = T>) -> Result<T, Elapsed> {
    tokio::time::timeout(limits::WAIT, future)
        .await
        .map_err(|_| Elapsed)
}
