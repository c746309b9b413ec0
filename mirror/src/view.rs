//! Who reads a mirror.

use std::cell::OnceCell;
use std::path::Path;

use book::{Entry, Key};
use routing::Address;
use rusqlite::{Connection, OptionalExtension};

use crate::handle::{self, Numbers, Role, folded};
use crate::limits::FOUND_MAX;
use crate::pages::Pages;
use crate::proposal::Proposal;
use crate::schema::{self, Form};
use crate::sealed::unseal;
use crate::{Changed, Facts, MirrorError, TouchedPeople, file, index, log};

/// A mirror as it was when it was opened, whatever its writer does meanwhile. It is not to be kept long: what the writer
/// does is gathered beside the file until then.
#[derive(Debug)]
pub struct View {
    connection: Connection,
    numbers: OnceCell<Numbers>,
}

/// What one source says of one object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Part {
    /// What is believed; `None`: it is new.
    pub believed: Option<Entry>,
    /// What the source says now.
    pub proposed: Proposed,
}

/// What a source says now of one object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Proposed {
    /// What is believed.
    Same,
    /// Something else.
    Otherwise(Box<Entry>),
    /// It has it no more.
    Gone,
}

impl View {
    /// Opens a mirror to read it beside its writer, or without one.
    pub fn open(file: &Path) -> Result<Self, MirrorError> {
        let connection = file::open_to_read(file)?;
        match schema::form(&connection)? {
            Form::New => return Err(std::io::Error::from(std::io::ErrorKind::NotFound).into()),
            Form::Older(found) => return Err(MirrorError::Older { found }),
            Form::Ours => {}
        }
        connection.execute_batch("BEGIN")?;
        let view = Self::of(connection);
        view.facts()?; // only the first look settles of when the view is
        Ok(view)
    }

    pub(crate) fn of(connection: Connection) -> Self {
        Self {
            connection,
            numbers: OnceCell::new(),
        }
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    pub(crate) fn connection_mut(&mut self) -> &mut Connection {
        &mut self.connection
    }

    /// All believed entries, in the order of their keys.
    pub fn believed(&self) -> Entries<'_> {
        Entries(Pages::new(&self.connection, BELIEVED, |row| row.get(1)))
    }

