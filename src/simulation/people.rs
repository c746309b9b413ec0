//! Who lives where, and who lived where when.

use routing::{Address, Meta, Recipient, Snapshot, SourceRead, UnixTime};
use tokio::time::Instant;

use super::chance::Chance;

/// A side that has people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Home {
    Cloud,
    Notes,
}

/// All people, by number.
#[derive(Debug)]
pub(super) struct People(Vec<Person>);

#[derive(Debug)]
struct Person {
    /// Since when they live where; `None`: nowhere.
    homes: Vec<(Instant, Option<Home>)>,
    moved_at: Option<UnixTime>,
}

impl Home {
    pub(super) const ALL: [Self; 2] = [Self::Cloud, Self::Notes];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Cloud => "cloud",
            Self::Notes => "notes",
        }
    }

    pub(super) fn other(self) -> Self {
        match self {
            Self::Cloud => Self::Notes,
            Self::Notes => Self::Cloud,
        }
    }
}

impl People {
    /// So many, half of them on each side.
    pub(super) fn some(count: usize) -> Self {
        let person = |number: usize| Person {
            homes: vec![(Instant::now(), Some(Home::ALL[number % 2]))],
            moved_at: None,
        };
        Self((0..count).map(person).collect())
    }

    /// Whose address it is.
    pub(super) fn number(&self, address: &str) -> Option<usize> {
        let (local, _) = address.split_once('@')?;
        let number = local.strip_prefix('p')?.parse().ok()?;
        (number < self.0.len()).then_some(number)
    }

    pub(super) fn home(&self, number: usize) -> Option<Home> {
        self.0[number].homes.last()?.1
    }

    /// Somebody of the first `count` moves to the other side, vanishes, or comes back.
    pub(super) fn somebody_moves(&mut self, count: usize, chance: &mut Chance) -> String {
        let number = chance.below(count.min(self.0.len()));
        let before = self.home(number);
        let after = match before {
            None => Some(*chance.pick(&Home::ALL)),
            Some(_) if chance.one_in(5) => None,
            Some(home) => Some(home.other()),
        };
        self.0[number].homes.push((Instant::now(), after));
        self.0[number].moved_at = Some(crate::directory::now());
        format!("p{number} lives on {:?} now", after.map(Home::name))
    }

    /// Everybody is somewhere again.
    pub(super) fn all_are_back(&mut self) {
        for person in &mut self.0 {
            if let Some((_, None)) = person.homes.last() {
                person.homes.push((Instant::now(), Some(Home::Notes)));
                person.moved_at = Some(crate::directory::now());
            }
        }
    }

    /// Whether somebody lived there at any time from `from` to `to`.
    pub(super) fn lived(&self, number: usize, home: Home, from: Instant, to: Instant) -> bool {
        let homes = &self.0[number].homes;
        homes.iter().enumerate().any(|(index, (since, there))| {
            let until = homes.get(index + 1).map(|(until, _)| *until);
            *there == Some(home) && *since <= to && until.is_none_or(|until| until >= from)
        })
    }

    /// Whether somebody was nowhere at any time from `from` to `to`.
    pub(super) fn was_away(&self, number: usize, from: Instant, to: Instant) -> bool {
        let homes = &self.0[number].homes;
        homes
            .iter()
            .any(|(since, there)| there.is_none() && (from..=to).contains(since))
    }

    /// The directory, read just now.
    pub(super) fn snapshot(&self) -> Snapshot {
        let now = crate::directory::now();
        let source = SourceRead {
            name: "people".into(),
            read_at: Some(now),
        };
        let meta = Meta {
            built_at: now,
            sources: vec![source],
        };
        let people = self.0.iter().enumerate();
        let records = people.filter_map(|(number, person)| {
            let home = person.homes.last()?.1?;
            let address = |domain: &str| Address::parse(&format!("p{number}@{domain}")).ok();
            let mut record = Recipient::new(address(DOMAIN)?, home.name().into(), "people");
            record.routing_address = (home == Home::Cloud)
                .then(|| address(CLOUD_DOMAIN))
                .flatten();
            record.moved_at = person.moved_at;
            Some(record)
        });
        Snapshot::build(records, meta).expect("few people fit")
    }
}

pub(super) const DOMAIN: &str = "contoso.com";
pub(super) const CLOUD_DOMAIN: &str = "contoso.mail.onmicrosoft.com";
