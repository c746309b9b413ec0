//! The hot paths of the gateway without its sockets, each written once.
//!
//! `benches/micro.rs` times them with criterion; the program `hot-path` repeats one of them for callgrind, which
//! counts its instructions. What fills an input, as a read from a socket would, is part of each path.

mod client;
mod command;
mod content;
mod decision;
mod header;
mod message;
mod relay;
mod server;

/// One way through the code.
pub struct HotPath {
    name: String,
    work: Work,
    prepare: Box<dyn Fn() -> Run>,
}

/// Takes the path once. What it gives is the amount of its [`Work`], found by what came out.
pub type Run = Box<dyn FnMut() -> u64>;

/// What taking a path once amounts to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Work {
    /// So many octets of a message.
    Octets(u64),
    /// So many decisions or commands.
    Elements(u64),
}

impl HotPath {
    fn new<R: FnMut() -> u64 + 'static>(
        name: impl Into<String>,
        work: Work,
        prepare: impl Fn() -> R + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            work,
            prepare: Box::new(move || Box::new(prepare())),
        }
    }

    /// All of them.
    pub fn all() -> Vec<Self> {
        let groups = [
            decision::paths(),
            command::paths(),
            content::data(),
            content::chunks(),
            header::paths(),
            server::paths(),
            client::paths(),
            relay::paths(),
        ];
        groups.into_iter().flatten().collect()
    }

    /// Its group and its own name, as in `data/10KB`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What taking it once amounts to.
    pub fn work(&self) -> Work {
        self.work
    }

    /// Makes what it needs, which may take long.
    pub fn prepare(&self) -> Run {
        (self.prepare)()
    }
}

impl Work {
    /// The number alone.
    pub fn amount(self) -> u64 {
        match self {
            Self::Octets(amount) | Self::Elements(amount) => amount,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// Too slow to prepare in a test without optimisation.
    const LARGE: &[&str] = &["decide/100000", "decide/1000000"];

    #[test]
    fn every_path_does_its_work_each_time() {
        for path in HotPath::all() {
            if LARGE.contains(&path.name()) {
                continue;
            }
            let mut run = path.prepare();
            for _ in 0..2 {
                assert_eq!(run(), path.work().amount(), "{}", path.name());
            }
        }
    }

    #[test]
    fn no_name_is_given_twice() {
        let paths = HotPath::all();
        let names: HashSet<&str> = paths.iter().map(HotPath::name).collect();
        assert_eq!(names.len(), paths.len());
        assert!(LARGE.iter().all(|large| names.contains(large)));
    }
}
