//! What a server is to be like, as the lines of its configuration.

use std::fmt::Write;
use std::path::{Path, PathBuf};

/// What a server is to be like. Each wish has a plain default: everything may be read, nothing is limited.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Setup {
    /// The certificate and its private key; without them no TLS is offered.
    pub certificate: Option<(PathBuf, PathBuf)>,
    /// Whether an anonymous client may read.
    pub anonymous: bool,
    /// How many entries a search may give.
    pub size_limit: Option<u32>,
    /// The filter of entries that the reader must not see.
    pub hidden: Option<String>,
    /// An attribute that nobody sees.
    pub hidden_attribute: Option<String>,
    /// How many changes the server remembers so that it can name them; none: it names everything that is still there.
    pub session_log: Option<u32>,
    /// Whether changes can be followed at all (RFC 4533).
    pub follows: bool,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            certificate: None,
            anonymous: false,
            size_limit: None,
            hidden: None,
            hidden_attribute: None,
            session_log: Some(10_000),
            follows: true,
        }
    }
}

impl Setup {
    /// The configuration of a server with its files below `home`.
    pub(super) fn lines(&self, home: &Path) -> String {
        let mut lines = String::new();
        for schema in ["core", "cosine", "inetorgperson", "misc"] {
            line(
                &mut lines,
                format_args!("include /etc/ldap/schema/{schema}.schema"),
            );
        }
        let home = home.display();
        line(&mut lines, format_args!("include {home}/foreign.schema"));
        line(&mut lines, format_args!("pidfile {home}/slapd.pid"));
        line(&mut lines, format_args!("argsfile {home}/slapd.args"));
        line(
            &mut lines,
            format_args!("modulepath /usr/lib/ldap\nmoduleload back_mdb\nmoduleload syncprov"),
        );
        if let Some((certificate, key)) = &self.certificate {
            let (certificate, key) = (certificate.display(), key.display());
            line(
                &mut lines,
                format_args!("TLSCertificateFile {certificate}\nTLSCertificateKeyFile {key}"),
            );
            line(&mut lines, format_args!("TLSVerifyClient never"));
        }
        line(
            &mut lines,
            format_args!("tool-threads 2\ndatabase mdb\nsuffix {SUFFIX:?}\nrootdn {ROOT:?}"),
        );
        line(
            &mut lines,
            format_args!("rootpw {ROOT_PASSWORD}\ndirectory {home}/db"),
        );
        line(&mut lines, format_args!("maxsize 2147483648\ndbnosync"));
        line(
            &mut lines,
            format_args!("index objectClass,entryCSN,entryUUID eq\nindex mail pres"),
        );
        let size = match self.size_limit {
            Some(size) => format!("size={size}"),
            None => "size=unlimited".to_owned(),
        };
        line(
            &mut lines,
            format_args!(
                "limits * {size} size.pr=noEstimate size.prtotal={} time=unlimited",
                &size[5..]
            ),
        );
        self.access(&mut lines);
        if self.follows {
            line(
                &mut lines,
                format_args!(
                    "overlay syncprov\nsyncprov-checkpoint 1000 60\nsyncprov-reloadhint TRUE"
                ),
            );
            if let Some(changes) = self.session_log {
                line(&mut lines, format_args!("syncprov-sessionlog {changes}"));
            }
        }
        lines
    }

    fn access(&self, lines: &mut String) {
        line(
            lines,
            format_args!("access to attrs=userPassword by anonymous auth by * none"),
        );
        if let Some(filter) = &self.hidden {
            line(lines, format_args!("access to filter={filter} by * none"));
        }
        if let Some(attribute) = &self.hidden_attribute {
            line(lines, format_args!("access to attrs={attribute} by * none"));
        }
        let others = if self.anonymous { "read" } else { "none" };
        line(lines, format_args!("access to dn.base=\"\" by * read"));
        line(
            lines,
            format_args!("access to * by dn.exact={READER:?} read by * {others}"),
        );
    }
}

fn line(lines: &mut String, line: std::fmt::Arguments<'_>) {
    writeln!(lines, "{line}").expect("text takes more text");
}

/// Where everything is.
pub const SUFFIX: &str = "dc=contoso,dc=com";
/// Who reads it.
pub const READER: &str = "cn=twinmx,dc=contoso,dc=com";
/// The reader's password.
pub const READER_PASSWORD: &str = "r3ader-Pa55";
/// Who changes it.
pub(super) const ROOT: &str = "cn=admin,dc=contoso,dc=com";
pub(super) const ROOT_PASSWORD: &str = "r00t-Pa55";
