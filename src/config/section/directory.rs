//! `[[directory]]`: where recipients come from.

use toml::de::DeValue;

use super::root::name_fault;
use super::{Keys, Section};
use crate::config::fault::Fault;
use crate::config::nearest::nearest;
use crate::config::value::number::Share;
use crate::config::value::{Value, text};
use crate::config::{Directory, DirectoryKind, LdifAttributes};

pub(crate) const KEYS: Keys = Keys {
    section: "directory",
    names: &[
        "name",
        "kind",
        "path",
        "shrink_max",
        "move_max",
        "attributes",
    ],
};
pub(crate) const ATTRIBUTE_KEYS: Keys = Keys {
    section: "directory.attributes",
    names: &[
        "address",
        "side",
        "routing_address",
        "aliases",
        "default_side",
    ],
};

/// Sources that a later version reads.
const LATER: &[&str] = &[
    "active-directory",
    "domino",
    "groupwise",
    "openldap",
    "microsoft-graph",
    "exchange-csv",
];
const BUILT: &[&str] = &["csv", "ldif"];

pub(super) fn read_all(root: &mut Section<'_, '_>) -> Vec<Directory> {
    let tables = root.tables("directory");
    tables
        .into_iter()
        .map(|(path, table)| read(Section::open(root.reading, path, &KEYS, Some(table))))
        .collect()
}

fn read(mut section: Section<'_, '_>) -> Directory {
    let name = section
        .required::<String>("name", "name = \"people\"")
        .unwrap_or_default();
    if !name.is_empty()
        && let Some(fault) = name_fault(&name)
    {
        section.refuse("name", fault);
    }
    let kind = section
        .required("kind", "kind = \"csv\"")
        .unwrap_or(DirectoryKind::Csv);
    if !section.has("path") {
        section.miss("path", "path = \"/etc/twinmx/people.csv\"");
    }
    if kind == DirectoryKind::Csv && section.has("attributes") {
        let fault = Fault::bad(
            "a CSV file has columns, not attributes",
            "remove the section; the columns are address,side,routing_address,aliases",
        );
        section.refuse("attributes", fault);
    }
    Directory {
        name,
        kind,
        path: section.file("path").unwrap_or_default(),
        shrink_max: section.or("shrink_max", Share(0.05)).0,
        move_max: section.or("move_max", Share(0.01)).0,
        attributes: attributes(&mut section.child("attributes", &ATTRIBUTE_KEYS)),
    }
}

fn attributes(section: &mut Section<'_, '_>) -> LdifAttributes {
    let default = |name: &str| name.to_owned();
    LdifAttributes {
        address: section.or("address", default("mail")),
        side: section.or("side", default("twinmxSide")),
        routing_address: section.or("routing_address", default("mailRoutingAddress")),
        aliases: section.list_or(
            "aliases",
            vec![default("mailLocalAddress"), default("proxyAddresses")],
        ),
        default_side: section.optional("default_side"),
    }
}

impl Value for DirectoryKind {
    fn read(value: &DeValue<'_>) -> Result<Self, Fault> {
        match text(value)? {
            "csv" => Ok(Self::Csv),
            "ldif" => Ok(Self::Ldif),
            later if LATER.contains(&later) => Err(Fault::not_built(
                format!("directory sources of kind \"{later}\" are not built yet"),
                "export the recipients to a file and read that: \"csv\" or \"ldif\"",
            )),
            written => {
                let fault = Fault::bad(
                    format!("`{written}` is no kind of directory source"),
                    "write \"csv\" or \"ldif\"",
                );
                Err(match nearest(written, BUILT.iter().chain(LATER).copied()) {
                    Some(kind) => fault.label(format!("did you mean `{kind}`?")),
                    None => fault,
                })
            }
        }
    }
}
