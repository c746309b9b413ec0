//! What the spool keeps of a message beside its content: the envelope, and who it came from.
//!
//! As JSON, so that a later version can add to it and a person can read it. The message itself is kept as it was received:
//! what is done to it on its way out is decided anew at each attempt.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use authentication::Verdict;
use routing::{Address, SideName};
use serde::{Deserialize, Serialize};
use smtp::envelope::{BodyKind, MailFrom, Notify, OriginalRecipient, RcptTo, Ret};
use smtp::path::{ForwardPath, ReversePath};
use smtp::server::Hello;
use smtp::xtext::Xtext;

use crate::config::Config;
use crate::event::SessionId;
use crate::origin::{Filter, Peer, PeerTls, Proof, Proven, Standing};
use crate::tls::Negotiated;

/// One message in custody.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Mail {
    /// Seconds since 1970.
    pub(crate) received: i64,
    pub(crate) session: u64,
    pub(crate) transaction: u64,
    pub(crate) client: IpAddr,
    #[serde(skip_serializing_if = "Option::is_none")]
    hello: Option<Greeting>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tls: Option<Tls>,
    pub(crate) origin: Origin,
    /// The mail filter that handed it on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) upstream: Option<String>,
    /// Empty: null.
    pub(crate) reverse_path: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body: Option<Body>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) smtp_utf8: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ret: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    envid: Option<String>,
    pub(crate) recipients: Vec<Recipient>,
    /// Who it is from, as was found out when it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) verdict: Option<Box<Verdict>>,
}

/// One recipient, as its sender named it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Recipient {
    pub(crate) forward_path: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    notify: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    orcpt: Option<String>,
    /// The groups that led to it, the outermost first; none: its sender named it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) groups: Vec<String>,
    /// A group whose members are recipients in its place: only its sender is to hear of that.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) expanded: bool,
}

