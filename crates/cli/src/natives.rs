//! Host functions that `fox` offers.

use std::io::{BufWriter, IsTerminal, Write};
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use foxvm::{Context, Engine, Error, Fault, Native, Stream, World};

/// Writes a text to the standard output.
#[foxvm::native(name = "console.write")]
fn console_write(context: &mut Context<'_>, text: &str) -> Result<(), Error> {
    context.write(text)
}

/// Writes a text to the standard error.
#[foxvm::native(name = "console.error")]
fn console_error(context: &mut Context<'_>, text: &str) -> Result<(), Error> {
    context.write_to(Stream::Err, text.as_bytes())
}

/// "The program did not end itself."
const RUNNING: i32 = -1;

/// The exit code with which a program ended itself.
#[derive(Clone)]
pub struct ExitCode(Arc<AtomicI32>);

impl ExitCode {
    /// The code, if the program ended itself.
    pub fn get(&self) -> Option<u8> {
        u8::try_from(self.0.load(Ordering::Relaxed)).ok()
    }
}

/// Offers what every program may use: console and exit.
///
/// # Errors
/// None in practice: the registrations are fixed.
pub fn offer(engine: &Engine) -> Result<ExitCode, Error> {
    engine.register(console_write::native())?;
    engine.register(console_error::native())?;
    let code = ExitCode(Arc::new(AtomicI32::new(RUNNING)));
    let set = code.clone();
    let exit = Native::new("exit", move |number: i64| -> Result<(), Error> {
        match u8::try_from(number) {
            Ok(number) => {
                set.0.store(i32::from(number), Ordering::Relaxed);
                Err(Error::host(Fault::Cancel, "the program ended itself"))
            }
            Err(_) => Err(Error::host(
                Fault::Range,
                format!("an exit code lies between 0 and 255, not {number}"),
            )),
        }
    });
    engine.register(exit.doc("Ends the program with an exit code from 0 to 255."))?;
    Ok(code)
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
}

impl Console {
    /// Connects a World's output with the process's.
    pub fn connect(world: &mut World) -> Console {
        let out = std::io::stdout();
        let terminal = out.is_terminal();
        let console = Console(Arc::new(Mutex::new(Buffered {
            out: BufWriter::new(out),
            terminal,
            closed: None,
        })));
        let sink = console.clone();
        world.set_output(move |stream, bytes| sink.write(stream, bytes));
        let warned = console.clone();
        world.set_warnings(move |line| {
            // Nobody reads the warnings any more: the program goes on.
            let _ = warned.write(Stream::Err, format!("warning: {line}\n").as_bytes());
        });
        console
    }

    fn write(&self, stream: Stream, bytes: &[u8]) -> std::io::Result<()> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
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

    /// Writes a line of this command's own behind what the program wrote.
    pub fn print(&self, line: &str) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let written = held
            .out
            .write_all(line.as_bytes())
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
