//! The other end: an operator's program.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;

use super::protocol::{self, Answer, NotALine, Request};
use super::socket_path;

/// Connected to a gateway that runs.
#[derive(Debug)]
pub(crate) struct Client {
    stream: BufReader<UnixStream>,
}

/// Why nobody answers.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unheard {
    #[error("the gateway does not run")]
    NotRunning,
    #[error("{0}")]
    Forbidden(io::Error),
    #[error("the gateway cannot be reached: {0}")]
    Lost(#[from] io::Error),
    #[error("the gateway ended, or hung up, in the middle")]
    HungUp,
    #[error(transparent)]
    NotALine(#[from] NotALine),
}

impl Client {
    /// To the gateway whose `state_dir` this is.
    pub(crate) fn connect(state_dir: &Path) -> Result<Self, Unheard> {
        match UnixStream::connect(socket_path(state_dir)) {
            Ok(stream) => Ok(Self {
                stream: BufReader::new(stream),
            }),
            Err(error) => Err(match error.kind() {
                io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => Unheard::NotRunning,
                io::ErrorKind::PermissionDenied => Unheard::Forbidden(error),
                _ => Unheard::Lost(error),
            }),
        }
    }

    pub(crate) fn say(&mut self, request: &Request) -> Result<(), Unheard> {
        Ok(self.stream.get_mut().write_all(&protocol::write(request))?)
    }

    /// The next answer; `None`: that was all.
    pub(crate) fn hear(&mut self) -> Result<Option<Answer>, Unheard> {
        let mut line = Vec::new();
        self.stream.read_until(b'\n', &mut line)?;
        if line.last() != Some(&b'\n') {
            return Err(Unheard::HungUp);
        }
        match protocol::read(&line)? {
            Answer::End {} => Ok(None),
            answer => Ok(Some(answer)),
        }
    }
}
