//! Records and union cases (docs/specs/machine.md §4, rows 60–6C and 1C). A declared value is a map whose legend names its
//! type and case; its fields stand in the slots that the declaration numbers. Cases without fields are inline values.

use lemari::Ticket;

use crate::code::Word;
use crate::exec::dispatch::{Dispatch, Next, Slow, cold};
use crate::exec::int::set;
use crate::fault::{Fault, Raise};
use crate::heap::object::{MAP_HEADER, MapObj, kind};
use crate::legend::{Field, Legend, LegendId};
use crate::value::{Kind, Value};
use crate::world::World;
use crate::world::static_tag;

mod cases;
mod copies;
mod fields;

pub use cases::{Case, CaseIs, GetCase, SwitchTag, tag_is};
pub use copies::{WithNames, WithSlots};
pub use fields::{cast, get_slot, get_slot_pair, get_slot_word, set_slot, set_slot_number};

/// The two immediates in the word after the instruction.
#[inline(always)]
unsafe fn immediates(pc: *const Word) -> (u32, u32) {
    // SAFETY: an instruction of two words.
    let wide = unsafe { (*pc.add(1)).as_wide() };
    (wide as u32, (wide >> 32) as u32)
}

/// True if a legend is that of a type of the running instance.
#[inline(always)]
unsafe fn has_type(cx: *const World, legend: &Legend, typedef: u32) -> bool {
    // SAFETY: the frame on top is the running one.
    let instance = unsafe { (*(*cx).frame).instance };
    legend
        .ty
        .is_some_and(|ty| ty.rec == typedef && ty.instance == instance)
}

/// True if a map has the legend with which records of a type of the running instance are made. Records that were frozen,
/// and maps of any other type, have another.
///
/// # Safety
/// A live map; a typedef of the running instance.
#[inline(always)]
pub(super) unsafe fn is_plain_record(cx: *const World, map: Ticket, typedef: u32) -> bool {
    // SAFETY: the caller's promise; the table has an entry per typedef.
    unsafe { (*(*cx).at::<MapObj>(map)).legend == *(*cx).records.add(typedef as usize) }
}

impl World {
    /// Fault type: a value that is not of a type definition of the running module.
    #[cold]
    fn wrong_type(&mut self, typedef: u32, found: Value) -> crate::fault::Raised {
        let module = self.module();
        let name = module
            .typedef(fzb::tables::TypedefId(typedef))
            .and_then(|typedef| module.name(typedef.name))
            .unwrap_or("record");
        self.type_fault(name, found)
    }

    /// The legend of a value that is a map or a case without fields.
    pub(crate) fn declared_legend(&self, value: Value) -> Option<LegendId> {
        match value.kind() {
            Kind::Map => Some(self.map_legend(value.as_ticket())),
            Kind::Case0 => Some(LegendId(value.aux())),
            _ => None,
        }
    }

    /// A structural record: each field's value stands at `temps[first + slot]`.
    fn row_of(&mut self, mut fields: Vec<Field>, first: usize) -> Raise<Value> {
        fields.sort_by(|a, b| {
            let text = |field: &Field| field.name.text_id().map_or("", |id| self.name_text(id));
            text(a).cmp(text(b))
        });
        let mut order: Vec<u16> = Vec::new();
        if order.try_reserve_exact(fields.len()).is_err() {
            return Err(self.fault(Fault::Mem, "the host has no memory left"));
        }
        for (slot, field) in fields.iter_mut().enumerate() {
            order.push(field.slot);
            field.slot = slot as u16;
        }
        let count = order.len();
        let legend = self.row_legend(fields)?;
        let map = self.map_new(legend, count as u16)?;
        let object = self.at::<MapObj>(map);
        for (slot, from) in order.iter().enumerate() {
            let value = self
                .temps
                .get(first + *from as usize)
                .copied()
                .unwrap_or(Value::EMPTY);
            // SAFETY: a fresh map with that many inline slots.
            unsafe {
                (&raw mut (*object).fields)
                    .cast::<Value>()
                    .add(slot)
                    .write(value)
            };
        }
        self.lemari.barrier_all(map);
        Ok(Value::ticket(Kind::Map, map))
    }

