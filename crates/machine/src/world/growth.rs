//! Growing register and frame stacks of the running fiber. What cannot grow, for whatever reason, is fault depth.

use crate::fault::{Fault, Raise};
use crate::fiber::Fiber;
use crate::frame::Frame;
use crate::world::World;

impl World {
    /// The running fiber.
    pub(crate) fn fiber(&mut self) -> &mut Fiber {
        // The running fiber always exists; a missing one would be a bug, which the net of `exec::dispatch::run` catches.
        let current = self.current.0 as usize;
        self.fibers[current]
            .as_mut()
            .expect("the running fiber exists")
    }

    /// Makes sure that `bytes` of registers from `window` and one more frame fit; gives the window's new address.
    /// Growth doubles and is counted; when it is refused, fault depth.
    pub(crate) fn ensure_room(&mut self, window: *mut u64, bytes: usize) -> Raise<*mut u64> {
        let frame = self.frame;
        let fiber = self.fiber();
        let base = fiber.regs.as_ptr() as usize;
        let running = (self.running_r as usize).wrapping_sub(base);
        let fiber = self.fiber();
        let offset = (window as usize).wrapping_sub(base);
        let needed = (offset + bytes).div_ceil(8);
        let have = fiber.regs.len();
        let frames = fiber.frames.len();
        // SAFETY: `frame` points into the running fiber's frames.
        let top = unsafe { frame.offset_from(fiber.frames.as_ptr()) } as usize;
        if needed > have {
            let target = needed.next_power_of_two().max(have * 2);
            self.charge_stack((target - have) * 8)?;
            let fiber = self.fiber();
            if fiber.regs.try_reserve_exact(target - have).is_err() {
                self.lemari.refund((target - have) * 8);
                return Err(self.fault(Fault::Depth, "the register stack cannot grow"));
            }
            let fiber = self.fiber();
            fiber.regs.resize(target, 0);
            // The registers have moved, and what is counted below may collect.
            let first = fiber.regs.as_mut_ptr();
            self.running_r = first.wrapping_byte_add(running);
        }
        if top + 2 > frames {
            let depth = self.limits.depth as usize + 2;
            if frames >= depth {
                return Err(self.fault(Fault::Depth, "the call depth limit is reached"));
            }
            let target = (frames * 2).min(depth);
            self.charge_stack((target - frames) * size_of::<Frame>())?;
            let fiber = self.fiber();
            if fiber.frames.try_reserve_exact(target - frames).is_err() {
                self.lemari.refund((target - frames) * size_of::<Frame>());
                return Err(self.fault(Fault::Depth, "the frame stack cannot grow"));
            }
            // SAFETY: all-zero bytes are a valid frame (null pointers, zero numbers).
            let zero: Frame = unsafe { std::mem::zeroed() };
            self.fiber().frames.resize(target, zero);
        }
        self.refresh(top);
        let fiber = self.fiber();
        let first = fiber.regs.as_mut_ptr();
        self.running_r = first.wrapping_byte_add(running);
        let fiber = self.fiber();
        Ok(fiber.regs.as_mut_ptr().wrapping_byte_add(offset))
    }

    fn charge_stack(&mut self, bytes: usize) -> Raise<()> {
        if self.lemari.charge(bytes).is_ok() {
            return Ok(());
        }
        self.collect();
        match self.lemari.charge(bytes) {
            Ok(()) => Ok(()),
            Err(_) => Err(self.fault(
                Fault::Depth,
                "the stack cannot grow within the memory limit",
            )),
        }
    }

    /// Points the World's hot fields at the running fiber's stacks, whose frame on top is number `top`.
    pub(crate) fn refresh(&mut self, top: usize) {
        let fiber = self.fiber();
        let frames = fiber.frames.as_mut_ptr();
        let count = fiber.frames.len();
        let regs_end = fiber.regs.as_mut_ptr_range().end;
        // SAFETY: `top` and `count` lie within the vector.
        unsafe {
            self.frame = frames.add(top);
            self.frame_end = frames.add(count);
        }
        self.regs_end = regs_end;
    }

    /// Index of the frame on top.
    pub(crate) fn frame_index(&mut self) -> usize {
        let frame = self.frame;
        let frames = self.fiber().frames.as_ptr();
        // SAFETY: both point into the running fiber's frames.
        unsafe { frame.offset_from(frames) as usize }
    }

    /// Word offset of `r` in the running fiber's registers.
    pub(crate) fn register_index(&mut self, r: *mut u64) -> u32 {
        let base = self.fiber().regs.as_ptr() as usize;
        ((r as usize).wrapping_sub(base) / 8) as u32
    }
}
