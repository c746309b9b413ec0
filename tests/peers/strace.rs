//! strace(1): what a running program asks of the kernel.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

/// A program that is being watched.
pub(crate) struct Watch {
    strace: Child,
    /// It tells of each new thread, and would not survive to be unheard.
    _told: BufReader<ChildStderr>,
    trace: PathBuf,
}

/// One system call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    /// Lines of the trace: when it was made, and when it came back.
    pub(crate) begun: usize,
    pub(crate) ended: usize,
    pub(crate) name: String,
    /// Files by their paths, sockets by their addresses, octets as far as they were asked for.
    pub(crate) arguments: String,
    pub(crate) result: String,
}

impl Watch {
    /// Of all threads of `process`, from now on: these calls, with the trace in `directory`.
    pub(crate) fn begin(process: u32, calls: &str, directory: &Path) -> Self {
        let trace = directory.join("trace");
        let mut strace = Command::new("/usr/bin/strace")
            .args([
                "--follow-forks",
                "--decode-fds=path,socket",
                "--string-limit=200",
            ])
            .arg(format!("--trace={calls}"))
            .arg(format!("--output={}", trace.display()))
            .arg(format!("--attach={process}"))
            .stderr(Stdio::piped())
            .spawn()
            .expect("strace is there");
        let mut said = String::new();
        let mut told = BufReader::new(strace.stderr.take().expect("piped"));
        let heard = told.read_line(&mut said);
        assert!(heard.is_ok() && said.contains(" attached"), "{said}");
        Self {
            strace,
            _told: told,
            trace,
        }
    }

    /// Lets the program go. Its calls in the order in which they came back.
    pub(crate) fn end(mut self) -> Vec<Call> {
        let asked = kill_process(Pid::from_child(&self.strace), Signal::INT);
        asked.expect("it runs");
        self.strace.wait().expect("it ends");
        calls(&fs::read_to_string(&self.trace).expect("its trace"))
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        _ = self.strace.kill();
        _ = self.strace.wait();
    }
}

/// A call that another thread's came between is written in two parts.
fn calls(trace: &str) -> Vec<Call> {
    let mut open: Vec<(&str, usize, &str)> = Vec::new();
    let mut calls = Vec::new();
    for (ended, line) in trace.lines().enumerate() {
        let Some((thread, said)) = line.split_once(' ') else {
            continue;
        };
        let said = said.trim_start();
        if let Some(first) = said.strip_suffix(" <unfinished ...>") {
            open.push((thread, ended, first));
            continue;
        }
        let resumed = said.strip_prefix("<... ");
        let rest = resumed.and_then(|said| Some(said.split_once(" resumed>")?.1));
        let (begun, whole) = match rest {
            None => (ended, said.to_owned()),
            Some(rest) => {
                let Some(at) = open.iter().position(|(other, ..)| *other == thread) else {
                    continue;
                };
                let (_, begun, first) = open.swap_remove(at);
                (begun, format!("{first}{rest}"))
            }
        };
        calls.extend(call(&whole, begun, ended));
    }
    calls
}

fn call(line: &str, begun: usize, ended: usize) -> Option<Call> {
    let (name, rest) = line.split_once('(')?;
    let (arguments, result) = rest.rsplit_once(" = ")?;
    let arguments = arguments.trim_end().strip_suffix(')')?;
    Some(Call {
        begun,
        ended,
        name: name.to_owned(),
        arguments: arguments.to_owned(),
        result: result.to_owned(),
    })
}

mod tests {
    use super::*;

    #[test]
    fn calls_are_put_together() {
        let trace = "\
7  write(3</a>, \"x) = 1\", 7) = 7
7  fdatasync(3</a> <unfinished ...>
8  close(9) = 0
7  <... fdatasync resumed>)   = 0
8  <... futex resumed>)   = 0
8  fsync(4</b>) = -1 EIO (Input/output error)
7  +++ exited with 0 +++
";
        let call = |[begun, ended]: [usize; 2], name: &str, arguments: &str, result: &str| Call {
            begun,
            ended,
            name: name.to_owned(),
            arguments: arguments.to_owned(),
            result: result.to_owned(),
        };
        let expected = [
            call([0, 0], "write", "3</a>, \"x) = 1\", 7", "7"),
            call([2, 2], "close", "9", "0"),
            call([1, 3], "fdatasync", "3</a>", "0"),
            call([5, 5], "fsync", "4</b>", "-1 EIO (Input/output error)"),
        ];
        assert_eq!(calls(trace), expected);
    }
}
