//! Time zones: what they are, and the two blobs that tell of them.

use super::octets::{Octets, utf16};
use super::time::Civil;

/// A time zone by its name in Windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zone {
    /// Its key in the registry.
    pub key: &'static str,
    /// Its name for people.
    pub description: &'static str,
    /// What has been valid from which year on, the oldest first.
    pub eras: &'static [Era],
}

/// What is valid from a year on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Era {
    /// The first year.
    pub from: i64,
    /// Minutes that standard time is behind UTC.
    pub bias: i32,
    /// Changes to daylight saving time and back; `None`: no such thing.
    pub changes: Option<(Change, Change)>,
}

/// A change of the clock in every year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// Month.
    pub month: i64,
    /// Which of these weekdays in the month; 5: the last.
    pub nth: i64,
    /// 0 is Sunday.
    pub weekday: i64,
    /// In local time before the change.
    pub hour: i64,
}

impl Zone {
    /// Central Europe.
    pub const BERLIN: Self = Self {
        key: "W. Europe Standard Time",
        description: "(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna",
        eras: &[Era {
            from: 1601,
            bias: -60,
            changes: Some((sunday(3, 5, 2), sunday(10, 5, 3))),
        }],
    };
    /// The East of the United States, whose rule changed in 2007.
    pub const NEW_YORK: Self = Self {
        key: "Eastern Standard Time",
        description: "(UTC-05:00) Eastern Time (US & Canada)",
        eras: &[
            Era {
                from: 1601,
                bias: 300,
                changes: Some((sunday(4, 1, 2), sunday(10, 5, 2))),
            },
            Era {
                from: 2007,
                bias: 300,
                changes: Some((sunday(3, 2, 2), sunday(11, 1, 2))),
            },
        ],
    };
    /// India: half an hour, no daylight saving time.
    pub const KOLKATA: Self = Self {
        key: "India Standard Time",
        description: "(UTC+05:30) Chennai, Kolkata, Mumbai, New Delhi",
        eras: &[Era {
            from: 1601,
            bias: -330,
            changes: None,
        }],
    };
    /// The South: daylight saving time spans the turn of the year.
    pub const SYDNEY: Self = Self {
        key: "AUS Eastern Standard Time",
        description: "(UTC+10:00) Canberra, Melbourne, Sydney",
        eras: &[Era {
            from: 1601,
            bias: -600,
            changes: Some((sunday(10, 1, 2), sunday(4, 1, 3))),
        }],
    };

    /// A local time in UTC. A time that is there twice is the first of them.
    pub fn utc(&self, local: Civil) -> Civil {
        let (year, ..) = local.ymd();
        let era = self.era(year);
        local.plus(i64::from(era.bias) - era.saved(local))
    }

    fn era(&self, year: i64) -> &Era {
        let mut eras = self.eras.iter().rev();
        eras.find(|era| era.from <= year).unwrap_or(&self.eras[0])
    }

    /// PidLidTimeZoneStruct ([MS-OXOCAL] §2.2.1.39): what is valid in one year.
    pub fn structure(&self, year: i64) -> Vec<u8> {
        let era = self.era(year);
        let mut out = Octets::new();
        out.i32(era.bias).i32(0).i32(era.daylight_bias());
        let (daylight, standard) = era.system_times();
        out.u16(0).raw(&standard).u16(0).raw(&daylight).finish()
    }

    /// A TZDEFINITION (§2.2.1.41) with a rule for each era; the one valid in `year` is marked.
    pub fn definition(&self, year: i64) -> Vec<u8> {
        let name = utf16(self.key);
        let mut out = Octets::new();
        out.u8(2).u8(1).u16((6 + name.len()) as u16);
        out.u16(2).u16((name.len() / 2) as u16).raw(&name);
        out.u16(self.eras.len() as u16);
        for era in self.eras {
            let effective = era == self.era(year);
            era.write(effective, &mut out);
        }
        out.finish()
    }
}

impl Era {
    fn saved(&self, local: Civil) -> i64 {
        let Some((begin, end)) = self.changes else {
            return 0;
        };
        let (year, ..) = local.ymd();
        let (begin, end) = (begin.in_year(year), end.in_year(year));
        let daylight = if begin < end {
            (begin..end).contains(&local)
        } else {
            !(end..begin).contains(&local)
        };
        if daylight { 60 } else { 0 }
    }

