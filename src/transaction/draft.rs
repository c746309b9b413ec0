//! The envelope while the client names it: each recipient is decided on at once, from the snapshot alone.

use std::sync::Arc;

use routing::{Address, Decision, Destination, Origin, Refusal, Snapshot};
use smtp::envelope::{Envelope, MailFrom, RcptTo};
use smtp::extension::SizeLimit;
use smtp::path::{ForwardPath, ReversePath};
use smtp::reply::{Answer, Reply};

use super::roster::{Named, has_room};
use super::{Sender, report};
use crate::config::Hop;
use crate::deliver::{RefusalKey, Way};
use crate::inbound::{Inbound, Lost};
use crate::origin::Standing;

/// A transaction whose recipients are being named.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(super) mail: MailFrom,
    /// Only one, where nothing can be stored.
    pub(super) legs: Vec<Leg>,
    /// Members of groups on whom nothing can be decided yet.
    pub(super) undecided: Vec<Planned>,
    /// Groups that are expanded.
    pub(super) groups: Vec<Named>,
    /// Whom the client named, as far as they were answered 250.
    named: Vec<RcptTo>,
    /// Remembered refusals that were heard; forgotten when the rest went through.
    pub(super) heard: Vec<RefusalKey>,
}

/// The recipients of one message that go to one side.
#[derive(Debug, Clone)]
pub(crate) struct Leg {
    pub(crate) way: Arc<Way>,
    /// On a way by domain what stands for the exchangers of theirs: no others share the leg.
    pub(crate) domain: Option<Arc<Hop>>,
    pub(crate) recipients: Vec<Planned>,
}

impl Leg {
    /// Whether it leads to the same hops.
    pub(super) fn leads(&self, way: &Way, domain: Option<&Hop>) -> bool {
        self.way.side == way.side && self.domain.as_deref() == domain
    }
}

/// One recipient that was answered 250.
#[derive(Debug, Clone)]
pub(crate) struct Planned {
    pub(crate) rcpt: RcptTo,
    /// `None`: `<Postmaster>` without a domain (RFC 5321 §4.5.1).
    pub(crate) address: Option<Address>,
    /// The form its side wants.
    pub(crate) path: Address,
    pub(crate) why: String,
    /// The groups that led to it, the outermost first; `None`: its sender named it.
    pub(crate) through: Option<Arc<[Address]>>,
}

impl Draft {
    /// MAIL. What is refused here concerns the reverse path or the sender's right to use it.
    pub(crate) fn begin(mail: MailFrom, sender: &Sender<'_>) -> Result<Self, Answer> {
        if let (Some(list), ReversePath::Mailbox(mailbox)) =
            (may_send_as(sender.standing, sender), &mail.path)
        {
            let path = Address::from_parts(mailbox.local_part(), mailbox.domain());
            if !path.is_ok_and(|path| list.contains(&path)) {
                return Err(Reply::SENDER_NOT_ALLOWED.into());
            }
        }
        Ok(Self {
            mail,
            legs: Vec::new(),
            undecided: Vec::new(),
            groups: Vec::new(),
            named: Vec::new(),
            heard: Vec::new(),
        })
    }

    /// RCPT. A refused recipient is refused now, so that nobody has to be told later.
    pub(crate) fn rcpt(&mut self, rcpt: RcptTo, sender: &Sender<'_>) -> Result<(), Answer> {
        self.plan(&rcpt, sender).map_err(|refusal| {
            report::refused_at_rcpt(self, sender, &rcpt.path.to_string(), &refusal);
            refusal.answer
        })?;
        self.named.push(rcpt);
        Ok(())
    }

    fn plan(&mut self, rcpt: &RcptTo, sender: &Sender<'_>) -> Result<(), AtRcpt> {
        let address = address(&rcpt.path)?;
        let snapshot = sender.services.directory.snapshot();
        if let Some(address) = &address
            && snapshot.groups() > 0
        {
            if self.has_group(rcpt) {
                return Ok(()); // named twice
            }
            if let Some(expansion) = self.expansion(address, sender, &snapshot)? {
                return self.enroll(rcpt, expansion, sender, &snapshot);
            }
        }
        let decision = decide_before_header(address.as_ref(), sender, &snapshot);
        let (destination, path, why) = match decision {
            Decision::Deliver { to, path, why } => (to, path, why.to_string()),
            other => {
                if let (true, Some(address)) = (is_unknown(&other), &address) {
                    let unknown = &sender.services.unknown;
                    unknown.refused(address, sender.peer.ip());
                }
                return Err(AtRcpt::decided(&other));
            }
        };
        let way = self.way_to(&destination, &path, sender)?;
        if let Some(heard) = self.recall(way, rcpt, sender) {
            return Err(AtRcpt {
                destination: way.name().to_owned(),
                why: "the hop refused it a while ago".to_owned(),
                answer: heard,
            });
        }
        if let Some(address) = &address
            && self.claim(rcpt, address, &snapshot)
        {
            return Ok(());
        }
        if self
            .recipients()
            .any(|known| is_same(known, address.as_ref(), &path))
        {
            return Ok(()); // named twice: answered 250 and delivered once
        }
        self.has_room()?;
        self.fits(way, &path, sender)?;
        let planned = Planned {
            rcpt: rcpt.clone(),
            address,
            path,
            why,
            through: None,
        };
        add(&mut self.legs, way, planned);
        Ok(())
    }

