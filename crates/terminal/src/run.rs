//! A session from beginning to end: the program, the user's terminal, and the loop between them.

use std::ffi::OsString;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::{Duration, Instant};

use diag::{Diagnostic, Lang, fc};
use plugins::{Host, Key};

use crate::child::{Child, Program};
use crate::error::Error;
use crate::layers::Notice;
use crate::mailbox::{Event, Mailbox};
use crate::outcome::Outcome;
use crate::painter::{Drawing, Painter};
use crate::publish::Publisher;
use crate::session::{Session, Settings};
use crate::size::Size;
use crate::tty::{Tty, Watching};

/// Output is handled so long before keys are looked at again.
const SLICE: Duration = Duration::from_millis(8);
/// The screen is drawn no more often than this.
const FRAME: Duration = Duration::from_millis(16);
/// Input that had no room is offered again after so long.
const RETRY: Duration = Duration::from_millis(20);
/// A program that is to end has so long to do it.
const GRACE: Duration = Duration::from_millis(500);
/// What processes that outlive the program write is waited for so long.
const AFTERWARDS: Duration = Duration::from_millis(250);
/// Number of the one client: the user's terminal.
const CLIENT: i64 = 1;
/// The signal of a terminal that is gone.
const HANGUP: i32 = signal_hook::consts::SIGHUP;

/// Who sees the session.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Front {
    /// The user, on the terminal that is this process's standard input and output.
    Terminal,
    /// Nobody: standard input is typed as it is, and the outcome says what there would have been to see.
    Headless,
}

/// What is run, and how.
#[derive(Clone, Debug)]
pub struct Options {
    /// What is run.
    pub program: Program,
    /// Who sees it.
    pub front: Front,
    /// The terminal's size, if it is not the user's terminal's.
    pub size: Option<Size>,
    /// The language of the terminal's own notices.
    pub lang: Lang,
    /// The key before keys that are for plugins.
    pub leader: Option<Key>,
    /// The theme in the beginning.
    pub theme: Option<String>,
    /// The name of the grid in shared memory; none if it is not published.
    pub shared: Option<String>,
    /// The command that opens addresses; if there is none, they are shown.
    pub opener: Option<OsString>,
    /// How long the session may last.
    pub timeout: Option<Duration>,
}

impl Options {
    /// A program before the user's eyes.
    pub fn new(words: impl IntoIterator<Item = impl Into<OsString>>) -> Options {
        Options {
            program: Program {
                words: words.into_iter().map(Into::into).collect(),
                variables: vec![("TERM".into(), "xterm-256color".into())],
            },
            front: Front::Terminal,
            size: None,
            lang: Lang::English,
            leader: None,
            theme: None,
            shared: None,
            opener: None,
            timeout: None,
        }
    }
}

/// Why a session is to end before its program has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Ended {
    Signal(i32),
    Late,
}

/// Runs a program in a terminal whose plugins a host has loaded; returns when the program has ended.
///
/// # Errors
/// If it cannot begin, or the user's terminal fails.
pub fn run(host: Host, options: Options) -> Result<Outcome, Error> {
    let begun = Instant::now();
    let interactive = options.front == Front::Terminal;
    let own = || interactive.then(Tty::size).flatten();
    let settings = Settings {
        size: options.size.or_else(own).unwrap_or(Size::USUAL),
        lang: options.lang,
        leader: options.leader.clone(),
    };
    let mut session = Session::new(host, settings, begun);
    if let Some(theme) = &options.theme
        && !session.use_theme(theme)
    {
        return Err(Error::Theme(theme.clone()));
    }
    let publisher = published(&mut session, &options);
    let mut program = options.program.clone();
    if let Some(publisher) = &publisher {
        let name = publisher.name().into();
        program.variables.push((shm::NAME_VARIABLE.into(), name));
    }
    let mailbox = Arc::new(Mailbox::default());
    // The program starts while there are as few threads as possible: it is a fork.
    let child = Child::start(&program, session.program_size(), &mailbox)?;
    let tty = match interactive.then(Tty::take).transpose() {
        Ok(tty) => tty,
        Err(error) => {
            child.end(true);
            return Err(error);
        }
    };
    let watching = match Watching::begin(&mailbox, true) {
        Ok(watching) => watching,
        Err(error) => {
            child.end(true);
            return Err(error);
        }
    };
    if interactive {
        session.host.attach(CLIENT);
        session.carry_out(begun);
    }
    let mut running = Running {
        limit: options.timeout.map(|limit| begun + limit),
        options,
        session,
        child,
        mailbox,
        publisher,
        painter: Painter::default(),
        pending: Vec::new(),
        at: 0,
        drawn: None,
        ended: None,
        kill: None,
        leave: None,
        exited: None,
        last_typed: b'\n',
    };
    let result = running.go();
    running.mailbox.close();
    if result.is_err() {
        running.child.end(true);
    }
    let outcome = running.conclude(interactive.then_some(CLIENT));
    drop(watching);
    drop(tty);
    result.map(|()| outcome)
}

