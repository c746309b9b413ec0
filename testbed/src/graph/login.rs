//! The token endpoint (RFC 6749 §4.4, RFC 7523 §2.2), with the errors that Entra gives.

use std::collections::BTreeSet;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::json;

use super::assertion::{self, Fault};
use super::form;
use super::reply::Reply;
use crate::certificates::Certificate;

/// An application as it is registered in the tenant.
#[derive(Debug, Clone, Default)]
pub struct Registration {
    /// The tenant.
    pub tenant_id: String,
    /// The application.
    pub client_id: String,
    /// Its client secrets.
    pub secrets: Vec<String>,
    /// Its certificates.
    pub certificates: Vec<Certificate>,
}

/// Who got which token.
#[derive(Debug)]
pub(super) struct Login {
    registration: Registration,
    pub(super) life_seconds: u64,
    pub(super) given: usize,
    tokens: Vec<(String, Instant)>,
    expired: BTreeSet<String>,
    /// The ids of the assertions that were used.
    used: BTreeSet<String>,
}

impl Login {
    pub(super) fn new(registration: Registration) -> Self {
        Self {
            registration,
            life_seconds: 3599,
            given: 0,
            tokens: Vec::new(),
            expired: BTreeSet::new(),
            used: BTreeSet::new(),
        }
    }

    pub(super) fn expire(&mut self) {
        let tokens = self.tokens.iter().map(|(token, _)| token.clone());
        self.expired.extend(tokens);
    }

    pub(super) fn tokens(&self) -> Vec<String> {
        self.tokens.iter().map(|(token, _)| token.clone()).collect()
    }

    /// The path of the endpoint.
    pub(super) fn is_endpoint(path: &str) -> bool {
        path.ends_with("/oauth2/v2.0/token")
    }

    /// Whether a request may be answered.
    pub(super) fn admits(&self, authorization: Option<&str>) -> bool {
        let token = authorization.and_then(|text| text.strip_prefix("Bearer "));
        let known = |token: &str| {
            let mut tokens = self.tokens.iter();
            let found = tokens.find(|(known, _)| known == token);
            found.is_some_and(|(_, until)| Instant::now() < *until)
        };
        token.is_some_and(|token| known(token) && !self.expired.contains(token))
    }

    /// Gives a token, or says why not.
    pub(super) fn answer(&mut self, path: &str, body: &str, origin: &str) -> Reply {
        let form = form::read(body);
        let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        let tenant = &self.registration.tenant_id;
        if path != format!("/{tenant}/oauth2/v2.0/token") {
            return Reply::refused(
                "invalid_request",
                90002,
                "Tenant not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.",
            );
        }
        if field("grant_type") != "client_credentials" {
            return Reply::refused(
                "unsupported_grant_type",
                70003,
                "The app requested an unsupported grant type.",
            );
        }
        if field("client_id") != self.registration.client_id {
            return Reply::refused(
                "unauthorized_client",
                700016,
                "Application was not found in the directory.",
            );
        }
        if field("scope") != format!("{origin}/.default") {
            return Reply::refused(
                "invalid_scope",
                1002012,
                "The provided value for scope is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier.",
            );
        }
        let proved = match field("client_assertion_type") {
            "" => self.check_secret(field("client_secret")),
            ASSERTION => {
                self.check_assertion(field("client_assertion"), &format!("{origin}{path}"))
            }
            _ => Err(Reply::refused(
                "invalid_request",
                900144,
                "The client assertion type is not supported.",
            )),
        };
        match proved {
            Ok(()) => self.give(),
            Err(refusal) => refusal,
        }
    }

    fn check_secret(&self, secret: &str) -> Result<(), Reply> {
        if secret.is_empty() {
            return Err(Reply::refused(
                "invalid_client",
                7000218,
                "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
            ));
        }
        match self
            .registration
            .secrets
            .iter()
            .any(|known| known == secret)
        {
            true => Ok(()),
            false => Err(Reply::refused(
                "invalid_client",
                7000215,
                "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID.",
            )),
        }
    }

    fn check_assertion(&mut self, assertion: &str, audience: &str) -> Result<(), Reply> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let registered = &self.registration;
        let verified = assertion::verify(
            assertion,
            &registered.certificates,
            &registered.client_id,
            audience,
            now.unwrap_or_default().as_secs(),
        );
        let id = verified.map_err(|fault| match fault {
            Fault::Form(what) => Reply::refused("invalid_client", 50027, &format!("JWT token is invalid or malformed: {what}.")),
            Fault::Key => Reply::refused("invalid_client", 700027, "The certificate with identifier used to sign the client assertion is not registered on application."),
            Fault::Signature => Reply::refused("invalid_client", 700027, "Client assertion failed signature validation."),
            Fault::Audience => Reply::refused("invalid_client", 700023, "Client assertion audience claim does not match Realm issuer."),
            Fault::Issuer => Reply::refused("invalid_client", 700021, "Client assertion application identifier doesn't match 'client_id' parameter."),
            Fault::Time => Reply::refused("invalid_client", 700024, "Client assertion is not within its valid time range."),
        })?;
        // RFC 7523 §3: an id that was used is not taken again.
        match self.used.insert(id) {
            true => Ok(()),
            false => Err(Reply::refused(
                "invalid_client",
                50027,
                "JWT token is invalid or malformed: its id was used before.",
            )),
        }
    }

    fn give(&mut self) -> Reply {
        self.given += 1;
        let number = (self.given as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let token = format!("eyJ0eXAiOiJKV1Qi.{number:016x}.tok-{}", self.given);
        let until = Instant::now() + Duration::from_secs(self.life_seconds);
        self.tokens.push((token.clone(), until));
        Reply::json(
            200,
            &json!({
                "token_type": "Bearer", "expires_in": self.life_seconds,
                "ext_expires_in": self.life_seconds, "access_token": token,
            }),
        )
    }
}

const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
