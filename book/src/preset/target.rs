//! Where the address leads that somebody's mail is sent on to.

use routing::Address;

use super::{Field, Reader, Rule};
use crate::entry::{Draft, proxy_kind};
use crate::{ForeignAddress, ForeignKind, Location, Odd, System, WhyUnknown};

/// Where an address leads.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Target {
    /// To this system alone.
    System(System),
    /// Into a shared domain: to whichever system has it.
    Shared,
    /// To Exchange Online, but of somebody else.
    OtherTenant,
    /// To none of ours.
    Elsewhere,
}

impl Reader<'_> {
    /// The place of somebody whom a target address leads to, as Exchange has it; `None` without one that can be read.
    /// Connectors of old wrote `NOTES:` and `GWISE:` addresses there.
    pub(super) fn led(self, draft: &mut Draft) -> Option<Location> {
        let text = self.text(Field::Target)?;
        if let Some((kind, name)) = proxy_kind(text)
            && let Some(kind) = ForeignKind::of_type(kind)
        {
            ForeignAddress::new(kind, name)
                .into_iter()
                .for_each(|name| draft.foreign(name));
            return match kind {
                ForeignKind::Notes => Some(Location::In(System::Domino)),
                ForeignKind::GroupWise => Some(Location::In(System::GroupWise)),
                ForeignKind::X500 => None,
            };
        }
        let target = draft.address(self.name(Field::Target), text)?;
        let third_party = self.placed(Rule::ThirdParty, WhyUnknown::UnknownSystem);
        Some(self.by_target(&target, third_party, draft))
    }

    /// The place of a remote mailbox. Its type says it; the target address should be the cloud's own.
    pub(super) fn remote(self, draft: &mut Draft) -> Location {
        if self.led(draft) != Some(Location::In(System::Cloud)) {
            draft.entry.routing_address = None;
            draft.note(Odd::RemoteWithoutTarget);
        }
        match draft.entry.kind.is_group() {
            true => Location::GroupOf(System::Cloud),
            false => Location::In(System::Cloud),
        }
    }

    /// The place of somebody whose mail goes to `target` and who has no mailbox here. `shared` is who has those with an
    /// address in the shared domain.
    pub(super) fn by_target(
        self,
        target: &Address,
        shared: Location,
        draft: &mut Draft,
    ) -> Location {
        draft.entry.target = Some(target.clone());
        match self.target(target) {
            Target::System(system) => {
                draft.entry.routing_address = Some(target.clone());
                Location::In(system)
            }
            Target::Shared => shared,
            Target::OtherTenant => {
                let target = target.clone();
                draft.note(Odd::OtherTenant {
                    target: target.clone(),
                });
                Location::External(target)
            }
            Target::Elsewhere => Location::External(target.clone()),
        }
    }

    /// Where an address leads.
    fn target(self, address: &Address) -> Target {
        let domain = address.domain();
        if let Some(system) = self.setting.system_of(domain) {
            return Target::System(system.clone());
        }
        if self.setting.is_shared(domain) {
            return Target::Shared;
        }
        let is_cloud = self
            .preset
            .cloud_domains
            .iter()
            .any(|pattern| pattern.matches(domain));
        match (is_cloud, self.setting.names_cloud_domain()) {
            (true, true) => Target::OtherTenant,
            (true, false) => Target::System(System::Cloud),
            (false, _) => Target::Elsewhere,
        }
    }
}
