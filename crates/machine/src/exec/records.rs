//! Records and union cases (docs/specs/machine.md §4, rows 60–6C and 1C). A declared value is a map whose legend names its
//! type and case; its fields stand in the slots that the declaration numbers. Cases without fields are inline values.

use fzb::tables::ConstId;
use fzb::view::{Constant, Repr};
use lemari::Ticket;

use crate::code::Word;
use crate::exec::dispatch::{Dispatch, Next, Slow, cold};
use crate::exec::int::{get, set};
use crate::fault::{Fault, Raise};
use crate::heap::object::{BLOB_HEADER, MAP_HEADER, MapObj, kind};
use crate::legend::{Field, FieldName, Legend, LegendId, Nature, field_flags, legend_flags};
use crate::value::{Kind, Value, tag};
use crate::world::World;
use crate::world::static_tag;

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

/// Address of a field's value in a live map with such a slot, or null.
#[inline(always)]
unsafe fn slot_of(cx: *const World, map: Ticket, slot: usize) -> *mut Value {
    // SAFETY: a live map; the slot is tested against inline room, then against the overflow vector.
    unsafe {
        let object = (*cx).at::<MapObj>(map);
        let inline = *object.cast::<u16>().add(1) as usize;
        if slot < inline {
            return (&raw mut (*object).fields).cast::<Value>().add(slot);
        }
        let overflow = Ticket((*object).overflow);
        if overflow.0 == 0 || slot - inline >= (*cx).vec_len(overflow) as usize {
            return std::ptr::null_mut();
        }
        (*cx)
            .at::<u8>(overflow)
            .add(BLOB_HEADER)
            .cast::<Value>()
            .add(slot - inline)
    }
}

/// Copies a field to registers as its representation wants it.
#[inline(always)]
unsafe fn deliver(r: *mut u64, at: u16, repr: Repr, from: *mut Value) -> u64 {
    // SAFETY: `from` is a field of that representation; `at` the result's register.
    unsafe {
        let from = from.cast::<u64>();
        let to = r.byte_add(at as usize);
        let payload = *from.add(1);
        if repr.words() == 1 {
            to.write(payload);
        } else {
            to.write(*from);
            to.add(1).write(payload);
        }
        payload
    }
}

/// `a` := field (wide high) of the record `b` of type (wide low): a pair, or a bare ticket if `c & 1`.
pub unsafe fn get_slot<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code: a bare ticket is a record of that type; a pair is tested.
    unsafe {
        let w = *pc;
        let (typedef, field) = immediates(pc);
        let operand = r.byte_add(w.b as usize);
        let map = if w.c & 1 != 0 {
            Ticket(*operand as u32)
        } else {
            if *operand != tag::MAP {
                return cold::<D, GetSlotSlow>(pc, r, cx, ia, fa);
            }
            Ticket(*operand.add(1) as u32)
        };
        let object = (*cx).at::<MapObj>(map);
        let legend = (*cx).legends.get(LegendId((*object).legend));
        if w.c & 1 == 0 && !has_type(cx, legend, typedef) {
            return cold::<D, GetSlotSlow>(pc, r, cx, ia, fa);
        }
        let from = slot_of(cx, map, field as usize);
        let Some(declared) = legend.fields.get(field as usize) else {
            return cold::<D, GetSlotSlow>(pc, r, cx, ia, fa);
        };
        if from.is_null() {
            return cold::<D, GetSlotSlow>(pc, r, cx, ia, fa);
        }
        let payload = deliver(r, w.a, declared.repr, from);
        D::next(pc.add(2), r, cx, payload as i64, f64::from_bits(payload))
    }
}

/// [`get_slot`] of a one-word field of a record of a proven type (`c & 1`), which has its declared fields in this order.
#[inline(always)]
pub unsafe fn get_slot_word<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code: the bare ticket is a record of that type; a field beyond the inline ones is left
    // to the general way.
    unsafe {
        let w = *pc;
        let field = (*pc.add(1).cast::<u64>() >> 32) as usize;
        let object = (*cx).at::<MapObj>(Ticket(*r.byte_add(w.b as usize) as u32));
        if field >= *object.cast::<u16>().add(1) as usize {
            return get_slot::<D::Base>(pc, r, cx, ia, fa);
        }
        let payload = *(&raw const (*object).fields)
            .cast::<u64>()
            .add(2 * field + 1);
        *r.byte_add(w.a as usize) = payload;
        D::next(pc.add(2), r, cx, payload as i64, f64::from_bits(payload))
    }
}

/// [`get_slot_word`] of a field that is a pair.
#[inline(always)]
pub unsafe fn get_slot_pair<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: as `get_slot_word`.
    unsafe {
        let w = *pc;
        let field = (*pc.add(1).cast::<u64>() >> 32) as usize;
        let object = (*cx).at::<MapObj>(Ticket(*r.byte_add(w.b as usize) as u32));
        if field >= *object.cast::<u16>().add(1) as usize {
            return get_slot::<D::Base>(pc, r, cx, ia, fa);
        }
        let from = (&raw const (*object).fields).cast::<u64>().add(2 * field);
        let (tag, payload) = (from.read_volatile(), from.add(1).read_volatile());
        let to = r.byte_add(w.a as usize);
        to.write_volatile(tag);
        to.add(1).write_volatile(payload);
        D::next(pc.add(2), r, cx, ia, fa)
    }
}

