//! Host memory that a guest makes grow: what `fzb::host_memory` has, and boxes.

pub use fzb::host_memory::*;

/// A box of its own for a value.
///
/// # Errors
/// If the host has no memory for it; the value is dropped.
pub fn boxed<T>(value: T) -> Result<Box<T>, NoMemory> {
    let mut one = Vec::new();
    one.try_reserve_exact(1).map_err(|_| NoMemory)?;
    if one.capacity() != 1 {
        // Types without size have boundless room and allocate nothing.
        return Ok(Box::new(value));
    }
    one.push(value);
    let slice: *mut [T] = Box::into_raw(one.into_boxed_slice());
    // SAFETY: a slice of one element has the layout of the element, and was just taken out of a box. Length and capacity
    // are equal, so making the slice moved nothing.
    Ok(unsafe { Box::from_raw(slice.cast::<T>()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boxed_value_is_itself_and_dropped_once() {
        let counted = std::rc::Rc::new(());
        let held = boxed((7u64, counted.clone())).expect("memory");
        assert_eq!((held.0, std::rc::Rc::strong_count(&counted)), (7, 2));
        drop(held);
        assert_eq!(std::rc::Rc::strong_count(&counted), 1);
        assert_eq!(*boxed(()).expect("nothing is needed"), ());
    }
}
