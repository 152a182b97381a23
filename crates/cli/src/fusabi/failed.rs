//! How a program of Fusabi ended that did not end well.

use std::path::Path;

use diag::Diagnostic;
use foxvm::{Error, Fault};
use fusabi::check::codes;
use stdlib::ExitCode;

use crate::report::{Report, exit};
use crate::session::Session;

/// Tells how a program failed; the exit code. An exception that the program raised is told as Fusabi's (rulings, Fusabi 35);
/// what the machine or a host function raised has a code of its own, which can be explained.
pub(crate) fn failed(
    session: &Session,
    error: &Error,
    ended: &ExitCode,
    path: &Path,
    report: &mut Report,
) -> u8 {
    session.console.flush();
    match error.fault() {
        Some(fault) if fault.fault == Fault::User => {
            let told = Diagnostic::error(codes::UNCAUGHT).arg("text", fault.message.as_str());
            report.tell(&told.trace(error.diagnostic().trace));
            exit::FAULT
        }
        _ => session.failed(error, ended, path, report),
    }
}