/// `a` (bare ticket) := the pair `b` if it is a record of the typedef in wide high; else the slow cast to type (wide low).
#[inline(always)]
pub unsafe fn cast<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code.
    unsafe {
        let w = *pc;
        let (_, typedef) = immediates(pc);
        let from = r.byte_add(w.b as usize);
        if *from == tag::MAP {
            let map = Ticket(*from.add(1) as u32);
            if is_plain_record(cx, map, typedef) {
                *r.byte_add(w.a as usize) = u64::from(map.0);
                return D::next(pc.add(2), r, cx, ia, fa);
            }
        }
        cold::<D, crate::exec::values::CastType>(pc, r, cx, ia, fa)
    }
}

struct GetSlotSlow;
impl Slow for GetSlotSlow {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let found = if w.c & 1 != 0 {
                Value::ticket(Kind::Map, Ticket(get(r, w.b) as u32))
            } else {
                world.read(r, w.b)
            };
            let (typedef, _) = immediates(pc);
            Err(world.wrong_type(typedef, found))
        }
    }
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

/// Field (wide high) of the record `a` of type (wide low) := `b`. `c`: bit 0 the record is a bare ticket of a proven type,
/// bit 1 the field is mutable and one word, bits 8.. its tag.
pub unsafe fn set_slot<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code: a bare ticket is a record of that type.
    unsafe {
        let w = *pc;
        let (typedef, field) = immediates(pc);
        if w.c & 3 == 3 {
            let map = Ticket(*r.byte_add(w.a as usize) as u32);
            // The plain legend is not frozen.
            if is_plain_record(cx, map, typedef) {
                let object = (*cx).at::<MapObj>(map);
                if (field as usize) < *object.cast::<u16>().add(1) as usize {
                    let to = (&raw mut (*object).fields)
                        .cast::<Value>()
                        .add(field as usize)
                        .cast::<u64>();
                    let tag = u64::from(w.c >> 8);
                    let payload = *r.byte_add(w.b as usize);
                    to.write(tag);
                    to.add(1).write(payload);
                    if tag as u8 >= Kind::FIRST_TICKET && payload as u32 != 0 {
                        (*cx).lemari.barrier(map, to, Ticket(payload as u32));
                    }
                    return D::next(pc.add(2), r, cx, ia, fa);
                }
            }
        }
        cold::<D, SetSlotSlow>(pc, r, cx, ia, fa)
    }
}

/// [`set_slot`] of a record of a proven type, in a mutable field of one word that holds no ticket; `c` is its tag.
#[inline(always)]
pub unsafe fn set_slot_number<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code: the bare ticket is a record of that type, whose slots are in the order of its
    // declaration; a field beyond the inline ones is the slow path's.
    unsafe {
        let w = *pc;
        let (typedef, field) = immediates(pc);
        let map = Ticket(*r.byte_add(w.a as usize) as u32);
        let object = (*cx).at::<MapObj>(map);
        if !is_plain_record(cx, map, typedef)
            || (field as usize) >= *object.cast::<u16>().add(1) as usize
        {
            return cold::<D, SetSlotNumberSlow>(pc, r, cx, ia, fa);
        }
        let to = (&raw mut (*object).fields)
            .cast::<u64>()
            .add(2 * field as usize);
        to.write(u64::from(w.c));
        to.add(1).write(*r.byte_add(w.b as usize));
        D::next(pc.add(2), r, cx, ia, fa)
    }
}

struct SetSlotSlow;
impl Slow for SetSlotSlow {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let record = if w.c & 1 != 0 {
                Value::ticket(Kind::Map, Ticket(get(r, w.a) as u32))
            } else {
                world.read(r, w.a)
            };
            world.set_slot_slow(pc, r, record)
        }
    }
}

struct SetSlotNumberSlow;
impl Slow for SetSlotNumberSlow {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let record = Value::ticket(Kind::Map, Ticket(get(r, (*pc).a) as u32));
            world.set_slot_slow(pc, r, record)
        }
    }
}

impl World {
    /// Field (wide high) of `record` of type (wide low) := the register `b`.
    ///
    /// # Safety
    /// `pc` is the running `set_slot`, in either form.
    unsafe fn set_slot_slow(&mut self, pc: *const Word, r: *mut u64, record: Value) -> Raise<Next> {
        let world = self;
        // SAFETY: operands of the instruction at `pc`; the slot is tested.
        unsafe {
            let w = *pc;
            let (typedef, field) = immediates(pc);
            if record.tag != tag::MAP
                || !has_type(
                    world,
                    world.legends.get(world.map_legend(record.as_ticket())),
                    typedef,
                )
            {
                return Err(world.wrong_type(typedef, record));
            }
            let map = record.as_ticket();
            let legend = world.legends.get(world.map_legend(map));
            let slot = slot_of(world, map, field as usize);
            let Some(declared) = legend
                .fields
                .get(field as usize)
                .copied()
                .filter(|_| !slot.is_null())
            else {
                return Err(world.wrong_type(typedef, record));
            };
            if !declared.is(field_flags::MUTABLE) || legend.has(legend_flags::FROZEN) {
                return Err(world.fault(Fault::Write, "the field cannot be changed"));
            }
            let value = world.tagged_register(r, w.b, declared.repr);
            let inline = world.object_aux(map) as u32;
            let holder = if field < inline {
                map
            } else {
                Ticket((*world.at::<MapObj>(map)).overflow)
            };
            world.store(holder, slot, value);
            Ok(Next::at(pc.add(2), r))
        }
    }
}

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
