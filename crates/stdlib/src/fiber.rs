//! Fibers: sleeping, and ending them.

use std::time::Duration;

use foxvm::{Context, Error, Native, Suspend, Value};

use crate::failure;

pub(crate) fn natives() -> Vec<Native> {
    vec![
        start::native(),
        sleep::native(),
        running::native(),
        waits::native(),
        cancel::native(),
    ]
}

/// A fiber over a function, which is called with empty: it runs until it first waits, then the caller goes on.
#[foxvm::native(name = "fiber.start")]
fn start(cx: &mut Context<'_>, function: Value) -> Result<Suspend<Value>, Error> {
    cx.start(&function)
}

/// Waits for so many milliseconds, while others go on. No capability: a World's time moves by what is slept and nothing else, so
/// it says nothing of the clock.
#[foxvm::native(name = "fiber.sleep")]
fn sleep(cx: &mut Context<'_>, milliseconds: i64) -> Result<Suspend<()>, Error> {
    let Ok(milliseconds) = u64::try_from(milliseconds) else {
        return Err(failure::range(format!(
            "nobody sleeps for {milliseconds} milliseconds"
        )));
    };
    cx.sleep(Duration::from_millis(milliseconds))
        .map(Suspend::Later)
}

/// The fiber that calls.
#[foxvm::native(name = "fiber.running")]
fn running(cx: &mut Context<'_>) -> Result<Value, Error> {
    cx.fiber()
}

/// Does the call wait for who sleeps? If not, its host moves the time on, and what has to wait goes on later.
#[foxvm::native(name = "fiber.waits")]
fn waits(cx: &mut Context<'_>) -> bool {
    cx.waits()
}

/// Ends a fiber that waits: what must run at its end runs. One that has ended stays as it is.
#[foxvm::native(name = "fiber.cancel")]
fn cancel(cx: &mut Context<'_>, fiber: Value) -> Result<Suspend<()>, Error> {
    Ok(match cx.cancel(&fiber)? {
        Some(token) => Suspend::Later(token),
        None => Suspend::Now(()),
    })
}
