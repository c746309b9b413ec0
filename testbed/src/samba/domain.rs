//! The database of a domain, in a directory of its own.

use std::fs;
use std::io::Write;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::{LDBADD, LDBMODIFY, SAMBA_TOOL, SambaError, io_error, run};

/// A domain's database; it is removed when it is dropped. A running controller has its own hold of it.
#[derive(Debug)]
pub struct Domain {
    directory: TempDir,
}

impl Domain {
    pub(super) fn copy_of(kept: &Path) -> Result<Self, SambaError> {
        let directory = tempfile::Builder::new()
            .prefix("twinmx-samba-")
            .tempdir()
            .map_err(io_error("a directory for a domain"))?;
        let domain = Self { directory };
        copy_tree(kept, domain.directory())?;
        domain.paths().write_configuration(None)?;
        Ok(domain)
    }

    /// The same domain once more, as it is now.
    pub fn copied(&self) -> Result<Self, SambaError> {
        Self::copy_of(self.directory())
    }

    /// Gives the database another name, as its restoration from a backup does ([MS-ADTS] 3.1.1.1.9). Nobody may serve
    /// it meanwhile.
    pub fn rename_database(&self, invocation: &str) -> Result<(), SambaError> {
        let ldif = format!(
            "dn: {SERVICE}\nchangetype: modify\nreplace: invocationId\ninvocationId: {invocation}\n"
        );
        self.modify_with(&["--relax"], &ldif)
    }

    /// Adds the objects of an LDIF text (RFC 2849), all or none.
    pub fn add(&self, ldif: &str) -> Result<(), SambaError> {
        self.paths().add(ldif)
    }

    /// Makes the changes of an LDIF text with `changetype` lines, all or none.
    pub fn modify(&self, ldif: &str) -> Result<(), SambaError> {
        self.paths().modify(&[], ldif)
    }

    /// The same with arguments for ldbmodify, such as `--controls=show_deleted:1`.
    pub fn modify_with(&self, arguments: &[&str], ldif: &str) -> Result<(), SambaError> {
        self.paths().modify(arguments, ldif)
    }

    /// Says who may do what with an object, in the language of security descriptors ([MS-DTYP] 2.5.1).
    pub fn set_descriptor(&self, dn: &str, descriptor: &str) -> Result<(), SambaError> {
        let ldif = format!(
            "dn: {dn}\nchangetype: modify\nreplace: nTSecurityDescriptor\nnTSecurityDescriptor: {descriptor}\n"
        );
        self.modify_with(&["--controls=show_deleted:1"], &ldif)
    }

    /// Runs samba-tool on this database.
    pub fn tool(&self, arguments: &[&str]) -> Result<String, SambaError> {
        let paths = self.paths();
        let mut command = Command::new(SAMBA_TOOL);
        command.args(arguments);
        command.arg(format!("--configfile={}", paths.configuration().display()));
        run(SAMBA_TOOL, command.arg("-H").arg(paths.database()))
    }

    pub(super) fn directory(&self) -> &Path {
        self.directory.path()
    }

    pub(super) fn paths(&self) -> Paths {
        Paths::below(self.directory())
    }
}

/// Where everything is below the directory of a domain.
#[derive(Debug, Clone)]
pub(super) struct Paths {
    directory: PathBuf,
}

impl Paths {
    pub(super) fn below(directory: &Path) -> Self {
        Self {
            directory: directory.to_owned(),
        }
    }

    pub(super) fn configuration(&self) -> PathBuf {
        self.directory.join("twinmx.conf")
    }

    pub(super) fn log(&self) -> PathBuf {
        self.directory.join("log")
    }

    fn database(&self) -> PathBuf {
        self.directory.join("private/sam.ldb")
    }

    /// Samba's configuration; with an address to serve at, once there is one.
    pub(super) fn write_configuration(&self, address: Option<Ipv4Addr>) -> Result<(), SambaError> {
        let interfaces = match address {
            Some(address) => format!("{address}/8"),
            None => "lo".to_owned(),
        };
        let at = |name: &str| self.directory.join(name).display().to_string();
        let mut text = "[global]\n".to_owned();
        for (key, value) in FIXED {
            text.push_str(&format!("{key} = {value}\n"));
        }
        text.push_str(&format!("interfaces = {interfaces}\n"));
        for (key, name) in DIRECTORIES {
            text.push_str(&format!("{key} = {}\n", at(name)));
        }
        for (key, name) in [
            ("tls certfile", "tls/dc.pem"),
            ("tls keyfile", "tls/dc.key"),
        ] {
            text.push_str(&format!("{key} = {}\n", at(name)));
        }
        fs::write(self.configuration(), text).map_err(io_error("writing a configuration"))
    }

    /// Without a transaction within the transaction for each object, which would copy the lists of all that are there.
    pub(super) fn add(&self, ldif: &str) -> Result<(), SambaError> {
        self.feed(LDBADD, &["-o", "batch_mode:1", "-o", INDEX_CACHE], ldif)
    }

    pub(super) fn modify(&self, arguments: &[&str], ldif: &str) -> Result<(), SambaError> {
        self.feed(LDBMODIFY, arguments, ldif)
    }

    pub(super) fn modify_schema(&self, how: &str, ldif: &str) -> Result<(), SambaError> {
        let program = match how {
            "add" => LDBADD,
            _ => LDBMODIFY,
        };
        self.feed(program, &["--option=dsdb:schema update allowed=true"], ldif)
    }

    fn feed(&self, program: &str, arguments: &[&str], ldif: &str) -> Result<(), SambaError> {
        let mut file = tempfile::NamedTempFile::new().map_err(io_error("an LDIF file"))?;
        file.write_all(ldif.as_bytes())
            .map_err(io_error("an LDIF file"))?;
        let mut command = Command::new(program);
        command.arg("-H").arg(self.database());
        command.arg(format!("--configfile={}", self.configuration().display()));
        command.args(arguments).arg(file.path());
        run(program, command.stdin(Stdio::null())).map(drop)
    }
}

pub(super) fn copy_tree(from: &Path, to: &Path) -> Result<(), SambaError> {
    fs::create_dir_all(to).map_err(io_error("copying a domain"))?;
    let mut command = Command::new("/bin/cp");
    command.args(["--archive", "--sparse=always", "--reflink=auto"]);
    run("cp", command.arg(from.join(".")).arg(to)).map(drop)
}

/// Lists of the index that a transaction finds at once; by default a few hundred.
const INDEX_CACHE: &str = "transaction_index_cache_size:200000";

const SERVICE: &str = "CN=NTDS Settings,CN=DC1,CN=Servers,CN=Default-First-Site-Name,CN=Sites,CN=Configuration,DC=contoso,DC=test";

const FIXED: &[(&str, &str)] = &[
    ("realm", "CONTOSO.TEST"),
    ("workgroup", "CONTOSO"),
    ("netbios name", "DC1"),
    ("server role", "active directory domain controller"),
    ("server services", "ldap"),
    ("bind interfaces only", "yes"),
    ("tls enabled", "yes"),
    ("tls cafile", ""),
    ("log level", "1"),
];

const DIRECTORIES: &[(&str, &str)] = &[
    ("private dir", "private"),
    ("state directory", "state"),
    ("cache directory", "cache"),
    ("lock directory", "state"),
    ("pid directory", "run"),
    ("ncalrpc dir", "run/ncalrpc"),
    ("ntp signd socket directory", "run/ntp_signd"),
    ("winbindd socket directory", "run/winbindd"),
    ("binddns dir", "bind-dns"),
];
