//! A connection to one server of a directory, bound and ready to search.

use std::fmt;
use std::future::{Future, poll_fn};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, LdapError, StdStream};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;

use super::link::{End, carry};
use super::{Access, Server, outcome, tls};
use crate::source::{SourceError, Wait};

/// A connection. It moves only while one of its methods is awaited.
pub struct Connection {
    server: Server,
    ldap: Ldap,
    /// What carries and sorts the messages; nothing once it has ended.
    driver: Option<Pin<Box<dyn Future<Output = End>>>>,
    end: Option<End>,
    answer: Duration,
}

impl Connection {
    /// Connects to the first server that takes it, and binds. A server that refuses the password is the last one
    /// asked: the others would refuse it too, and count the attempts.
    pub async fn open(access: &Access) -> Result<Self, SourceError> {
        let mut failed = Vec::new();
        for server in &access.servers {
            match Self::open_at(access, server).await {
                Err(error) if error.is_of_one_server() => failed.push(error),
                opened => return opened,
            }
        }
        match failed.len() {
            0 => Err(SourceError::Setting("there is no server".to_owned())),
            1 => Err(failed.remove(0)),
            _ => Err(SourceError::Servers(failed)),
        }
    }

    /// Connects to this server, and binds.
    pub async fn open_at(access: &Access, server: &Server) -> Result<Self, SourceError> {
        let patience = access.patience;
        let reached = timeout(patience.connect, reach(access, server)).await;
        let driver = reached.unwrap_or_else(|_| {
            Err(SourceError::Silent {
                server: server.to_string(),
                wait: Wait::Connect,
                seconds: patience.connect.as_secs(),
            })
        })?;
        let (ldap, driver) = driver;
        let mut connection = Self {
            server: server.clone(),
            ldap,
            driver: Some(driver),
            end: None,
            answer: patience.answer,
        };
        connection.bind(access).await?;
        Ok(connection)
    }

    /// The server at its other end.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// An anonymous bind is said as well (RFC 4513 §5.1.1): a server that takes none refuses here, and not in the
    /// middle of a round.
    async fn bind(&mut self, access: &Access) -> Result<(), SourceError> {
        let secret = match &access.login {
            Some(login) => Some((login.dn.as_str(), login.password.reveal()?)),
            None => None,
        };
        let (dn, password) = match &secret {
            Some((dn, password)) => (*dn, password.as_str()),
            None => ("", ""),
        };
        let mut ldap = self.handle();
        let result = self.answered(ldap.simple_bind(dn, password)).await?;
        outcome::judge(&self.server, &result, "")
    }

    pub(super) fn handle(&self) -> Ldap {
        self.ldap.clone()
    }

    /// Waits for an answer as long as an answer may take.
    pub(super) async fn answered<T>(
        &mut self,
        operation: impl Future<Output = Result<T, LdapError>>,
    ) -> Result<T, SourceError> {
        let answered = timeout(self.answer, self.awaited(operation)).await;
        answered.unwrap_or_else(|_| Err(self.silent()))
    }

    pub(crate) fn answer_wait(&self) -> Duration {
        self.answer
    }

    /// What it is when an answer does not come.
    pub(crate) fn silent(&self) -> SourceError {
        SourceError::Silent {
            server: self.server.to_string(),
            wait: Wait::Answer,
            seconds: self.answer.as_secs(),
        }
    }

    /// Waits for an answer while the connection moves. A message whose shape is so wrong that its reader gives up is
    /// an error like any other.
    pub(crate) async fn awaited<T>(
        &mut self,
        operation: impl Future<Output = Result<T, LdapError>>,
    ) -> Result<T, SourceError> {
        let mut operation = pin!(operation);
        let (driver, end) = (&mut self.driver, &mut self.end);
        let answer = poll_fn(|context| {
            let polled = catch_unwind(AssertUnwindSafe(|| {
                if let Poll::Ready(answer) = operation.as_mut().poll(context) {
                    return Poll::Ready(answer);
                }
                if let Some(moving) = driver
                    && let Poll::Ready(ended) = moving.as_mut().poll(context)
                {
                    *driver = None;
                    *end = Some(ended);
                }
                operation.as_mut().poll(context)
            }));
            match polled {
                Ok(polled) => polled.map(Some),
                Err(_) => Poll::Ready(None),
            }
        })
        .await;
        match answer {
            Some(Ok(answer)) => Ok(answer),
            Some(Err(error)) => Err(self.explain(error)),
            None => {
                self.driver = None;
                Err(SourceError::malformed(
                    "a message has another shape than RFC 4511 gives it",
                ))
            }
        }
    }

    /// What an error of an operation comes from.
    fn explain(&self, error: LdapError) -> SourceError {
        let server = || self.server.to_string();
        let lost = |error| SourceError::Lost {
            server: server(),
            error,
        };
        match (error, &self.end) {
            (LdapError::FilterParsing, _) => {
                SourceError::Setting("the filter is none in the form of RFC 4515".to_owned())
            }
            (_, Some(End::Closed | End::Ours)) => lost(io::ErrorKind::UnexpectedEof.into()),
            (_, Some(End::Io(error))) => lost(io::Error::new(error.kind(), error.to_string())),
            (_, Some(End::NotLdap)) => SourceError::malformed("what came is no LDAP message"),
            (_, Some(End::TooLong)) => SourceError::MessageTooLong { server: server() },
            (LdapError::Io { source }, None) => lost(source),
            (other, None) => SourceError::malformed(other.to_string()),
        }
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Connection({})", self.server)
    }
}

type Reached = (Ldap, Pin<Box<dyn Future<Output = End>>>);

async fn reach(access: &Access, server: &Server) -> Result<Reached, SourceError> {
    let connected = TcpStream::connect((server.host(), server.port())).await;
    let mut stream = connected.map_err(|error| SourceError::Unreachable {
        server: server.to_string(),
        error,
    })?;
    // Small questions are not to wait for company.
    _ = stream.set_nodelay(true);
    if !server.is_tls() && access.start_tls {
        tls::start(server, &mut stream).await?;
    }
    match server.is_tls() || access.start_tls {
        true => driven(tls::secure(access, server, stream).await?).await,
        false => driven(stream).await,
    }
}

/// Puts ldap3 at the other end of a pair of sockets.
async fn driven(stream: impl AsyncRead + AsyncWrite + 'static) -> Result<Reached, SourceError> {
    let inside = |error: io::Error| SourceError::Inside(error.to_string());
    let (ours, theirs) = std::os::unix::net::UnixStream::pair().map_err(inside)?;
    ours.set_nonblocking(true).map_err(inside)?;
    let ours = UnixStream::from_std(ours).map_err(inside)?;
    let settings = LdapConnSettings::new().set_std_stream(StdStream::Unix(theirs));
    let (messages, ldap) = LdapConnAsync::with_settings(settings, "ldapi:///")
        .await
        .map_err(|error| SourceError::Inside(error.to_string()))?;
    let driver = async move {
        // When the server ends, what it sent before is still read.
        let (end, _) = tokio::join!(carry(stream, ours), messages.drive());
        end
    };
    Ok((ldap, Box::pin(driver)))
}
