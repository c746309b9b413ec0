//! What a relay costs, with all its processes.

use super::cgroup::Cgroup;
use super::{memory, process};

#[derive(Debug)]
pub(super) enum Account {
    Group(Cgroup),
    /// Without control groups: what /proc says about a process and everything below it.
    Tree(u32),
}

impl Account {
    /// CPU seconds so far.
    pub(super) fn cpu(&self) -> f64 {
        match self {
            Self::Group(group) => group.cpu().unwrap_or(0.0),
            Self::Tree(root) => process::tree(*root).into_iter().map(process::cpu).sum(),
        }
    }

    /// KiB of memory now.
    pub(super) fn pss(&self) -> u64 {
        memory::pss(&self.pids())
    }

    pub(super) fn pids(&self) -> Vec<u32> {
        match self {
            Self::Group(group) => group.pids(),
            Self::Tree(root) => process::tree(*root),
        }
    }
}
