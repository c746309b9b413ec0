//! What signatures speak of, gathered while a message comes: memory does not grow with the message.

use bytes::Bytes;
use mail_auth::AuthenticatedMessage;
use mail_auth::dkim::Canonicalization;

use crate::body_hash::{BodyHash, Form};

/// A message that is being received.
#[derive(Debug)]
pub struct Examination {
    header: Bytes,
    bodies: Vec<BodyHash>,
}

/// A message that has come.
#[derive(Debug)]
pub struct Evidence {
    pub(crate) header: Bytes,
    simple: Option<[u8; 32]>,
    relaxed: Option<[u8; 32]>,
}

impl Examination {
    /// Begins with the whole header block as it was received, its empty line at the end.
    pub fn begin(header: Bytes) -> Self {
        let mut forms = Vec::new();
        if let Some(message) = AuthenticatedMessage::parse(&header) {
            for (canonicalization, _, _, _) in &message.body_hashes {
                let form = form(*canonicalization);
                if !forms.contains(&form) {
                    forms.push(form);
                }
            }
        }
        Self {
            header,
            bodies: forms.into_iter().map(BodyHash::new).collect(),
        }
    }

    /// What comes next of the body, as it was received.
    pub fn take(&mut self, octets: &[u8]) {
        self.bodies.iter_mut().for_each(|body| body.take(octets));
    }

    /// All of it came.
    pub fn finish(self) -> Evidence {
        let mut evidence = Evidence {
            header: self.header,
            simple: None,
            relaxed: None,
        };
        for body in self.bodies {
            let form = body.form();
            let hash = Some(body.finish());
            match form {
                Form::Simple => evidence.simple = hash,
                Form::Relaxed => evidence.relaxed = hash,
            }
        }
        evidence
    }
}

impl Evidence {
    /// A message that is whole.
    pub fn of(header: Bytes, body: &[u8]) -> Self {
        let mut examination = Examination::begin(header);
        examination.take(body);
        examination.finish()
    }

    /// The SHA-256 of its body.
    pub(crate) fn body(&self, canonicalization: Canonicalization) -> Vec<u8> {
        let hash = match form(canonicalization) {
            Form::Simple => self.simple,
            Form::Relaxed => self.relaxed,
        };
        hash.map(|hash| hash.to_vec()).unwrap_or_default()
    }
}

fn form(canonicalization: Canonicalization) -> Form {
    match canonicalization {
        Canonicalization::Simple => Form::Simple,
        Canonicalization::Relaxed => Form::Relaxed,
    }
}
