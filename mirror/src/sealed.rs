//! An entry as it lies in the file.
//!
//! SQLite notices damage to its own structures, not to what they hold. A flipped bit in an address would send somebody's
//! mail elsewhere, so each entry has a checksum over its key and itself.

use book::Entry;

use crate::MirrorError;

/// The octets for an entry.
pub(crate) fn seal(entry: &Entry) -> Result<Vec<u8>, MirrorError> {
    let mut octets = entry.to_stored()?;
    let sum = checksum(entry.key.as_str(), &octets);
    octets.extend_from_slice(&sum);
    Ok(octets)
}

/// The entry of a row.
pub(crate) fn unseal(key: &str, octets: &[u8]) -> Result<Entry, MirrorError> {
    let (stored, sum) = octets
        .split_last_chunk::<SUM>()
        .ok_or_else(|| damaged(key))?;
    if checksum(key, stored) != *sum {
        return Err(damaged(key));
    }
    Ok(Entry::from_stored(stored)?)
}

fn damaged(key: &str) -> MirrorError {
    MirrorError::Damaged(format!("the entry {key:?} is not as it was written"))
}

fn checksum(key: &str, stored: &[u8]) -> [u8; SUM] {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(key.as_bytes());
    hasher.update(stored);
    hasher.finalize().to_le_bytes()
}

/// Octets of a checksum.
const SUM: usize = 4;

#[cfg(test)]
mod tests {
    use book::{Key, Location, System};

    use super::*;

    #[test]
    fn every_flipped_bit_is_noticed() {
        let entry = Entry::new(Key::from_text("k").unwrap(), Location::In(System::Domino));
        let octets = seal(&entry).unwrap();
        assert_eq!(unseal("k", &octets).unwrap(), entry);
        assert!(unseal("l", &octets).is_err(), "another row's entry");
        for bit in 0..octets.len() * 8 {
            let mut other = octets.clone();
            other[bit / 8] ^= 1 << (bit % 8);
            assert!(unseal("k", &other).unwrap_err().is_damage());
        }
        for length in 0..octets.len() {
            assert!(unseal("k", &octets[..length]).unwrap_err().is_damage());
        }
    }
}
