//! Tuples: maps whose inline fields are the members.

use super::immediates;
use crate::code::Word;
use crate::exec::dispatch::{Next, Slow};
use crate::fault::{Fault, Raise};
use crate::heap::object::MapObj;
use crate::value::{Kind, Value, tag};
use crate::world::World;

/// `a` (pair) := tuple of `c` pairs from `b` on.
pub struct Tuple;
impl Slow for Tuple {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`; the map was made with that many fields.
        unsafe {
            let w = *pc;
            let (count, _) = immediates(pc);
            world.charge_fuel(u64::from(count) / 4)?;
            let legend = world.tuple_legend(count)?;
            let map = world.map_new(legend, count as u16)?;
            let from = r.byte_add(w.b as usize).cast::<Value>();
            let to = (&raw mut (*world.at::<MapObj>(map)).fields).cast::<Value>();
            for index in 0..count as usize {
                to.add(index).write(from.add(index).read());
            }
            world.lemari.barrier_all(map);
            world.write(r, w.a, Value::ticket(Kind::Map, map));
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// `a` (pair) := member number (wide low) of the tuple `b`, 0-based.
pub struct TupleGet;
impl Slow for TupleGet {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let (index, _) = immediates(pc);
            let tuple = world.read(r, w.b);
            if tuple.tag != tag::MAP {
                return Err(world.type_fault("tuple", tuple));
            }
            let Some(value) = world.positional(tuple.as_ticket(), index) else {
                let count = world.positional_len(tuple.as_ticket());
                return Err(world.fault_args(
                    Fault::Bounds,
                    format_args!("member {index} of a tuple of {count}"),
                ));
            };
            world.write(r, w.a, value);
            Ok(Next::at(pc.add(2), r))
        }
    }
}
