//! Why a session cannot be held.

use diag::{Diagnostic, fc};

/// What is in the way.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// There is no command of that name.
    NotFound(String),
    /// The command is there and cannot be run; why.
    NotRunnable(String, String),
    /// The system gives no pseudo-terminal, thread or signal handler: what, and why.
    System(&'static str, String),
    /// Standard input or output is no terminal.
    NoTerminal,
    /// The user's terminal failed.
    Screen(std::io::Error),
    /// There is no theme of that name.
    Theme(String),
}

impl Error {
    /// The exit code, as a shell has it where there is one.
    pub fn exit_code(&self) -> u8 {
        match self {
            Error::NotFound(_) => 127,
            Error::NotRunnable(..) => 126,
            Error::NoTerminal | Error::Theme(_) => 2,
            Error::System(..) | Error::Screen(_) => 1,
        }
    }

    /// What is told.
    pub fn diagnostic(&self) -> Diagnostic {
        let command = |reason, name: &str| {
            Diagnostic::error(fc::TERMINAL_COMMAND)
                .reason(reason)
                .arg("command", name)
        };
        let terminal = |reason| Diagnostic::error(fc::TERMINAL).reason(reason);
        match self {
            Error::NotFound(name) => command("not-found", name),
            Error::NotRunnable(name, cause) => {
                command("not-runnable", name).arg("cause", cause.as_str())
            }
            Error::System(what, cause) => Diagnostic::error(fc::HOST_RESOURCES)
                .arg("what", *what)
                .arg("cause", cause.as_str()),
            Error::NoTerminal => terminal("none").help("help.headless"),
            Error::Screen(cause) => terminal("failed").arg("cause", cause.to_string()),
            Error::Theme(name) => terminal("theme").arg("name", name.as_str()).arg(
                "known",
                crate::themes().map(str::to_owned).collect::<Vec<_>>(),
            ),
        }
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let catalogue = diag::Catalogue::for_lang(diag::Lang::English);
        f.write_str(&catalogue.message(&self.diagnostic()))
    }
}

impl std::error::Error for Error {}
