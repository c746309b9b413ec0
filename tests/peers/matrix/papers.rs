//! The certificates of the matrix as files, for programs that read such.

use std::path::{Path, PathBuf};

use tempfile::TempDir;
use testbed::certificates::Purpose;

use super::super::program;
use crate::tls::matrix::{Direction, Flaw, Issuers, NAME};

/// A directory of one test.
pub(super) struct Papers {
    issuers: Issuers,
    directory: TempDir,
    roots: PathBuf,
    lists: PathBuf,
}

/// One certificate with its key.
pub(super) struct Paper {
    leaf: PathBuf,
    /// What follows the leaf; there may be nothing.
    rest: Option<PathBuf>,
    chain: PathBuf,
    key: PathBuf,
}

impl Papers {
    pub(super) fn new(issuers: Issuers) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let (roots, lists) = issuers.write_to(directory.path());
        Self {
            issuers,
            directory,
            roots,
            lists,
        }
    }

    pub(super) fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Whom the gateway is told to trust, and what they revoked.
    pub(super) fn trust(&self) -> (&Path, &Path) {
        (&self.roots, &self.lists)
    }

    /// For servers and clients.
    pub(super) async fn certificate(&self, direction: Direction, flaw: Flaw) -> Paper {
        if flaw == Flaw::Rsa1024 {
            return self.weak().await;
        }
        let certificate = self.issuers.certificate(direction, flaw, Purpose::Both);
        let (leaf, rest) = certificate.chain_pem().split_once(BETWEEN).map_or_else(
            || (certificate.chain_pem(), String::new()),
            |(leaf, rest)| (format!("{leaf}{BETWEEN}"), rest.to_owned()),
        );
        self.paper(&format!("{flaw:?}"), &leaf, &rest, &certificate.key_pem())
    }

    fn paper(&self, stem: &str, leaf: &str, rest: &str, key: &str) -> Paper {
        let write = |ending: &str, text: &str| {
            let path = self.path().join(format!("{stem}.{ending}"));
            std::fs::write(&path, text).expect("the directory is ours");
            path
        };
        Paper {
            leaf: write("leaf.pem", leaf),
            rest: (!rest.is_empty()).then(|| write("rest.pem", rest)),
            chain: write("pem", &format!("{leaf}{rest}")),
            key: write("key", key),
        }
    }

    /// An RSA key of 1024 bits that its owner does hold: OpenSSL still makes them.
    async fn weak(&self) -> Paper {
        let branch = &self.issuers.branch;
        let file = |name: &str| self.path().join(name).display().to_string();
        let write = |name: &str, text: &str| {
            std::fs::write(file(name), text).expect("the directory is ours");
            file(name)
        };
        let (issuer, issuers_key) = (
            write("branch.pem", &branch.pem()),
            write("branch.key", &branch.key_pem()),
        );
        let extensions = write(
            "weak.ext",
            &format!("subjectAltName=DNS:{NAME}\nextendedKeyUsage=serverAuth,clientAuth\n"),
        );
        let (key, request, leaf) = (file("weak.key"), file("weak.csr"), file("weak.pem"));
        let (subject, from) = (
            format!("/CN={NAME}"),
            [("-CA", &issuer), ("-CAkey", &issuers_key)],
        );
        openssl(&[
            "req", "-new", "-newkey", "rsa:1024", "-noenc", "-subj", &subject, "-keyout", &key,
            "-out", &request,
        ])
        .await;
        let mut sign = vec!["x509", "-req", "-sha256", "-days", "2", "-set_serial", "77"];
        sign.extend(["-in", &request, "-out", &leaf, "-extfile", &extensions]);
        sign.extend(
            from.iter()
                .flat_map(|(option, file)| [*option, file.as_str()]),
        );
        openssl(&sign).await;
        let read = |path: &str| std::fs::read_to_string(path).expect("OpenSSL wrote it");
        self.paper("Rsa1024", &read(&leaf), &branch.pem(), &read(&key))
    }
}

impl Paper {
    /// The leaf and what follows it.
    pub(super) fn chain(&self) -> &Path {
        &self.chain
    }

    pub(super) fn key(&self) -> &Path {
        &self.key
    }

    /// For s_client and s_server.
    pub(super) fn arguments(&self) -> Vec<&str> {
        let mut arguments = vec!["-cert", text(&self.leaf), "-key", text(&self.key)];
        if let Some(rest) = &self.rest {
            arguments.extend(["-cert_chain", text(rest)]);
        }
        arguments
    }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("our names are plain")
}

async fn openssl(arguments: &[&str]) {
    program::run("/usr/bin/openssl", arguments, b"")
        .await
        .succeeded();
}

const BETWEEN: &str = "-----END CERTIFICATE-----\r\n";
