//! `[side.NAME.accept]`: who speaks for a side when it connects to us.

use super::{Keys, Section};
use crate::config::value::mail_address::MailAddress;
use crate::config::value::tenant::TenantId;
use crate::config::{Accept, Require, SideKind};

pub(crate) const KEYS: Keys = Keys {
    section: "side.NAME.accept",
    names: &[
        "certificate_names",
        "tenant_id",
        "networks",
        "require",
        "eku",
        "client_ca",
        "crl",
        "listeners",
        "may_send_as",
    ],
};

pub(super) fn read(section: &mut Section<'_, '_>, kind: SideKind) -> Option<Accept> {
    section.is_present().then(|| Accept {
        certificate_names: section.list("certificate_names"),
        tenant_id: section
            .optional::<TenantId>("tenant_id")
            .map(|tenant| tenant.0),
        networks: section.list("networks"),
        require: section.or("require", Require::Any),
        eku: section.or("eku", kind.eku()),
        client_ca: section.file("client_ca"),
        crl: section.file("crl"),
        listeners: section.list("listeners"),
        may_send_as: section
            .list::<MailAddress>("may_send_as")
            .into_iter()
            .map(|address| address.to_string())
            .collect(),
    })
}
