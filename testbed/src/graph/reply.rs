//! What is answered.

use serde_json::{Value, json};

/// An answer before it becomes HTTP.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Vec<u8>,
    pub(super) manner: Manner,
}

/// How it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// All of it.
    Whole,
    /// Half of it, then the connection breaks.
    Cut,
    /// It is packed already.
    Packed,
    /// Not at all.
    Never,
}

impl Reply {
    pub(super) fn json(status: u16, body: &Value) -> Self {
        Self {
            status,
            headers: vec![("content-type", "application/json".to_owned())],
            body: body.to_string().into_bytes(),
            manner: Manner::Whole,
        }
    }

    /// Graph's way of saying no.
    pub(super) fn error(status: u16, code: &str, message: &str) -> Self {
        let inner = json!({"date": "2026-01-01T00:00:00", "request-id": REQUEST, "client-request-id": REQUEST});
        let error = json!({"error": {"code": code, "message": message, "innerError": inner}});
        Self::json(status, &error)
    }

    /// Entra's way of saying no (RFC 6749 §5.2).
    pub(super) fn refused(error: &str, number: u32, text: &str) -> Self {
        let description =
            format!("AADSTS{number}: {text} Trace ID: {REQUEST} Correlation ID: {REQUEST}");
        let status = if error == "invalid_client" { 401 } else { 400 };
        let body = json!({
            "error": error, "error_description": description, "error_codes": [number],
            "trace_id": REQUEST, "correlation_id": REQUEST,
        });
        Self::json(status, &body)
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

const REQUEST: &str = "5d1a4a2e-0000-4000-8000-000000000001";
