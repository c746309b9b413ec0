//! The mail systems a source speaks of.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A mail system in the words of a source. Which side of the configuration it is, the preset's `sides` say.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum System {
    /// Exchange Online.
    Cloud,
    /// Exchange on the company's own servers.
    Exchange,
    /// HCL Domino.
    Domino,
    /// GroupWise.
    GroupWise,
    /// The system of those that Active Directory knows as mail users with an address in the shared domain.
    ThirdParty,
    /// A side by its own name.
    Side(Box<str>),
}

impl System {
    /// Those with a name of their own.
    pub const NAMED: [Self; 5] = [
        Self::Cloud,
        Self::Exchange,
        Self::Domino,
        Self::GroupWise,
        Self::ThirdParty,
    ];

    /// The names of [`Self::NAMED`].
    pub const NAMED_WORDS: [&str; 5] = ["cloud", "exchange", "domino", "groupwise", "third-party"];

    /// Its name, in lower case where it is one of [`Self::NAMED`].
    pub fn name(&self) -> &str {
        match self {
            Self::Cloud => "cloud",
            Self::Exchange => "exchange",
            Self::Domino => "domino",
            Self::GroupWise => "groupwise",
            Self::ThirdParty => "third-party",
            Self::Side(name) => name,
        }
    }
}

impl From<&str> for System {
    fn from(name: &str) -> Self {
        let named = Self::NAMED.into_iter();
        named
            .into_iter()
            .find(|system| system.name().eq_ignore_ascii_case(name))
            .unwrap_or_else(|| Self::Side(name.into()))
    }
}

impl From<String> for System {
    fn from(name: String) -> Self {
        Self::from(name.as_str())
    }
}

impl From<System> for String {
    fn from(system: System) -> Self {
        system.name().to_owned()
    }
}

impl fmt::Display for System {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_is_known_by_its_name() {
        for (system, word) in System::NAMED.into_iter().zip(System::NAMED_WORDS) {
            assert_eq!((System::from(word), system.name()), (system.clone(), word));
        }
        assert_eq!(System::from("Third-Party"), System::ThirdParty);
        assert_eq!(System::from("printers"), System::Side("printers".into()));
    }
}
