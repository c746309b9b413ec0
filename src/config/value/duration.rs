//! Durations: `"24h"`, `"5m"`, `"60s"`, `"5d"`.

use std::fmt;
use std::time::Duration;

use toml::de::DeValue;

use super::{Value, text};
use crate::config::fault::Fault;

/// A duration in whole seconds, as the file writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Span(pub(crate) Duration);

const UNITS: &[(&str, u64)] = &[("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)];
const NOTE: &str = "write a whole number with its unit: s, m, h or d, as in \"24h\"";

impl Span {
    /// So many seconds.
    pub(crate) const fn seconds(number: u64) -> Self {
        Self(Duration::from_secs(number))
    }

    /// So many minutes.
    pub(crate) const fn minutes(number: u64) -> Self {
        Self::seconds(number * 60)
    }

    /// So many hours.
    pub(crate) const fn hours(number: u64) -> Self {
        Self::minutes(number * 60)
    }

    /// So many days.
    pub(crate) const fn days(number: u64) -> Self {
        Self::hours(number * 24)
    }

    fn parse(written: &str) -> Option<Self> {
        let (unit, factor) = UNITS.iter().find(|(unit, _)| written.ends_with(unit))?;
        let number = written.strip_suffix(unit)?.trim_end_matches(' ');
        if !number.bytes().all(|c| c.is_ascii_digit()) {
            return None;
        }
        number
            .parse::<u64>()
            .ok()?
            .checked_mul(*factor)
            .map(Self::seconds)
    }
}

/// The seconds of a duration that somebody typed.
pub(crate) fn seconds(written: &str) -> Result<u64, String> {
    let span = Span::parse(written).ok_or_else(|| NOTE.to_owned());
    span.map(|span| span.0.as_secs())
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        // "24h", not "1d": a day is written out from two on.
        let (unit, factor) = UNITS
            .iter()
            .find(|(unit, factor)| {
                seconds.is_multiple_of(*factor)
                    && seconds >= if *unit == "d" { 2 * factor } else { *factor }
            })
            .unwrap_or(&("s", 1));
        write!(f, "{}{unit}", seconds / factor)
    }
}

impl Value for Span {
    fn read(value: &DeValue<'_>) -> Result<Self, Fault> {
        if value.is_integer() {
            return Err(Fault::bad("a duration without its unit", NOTE));
        }
        let written = text(value)?;
        Self::parse(written)
            .ok_or_else(|| Fault::bad(format!("`{written}` is not a duration"), NOTE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_and_written() {
        for (written, expected) in [
            ("24h", Some(86_400)),
            ("5m", Some(300)),
            ("60 s", Some(60)),
            ("5d", Some(432_000)),
            ("0s", Some(0)),
            ("5", None),
            ("m", None),
            ("+5m", None),
            ("1h30m", None),
            ("5 minutes", None),
            ("18446744073709551615d", None),
        ] {
            assert_eq!(
                Span::parse(written).map(|span| span.0.as_secs()),
                expected,
                "{written}"
            );
        }
        for (span, expected) in [
            (Span::hours(24), "24h"),
            (Span::days(5), "5d"),
            (Span::seconds(90), "90s"),
            (Span::minutes(5), "5m"),
            (Span::seconds(0), "0s"),
        ] {
            assert_eq!(span.to_string(), expected);
        }
    }
}
