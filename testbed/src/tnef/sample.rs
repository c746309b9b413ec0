//! The catalogue: a sample of every class and of every oddity, each with what is true of it.
//!
//! All of it is invented and the same in every run.

pub mod facts;

mod attachments;
mod bodies;
mod damaged;
mod items;
mod meetings;
mod notes;
mod octets;
mod series;

use super::mail::{Packing, packed};
use super::message::Message;
use facts::{Calendar, Facts, Item};

/// A sample.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Its name, which is also fit for a file.
    pub name: String,
    /// What it was written from.
    pub message: Message,
    /// The stream, as `winmail.dat` holds it.
    pub bytes: Vec<u8>,
    /// How it is packed.
    pub packing: Packing,
    /// What is true of it.
    pub facts: Facts,
}

/// All samples but the large one.
pub fn samples() -> Vec<Sample> {
    let mut all = Vec::new();
    all.extend(bodies::all());
    all.extend(notes::all());
    all.extend(attachments::all());
    all.extend(meetings::all());
    all.extend(series::all());
    all.extend(items::all());
    all.extend(damaged::all());
    all
}

/// The one of this name. Panics if there is none.
pub fn sample(name: &str) -> Sample {
    let found = samples().into_iter().find(|sample| sample.name == name);
    found.unwrap_or_else(|| panic!("there is no sample {name}"))
}

/// A message with an attachment of so many octets.
pub fn large(octets: usize) -> Sample {
    attachments::large(octets)
}

impl Sample {
    /// What is written in the usual way, as legacy TNEF.
    fn of(name: &str, message: Message) -> Self {
        let bytes = message.bytes();
        Self::written(name, message, bytes)
    }

    fn written(name: &str, message: Message, bytes: Vec<u8>) -> Self {
        Self {
            name: name.to_owned(),
            facts: Facts::of(&message),
            message,
            bytes,
            packing: Packing::Legacy,
        }
    }

    fn packed(mut self, packing: Packing) -> Self {
        self.packing = packing;
        self
    }

    fn calendar(mut self, calendar: Calendar) -> Self {
        self.facts.calendar = Some(calendar);
        self
    }

    fn item(mut self, item: Item) -> Self {
        self.facts.item = Some(item);
        self
    }

    fn known(mut self, alter: impl FnOnce(&mut Facts)) -> Self {
        alter(&mut self.facts);
        self
    }

    /// The message around it.
    pub fn eml(&self) -> Vec<u8> {
        self.eml_as(self.packing)
    }

    /// The message around it, packed in another way.
    pub fn eml_as(&self, packing: Packing) -> Vec<u8> {
        packed(&self.message, &self.bytes, packing)
    }
}

#[cfg(test)]
mod tests;
