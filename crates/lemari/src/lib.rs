//! FoxVM's memory (docs/design.md §5, docs/specs/machine.md §8).
//!
//! A [`Lemari`] is one World's cupboard: a reserved range of address space cut into *drawers* that are
//! committed only when something is put into them. New objects go into one of two *trays* by moving a
//! pointer; survivors of a collection are copied to the other tray, and those that survive a second
//! copy are promoted to old drawers. Objects are named by [`Ticket`]s (granule indexes).
//!
//! What this crate never does: it does not know what a value means. All it knows is that a tagged pair
//! of two words holds a ticket when its tag's low byte is at least [`FIRST_TICKET_KIND`], and which
//! offsets of an object hold pairs or bare tickets ([`Shape`]). It never calls the host's allocator
//! infallibly, never recurses over a graph, and never frees a single object by hand.
//!
//! Where to start reading: `ticket` (names and headers), `cupboard` (the struct, allocation, triggers),
//! `trays`, `minor`, `mark` and `major` (the two collections), `remembered` (the write barrier). Next to the World's own
//! memory stand [`handles`] (what the host holds), [`guest`] (drawers a guest program manages itself),
//! [`mapped`] (the one place that maps files) and [`pool`] (reservations shared by an Engine).
//!
//! # The trust this crate places in its caller
//! Tickets passed in must be [`Ticket::NONE`] where that is said, or tickets this same Lemari gave out
//! for an object that has been reachable from the roots ever since, kept up to date by every collection.
//! An object's body must be initialised before the next call that can collect. The executor upholds both
//! (its stack maps are precise); host and guest programs never see such tickets, only the checked ones
//! of [`handles`] and [`guest`].

#[cfg(target_endian = "big")]
compile_error!("object headers and tagged pairs are read as little-endian words");

mod check;
mod config;
mod cupboard;
mod drawers;
pub mod guest;
pub mod handles;
mod major;
pub mod mapped;
mod mark;
mod meter;
mod minor;
mod pauses;
pub mod pool;
mod remembered;
mod reservation;
mod roots;
mod shape;
mod stats;
mod ticket;
mod trays;

pub use config::{Config, EmergencyPolicy, ForcedCollection, MemError, Sabotage};
pub use cupboard::Lemari;
pub use pauses::Pauses;
pub use pool::ReservationPool;
pub use reservation::Reservation;
pub use roots::{Roots, Scope, Visitor};
pub use shape::{NO_SHAPE, Shape, Shapes};
pub use stats::{EmergencyStats, Stats};
pub use ticket::{
    CARD, DRAWER, FILLER_KIND, FIRST_TICKET_KIND, GRANULE, Header, SMALL_MAX, TRAY_MAX, Ticket,
};
