//! A hop, or somebody on the way to it, that keeps TLS from coming about: for each mode, what still goes in clear.

use testbed::sink::{Act, Script, Stage, StartTls};
use testbed::tls::ServerTls;

use crate::scene::{INTERNET, Scene, message};

/// What becomes of TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stripping {
    /// STARTTLS is not offered.
    Absent,
    /// It is offered, and refused with this.
    Refused(u16),
    /// It is granted, and then clear text goes on.
    GrantedInClear,
    /// The connection ends instead of the handshake.
    Closed,
}

const ALL: [Stripping; 6] = [
    Stripping::Absent,
    Stripping::Refused(454),
    Stripping::Refused(500),
    Stripping::Refused(502),
    Stripping::GrantedInClear,
    Stripping::Closed,
];

impl Stripping {
    fn apply(self, script: &mut Script, tls: ServerTls) -> &mut Script {
        let script = script.starttls(match self {
            Self::Absent => StartTls::Absent,
            _ => StartTls::Offered(tls),
        });
        match self {
            Self::Absent => script,
            Self::Refused(code) => {
                let class = code / 100;
                script.on(
                    Stage::StartTls,
                    Act::reply(code, &format!("{class}.7.0 not now")),
                )
            }
            Self::GrantedInClear => script.on(
                Stage::StartTls,
                Act::raw(&b"220 2.0.0 go on\r\n250 ok\r\n"[..]),
            ),
            Self::Closed => script.on(Stage::StartTls, Act::close()),
        }
    }
}

#[tokio::test]
async fn nothing_goes_in_clear_where_tls_was_offered_or_is_demanded() {
    let mut cells = 0;
    for mode in ["none", "opportunistic", "encrypt", "verify", "mutual"] {
        for stripping in ALL {
            let scene = Scene::with(|setup| {
                let names = "server_names = [\"mail.protection.outlook.com\"]";
                setup.notes_tls = match mode {
                    "verify" | "mutual" => format!("mode = {mode:?}\n{names}"),
                    _ => format!("mode = {mode:?}"),
                };
            })
            .await;
            let tls = scene.notary.cloud_hop();
            scene.notes.script(|script| stripping.apply(script, tls));
            let mut client = scene.client(INTERNET).await;
            let delivery = client
                .deliver("a@example.net", &["nora@contoso.com"], &message("x"))
                .await
                .expect("a dialog");
            // Only what was never secured, by the configuration or for want of an offer, is said in clear.
            let in_clear =
                mode == "none" || (mode == "opportunistic" && stripping == Stripping::Absent);
            let what = format!("{mode}, {stripping:?}: {:?}", delivery.verdict());
            assert_eq!(
                delivery.verdict().code,
                if in_clear { 250 } else { 451 },
                "{what}"
            );
            let connections = scene.notes.connections();
            let commands = connections.iter().flat_map(|one| &one.commands);
            let envelopes = commands.filter(|line| line.starts_with("MAIL")).count();
            assert_eq!(envelopes, usize::from(in_clear), "{what}");
            assert_eq!(
                scene.notes.messages().len(),
                usize::from(in_clear),
                "{what}"
            );
            cells += 1;
        }
    }
    println!("{cells} ways to keep a hop from TLS");
    assert_eq!(cells, 5 * ALL.len());
}