    /// All of them.
    pub(super) fn recipients(&self) -> impl Iterator<Item = &Planned> {
        self.legs.iter().flat_map(|leg| &leg.recipients)
    }

    /// Whom the client itself named on this way: members of groups go as room is.
    fn on(&self, way: &Way, domain: Option<&Hop>) -> usize {
        let legs = self.legs.iter().filter(|leg| leg.leads(way, domain));
        legs.flat_map(|leg| &leg.recipients)
            .filter(|planned| !planned.is_member())
            .count()
    }

    /// The way of `path` to `destination`, if this transaction can take it.
    pub(super) fn way_to<'a>(
        &self,
        destination: &Destination,
        path: &Address,
        sender: &Sender<'a>,
    ) -> Result<&'a Arc<Way>, AtRcpt> {
        let name = match destination {
            Destination::Side(side) => Some(side.as_str()),
            Destination::Internet => None,
        };
        let way = sender.generation.way(name).ok_or_else(|| {
            let destination = name.unwrap_or("internet").to_owned();
            AtRcpt {
                destination,
                why: "there is no way out".to_owned(),
                answer: Reply::RELAY_DENIED.into(),
            }
        })?;
        let refuse = |why: &str, reply: Reply| AtRcpt {
            destination: way.name().to_owned(),
            why: why.to_owned(),
            answer: reply.into(),
        };
        let leads_elsewhere = |leg: &Leg| !leg.leads(way, way.domain_of(path).as_deref());
        if sender.custody().is_none() && self.legs.iter().any(leads_elsewhere) {
            return Err(refuse(
                "it lives on another side than those before it",
                Reply::OTHER_SIDE_LATER,
            ));
        }
        if sender.services.deliver.is_down(way) && !sender.keeps_when_down() {
            return Err(refuse("no hop of its side answers", Reply::NEXT_HOP_DOWN));
        }
        Ok(way)
    }

    fn recall(&mut self, way: &Way, rcpt: &RcptTo, sender: &Sender<'_>) -> Option<Answer> {
        let refusals = sender.services.deliver.refusals();
        if refusals.is_empty() {
            return None;
        }
        let key = refusals.key(
            way.name(),
            &self.mail.path.to_string(),
            &rcpt.path.to_string(),
        );
        let answer = refusals.recall(key)?;
        self.heard.push(key);
        Some(answer)
    }

    /// What the side is known to be unable to take is refused now.
    fn fits(&self, way: &Way, path: &Address, sender: &Sender<'_>) -> Result<(), AtRcpt> {
        let refuse = |why: &str, reply: Reply| {
            Err(AtRcpt {
                destination: way.name().to_owned(),
                why: why.to_owned(),
                answer: reply.into(),
            })
        };
        if self.on(way, way.domain_of(path).as_deref()) >= way.recipients {
            return refuse(
                "its side takes no more recipients at once",
                Reply::TOO_MANY_RECIPIENTS,
            );
        }
        let can = sender.services.deliver.capabilities(way);
        match (can.size, self.mail.size) {
            (SizeLimit::Max(max), Some(size)) if size > max => {
                refuse("its side takes no message this large", Reply::TOO_LARGE)
            }
            _ => Ok(()),
        }
    }

    /// Takes every decision again for the origin that the header block has shown. What comes back with a recipient that
    /// can be served is its way.
    pub(super) fn decide_again(
        &self,
        standing: &Standing,
        sender: &Sender<'_>,
    ) -> Vec<Result<(Arc<Way>, Planned), AtRcpt>> {
        let snapshot = sender.services.directory.snapshot();
        let origin = origin(standing);
        let again = |(leg, known): (&Leg, &Planned)| {
            if known.is_member() {
                return Ok((Arc::clone(&leg.way), known.clone())); // whoever sent it
            }
            match decide(known.address.as_ref(), &origin, sender, &snapshot) {
                Decision::Deliver { to, path, why } => {
                    let way = self.way_to(&to, &path, sender)?;
                    let why = why.to_string();
                    let planned = Planned {
                        path,
                        why,
                        ..known.clone()
                    };
                    Ok((Arc::clone(way), planned))
                }
                other => Err(AtRcpt::decided(&other)),
            }
        };
        let legs = self.legs.iter();
        let known = legs.flat_map(|leg| leg.recipients.iter().map(move |known| (leg, known)));
        known.map(again).collect()
    }

    /// Takes every RCPT again, as if it came from the origin that the header block has shown: a group that only its own
    /// system may open to strangers goes there as it is.
    pub(super) fn plan_again(&mut self, sender: &Sender<'_>) -> Vec<(RcptTo, AtRcpt)> {
        let named = std::mem::take(&mut self.named);
        self.legs.clear();
        self.undecided.clear();
        self.groups.clear();
        let mut refused = Vec::new();
        for rcpt in named {
            match self.plan(&rcpt, sender) {
                Ok(()) => self.named.push(rcpt),
                Err(refusal) => refused.push((rcpt, refusal)),
            }
        }
        refused
    }

    /// The body, to its end and our answer.
    pub(crate) async fn carry(
        self,
        envelope: Envelope,
        inbound: &mut Inbound,
        sender: &Sender<'_>,
    ) -> Result<(), Lost> {
        debug_assert!(
            self.named.len() <= envelope.recipients.len(),
            "a recipient of ours that the client never named"
        );
        super::relay::carry(self, inbound, sender).await
    }
}

