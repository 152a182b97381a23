//! The end of the program.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

use foxvm::{Error, Fault, Native};

use crate::failure;

/// "The program did not end itself."
const RUNNING: i32 = -1;

/// The exit code with which a program ended itself.
#[derive(Clone, Debug)]
pub struct ExitCode(Arc<AtomicI32>);

impl ExitCode {
    /// None yet.
    pub fn new() -> ExitCode {
        ExitCode(Arc::new(AtomicI32::new(RUNNING)))
    }

    /// The code, if the program ended itself.
    pub fn get(&self) -> Option<u8> {
        u8::try_from(self.0.load(Ordering::Relaxed)).ok()
    }
}

impl Default for ExitCode {
    fn default() -> ExitCode {
        ExitCode::new()
    }
}

pub(crate) fn natives(ended: &ExitCode) -> Vec<Native> {
    let set = ended.clone();
    let exit = Native::new("exit", move |code: i64| -> Result<(), Error> {
        match u8::try_from(code) {
            Ok(code) => {
                set.0.store(i32::from(code), Ordering::Relaxed);
                Err(Error::host(Fault::Cancel, "the program ended itself"))
            }
            Err(_) => Err(failure::range(format!(
                "an exit code lies between 0 and 255, not {code}"
            ))),
        }
    });
    vec![
        exit.names(&["code"])
            .doc("Ends the program with an exit code from 0 to 255. Nothing catches it."),
    ]
}
