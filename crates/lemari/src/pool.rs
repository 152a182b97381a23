//! Reservations shared by the Worlds of an Engine, so that making a World maps nothing.

use crate::config::MemError;
use crate::reservation::{Map, Reservation};
use std::sync::{Arc, Mutex, PoisonError};

/// A bounded, thread-safe pool of reservations of one size.
///
/// A reservation comes back clean: if its World ever wrote into it, all its pages are handed to the operating system
/// first, so nothing of one World can be seen by the next.
#[derive(Clone, Debug)]
pub struct ReservationPool {
    inner: Arc<PoolInner>,
}

#[derive(Debug)]
pub(crate) struct PoolInner {
    bytes: usize,
    bound: usize,
    idle: Mutex<Vec<Map>>,
}

impl ReservationPool {
    /// A pool of reservations of `bytes` each that keeps at most `bound` idle ones.
    pub fn new(bytes: usize, bound: usize) -> ReservationPool {
        ReservationPool {
            inner: Arc::new(PoolInner {
                bytes,
                bound,
                idle: Mutex::new(Vec::new()),
            }),
        }
    }

    /// An idle reservation, or a new one. It returns to the pool when it is dropped.
    pub fn take(&self) -> Result<Reservation, MemError> {
        let idle = self
            .inner
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        let map = match idle {
            Some(map) => map,
            None => Map::new(self.inner.bytes)?,
        };
        Ok(Reservation::from_map(map, Arc::clone(&self.inner)))
    }

    /// Reservations idle now (a number).
    pub fn idle(&self) -> usize {
        self.inner
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .len()
    }

    /// Bytes of each reservation.
    pub fn bytes(&self) -> usize {
        self.inner.bytes
    }
}

impl PoolInner {
    /// Takes a clean map back; one too many, or one the list cannot hold, is unmapped.
    pub(crate) fn give(&self, map: Map) {
        debug_assert!(map.len() >= self.bytes);
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < self.bound && idle.try_reserve(1).is_ok() {
            idle.push(map);
        } else {
            drop(idle);
            drop(map);
        }
    }
}
