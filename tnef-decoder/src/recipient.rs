//! The recipient table (MS-OXTNEF §2.1.3.3). Messages that travel as mail usually have none; those within others do.

use std::borrow::Cow;

use crate::code_pages::CodePages;
use crate::cursor::Cursor;
use crate::limits::{Limit, LimitExceeded, Limits};
use crate::properties::Properties;
use crate::property_id as id;

/// One addressee.
#[derive(Debug, Clone)]
pub struct Recipient<'a> {
    /// All that is known about it.
    pub properties: Properties<'a>,
}

/// How somebody is addressed (PidTagRecipientType).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RecipientKind {
    /// The sender, where the table has it.
    Originator,
    /// To; of a meeting, somebody who must come.
    To,
    /// Cc; of a meeting, somebody who may come.
    Cc,
    /// Bcc; of a meeting, a room or a thing.
    Bcc,
    /// None of these.
    Other,
}

impl<'a> Recipient<'a> {
    /// How it is addressed; To where nothing is said.
    pub fn kind(&self) -> RecipientKind {
        // The upper bits say what became of earlier attempts.
        match self
            .properties
            .long(id::RECIPIENT_TYPE)
            .map(|kind| kind & 0xf)
        {
            Some(0) => RecipientKind::Originator,
            None | Some(1) => RecipientKind::To,
            Some(2) => RecipientKind::Cc,
            Some(3) => RecipientKind::Bcc,
            Some(_) => RecipientKind::Other,
        }
    }

    /// Its name for people.
    pub fn display_name(&self) -> Option<Cow<'a, str>> {
        let names = [
            id::DISPLAY_NAME,
            id::RECIPIENT_DISPLAY_NAME,
            id::TRANSMITTABLE_DISPLAY_NAME,
        ];
        names.into_iter().find_map(|id| self.properties.text(id))
    }

    /// Its Internet mail address, if one is told.
    pub fn smtp_address(&self) -> Option<Cow<'a, str>> {
        let stated = self.properties.text(id::SMTP_ADDRESS);
        let by_type = || {
            let kind = self.properties.text(id::ADDRESS_TYPE)?;
            let is_smtp = kind.eq_ignore_ascii_case("SMTP");
            is_smtp.then(|| self.properties.text(id::EMAIL_ADDRESS))?
        };
        stated
            .filter(|address| !address.is_empty())
            .or_else(by_type)
    }
}

/// The rows of a recipient table. A row is read when it is asked for.
#[derive(Debug, Clone, Default)]
pub struct Recipients<'a> {
    octets: &'a [u8],
    /// Where rows begin.
    rows: Vec<u32>,
    pages: CodePages,
    limits: Limits,
}

impl<'a> Recipients<'a> {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// One after another.
    pub fn iter(&self) -> impl Iterator<Item = Recipient<'a>> + use<'a, '_> {
        self.rows.iter().map(|at| {
            let mut properties = Properties::new(self.octets, self.pages);
            let mut cursor = Cursor::at(self.octets, *at as usize);
            // It was read once within these limits.
            let _walk = properties.read(&mut cursor, &self.limits);
            Recipient { properties }
        })
    }

    pub(crate) fn new(octets: &'a [u8], limits: &Limits) -> Self {
        Self {
            octets,
            limits: *limits,
            ..Self::default()
        }
    }

    pub(crate) fn set_pages(&mut self, pages: CodePages) {
        self.pages = pages;
    }

    /// Walks the table that begins here. Gives how many rows it announces and how many are whole.
    pub(crate) fn read(&mut self, cursor: &mut Cursor<'a>) -> Result<(u32, u32), LimitExceeded> {
        let declared = cursor.u32().unwrap_or(0);
        let mut row = Properties::new(self.octets, self.pages);
        for read in 0..declared {
            let at = u32::try_from(cursor.position());
            let (Ok(at), true) = (at, cursor.remaining() >= 4) else {
                return Ok((declared, read));
            };
            row.clear();
            let walk = row.read(cursor, &self.limits)?;
            if !row.is_empty() || walk.is_whole() {
                self.rows.push(at);
                LimitExceeded::check(Limit::Recipients, self.len(), self.limits.recipients)?;
            }
            if !walk.is_whole() {
                return Ok((declared, read));
            }
        }
        Ok((declared, declared))
    }
}