    /// All entries as the source has them now, believed or not, in the order of their keys.
    pub fn said(&self) -> Entries<'_> {
        Entries(Pages::new(&self.connection, SAID, |row| row.get(1)))
    }

    /// Everybody whom the proposal touches, in the order of their keys.
    pub fn touched(&self) -> Result<TouchedPeople<'_>, MirrorError> {
        TouchedPeople::of(self)
    }

    /// What would change if all that the source says now were believed.
    pub fn proposal(&self) -> Result<Proposal, MirrorError> {
        Proposal::of(self)
    }

    /// When and how the source was last read.
    pub fn facts(&self) -> Result<Facts, MirrorError> {
        Facts::of(&self.connection)
    }

    /// What is believed and proposed of one object.
    pub fn part(&self, key: &Key) -> Result<Option<Part>, MirrorError> {
        let text = key.as_str();
        let mut statement = self.connection.prepare_cached(PROPOSED_ONE)?;
        let proposed = statement.query_row([text], |row| {
            Ok((row.get::<_, Option<Vec<u8>>>(0)?, row.get::<_, bool>(1)?))
        });
        let proposed = match proposed.optional()? {
            None => Proposed::Same,
            Some((_, true)) => Proposed::Gone,
            Some((octets, false)) => {
                Proposed::Otherwise(Box::new(unseal(text, &octets.unwrap_or_default())?))
            }
        };
        let believed = self.believed_one(key)?;
        let is_nothing = believed.is_none() && proposed == Proposed::Same;
        Ok((!is_nothing).then_some(Part { believed, proposed }))
    }

    /// What is believed of one object.
    pub fn believed_one(&self, key: &Key) -> Result<Option<Entry>, MirrorError> {
        let mut statement = self.connection.prepare_cached(BELIEVED_ONE)?;
        let octets: Option<Vec<u8>> = statement
            .query_row([key.as_str()], |row| row.get(0))
            .optional()?;
        octets
            .map(|octets| unseal(key.as_str(), &octets))
            .transpose()
    }

    /// What the source says now of one object.
    pub fn said_one(&self, key: &Key) -> Result<Option<Entry>, MirrorError> {
        Ok(self.part(key)?.and_then(|part| match part.proposed {
            Proposed::Same => part.believed,
            Proposed::Otherwise(entry) => Some(*entry),
            Proposed::Gone => None,
        }))
    }

    /// Every object that has or computes an address, or is routed by it, as it is believed or proposed; at most
    /// [`FOUND_MAX`] of them. All that is proposed is looked through.
    pub fn with_address(&self, address: &Address) -> Result<Vec<Part>, MirrorError> {
        let roles = [Role::Own, Role::Computed, Role::Routing];
        let mut keys: Vec<Key> = Vec::new();
        for entry in self.believed_with(address, &roles)?.take(FOUND_MAX) {
            keys.push(entry?.key);
        }
        for row in Pages::new(&self.connection, PROPOSED, |row| row.get::<_, Vec<u8>>(1)) {
            let (key, octets) = row?;
            let entry = unseal(&key, &octets)?;
            let is_wanted = roles
                .iter()
                .any(|role| handle::leads(&entry, *role, address.canonical()));
            if is_wanted && keys.len() < FOUND_MAX && !keys.contains(&entry.key) {
                keys.push(entry.key);
            }
        }
        let parts = keys.iter().filter_map(|key| self.part(key).transpose());
        parts.collect()
    }

    /// Who is believed to have each of some addresses of its own; the first by its key.
    pub fn holders<'a>(
        &self,
        addresses: impl IntoIterator<Item = &'a Address>,
    ) -> Result<Vec<Key>, MirrorError> {
        let mut found = Vec::new();
        for address in addresses {
            if let Some(entry) = self.believed_with(address, &[Role::Own])?.next() {
                found.push(entry?.key);
            }
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// The believed entries to which an address leads in one of some roles, in the order of their keys.
    pub fn believed_with<'v>(
        &'v self,
        address: &'v Address,
        roles: &'v [Role],
    ) -> Result<impl Iterator<Item = Result<Entry, MirrorError>> + 'v, MirrorError> {
        self.led(address.canonical().to_owned(), roles)
    }

    /// The believed entries that a name or a key of the source means, as a reference of another entry says it. There is
    /// one, unless the source gives one name to several.
    pub fn believed_named(&self, name: &str) -> Result<Vec<Entry>, MirrorError> {
        let mut found: Vec<Entry> = self
            .led(folded(name), &[Role::Name])?
            .collect::<Result<_, _>>()?;
        if found.is_empty()
            && let Some(key) = Key::from_text(name)
        {
            found.extend(self.believed_one(&key)?);
        }
        Ok(found)
    }

    /// The believed groups that call an entry their member: by its name, its key or one of its own addresses.
    pub fn groups_with(&self, entry: &Entry) -> Result<Vec<Entry>, MirrorError> {
        let names = [entry.name.as_str(), entry.key.as_str()].map(folded);
        let names = names.into_iter().filter(|name| !name.is_empty());
        let addresses = entry.addresses().map(|own| own.canonical().to_owned());
        let mut found: Vec<Entry> = Vec::new();
        for text in names.chain(addresses) {
            for group in self.led(text, &[Role::Member])? {
                let group = group?;
                if found.iter().all(|known| known.key != group.key) {
                    found.push(group);
                }
            }
        }
        found.sort_unstable_by(|one, other| one.key.cmp(&other.key));
        Ok(found)
    }

    /// Tells this file from every other one, such as from one that took its place and counts its generations anew.
    pub fn identity(&self) -> Result<u64, MirrorError> {
        Ok(self.numbers()?.identity())
    }

    /// Of whom something else is believed than in a former generation, in the order of their keys. `None` where so much
    /// changed, or so long ago, that it is not known.
    pub fn changed_since(&self, generation: u64) -> Result<Option<Vec<Changed>>, MirrorError> {
        log::since(&self.connection, generation)
    }

    fn led<'v>(
        &'v self,
        text: String,
        roles: &'v [Role],
    ) -> Result<impl Iterator<Item = Result<Entry, MirrorError>> + 'v, MirrorError> {
        let keys = index::keys(&self.connection, self.numbers()?, &text, roles)?;
        let entries = keys
            .into_iter()
            .filter_map(|key| self.believed_one(&key).transpose());
        let is_led =
            move |entry: &Entry| roles.iter().any(|role| handle::leads(entry, *role, &text));
        Ok(entries.filter(move |entry| entry.as_ref().map_or(true, &is_led)))
    }

    fn numbers(&self) -> Result<&Numbers, MirrorError> {
        match self.numbers.get() {
            Some(numbers) => Ok(numbers),
            None => {
                let numbers = Numbers::of(&self.connection)?;
                Ok(self.numbers.get_or_init(|| numbers))
            }
        }
    }
}

/// Entries in the order of their keys. To skip some by `nth` reads them, but no more.
pub struct Entries<'v>(Pages<'v, Vec<u8>>);

impl std::fmt::Debug for Entries<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entries").finish_non_exhaustive()
    }
}

impl Iterator for Entries<'_> {
    type Item = Result<Entry, MirrorError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.nth(0)
    }

    fn nth(&mut self, skipped: usize) -> Option<Self::Item> {
        for _ in 0..skipped {
            if let Err(error) = self.0.next()? {
                return Some(Err(error));
            }
        }
        let row = self.0.next()?;
        Some(row.and_then(|(key, octets)| unseal(&key, &octets)))
    }
}

const BELIEVED: &str = "SELECT key, entry FROM believed WHERE key > ?1 ORDER BY key LIMIT ?2";
const PROPOSED: &str =
    "SELECT key, entry FROM proposed WHERE gone = 0 AND key > ?1 ORDER BY key LIMIT ?2";
const SAID: &str = "SELECT key, entry FROM believed WHERE key > ?1
AND NOT EXISTS (SELECT 1 FROM proposed WHERE proposed.key = believed.key)
UNION ALL SELECT key, entry FROM proposed WHERE gone = 0 AND key > ?1 ORDER BY key LIMIT ?2";
const BELIEVED_ONE: &str = "SELECT entry FROM believed WHERE key = ?1";
const PROPOSED_ONE: &str = "SELECT entry, gone FROM proposed WHERE key = ?1";
