//! The text files of the repository.

use std::fs;
use std::path::{Path, PathBuf};

const KINDS: &[&str] = &[
    "md", "py", "rs", "service", "sh", "socket", "toml", "txt", "yml",
];

/// One file, by its path from the root.
pub(super) struct Source {
    pub(super) path: String,
    pub(super) text: String,
}

/// What a line of a source is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Program,
    Tests,
}

impl Source {
    pub(super) fn all() -> Vec<Self> {
        let mut sources = Vec::new();
        gather(root(), &mut sources);
        assert!(sources.len() > 10, "the repository was not found");
        sources
    }

    pub(super) fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    pub(super) fn is_in(&self, places: &[&str]) -> bool {
        places.iter().any(|place| self.path.starts_with(place))
    }

    /// Lines of code of one part with their numbers, without those that are only a comment.
    pub(super) fn code(&self, part: Part) -> impl Iterator<Item = (usize, &str)> {
        let begin = match self.is_all_tests() {
            true => 0,
            false => self.text.find("#[cfg(test)]").unwrap_or(self.text.len()),
        };
        let tests_begin = self.text[..begin].lines().count();
        self.lines()
            .filter(move |&(number, _)| (number > tests_begin) == (part == Part::Tests))
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    pub(super) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text
            .lines()
            .enumerate()
            .map(|(at, line)| (at + 1, line))
    }

    fn is_all_tests(&self) -> bool {
        self.is_in(&["benches/", "fuzz/"])
            || self.path.split('/').any(|name| name == "tests")
            || self.path.ends_with("/tests.rs")
    }
}

/// Where the root of the repository is.
pub(super) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn gather(directory: &Path, sources: &mut Vec<Source>) {
    let entries = fs::read_dir(directory).expect("a directory of ours can be read");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("its entries too").path())
        .collect();
    paths.sort();
    // What cargo builds is not ours, wherever it was told to put it.
    if paths.iter().any(|path| path.ends_with("CACHEDIR.TAG")) {
        return;
    }
    for path in paths {
        if path.is_symlink() {
            continue;
        }
        if path.is_dir() {
            if is_ours(&path) {
                gather(&path, sources);
            }
            continue;
        }
        let kind = path.extension().and_then(|kind| kind.to_str());
        if kind.is_some_and(|kind| KINDS.contains(&kind)) || path.ends_with(".ci/run") {
            sources.push(read(&path));
        }
    }
}

fn is_ours(directory: &Path) -> bool {
    let name = directory.file_name().and_then(|name| name.to_str());
    let made = ["target", "corpus", "artifacts", "seeds"];
    name.is_some_and(|name| [".ci", ".cargo"].contains(&name) || !name.starts_with('.'))
        && name.is_some_and(|name| !made.contains(&name))
}

fn read(path: &Path) -> Source {
    let text = fs::read(path).expect("a file of ours can be read");
    let path = path
        .strip_prefix(root())
        .expect("it was found below the root");
    Source {
        path: path.to_str().expect("our names are plain").to_owned(),
        text: String::from_utf8_lossy(&text).into_owned(),
    }
}

#[test]
fn tests_and_comments_are_told_from_the_program() {
    let source = |path: &str, text: &str| Source {
        path: path.to_owned(),
        text: text.to_owned(),
    };
    let numbers = |source: &Source, part| -> Vec<usize> {
        source.code(part).map(|(number, _)| number).collect()
    };
    let mixed = source(
        "a/src/b.rs",
        "//! b\nfn b() {}\n\n#[cfg(test)]\nmod tests;\n",
    );
    assert_eq!(numbers(&mixed, Part::Program), [2, 3]);
    assert_eq!(numbers(&mixed, Part::Tests), [4, 5]);
    for path in [
        "tests/b.rs",
        "a/src/b/tests.rs",
        "a/tests/b.rs",
        "fuzz/b.rs",
    ] {
        let tests = source(path, "fn b() {}\n");
        assert_eq!(numbers(&tests, Part::Program), [0; 0], "{path}");
        assert_eq!(numbers(&tests, Part::Tests), [1], "{path}");
    }
}
