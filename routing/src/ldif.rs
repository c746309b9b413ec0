//! Recipients from LDIF (RFC 2849).
//!
//! Only content and `changetype: add` are read. A value given as a URL is never followed: a directory file must not
//! make the gateway open other files. Entries without an address (folders, servers) are passed over in silence. Held
//! by the fuzz target `directory_ldif`.

use std::sync::Arc;

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::SideName;
use crate::limits::SOURCE_LINE_OCTETS_MAX;
use crate::listing::{Entry, Gather, Listing, Quoted, Unreadable, Wrong, kind, mail_address};
use crate::text::{Lines, decode};

/// Which attribute is which field of a recipient.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Attributes {
    /// The primary address; of several the first, the others are aliases.
    pub address: String,
    /// The side's name.
    pub side: String,
    /// The routing address.
    pub routing_address: String,
    /// Further addresses; `SMTP:` in capitals marks the primary one where there is no other.
    pub aliases: Vec<String>,
    /// The side of entries that name none; `None`: they are reported and left out.
    pub default_side: Option<SideName>,
}

/// Reads a file's octets. `sides` are the names a side may have.
pub fn read(
    octets: &[u8],
    source: &Arc<str>,
    sides: &[SideName],
    map: &Attributes,
) -> Result<Listing, Unreadable> {
    let text = decode(octets);
    let mut gather = Gather::new(source, sides);
    let mut draft = Draft::default();
    let mut entries = false;
    for logical in Logical::of(&text) {
        match logical {
            Logical::Blank => std::mem::take(&mut draft).finish(map, &mut gather),
            Logical::Line {
                number,
                first,
                folded,
            } => {
                entries |= first
                    .get(..3)
                    .is_some_and(|name| name.eq_ignore_ascii_case(b"dn:"));
                draft.take(number, first, folded, map);
            }
        }
    }
    draft.finish(map, &mut gather);
    if entries {
        Ok(gather.listing)
    } else {
        Err(Unreadable::NoEntries)
    }
}

/// A line with its continuations, which begin with one blank (RFC 2849 note 2). Comments are gone.
enum Logical<'a> {
    Blank,
    Line {
        number: u64,
        first: &'a [u8],
        folded: Lines<'a>,
    },
}

impl<'a> Logical<'a> {
    fn of(text: &'a [u8]) -> impl Iterator<Item = Self> {
        let mut lines = Lines::of(text);
        std::iter::from_fn(move || {
            loop {
                let (number, first) = lines.next()?;
                let folded = lines.clone();
                while lines
                    .clone()
                    .next()
                    .is_some_and(|(_, line)| line.starts_with(b" "))
                {
                    lines.next();
                }
                match first {
                    [] => return Some(Self::Blank),
                    [b'#', ..] => {}
                    _ => {
                        return Some(Self::Line {
                            number,
                            first,
                            folded,
                        });
                    }
                }
            }
        })
    }
}

/// One entry while its lines come in.
#[derive(Default)]
struct Draft {
    /// Its first line.
    line: u64,
    addresses: Vec<Vec<u8>>,
    sides: Vec<Vec<u8>>,
    routing_addresses: Vec<Vec<u8>>,
    aliases: Vec<Vec<u8>>,
    /// The first reason to leave it out.
    wrong: Option<(u64, Wrong)>,
}

impl Draft {
    fn take(&mut self, number: u64, first: &[u8], folded: Lines, map: &Attributes) {
        if self.line == 0 {
            self.line = number;
        }
        if let Err(wrong) = self.attribute(first, folded, map)
            && self.wrong.is_none()
        {
            self.wrong = Some((number, wrong));
        }
    }