/// The grid in shared memory; that there is none is told, and no reason to give up.
fn published(session: &mut Session, options: &Options) -> Option<Publisher> {
    let name = options.shared.as_deref()?;
    match Publisher::create(name, &session.host) {
        Ok(publisher) => Some(publisher),
        Err(error) => {
            let told = Diagnostic::warning(fc::TERMINAL_SHARED)
                .arg("name", name)
                .arg("cause", error.to_string());
            session.reports.push(told);
            None
        }
    }
}

struct Running {
    options: Options,
    session: Session,
    child: Child,
    mailbox: Arc<Mailbox>,
    publisher: Option<Publisher>,
    painter: Painter,
    /// A piece of output, and how much of it is handled.
    pending: Vec<u8>,
    at: usize,
    drawn: Option<Instant>,
    ended: Option<Ended>,
    /// When a program that was asked to end is ended.
    kill: Option<Instant>,
    /// When one that was ended and is still there is left behind: the system holds it in a call.
    leave: Option<Instant>,
    /// When the program ended.
    exited: Option<Instant>,
    limit: Option<Instant>,
    last_typed: u8,
}

impl Running {
    fn go(&mut self) -> Result<(), Error> {
        loop {
            let now = Instant::now();
            self.events(now);
            self.output(now);
            let now = Instant::now();
            self.session.tick(now);
            self.hand_on();
            self.draw(now)?;
            self.hurry(now);
            if self.is_over(now) {
                return Ok(());
            }
            if self.at == self.pending.len() {
                self.mailbox.wait(self.next(now));
            }
        }
    }

    fn events(&mut self, now: Instant) {
        while let Some(event) = self.mailbox.take() {
            match event {
                Event::Input(bytes) => {
                    self.last_typed = bytes.last().copied().unwrap_or(self.last_typed);
                    self.session.input(&bytes, now);
                }
                Event::InputEnd if self.options.front == Front::Terminal => {
                    self.end(Ended::Signal(HANGUP), now)
                }
                Event::InputEnd => {
                    // The end of input, as a terminal has it: once behind a whole line, twice within one.
                    let keys: &[u8] = match self.last_typed {
                        b'\n' | b'\r' => b"\x04",
                        _ => b"\x04\x04",
                    };
                    self.session.input(keys, now);
                }
                Event::Resized => {
                    if let (None, Front::Terminal) = (self.options.size, self.options.front)
                        && let Some(size) = Tty::size()
                    {
                        self.painter.forget();
                        self.session.resize(size, now);
                    }
                }
                Event::Signal(signal) => self.end(Ended::Signal(signal), now),
                Event::Exited(status) => {
                    self.child.status = Some(status);
                    self.exited = Some(now);
                }
                Event::OutputEnd => {}
            }
        }
    }

    /// Asks the program to end.
    fn end(&mut self, why: Ended, now: Instant) {
        if self.ended.is_none() {
            self.ended = Some(why);
            self.child.end(false);
            self.kill = Some(now + GRACE);
        }
    }

    fn output(&mut self, now: Instant) {
        let until = now + SLICE;
        while Instant::now() < until {
            if self.at == self.pending.len() {
                let Some(bytes) = self.mailbox.take_output() else {
                    return;
                };
                (self.pending, self.at) = (bytes, 0);
            }
            let rest = self.pending.get(self.at..).unwrap_or_default();
            self.at += self.session.output(rest, Instant::now(), until);
        }
    }

    /// Hands on what the session has for others.
    fn hand_on(&mut self) {
        if self.child.behind() {
            self.child.send(Vec::new());
        }
        if !self.child.behind() {
            let bytes = self.session.take_for_program();
            self.child.send(bytes);
        }
        if let Some(size) = self.session.take_resized() {
            self.child.resize(size);
        }
        for address in std::mem::take(&mut self.session.opened) {
            self.open(&address);
        }
    }

