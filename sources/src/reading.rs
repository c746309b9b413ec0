//! From the objects of a source to the entries of its mirror.

use book::{Attributes, Odd, Preset, Record, Setting};
use mirror::{MirrorError, Round};

use crate::Summary;
use crate::ldap::Object;

/// What a source's objects mean.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reading {
    /// The words of its kind, as the configuration has them.
    pub preset: Preset,
    /// The domains.
    pub setting: Setting,
}

impl Reading {
    /// Reads one object into a round.
    pub fn take(
        &self,
        attributes: &Attributes,
        round: &mut Round<'_>,
        summary: &mut Summary,
    ) -> Result<(), MirrorError> {
        summary.objects += 1;
        match self.preset.read(attributes, &self.setting) {
            Record::Entry(entry, oddities) => {
                summary.entries += 1;
                for odd in oddities {
                    summary.note(&entry.name, odd);
                }
                round.put(&entry)
            }
            Record::Gone(key) => {
                summary.gone += 1;
                round.gone(&key)
            }
            Record::Passed(key, _) => round.gone(&key),
            Record::NoKey => {
                summary.keyless += 1;
                Ok(())
            }
        }
    }

    /// Reads one object of an LDAP server into a round.
    pub fn take_object(
        &self,
        object: &Object,
        round: &mut Round<'_>,
        summary: &mut Summary,
    ) -> Result<(), MirrorError> {
        for attribute in &object.left_out {
            let attribute = attribute.clone();
            summary.note(&object.dn, Odd::Partial { attribute });
        }
        self.take(&object.attributes, round, summary)
    }
}
