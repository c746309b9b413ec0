//! Values as the file writes them, parsed once into the types the gateway uses.

pub(crate) mod byte_size;
pub(crate) mod domain_name;
pub(crate) mod duration;
pub(crate) mod hop;
pub(crate) mod mail_address;
pub(crate) mod name_pattern;
pub(crate) mod name_server;
pub(crate) mod network;
pub(crate) mod number;
mod sending_service;
pub(crate) mod tenant;
pub(crate) mod word;

use toml::de::DeValue;

use super::fault::Fault;
use crate::code::Code;

/// A value of one kind, read from TOML.
pub(crate) trait Value: Sized {
    /// Says what is wrong with it, never where: the section knows.
    fn read(value: &DeValue<'_>) -> Result<Self, Fault>;
}

impl Value for bool {
    fn read(value: &DeValue<'_>) -> Result<Self, Fault> {
        value
            .as_bool()
            .ok_or_else(|| wrong_type(value, "true or false, without quotes"))
    }
}

impl Value for String {
    fn read(value: &DeValue<'_>) -> Result<Self, Fault> {
        let text = text(value)?;
        if text.is_empty() || text.chars().any(char::is_control) {
            return Err(Fault::bad(
                "an empty text, or one with control characters",
                "write a text of one line",
            ));
        }
        Ok(text.to_owned())
    }
}

/// The text of a string value.
pub(crate) fn text<'v>(value: &'v DeValue<'_>) -> Result<&'v str, Fault> {
    value
        .as_str()
        .ok_or_else(|| wrong_type(value, "a text in double quotes"))
}

/// A value whose type is not the one wanted.
pub(crate) fn wrong_type(value: &DeValue<'_>, wanted: &str) -> Fault {
    let found = match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a section",
    };
    Fault::new(
        Code::WRONG_TYPE,
        format!("expected {wanted}, found {found}"),
    )
    .note(format!("write {wanted}"))
}
