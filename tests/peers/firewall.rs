//! What other people's readers find in the header of mail that has passed the firewall, whoever sent it, wherever it went.

use std::io::Write as _;

use mail_parser::MessageParser;
use testbed::client::Client;
use testbed::sink::Sink;

use super::{Peer, program, python, require};
use crate::hostile::Dice;
use crate::hostile::header::{ATTACHED, Piece, header};
use crate::scene::{INTERNET, NOTES, OTHER_TENANT, Scene, TENANT};

/// Prints, for each message on its input, what Python's parsers find: its field names, and under which names it has results
/// (RFC 8601, read by authres). Each message comes behind its length.
const READER: &str = r#"
import sys, json, email, email.policy, authres
def results(value):
    try:
        return authres.AuthenticationResultsHeader.parse_value(" ".join(str(value).split())).authserv_id
    except Exception:
        return None
data = sys.stdin.buffer.read()
while data:
    length, _, data = data.partition(b"\n")
    octets, data = data[:int(length)], data[int(length):]
    names, under = set(), set()
    for policy in (email.policy.compat32, email.policy.default, email.policy.SMTPUTF8):
        message = email.message_from_bytes(octets, policy=policy)
        for name in message.keys():
            names.add(name)
        for name, value in message._headers:
            if name.strip().lower() == "authentication-results":
                under.add(results(value))
    print(json.dumps({"names": sorted(names), "under": sorted(one for one in under if one)}))
"#;

/// One message as a hop got it.
struct Got {
    octets: Vec<u8>,
    /// It came from an Exchange system, proven with its tenant, and stays in the house.
    is_trusted: bool,
    told: String,
}

fn is_forbidden(name: &str) -> bool {
    let graphic = |c: &char| c.is_ascii_graphic();
    let name: String = name
        .chars()
        .filter(graphic)
        .collect::<String>()
        .to_ascii_lowercase();
    let prefixes = ["organization-", "crosspremises-", "crosstenant-", "forest-"];
    let below = name.strip_prefix("x-ms-exchange-");
    name == "x-originatororg"
        || below.is_some_and(|rest| prefixes.iter().any(|one| rest.starts_with(one)))
}

/// The names that mail-parser finds.
fn names(octets: &[u8]) -> Vec<String> {
    let message = MessageParser::default().parse(octets).expect("a message");
    let names = message
        .headers()
        .iter()
        .map(|header| header.name().to_owned());
    names.collect()
}

/// Who sends, to whom, and what becomes of forbidden fields.
struct Leg<'a> {
    client: Client,
    /// A field that the origin has to have.
    tenant: Option<&'a str>,
    to: &'a str,
    sink: &'a Sink,
    is_strange: bool,
    is_trusted: bool,
}

impl Leg<'_> {
    /// Sends the pieces, and compares what arrives octet by octet.
    async fn carry(&mut self, pieces: &[Piece], told: String) -> Option<Got> {
        let tenant = self
            .tenant
            .map(|tenant| format!("X-MS-Exchange-CrossTenant-Id: {tenant}\r\n"));
        let tenant = tenant.unwrap_or_default().into_bytes();
        let all = pieces.iter().flat_map(|piece| piece.raw.clone());
        let sent: Vec<u8> = tenant
            .iter()
            .copied()
            .chain(all)
            .chain(ATTACHED.iter().copied())
            .collect();
        let delivery = self
            .client
            .deliver("a@contoso.com", &[self.to], &sent)
            .await;
        let delivery = delivery.expect("a dialog");
        let is_broken = pieces.iter().any(|piece| piece.broken);
        assert_eq!(
            delivery.is_accepted(),
            !(self.is_strange && is_broken),
            "{told}: {:?}",
            delivery.verdict()
        );
        if !delivery.is_accepted() {
            return None;
        }
        let got = self.sink.next_message().await.expect("it arrives");
        let is_results = |piece: &Piece| {
            let text = String::from_utf8_lossy(&piece.raw).to_ascii_lowercase();
            text.starts_with("authentication-results")
        };
        // A verdict in our name is nobody's to give.
        let stays = |piece: &&Piece| !piece.forbidden || self.is_trusted && !is_results(piece);
        let kept = pieces
            .iter()
            .filter(stays)
            .flat_map(|piece| piece.raw.clone());
        let tenant = if self.is_trusted { tenant } else { Vec::new() };
        let kept: Vec<u8> = tenant
            .into_iter()
            .chain(kept)
            .chain(ATTACHED.iter().copied())
            .collect();
        assert!(
            got.below(1) == kept,
            "{told}: {} became {}",
            sent.escape_ascii(),
            got.below(1).escape_ascii()
        );
        Some(Got {
            octets: got.below(0).to_vec(),
            is_trusted: self.is_trusted,
            told,
        })
    }
}

