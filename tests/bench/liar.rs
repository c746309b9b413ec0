//! A relay that does one wrong thing to one message.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// What becomes of the hundredth message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lie {
    None,
    /// It is answered and thrown away.
    Lose,
    /// It is delivered twice.
    Double,
    /// One octet of its body is another.
    Change,
    /// It is delivered nowhere, and that is said.
    Refuse,
}

/// It takes connections until the test is over.
pub(crate) struct Liar {
    addr: SocketAddr,
}

impl Liar {
    pub(crate) fn start(hop: SocketAddr, lie: Lie) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let addr = listener.local_addr()?;
        let taken = Arc::new(AtomicU64::new(0));
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let taken = Arc::clone(&taken);
                // It ends with its client.
                thread::spawn(move || _ = serve(&client, hop, lie, &taken));
            }
        });
        Ok(Self { addr })
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.addr
    }
}

fn serve(client: &TcpStream, hop: SocketAddr, lie: Lie, taken: &AtomicU64) -> io::Result<()> {
    let mut say = client;
    let mut hop = Hop::connect(hop)?;
    let mut input = BufReader::new(client);
    say.write_all(b"220 liar.test\r\n")?;
    let mut line = Vec::new();
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        if !line.starts_with(b"DATA") {
            say.write_all(b"250 OK\r\n")?;
            continue;
        }
        say.write_all(b"354 Go ahead\r\n")?;
        let mut message = message(&mut input)?;
        let lie = match taken.fetch_add(1, Ordering::Relaxed) {
            99 => lie,
            _ => Lie::None,
        };
        match lie {
            Lie::None => hop.deliver(&message)?,
            Lie::Lose | Lie::Refuse => {}
            Lie::Double => {
                hop.deliver(&message)?;
                hop.deliver(&message)?;
            }
            Lie::Change => {
                let middle = message.len() / 2;
                message[middle] ^= 1;
                hop.deliver(&message)?;
            }
        }
        say.write_all(match lie {
            Lie::Refuse => b"554 No\r\n",
            _ => b"250 OK\r\n",
        })?;
    }
}

/// Up to the end of data and with it.
fn message(input: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut message = Vec::new();
    while !message.ends_with(b"\r\n.\r\n") {
        if input.read_until(b'\n', &mut message)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(message)
}

struct Hop {
    output: TcpStream,
    input: BufReader<TcpStream>,
}

impl Hop {
    fn connect(address: SocketAddr) -> io::Result<Self> {
        let output = TcpStream::connect(address)?;
        let input = BufReader::new(output.try_clone()?);
        let mut hop = Self { output, input };
        hop.hear()?;
        Ok(hop)
    }

    fn deliver(&mut self, message: &[u8]) -> io::Result<()> {
        for command in [
            "MAIL FROM:<>\r\n",
            "RCPT TO:<a@contoso.com>\r\n",
            "DATA\r\n",
        ] {
            self.output.write_all(command.as_bytes())?;
            self.hear()?;
        }
        self.output.write_all(message)?;
        self.hear()
    }

    fn hear(&mut self) -> io::Result<()> {
        self.input.read_line(&mut String::new()).map(drop)
    }
}
