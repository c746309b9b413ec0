//! The token that each request carries (RFC 6749 §4.4, RFC 6750).

use std::fmt;
use std::time::Duration;

use reqwest::header::HeaderValue;
use serde::Deserialize;
use tokio::time::Instant;

use super::GraphError;
use crate::limits::TOKEN_MARGIN;

/// A token, with the time up to which it is used.
#[derive(Clone)]
pub(super) struct Token {
    header: HeaderValue,
    text: String,
    until: Instant,
}

#[derive(Deserialize)]
struct Answer {
    token_type: String,
    access_token: String,
    expires_in: u64,
}

impl Token {
    /// Reads the endpoint's answer.
    pub(super) fn read(body: &[u8], now: Instant) -> Result<Self, GraphError> {
        // What serde says of a fault may quote the text.
        let answer: Answer = serde_json::from_slice(body)
            .map_err(|_| GraphError::malformed("the token endpoint's answer has no token"))?;
        if !answer.token_type.eq_ignore_ascii_case("Bearer") {
            return Err(GraphError::malformed("the token is none of type Bearer"));
        }
        let header = HeaderValue::try_from(format!("Bearer {}", answer.access_token));
        let mut header =
            header.map_err(|_| GraphError::malformed("the token cannot stand in a header"))?;
        header.set_sensitive(true);
        let life = Duration::from_secs(answer.expires_in.min(LIFE_SECONDS_MAX));
        Ok(Self {
            header,
            text: answer.access_token,
            until: now + used_for(life),
        })
    }

    pub(super) fn is_usable(&self, now: Instant) -> bool {
        now < self.until
    }

    pub(super) fn header(&self) -> HeaderValue {
        self.header.clone()
    }

    /// Whether a text repeats it.
    pub(super) fn is_in(&self, text: &str) -> bool {
        text.contains(&self.text)
    }
}

/// Nearly all of its life, of a short one a half.
fn used_for(life: Duration) -> Duration {
    life.saturating_sub(TOKEN_MARGIN).max(life / 2)
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(token)")
    }
}

/// No token is good for longer than a day.
const LIFE_SECONDS_MAX: u64 = 24 * 60 * 60;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<Token, GraphError> {
        Token::read(body.as_bytes(), Instant::now())
    }

    #[test]
    fn a_token_is_used_until_shortly_before_its_end() {
        let check = |life: u64, used: u64| {
            let life = Duration::from_secs(life);
            assert_eq!(used_for(life), Duration::from_secs(used), "{life:?}");
        };
        check(3600, 3300);
        check(600, 300);
        check(60, 30);
        check(0, 0);
        let token = read(r#"{"token_type":"Bearer","access_token":"s3cret","expires_in":3600}"#);
        let token = token.unwrap();
        let now = Instant::now();
        assert!(token.is_usable(now + Duration::from_secs(3290)));
        assert!(!token.is_usable(now + Duration::from_secs(3301)));
        assert_eq!(token.header(), "Bearer s3cret");
    }

    #[test]
    fn what_is_no_token_is_told_without_showing_it() {
        for body in [
            "",
            "[]",
            r#"{"token_type":"Bearer","access_token":17,"expires_in":"s3cret"}"#,
            r#"{"token_type":"mac","access_token":"s3cret","expires_in":1}"#,
            "{\"token_type\":\"Bearer\",\"access_token\":\"s3cret\\n\",\"expires_in\":1}",
        ] {
            let error = format!("{:?}", read(body).unwrap_err());
            assert!(
                error.contains("Malformed") && !error.contains("s3cret"),
                "{error}"
            );
        }
    }

    #[test]
    fn a_token_is_never_printed() {
        let token = read(r#"{"token_type":"Bearer","access_token":"s3cret","expires_in":3600}"#);
        let token = token.unwrap();
        assert_eq!(
            format!("{token:?} {:?}", token.header()),
            "(token) Sensitive"
        );
    }
}
