//! Sizes: `"150 MiB"`.

use std::fmt;

use toml::de::DeValue;

use super::{Value, text};
use crate::config::fault::Fault;

/// A number of octets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ByteSize(pub(crate) u64);

const UNITS: &[(&str, u64)] = &[
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("B", 1),
];
const NOTE: &str = "write a whole number with its unit: B, KiB, MiB or GiB, as in \"150 MiB\"";

impl ByteSize {
    /// So many times 1024 octets.
    pub(crate) const fn kib(number: u64) -> Self {
        Self(number << 10)
    }

    /// So many times 1024 KiB.
    pub(crate) const fn mib(number: u64) -> Self {
        Self(number << 20)
    }

    /// So many times 1024 MiB.
    pub(crate) const fn gib(number: u64) -> Self {
        Self(number << 30)
    }

    fn parse(written: &str) -> Option<Self> {
        let digits = written.len()
            - written
                .trim_start_matches(|c: char| c.is_ascii_digit())
                .len();
        let (number, unit) = written.split_at_checked(digits)?;
        let (_, factor) = UNITS
            .iter()
            .find(|(name, _)| *name == unit.trim_start_matches(' '))?;
        number.parse::<u64>().ok()?.checked_mul(*factor).map(Self)
    }
}

impl fmt::Display for ByteSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, factor) = UNITS
            .iter()
            .find(|(_, factor)| self.0 >= *factor && self.0.is_multiple_of(*factor))
            .unwrap_or(&("B", 1));
        write!(f, "{} {unit}", self.0 / factor)
    }
}

impl Value for ByteSize {
    fn read(value: &DeValue<'_>) -> Result<Self, Fault> {
        if value.is_integer() {
            return Err(Fault::bad("a size without its unit", NOTE));
        }
        let written = text(value)?;
        Self::parse(written).ok_or_else(|| Fault::bad(format!("`{written}` is not a size"), NOTE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_and_written() {
        for (written, expected) in [
            ("150 MiB", Some(157_286_400)),
            ("64KiB", Some(65_536)),
            ("1 GiB", Some(1 << 30)),
            ("7 B", Some(7)),
            ("0 B", Some(0)),
            ("150 MB", None),
            ("150", None),
            ("MiB", None),
            ("-1 MiB", None),
            ("1.5 MiB", None),
            ("18446744073709551615 GiB", None),
            ("", None),
        ] {
            assert_eq!(
                ByteSize::parse(written).map(|size| size.0),
                expected,
                "{written}"
            );
        }
        for (size, expected) in [
            (ByteSize::mib(150), "150 MiB"),
            (ByteSize(1025), "1025 B"),
            (ByteSize(0), "0 B"),
        ] {
            assert_eq!(size.to_string(), expected);
        }
    }
}
