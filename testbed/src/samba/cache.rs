//! A domain that is made once and copied often.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::domain::{Paths, copy_tree};
use super::{Account, Domain, PASSWORD, SAMBA_TOOL, SambaError, io_error, run};

/// Where domains are kept that other ones are copied from. Several programs may use one directory.
#[derive(Debug, Clone)]
pub struct Cache {
    directory: PathBuf,
    store: Store,
}

/// What a domain is kept in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Store {
    /// Samba's default. To find what changed since a number, it looks at every object.
    Tdb,
    /// LMDB, whose indices are in order, as those of Active Directory are: such a search finds the place at once.
    Mdb,
}

impl Store {
    /// As `samba-tool domain provision --backend-store` has it.
    fn name(self) -> &'static str {
        match self {
            Self::Tdb => "tdb",
            Self::Mdb => "mdb",
        }
    }
}

impl Cache {
    /// Below this directory, which is made.
    pub fn at(directory: &Path) -> Self {
        Self {
            directory: directory.join("samba"),
            store: Store::Tdb,
        }
    }

    /// For domains with so many people that it matters how a change among them is found.
    #[must_use]
    pub fn ordered(self) -> Self {
        Self {
            store: Store::Mdb,
            ..self
        }
    }

    /// A new domain with the accounts of [`Account`] and nobody else.
    pub fn domain(&self) -> Result<Domain, SambaError> {
        Domain::copy_of(&self.kept("empty", |target| provision(target, self.store))?)
    }

    /// A new domain that `fill` has filled, which is called only if there is none of this name yet. The name must be
    /// another one whenever it would fill it otherwise.
    pub fn filled(
        &self,
        name: &str,
        fill: impl FnOnce(&Domain) -> Result<(), SambaError>,
    ) -> Result<Domain, SambaError> {
        let filled = self.kept(name, |target| {
            let domain = self.domain()?;
            fill(&domain)?;
            copy_tree(domain.directory(), target)
        })?;
        Domain::copy_of(&filled)
    }

    /// A directory that `make` makes, unless it is there.
    fn kept(
        &self,
        name: &str,
        make: impl FnOnce(&Path) -> Result<(), SambaError>,
    ) -> Result<PathBuf, SambaError> {
        let failed = |what: &str| io_error(format!("{what} {}", self.directory.display()));
        fs::create_dir_all(&self.directory).map_err(failed("making"))?;
        let name = format!("{name}-{}-{EDITION}", self.store.name());
        let kept = self.directory.join(&name);
        let lock = self.directory.join(format!("{name}.lock"));
        let lock = File::create(lock).map_err(failed("locking"))?;
        lock.lock().map_err(failed("locking"))?;
        if !kept.is_dir() {
            // Only what is whole gets the name.
            let draft = self.directory.join(format!("{name}.new"));
            if draft.exists() {
                fs::remove_dir_all(&draft).map_err(failed("tidying"))?;
            }
            make(&draft)?;
            fs::rename(&draft, &kept).map_err(failed("keeping"))?;
        }
        Ok(kept)
    }
}

fn provision(target: &Path, store: Store) -> Result<(), SambaError> {
    let mut command = Command::new(SAMBA_TOOL);
    command.args(["domain", "provision", "--quiet"]);
    command.arg(format!("--targetdir={}", target.display()));
    command.arg(format!("--adminpass={PASSWORD}"));
    command.arg(format!("--backend-store={}", store.name()));
    run(SAMBA_TOOL, command.args(PROVISION))?;
    let paths = Paths::below(target);
    paths.write_configuration(None)?;
    // The classes can name attributes only once these are there.
    paths.modify_schema("add", include_str!("exchange_attributes.ldif"))?;
    paths.modify_schema("modify", include_str!("exchange_classes.ldif"))?;
    paths.add(&Account::ldif())?;
    paths.modify(&[], &Account::lock_ldif())
}

const PROVISION: &[&str] = &[
    "--realm=CONTOSO.TEST",
    "--domain=CONTOSO",
    "--host-name=DC1",
    "--server-role=dc",
    "--dns-backend=NONE",
    "--host-ip=127.0.0.1",
    "--option=interfaces=lo",
    "--option=bind interfaces only=yes",
];

/// Counted up when what is provisioned changes.
const EDITION: u32 = 1;
