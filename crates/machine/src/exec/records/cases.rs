//! Union cases: making them, telling them apart, taking their fields.

use lemari::Ticket;

use crate::code::Word;
use crate::exec::dispatch::{Dispatch, Next, Slow};
use crate::exec::int::set;
use crate::fault::Raise;
use crate::heap::object::MapObj;
use crate::legend::{LegendId, Nature};
use crate::value::{Kind, Value, tag};
use crate::world::World;

use super::fields::{deliver, slot_of};
use super::{has_type, immediates};

/// `a` (pair) := case (wide high) of type (wide low) from the fields at `b`; inline if it has none.
pub struct Case;
impl Slow for Case {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let (typedef, case) = immediates(pc);
            let instance = (*world.frame).instance;
            let legend = world.record_legend(instance, typedef, case)?;
            let value = if world.legends.get(legend).fields.is_empty() {
                Value::new(Kind::Case0, 0, legend.0, u64::from(case))
            } else {
                Value::ticket(Kind::Map, world.declared_map(legend, (*pc).b)?)
            };
            world.write(r, (*pc).a, value);
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// `a` (word) := is the pair `b` the case (wide high) of type (wide low)?
pub unsafe fn tag_is<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    _: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code.
    unsafe {
        let w = *pc;
        let (typedef, case) = immediates(pc);
        let operand = r.byte_add(w.b as usize);
        let word = *operand;
        let legend = if word == tag::MAP {
            (*(*cx).at::<MapObj>(Ticket(*operand.add(1) as u32))).legend
        } else if word as u8 == Kind::Case0 as u8 {
            (word >> 32) as u32
        } else {
            u32::MAX
        };
        let truth = if legend == u32::MAX {
            false
        } else {
            let legend = (*cx).legends.get(LegendId(legend));
            legend.tag == case && has_type(cx, legend, typedef)
        };
        set(r, w.a, truth as u64);
        D::next(pc.add(2), r, cx, truth as i64, fa)
    }
}

/// `a` := field `c` of the pair `b`, which must be the case (wide high) of type (wide low).
pub struct GetCase;
impl Slow for GetCase {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`; the slot is tested.
        unsafe {
            let w = *pc;
            let (typedef, case) = immediates(pc);
            let value = world.read(r, w.b);
            if value.tag == tag::MAP {
                let map = value.as_ticket();
                let legend = world.legends.get(world.map_legend(map));
                if legend.tag == case && has_type(world, legend, typedef) {
                    let slot = slot_of(world, map, w.c as usize);
                    if let Some(declared) = legend.fields.get(w.c as usize)
                        && !slot.is_null()
                    {
                        deliver(r, w.a, declared.repr, slot);
                        return Ok(Next::at(pc.add(2), r));
                    }
                }
            }
            Err(world.wrong_type(typedef, value))
        }
    }
}

/// `a` (word) := is the pair `b` a case of the name (wide low)?
pub struct CaseIs;
impl Slow for CaseIs {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let (name, _) = immediates(pc);
            let name = world.name(name)?;
            let value = world.read(r, (*pc).b);
            let truth = world.declared_legend(value).is_some_and(|legend| {
                let legend = world.legends.get(legend);
                legend.name == name
                    && (value.kind() == Kind::Case0 || legend.nature == Nature::Case)
            });
            set(r, (*pc).a, truth as u64);
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// Goes on where table (wide low) says for the case of the pair `b`; what is no case, or has none there, falls through.
pub struct SwitchTag;
impl Slow for SwitchTag {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`; targets are words of this code.
        unsafe {
            let (table, _) = immediates(pc);
            let value = world.read(r, (*pc).b);
            let tag = match value.kind() {
                Kind::Case0 => Some(value.payload as usize),
                Kind::Map => {
                    let legend = world.legends.get(world.map_legend(value.as_ticket()));
                    (legend.nature == Nature::Case).then_some(legend.tag as usize)
                }
                _ => None,
            };
            let Some(tag) = tag else {
                return Err(world.type_fault("a union case", value));
            };
            let code = (*world.frame).code;
            let tables = &(*code).tables;
            let target = tables
                .get(table as usize)
                .and_then(|table| table.get(tag))
                .copied();
            let next = match target {
                Some(target) => (*code).words.as_ptr().add(target as usize),
                None => pc.add(2),
            };
            Ok(Next::at(next, r))
        }
    }
}
