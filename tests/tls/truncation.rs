//! A connection under TLS that ends in the middle of a message, politely or not: half a message is none.

use testbed::client::Client;
use twinmx::event::Fate;

use crate::scene::{INTERNET, Scene, message};

/// How the client leaves.
#[derive(Debug, Clone, Copy)]
enum Leaving {
    /// With a close_notify, as if that were the end of the message.
    Notified,
    /// As a cable that is cut: anybody on the way can do that (RFC 8446 §6.1).
    Truncated,
    Reset,
}

/// What has been said of the message by then.
#[derive(Debug, Clone, Copy)]
enum Said {
    /// Half of the content.
    HalfOfData,
    /// All of it but the end of the last line.
    DataWithoutItsEnd,
    /// More than we hold back, so that a hop has heard some of it.
    MuchData,
    /// Half of a chunk.
    HalfOfAChunk,
    /// Half of the last chunk.
    HalfOfTheLast,
    /// Whole chunks, and no last one.
    NoLastChunk,
}

impl Said {
    async fn say(self, client: &mut Client, letter: &[u8]) {
        let long = [
            letter,
            &b"0123456789 0123456789 0123456789\r\n".repeat(6000),
        ]
        .concat();
        let half = letter.len() / 2;
        let octets = match self {
            Self::HalfOfData => letter[..half].to_vec(),
            Self::DataWithoutItsEnd => [letter, b".\r"].concat(),
            Self::MuchData => long,
            Self::HalfOfAChunk => chunk(letter, half, ""),
            Self::HalfOfTheLast => chunk(letter, half, " LAST"),
            Self::NoLastChunk => [
                chunk(letter, letter.len(), ""),
                chunk(&long, long.len(), ""),
            ]
            .concat(),
        };
        match self {
            Self::HalfOfData | Self::DataWithoutItsEnd | Self::MuchData => {
                assert_eq!(client.command("DATA").await.expect("DATA").code, 354);
            }
            Self::HalfOfAChunk | Self::HalfOfTheLast | Self::NoLastChunk => {}
        }
        client.send_raw(&octets).await.expect("sent");
    }
}

/// A chunk that is announced whole, and comes as far as this.
fn chunk(content: &[u8], comes: usize, last: &str) -> Vec<u8> {
    let command = format!("BDAT {}{last}\r\n", content.len());
    [command.as_bytes(), &content[..comes]].concat()
}

#[tokio::test]
async fn half_a_message_is_never_delivered() {
    let mut cells = 0;
    for leaving in [Leaving::Notified, Leaving::Truncated, Leaving::Reset] {
        for said in [
            Said::HalfOfData,
            Said::DataWithoutItsEnd,
            Said::MuchData,
            Said::HalfOfAChunk,
            Said::HalfOfTheLast,
            Said::NoLastChunk,
        ] {
            let what = format!("{said:?}, {leaving:?}");
            let scene = Scene::start().await;
            let mut client = scene.proven(&scene.notary.cloud).await;
            client.mail("a@example.net").await.expect("MAIL");
            client.rcpt("nora@contoso.com").await.expect("RCPT");
            said.say(&mut client, &message("half")).await;
            match leaving {
                Leaving::Notified => client.half_close().await.expect("a close_notify"),
                Leaving::Truncated => client.abort(),
                Leaving::Reset => client.reset().expect("a reset"),
            }
            assert_eq!(scene.outcome().await.result, Fate::Deferred, "{what}");
            // Whatever came after it would have come by then.
            let whole = message("whole");
            let delivery = scene
                .client(INTERNET)
                .await
                .deliver("a@example.net", &["nora@contoso.com"], &whole)
                .await;
            assert!(delivery.expect("a dialog").is_accepted(), "{what}");
            let messages = scene.notes.messages();
            assert_eq!(messages.len(), 1, "{what}");
            assert_eq!(messages[0].below(1), whole, "{what}");
            cells += 1;
        }
    }
    println!("{cells} ways to end in the middle");
    assert_eq!(cells, 18);
}
