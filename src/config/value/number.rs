//! Whole numbers and shares.

use toml::de::DeValue;

use super::{Value, wrong_type};
use crate::config::fault::Fault;

impl Value for u64 {
    fn read(value: &DeValue<'_>) -> Result<Self, Fault> {
        let Some(number) = value.as_integer() else {
            return Err(wrong_type(value, "a whole number, without quotes"));
        };
        Self::from_str_radix(number.as_str(), number.radix()).map_err(|_| {
            Fault::bad(
                "a number below zero or beyond all bounds",
                "write a whole number from 0 on",
            )
        })
    }
}

/// A part of a whole: 0.05 is five in a hundred.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Share(pub(crate) f64);

impl Value for Share {
    fn read(value: &DeValue<'_>) -> Result<Self, Fault> {
        let written = match value {
            DeValue::Float(number) => number.as_str().parse().ok(),
            DeValue::Integer(number) => number.as_str().parse().ok(),
            _ => return Err(wrong_type(value, "a share between 0 and 1")),
        };
        match written {
            Some(share) if (0.0..=1.0).contains(&share) => Ok(Self(share)),
            _ => Err(Fault::bad(
                "not a share between 0 and 1",
                "write a share: 0.05 is five in a hundred",
            )),
        }
    }
}
