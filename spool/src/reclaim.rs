//! Space given back.

use crate::lock;
use crate::store::Spool;

impl Spool {
    /// Does up to `steps` small pieces of the work that gives space back, and says how many there were.
    pub fn reclaim(&self, steps: usize) -> usize {
        let store = &self.store;
        let mut done = 0;
        while done < steps {
            let Some(name) = lock(&store.doomed).pop() else {
                break;
            };
            // What stays behind has no record, and goes when the spool is opened next.
            let _ = store.disk.remove(&name);
            done += 1;
        }
        done
    }
}
