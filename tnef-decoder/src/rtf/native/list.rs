//! Lists: what stands before an item.

use std::collections::HashMap;

/// What stands before an item of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Marker {
    Bullet,
    Number {
        format: NumberFormat,
        value: u32,
        /// As it was written, `3.` or `c)`; empty when only the reader can count.
        text: String,
    },
    /// What no list of HTML can have, `1.2.3`.
    Text(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NumberFormat {
    Decimal,
    UpperRoman,
    LowerRoman,
    UpperLetter,
    LowerLetter,
}

/// How the items of one level begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Level {
    /// `None` is a bullet.
    pub(super) format: Option<NumberFormat>,
    pub(super) start: u32,
}

impl Level {
    const FIRST: Self = Self {
        format: Some(NumberFormat::Decimal),
        start: 1,
    };

    /// From the numbers of `\levelnfc`.
    fn set_format(&mut self, number: i32) {
        self.format = match number {
            1 => Some(NumberFormat::UpperRoman),
            2 => Some(NumberFormat::LowerRoman),
            3 => Some(NumberFormat::UpperLetter),
            4 => Some(NumberFormat::LowerLetter),
            23 | 255 => None,
            _ => Some(NumberFormat::Decimal),
        }
    }

    /// Takes a word of `\*\pn`, the lists of Word 6; `false`: it is about something else.
    fn old_word(&mut self, name: &[u8], parameter: Option<i32>) -> bool {
        self.format = match name {
            b"pnlvlblt" => None,
            b"pndec" => Some(NumberFormat::Decimal),
            b"pnucrm" => Some(NumberFormat::UpperRoman),
            b"pnlcrm" => Some(NumberFormat::LowerRoman),
            b"pnucltr" => Some(NumberFormat::UpperLetter),
            b"pnlcltr" => Some(NumberFormat::LowerLetter),
            b"pnstart" => {
                self.start = number(parameter);
                return true;
            }
            _ => return false,
        };
        true
    }
}

impl Marker {
    /// From what was written before the item.
    pub(super) fn written(text: &str, level: Option<Level>) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let core = text.trim_start_matches('(').trim_end_matches(['.', ')']);
        if !text.chars().any(char::is_alphanumeric) || text == "o" {
            return Some(Self::Bullet);
        }
        let format = level.and_then(|level| level.format);
        let number = parse(core, format);
        Some(match number {
            Some((format, value)) => Self::Number {
                format,
                value,
                text: text.to_owned(),
            },
            None => Self::Text(text.to_owned()),
        })
    }
}

/// The lists of a document and how far each has counted.
#[derive(Debug, Default)]
pub(super) struct Lists {
    lists: HashMap<i32, Vec<Level>>,
    /// From `\ls` to `\listid`.
    overrides: HashMap<i32, i32>,
    counters: HashMap<i32, [u32; LEVELS]>,
    open: Vec<Level>,
    open_id: i32,
    /// `\*\pn`, in force until `\pard`.
    pub(super) old: Option<Level>,
}

impl Lists {
    /// A word of `\*\listtable`.
    pub(super) fn table_word(&mut self, name: &[u8], parameter: Option<i32>) {
        match name {
            b"list" => self.open.clear(),
            b"listlevel" if self.open.len() < LEVELS => self.open.push(Level::FIRST),
            b"levelnfc" | b"levelnfcn" => {
                if let Some(level) = self.open.last_mut() {
                    level.set_format(parameter.unwrap_or(0));
                }
            }
            b"levelstartat" => {
                if let Some(level) = self.open.last_mut() {
                    level.start = number(parameter);
                }
            }
            b"listid" => {
                let levels = std::mem::take(&mut self.open);
                self.lists.insert(parameter.unwrap_or(0), levels);
            }
            _ => {}
        }
    }

    /// A word of `\*\listoverridetable`.
    pub(super) fn override_word(&mut self, name: &[u8], parameter: Option<i32>) {
        match name {
            b"listid" => self.open_id = parameter.unwrap_or(0),
            b"ls" => {
                self.overrides.insert(parameter.unwrap_or(0), self.open_id);
            }
            _ => {}
        }
    }

    /// A word of `\*\pn`.
    pub(super) fn old_word(&mut self, name: &[u8], parameter: Option<i32>) {
        let mut level = self.old.unwrap_or(Level::FIRST);
        if level.old_word(name, parameter) || self.old.is_some() {
            self.old = Some(level);
        }
    }

    /// What stands before an item, `written` if something is.
    pub(super) fn marker(&mut self, written: Option<&str>, list: i32, level: u8) -> Option<Marker> {
        let known = self.level(list, level).or(self.old);
        match written {
            Some(text) => {
                let marker = Marker::written(text, known);
                if let Some(Marker::Number { value, .. }) = &marker {
                    self.count(list, level, *value);
                }
                marker
            }
            None => {
                let known = known?;
                let Some(format) = known.format else {
                    return Some(Marker::Bullet);
                };
                let value = self.next(list, level, known.start);
                Some(Marker::Number {
                    format,
                    value,
                    text: String::new(),
                })
            }
        }
    }

