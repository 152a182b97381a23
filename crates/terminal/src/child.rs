//! The program in its pseudo-terminal, and the threads that read, write and wait for it.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::path::Path;
use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use portable_pty::{CommandBuilder, MasterPty, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};

use crate::error::Error;
use crate::mailbox::{Event, Mailbox};
use crate::size::Size;

/// Bytes of output that are read at once: few, so that a slow plugin holds up keys for few lines.
const CHUNK: usize = 4 << 10;
/// Pieces of input that wait for the thread which writes them.
const PIECES: usize = 64;

/// The program that is run, and how it finds its terminal.
#[derive(Clone, Debug)]
pub struct Program {
    /// Its name, looked for as a shell does, and its words.
    pub words: Vec<OsString>,
    /// Variables of its environment beside this process's.
    pub variables: Vec<(OsString, OsString)>,
}

/// A program that runs.
pub(crate) struct Child {
    master: Box<dyn MasterPty + Send>,
    input: Option<SyncSender<Vec<u8>>>,
    /// A piece that had no room.
    unsent: Option<Vec<u8>>,
    process: Option<Pid>,
    pub status: Option<std::io::Result<ExitStatus>>,
}

fn system(what: &'static str) -> impl Fn(String) -> Error {
    move |cause| Error::System(what, cause)
}

impl Child {
    /// Starts a program; what it writes and that it ends is put into the mailbox.
    pub fn start(program: &Program, size: Size, mailbox: &Arc<Mailbox>) -> Result<Child, Error> {
        let pty = system("a pseudo-terminal");
        let thread = system("a thread");
        let pair = native_pty_system()
            .openpty(size.pty())
            .map_err(|error| pty(error.to_string()))?;
        let mut builder = CommandBuilder::from_argv(program.words.clone());
        if let Ok(folder) = std::env::current_dir() {
            builder.cwd(folder);
        }
        for (name, value) in &program.variables {
            builder.env(name, value);
        }
        let child = pair
            .slave
            .spawn_command(builder)
            .map_err(|error| not_started(program, &error.to_string()))?;
        // Its end of the terminal is the program's alone, or the output would never end.
        drop(pair.slave);
        let process = child
            .process_id()
            .and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        let reader = pair
            .master
            .try_clone_reader()
            .map_err(|error| pty(error.to_string()))?;
        let writer = pair
            .master
            .take_writer()
            .map_err(|error| pty(error.to_string()))?;
        let (input, pieces) = sync_channel(PIECES);
        let spawn = |name: &str, work: Box<dyn FnOnce() + Send>| {
            std::thread::Builder::new()
                .name(name.to_owned())
                .stack_size(256 << 10)
                .spawn(work)
                .map(drop)
                .map_err(|error| thread(error.to_string()))
        };
        let mail = mailbox.clone();
        spawn("terminal-output", Box::new(move || read(reader, &mail)))?;
        spawn("terminal-input", Box::new(move || write(writer, &pieces)))?;
        let mail = mailbox.clone();
        spawn(
            "terminal-wait",
            Box::new(move || {
                mail.post(Event::Exited(wait(child)));
            }),
        )?;
        Ok(Child {
            master: pair.master,
            input: Some(input),
            unsent: None,
            process,
            status: None,
        })
    }

    /// Hands input on; what the program does not read waits, and the next piece with it: `false`.
    pub fn send(&mut self, bytes: Vec<u8>) -> bool {
        let Some(input) = &self.input else {
            return true;
        };
        let pieces = [self.unsent.take().unwrap_or_default(), bytes].concat();
        if pieces.is_empty() {
            return true;
        }
        match input.try_send(pieces) {
            Ok(()) => true,
            Err(TrySendError::Full(pieces)) => {
                self.unsent = Some(pieces);
                false
            }
            Err(TrySendError::Disconnected(_)) => {
                self.input = None;
                true
            }
        }
    }

    /// Is there input that had no room?
    pub fn behind(&self) -> bool {
        self.unsent.is_some()
    }

    pub fn resize(&self, size: Size) {
        // A terminal that has gone has no size.
        let _ = self.master.resize(size.pty());
    }

    /// Asks the program to end, or ends it.
    pub fn end(&self, hard: bool) {
        let signal = if hard { Signal::KILL } else { Signal::HUP };
        if let (Some(process), None) = (self.process, &self.status) {
            // It may have ended by itself.
            let _ = kill_process(process, signal);
        }
    }
}

/// Why a program could not be started, told apart as shells do.
fn not_started(program: &Program, cause: &str) -> Error {
    let Some(name) = program.words.first() else {
        return Error::NotFound(String::new());
    };
    let shown = name.to_string_lossy().into_owned();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let there = match Path::new(name).components().count() > 1 {
        true => Path::new(name).exists(),
        false => std::env::split_paths(&path).any(|folder| folder.join(name).exists()),
    };
    match there {
        true => Error::NotRunnable(shown, cause.lines().next().unwrap_or_default().to_owned()),
        false => Error::NotFound(shown),
    }
}

fn read(mut from: Box<dyn Read + Send>, mailbox: &Mailbox) {
    let mut bytes = vec![0; CHUNK];
    loop {
        match from.read(&mut bytes) {
            Ok(count @ 1..) => {
                let piece = bytes.get(..count).unwrap_or_default().to_vec();
                if !mailbox.output(piece) {
                    return;
                }
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            // The program's end of the terminal is closed.
            Ok(0) | Err(_) => break,
        }
    }
    mailbox.end_output();
}

fn write(mut to: Box<dyn Write + Send>, pieces: &Receiver<Vec<u8>>) {
    while let Ok(piece) = pieces.recv() {
        if to.write_all(&piece).and_then(|()| to.flush()).is_err() {
            return;
        }
    }
}

fn wait(child: Box<dyn portable_pty::Child + Send + Sync>) -> std::io::Result<ExitStatus> {
    let child: Box<dyn portable_pty::Child> = child;
    match child.downcast::<std::process::Child>() {
        // The system's own status, since the other has no number of a signal.
        Ok(mut child) => child.wait(),
        Err(mut child) => {
            use std::os::unix::process::ExitStatusExt;
            let status = child.wait()?;
            let code = i32::try_from(status.exit_code()).unwrap_or(1);
            Ok(ExitStatus::from_raw((code & 0xff) << 8))
        }
    }
}
