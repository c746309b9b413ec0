//! What a speaker says in a scene, and what it hears.

use testbed::client::{Client, ClientError};
use testbed::reply::Reply;
use testbed::sink::WaitError;

use super::house::{Houses, announced};
use super::scene::{Manner, Scene};

/// The replies to one transaction.
#[derive(Debug)]
pub(super) struct Heard {
    pub(super) mail: Reply,
    /// One to each RCPT.
    pub(super) recipients: Vec<Reply>,
    /// To the end of data, or to whatever was refused before it; `None`: no recipient was taken.
    pub(super) end: Option<Reply>,
    /// To QUIT: if anything else had been answered in between, this would be that answer.
    pub(super) goodbye: Reply,
}

/// Why there was no dialog to its end.
#[derive(Debug, thiserror::Error)]
pub(super) enum DialogError {
    #[error("the client was {0}")]
    Client(#[from] ClientError),
    #[error("the gateway did not pass on what it had: {0}")]
    Streaming(#[from] WaitError),
    #[error("nobody moved: {0}")]
    Moving(String),
}

/// A transaction whose envelope has been answered.
#[derive(Debug)]
pub(super) struct Begun {
    client: Client,
    mail: Reply,
    recipients: Vec<Reply>,
}

/// Says the envelope of the scene.
pub(super) async fn begin(mut client: Client, scene: &Scene) -> Result<Begun, DialogError> {
    let mail = client.mail_with(scene.from, scene.parameters).await?;
    let mut recipients = Vec::with_capacity(scene.to.len());
    if mail.is_positive() {
        for recipient in &scene.to {
            recipients.push(client.rcpt(recipient.path).await?);
        }
    }
    Ok(Begun {
        client,
        mail,
        recipients,
    })
}

impl Begun {
    /// Sends the letter in the manner of the scene, then QUIT.
    pub(super) async fn end(
        mut self,
        scene: &Scene,
        letter: &[u8],
        houses: &Houses,
    ) -> Result<Heard, DialogError> {
        let end = if self.recipients.iter().any(Reply::is_positive) {
            Some(content(&mut self.client, &scene.manner, letter, houses).await?)
        } else {
            None
        };
        let goodbye = self.client.quit().await?;
        Ok(Heard {
            mail: self.mail,
            recipients: self.recipients,
            end,
            goodbye,
        })
    }
}

async fn content(
    client: &mut Client,
    manner: &Manner,
    letter: &[u8],
    houses: &Houses,
) -> Result<Reply, DialogError> {
    match manner {
        Manner::Data => Ok(client.data(letter).await?),
        Manner::Chunks(octets) => chunks(client, letter, *octets).await,
        Manner::Raw(octets) => {
            let start = client.data_raw(octets).await?;
            if start.code == 354 {
                Ok(client.read_reply().await?)
            } else {
                Ok(start)
            }
        }
        Manner::Returned(house) => {
            let last = houses.at(*house).messages().pop();
            Ok(client
                .data(last.as_ref().map_or(letter, |message| &message.content))
                .await?)
        }
        Manner::HalfAndHalf(house) => {
            let (first, second) = letter.split_at(letter.len() / 2);
            let sink = houses.at(*house);
            let before = sink.connections().iter().map(announced).sum::<usize>();
            let start = client.data_raw(first).await?; // a letter sent so has no line that begins with a dot
            if start.code != 354 {
                return Ok(start);
            }
            let wanted = before + first.len() / 2;
            let passed_on = "part of a message whose end its sender keeps back";
            sink.wait_until(passed_on, |book| {
                book.connections().iter().map(announced).sum::<usize>() >= wanted
            })
            .await?;
            client.send_raw(second).await?;
            client.send_raw(b".\r\n").await?;
            Ok(client.read_reply().await?)
        }
    }
}

async fn chunks(client: &mut Client, letter: &[u8], octets: usize) -> Result<Reply, DialogError> {
    let mut chunks = letter.chunks(octets).peekable();
    while let Some(chunk) = chunks.next() {
        if chunks.peek().is_none() {
            return Ok(client.bdat_last(chunk).await?);
        }
        let reply = client.bdat(chunk).await?;
        if !reply.is_positive() {
            return Ok(reply);
        }
    }
    Ok(client.bdat_last(b"").await?)
}
