//! How the application proves to be itself.

use std::path::PathBuf;

use serde::Serialize;

use super::assertion::assertion;
use super::certificate::Identity;
use super::{Access, GraphError};
use crate::Secret;
use crate::limits::SECRET_OCTETS_MAX;

/// How the application proves to be itself. Either is read anew whenever a token is fetched.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Credential {
    /// By its key, which never leaves this machine.
    Certificate {
        /// The certificate that was uploaded to the registration, as PEM.
        certificate: PathBuf,
        /// Its key, as PEM.
        private_key: Secret,
    },
    /// By a text that both sides know.
    Secret(Secret),
}

/// What it says of itself to the token endpoint (RFC 6749 §4.4.2, RFC 7523 §2.2).
#[derive(Serialize)]
pub(super) struct Request {
    grant_type: &'static str,
    client_id: String,
    scope: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_assertion_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_assertion: Option<String>,
}

impl Credential {
    pub(super) fn request(&self, access: &Access) -> Result<Request, GraphError> {
        let mut request = Request {
            grant_type: "client_credentials",
            client_id: access.client_id.clone(),
            scope: access.endpoints.scope(),
            client_secret: None,
            client_assertion_type: None,
            client_assertion: None,
        };
        match self {
            Self::Secret(secret) => {
                request.client_secret = Some(secret.reveal()?.as_str().to_owned());
            }
            Self::Certificate {
                certificate,
                private_key,
            } => {
                let identity =
                    Identity::read(certificate, private_key, super::now(), SECRET_OCTETS_MAX)?;
                let audience = access.endpoints.token_url(&access.tenant_id);
                let signed = assertion(&identity, &access.client_id, audience, super::now())?;
                request.client_assertion_type = Some(ASSERTION_TYPE);
                request.client_assertion = Some(signed);
            }
        }
        Ok(request)
    }
}

impl Request {
    /// Whether a text repeats what must stay between the two.
    pub(super) fn is_in(&self, text: &str) -> bool {
        let secrets = self.client_secret.iter().chain(&self.client_assertion);
        secrets
            .into_iter()
            .any(|secret| text.contains(secret.as_str()))
    }
}

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
