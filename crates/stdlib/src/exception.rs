//! What exceptions and faults say.

use foxvm::{Context, Error, Native, Value};

pub(crate) fn natives() -> Vec<Native> {
    vec![message::native()]
}

/// What an exception of Fusabi, or a fault that was caught, says: of an exception's fields the one that is a text, if exactly one
/// is; else the form of `%A`.
#[foxvm::native(name = "fusabi.message", inline = "fusabi.message")]
fn message(cx: &mut Context<'_>, exception: Value) -> Result<String, Error> {
    cx.exception_message(&exception)
}
