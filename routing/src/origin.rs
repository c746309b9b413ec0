//! The sides by name, and where a message comes from.

use std::fmt;
use std::sync::Arc;

/// The name of a side, as the configuration writes it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SideName(Arc<str>);

impl SideName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for SideName {
    fn from(name: &str) -> Self {
        Self(name.into())
    }
}

impl fmt::Display for SideName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who speaks: a side by its proof, or everybody else.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Origin {
    /// No side's proof covers the sender.
    Internet,
    /// This side.
    Side(SideName),
}

impl Origin {
    /// The side, if it is one.
    pub fn side(&self) -> Option<&SideName> {
        match self {
            Self::Internet => None,
            Self::Side(side) => Some(side),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Internet => f.write_str("internet"),
            Self::Side(side) => side.fmt(f),
        }
    }
}
