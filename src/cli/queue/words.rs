//! Messages as people read them.

use std::fmt::{self, Display, Write as _};

use crate::queue::{Fate, Listed, ListedRecipient};

/// One message in some lines.
pub(super) struct InWords<'a>(pub(super) &'a Listed);

impl Display for InWords<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = self.0;
        let (id, received) = (&message.id, &message.received);
        let (age, octets) = (Age(message.age_seconds), Octets(message.octets));
        let from = Plain(&message.from);
        write!(f, "{id}  {received}  {age}  {octets}  <{from}>")?;
        if message.busy {
            f.write_str("  under way")?;
        }
        f.write_char('\n')?;
        if let Some(hold) = &message.hold {
            writeln!(f, "    ON HOLD: {}", Plain(hold))?;
        }
        if let Some(from) = &message.adopted_from {
            writeln!(f, "    taken over from {}", Plain(from))?;
        }
        for one in &message.recipients {
            recipient(one, message.hold.is_some(), f)?;
        }
        Ok(())
    }
}

fn recipient(one: &ListedRecipient, is_held: bool, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let ListedRecipient {
        to, side, attempts, ..
    } = one;
    write!(f, "    <{}>  {}  ", Plain(to), Plain(side))?;
    match one.fate {
        Fate::Delivered => f.write_str("delivered")?,
        Fate::Failed => f.write_str("failed")?,
        Fate::Waiting => {
            let plural = if *attempts == 1 { "" } else { "s" };
            match attempts {
                0 => f.write_str("not tried yet")?,
                _ => write!(f, "{attempts} attempt{plural}")?,
            }
            let wait = one.next_seconds.and_then(|wait| u64::try_from(wait).ok());
            match wait {
                Some(0) if !is_held => f.write_str(", is due")?,
                Some(wait) if !is_held => write!(f, ", next in {}", Age(wait))?,
                _ => {}
            }
        }
    }
    if let Some(hop) = &one.hop {
        write!(f, ", {}", Plain(hop))?;
    }
    f.write_char('\n')?;
    for line in one.reply.iter().flat_map(|reply| reply.lines()) {
        writeln!(f, "        {}", Plain(line))?;
    }
    Ok(())
}

/// A time in its largest unit, one decimal below ten of it.
pub(super) struct Age(pub(super) u64);

impl Display for Age {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0;
        let (unit, name) = match seconds {
            0..60 => return f.pad(&format!("{seconds} s")),
            60..3_600 => (60, "min"),
            3_600..172_800 => (3_600, "h"),
            _ => (86_400, "d"),
        };
        let (whole, tenth) = (seconds / unit, seconds % unit * 10 / unit);
        f.pad(&match whole {
            0..10 if tenth > 0 => format!("{whole}.{tenth} {name}"),
            _ => format!("{whole} {name}"),
        })
    }
}

/// A size in its largest unit.
pub(super) struct Octets(pub(super) u64);

impl Display for Octets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            octets @ 0..1024 => write!(f, "{octets} B"),
            octets @ 1024..1_048_576 => write!(f, "{} KiB", octets.div_ceil(1 << 10)),
            octets => write!(f, "{} MiB", octets.div_ceil(1 << 20)),
        }
    }
}

/// Words of strangers: they cannot move the cursor, nor make a second line.
pub(super) struct Plain<'a>(pub(super) &'a str);

impl Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c.is_control() {
                true => write!(f, "{}", c.escape_default())?,
                false => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_sizes_are_rounded_to_what_matters() {
        for (seconds, expected) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (150, "2.5 min"),
            (3_599, "59 min"),
            (3_600, "1 h"),
            (172_799, "47 h"),
            (172_800, "2 d"),
            (864_000, "10 d"),
        ] {
            assert_eq!(Age(seconds).to_string(), expected);
        }
        for (octets, expected) in [
            (0, "0 B"),
            (1_023, "1023 B"),
            (1_024, "1 KiB"),
            (1_025, "2 KiB"),
            (1 << 20, "1 MiB"),
            ((1 << 20) + 1, "2 MiB"),
        ] {
            assert_eq!(Octets(octets).to_string(), expected);
        }
    }

    #[test]
    fn strangers_words_stay_where_they_are() {
        let message = Listed {
            id: "X".to_owned(),
            received: "R".to_owned(),
            age_seconds: 61,
            from: "a\u{1b}[2J@x".to_owned(),
            octets: 5,
            busy: true,
            hold: Some("a\nb".to_owned()),
            adopted_from: None,
            recipients: vec![ListedRecipient {
                to: "nora@contoso.com".to_owned(),
                side: "notes".to_owned(),
                fate: Fate::Waiting,
                attempts: 1,
                next: None,
                next_seconds: Some(5),
                tried: None,
                hop: Some("h:25".to_owned()),
                reply: Some("451-4.3.2 one\n451 4.3.2 two\r".to_owned()),
            }],
        };
        let expected = "X  R  1 min  5 B  <a\\u{1b}[2J@x>  under way\n    ON HOLD: a\\nb\n    \
                        <nora@contoso.com>  notes  1 attempt, h:25\n        451-4.3.2 one\n        451 4.3.2 two\\r\n";
        assert_eq!(InWords(&message).to_string(), expected);
    }
}
