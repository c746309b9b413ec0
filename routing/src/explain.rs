//! A decision with every fact behind it, for people.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use crate::decision::{self, Notes, decide_noting, expand, postmaster};
use crate::snapshot::RecipientView;
use crate::{
    Address, Decision, Deferral, Destination, Expansion, Found, Member, Origin, Policy, Recipient,
    Refusal, Snapshot, SourceRead, Span, UnixTime,
};

/// Why a forward path is decided as it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Explanation {
    /// The address asked for; for `<Postmaster>` the one it stands for, `None` if there is none.
    pub path: Option<Address>,
    /// Where the mail comes from.
    pub origin: Origin,
    /// What is decided; of a group that is expanded here, what would be without that.
    pub decision: Decision,
    /// Who is behind it, if it is a group that its owner may not be able to expand.
    pub group: Option<Result<Expansion, Deferral>>,
    /// What was looked up, in order.
    pub lookups: Vec<Lookup>,
    /// Who was found, as the snapshot has it.
    pub recipient: Option<Recipient>,
    /// The snapshot.
    pub facts: Facts,
}

/// One question to the snapshot.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lookup {
    /// The address in canonical form.
    pub address: String,
    /// Primary address of the recipient found, and as what of it.
    pub found: Option<(String, Found)>,
    /// Whether that was the answer; a recipient whose side knows no tags is not.
    pub taken: bool,
}

/// What is known about the snapshot.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Facts {
    /// Recipients in it.
    pub recipients: usize,
    /// Since the last successful read; `None`: a source was never read.
    pub age: Option<Duration>,
    /// The sources with their last reads.
    pub sources: Vec<SourceRead>,
    /// The time of the answer.
    pub now: UnixTime,
}

/// Explains the decision for `path`; `None` is `<Postmaster>`.
pub fn explain(
    path: Option<&Address>,
    origin: &Origin,
    snapshot: &Snapshot,
    policy: &Policy,
    now: UnixTime,
) -> Explanation {
    let mut journal = Journal::default();
    let given = decision::Given {
        origin,
        snapshot,
        policy,
        now,
    };
    let path = path.cloned().or_else(|| postmaster(policy));
    let decision = match &path {
        Some(path) => decide_noting(path, &given, &mut journal),
        None => Decision::Refuse(Refusal::Unknown),
    };
    let group = path
        .as_ref()
        .and_then(|path| expand(path, origin, snapshot, policy, now).transpose());
    let facts = Facts {
        recipients: snapshot.len(),
        age: snapshot.age(now),
        sources: snapshot.sources().collect(),
        now,
    };
    let Journal { lookups, recipient } = journal;
    Explanation {
        path,
        origin: origin.clone(),
        decision,
        group,
        lookups,
        recipient,
        facts,
    }
}

impl Explanation {
    /// Its members, if it is expanded here.
    pub fn expanded(&self) -> Option<&Expansion> {
        let group = self.group.as_ref()?.as_ref().ok()?;
        group.stays.is_none().then_some(group)
    }
}

#[derive(Default)]
struct Journal {
    lookups: Vec<Lookup>,
    recipient: Option<Recipient>,
}

impl Notes for Journal {
    fn looked_up(&mut self, address: &Address, found: Option<&RecipientView>, taken: bool) {
        let name = |view: &RecipientView| {
            view.primary()
                .map(|primary| (primary.to_string(), view.found()))
        };
        let found_name = found.and_then(name);
        self.lookups.push(Lookup {
            address: address.canonical().to_owned(),
            found: found_name,
            taken,
        });
        if taken && self.recipient.is_none() {
            self.recipient = found.and_then(RecipientView::to_recipient);
        }
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.path {
            Some(path) => writeln!(f, "{path} from {}", self.origin)?,
            None => writeln!(f, "<Postmaster> from {}", self.origin)?,
        }
        match (&self.group, self.expanded()) {
            (Some(Err(deferral)), _) => writeln!(f, "  decision   defer: {deferral}")?,
            (_, Some(expansion)) => writeln!(f, "  decision   {}", Counted(expansion))?,
            (_, None) => writeln!(f, "  decision   {}", self.decision)?,
        }
        if let Some(Ok(expansion)) = &self.group {
            write_group(expansion, f)?;
        }
        for lookup in &self.lookups {
            writeln!(f, "  looked up  {lookup}")?;
        }
        if let Some(recipient) = &self.recipient {
            write_recipient(recipient, f)?;
        }
        write!(f, "  directory  {}", self.facts)
    }
}

