//! How a command ends, in the numbers of sysexits.h.

use std::process::ExitCode;

/// What the exit code says to the one who called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Exit {
    /// Done.
    #[default]
    Success,
    /// Wrong usage of the command line.
    Usage,
    /// The input is damaged.
    BadData,
    /// The input is not there.
    NoInput,
    /// No such recipient.
    NoSuchUser,
    /// A peer or service cannot be reached.
    Unreachable,
    /// A file cannot be made.
    CannotCreate,
    /// Reading or writing failed.
    InputOutput,
    /// Not now; the same may work later.
    TryAgain,
    /// Not allowed.
    NoPermission,
    /// The configuration is at fault.
    Configuration,
}

impl Exit {
    /// The number.
    pub const fn value(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Usage => 64,
            Self::BadData => 65,
            Self::NoInput => 66,
            Self::NoSuchUser => 67,
            Self::Unreachable => 69,
            Self::CannotCreate => 73,
            Self::InputOutput => 74,
            Self::TryAgain => 75,
            Self::NoPermission => 77,
            Self::Configuration => 78,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.value().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_sysexits() {
        for (exit, expected) in [
            (Exit::Success, 0),
            (Exit::Usage, 64),
            (Exit::BadData, 65),
            (Exit::NoInput, 66),
            (Exit::NoSuchUser, 67),
            (Exit::Unreachable, 69),
            (Exit::CannotCreate, 73),
            (Exit::InputOutput, 74),
            (Exit::TryAgain, 75),
            (Exit::NoPermission, 77),
            (Exit::Configuration, 78),
        ] {
            assert_eq!(exit.value(), expected, "{exit:?}");
        }
    }
}
