//! Every bound of this crate.

use std::time::Duration;

/// DKIM signatures of one message that are verified, the uppermost first; the others are counted.
pub const SIGNATURES_MAX: usize = 10;
/// Sets of one ARC chain (RFC 8617 §4.2.1).
pub const ARC_SETS_MAX: u32 = 50;
/// From all answers of DNS that one message asks for; what is not known then counts as a failure of DNS.
pub const DNS_TIME: Duration = Duration::from_secs(20);
/// Octets of one value that we repeat from a message or its envelope.
pub const VALUE_OCTETS_MAX: usize = 255;
/// Octets of a line that we write, before its CRLF (RFC 5322 §2.1.1 asks for no more than 998).
pub const LINE_OCTETS_MAX: usize = 900;
/// Labels of a domain that DMARC asks for; of longer ones the leftmost are left out (RFC 9989 §4.10).
pub const TREE_LABELS_MAX: usize = 8;
/// Bits of a key that we seal with, at least.
pub const SEAL_KEY_BITS_MIN: usize = 2_048;
/// Header fields of one name that a seal covers.
pub const SEALED_FIELDS_MAX: usize = 20;
/// Networks and domains of services that send in the name of one domain of ours.
pub const SERVICES_MAX: usize = 1_000;

/// All of them: a name by area, the value, and what it counts.
pub const ALL: &[(&str, u64, &str)] = &[
    (
        "authentication.signatures",
        SIGNATURES_MAX as u64,
        "signatures",
    ),
    ("authentication.arc_sets", ARC_SETS_MAX as u64, "sets"),
    ("authentication.dns_time", DNS_TIME.as_secs(), "seconds"),
    ("authentication.value", VALUE_OCTETS_MAX as u64, "octets"),
    ("authentication.line", LINE_OCTETS_MAX as u64, "octets"),
    (
        "authentication.tree_labels",
        TREE_LABELS_MAX as u64,
        "labels",
    ),
    (
        "authentication.seal_key_min",
        SEAL_KEY_BITS_MIN as u64,
        "bits",
    ),
    (
        "authentication.sealed_fields",
        SEALED_FIELDS_MAX as u64,
        "fields",
    ),
    ("authentication.services", SERVICES_MAX as u64, "services"),
];