/// The addresses that this origin may send as; `None`: any.
pub(super) fn may_send_as(standing: &Standing, sender: &Sender<'_>) -> Option<Vec<Address>> {
    let proven = standing.side()?;
    let mut sides = sender.generation.config.sides.iter();
    let side = sides.find(|side| side.name == proven.side.as_str())?;
    let list = &side.accept.as_ref()?.may_send_as;
    let parsed = list.iter().filter_map(|one| Address::parse(one).ok());
    (!list.is_empty()).then(|| parsed.collect())
}

/// Puts a recipient on the leg of its way.
pub(super) fn add(legs: &mut Vec<Leg>, way: &Arc<Way>, planned: Planned) {
    let domain = way.domain_of(&planned.path);
    let is_open = |leg: &&mut Leg| {
        leg.leads(way, domain.as_deref()) && has_room(&leg.way, leg.recipients.len())
    };
    match legs.iter_mut().find(is_open) {
        Some(leg) => leg.recipients.push(planned),
        None => legs.push(Leg {
            way: Arc::clone(way),
            domain,
            recipients: vec![planned],
        }),
    }
}

/// Why a recipient was not taken, for the client and for the event.
#[derive(Debug, Clone)]
pub(super) struct AtRcpt {
    pub(super) destination: String,
    pub(super) why: String,
    pub(super) answer: Answer,
}

impl AtRcpt {
    pub(super) fn decided(decision: &Decision) -> Self {
        let why = match decision {
            Decision::Deliver { why, .. } => why.to_string(),
            Decision::Refuse(refusal) => refusal.to_string(),
            Decision::Defer(deferral) => deferral.to_string(),
        };
        Self {
            destination: "none".to_owned(),
            why,
            answer: report::answer_to(decision),
        }
    }
}

/// At RCPT a provisional side is given the benefit of the doubt: only what both it and the internet would be refused
/// is refused.
fn decide_before_header(
    address: Option<&Address>,
    sender: &Sender<'_>,
    snapshot: &Snapshot,
) -> Decision {
    let decision = decide(address, &origin(sender.standing), sender, snapshot);
    if !sender.standing.is_provisional() || matches!(decision, Decision::Deliver { .. }) {
        return decision;
    }
    match decide(address, &Origin::Internet, sender, snapshot) {
        deliver @ Decision::Deliver { .. } => deliver,
        defer @ Decision::Defer(_) => defer,
        Decision::Refuse(_) => decision,
    }
}

fn decide(
    address: Option<&Address>,
    origin: &Origin,
    sender: &Sender<'_>,
    snapshot: &Snapshot,
) -> Decision {
    crate::route::decide(address, origin, snapshot, &sender.generation.policy)
}

/// Whether somebody is refused because nobody knows him.
fn is_unknown(decision: &Decision) -> bool {
    matches!(
        decision,
        Decision::Refuse(Refusal::Unknown | Refusal::UnknownThereToo { .. })
    )
}

pub(super) fn origin(standing: &Standing) -> Origin {
    standing
        .side()
        .map_or(Origin::Internet, |proven| Origin::Side(proven.side.clone()))
}

fn address(path: &ForwardPath) -> Result<Option<Address>, AtRcpt> {
    match path {
        ForwardPath::Postmaster => Ok(None),
        ForwardPath::Mailbox(mailbox) => {
            Address::from_parts(mailbox.local_part(), mailbox.domain())
                .map(Some)
                .map_err(|error| AtRcpt {
                    destination: "none".to_owned(),
                    why: error.to_string(),
                    answer: Reply::BAD_RECIPIENT.into(),
                })
        }
    }
}

fn is_same(known: &Planned, address: Option<&Address>, path: &Address) -> bool {
    known.path.canonical() == path.canonical()
        || known.address.as_ref().map(Address::canonical) == address.map(Address::canonical)
}
