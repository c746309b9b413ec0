//! OpenSSL's s_server as a hop. It knows nothing of SMTP: what is said in clear text, and what it says inside, are ours.

use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::task::JoinHandle;
use tokio::time::{interval, timeout};

use super::papers::Paper;
use crate::peers::{PATIENCE, free_address};

/// It demands a certificate and takes anybody's. It ends with the test.
pub(super) struct OpensslHop {
    address: SocketAddr,
    heard: Arc<Mutex<Vec<String>>>,
    _server: Child,
    tasks: [JoinHandle<()>; 2],
}

impl OpensslHop {
    pub(super) async fn start(paper: &Paper) -> Self {
        let inner = free_address();
        let at = inner.to_string();
        let mut server = Command::new("/usr/bin/openssl")
            .args(["s_server", "-quiet", "-accept", &at, "-Verify", "3"])
            .args(["-cipher", "ALL:@SECLEVEL=0"])
            .args(paper.arguments())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("openssl runs");
        let (input, output) = (server.stdin.take(), server.stdout.take());
        let heard = Arc::default();
        let inside = tokio::spawn(inside(
            input.expect("it was asked for"),
            output.expect("it was asked for"),
            Arc::clone(&heard),
        ));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let outside = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                _ = in_clear(socket, inner).await; // a handshake that fails is what is wanted
            }
        });
        Self {
            address,
            heard,
            _server: server,
            tasks: [inside, outside],
        }
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Every line that came through TLS.
    pub(super) fn heard(&self) -> Vec<String> {
        self.heard.lock().expect("no panic").clone()
    }
}

impl Drop for OpensslHop {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// Everything up to STARTTLS; what comes then is OpenSSL's.
async fn in_clear(mut socket: TcpStream, inner: SocketAddr) -> std::io::Result<()> {
    let mut server = connected(inner).await;
    socket.write_all(b"220 openssl.test\r\n").await?;
    for reply in ["250-openssl.test\r\n250 STARTTLS\r\n", "220 go on\r\n"] {
        let mut line = String::new();
        // What we say last is not read ahead: the client waits for it.
        BufReader::new(&mut socket).read_line(&mut line).await?;
        socket.write_all(reply.as_bytes()).await?;
    }
    copy_bidirectional(&mut socket, &mut server).await?;
    Ok(())
}

/// It may still be on its way up.
async fn connected(address: SocketAddr) -> TcpStream {
    let tried = async {
        let mut pace = interval(Duration::from_millis(20));
        loop {
            pace.tick().await;
            if let Ok(socket) = TcpStream::connect(address).await {
                return socket;
            }
        }
    };
    let socket = timeout(PATIENCE, tried).await;
    socket.expect("openssl s_server listens in time")
}

/// The dialog of one message, or of none.
async fn inside(mut input: ChildStdin, output: ChildStdout, heard: Arc<Mutex<Vec<String>>>) {
    let mut lines = BufReader::new(output).lines();
    let mut in_data = false;
    while let Ok(Some(line)) = lines.next_line().await {
        let reply = match (in_data, line.as_str()) {
            (true, ".") => "250 2.0.0 taken\r\n",
            (true, _) => "",
            (false, "DATA") => "354 go on\r\n",
            (false, "QUIT") => "221 2.0.0 bye\r\n",
            (false, _) => "250 2.0.0 ok\r\n",
        };
        in_data = match line.as_str() {
            "DATA" => true,
            "." => false,
            _ => in_data,
        };
        heard.lock().expect("no panic").push(line);
        if input.write_all(reply.as_bytes()).await.is_err() {
            return;
        }
    }
}
