//! The rule by which something repeats (RFC 5545 §3.3.10).

use jiff::civil::Weekday;

use super::Moment;

/// An RRULE.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecurrenceRule {
    /// FREQ.
    pub unit: RuleUnit,
    /// INTERVAL, at least 1.
    pub interval: u32,
    /// UNTIL or COUNT.
    pub end: RuleEnd,
    /// BYMONTH.
    pub month: Option<i8>,
    /// BYMONTHDAY; negative from the end.
    pub month_days: Vec<i8>,
    /// BYDAY.
    pub days: Vec<DayOfRule>,
    /// BYSETPOS.
    pub position: Option<i8>,
    /// WKST.
    pub week_start: Option<Weekday>,
}

/// What a rule counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RuleUnit {
    /// Days.
    Daily,
    /// Weeks.
    Weekly,
    /// Months.
    Monthly,
    /// Years.
    Yearly,
}

/// When a rule ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleEnd {
    /// Never.
    Never,
    /// After so many.
    Count(u32),
    /// With this one: a day where the first one is a day, else UTC.
    Until(Moment),
}

/// A weekday, or the n-th one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DayOfRule {
    /// Which in its month, negative from the end.
    pub nth: Option<i8>,
    /// The day.
    pub weekday: Weekday,
}

impl RecurrenceRule {
    /// Every so many of a unit, for ever.
    pub fn every(interval: u32, unit: RuleUnit) -> Self {
        Self {
            unit,
            interval,
            end: RuleEnd::Never,
            month: None,
            month_days: Vec::new(),
            days: Vec::new(),
            position: None,
            week_start: None,
        }
    }

    /// Whether calendars that know little know it: no position in a set, no several days of a month.
    pub fn is_simple(&self) -> bool {
        self.position.is_none() && self.month_days.len() <= 1 && self.month_days != [-1]
    }

    /// Its value.
    pub fn to_text(&self) -> String {
        let mut text = format!("FREQ={}", self.unit.as_str());
        if self.interval != 1 {
            text += &format!(";INTERVAL={}", self.interval);
        }
        if let Some(month) = self.month {
            text += &format!(";BYMONTH={month}");
        }
        if !self.month_days.is_empty() {
            text += &format!(";BYMONTHDAY={}", listed(&self.month_days, i8::to_string));
        }
        if !self.days.is_empty() {
            text += &format!(";BYDAY={}", listed(&self.days, |day| day.to_text()));
        }
        if let Some(position) = self.position {
            text += &format!(";BYSETPOS={position}");
        }
        if let Some(day) = self.week_start {
            text += &format!(";WKST={}", weekday(day));
        }
        text + &self.end.to_text()
    }
}

impl RuleUnit {
    fn as_str(self) -> &'static str {
        match self {
            Self::Daily => "DAILY",
            Self::Weekly => "WEEKLY",
            Self::Monthly => "MONTHLY",
            Self::Yearly => "YEARLY",
        }
    }
}

impl RuleEnd {
    fn to_text(&self) -> String {
        match self {
            Self::Never => String::new(),
            Self::Count(count) => format!(";COUNT={count}"),
            Self::Until(moment) => format!(";UNTIL={}", moment.to_text()),
        }
    }
}

impl DayOfRule {
    /// Every such day.
    pub fn every(weekday: Weekday) -> Self {
        Self { nth: None, weekday }
    }

    fn to_text(self) -> String {
        let day = weekday(self.weekday);
        self.nth.map_or(day.to_owned(), |nth| format!("{nth}{day}"))
    }
}

fn listed<T>(values: &[T], text: fn(&T) -> String) -> String {
    let texts: Vec<String> = values.iter().map(text).collect();
    texts.join(",")
}

fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Sunday => "SU",
        Weekday::Monday => "MO",
        Weekday::Tuesday => "TU",
        Weekday::Wednesday => "WE",
        Weekday::Thursday => "TH",
        Weekday::Friday => "FR",
        Weekday::Saturday => "SA",
    }
}
