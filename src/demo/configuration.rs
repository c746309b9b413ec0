//! The configuration that the demonstration runs with. It is one like any other: it can be read, checked and asked.

use std::net::SocketAddr;
use std::path::Path;

use super::house::{House, Houses};

/// Our tenant of Exchange Online.
pub const TENANT: &str = "11111111-2222-3333-4444-555555555555";

/// Its text; every file it names is in `directory`.
pub(super) fn text(
    directory: &Path,
    mx: SocketAddr,
    inside: SocketAddr,
    houses: &Houses,
) -> String {
    let file = |name: &str| toml::Value::from(directory.join(name).display().to_string());
    let [cloud, notes, smart_host, impostor] = House::ALL.map(|house| houses.address(house));
    format!(
        r#"# What `twinmx demo` runs. Everything here is gone when it ends.
hostname  = "mx.contoso.com"
state_dir = {state}

[tls]
certificate = {certificate}
private_key = {private_key}
trust_roots = {root}

[[listener]]                   # the MX: anybody may speak here
name    = "mx"
address = "{mx}"

[[listener]]                   # for our own systems
name          = "inside"
address       = "{inside}"
require_proof = true

[domain."contoso.com"]
postmaster = "admin@contoso.com"

[domain."northwind.com"]
postmaster = "vera.lind@northwind.com"

[side.cloud]                   # Exchange Online
kind            = "exchange-online"
next_hop        = ["{cloud}"]
routing_domains = ["contoso.mail.onmicrosoft.com"]
[side.cloud.accept]
certificate_names = ["mail.protection.outlook.com"]
tenant_id         = "{TENANT}"

[side.notes]                   # HCL Notes
kind     = "domino"
next_hop = ["{notes}"]
[side.notes.accept]
networks  = ["127.0.0.1/32"]
listeners = ["inside"]

[side.northwind]               # a company just bought; what answers there is not its Exchange Online
kind     = "exchange-online"
next_hop = ["{impostor}"]

[[directory]]
name     = "people"
kind     = "csv"
path     = {people}
move_max = 0.05                # one of fifty may move at a time

[[directory]]
name = "northwind"
kind = "csv"
path = {northwind}

[[directory]]                  # an export of Active Directory: it does not hear of everything
name = "on-premises"
kind = "exchange-csv"
home = "exchange"
path = {on_premises}
[directory.sides]
cloud       = "cloud"
third-party = "notes"

[internet]                     # the way out, also for reports: so mail may be kept
next_hop = ["{smart_host}"]
from     = ["notes"]

[spool]
retry = ["1s"]                 # nobody waits a minute for a demonstration
"#,
        state = file("state"),
        certificate = file("mx.pem"),
        private_key = file("mx.key"),
        root = file("root.pem"),
        people = file(PEOPLE),
        northwind = file(NORTHWIND),
        on_premises = file(ON_PREMISES),
    )
}

/// The file of the fifty.
pub(super) const PEOPLE: &str = "people.csv";

/// What Active Directory has of them.
pub(super) const ON_PREMISES: &str = "on-premises.csv";

/// The file of the company just bought.
pub(super) const NORTHWIND: &str = "northwind.csv";
