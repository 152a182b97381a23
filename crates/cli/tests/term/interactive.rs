//! On a terminal: what the user sees and types, the size, and the terminal as it was afterwards.

use std::io::{Read, Write};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::harness::{Folder, PATIENCE};

/// A terminal with `fox term` on it.
struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
    /// All that was written.
    raw: Vec<u8>,
    /// Up to where it was waited for.
    at: usize,
}

fn size(cols: u16, rows: u16) -> PtySize {
    PtySize {
        rows,
        cols,
        pixel_width: 0,
        pixel_height: 0,
    }
}

impl Terminal {
    fn open(folder: &Folder, words: &[&str], script: &str) -> Terminal {
        let pair = native_pty_system().openpty(size(60, 12)).unwrap();
        let command = folder.term(words, &["sh", "-c", script]);
        let mut builder = CommandBuilder::new(command.get_program());
        builder.args(command.get_args());
        builder.cwd(folder.path());
        for name in ["LC_ALL", "LC_MESSAGES", "SCARAB_SHMEM_PATH"] {
            builder.env_remove(name);
        }
        builder.env("LANG", "C");
        let child = pair.slave.spawn_command(builder).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (send, output) = channel();
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut bytes) {
                if send.send(bytes[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        Terminal {
            child,
            keys: pair.master.take_writer().unwrap(),
            master: pair.master,
            output,
            raw: Vec::new(),
            at: 0,
        }
    }

    fn keys(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// Waits until something is written behind what was waited for before.
    fn until(&mut self, wanted: &str) {
        let end = Instant::now() + PATIENCE;
        loop {
            let text = String::from_utf8_lossy(&self.raw[self.at..]).into_owned();
            if let Some(found) = text.find(wanted) {
                self.at += found + wanted.len();
                return;
            }
            match self
                .output
                .recv_timeout(end.saturating_duration_since(Instant::now()))
            {
                Ok(bytes) => self.raw.extend(bytes),
                Err(error) => panic!("{wanted:?} was not shown ({error}): {text:?}"),
            }
        }
    }

    /// Waits for the end; the exit code. The terminal is as it was.
    fn ends(mut self) -> u32 {
        let end = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            if Instant::now() > end {
                let _ = self.child.kill();
                panic!("it did not end: {:?}", String::from_utf8_lossy(&self.raw));
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        // The reader ends when nobody has the terminal any more.
        while let Ok(bytes) = self.output.recv_timeout(Duration::from_secs(5)) {
            self.raw.extend(bytes);
        }
        let raw = String::from_utf8_lossy(&self.raw);
        let (enter, leave) = (raw.find("\u{1b}[?1049h"), raw.rfind("\u{1b}[?1049l"));
        assert!(
            enter.is_some() && leave > enter,
            "the screen was left: {raw:?}"
        );
        assert!(
            raw.rfind("\u{1b}[?25h") > leave,
            "the cursor is shown: {raw:?}"
        );
        status.exit_code()
    }
}

#[test]
fn a_user_sees_lines_notices_and_the_palette() {
    let folder = Folder::new();
    folder.stored("errors", "");
    folder.plugin(
        "greets",
        "import register host \"register_command\" (text, text, text) -> dyn needs \"command-registration\"\n\
         import notify host \"notify\" (text) -> unit needs \"ui-overlay\"\n\
         fn onAttach(client: int) -> unit export {\n push \"greet\"\n push \"Greet-me\"\n push \"\"\n call_ffi register\n pop\n unit\n ret\n}\n\
         fn onRemoteCommand(id: text) -> unit export {\n push \"Hello-there\"\n call_ffi notify\n ret\n}\n",
    );
    let mut terminal = Terminal::open(
        &folder,
        &[],
        "echo an ERROR; read line; echo \"got $line\"; read line; exit 5",
    );
    terminal.until("an ERROR");
    terminal.until("detected");
    terminal.keys("typed\r");
    terminal.until("got typed");
    // The leader key, then the palette, then its first entry.
    terminal.keys("\u{1d}p");
    terminal.until("Greet-me");
    terminal.keys("\r");
    terminal.until("Hello-there");
    terminal.keys("\r");
    assert_eq!(terminal.ends(), 5);
}

#[test]
fn sizes_are_passed_on() {
    let folder = Folder::new();
    folder.plugin(
        "sizes",
        "import notify host \"notify\" (text) -> unit needs \"ui-overlay\"\n\
         fn onResize(columns: int, rows: int) -> unit export {\n push \"was-resized\"\n call_ffi notify\n ret\n}\n",
    );
    let script = "stty size; trap 'stty size' WINCH; while :; do read line && exit 0; done";
    let mut terminal = Terminal::open(&folder, &[], script);
    terminal.until("12 60");
    terminal.master.resize(size(44, 9)).unwrap();
    terminal.until("was-resized");
    terminal.until("9 44");
    terminal.keys("\r");
    assert_eq!(terminal.ends(), 0);
}

#[test]
fn control_c_goes_to_the_program_through_a_flood() {
    let folder = Folder::new();
    folder.stored("loops", "deadline-ms = 1\nfailures = 1000000\n");
    let mut terminal = Terminal::open(&folder, &[], "yes flood");
    terminal.until("flood");
    let start = Instant::now();
    terminal.keys("\u{3}");
    assert_eq!(terminal.ends(), 130);
    assert!(start.elapsed() < Duration::from_secs(60));
}

#[test]
fn a_signal_gives_the_terminal_back() {
    let folder = Folder::new();
    let mut terminal = Terminal::open(&folder, &[], "echo begun; sleep 1000");
    terminal.until("begun");
    let during = terminal.master.get_termios();
    let id = terminal.child.process_id().unwrap().to_string();
    let killed = std::process::Command::new("kill")
        .args(["-TERM", &id])
        .status();
    assert!(killed.unwrap().success());
    let end = Instant::now() + PATIENCE;
    while terminal.child.try_wait().unwrap().is_none() {
        assert!(Instant::now() < end);
        std::thread::sleep(Duration::from_millis(5));
    }
    let after = terminal.master.get_termios();
    assert!(during.is_some() && during != after, "raw mode has ended");
    assert_eq!(terminal.ends(), 143);
}