    fn attribute(&mut self, first: &[u8], folded: Lines, map: &Attributes) -> Result<(), Wrong> {
        // Folding may split the name, too, but only of a line longer than any name we look for.
        let (description, value) =
            first.split_at(memchr::memchr(b':', first).ok_or(Wrong::NoAttribute)?);
        let name = description
            .split(|octet| *octet == b';')
            .next()
            .unwrap_or_default();
        let is = |wanted: &str| name.eq_ignore_ascii_case(wanted.as_bytes());
        if is("changetype") {
            let value = unfold(value, folded, name)?;
            let add = value.eq_ignore_ascii_case(b"add");
            return if add {
                Ok(())
            } else {
                Err(Wrong::ChangeType {
                    text: Quoted::new(&value),
                })
            };
        }
        let list = match () {
            () if is(&map.address) => &mut self.addresses,
            () if is(&map.side) => &mut self.sides,
            () if is(&map.routing_address) => &mut self.routing_addresses,
            () if map.aliases.iter().any(|alias| is(alias)) => &mut self.aliases,
            () => return Ok(()),
        };
        let value = unfold(value, folded, name)?;
        if !value.is_empty() {
            list.push(value);
        }
        Ok(())
    }

    fn finish(mut self, map: &Attributes, gather: &mut Gather) {
        self.promote_marked_alias();
        if let Some((line, wrong)) = self.wrong {
            gather.problem(line, wrong);
            self.addresses
                .iter()
                .for_each(|address| gather.hold(address));
            return;
        }
        let Some((address, others)) = self.addresses.split_first() else {
            if !self.sides.is_empty() {
                gather.problem(self.line, Wrong::NoAddress);
            }
            return;
        };
        let side = match self.side(map) {
            Ok(side) => side,
            Err(wrong) => return gather.withhold(self.line, wrong, address),
        };
        let aliases = others
            .iter()
            .chain(&self.aliases)
            .map(Vec::as_slice)
            .collect();
        let routing_address = self
            .routing_addresses
            .first()
            .map(Vec::as_slice)
            .unwrap_or_default();
        gather.add(Entry {
            line: self.line,
            address,
            side,
            routing_address,
            aliases,
            members: Vec::new(),
            internal_only: &[],
        });
    }

    /// The side it names, or the one that entries without a side have.
    fn side<'a>(&'a self, map: &'a Attributes) -> Result<&'a [u8], Wrong> {
        let Some((first, rest)) = self.sides.split_first() else {
            let default = map.default_side.as_ref();
            return Ok(default
                .map(|side| side.as_str().as_bytes())
                .unwrap_or_default());
        };
        match rest.iter().find(|side| !side.eq_ignore_ascii_case(first)) {
            Some(second) => {
                let (first, second) = (Quoted::new(first), Quoted::new(second));
                Err(Wrong::TwoSides { first, second })
            }
            None => Ok(first),
        }
    }

    /// Without an address of its own, the alias that Exchange marks by `SMTP:` in capitals is it.
    fn promote_marked_alias(&mut self) {
        if self.addresses.is_empty() {
            let marked = self
                .aliases
                .iter()
                .find(|alias| kind(alias).is_some_and(|(kind, _)| kind == b"SMTP"));
            self.addresses.extend(
                marked
                    .and_then(|alias| mail_address(alias))
                    .map(<[u8]>::to_vec),
            );
        }
    }
}

/// The value behind the name: `: text`, `:: Base64` or `:< URL`, with its continuations.
fn unfold(value: &[u8], folded: Lines, name: &[u8]) -> Result<Vec<u8>, Wrong> {
    let mut value = value[1..].to_vec(); // the colon
    for (_, line) in folded {
        let Some(more) = line.strip_prefix(b" ") else {
            break;
        };
        if value.len() + more.len() > SOURCE_LINE_OCTETS_MAX {
            return Err(Wrong::LongLine);
        }
        value.extend_from_slice(more);
    }
    if value.len() > SOURCE_LINE_OCTETS_MAX {
        return Err(Wrong::LongLine);
    }
    match value.as_slice() {
        [b'<', ..] => Err(Wrong::Url {
            attribute: Quoted::new(name),
        }),
        [b':', encoded @ ..] => {
            let decoded = BASE64
                .decode(encoded.trim_ascii())
                .ok()
                .filter(|text| std::str::from_utf8(text).is_ok());
            decoded
                .map(|text| text.trim_ascii().to_vec())
                .ok_or_else(|| Wrong::Base64 {
                    attribute: Quoted::new(name),
                })
        }
        text => Ok(text.trim_ascii().to_vec()),
    }
}

/// Some programs leave the padding out.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

#[cfg(test)]
mod tests;
