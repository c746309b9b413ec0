//! What is wrong with groups: members whom their owner cannot reach, or whom nobody can.

use std::collections::BTreeSet;

use book::{Entry, Kind, Shelf, expand};
use mirror::MirrorError;
use routing::{SideName, Snapshot};

use crate::config::GroupExpansion;
use crate::directory::KeptSource;

/// Names told in one finding.
const NAMED: usize = 3;

/// The findings on one entry of a source, if it is a group. Where its members live, the snapshot says.
pub(super) fn findings(
    entry: &Entry,
    source: &KeptSource<'_>,
    snapshot: &Snapshot,
) -> Result<Vec<String>, MirrorError> {
    if entry.kind != Kind::Group || entry.members.is_empty() {
        return Ok(Vec::new());
    }
    let expansion = expand(entry, |reference| source.referred(reference))?;
    let owner = source.side(entry);
    let (mut sides, mut unknown) = (BTreeSet::new(), Vec::new());
    for address in &expansion.addresses {
        match snapshot
            .lookup(address)
            .and_then(|view| view.side().cloned())
        {
            Some(side) => {
                sides.insert(side);
            }
            None if source.setting.is_ours(address.domain()) => unknown.push(address.to_string()),
            None => {}
        }
    }
    let is_elsewhere = sides.iter().any(|side| Some(side) != owner.as_ref());
    let expands = source.group_expansion() == GroupExpansion::Gateway;
    let mut found = Vec::new();
    if is_elsewhere && !expands {
        found.push(unreached(&sides, owner.as_ref(), source.name()));
    }
    // What its owner knows of its members and we do not, is its own affair.
    if !is_elsewhere || !expands {
        return Ok(found);
    }
    if !unknown.is_empty() {
        found.push(format!("nobody has the address of {}", some_of(&unknown)));
    }
    if !expansion.missing.is_empty() {
        found.push(format!(
            "the source has no address of {}",
            some_of(&expansion.missing)
        ));
    }
    if expansion.loops {
        found.push("a group is within itself".to_owned());
    }
    if expansion.cut {
        found
            .push("it is too large to be expanded here, and goes to its owner as it is".to_owned());
    }
    Ok(found)
}

/// What its owner may not reach, and the line that mends it.
fn unreached(sides: &BTreeSet<SideName>, owner: Option<&SideName>, source: &str) -> String {
    let sides: Vec<&str> = sides.iter().map(SideName::as_str).collect();
    let owner = owner.map_or("no side", SideName::as_str);
    format!(
        "its members live in {}, and only {owner} expands it; if {owner} cannot reach the others, write in [[directory]] \
         `{source}`: group_expansion = \"gateway\"",
        sides.join(" and ")
    )
}

fn some_of(names: &[String]) -> String {
    let named = names[..names.len().min(NAMED)].join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}
