//! Host functions that `fox` offers.

use std::fmt::Write as _;
use std::io::{BufWriter, IsTerminal, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use diag::{Catalogue, Diagnostic, Lang, Sources, TextOptions, render_text};
use foxvm::{Context, Engine, Error, Late, Native, Stream, Warning, World};
use serde_json::json;
use stdlib::{Library, Settings};

use crate::report::{Report, exit};

/// Offers the library of host functions (crate `stdlib`); what ended the program is found in its `ended`.
///
/// # Errors
/// None in practice: the table is fixed.
pub fn offer(engine: &Engine, settings: Settings) -> Result<Library, Error> {
    let library = Library::new(settings);
    library.register(engine)?;
    Ok(library)
}

/// `fox natives`: the table of host functions.
pub fn list(report: &mut Report) -> u8 {
    let library = Library::new(Settings::new());
    let mut text = String::new();
    let mut functions = Vec::new();
    for group in library.table() {
        let _ = writeln!(text, "{}: {}", group.name, group.about);
        for native in &group.natives {
            let signature = stdlib::signature(native);
            let _ = write!(text, "  {}{signature}", native.name());
            for capability in native.capabilities() {
                let _ = write!(text, "  --allow {capability}");
            }
            let doc: Vec<&str> = native.documentation().lines().map(str::trim).collect();
            let doc = doc.join(" ");
            let _ = writeln!(text, "\n      {doc}");
            functions.push(json!({
                "group": group.name,
                "name": native.name(),
                "signature": signature,
                "capabilities": native.capabilities(),
                "doc": doc,
            }));
        }
        text.push('\n');
    }
    report.result(json!({ "functions": functions }));
    if report.json() {
        return exit::OK;
    }
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => exit::OK,
        Err(_) => exit::FAULT,
    }
}

/// How often a plugin called its host.
#[derive(Clone, Default)]
pub struct Counts {
    notify: Arc<AtomicU64>,
    set_color: Arc<AtomicU64>,
}

impl Counts {
    /// Calls of `notify`.
    pub fn notify(&self) -> u64 {
        self.notify.load(Ordering::Relaxed)
    }
    /// Calls of `set_color`.
    pub fn set_color(&self) -> u64 {
        self.set_color.load(Ordering::Relaxed)
    }
}

/// Counts one more; only the run's thread does.
fn count(counter: &AtomicU64) {
    counter.store(
        counter.load(Ordering::Relaxed).wrapping_add(1),
        Ordering::Relaxed,
    );
}

/// Does a line contain a text?
#[foxvm::native(name = "line_contains", inline = "text.contains")]
fn line_contains(line: &str, wanted: &str) -> bool {
    memchr::memmem::find(line.as_bytes(), wanted.as_bytes()).is_some()
}

/// Offers what plugins use. With `show`, notifications are printed.
///
/// # Errors
/// None in practice: the registrations are fixed.
pub fn offer_plugins(engine: &Engine, show: bool) -> Result<Counts, Error> {
    let counts = Counts::default();
    let counter = counts.notify.clone();
    let notify = if show {
        Native::new(
            "notify",
            move |context: &mut Context<'_>, text: &str| -> Result<(), Error> {
                count(&counter);
                context.write(text)?;
                context.write("\n")
            },
        )
    } else {
        Native::new("notify", move |_: &str| count(&counter))
    };
    engine.register(
        notify
            .capability("ui-overlay")
            .doc("Shows a message to the user."),
    )?;
    let counter = counts.set_color.clone();
    let color = Native::new("set_color", move |_: &str| count(&counter));
    engine.register(
        color
            .capability("terminal-control")
            .doc("Sets the colour of what is written next, by its name."),
    )?;
    engine.register(line_contains::native())?;
    Ok(counts)
}

/// The program's standard output: buffered, flushed at line ends on a terminal, and at the end.
#[derive(Clone)]
pub struct Console(Arc<Mutex<Buffered>>);