    /// Opens an address by the user's command, or shows it.
    fn open(&mut self, address: &str) {
        use std::process::{Command, Stdio};
        let opened = self.options.opener.as_ref().map(|opener| {
            Command::new(opener)
                .arg(address)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
        });
        let (body, level) = match opened {
            Some(Ok(mut child)) => {
                // Somebody has to wait for it, or it stays as a zombie.
                let waiting = std::thread::Builder::new().stack_size(64 << 10);
                let _ = waiting.spawn(move || drop(child.wait()));
                return;
            }
            Some(Err(error)) => (format!("{address}: {error}"), "error"),
            None => (address.to_owned(), "info"),
        };
        let notice = Notice {
            plugin: String::new(),
            title: String::new(),
            body,
            level: level.to_owned(),
        };
        self.session.layers.flash(notice, Instant::now());
        self.session.dirty = true;
    }

    fn draw(&mut self, now: Instant) -> Result<(), Error> {
        let early = |drawn: Instant| now.saturating_duration_since(drawn) < FRAME;
        if !self.session.dirty || self.drawn.is_some_and(early) {
            return Ok(());
        }
        self.drawn = Some(now);
        self.session.dirty = false;
        self.publish();
        if self.options.front == Front::Headless {
            return Ok(());
        }
        let drawing = Drawing {
            picture: self.session.picture(true),
            colors: &self.session.colors,
            mode: self.session.emulator.mode(),
            title: self.session.title.as_deref(),
            bell: std::mem::take(&mut self.session.bell),
        };
        let mut out = std::io::stdout().lock();
        self.painter
            .draw(&mut out, drawing)
            .and_then(|()| out.flush())
            .map_err(Error::Screen)
    }

    fn publish(&mut self) {
        self.session.update_grid();
        if let Some(publisher) = &mut self.publisher {
            publisher.publish(&self.session.host);
        }
    }

    /// Sees to it that what is to end ends.
    fn hurry(&mut self, now: Instant) {
        if self.limit.is_some_and(|limit| limit <= now) {
            self.end(Ended::Late, now);
        }
        if self.kill.is_some_and(|kill| kill <= now) {
            self.kill = None;
            self.leave = Some(now + GRACE);
            self.child.end(true);
        }
    }

    fn is_over(&self, now: Instant) -> bool {
        let Some(exited) = self.exited else {
            return self.leave.is_some_and(|leave| leave <= now);
        };
        if self.ended.is_some() || (self.at == self.pending.len() && self.mailbox.drained()) {
            return true;
        }
        let last = self
            .session
            .last_output
            .map_or(exited, |last| last.max(exited));
        self.at == self.pending.len() && now.saturating_duration_since(last) >= AFTERWARDS
    }

    /// When something is to be done though nothing comes.
    fn next(&self, now: Instant) -> Instant {
        let frame = self
            .session
            .dirty
            .then(|| self.drawn.map_or(now, |drawn| drawn + FRAME));
        let retry = self.child.behind().then(|| now + RETRY);
        let end = self.exited.map(|_| now + AFTERWARDS / 4);
        let limit = self.limit.filter(|_| self.ended.is_none());
        [frame, retry, self.kill, self.leave, end, limit]
            .into_iter()
            .flatten()
            .fold(self.session.next_tick(), Instant::min)
    }

    fn conclude(&mut self, client: Option<i64>) -> Outcome {
        let now = Instant::now();
        self.session.finish(client, now);
        self.publish();
        let mut outcome = Outcome::of(&mut self.session);
        self.session.shut_down(now);
        outcome.close(&mut self.session);
        outcome.shared = self
            .publisher
            .as_ref()
            .map(|publisher| publisher.name().to_owned());
        let status = self
            .child
            .status
            .as_ref()
            .and_then(|status| status.as_ref().ok());
        outcome.signal = status.and_then(ExitStatus::signal);
        outcome.timed_out = self.ended == Some(Ended::Late);
        let number = |signal: i32| u8::try_from(128 + signal).unwrap_or(u8::MAX);
        outcome.exit = match (self.ended, status) {
            (Some(Ended::Late), _) => 124,
            (Some(Ended::Signal(signal)), _) => number(signal),
            (None, Some(status)) => match (status.code(), status.signal()) {
                (Some(code), _) => u8::try_from(code & 0xff).unwrap_or(u8::MAX),
                (None, signal) => number(signal.unwrap_or(0)),
            },
            (None, None) => 1,
        };
        outcome
    }
}
