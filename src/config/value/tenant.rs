//! Tenant ids: GUIDs, lower-case.

use toml::de::DeValue;

use super::{Value, text};
use crate::config::fault::Fault;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TenantId(pub(crate) String);

impl TenantId {
    fn parse(written: &str) -> Option<Self> {
        let lengths: Vec<usize> = written.split('-').map(str::len).collect();
        let is_guid = lengths == [8, 4, 4, 4, 12]
            && written.bytes().all(|c| c == b'-' || c.is_ascii_hexdigit());
        is_guid.then(|| Self(written.to_ascii_lowercase()))
    }
}

impl Value for TenantId {
    fn read(value: &DeValue<'_>) -> Result<Self, Fault> {
        let written = text(value)?;
        Self::parse(written).ok_or_else(|| {
            Fault::bad(
                format!("`{written}` is not a tenant id"),
                "write the GUID that the admin centre shows as Tenant ID, like 0f8e4a30-1b2c-4d5e-8f90-a1b2c3d4e5f6",
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_id_is_a_guid() {
        for (written, expected) in [
            (
                "0F8E4A30-1b2c-4d5e-8f90-a1b2c3d4e5f6",
                Some("0f8e4a30-1b2c-4d5e-8f90-a1b2c3d4e5f6"),
            ),
            ("0f8e4a301b2c4d5e8f90a1b2c3d4e5f6", None),
            ("0f8e4a30-1b2c-4d5e-8f90-a1b2c3d4e5fg", None),
            ("contoso.onmicrosoft.com", None),
        ] {
            assert_eq!(
                TenantId::parse(written).map(|tenant| tenant.0).as_deref(),
                expected,
                "{written}"
            );
        }
    }
}
