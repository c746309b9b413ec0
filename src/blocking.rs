//! Work that waits for a disk, or takes the processor for long: on threads that no session lives on.

use tokio::task::JoinHandle;

/// Begins it there.
pub(crate) fn spawn<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> JoinHandle<T> {
    #[cfg(test)]
    let work = match crate::simulation::spawn_slowly(work) {
        Ok(begun) => return begun,
        Err(work) => work,
    };
    tokio::task::spawn_blocking(work)
}