    fn level(&self, list: i32, level: u8) -> Option<Level> {
        let levels = self.lists.get(self.overrides.get(&list)?)?;
        levels.get(usize::from(level)).copied()
    }

    fn next(&mut self, list: i32, level: u8, start: u32) -> u32 {
        let last = self
            .counters
            .get(&list)
            .map_or(0, |counters| counters[usize::from(level)]);
        let value = if last == 0 {
            start
        } else {
            last.saturating_add(1)
        };
        self.count(list, level, value);
        value
    }

    /// The levels below begin anew.
    fn count(&mut self, list: i32, level: u8, value: u32) {
        let counters = self.counters.entry(list).or_default();
        let (here, below) = counters[usize::from(level)..].split_at_mut(1);
        here[0] = value;
        below.fill(0);
    }
}

/// Levels a list can have in RTF 1.9.1.
const LEVELS: usize = 9;

fn number(parameter: Option<i32>) -> u32 {
    parameter
        .and_then(|value| u32::try_from(value).ok())
        .unwrap_or(1)
}

/// A number alone, in the format that is known or else looks most likely.
fn parse(text: &str, known: Option<NumberFormat>) -> Option<(NumberFormat, u32)> {
    if text.bytes().all(|octet| octet.is_ascii_digit()) {
        return Some((NumberFormat::Decimal, text.parse().ok()?));
    }
    let is_upper = text.bytes().all(|octet| octet.is_ascii_uppercase());
    if !is_upper && !text.bytes().all(|octet| octet.is_ascii_lowercase()) {
        return None;
    }
    let is_roman = matches!(
        known,
        Some(NumberFormat::UpperRoman | NumberFormat::LowerRoman)
    ) || (text.len() > 1 || text.eq_ignore_ascii_case("i")) && known.is_none();
    match (is_roman, is_upper, text.as_bytes()) {
        (true, true, _) => Some((NumberFormat::UpperRoman, roman(text)?)),
        (true, false, _) => Some((NumberFormat::LowerRoman, roman(text)?)),
        (false, true, &[letter]) => Some((NumberFormat::UpperLetter, u32::from(letter - b'A') + 1)),
        (false, false, &[letter]) => {
            Some((NumberFormat::LowerLetter, u32::from(letter - b'a') + 1))
        }
        _ => None,
    }
}

fn roman(text: &str) -> Option<u32> {
    if text.len() > ROMAN_LETTERS_MAX {
        return None;
    }
    let mut value = 0;
    let mut largest = 0;
    for letter in text.bytes().rev() {
        let worth = match letter.to_ascii_lowercase() {
            b'i' => 1,
            b'v' => 5,
            b'x' => 10,
            b'l' => 50,
            b'c' => 100,
            b'd' => 500,
            b'm' => 1_000,
            _ => return None,
        };
        if worth < largest {
            value -= worth;
        } else {
            value += worth;
            largest = worth;
        }
    }
    u32::try_from(value).ok()
}

/// 3888, `mmmdccclxxxviii`, is the longest.
const ROMAN_LETTERS_MAX: usize = 15;

#[cfg(test)]
mod tests {
    use super::{Level, Marker, NumberFormat};

    #[test]
    fn what_is_written_tells_the_format() {
        use NumberFormat::{Decimal, LowerLetter, LowerRoman, UpperRoman};
        let check =
            |text: &str, format: Option<NumberFormat>, expected: Option<(NumberFormat, u32)>| {
                let level = format.map(|format| Level {
                    format: Some(format),
                    start: 1,
                });
                let found = match Marker::written(text, level) {
                    Some(Marker::Number { format, value, .. }) => Some((format, value)),
                    _ => None,
                };
                assert_eq!(found, expected, "{text}");
            };
        check("3.", None, Some((Decimal, 3)));
        check("(12)", None, Some((Decimal, 12)));
        check("c)", None, Some((LowerLetter, 3)));
        check("i.", None, Some((LowerRoman, 1)));
        check("i.", Some(LowerLetter), Some((LowerLetter, 9)));
        check("XIV.", None, Some((UpperRoman, 14)));
        check("v.", Some(LowerRoman), Some((LowerRoman, 5)));
        check("1.2", None, None);
        check("99999999999.", None, None);
        check("Article", None, None);
        assert_eq!(Marker::written("•", None), Some(Marker::Bullet));
        assert_eq!(Marker::written("o", None), Some(Marker::Bullet));
        assert_eq!(Marker::written(" ", None), None);
        assert_eq!(
            Marker::written("1.2", None),
            Some(Marker::Text("1.2".into()))
        );
    }
}
