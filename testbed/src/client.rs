//! A dumb SMTP client: it sends what it is told and reports what came back.
//!
//! It checks next to nothing, so that a test can break every rule of RFC 5321 with it.

mod error;
mod talk;
mod transaction;

#[cfg(test)]
mod tests;

use std::net::{IpAddr, SocketAddr};

use tokio::net::TcpSocket;

use crate::deadline::within;
use crate::reply::Reply;
use crate::tls::{ClientTls, TlsInfo};
use crate::transport::Transport;
use crate::wire::Wire;

pub use error::{ClientError, Fault, Task};
pub use talk::{Ending, Manner};
pub use transaction::Delivery;

/// One connection to an SMTP server.
///
/// ```no_run
/// # async fn example(gateway: std::net::SocketAddr, authority: &testbed::certificates::Authority)
/// # -> Result<(), testbed::client::ClientError> {
/// use testbed::client::Client;
/// use testbed::tls::ClientTls;
///
/// let mut client = Client::connect(gateway).await?; // the greeting has been read
/// client.ehlo("client.example").await?;
/// assert!(client.offers("STARTTLS"));
/// let mut client = client.starttls(&ClientTls::trusting([authority], "mx.contoso.com")).await?;
/// client.ehlo("client.example").await?;
/// assert_eq!(client.mail("sender@fabrikam.com").await?.code, 250);
/// assert_eq!(client.rcpt("anna.berg@contoso.com").await?.code, 250);
/// assert_eq!(client.data(b"Subject: x\r\n\r\n.dot\r\n").await?.code, 250);
/// client.quit().await?;
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Client {
    wire: Wire,
    greeting: Option<Reply>,
    keywords: Vec<String>,
    tls: Option<TlsInfo>,
    /// What was said last, for errors.
    last: String,
}

impl Client {
    /// Connects and reads a greeting of 220.
    pub async fn connect(server: SocketAddr) -> Result<Self, ClientError> {
        Self::open(server).await?.greeted().await
    }

    /// As [`Self::connect`], from this address of ours (all of 127.0.0.0/8 is ours).
    pub async fn connect_from(source: IpAddr, server: SocketAddr) -> Result<Self, ClientError> {
        Self::open_from(Some(source), server).await?.greeted().await
    }

    /// As [`Self::connect_from`], but says these octets before it waits for the greeting, as a balancer does.
    pub async fn announced_from(
        source: IpAddr,
        server: SocketAddr,
        header: &[u8],
    ) -> Result<Self, ClientError> {
        let mut client = Self::open_from(Some(source), server).await?;
        client.send_raw(header).await?;
        client.greeted().await
    }

    /// Connects and reads nothing.
    pub async fn open(server: SocketAddr) -> Result<Self, ClientError> {
        Self::open_from(None, server).await
    }

    /// As [`Self::open`], from this address of ours.
    pub async fn open_from(
        source: Option<IpAddr>,
        server: SocketAddr,
    ) -> Result<Self, ClientError> {
        let last = format!("a connection to {server}");
        let connect = async {
            let socket = if server.is_ipv4() {
                TcpSocket::new_v4()
            } else {
                TcpSocket::new_v6()
            }?;
            if let Some(source) = source {
                socket.bind(SocketAddr::new(source, 0))?;
            }
            Transport::new(socket.connect(server).await?)
        };
        let transport = within(connect)
            .await
            .map_err(|_| Fault::Silence)
            .and_then(|c| c.map_err(Fault::Io));
        match transport {
            Ok(transport) => Ok(Self {
                wire: Wire::new(transport),
                greeting: None,
                keywords: Vec::new(),
                tls: None,
                last,
            }),
            Err(fault) => Err(ClientError {
                task: Task::Connect,
                last,
                fault,
            }),
        }
    }

    async fn greeted(mut self) -> Result<Self, ClientError> {
        self.greeting = Some(self.expect(220).await?);
        Ok(self)
    }

    /// The greeting that [`Self::connect`] read.
    pub fn greeting(&self) -> Option<&Reply> {
        self.greeting.as_ref()
    }

    /// Our end of the connection.
    pub fn local_addr(&self) -> Result<SocketAddr, ClientError> {
        self.wire
            .transport()
            .local_addr()
            .map_err(|e| self.error(Task::Connect, Fault::Io(e)))
    }

    /// Sends EHLO and notes the keywords that the reply offers.
    pub async fn ehlo(&mut self, name: &str) -> Result<Reply, ClientError> {
        let reply = self.command(&format!("EHLO {name}")).await?;
        self.keywords = if reply.code == 250 {
            reply.lines.iter().skip(1).cloned().collect()
        } else {
            Vec::new()
        };
        Ok(reply)
    }

    /// Sends HELO.
    pub async fn helo(&mut self, name: &str) -> Result<Reply, ClientError> {
        self.keywords.clear();
        self.command(&format!("HELO {name}")).await
    }

    /// Whether the last EHLO reply offered this keyword.
    pub fn offers(&self, keyword: &str) -> bool {
        self.keyword(keyword).is_some()
    }

    /// The parameters of an offered keyword: `Some("1000")` for `SIZE 1000`, `Some("")` for `PIPELINING`.
    pub fn keyword(&self, keyword: &str) -> Option<&str> {
        self.keywords.iter().find_map(|line| {
            let (name, parameters) = line.split_once(' ').unwrap_or((line, ""));
            name.eq_ignore_ascii_case(keyword).then_some(parameters)
        })
    }

    /// The keyword lines of the last EHLO reply.
    pub fn keywords(&self) -> &[String] {
        &self.keywords
    }

    /// Sends STARTTLS, wants 220 and shakes hands (RFC 3207). A client whose handshake failed is gone; to see a refusal and
    /// go on in clear, send the command by [`Self::command`].
    pub async fn starttls(mut self, tls: &ClientTls) -> Result<Self, ClientError> {
        self.send_line("STARTTLS").await?;
        self.expect(220).await?;
        self.secure(tls).await
    }

    /// Shakes hands at once. Octets that came in clear before are an error: nothing may follow the 220.
    ///
    /// In TLS 1.3 our end is ready before the server has judged our certificate: its refusal is seen on the next read.
    pub async fn secure(self, tls: &ClientTls) -> Result<Self, ClientError> {
        let Self {
            wire,
            greeting,
            last,
            ..
        } = self;
        let fail = |fault| {
            Err(ClientError {
                task: Task::Handshake,
                last: last.clone(),
                fault,
            })
        };
        let octets = wire.pending().len();
        if octets > 0 {
            return fail(Fault::ClearText { octets });
        }
        let handshake = within(wire.into_transport().connect(tls)).await;
        match handshake
            .map_err(|_| Fault::Silence)
            .and_then(|h| h.map_err(Fault::Io))
        {
            Ok((transport, info)) => Ok(Self {
                wire: Wire::new(transport),
                greeting,
                keywords: Vec::new(),
                tls: Some(info),
                last,
            }),
            Err(fault) => fail(fault),
        }
    }

    /// What the handshake came to; `None`: we speak in clear.
    pub fn tls(&self) -> Option<&TlsInfo> {
        self.tls.as_ref()
    }

    fn error(&self, task: Task, fault: Fault) -> ClientError {
        ClientError {
            task,
            last: self.last.clone(),
            fault,
        }
    }
}
