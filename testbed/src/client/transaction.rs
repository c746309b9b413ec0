//! One mail transaction (RFC 5321 §3.3, RFC 3030 §2).

use super::{Client, ClientError};
use crate::reply::Reply;

/// The replies to one transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// To MAIL.
    pub mail: Reply,
    /// To each RCPT.
    pub recipients: Vec<Reply>,
    /// To the end of data, or to DATA when that was refused; `None`: no recipient was accepted.
    pub end: Option<Reply>,
}

impl Delivery {
    /// The message was taken for at least one recipient.
    pub fn is_accepted(&self) -> bool {
        self.end.as_ref().is_some_and(Reply::is_positive)
    }

    /// The reply that decided: to the end of data, or the last before the transaction was given up.
    pub fn verdict(&self) -> &Reply {
        self.end
            .as_ref()
            .or(self.recipients.last())
            .unwrap_or(&self.mail)
    }
}

impl Client {
    /// Sends `MAIL FROM:<path>`.
    pub async fn mail(&mut self, path: &str) -> Result<Reply, ClientError> {
        self.command(&format!("MAIL FROM:<{path}>")).await
    }

    /// Sends `MAIL FROM:<path> parameters`.
    pub async fn mail_with(&mut self, path: &str, parameters: &str) -> Result<Reply, ClientError> {
        self.command(format!("MAIL FROM:<{path}> {parameters}").trim_end())
            .await
    }

    /// Sends `RCPT TO:<path>`.
    pub async fn rcpt(&mut self, path: &str) -> Result<Reply, ClientError> {
        self.command(&format!("RCPT TO:<{path}>")).await
    }

    /// Sends `RCPT TO:<path> parameters`.
    pub async fn rcpt_with(&mut self, path: &str, parameters: &str) -> Result<Reply, ClientError> {
        self.command(format!("RCPT TO:<{path}> {parameters}").trim_end())
            .await
    }

    /// Sends DATA and, after 354, the content with its dots stuffed and the terminator. The reply is that to the end of
    /// data, or to DATA when that was no 354.
    pub async fn data(&mut self, content: &[u8]) -> Result<Reply, ClientError> {
        let reply = self.command("DATA").await?;
        if reply.code == 354 {
            self.content(content).await
        } else {
            Ok(reply)
        }
    }

    /// After a 354: sends the content with its dots stuffed and the terminator, and reads the reply.
    pub async fn content(&mut self, content: &[u8]) -> Result<Reply, ClientError> {
        self.last = format!("the dot after {} octets", content.len());
        self.write(&stuffed(content)).await?;
        self.read_reply().await
    }

    /// Sends DATA and, after 354, these octets as they are: nothing stuffed, nothing terminated, no reply read. The reply
    /// is that to DATA.
    pub async fn data_raw(&mut self, octets: &[u8]) -> Result<Reply, ClientError> {
        let reply = self.command("DATA").await?;
        if reply.code == 354 {
            self.send_raw(octets).await?;
        }
        Ok(reply)
    }

    /// Sends one chunk that is not the last, and reads the reply.
    pub async fn bdat(&mut self, chunk: &[u8]) -> Result<Reply, ClientError> {
        self.chunk(&format!("BDAT {}", chunk.len()), chunk).await
    }

    /// Sends the last chunk, and reads the reply.
    pub async fn bdat_last(&mut self, chunk: &[u8]) -> Result<Reply, ClientError> {
        self.chunk(&format!("BDAT {} LAST", chunk.len()), chunk)
            .await
    }

    /// Sends a message by DATA, one command after the other. A transaction that is refused before its content ends in RSET.
    pub async fn deliver(
        &mut self,
        from: &str,
        to: &[&str],
        content: &[u8],
    ) -> Result<Delivery, ClientError> {
        self.deliver_with(from, "", to, content).await
    }

    /// As [`Self::deliver`], with parameters for MAIL.
    pub async fn deliver_with(
        &mut self,
        from: &str,
        parameters: &str,
        to: &[&str],
        content: &[u8],
    ) -> Result<Delivery, ClientError> {
        let mail = self.mail_with(from, parameters).await?;
        let mut delivery = Delivery {
            mail,
            recipients: Vec::new(),
            end: None,
        };
        if delivery.mail.is_positive() {
            for path in to {
                delivery.recipients.push(self.rcpt(path).await?);
            }
        }
        if delivery.recipients.iter().any(Reply::is_positive) {
            let data = self.command("DATA").await?;
            let begun = data.code == 354;
            delivery.end = Some(if begun {
                self.content(content).await?
            } else {
                data
            });
            if begun {
                return Ok(delivery);
            }
        }
        // What was begun is given up, unless the server is about to close.
        if delivery.verdict().code != 421 {
            self.command("RSET").await?;
        }
        Ok(delivery)
    }

    async fn chunk(&mut self, command: &str, chunk: &[u8]) -> Result<Reply, ClientError> {
        self.last = format!("{command:?}");
        // Command and chunk in one write, as a sender that pipelines does.
        self.write(&[command.as_bytes(), b"\r\n", chunk].concat())
            .await?;
        self.read_reply().await
    }
}

/// The content as it goes over the wire in DATA, with the terminator (RFC 5321 §4.5.2). Content that does not end in CRLF
/// gets one.
pub(crate) fn stuffed(content: &[u8]) -> Vec<u8> {
    let mut wire = Vec::with_capacity(content.len() + content.len() / 64 + 8);
    let mut rest = content;
    loop {
        if rest.starts_with(b".") {
            wire.push(b'.');
        }
        let end = rest
            .windows(2)
            .position(|pair| pair == b"\r\n")
            .map_or(rest.len(), |at| at + 2);
        wire.extend_from_slice(&rest[..end]);
        rest = &rest[end..];
        if rest.is_empty() {
            break;
        }
    }
    if !content.is_empty() && !content.ends_with(b"\r\n") {
        wire.extend_from_slice(b"\r\n");
    }
    wire.extend_from_slice(b".\r\n");
    wire
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_stuffed_at_the_beginning_of_lines_only() {
        let check = |content: &str, expected: &str| {
            assert_eq!(
                String::from_utf8_lossy(&stuffed(content.as_bytes())),
                expected,
                "{content:?}"
            );
        };
        check("", ".\r\n");
        check("a\r\n", "a\r\n.\r\n");
        check("a", "a\r\n.\r\n");
        check(".\r\n", "..\r\n.\r\n");
        check(".a\r\n..b\r\nc.\r\n", "..a\r\n...b\r\nc.\r\n.\r\n");
        check("a\r\n\r\n.", "a\r\n\r\n..\r\n.\r\n");
        check("a\n.b\r\n", "a\n.b\r\n.\r\n");
    }
}