    fn daylight_bias(&self) -> i32 {
        if self.changes.is_some() { -60 } else { 0 }
    }

    /// The changes to daylight saving time and back, as SYSTEMTIME.
    fn system_times(&self) -> (Vec<u8>, Vec<u8>) {
        match self.changes {
            Some((begin, end)) => (begin.system_time(), end.system_time()),
            None => (vec![0; 16], vec![0; 16]),
        }
    }

    fn write(&self, effective: bool, out: &mut Octets) {
        let (daylight, standard) = self.system_times();
        out.u8(2).u8(1).u16(0x3E);
        out.u16(if effective { 2 } else { 0 }).u16(self.from as u16);
        out.zeros(14);
        out.i32(self.bias).i32(0).i32(self.daylight_bias());
        out.raw(&standard).raw(&daylight);
    }
}

impl Change {
    fn in_year(self, year: i64) -> Civil {
        let first = Civil::date(year, self.month, 1);
        let to_weekday = (self.weekday - first.weekday()).rem_euclid(7);
        let mut day = first.plus_days(to_weekday + 7 * (self.nth - 1));
        while day.ymd().1 != self.month {
            day = day.plus_days(-7);
        }
        day.plus(self.hour * 60)
    }

    fn system_time(self) -> Vec<u8> {
        let numbers = [0, self.month, self.weekday, self.nth, self.hour, 0, 0, 0];
        let octets = |number| (number as u16).to_le_bytes();
        numbers.into_iter().flat_map(octets).collect()
    }
}

const fn sunday(month: i64, nth: i64, hour: i64) -> Change {
    Change {
        month,
        nth,
        weekday: 0,
        hour,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_times_become_utc() {
        let check = |zone: Zone, local: Civil, expected: &str| {
            assert_eq!(zone.utc(local).basic(), expected, "{}", zone.key);
        };
        let at = |month, day, hour| Civil::new(2026, month, day, hour, 30);
        check(Zone::BERLIN, at(3, 29, 1), "20260329T003000");
        check(Zone::BERLIN, at(3, 29, 3), "20260329T013000");
        check(Zone::BERLIN, at(10, 25, 1), "20261024T233000");
        check(Zone::BERLIN, at(10, 25, 3), "20261025T023000");
        check(Zone::NEW_YORK, at(3, 7, 9), "20260307T143000");
        check(Zone::NEW_YORK, at(3, 9, 9), "20260309T133000");
        check(
            Zone::NEW_YORK,
            Civil::new(2006, 3, 20, 9, 30),
            "20060320T143000",
        );
        check(Zone::KOLKATA, at(7, 1, 9), "20260701T040000");
        check(Zone::SYDNEY, at(1, 15, 9), "20260114T223000");
        check(Zone::SYDNEY, at(7, 15, 9), "20260714T233000");
    }

    #[test]
    fn the_blobs_have_their_sizes() {
        assert_eq!(Zone::BERLIN.structure(2026).len(), 48);
        assert_eq!(Zone::BERLIN.structure(2026)[..4], (-60_i32).to_le_bytes());
        let definition = Zone::NEW_YORK.definition(2026);
        assert_eq!(definition.len(), 4 + 4 + 42 + 2 + 2 * 66);
        assert_eq!(definition[4 + 4 + 42..][..2], [2, 0]);
    }

    /// The octets after the name are those that Outlook writes for New York, but for the years.
    #[test]
    fn a_rule_is_as_outlook_writes_it() {
        let definition = Zone::NEW_YORK.definition(2026);
        let rule = [
            2, 1, 0x3E, 0, 2, 0, 0xD7, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x2C, 1, 0, 0,
            0, 0, 0, 0, 0xC4, 0xFF, 0xFF, 0xFF, 0, 0, 0x0B, 0, 0, 0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0,
            0, 0, 3, 0, 0, 0, 2, 0, 2, 0, 0, 0, 0, 0, 0, 0,
        ];
        assert_eq!(definition[definition.len() - 66..], rule);
    }
}
