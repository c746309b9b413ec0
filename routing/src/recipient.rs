//! One addressee, as a directory source describes it.

use std::sync::Arc;

use crate::{Address, Group, SideName, UnixTime};

/// One addressee: every address that leads to it, and the side where it lives.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Recipient {
    /// The address it is known by.
    pub primary: Address,
    /// Further addresses.
    pub aliases: Vec<Address>,
    /// Where it lives.
    pub side: SideName,
    /// The address that only this side has for it.
    pub routing_address: Option<Address>,
    /// The directory source that says so.
    pub source: Arc<str>,
    /// When the side last changed, or the recipient appeared; `None`: as long as we know it.
    pub moved_at: Option<UnixTime>,
    /// The side before that.
    pub previous_side: Option<SideName>,
    /// The side it is being moved to. Until that is done, mail goes to `side`.
    pub moving_to: Option<SideName>,
    /// What is known of it if it is a group that its side cannot expand by itself.
    pub group: Option<Group>,
}

impl Recipient {
    /// A recipient with one address who never moved.
    pub fn new(primary: Address, side: SideName, source: impl Into<Arc<str>>) -> Self {
        let (aliases, source) = (Vec::new(), source.into());
        Self {
            primary,
            aliases,
            side,
            routing_address: None,
            source,
            moved_at: None,
            previous_side: None,
            moving_to: None,
            group: None,
        }
    }
}
