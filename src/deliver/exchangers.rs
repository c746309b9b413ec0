//! A hop whose hosts are looked up: the mail exchangers of a side's name, or of a recipient's domain (RFC 5321 §5.1).
//!
//! What DNS says for good of a recipient's domain is said to the sender. Of a name that our operator gave it is his affair:
//! mail waits, and he is told.

use smtp::{Answer, Insert, Reply};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, timeout_at};

use super::contact::{Contact, Errand, place};
use super::hop::HopError;
use super::{Deliver, Tender};
use crate::config::{Hop, Lookup};
use crate::dns::{Exchanger, NoExchanger, Search, Trouble};
use crate::event::Event;

impl Deliver {
    /// Tries the exchangers in order. The last failure is that of the entry.
    pub(super) async fn ask_exchangers(
        &self,
        errand: &Errand<'_>,
        permit: OwnedSemaphorePermit,
    ) -> Result<Contact, HopError> {
        let tender = errand.tender;
        let exchangers = match self.exchangers(errand).await {
            Ok(exchangers) => exchangers,
            Err(nothing) => return self.no_exchanger(tender, errand.entry, nothing),
        };
        let mut permit = Some(permit);
        let mut last = HopError::LeftAlone;
        for Exchanger { host, addresses } in exchangers {
            let host = Hop {
                host,
                port: errand.entry.port,
                lookup: Lookup::Addresses,
            };
            if self.breakers.is_open(tender.way.name(), &host) {
                continue;
            }
            if Instant::now() >= errand.deadline {
                return Err(HopError::TooSlow);
            }
            let seat = match permit.take() {
                Some(seat) => seat,
                None => {
                    let permits = self.paces.of(&tender.lane());
                    place(tender.domain.as_ref(), &permits, errand.deadline).await?
                }
            };
            match self.speak(errand, &host, Some(&addresses), seat).await {
                Ok(contact) => return Ok(contact),
                Err(error) => {
                    self.hop_failed(&tender.way, &host, &error);
                    last = error;
                }
            }
        }
        Err(last)
    }

    async fn exchangers(&self, errand: &Errand<'_>) -> Result<Vec<Exchanger>, NoExchanger> {
        let generation = errand.generation;
        let search = Search {
            domain: &errand.entry.host,
            port: errand.entry.port,
            own: &generation.own,
            special: errand
                .tender
                .domain
                .is_some()
                .then_some(&generation.special),
        };
        let found = timeout_at(errand.deadline, self.resolver.exchangers(&search)).await;
        found.unwrap_or(Err(NoExchanger::Temporary(Trouble::Silent)))
    }

    fn no_exchanger(
        &self,
        tender: &Tender,
        entry: &Hop,
        nothing: NoExchanger,
    ) -> Result<Contact, HopError> {
        if nothing == NoExchanger::Ourselves && self.repetition.is_news(&entry.host) {
            self.events.emit(Event::LeadsHere {
                name: entry.host.clone(),
                side: tender.way.name().to_owned(),
            });
        }
        match (&tender.domain, &nothing) {
            (None, _) => Err(HopError::NoExchanger(nothing)),
            (Some(_), NoExchanger::Temporary(_)) => Ok(Contact::Down(answer(&nothing))),
            (Some(_), _) => Ok(Contact::NoRoute(answer(&nothing))),
        }
    }
}

/// What the sender of mail to a foreign domain hears.
fn answer(nothing: &NoExchanger) -> Answer {
    let reply = match nothing {
        NoExchanger::Temporary(_) => Reply::DOMAIN_UNANSWERED,
        NoExchanger::NoSuchDomain => Reply::NO_SUCH_DOMAIN,
        NoExchanger::NullMx => Reply::NULL_MX,
        NoExchanger::Nowhere | NoExchanger::Special(_) => Reply::NO_EXCHANGER,
        NoExchanger::Ourselves => Reply::LEADS_HERE,
    };
    reply.with(Insert::new(&nothing.to_string()))
}

#[cfg(test)]
mod tests {
    use smtp::Class;

    use super::*;

    #[test]
    fn only_what_is_certain_bounces_mail() {
        let check = |nothing: NoExchanger, expected: &str| {
            let answer = answer(&nothing);
            let said = answer.to_string();
            assert!(said.starts_with(expected), "{nothing:?}: {said}");
            let is_temporary = matches!(nothing, NoExchanger::Temporary(_));
            assert_eq!(answer.class() == Class::Transient, is_temporary);
        };
        check(NoExchanger::Temporary(Trouble::Silent), "451 4.4.3");
        check(
            NoExchanger::Temporary(Trouble::Failed(String::new())),
            "451 4.4.3",
        );
        check(
            NoExchanger::Temporary(Trouble::Broken(String::new())),
            "451 4.4.3",
        );
        check(NoExchanger::NoSuchDomain, "550 5.1.2");
        check(NoExchanger::NullMx, "556 5.1.10");
        check(NoExchanger::Nowhere, "550 5.4.4");
        check(NoExchanger::Special([127, 0, 0, 1].into()), "550 5.4.4");
        check(NoExchanger::Ourselves, "554 5.4.6");
    }
}
