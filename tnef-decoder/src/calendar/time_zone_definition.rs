//! A time zone with a name and the rules of different years ([MS-OXOCAL] 2.2.1.41).
//!
//! [MS-OXOCAL]: https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxocal/

use super::blob_error::{BlobError, Counted};
use super::reader::Reader;
use super::time_zone_rule::TimeZoneRule;
use crate::limits;

/// TZDEFINITION.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeZoneDefinition {
    /// What Windows calls the zone, such as `W. Europe Standard Time`.
    pub key_name: String,
    /// The rules in the order of their years.
    pub rules: Vec<DefinitionRule>,
}

/// TZRULE: a rule and since when it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DefinitionRule {
    flags: u16,
    /// The first year it holds for; it also holds for all before if it is the first rule.
    pub year: u16,
    /// The rule.
    pub rule: TimeZoneRule,
}

impl TimeZoneDefinition {
    /// Reads a definition. One without a name has an empty one.
    pub fn read(octets: &[u8]) -> Result<Self, BlobError> {
        let mut reader = Reader::new(octets);
        let [major, _minor] = reader.array()?;
        if major != MAJOR_VERSION {
            return Err(unknown("bMajorVersion", u16::from(major)));
        }
        let header_octets = reader.u16()?;
        let mut header = Reader::new(reader.take(usize::from(header_octets))?);
        let key_name = key_name(&mut header)?;
        let count = header.short_count(Counted::TimeZoneRules, limits::TIME_ZONE_RULES_MAX)?;
        let rules = (0..count).map(|_| DefinitionRule::take(&mut reader));
        let mut rules = rules.collect::<Result<Vec<_>, _>>()?;
        rules.sort_by_key(|rule| rule.year);
        Ok(Self { key_name, rules })
    }

    /// The rule that its writer had in force.
    pub fn effective(&self) -> Option<&DefinitionRule> {
        self.rules.iter().find(|rule| rule.is_effective())
    }
}

impl DefinitionRule {
    /// A rule that holds from a year on.
    pub fn new(year: u16, rule: TimeZoneRule) -> Self {
        Self {
            flags: 0,
            year,
            rule,
        }
    }

    /// Whether it is the one in force when this was written.
    pub fn is_effective(&self) -> bool {
        self.flags & EFFECTIVE != 0
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, BlobError> {
        let [major, _minor] = reader.array()?;
        if major != MAJOR_VERSION {
            return Err(unknown("bMajorVersion", u16::from(major)));
        }
        let octets = reader.u16()?;
        let mut rule = Reader::new(reader.take(usize::from(octets))?);
        let flags = rule.u16()?;
        let year = rule.u16()?;
        rule.take(14)?;
        let rule = TimeZoneRule::take(&mut rule)?;
        Ok(Self { flags, year, rule })
    }
}

fn key_name(header: &mut Reader<'_>) -> Result<String, BlobError> {
    let flags = header.u16()?;
    if flags & VALID_GUID != 0 {
        header.take(16)?;
    }
    if flags & VALID_KEY_NAME == 0 {
        return Ok(String::new());
    }
    let units = header.u16()?;
    header.utf16(units)
}

fn unknown(field: &'static str, found: u16) -> BlobError {
    BlobError::Unknown {
        field,
        found: u64::from(found),
    }
}

const MAJOR_VERSION: u8 = 2;
const VALID_GUID: u16 = 1;
const VALID_KEY_NAME: u16 = 2;
const EFFECTIVE: u16 = 2;

#[cfg(test)]
mod tests;
