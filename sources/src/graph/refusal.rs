//! What a server says when it says no, made fit to be shown.

use std::fmt;

use serde_json::Value;

use crate::limits::REFUSAL_CHARS_MAX;

/// The code and the words of a refusal, on one bounded line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// Such as `Request_ResourceNotFound` or `invalid_client`.
    pub code: String,
    /// The rest.
    pub text: String,
}

impl Refusal {
    /// Reads the body of Graph (`{"error": {"code", "message"}}`) or of the token endpoint (RFC 6749 §5.2). Whatever
    /// cannot be read is left out, as is a text of which `is_secret` says that it has one in it.
    pub(super) fn read(status: u16, body: &[u8], is_secret: impl Fn(&str) -> bool) -> Self {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let (code, text) = match &body["error"] {
            Value::String(code) => (code.clone(), text(&body["error_description"])),
            error => (text(&error["code"]), text(&error["message"])),
        };
        let shown = |text: String, chars: usize| match is_secret(&text) {
            true => "(left out)".to_owned(),
            false => line(&text, chars),
        };
        Self {
            status,
            code: shown(code, 100),
            text: shown(text, REFUSAL_CHARS_MAX),
        }
    }

    /// Whether Graph can no longer say what changed.
    pub(super) fn is_resync(&self) -> bool {
        let known = |code: &&str| self.code.eq_ignore_ascii_case(code);
        self.status == 410 || RESYNC.iter().any(known)
    }

    /// The number of Entra's error, such as `AADSTS7000215`.
    fn number(&self) -> Option<&str> {
        let begin = self.text.find("AADSTS")?;
        let number = &self.text[begin..];
        let end = number.find(|c: char| !c.is_ascii_alphanumeric());
        Some(&number[..end.unwrap_or(number.len())])
    }

    /// What to do about a token that was not given.
    pub(super) fn advice(&self) -> &'static str {
        let number = self.number();
        let found = ADVICE.iter().find(|(known, _)| number == Some(known));
        found.map_or(
            "check tenant_id, client_id and the certificate or secret of the app registration",
            |(_, advice)| advice,
        )
    }
}

/// Printable, on one line.
fn line(text: &str, chars: usize) -> String {
    let first = text.split(['\r', '\n']).next().unwrap_or_default();
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    first.chars().map(plain).take(chars).collect()
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.code.as_str(), self.text.as_str()) {
            ("", _) => write!(f, "HTTP status {}", self.status),
            (code, "") => f.write_str(code),
            (code, text) => write!(f, "{code}: {text}"),
        }
    }
}

/// Codes that come with status 400 or 410.
const RESYNC: &[&str] = &[
    "syncStateNotFound",
    "resyncRequired",
    "syncStateInvalid",
    "resyncChangesApplyDifferences",
    "resyncChangesUploadDifferences",
];

/// Entra's errors that an administrator of this source meets.
const ADVICE: &[(&str, &str)] = &[
    (
        "AADSTS7000215",
        "the secret is wrong; write the value of the client secret into the file, not its id",
    ),
    (
        "AADSTS7000222",
        "the client secret has expired; make a new one in the app registration",
    ),
    (
        "AADSTS700016",
        "there is no such application in that tenant; check client_id and tenant_id",
    ),
    (
        "AADSTS90002",
        "there is no such tenant in that cloud; check tenant_id and cloud",
    ),
    (
        "AADSTS700027",
        "the certificate is not the one in the app registration; upload it there, or name the right one here",
    ),
    (
        "AADSTS700024",
        "the assertion is out of its time; compare this machine's clock",
    ),
    (
        "AADSTS53003",
        "a Conditional Access policy for workload identities blocks it; allow this machine's address",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn read(status: u16, body: &str) -> Refusal {
        Refusal::read(status, body.as_bytes(), |text| text.contains("s3cret"))
    }

    #[test]
    fn both_servers_words_are_read() {
        let check = |body: &str, expected: &str| assert_eq!(read(400, body).to_string(), expected);
        check(
            r#"{"error":{"code":"Request_BadRequest","message":"Invalid\nsecond line"}}"#,
            "Request_BadRequest: Invalid",
        );
        check(
            r#"{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret."}"#,
            "invalid_client: AADSTS7000215: Invalid client secret.",
        );
        check(r#"{"error":"invalid_client"}"#, "invalid_client");
        check("<html>", "HTTP status 400");
        check(r#"{"error":{"code":"a","message":"b\u0007c"}}"#, "a: b c");
    }

    #[test]
    fn a_text_with_a_secret_is_left_out() {
        let refusal = read(
            400,
            r#"{"error":"x","error_description":"you sent s3cret"}"#,
        );
        assert_eq!(refusal.to_string(), "x: (left out)");
    }

    #[test]
    fn a_text_is_bounded() {
        let text = |chars: usize| {
            let body = serde_json::json!({"error": {"code": "c", "message": "ü".repeat(chars)}});
            read(400, &body.to_string()).text.chars().count()
        };
        assert_eq!(text(REFUSAL_CHARS_MAX), REFUSAL_CHARS_MAX);
        assert_eq!(text(REFUSAL_CHARS_MAX + 1), REFUSAL_CHARS_MAX);
    }

    #[test]
    fn a_lost_state_is_told_by_status_or_code() {
        let check = |status: u16, code: &str, expected: bool| {
            let body = format!(r#"{{"error":{{"code":"{code}"}}}}"#);
            assert_eq!(read(status, &body).is_resync(), expected, "{status} {code}");
        };
        check(410, "", true);
        check(400, "SyncStateNotFound", true);
        check(400, "resyncRequired", true);
        check(400, "Request_BadRequest", false);
        check(404, "Request_ResourceNotFound", false);
    }

    #[test]
    fn what_to_do_follows_from_the_number() {
        let check = |text: &str, expected: &str| {
            let body = serde_json::json!({"error": "invalid_client", "error_description": text});
            let refusal = read(401, &body.to_string());
            assert!(
                refusal.advice().contains(expected),
                "{text}: {}",
                refusal.advice()
            );
        };
        check(
            "AADSTS7000215: Invalid client secret provided.",
            "not its id",
        );
        check("AADSTS7000222: expired", "has expired");
        check(
            "AADSTS700027: Client assertion",
            "certificate is not the one",
        );
        check("AADSTS1: new", "check tenant_id");
    }
}
