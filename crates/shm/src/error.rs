//! What can be wrong with shared memory.

use std::fmt;

/// Why shared memory cannot be used.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The system refused; its cause. For a reader, [`std::io::ErrorKind::NotFound`] means that no daemon has started yet.
    System(std::io::Error),
    /// A name is a slash and one to 254 bytes without another.
    Name(String),
    /// Another writer lives.
    Owned,
    /// The object belongs to another user, or others may write it.
    Foreign,
    /// The object is no grid of this version.
    Layout,
    /// The writer has ended, or another one began: open the object again.
    Gone,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::System(cause) => write!(f, "shared memory: {cause}"),
            Error::Name(name) => write!(f, "`{name}` is no name of shared memory"),
            Error::Owned => f.write_str("another process writes this shared memory"),
            Error::Foreign => {
                f.write_str("the shared memory belongs to another user, or others may write it")
            }
            Error::Layout => f.write_str("the shared memory holds no grid of this version"),
            Error::Gone => f.write_str("the writer of the shared memory has ended"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::System(cause) => Some(cause),
            _ => None,
        }
    }
}

impl From<std::io::Error> for Error {
    fn from(cause: std::io::Error) -> Error {
        Error::System(cause)
    }
}

impl From<rustix::io::Errno> for Error {
    fn from(cause: rustix::io::Errno) -> Error {
        Error::System(cause.into())
    }
}