#[tokio::test]
async fn no_reader_finds_what_its_origin_may_not_say() {
    let Some(()) = require(&[Peer::Smtplib, Peer::Dkim]) else {
        return;
    };
    let scene = Scene::with(|setup| {
        setup.internet_from = Some("\"notes\", \"cloud\"".to_owned());
        setup.notes_tls = "mode = \"none\"".to_owned();
    })
    .await;
    let leg = |client, tenant, to, sink, is_strange, is_trusted| Leg {
        client,
        tenant,
        to,
        sink,
        is_strange,
        is_trusted,
    };
    let (nora, cleo, away) = (
        "nora@contoso.com",
        "cleo@contoso.com",
        "b@elsewhere.example",
    );
    let (notes, cloud, out) = (&scene.notes, &scene.cloud, &scene.smart_host);
    let proof = &scene.notary.cloud;
    let mut legs = [
        leg(scene.client(INTERNET).await, None, nora, notes, true, false),
        leg(scene.client(INTERNET).await, None, cleo, cloud, true, false),
        leg(scene.client(NOTES).await, None, cleo, cloud, false, false),
        leg(scene.client(NOTES).await, None, away, out, false, false),
        leg(
            scene.proven(proof).await,
            Some(TENANT),
            nora,
            notes,
            true,
            true,
        ),
        leg(
            scene.proven(proof).await,
            Some(TENANT),
            away,
            out,
            true,
            false,
        ),
        leg(
            scene.proven(proof).await,
            Some(OTHER_TENANT),
            nora,
            notes,
            true,
            false,
        ),
    ];
    let mut dice = Dice(41);
    let mut arrived = Vec::new();
    let mut sent = 0;
    for round in 0..ROUNDS {
        for (number, leg) in legs.iter_mut().enumerate() {
            let mut pieces = header(&mut dice);
            if leg.tenant.is_some() {
                // Two tenants are none: the origin would be the internet.
                let names_tenant = |piece: &Piece| {
                    let text = String::from_utf8_lossy(&piece.raw).to_ascii_lowercase();
                    text.contains("crosstenant-id")
                };
                pieces.retain(|piece| !names_tenant(piece));
            }
            sent += 1;
            arrived.extend(
                leg.carry(&pieces, format!("round {round}, leg {number}"))
                    .await,
            );
        }
    }
    let mut input = Vec::new();
    for got in &arrived {
        input.extend_from_slice(format!("{}\n", got.octets.len()).as_bytes());
        input.extend_from_slice(&got.octets);
    }
    let read = program::run(python::PYTHON, &["-I", "-c", READER], &input).await;
    let lines: Vec<serde_json::Value> = read
        .succeeded()
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(lines.len(), arrived.len(), "{}", read.errors);
    let (mut found, mut trusted) = (0, 0);
    for (got, line) in arrived.iter().zip(&lines) {
        let text = |key: &str| -> Vec<String> {
            let all = line[key].as_array().into_iter().flatten();
            all.filter_map(|one| Some(one.as_str()?.to_owned()))
                .collect()
        };
        let mut all = names(&got.octets);
        all.extend(text("names"));
        found += all.len();
        let forbidden: Vec<_> = all.iter().filter(|name| is_forbidden(name)).collect();
        trusted += usize::from(got.is_trusted && !forbidden.is_empty());
        assert!(
            got.is_trusted || forbidden.is_empty(),
            "{}: {forbidden:?}",
            got.told
        );
        let ours = |name: &String| {
            name.trim_end_matches('.')
                .eq_ignore_ascii_case("mx.contoso.com")
        };
        assert!(
            !text("under").iter().any(ours),
            "{}: results in our name",
            got.told
        );
    }
    assert!(
        trusted > ROUNDS / 2,
        "the readers see such fields where they may stand: {trusted}"
    );
    assert!(found > 10 * arrived.len(), "the readers read: {found}");
    let line = format!(
        "firewall: {sent} messages sent, {} arrived, no forbidden field found\n",
        arrived.len()
    );
    _ = std::io::stderr().write_all(line.as_bytes());
}

/// Of seven messages each.
const ROUNDS: usize = 120;
