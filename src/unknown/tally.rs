//! How often each was asked for, in bounded memory.
//!
//! While the list has room, every count is exact. After that a newcomer takes the place of whoever was asked for in the fewest
//! hours, among these the fewest times, among these the longest ago. A harvest asks for each of its names once, or many times
//! within minutes: its names displace each other, and nobody who is asked for in more than one hour. What was displaced may
//! come back and is then counted anew: `missed` bounds what it had before, as the space-saving algorithm does (Metwally,
//! Agrawal and El Abbadi, 2005).

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;
use std::sync::Arc;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use routing::UnixTime;
use serde::{Deserialize, Serialize};

use crate::limits::{UNKNOWN_AGE, UNKNOWN_NETWORKS, UNKNOWN_OCTETS};

/// Counts addresses.
#[derive(Debug, Clone)]
pub(super) struct Tally {
    capacity: usize,
    entries: HashMap<Arc<str>, Entry>,
    /// Who is to make room, the first one first.
    order: BTreeSet<Place>,
    since: UnixTime,
    requests: u64,
    displaced: u64,
    /// No address that was displaced had been asked for more often.
    floor: u64,
}

/// How much somebody deserves to stay.
type Place = (u64, u64, UnixTime, Arc<str>);

#[derive(Debug, Clone)]
struct Entry {
    count: u64,
    missed: u64,
    hours: u64,
    since: UnixTime,
    last: UnixTime,
    networks: Vec<IpNet>,
    more_networks: bool,
}

/// One address of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sought {
    pub(crate) address: String,
    /// Requests since it stands on the list.
    pub(crate) count: u64,
    /// It may have been displaced before; then it was asked for at most so many times more.
    pub(crate) missed: u64,
    /// Hours in which it was asked for.
    pub(crate) hours: u64,
    /// Since when it stands on the list, in seconds since 1970.
    pub(crate) since: u64,
    /// When it was last asked for.
    pub(crate) last: u64,
    /// The first networks that asked.
    pub(crate) networks: Vec<IpNet>,
    /// There were more of them.
    pub(crate) more_networks: bool,
}

/// What the whole list says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sum {
    /// Since when requests are counted, in seconds since 1970.
    pub(crate) since: u64,
    /// All requests for somebody unknown that were refused.
    pub(crate) requests: u64,
    /// Addresses on the list.
    pub(crate) addresses: u64,
    /// How often an address made room for another.
    pub(crate) displaced: u64,
    /// None of those had been asked for more often.
    pub(crate) displaced_at_most: u64,
}

impl Tally {
    pub(super) fn new(capacity: usize, now: UnixTime) -> Self {
        Self {
            capacity,
            entries: HashMap::new(),
            order: BTreeSet::new(),
            since: now,
            requests: 0,
            displaced: 0,
            floor: 0,
        }
    }

    /// One more request. Names that are too long are only counted with all others.
    pub(super) fn count(&mut self, address: &str, client: IpAddr, now: UnixTime) {
        self.requests += 1;
        if address.len() > UNKNOWN_OCTETS {
            return;
        }
        let (address, mut entry) = match self.take(address) {
            Some(known) => known,
            None => {
                if self.entries.len() >= self.capacity {
                    self.displace();
                }
                (address.into(), Entry::begin(self.floor, now))
            }
        };
        entry.count(client, now);
        self.put(address, entry);
    }

    /// The most frequent.
    pub(super) fn first(&self, limit: usize) -> Vec<Sought> {
        let mut all: Vec<(&Arc<str>, &Entry)> = self.entries.iter().collect();
        all.sort_unstable_by(|(one, a), (other, b)| {
            (b.count, b.last, one).cmp(&(a.count, a.last, other))
        });
        all.into_iter()
            .take(limit)
            .map(|(address, entry)| entry.told(address))
            .collect()
    }

    pub(super) fn sum(&self) -> Sum {
        Sum {
            since: self.since.seconds(),
            requests: self.requests,
            addresses: self.entries.len() as u64,
            displaced: self.displaced,
            displaced_at_most: self.floor,
        }
    }

    /// False: it is not on the list.
    pub(super) fn forget(&mut self, address: &str) -> bool {
        self.take(address).is_some()
    }

