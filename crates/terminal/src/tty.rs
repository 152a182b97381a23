//! The user's terminal: taken over for a session, and given back however the session ends.

use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Once, PoisonError};
use std::time::Duration;

use crossterm::cursor::Show;
use crossterm::execute;
use crossterm::style::{Attribute, SetAttribute};
use crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGWINCH};
use signal_hook::iterator::Signals;

use crate::error::Error;
use crate::mailbox::{Event, Mailbox};
use crate::painter::unmirror;
use crate::size::Size;

/// Is the terminal taken over now?
static TAKEN: AtomicBool = AtomicBool::new(false);

/// What panics said meanwhile. On the screen of the session it would be lost, and not each of them ends the session: the
/// machine catches those of host functions.
static SAID: Mutex<String> = Mutex::new(String::new());

/// Bytes of it that are kept.
const SAID_MOST: usize = 16 << 10;

/// How often the thread that reads looks whether it is to end.
const LOOK: Duration = Duration::from_millis(100);

/// The user's terminal, taken over until this is dropped.
#[derive(Debug)]
pub(crate) struct Tty(());

impl Tty {
    /// Takes the terminal over: raw mode, a screen of its own. What a panic says is told when it is given back.
    ///
    /// # Errors
    /// [`Error::NoTerminal`], [`Error::Screen`].
    pub fn take() -> Result<Tty, Error> {
        if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
            return Err(Error::NoTerminal);
        }
        enable_raw_mode().map_err(Error::Screen)?;
        TAKEN.store(true, Ordering::SeqCst);
        let tty = Tty(());
        static HOOK: Once = Once::new();
        HOOK.call_once(|| {
            let before = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |panic| match TAKEN.load(Ordering::SeqCst) {
                true => {
                    let mut said = SAID.lock().unwrap_or_else(PoisonError::into_inner);
                    if said.len() < SAID_MOST {
                        said.push_str(&format!("{panic}\n"));
                    }
                }
                false => before(panic),
            }));
        });
        execute!(std::io::stdout(), EnterAlternateScreen).map_err(Error::Screen)?;
        Ok(tty)
    }

    /// Its size.
    pub fn size() -> Option<Size> {
        let (columns, rows) = crossterm::terminal::size().ok()?;
        (columns > 0 && rows > 0).then(|| Size::new(columns, rows))
    }
}

impl Drop for Tty {
    fn drop(&mut self) {
        give_back();
    }
}

/// Gives the terminal back, once. The mode comes first, because writing may wait for a terminal that does not read.
pub(crate) fn give_back() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    // There is nobody left to tell.
    let _ = disable_raw_mode();
    let mut out = std::io::stdout();
    let _ = out.write_all(unmirror().as_bytes());
    let _ = execute!(
        out,
        SetAttribute(Attribute::Reset),
        LeaveAlternateScreen,
        Show
    );
    let said = std::mem::take(&mut *SAID.lock().unwrap_or_else(PoisonError::into_inner));
    let _ = std::io::stderr().write_all(said.as_bytes());
}

/// Threads that watch for signals and input, until this is dropped.
#[derive(Debug)]
pub(crate) struct Watching {
    over: Arc<AtomicBool>,
    signals: signal_hook::iterator::Handle,
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        self.signals.close();
    }
}

impl Watching {
    /// Watches for signals, and reads standard input if `input`.
    ///
    /// # Errors
    /// [`Error::System`].
    pub fn begin(mailbox: &Arc<Mailbox>, input: bool) -> Result<Watching, Error> {
        let over = Arc::new(AtomicBool::new(false));
        let failed = |what| move |error: std::io::Error| Error::System(what, error.to_string());
        let mut signals = Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGWINCH])
            .map_err(failed("a handler of signals"))?;
        let watching = Watching {
            over: over.clone(),
            signals: signals.handle(),
        };
        let mail = mailbox.clone();
        thread("terminal-signals", move || {
            let mut asked = false;
            for signal in signals.forever() {
                if signal == SIGWINCH {
                    mail.post(Event::Resized);
                } else if std::mem::replace(&mut asked, true) {
                    // The second time: whatever holds the session up, the terminal is given back, and the process ends.
                    give_back();
                    std::process::exit(128 + signal);
                } else {
                    mail.post(Event::Signal(signal));
                }
            }
        })
        .map_err(failed("a thread"))?;
        if input {
            let mail = mailbox.clone();
            thread("terminal-keys", move || keys(&mail, &over)).map_err(failed("a thread"))?;
        }
        Ok(watching)
    }
}

fn thread(name: &str, work: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .stack_size(256 << 10)
        .spawn(work)
        .map(drop)
}

/// Reads standard input until it ends or the session does. It is asked whether there is something first, so that what is typed
/// after the session is not lost in this thread.
fn keys(mailbox: &Mailbox, over: &AtomicBool) {
    let look = Timespec::try_from(LOOK).ok();
    let mut bytes = vec![0; 4 << 10];
    while !over.load(Ordering::SeqCst) {
        let input = std::io::stdin();
        let mut waiting = [PollFd::new(&input, PollFlags::IN)];
        match poll(&mut waiting, look.as_ref()) {
            Ok(0) | Err(rustix::io::Errno::INTR) => continue,
            Ok(_) => {}
            Err(_) => break,
        }
        // Past the buffer of the standard library: what that read ahead, the question above would not see.
        match rustix::io::read(rustix::stdio::stdin(), &mut bytes) {
            Ok(count @ 1..) => {
                let piece = bytes.get(..count).unwrap_or_default().to_vec();
                if !mailbox.post(Event::Input(piece)) {
                    return;
                }
            }
            Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => {}
            Ok(0) | Err(_) => break,
        }
    }
    mailbox.post(Event::InputEnd);
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::time::Instant;

    use portable_pty::{CommandBuilder, native_pty_system};

    use super::*;

    /// Run by the test below, in a terminal.
    #[test]
    #[ignore = "needs a terminal"]
    fn panics_with_the_terminal() {
        let _tty = Tty::take().unwrap();
        panic!("a bug");
    }

    #[test]
    fn a_panic_gives_the_terminal_back_and_is_told_then() {
        let pair = native_pty_system().openpty(Size::USUAL.pty()).unwrap();
        let before = pair.master.get_termios().unwrap();
        let mut command = CommandBuilder::new(std::env::current_exe().unwrap());
        command.args([
            "--ignored",
            "--exact",
            "tty::tests::panics_with_the_terminal",
            "--nocapture",
        ]);
        let mut child = pair.slave.spawn_command(command).unwrap();
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (send, output) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut bytes) {
                let _ = send.send(bytes[..count].to_vec());
            }
        });
        let end = Instant::now() + Duration::from_secs(60);
        while child.try_wait().unwrap().is_none() {
            assert!(Instant::now() < end, "it did not end");
            std::thread::sleep(Duration::from_millis(10));
        }
        assert_eq!(pair.master.get_termios().unwrap(), before);
        drop(pair.slave);
        let mut shown = Vec::new();
        while let Ok(bytes) = output.recv_timeout(Duration::from_secs(5)) {
            shown.extend(bytes);
        }
        let shown = String::from_utf8_lossy(&shown);
        let at = |what: &str| {
            shown
                .find(what)
                .unwrap_or_else(|| panic!("{what:?} in {shown:?}"))
        };
        assert!(at("\u{1b}[?1049h") < at("\u{1b}[?1049l"));
        assert!(at("\u{1b}[?1049l") < at("a bug"));
    }
}
