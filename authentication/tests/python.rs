//! python3-dkim: a signer and verifier by other people.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;
use tokio::time::timeout;

const PYTHON: &str = "/usr/bin/python3";

/// Whether it is here. `CI=true` makes its absence a failure.
pub(crate) fn is_here() -> bool {
    let is_here = Path::new("/usr/lib/python3/dist-packages/dkim/__init__.py").exists();
    let must_be = std::env::var_os("CI").is_some_and(|ci| ci == "true");
    assert!(is_here || !must_be, "python3-dkim is not installed");
    if !is_here {
        eprintln!("skipped: python3-dkim is not installed");
    }
    is_here
}

/// What a script prints that has `dkim`, `message` (octets) and `arguments`.
pub(crate) async fn run(script: &str, message: &[u8], arguments: &[&str]) -> Vec<u8> {
    let script = format!(
        "import sys, dkim\nmessage = sys.stdin.buffer.read()\narguments = [a.encode() for a in sys.argv[1:]]\n\
         def put(b): sys.stdout.buffer.write(b)\n{script}\n"
    );
    let mut child = Command::new(PYTHON)
        .args(["-I", "-c", &script])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("python");
    let mut stdin = child.stdin.take().expect("it was asked for");
    stdin.write_all(message).await.expect("it reads");
    drop(stdin);
    let ended = timeout(Duration::from_secs(60), child.wait_with_output()).await;
    let ended = ended.expect("in time").expect("an end");
    let errors = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{errors}");
    ended.stdout
}

/// The message with a DKIM signature of `domain` above it.
pub(crate) async fn signed(message: &[u8], domain: &str, form: &str) -> Vec<u8> {
    let script = "form = tuple(arguments[2].split(b'/'))\n\
                  put(dkim.sign(message, b'test', arguments[0], arguments[1], canonicalize=form) + message)";
    run(script, message, &[domain, KEY, form]).await
}

/// What `dkim.arc_verify` says; `record`: of every name.
pub(crate) async fn arc_verdict(message: &[u8], record: &str) -> String {
    let script = "cv, sets, why = dkim.arc_verify(message, dnsfunc=lambda name, timeout=5: arguments[0])\n\
                  put((cv or b'error') + b' ' + str(len(sets)).encode() + b' ' + why.encode())";
    let out = run(script, message, &[record]).await;
    String::from_utf8_lossy(&out).into_owned()
}

/// A key of the tests; it signs nothing else.
pub(crate) const KEY: &str = include_str!("key.pem");
