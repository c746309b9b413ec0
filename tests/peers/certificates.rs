//! Certificates made by OpenSSL, so that both ends of a handshake do not come from one maker.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::program;

const EXTENSIONS: &str = "\
[req]
distinguished_name = name
prompt = no
[name]
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[leaf]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth, clientAuth
subjectAltName = DNS:$ENV::LEAF_NAME
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
";

/// A certificate authority of one test.
pub(crate) struct Authority {
    directory: TempDir,
}

/// A certificate and its key, as PEM files.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    pub(crate) chain: PathBuf,
    pub(crate) key: PathBuf,
}

impl Authority {
    pub(crate) async fn new(name: &str) -> Self {
        let directory = tempfile::Builder::new()
            .prefix("twinmx-authority-")
            .tempdir_in("/tmp")
            .expect("a directory can be made in /tmp");
        let authority = Self { directory };
        let configuration = authority.path("openssl.cnf");
        std::fs::write(configuration, EXTENSIONS).expect("the directory is ours");
        authority.request("authority", name, "none", &[]).await;
        authority
    }

    /// The file with its own certificate.
    pub(crate) fn roots(&self) -> PathBuf {
        self.path("authority.pem")
    }

    /// A certificate for one DNS name, good for servers and clients.
    pub(crate) async fn issue(&self, name: &str) -> Identity {
        let (roots, key) = (self.roots(), self.path("authority.key"));
        let signer = [Path::new("-CA"), &roots, Path::new("-CAkey"), &key];
        let signer = signer.map(|word| word.to_str().expect("our names are plain"));
        self.request("leaf", name, name, &signer).await;
        let stem = |kind: &str| self.path(&format!("{name}.{kind}"));
        Identity {
            chain: stem("pem"),
            key: stem("key"),
        }
    }

    async fn request(&self, kind: &str, common_name: &str, leaf_name: &str, more: &[&str]) {
        let stem = match kind {
            "authority" => kind,
            _ => common_name,
        };
        let word = |name: String| self.path(&name).display().to_string();
        let configuration = word("openssl.cnf".to_owned());
        let (certificate, key) = (word(format!("{stem}.pem")), word(format!("{stem}.key")));
        let variable = format!("LEAF_NAME={leaf_name}");
        let subject = format!("/CN={common_name}");
        let mut arguments = vec![
            variable.as_str(),
            "/usr/bin/openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-noenc",
            "-days",
            "2",
            "-config",
            &configuration,
            "-extensions",
            kind,
            "-subj",
            &subject,
            "-out",
            &certificate,
            "-keyout",
            &key,
        ];
        arguments.extend(more);
        program::run("/usr/bin/env", &arguments, b"")
            .await
            .succeeded();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }
}
