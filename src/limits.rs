//! The gateway's own bounds. Each crate keeps its own; `twinmx check --effective` prints all of them.

/// One bound, as `check --effective` shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Its name, by area: `configuration.file`.
    pub name: &'static str,
    /// Its value.
    pub value: u64,
    /// What the value counts.
    pub unit: &'static str,
}

/// Octets of a configuration file.
pub const CONFIG_FILE_MAX: u64 = 1 << 20;
/// Complaints shown about one configuration file.
pub const DIAGNOSTICS_MAX: usize = 100;
/// Octets of a certificate, key or root file named in the configuration.
pub const PEM_FILE_MAX: u64 = 4 << 20;
/// Octets of a certificate revocation list; those of public authorities are large.
pub const CRL_FILE_MAX: u64 = 64 << 20;
/// Octets a shared loop key needs at least.
pub const LOOP_KEY_MIN: u64 = 16;

/// All bounds of this crate.
pub const ALL: &[Limit] = &[
    Limit {
        name: "configuration.file",
        value: CONFIG_FILE_MAX,
        unit: "octets",
    },
    Limit {
        name: "configuration.diagnostics",
        value: DIAGNOSTICS_MAX as u64,
        unit: "complaints",
    },
    Limit {
        name: "configuration.pem_file",
        value: PEM_FILE_MAX,
        unit: "octets",
    },
    Limit {
        name: "configuration.revocation_list",
        value: CRL_FILE_MAX,
        unit: "octets",
    },
    Limit {
        name: "configuration.loop_key_min",
        value: LOOP_KEY_MIN,
        unit: "octets",
    },
];

/// The bounds of all crates, in the order in which `check --effective` prints them.
pub fn all() -> Vec<Limit> {
    ALL.to_vec()
}
