//! `[[directory]]`: where recipients come from.

mod graph;
mod ldap;
mod preset;
mod sides;

use book::PresetKind;
use toml::de::DeValue;

use super::root::name_fault;
use super::{Keys, Section};
use crate::config::fault::Fault;
use crate::config::nearest::nearest;
use crate::config::value::duration::Span;
use crate::config::value::number::Share;
use crate::config::value::{Value, text};
use crate::config::{Directory, DirectoryKind, GroupExpansion, LdifAttributes, Place, Words};

pub(crate) use preset::{FIELD_KEYS, SIDE_KEYS};
pub(in crate::config) use sides::resolve;

pub(crate) const KEYS: Keys = Keys {
    section: "directory",
    names: &[
        "name",
        "kind",
        "path",
        "server",
        "start_tls",
        "server_name",
        "trust_roots",
        "base",
        "bind_dn",
        "password_file",
        "password_credential",
        "page_size",
        "change_by",
        "tenant_id",
        "client_id",
        "certificate",
        "private_key",
        "client_secret_file",
        "client_secret_credential",
        "cloud",
        "proxy",
        "proxy_user",
        "proxy_password_file",
        "proxy_password_credential",
        "mailbox_purpose",
        "poll",
        "full_every",
        "filter",
        "scope",
        "home",
        "groups",
        "third_party",
        "without_mailbox",
        "moved_away",
        "cloud_domains",
        "foreign_domains",
        "name_forms",
        "hosts",
        "preferred_format",
        "disallowed_formats",
        "licence",
        "group_expansion",
        "shrink_max",
        "move_max",
        "attributes",
        "sides",
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

/// What a source of any kind has.
const ALWAYS: &[&str] = &["name", "kind", "group_expansion", "shrink_max", "move_max"];
const FILE: &[&str] = &["path"];

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
    let written = section.required("kind", "kind = \"csv\"");
    let kind = written.unwrap_or(DirectoryKind::Csv);
    let form = Form::of(kind, &section);
    if written.is_some() {
        section.refuse_others(kind, form);
    }
    let place = match form {
        Form::File if written.is_none() => Place::File(Default::default()),
        Form::File => Place::File(path(&mut section)),
        Form::Ldap => Place::Ldap(ldap::read(kind, &mut section)),
        Form::Graph => Place::Graph(graph::read(&mut section)),
    };
    let poll = if form == Form::Graph {
        Span::minutes(5)
    } else {
        Span::minutes(1)
    };
    Directory {
        name,
        words: words(kind, &mut section),
        place,
        group_expansion: section.or("group_expansion", GroupExpansion::Owner),
        poll: section
            .bounded("poll", poll, Span::seconds(1)..=Span::days(1))
            .0,
        full_every: section
            .bounded(
                "full_every",
                Span::hours(24),
                Span::minutes(1)..=Span::days(30),
            )
            .0,
        shrink_max: section.or("shrink_max", Share(0.05)).0,
        move_max: section.or("move_max", Share(0.01)).0,
    }
}

/// How a source is reached; which keys it takes follows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    File,
    Ldap,
    Graph,
}

impl Form {
    fn of(kind: DirectoryKind, section: &Section<'_, '_>) -> Self {
        use PresetKind::{ActiveDirectory, Domino, GroupWise, MicrosoftGraph, OpenLdap};
        match kind {
            // The administration console exports a table, the MTA answers LDAP.
            DirectoryKind::Preset(GroupWise) if section.has("path") => Self::File,
            DirectoryKind::Preset(ActiveDirectory | Domino | GroupWise | OpenLdap) => Self::Ldap,
            DirectoryKind::Preset(MicrosoftGraph) => Self::Graph,
            DirectoryKind::Csv
            | DirectoryKind::Ldif
            | DirectoryKind::Preset(PresetKind::ExchangeCsv) => Self::File,
        }
    }

    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::File => FILE,
            Self::Ldap => ldap::NAMES,
            Self::Graph => graph::NAMES,
        }
    }
}

impl Section<'_, '_> {
    /// Refuses the keys that a source of this kind does not have.
    fn refuse_others(&mut self, kind: DirectoryKind, form: Form) {
        let own = preset::keys(kind);
        for key in KEYS.names {
            let fits = ALWAYS.contains(key) || form.keys().contains(key) || own.contains(key);
            if fits || !self.has(key) {
                continue;
            }
            let fault = match (kind, *key) {
                (DirectoryKind::Csv, "attributes") => Fault::bad(
                    "a CSV file has columns, not attributes",
                    "remove the section; the columns are address,side,routing_address,aliases",
                ),
                (_, "path") if form != Form::File => Fault::bad(
                    format!(
                        "a source of kind \"{kind}\" is asked over the network, not read from a file"
                    ),
                    "leave the path out; for an export write the kind of the export: \"csv\", \"ldif\" or \"exchange-csv\"",
                ),
                _ => Fault::bad(
                    format!("a source of kind \"{kind}\" has no `{key}`"),
                    "leave it out",
                ),
            };
            self.refuse(key, fault);
        }
    }
}

fn path(section: &mut Section<'_, '_>) -> std::path::PathBuf {
    if !section.has("path") {
        section.miss("path", "path = \"/etc/twinmx/people.csv\"");
    }
    section.file("path").unwrap_or_default()
}

fn words(kind: DirectoryKind, section: &mut Section<'_, '_>) -> Words {
    match kind {
        DirectoryKind::Csv => Words::Csv,
        DirectoryKind::Ldif => Words::Ldif(attributes(
            &mut section.child("attributes", &ATTRIBUTE_KEYS),
        )),
        DirectoryKind::Preset(kind) => Words::Preset(Box::new(preset::read(kind, section))),
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
        let written = text(value)?;
        if let Some(kind) = Self::all().find(|kind| kind.name() == written) {
            return Ok(kind);
        }
        let names: Vec<&str> = Self::all().map(Self::name).collect();
        let fault = Fault::bad(
            format!("`{written}` is no kind of directory source"),
            format!("write one of: {}", names.join(", ")),
        );
        Err(match nearest(written, names.iter().copied()) {
            Some(kind) => fault.label(format!("did you mean `{kind}`?")),
            None => fault,
        })
    }
}