/// How many members go where.
struct Counted<'a>(&'a Expansion);

impl fmt::Display for Counted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut counts: BTreeMap<&Destination, usize> = BTreeMap::new();
        for member in &self.0.members {
            if let Decision::Deliver { to, .. } = &member.decision {
                *counts.entry(to).or_default() += 1;
            }
        }
        write!(f, "expand here")?;
        for (index, (to, count)) in counts.iter().enumerate() {
            let before = if index == 0 { ": " } else { ", " };
            write!(f, "{before}{count} to {to}")?;
        }
        Ok(())
    }
}

fn write_group(expansion: &Expansion, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Expansion { group, owner, .. } = expansion;
    match expansion.stays {
        Some(stays) => writeln!(f, "  group      {group} goes to {owner} as it is: {stays}")?,
        None => writeln!(
            f,
            "  group      {group} of {owner}, which is not asked: its members live on several sides"
        )?,
    }
    for member in &expansion.members {
        write_member(member, f)?;
    }
    match expansion.nameless {
        0 => Ok(()),
        count => writeln!(
            f,
            "  left out   {count} more, of whom the source tells no address"
        ),
    }
}

fn write_member(member: &Member, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let word = match member.decision {
        Decision::Deliver { .. } => "member",
        Decision::Defer(_) => "waits",
        Decision::Refuse(_) => "left out",
    };
    write!(f, "  {word:<9}  {}", member.address)?;
    let within: Vec<String> = member
        .through
        .iter()
        .skip(1)
        .map(Address::to_string)
        .collect();
    if !within.is_empty() {
        write!(f, " through {}", within.join(", "))?;
    }
    writeln!(f, ": {}", member.decision)
}

impl fmt::Display for Lookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.found {
            None => write!(f, "{}: nobody", self.address),
            Some((primary, found)) if self.taken => {
                write!(f, "{}: {found} of {primary}", self.address)
            }
            Some((primary, _)) => {
                write!(f, "{}: {primary}, whose side takes no tags", self.address)
            }
        }
    }
}

fn write_recipient(recipient: &Recipient, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(
        f,
        "  recipient  {} lives in {}, says {}",
        recipient.primary, recipient.side, recipient.source
    )?;
    if let Some(moved_at) = recipient.moved_at {
        write!(f, ", since {moved_at}")?;
    }
    if let Some(previous) = &recipient.previous_side {
        write!(f, ", before that in {previous}")?;
    }
    writeln!(f)?;
    if let Some(address) = &recipient.routing_address {
        writeln!(f, "  routing    {address}")?;
    }
    let (names, aliases): (Vec<_>, Vec<_>) = recipient
        .aliases
        .iter()
        .partition(|address| address.is_foreign());
    if !aliases.is_empty() {
        let aliases: Vec<String> = aliases.into_iter().map(Address::to_string).collect();
        writeln!(f, "  aliases    {}", aliases.join(" "))?;
    }
    match names.len() {
        0 => Ok(()),
        count => writeln!(f, "  names      {count} in other mail systems"),
    }
}

impl fmt::Display for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} recipients", self.recipients)?;
        for source in &self.sources {
            let name = if source.name.is_empty() {
                "no source"
            } else {
                &source.name
            };
            match source.read_at {
                Some(read_at) => write!(f, ", {name} read {} ago", Span(self.now.since(read_at)))?,
                None => write!(f, ", {name} never read")?,
            }
        }
        Ok(())
    }
}