/// Whose message it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Origin {
    /// Nobody's that we know.
    Internet,
    /// A side's.
    Side {
        /// Its name.
        name: String,
        /// Whether a certificate showed it.
        certificate: bool,
    },
    /// Ours: a report.
    Gateway,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Greeting {
    name: String,
    extended: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Tls {
    version: String,
    cipher: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Body {
    #[serde(rename = "7BIT")]
    SevenBit,
    #[serde(rename = "8BITMIME")]
    EightBit,
}

/// What a message was received with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reception<'a> {
    pub(crate) received: i64,
    pub(crate) session: SessionId,
    pub(crate) transaction: u64,
    pub(crate) peer: &'a Peer,
    pub(crate) hello: Option<&'a Hello>,
    pub(crate) standing: &'a Standing,
}

impl Mail {
    /// A message of a client.
    pub(crate) fn of_client(
        reception: Reception<'_>,
        mail: &MailFrom,
        recipients: impl Iterator<Item = Recipient>,
    ) -> Self {
        let origin = match reception.standing {
            Standing::Side(proven) => Origin::Side {
                name: proven.side.to_string(),
                certificate: proven.proof == Proof::Certificate,
            },
            Standing::Internet | Standing::Upstream(_) | Standing::Provisional(_) => {
                Origin::Internet
            }
        };
        let upstream = match reception.standing {
            Standing::Upstream(filter) => Some(filter.name.clone()),
            Standing::Internet | Standing::Side(_) | Standing::Provisional(_) => None,
        };
        let tls = reception.peer.tls.as_ref().map(|tls| Tls {
            version: tls.negotiated.version.to_owned(),
            cipher: tls.negotiated.cipher.clone(),
        });
        Self {
            received: reception.received,
            session: reception.session.0,
            transaction: reception.transaction,
            client: reception.peer.ip(),
            hello: reception.hello.map(|hello| Greeting {
                name: hello.name.clone(),
                extended: hello.extended,
            }),
            tls,
            origin,
            upstream,
            reverse_path: mail.path.to_string(),
            body: match mail.body {
                BodyKind::Unspecified => None,
                BodyKind::SevenBit => Some(Body::SevenBit),
                BodyKind::EightBit => Some(Body::EightBit),
            },
            smtp_utf8: mail.smtp_utf8,
            ret: mail.ret.map(|ret| ret.to_string()),
            envid: mail.envid.as_ref().map(ToString::to_string),
            recipients: recipients.collect(),
            verdict: None,
        }
    }

    /// The same, with what was found out about its sender.
    pub(crate) fn verified(mut self, verdict: Option<&Verdict>) -> Self {
        self.verdict = verdict.cloned().map(Box::new);
        self
    }

    /// A report of ours, from the null reverse path (RFC 3461 §6.1).
    pub(crate) fn of_gateway(received: i64, to: &str, eight_bit: bool, smtp_utf8: bool) -> Self {
        Self {
            received,
            session: 0,
            transaction: 0,
            client: IpAddr::from([127, 0, 0, 1]),
            hello: None,
            tls: None,
            origin: Origin::Gateway,
            upstream: None,
            reverse_path: String::new(),
            body: eight_bit.then_some(Body::EightBit),
            smtp_utf8,
            ret: None,
            envid: None,
            recipients: vec![Recipient {
                forward_path: to.to_owned(),
                notify: Some(Notify::Never.to_string()),
                orcpt: None,
                groups: Vec::new(),
                expanded: false,
            }],
            verdict: None,
        }
    }

    /// The MAIL command as it was. `None`: this is not what we wrote.
    pub(crate) fn mail_from(&self) -> Option<MailFrom> {
        Some(MailFrom {
            path: ReversePath::parse(&self.reverse_path).ok()?,
            body: match self.body {
                None => BodyKind::Unspecified,
                Some(Body::SevenBit) => BodyKind::SevenBit,
                Some(Body::EightBit) => BodyKind::EightBit,
            },
            smtp_utf8: self.smtp_utf8,
            size: None,
            ret: self.ret(),
            envid: self.envid(),
        })
    }

    pub(crate) fn ret(&self) -> Option<Ret> {
        [Ret::Full, Ret::Headers]
            .into_iter()
            .find(|ret| Some(ret.to_string()) == self.ret)
    }

    pub(crate) fn envid(&self) -> Option<Xtext> {
        Xtext::from_encoded(self.envid.as_deref()?)
    }

    pub(crate) fn hello(&self) -> Option<Hello> {
        let hello = self.hello.as_ref()?;
        Some(Hello {
            name: hello.name.clone(),
            extended: hello.extended,
        })
    }

    /// The client, as far as a trace field tells of it.
    pub(crate) fn peer(&self) -> Peer {
        Peer {
            address: SocketAddr::new(self.client, 0),
            listener: String::new(),
            tls: self.tls.as_ref().map(|tls| PeerTls {
                negotiated: Negotiated::named(&tls.version, tls.cipher.clone()),
                chain: Vec::new(),
            }),
        }
    }

    /// Whose it is, if the configuration still has that side.
    pub(crate) fn standing(&self, config: &Config) -> Standing {
        let Origin::Side { name, certificate } = &self.origin else {
            let is_known = |name: &&String| config.upstreams.iter().any(|one| one.name == **name);
            return match self.upstream.as_ref().filter(is_known) {
                Some(name) => Standing::Upstream(Filter {
                    name: name.clone(),
                    proof: Proof::Network,
                }),
                None => Standing::Internet,
            };
        };
        match config.sides.iter().find(|side| side.name == *name) {
            Some(side) => Standing::Side(Proven {
                side: SideName::from(name.as_str()),
                kind: side.kind,
                proof: match certificate {
                    true => Proof::Certificate,
                    false => Proof::Network,
                },
            }),
            None => Standing::Internet,
        }
    }

    /// Nobody can be told what becomes of it.
    pub(crate) fn is_from_nobody(&self) -> bool {
        self.reverse_path.is_empty()
    }
}

impl Recipient {
    /// A recipient to whom these groups led.
    pub(crate) fn of(rcpt: &RcptTo, through: &[Address]) -> Self {
        Self {
            groups: through.iter().map(Address::to_string).collect(),
            expanded: false,
            forward_path: rcpt.path.to_string(),
            notify: rcpt.notify.map(|notify| notify.to_string()),
            orcpt: rcpt.orcpt.as_ref().map(ToString::to_string),
        }
    }

    /// A group whose members are recipients in its place.
    pub(crate) fn expanded(rcpt: &RcptTo) -> Self {
        Self {
            expanded: true,
            ..Self::of(rcpt, &[])
        }
    }

    /// The groups that led to it; `None`: its sender named it.
    pub(crate) fn through(&self) -> Option<Arc<[Address]>> {
        let groups = self.groups.iter();
        let groups: Arc<[Address]> = groups
            .filter_map(|group| Address::parse(group).ok())
            .collect();
        (!self.groups.is_empty()).then_some(groups)
    }

    /// The RCPT command as it was. `None`: this is not what we wrote.
    pub(crate) fn rcpt(&self) -> Option<RcptTo> {
        Some(RcptTo {
            path: ForwardPath::parse(&self.forward_path).ok()?,
            notify: self.notify(),
            orcpt: self.orcpt(),
        })
    }

    pub(crate) fn notify(&self) -> Option<Notify> {
        Notify::parse(self.notify.as_deref()?)
    }

    pub(crate) fn orcpt(&self) -> Option<OriginalRecipient> {
        OriginalRecipient::parse(self.orcpt.as_deref()?)
    }

    /// `None` within: `<Postmaster>`. `None`: this is not what we wrote.
    pub(crate) fn address(&self) -> Option<Option<Address>> {
        match self.rcpt()?.path {
            ForwardPath::Postmaster => Some(None),
            ForwardPath::Mailbox(mailbox) => {
                let address = Address::from_parts(mailbox.local_part(), mailbox.domain());
                address.ok().map(Some)
            }
        }
    }
}

fn is_false(value: &bool) -> bool {
    !value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(from: &str, recipients: &[&str]) -> Mail {
        let peer = Peer {
            address: "192.0.2.1:4711".parse().expect("an address"),
            listener: "mx".to_owned(),
            tls: None,
        };
        let hello = Hello {
            name: "client.example.net".to_owned(),
            extended: true,
        };
        let reception = Reception {
            received: 1_795_280_405,
            session: SessionId(17),
            transaction: 2,
            peer: &peer,
            hello: Some(&hello),
            standing: &Standing::Internet,
        };
        let mut command = MailFrom::new(ReversePath::parse(from).expect("a path"));
        command.body = BodyKind::EightBit;
        command.ret = Some(Ret::Headers);
        command.envid = Xtext::from_encoded("a+2Bb");
        let rcpts = recipients.iter().map(|path| RcptTo {
            path: ForwardPath::parse(path).expect("a path"),
            notify: Notify::parse("SUCCESS,DELAY"),
            orcpt: OriginalRecipient::parse("rfc822;x@contoso.com"),
        });
        let group = Address::parse("all@contoso.com").expect("an address");
        let rcpts = rcpts.map(|rcpt| Recipient::of(&rcpt, std::slice::from_ref(&group)));
        Mail::of_client(reception, &command, rcpts)
    }

    #[test]
    fn what_is_written_is_read_back() {
        for (from, to) in [
            ("a@example.net", "nora@contoso.com"),
            ("", "Postmaster"),
            ("\"a b\"@example.net", "\"n\\\"x\"@contoso.com"),
            ("jörg@example.net", "grün@contoso.com"),
        ] {
            let mail = mail(from, &[to]);
            let text = serde_json::to_string(&mail).expect("JSON");
            let read: Mail = serde_json::from_str(&text).expect("the same");
            assert_eq!(read, mail);
            let command = read.mail_from().expect("a command");
            assert_eq!(command.path, ReversePath::parse(from).expect("a path"));
            assert_eq!(command.body, BodyKind::EightBit);
            assert_eq!(command.ret, Some(Ret::Headers));
            assert_eq!(command.envid, Xtext::from_encoded("a+2Bb"));
            let rcpt = read.recipients[0].rcpt().expect("a command");
            assert_eq!(rcpt.path, ForwardPath::parse(to).expect("a path"));
            assert_eq!(rcpt.notify, Notify::parse("SUCCESS,DELAY"));
            let through = read.recipients[0].through().expect("a member");
            assert_eq!(through[0].canonical(), "all@contoso.com");
            assert_eq!(read.peer().ip(), mail.client);
            assert!(read.hello().is_some_and(|hello| hello.extended));
        }
    }

    #[test]
    fn what_was_found_out_of_a_sender_is_read_back_and_need_not_be_there() {
        use authentication::{Arc, Dkim, DkimFault, Dmarc, DmarcPolicy, Outcome, Spf, Through};

        let verdict = Verdict {
            mail_from: Some(Spf {
                outcome: Outcome::SoftFail,
                domain: "example.net".to_owned(),
            }),
            helo: Spf {
                outcome: Outcome::None,
                domain: "client.example.net".to_owned(),
            },
            dkim: vec![Dkim {
                outcome: Outcome::Fail,
                domain: "example.net".to_owned(),
                selector: "s".to_owned(),
                signature: "b".to_owned(),
                fault: Some(DkimFault::Body),
            }],
            left_out: 3,
            dmarc: Dmarc {
                outcome: Outcome::Pass,
                from: "example.net".to_owned(),
                policy: Some(DmarcPolicy::Quarantine),
                testing: true,
                through: Some(Through::Both),
            },
            authors: vec!["example.net".to_owned()],
            arc: Arc {
                outcome: Outcome::Pass,
                sets: 2,
                sealer: "example.org".to_owned(),
            },
            told_by: Some("filter.example".to_owned()),
        };
        let plain = mail("a@example.net", &["nora@contoso.com"]);
        let text = serde_json::to_string(&plain).expect("JSON");
        assert!(!text.contains("verdict"), "what a former version wrote");
        let mail = plain.verified(Some(&verdict));
        let text = serde_json::to_string(&mail).expect("JSON");
        let read: Mail = serde_json::from_str(&text).expect("the same");
        assert_eq!(read.verdict.as_deref(), Some(&verdict));
    }
}
