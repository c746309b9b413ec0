//! Who a file belongs to, and the keyed checksum that proves it.

use std::hash::{BuildHasher, Hasher, RandomState};

use siphasher::sip::SipHasher13;

/// Secret of one spool. It keys every checksum, so that neither a file of another spool nor octets that a
/// sender wrote into a message can pass for a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Uid(pub(crate) u64, pub(crate) u64);

impl Uid {
    pub(crate) fn fresh() -> Self {
        let random = || RandomState::new().build_hasher().finish();
        Self(random(), random())
    }

    /// Checksum of `numbers` and then `octets`.
    pub(crate) fn check(self, numbers: &[u64], octets: &[u8]) -> u64 {
        let mut hasher = SipHasher13::new_with_keys(self.0, self.1);
        for number in numbers {
            hasher.write_u64(*number);
        }
        hasher.write(octets);
        hasher.finish()
    }
}
