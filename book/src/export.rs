//! One address book out of all sources, as LDIF (RFC 2849) or as a table.

use std::fmt::Write as _;

use routing::Address;

use crate::cell::cell;
use crate::fix::ldif_line;
use crate::{Kind, Person};

/// The names of the columns of [`csv_row`].
pub const CSV_HEADER: &str =
    "Address,DisplayName,Kind,Side,Source,RoutingAddress,Aliases,Hidden,ForwardsTo\r\n";

/// Somebody as a row; `None` where no source names a side.
pub fn csv_row(person: &Person) -> Option<String> {
    let recipient = person.merged.recipient.as_ref()?;
    let forward = person
        .entries
        .iter()
        .find_map(|(_, entry)| entry.forward.as_ref());
    let forward = forward.map(|forward| match &forward.to {
        crate::Reference::Address(address) => address.to_string(),
        crate::Reference::Object(name) => name.clone(),
    });
    let is_hidden = person.entries.iter().any(|(_, entry)| entry.flags.hidden);
    let routing = recipient.routing_address.as_ref();
    let fields = [
        recipient.primary.to_string(),
        display(person),
        format!("{:?}", kind(person)),
        recipient.side.as_str().to_owned(),
        recipient.source.to_string(),
        routing.map(Address::to_string).unwrap_or_default(),
        aliases(person).collect::<Vec<_>>().join(";"),
        if is_hidden { "yes" } else { "no" }.to_owned(),
        forward.unwrap_or_default(),
    ];
    let cells: Vec<String> = fields.iter().map(|field| cell(field)).collect();
    Some(format!("{}\r\n", cells.join(",")))
}

/// Somebody as an entry below `base`, for an address book over LDAP; `None` where no source names a side.
pub fn ldif_entry(person: &Person, base: &str) -> Option<String> {
    let recipient = person.merged.recipient.as_ref()?;
    let primary = recipient.primary.to_string();
    let display = display(person);
    let name = if display.is_empty() {
        &primary
    } else {
        &display
    };
    let mut text = String::new();
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(text, "{}", ldif_line(name, value));
    };
    line("dn", &format!("mail={},{base}", escaped(&primary)));
    for class in [
        "top",
        "person",
        "organizationalPerson",
        "inetOrgPerson",
        "inetLocalMailRecipient",
    ] {
        line("objectClass", class);
    }
    line("cn", name);
    line("sn", name.rsplit(' ').next().unwrap_or(name));
    line("displayName", name);
    line("mail", &primary);
    for alias in aliases(person) {
        line("mailLocalAddress", &alias);
    }
    if let Some(address) = &recipient.routing_address {
        line("mailRoutingAddress", &address.to_string());
    }
    line(
        "description",
        &format!("{:?} in {}", kind(person), recipient.side),
    );
    text.push('\n');
    Some(text)
}

/// Other worlds' names say nothing to an address book.
fn aliases(person: &Person) -> impl Iterator<Item = String> {
    let aliases = person.merged.recipient.iter();
    let aliases = aliases.flat_map(|recipient| &recipient.aliases);
    aliases
        .filter(|alias| !alias.is_foreign())
        .map(Address::to_string)
}

fn display(person: &Person) -> String {
    let winner = person
        .merged
        .winner
        .and_then(|winner| person.entries.get(winner));
    let all = winner.into_iter().chain(&person.entries);
    let mut names = all.filter_map(|(_, entry)| entry.display.as_ref());
    names.next().cloned().unwrap_or_default()
}

fn kind(person: &Person) -> Kind {
    let winner = person
        .merged
        .winner
        .and_then(|winner| person.entries.get(winner));
    winner.map_or(Kind::User, |(_, entry)| entry.kind)
}

/// A value within a distinguished name (RFC 4514 §2.4).
fn escaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for (at, c) in value.char_indices() {
        let is_special = matches!(c, '"' | '+' | ',' | ';' | '<' | '>' | '\\' | '=');
        if is_special || (at == 0 && matches!(c, '#' | ' ')) {
            text.push('\\');
        }
        text.push(c);
    }
    text
}

#[cfg(test)]
mod tests;
