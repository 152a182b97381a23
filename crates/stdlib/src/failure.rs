//! How functions fail: which fault and code a kind of failure gets.

use foxvm::{Error, Fault};

/// An argument that is out of its range: code 400.
pub(crate) fn range(message: impl Into<String>) -> Error {
    Error::host(Fault::Range, message)
}

/// A text that is not what it should be: code 400.
pub(crate) fn conv(message: impl Into<String>) -> Error {
    Error::host(Fault::Conv, message)
}

/// An argument of the wrong kind: code 400.
pub(crate) fn kind(message: impl Into<String>) -> Error {
    Error::host(Fault::Type, message)
}

/// A power that was not granted: code 401.
pub(crate) fn denied(message: impl Into<String>) -> Error {
    Error::host(Fault::Cap, message)
}

/// No memory left: code 500.
pub(crate) fn full() -> Error {
    Error::host(Fault::Mem, "the host has no memory left")
}

/// What a number operation says of itself.
pub(crate) fn number(error: numeric::NumError) -> Error {
    use numeric::NumError;
    let fault = match error {
        NumError::Zero => Fault::Zero,
        NumError::Overflow => Fault::Ovf,
        NumError::Range => Fault::Range,
        NumError::TooLarge => Fault::Mem,
        NumError::NotInteger => Fault::Type,
    };
    Error::host(fault, error.to_string())
}