    /// Begins anew. Gives how many were on the list.
    pub(super) fn clear(&mut self, now: UnixTime) -> usize {
        let count = self.entries.len();
        *self = Self::new(self.capacity, now);
        count
    }

    /// Those that nobody asks for any more.
    pub(super) fn drop_old(&mut self, now: UnixTime) {
        let is_old = |entry: &Entry| now.since(entry.last) > UNKNOWN_AGE;
        self.entries.retain(|_, entry| !is_old(entry));
        let entries = &self.entries;
        self.order
            .retain(|(.., address)| entries.contains_key(address));
    }

    /// As it was written; `None`: it makes no sense, or there is no room.
    pub(super) fn restore(&mut self, sought: Sought) -> Option<()> {
        let is_sound = sought.count > 0
            && sought.hours > 0
            && sought.since <= sought.last
            && sought.address.len() <= UNKNOWN_OCTETS
            && sought.networks.len() <= UNKNOWN_NETWORKS;
        let has_room = self.entries.len() < self.capacity;
        if !is_sound || !has_room || self.entries.contains_key(&*sought.address) {
            return None;
        }
        let entry = Entry {
            count: sought.count,
            missed: sought.missed,
            hours: sought.hours,
            since: UnixTime::from_seconds(sought.since),
            last: UnixTime::from_seconds(sought.last),
            networks: sought.networks,
            more_networks: sought.more_networks,
        };
        self.put(sought.address.into(), entry);
        Some(())
    }

    /// What was written of the whole list.
    pub(super) fn restore_sum(&mut self, sum: &Sum) {
        self.since = UnixTime::from_seconds(sum.since);
        self.requests = sum.requests;
        self.displaced = sum.displaced;
        self.floor = sum.displaced_at_most;
    }

    fn take(&mut self, address: &str) -> Option<(Arc<str>, Entry)> {
        let (address, entry) = self.entries.remove_entry(address)?;
        self.order.remove(&entry.place(&address));
        Some((address, entry))
    }

    fn put(&mut self, address: Arc<str>, entry: Entry) {
        self.order.insert(entry.place(&address));
        self.entries.insert(address, entry);
    }

    fn displace(&mut self) {
        let Some((.., address)) = self.order.pop_first() else {
            return;
        };
        if let Some(entry) = self.entries.remove(&address) {
            self.displaced += 1;
            self.floor = self.floor.max(entry.count.saturating_add(entry.missed));
        }
    }
}

impl Entry {
    fn begin(missed: u64, now: UnixTime) -> Self {
        Self {
            count: 0,
            missed,
            hours: 0,
            since: now,
            last: now,
            networks: Vec::new(),
            more_networks: false,
        }
    }

    fn count(&mut self, client: IpAddr, now: UnixTime) {
        let hour = |at: UnixTime| at.seconds() / 3600;
        if self.count == 0 || hour(now) > hour(self.last) {
            self.hours += 1;
        }
        self.count += 1;
        self.last = self.last.max(now);
        let network = network(client);
        if !self.networks.contains(&network) {
            match self.networks.len() < UNKNOWN_NETWORKS {
                true => self.networks.push(network),
                false => self.more_networks = true,
            }
        }
    }

    fn place(&self, address: &Arc<str>) -> Place {
        (self.hours, self.count, self.last, Arc::clone(address))
    }

    fn told(&self, address: &str) -> Sought {
        Sought {
            address: address.to_owned(),
            count: self.count,
            missed: self.missed,
            hours: self.hours,
            since: self.since.seconds(),
            last: self.last.seconds(),
            networks: self.networks.clone(),
            more_networks: self.more_networks,
        }
    }
}

/// Whom one system's addresses belong to: an IPv6 host has a /64 of its own.
fn network(client: IpAddr) -> IpNet {
    match client.to_canonical() {
        IpAddr::V4(address) => IpNet::V4(Ipv4Net::new_assert(address, 24).trunc()),
        IpAddr::V6(address) => IpNet::V6(Ipv6Net::new_assert(address, 64).trunc()),
    }
}

#[cfg(test)]
mod tests;
