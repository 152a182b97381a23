//! A terminal whose output, input and screen plugins see and change: the daemon behind `fox term`. It runs a program in a
//! pseudo-terminal, keeps its grid — also in shared memory, for readers in other processes —, and carries out what plugins want.
//!
//! ```no_run
//! use plugins::{Config, Host};
//! use terminal::{Options, run};
//!
//! let config = Config::read("plugins.toml".as_ref())?;
//! let mut host = Host::new()?;
//! host.load_all(&config);
//! let outcome = run(host, Options::new(["sh"]))?;
//! std::process::exit(i32::from(outcome.exit));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! - One thread has the session: the emulator, the plugin host, the screen. Others only read, write and wait for it, and reach it
//!   by a mailbox whose room for output is bounded, so that a flood holds up its writer and nothing else.
//! - Plugins are asked between two pieces of output or input. Each call ends within its fuel and time (crate `plugins`); keys and
//!   signals are looked at after every eight milliseconds of output.
//! - Nothing that a program or a plugin writes reaches the user's terminal as it is: what is shown is drawn from cells.
//! - The user's terminal is given back however the session ends: by its program, a signal, an error or a panic.
//!
//! What this crate never does: it loads no plugin and grants nothing, that is its caller's; it opens nothing but by the command
//! that its caller names.
//!
//! Where to start reading: `session.rs`, which knows no process and no terminal; then `run.rs`, the loop around it.
//! How it is used: docs/terminal.md. Specification: docs/specs/fusabi.md §5.4, §6.
#![cfg(unix)]
#![forbid(unsafe_code)]

mod apply;
mod child;
mod compose;
mod emulator;
mod error;
mod glyph;
mod input;
mod keys;
mod layers;
mod mailbox;
mod marks;
mod outcome;
mod painter;
mod popup;
mod publish;
mod run;
mod session;
mod shell;
mod size;
mod theme;
mod tty;

pub use child::Program;
pub use error::Error;
pub use layers::Notice;
pub use outcome::{Offer, Outcome, Run};
pub use run::{Front, Options, run};
pub use session::Logged;
pub use size::Size;

/// The names of the themes.
pub fn themes() -> impl Iterator<Item = &'static str> {
    theme::Colors::names()
}

/// A key by its name: `ctrl-g`, `alt-space`, `f12`. None for what no terminal sends.
pub fn key(name: &str) -> Option<plugins::Key> {
    keys::named(name)
}
