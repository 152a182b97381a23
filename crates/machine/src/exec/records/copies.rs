//! Copies of records with other values in some fields.

use fzb::tables::ConstId;
use fzb::view::{Constant, Repr};

use crate::code::Word;
use crate::exec::dispatch::{Next, Slow};
use crate::exec::int::set;
use crate::fault::{Fault, Raise};
use crate::legend::{Field, FieldName};
use crate::value::tag;
use crate::world::World;

use super::fields::slot_of;
use super::{has_type, immediates};

/// `a` (bare ticket) := copy of the record `b` (pair) of type (wide low) with the slots of constant (wide high) changed to
/// the operands after it.
pub struct WithSlots;
impl Slow for WithSlots {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`; the copy has the slots of its legend.
        unsafe {
            let (typedef, constant) = immediates(pc);
            let record = world.read(r, (*pc).b);
            if record.tag != tag::MAP
                || !has_type(
                    world,
                    world.legends.get(world.map_legend(record.as_ticket())),
                    typedef,
                )
            {
                return Err(world.wrong_type(typedef, record));
            }
            let instance = (*world.frame).instance;
            let legend = world.record_legend(instance, typedef, 0)?;
            let count = world.legends.get(legend).fields.len();
            world.charge_fuel((count as u64 + 2) / 4)?;
            let copy = world.map_new(legend, count as u16)?;
            let source = world.read(r, (*pc).b).as_ticket();
            for index in 0..count {
                let (from, to) = (slot_of(world, source, index), slot_of(world, copy, index));
                if !from.is_null() && !to.is_null() {
                    to.write(from.read());
                }
            }
            let module = world.module();
            if let Some(Constant::Slots(slots)) = module.constant(ConstId(constant)) {
                let mut at = (*pc).b.wrapping_add(16);
                for slot in slots.iter() {
                    let Some(declared) =
                        world.legends.get(legend).fields.get(slot as usize).copied()
                    else {
                        continue;
                    };
                    let value = world.tagged_register(r, at, declared.repr);
                    let to = slot_of(world, copy, slot as usize);
                    if !to.is_null() {
                        to.write(value);
                    }
                    at = at.wrapping_add(declared.repr.words() as u16 * 8);
                }
            }
            world.lemari.barrier_all(copy);
            set(r, (*pc).a, u64::from(copy.0));
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// `a` (pair) := structural copy of the pair `b` with the fields that constant (wide low) names set or added to the pairs
/// after it. The copy has no declared type: it is a row.
pub struct WithNames;
impl Slow for WithNames {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let (constant, _) = immediates(pc);
            let record = world.read(r, (*pc).b);
            if record.tag != tag::MAP {
                return Err(world.type_fault("record", record));
            }
            let module = world.module();
            let Some(Constant::Names(names)) = module.constant(ConstId(constant)) else {
                return Err(world.fault(Fault::Internal, "a constant that is no list of names"));
            };
            let known = world
                .legend(world.map_legend(record.as_ticket()))
                .fields
                .len() as u64;
            world.charge_fuel(u64::from(names.len()).saturating_mul(1 + known / 16))?;
            let source = world.map_legend(record.as_ticket());
            let mut changed = Vec::new();
            if changed.try_reserve_exact(names.len() as usize).is_err() {
                return Err(world.fault(Fault::Mem, "the host has no memory left"));
            }
            for name in names.iter() {
                changed.push(FieldName::text(world.name(name)?));
            }
            let mut fields =
                world.field_list(world.legend(source).fields.len() as u32 + names.len())?;
            // Field `slot`s count `temps` from `mark` on until they are sorted.
            let mark = world.temps.len();
            for index in 0..world.legend(source).fields.len() {
                let Some(field) = world.legend(source).fields.get(index).copied() else {
                    continue;
                };
                let map = world.read(r, (*pc).b).as_ticket();
                let from = slot_of(world, map, field.slot as usize);
                if field.listed() && !changed.contains(&field.name) && !from.is_null() {
                    let slot = world.temp(from.read())? - mark;
                    fields.push(Field {
                        slot: slot as u16,
                        flags: 0,
                        ..field
                    });
                }
            }
            for (index, name) in changed.iter().enumerate() {
                let value = world.read(r, (*pc).b.wrapping_add(16 + 16 * index as u16));
                let declared = world
                    .legend(source)
                    .field(*name)
                    .map_or(Repr::Dyn, |field| field.repr);
                let repr = if world.fits(declared, value) {
                    declared
                } else {
                    Repr::Dyn
                };
                let slot = world.temp(value)? - mark;
                fields.push(Field {
                    name: *name,
                    repr,
                    slot: slot as u16,
                    flags: 0,
                });
            }
            let row = world.row_of(fields, mark)?;
            world.temps.truncate(mark);
            world.write(r, (*pc).a, row);
            Ok(Next::at(pc.add(2), r))
        }
    }
}
