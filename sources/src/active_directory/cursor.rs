//! Where a source goes on.

use std::fmt::Write;

use book::Key;

/// What the last round left.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Cursor {
    /// Up to where everything was read.
    pub(super) place: Place,
    /// When everything was last read, in seconds since 1970.
    pub(super) full_at: u64,
}

/// Up to where everything was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Place {
    /// Up to this update sequence number. The numbers are each controller's own, and a controller whose database was
    /// restored counts under another invocation id ([MS-ADTS] 3.1.1.1.9).
    Usn { invocation: Key, usn: u64 },
    /// What the server called the place. Every controller of the domain understands it ([MS-ADTS] 3.1.1.3.4.1.3).
    DirSync { cookie: Vec<u8> },
}

impl Cursor {
    /// As the mirror keeps it.
    pub(super) fn to_text(&self) -> String {
        let full_at = self.full_at;
        match &self.place {
            Place::Usn { invocation, usn } => format!("{USN} {full_at} {usn} {invocation}"),
            Place::DirSync { cookie } => {
                let mut text = format!("{DIRSYNC} {full_at} ");
                for octet in cookie {
                    _ = write!(text, "{octet:02x}");
                }
                text
            }
        }
    }

    /// `None` if it is none of ours: then all is read.
    pub(super) fn of_text(text: &str) -> Option<Self> {
        let (kind, rest) = text.split_once(' ')?;
        let (full_at, rest) = rest.split_once(' ')?;
        let place = match kind {
            USN => {
                let (usn, invocation) = rest.split_once(' ')?;
                Place::Usn {
                    invocation: Key::from_text(invocation)?,
                    usn: usn.parse().ok()?,
                }
            }
            DIRSYNC => Place::DirSync {
                cookie: octets(rest)?,
            },
            _ => return None,
        };
        let full_at = full_at.parse().ok()?;
        Some(Self { place, full_at })
    }
}

fn octets(text: &str) -> Option<Vec<u8>> {
    let octet = |pair: &[u8]| {
        let pair = std::str::from_utf8(pair).ok()?;
        u8::from_str_radix(pair, 16).ok()
    };
    let is_whole = !text.is_empty() && text.len().is_multiple_of(2);
    is_whole.then(|| text.as_bytes().chunks_exact(2).map(octet).collect())?
}

const USN: &str = "usn";
const DIRSYNC: &str = "dirsync";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_being_kept() {
        let invocation = Key::from_guid(&[7; 16]);
        let usn = u64::MAX;
        let cookie = vec![0x4d, 0x53, 0, 0xff];
        for place in [Place::Usn { invocation, usn }, Place::DirSync { cookie }] {
            let cursor = Cursor { place, full_at: 5 };
            assert_eq!(Cursor::of_text(&cursor.to_text()), Some(cursor));
        }
    }

    #[test]
    fn what_is_none_begins_anew() {
        for text in [
            "",
            "usn",
            "usn 5 5",
            "usn 5 x 07070707-0707-0707-0707-070707070707",
            "usn x 5 07070707-0707-0707-0707-070707070707",
            "usn 5 -1 07070707-0707-0707-0707-070707070707",
            "dirsync 5 ",
            "dirsync 5 abc",
            "dirsync 5 zz",
            "csn 5 00ff",
        ] {
            assert_eq!(Cursor::of_text(text), None, "{text}");
        }
    }
}