    /// A value of the fields that stand from byte offset `at` of the running window on, in their representations.
    ///
    /// # Safety
    /// The operands of the running instruction stand there, one per field of the legend.
    unsafe fn declared_map(&mut self, legend: LegendId, at: u16) -> Raise<Ticket> {
        let count = self.legends.get(legend).fields.len();
        self.charge_fuel((count as u64 + 2) / 4)?;
        let map = self.map_new(legend, count as u16)?;
        let from = self.running_r.wrapping_byte_add(at as usize);
        let object = self.at::<MapObj>(map);
        // SAFETY: the caller's promise; `map_new` gave room for that many fields and nothing was allocated since.
        unsafe {
            let to = (&raw mut (*object).fields).cast::<u64>();
            let mut word = 0;
            for (index, field) in self.legends.get(legend).fields.iter().enumerate() {
                let slot = to.add(2 * index);
                match static_tag(field.repr) {
                    Some(tag) => {
                        slot.write(tag);
                        slot.add(1).write(*from.add(word));
                        word += 1;
                    }
                    None => {
                        slot.write(*from.add(word));
                        slot.add(1).write(*from.add(word + 1));
                        word += 2;
                    }
                }
            }
        }
        if count * 16 > lemari::SMALL_MAX - 64 {
            self.lemari.barrier_all(map);
        }
        Ok(map)
    }
}

/// Most fields of a record that has a fast way: a byte of the third word for each.
pub const FAST_FIELDS: usize = 8;
/// In the third word: the field's operand is a pair.
pub const PAIR_FIELD: u8 = 0xFF;

/// `a` (bare ticket) := record of type (wide low) from the `c` fields at `b`, at most [`FAST_FIELDS`]. A byte of the third
/// word for each of them, lowest first: its tag, or [`PAIR_FIELD`].
pub unsafe fn record<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code; the object is filled before anything else is allocated.
    unsafe {
        let w = *pc;
        let (typedef, _) = immediates(pc);
        let legend = *(*cx).records.add(typedef as usize);
        let count = w.c as usize;
        let left = (*cx).fuel - (count as i64 + 2) / 4;
        if legend == crate::legend::NONE || left < 0 || (*cx).collect_always {
            return cold::<D, Record<3>>(pc, r, cx, ia, fa);
        }
        let bytes = MAP_HEADER + count * size_of::<Value>();
        let Some(ticket) = (*cx).lemari.try_alloc(kind::MAP, count as u16, bytes) else {
            return cold::<D, Record<3>>(pc, r, cx, ia, fa);
        };
        (*cx).fuel = left;
        let object = (*cx).lemari.at(ticket);
        // Legend and identity; elements and table; overflow and extra.
        *object.add(1) = u64::from(legend);
        *object.add(2) = 0;
        *object.add(3) = 0;
        let mut kinds = (*pc.add(2)).as_wide();
        let mut from = r.byte_add(w.b as usize);
        let mut to = object.add(MAP_HEADER / 8);
        for _ in 0..count {
            let kind = kinds as u8;
            kinds >>= 8;
            if kind == PAIR_FIELD {
                *to = *from;
                from = from.add(1);
            } else {
                *to = u64::from(kind);
            }
            *to.add(1) = *from;
            from = from.add(1);
            to = to.add(2);
        }
        *r.byte_add(w.a as usize) = u64::from(ticket.0);
        D::next(pc.add(3), r, cx, ia, fa)
    }
}

const _: () = {
    assert!(std::mem::offset_of!(MapObj, legend) == 8);
    assert!(std::mem::offset_of!(MapObj, elements) == 16);
    assert!(std::mem::offset_of!(MapObj, overflow) == 24);
};

/// `a` (bare ticket) := record of type (wide low) from the fields at `b`. The instruction has so many words.
pub struct Record<const LENGTH: usize>;
impl<const LENGTH: usize> Slow for Record<LENGTH> {
    const WORDS: usize = LENGTH;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let (typedef, _) = immediates(pc);
            let instance = (*world.frame).instance;
            let legend = world.record_legend(instance, typedef, 0)?;
            let map = world.declared_map(legend, (*pc).b)?;
            set(r, (*pc).a, u64::from(map.0));
            Ok(Next::at(pc.add(LENGTH), r))
        }
    }
}
