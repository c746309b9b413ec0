//! Every bound of this crate.

/// Octets of an entry's key.
pub const KEY_OCTETS_MAX: usize = 255;
/// Octets of a name, such as a distinguished name, and of a reference to another object.
pub const NAME_OCTETS_MAX: usize = 2_048;
/// Octets of a name to show; Active Directory allows 256 characters.
pub const DISPLAY_OCTETS_MAX: usize = 1_024;
/// Addresses of one entry besides its primary one: what a snapshot takes.
pub const ALIASES_MAX: usize = routing::limits::ALIASES_MAX;
/// X.500, Notes and GroupWise addresses of one entry. A new one comes with each move between organisations.
pub const FOREIGN_MAX: usize = 200;
/// Members of one group.
pub const MEMBERS_MAX: usize = 100_000;
/// Octets of an entry as it is stored.
pub const STORED_OCTETS_MAX: usize = 64 << 20;

/// Different attributes of one object.
pub const ATTRIBUTES_MAX: usize = 2_000;
/// Octets of the name of an attribute, with its options.
pub const ATTRIBUTE_NAME_OCTETS_MAX: usize = 255;
/// Values of one attribute, all its ranges together.
pub const VALUES_MAX: usize = 100_000;
/// Octets of one value.
pub const VALUE_OCTETS_MAX: usize = 64 << 10;

/// Oddities of one object that are kept; the rest are only as odd.
pub const ODDITIES_MAX: usize = 50;
/// Characters of a source's own text that a message repeats.
pub const QUOTED_CHARS_MAX: usize = 80;

/// Columns of an exported table.
pub const COLUMNS_MAX: usize = 512;
/// Octets of one record of an exported table, which may span lines. A person with a thousand addresses has some 60 KiB.
pub const RECORD_OCTETS_MAX: usize = 1 << 20;

/// Members of a group in the end, with those of the groups within it.
pub const EXPANSION_MAX: usize = routing::limits::EXPANSION_MAX;
/// Groups within one another.
pub const EXPANSION_DEPTH_MAX: usize = routing::limits::EXPANSION_DEPTH_MAX;
/// Claims on one recipient, as many as there may be sources.
pub const CLAIMS_MAX: usize = 100;
/// Entries that are looked at together because they share addresses, each perhaps only with the next.
pub const KIN_MAX: usize = 10_000;
/// Octets of a command or change that mends a conflict.
pub const FIX_OCTETS_MAX: usize = 8 << 10;

/// Words in the list of one key of a preset.
pub const PRESET_WORDS_MAX: usize = 256;
/// Octets of one word in a preset; a filter is one.
pub const PRESET_WORD_OCTETS_MAX: usize = 4_096;

/// All of them: name, value and what is counted.
pub const ALL: &[(&str, u64, &str)] = &[
    ("book.key", KEY_OCTETS_MAX as u64, "octets"),
    ("book.name", NAME_OCTETS_MAX as u64, "octets"),
    ("book.display", DISPLAY_OCTETS_MAX as u64, "octets"),
    ("book.aliases", ALIASES_MAX as u64, "addresses"),
    ("book.foreign", FOREIGN_MAX as u64, "addresses"),
    ("book.members", MEMBERS_MAX as u64, "members"),
    ("book.stored", STORED_OCTETS_MAX as u64, "octets"),
    ("book.attributes", ATTRIBUTES_MAX as u64, "attributes"),
    (
        "book.attribute_name",
        ATTRIBUTE_NAME_OCTETS_MAX as u64,
        "octets",
    ),
    ("book.values", VALUES_MAX as u64, "values"),
    ("book.value", VALUE_OCTETS_MAX as u64, "octets"),
    ("book.oddities", ODDITIES_MAX as u64, "oddities"),
    ("book.columns", COLUMNS_MAX as u64, "columns"),
    ("book.record", RECORD_OCTETS_MAX as u64, "octets"),
    ("book.expansion", EXPANSION_MAX as u64, "members"),
    ("book.expansion_depth", EXPANSION_DEPTH_MAX as u64, "groups"),
    ("book.claims", CLAIMS_MAX as u64, "claims"),
    ("book.kin", KIN_MAX as u64, "entries"),
    ("book.fix", FIX_OCTETS_MAX as u64, "octets"),
    ("book.preset_words", PRESET_WORDS_MAX as u64, "words"),
    ("book.preset_word", PRESET_WORD_OCTETS_MAX as u64, "octets"),
];
