//! What Rhumb can call besides routines (docs/specs/machine.md §3 "What is callable", rhumb.md §3.4, §5.8): submaps
//! construct, collections are indexed, vassals are applied, anything without arguments is itself.

use crate::exec::dispatch::Next;
use crate::fault::{Fault, Raise};
use crate::heap::map::set;
use crate::legend::{Legends, Nature};
use crate::space::{Outcome, SpaceOp};
use crate::value::{Kind, Value};
use crate::world::World;

impl World {
    /// Calls `temps[mark]`, which is no routine, with the arguments in the window; `None` if that has no meaning.
    ///
    /// # Safety
    /// As `World::call_window`.
    pub(crate) unsafe fn call_other(
        &mut self,
        mark: usize,
        window: u32,
        argc: u32,
        dst: u16,
        call_flags: u16,
    ) -> Raise<Option<Next>> {
        let callee = self.temps[mark];
        let indexable = matches!(
            callee.kind(),
            Kind::Map | Kind::Text | Kind::Range | Kind::Realm
        );
        let result = if argc == 0 {
            callee
        } else if callee.is_map() && self.nature(callee.as_ticket()) == Nature::Submap {
            // SAFETY: passed on.
            unsafe { self.construct(mark, window, argc)? }
        } else if callee.kind() == Kind::Vassal && argc == 1 {
            // SAFETY: passed on.
            return unsafe { self.apply_called(mark, window, dst, call_flags) };
        } else if indexable && argc == 1 {
            // SAFETY: one argument stands in the window.
            let key = unsafe { self.argument(window, 0) };
            let key = self.temp(key)?;
            self.index_get(mark, key)?
        } else {
            return Ok(None);
        };
        self.deliver(result, dst, call_flags).map(Some)
    }

    /// An argument of a call that is being set up.
    unsafe fn argument(&self, window: u32, index: u32) -> Value {
        // SAFETY: the caller's promise: so many pairs stand in the window of the frame on top.
        unsafe {
            self.running_r
                .byte_add(window as usize)
                .cast::<Value>()
                .add(index as usize)
                .read()
        }
    }

    /// A map with a field for each label of the submap `temps[mark]`, in its order.
    unsafe fn construct(&mut self, mark: usize, window: u32, argc: u32) -> Raise<Value> {
        let map = self.map_new(Legends::PLAIN, 0)?;
        let map = self.temp(Value::ticket(Kind::Map, map))?;
        let members = self.members(self.temps[mark].as_ticket());
        self.charge_fuel(u64::from(members))?;
        let mut given = 0;
        for index in 0..members {
            let member = self.member(self.temps[mark].as_ticket(), index);
            if member.key.same(Value::HOLE) {
                continue;
            }
            let value = if given < argc {
                // SAFETY: passed on; growth of `temps` moves no register.
                unsafe { self.argument(window, given) }
            } else {
                Value::EMPTY
            };
            given += 1;
            let key = self.temp(member.key)?;
            let value = self.temp(value)?;
            self.set_member(map, key, value, set::MUTABLE)?;
            self.temps.truncate(key);
        }
        Ok(self.temps[map])
    }

    /// A vassal called with a realm: the realm behind the vassal.
    unsafe fn apply_called(
        &mut self,
        mark: usize,
        window: u32,
        dst: u16,
        call_flags: u16,
    ) -> Raise<Option<Next>> {
        let first = self.running_r.wrapping_byte_add(window as usize);
        let first = self.ensure_room(first, 2 * size_of::<Value>() + 64)?;
        // SAFETY: there is room for two pairs, of which the first is the realm.
        unsafe {
            let pair = first.cast::<Value>();
            pair.add(1).write(pair.read());
            pair.write(self.temps[mark]);
        }
        // The spaces may allocate between reading their operands: both are covered as the call's arguments.
        if let Some(last) = self.argument_windows.last_mut() {
            last.1 = 2;
        }
        let Some(runner) = self.spaces.as_ref().map(|spaces| spaces.runner()) else {
            return Err(self.fault(Fault::State, "this World has no spaces"));
        };
        let Ok(at) = u16::try_from(window) else {
            return Err(self.fault(Fault::Depth, "too many registers for a vassal's call"));
        };
        match runner(self, SpaceOp::ApplyVassal, [0; 4], at, 2, dst)? {
            Outcome::Value(value) => self.deliver(value, dst, call_flags).map(Some),
            Outcome::Continue(next) => Ok(Some(next)),
        }
    }
}