struct Buffered {
    out: BufWriter<std::io::Stdout>,
    terminal: bool,
    /// Set once nobody reads any more.
    closed: Option<String>,
    /// What the program wrote to the standard output, where that is kept.
    kept: Option<Vec<u8>>,
    /// Are warnings left out?
    silent: bool,
    /// Does what the program wrote to the standard output end within a line?
    within_line: bool,
}

/// The diagnostic of a warning.
fn of_warning(warning: &Warning<'_>) -> Diagnostic {
    use rhumb::diagnostics::codes;
    match *warning {
        Warning::Uncaught(topic) => {
            Diagnostic::warning(codes::UNCAUGHT).arg("topic", format!("#{topic}"))
        }
        Warning::Late(why) => Diagnostic::warning(codes::LATE_REPLY).reason(match why {
            Late::Nothing => "nothing",
            Late::Second => "second",
            Late::Ended => "ended",
            Late::Gone => "gone",
        }),
        Warning::Starved => Diagnostic::warning(codes::STARVED),
        Warning::ProcessFailed { fault, message } => Diagnostic::warning(codes::PROCESS_FAILED)
            .arg("fault", fault)
            .arg("message", message),
    }
}

impl Console {
    /// Connects a World's output with the process's; warnings are told in a language.
    pub fn connect(world: &mut World, lang: Lang) -> Console {
        let out = std::io::stdout();
        let terminal = out.is_terminal();
        let console = Console(Arc::new(Mutex::new(Buffered {
            out: BufWriter::new(out),
            terminal,
            closed: None,
            kept: None,
            silent: false,
            within_line: false,
        })));
        let sink = console.clone();
        world.set_output(move |stream, bytes| sink.write(stream, bytes));
        let warned = console.clone();
        world.set_warnings(move |warning| {
            if warned
                .0
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .silent
            {
                return;
            }
            let text = render_text(
                &of_warning(warning),
                Catalogue::for_lang(lang),
                &Sources::new(),
                TextOptions::default(),
            );
            // Nobody reads the warnings any more: the program goes on.
            let _ = warned.write(Stream::Err, text.as_bytes());
        });
        console
    }

    fn write(&self, stream: Stream, bytes: &[u8]) -> std::io::Result<()> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let (Stream::Out, Some(kept)) = (stream, &mut held.kept) {
            kept.extend_from_slice(bytes);
        }
        if let (Stream::Out, Some(last)) = (stream, bytes.last()) {
            held.within_line = *last != b'\n';
        }
        let result = match stream {
            Stream::Out => {
                let written = held.out.write_all(bytes);
                if held.terminal && bytes.contains(&b'\n') {
                    written.and_then(|()| held.out.flush())
                } else {
                    written
                }
            }
            // Both streams in the order of the program where they lead to one place.
            Stream::Err => held
                .out
                .flush()
                .and_then(|()| std::io::stderr().write_all(bytes)),
        };
        if let Err(error) = &result {
            held.closed = Some(error.to_string());
        }
        result
    }

    /// Leaves warnings out.
    pub fn silence(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).silent = true;
    }

    /// Keeps what the program writes to the standard output from now on, beside writing it. The run's limit bounds it.
    pub fn keep(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).kept = Some(Vec::new());
    }

    /// What was kept so far.
    pub fn kept(&self) -> Vec<u8> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.kept.take().unwrap_or_default()
    }

    /// Writes what is held back, so that what others write comes behind it.
    pub fn flush(&self) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = held.out.flush() {
            held.closed = Some(error.to_string());
        }
    }

    /// Writes a line of this command's own behind what the program wrote, whose last line is ended if it is not.
    pub fn print(&self, line: &str) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let end: &[u8] = if held.within_line { b"\n" } else { b"" };
        held.within_line = false;
        let written = held
            .out
            .write_all(end)
            .and_then(|()| held.out.write_all(line.as_bytes()))
            .and_then(|()| held.out.write_all(b"\n"));
        if let Err(error) = written {
            held.closed = Some(error.to_string());
        }
    }

    /// Writes what is still held back; why that was not possible, now or before.
    pub fn finish(&self) -> Option<String> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.closed.is_none()
            && let Err(error) = held.out.flush()
        {
            held.closed = Some(error.to_string());
        }
        held.closed.clone()
    }
}
