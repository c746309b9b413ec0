//! The line between the parts (RFC 2046 §5.1.1).

use std::collections::HashSet;

use memchr::memmem;

/// A boundary that occurs in no part.
#[derive(Debug)]
pub(crate) struct Boundary(String);

impl Boundary {
    /// Looks through the parts once. A message can hold only as many boundaries as fit into it, so one is always left.
    pub(crate) fn outside<'a>(seed: u64, pieces: impl Iterator<Item = &'a [u8]>) -> Self {
        let taken = taken(pieces);
        let mut number = seed;
        loop {
            let suffix = format!("{number:016x}");
            if !taken.contains(suffix.as_bytes()) {
                return Self(format!("{PREFIX}{suffix}"));
            }
            number = number.wrapping_add(1);
        }
    }

    /// As it stands in the parameter.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Writes the line before a part.
    pub(crate) fn open(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(format!("\r\n--{}\r\n", self.0).as_bytes());
    }

    /// Writes the line after the last part.
    pub(crate) fn close(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(format!("\r\n--{}--\r\n", self.0).as_bytes());
    }
}

/// What follows each prefix in the pieces, also where two of them meet.
fn taken<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> HashSet<[u8; SUFFIX_OCTETS]> {
    let mut taken = HashSet::new();
    let mut seam = Vec::new();
    for piece in pieces {
        gather(piece, &mut taken);
        seam.extend_from_slice(&piece[..piece.len().min(OCTETS - 1)]);
        gather(&seam, &mut taken);
        if piece.len() >= OCTETS - 1 {
            seam.clear();
            seam.extend_from_slice(&piece[piece.len() - (OCTETS - 1)..]);
        }
        let surplus = seam.len().saturating_sub(OCTETS - 1);
        seam.drain(..surplus);
    }
    taken
}

fn gather(octets: &[u8], taken: &mut HashSet<[u8; SUFFIX_OCTETS]>) {
    for at in memmem::find_iter(octets, PREFIX) {
        taken.extend(octets[at + PREFIX.len()..].first_chunk::<SUFFIX_OCTETS>());
    }
}

/// `=_` occurs in neither quoted-printable nor base64 (RFC 2045 §6.7).
const PREFIX: &str = "=_twinmx_report_";
const SUFFIX_OCTETS: usize = 16;
const OCTETS: usize = PREFIX.len() + SUFFIX_OCTETS;

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(seed: u64, pieces: &[&[u8]]) -> String {
        Boundary::outside(seed, pieces.iter().copied())
            .as_str()
            .to_owned()
    }

    #[test]
    fn a_boundary_that_occurs_is_passed_over() {
        let name = |number: u64| format!("{PREFIX}{number:016x}");
        assert_eq!(chosen(7, &[b"text"]), name(7));
        assert_eq!(chosen(7, &[name(7).as_bytes()]), name(8));
        let both = format!("x{}{}y", name(7), name(8));
        assert_eq!(chosen(7, &[both.as_bytes()]), name(9));
        assert_eq!(chosen(u64::MAX, &[name(u64::MAX).as_bytes()]), name(0));
        let nested = format!("{PREFIX}{}", name(7));
        assert_eq!(chosen(7, &[nested.as_bytes()]), name(8));
    }

    #[test]
    fn also_where_pieces_meet() {
        let name = format!("{PREFIX}{:016x}", 7);
        for first in 0..=name.len() {
            for second in first..=name.len() {
                let pieces = [&name[..first], &name[first..second], "", &name[second..]];
                let pieces = pieces.map(str::as_bytes);
                assert_ne!(chosen(7, &pieces), name, "{first} {second}");
            }
        }
        let octets: Vec<&[u8]> = name.as_bytes().chunks(1).collect();
        assert_ne!(chosen(7, &octets), name);
    }
}
