//! The grid of a terminal in POSIX shared memory, in the layout that clients already know (docs/specs/fusabi.md §5.4): one
//! process writes it, others read it, and nobody waits for anybody.
//!
//! - [`Writer`] is the daemon's side. It owns the name: a second writer is refused while the first lives.
//! - [`Reader`] is a client's. It copies only rows that changed into a [`Snapshot`], and never takes a torn row: what it copied
//!   counts only if the row's sequence number was even and the same before and after.
//! - Nothing that stands in the shared memory makes a reader panic, wait without end or read outside of the mapping.
//!
//! What this crate never does: it makes no reference to plain memory that another process may write. All that lies in the
//! mapping is atomics; a `&Cell` is always a copy.
//!
//! Where to start reading: `layout.rs`, then `writer.rs` and `reader.rs`, which are the two halves of one protocol.
//!
//! One of the crates with `unsafe`: one block, in `mapping.rs`.

mod cell;
mod error;
mod layout;
mod mapping;
mod reader;
mod snapshot;
mod writer;

pub use cell::{Cell, DEFAULT_BACKGROUND, DEFAULT_FOREGROUND, flags};
pub use error::Error;
pub use layout::{MAX_COLUMNS, MAX_ROWS, PUBLISHED_BYTES};
pub use reader::{Reader, Update};
pub use snapshot::{Cursor, Snapshot};
pub use writer::{Frame, Writer};

/// Name of the object that clients look for if nothing else is said.
pub const DEFAULT_NAME: &str = "/scarab_shm_v1";
/// Environment variable by which a user names another object; the host reads it, this crate does not.
pub const NAME_VARIABLE: &str = "SCARAB_SHMEM_PATH";
