//! A process of this program that does one thing. We write it lines, it answers with one JSON object a line, and it ends
//! when we do.

use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, Command, ExitCode, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::process;
use super::stop::{PACE, Stop};

pub(super) struct Worker {
    role: &'static str,
    child: Child,
    /// Taken when it is to end.
    input: Option<ChildStdin>,
    lines: Receiver<String>,
}

impl Worker {
    pub(super) fn start(role: &'static str, order: &Value) -> Result<Self, String> {
        let told = |error: io::Error| format!("{role} cannot be started: {error}");
        let program = std::env::current_exe().map_err(told)?;
        let mut child = Command::new(program)
            .arg(role)
            .arg(order.to_string())
            // An interrupt from the terminal is for us: we end it.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(told)?;
        let (send, lines) = channel();
        if let Some(output) = child.stdout.take() {
            thread::spawn(move || {
                let said = BufReader::new(output).lines().map_while(Result::ok);
                said.take_while(|line| send.send(line.clone()).is_ok())
                    .for_each(drop);
            });
        }
        Ok(Self {
            role,
            input: child.stdin.take(),
            child,
            lines,
        })
    }

    pub(super) fn say(&mut self, line: &str) -> Result<(), String> {
        let input = self.input.as_mut().ok_or("it has been told to end")?;
        let said = input.write_all(format!("{line}\n").as_bytes());
        said.map_err(|error| format!("{} has ended: {error}", self.role))
    }

    /// Its next answer.
    pub(super) fn hear(&self, within: Duration, stop: &Stop) -> Result<Value, String> {
        let deadline = Instant::now() + within;
        loop {
            stop.check()?;
            match self.lines.recv_timeout(PACE) {
                Ok(line) => {
                    return serde_json::from_str(&line)
                        .map_err(|error| format!("{} says {line:?}: {error}", self.role));
                }
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(format!("{} has ended by itself", self.role));
                }
                Err(RecvTimeoutError::Timeout) if Instant::now() > deadline => {
                    return Err(format!("{} says nothing for {within:?}", self.role));
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    /// CPU seconds it has used so far.
    pub(super) fn cpu(&self) -> f64 {
        process::cpu(self.child.id())
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.input = None;
        // It may be in the middle of something.
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

/// In the worker: gives an answer.
pub(super) fn answer(value: &Value) -> Result<(), String> {
    let mut output = io::stdout().lock();
    let written = writeln!(output, "{value}").and_then(|()| output.flush());
    written.map_err(|error| format!("nobody listens: {error}"))
}

/// In the worker: what it is told, line by line.
pub(super) fn told() -> impl Iterator<Item = String> {
    io::stdin().lock().lines().map_while(Result::ok)
}

/// In the worker: its order.
pub(super) fn order(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| format!("not an order: {error}"))
}

/// In the worker: a good end.
pub(super) fn done() -> Result<ExitCode, String> {
    Ok(ExitCode::SUCCESS)
}
