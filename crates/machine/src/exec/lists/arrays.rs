//! Arrays of a declared element kind: `array`, `arr_get`, `arr_set`, `arr_with`, `arr_new`. Indexes are 0-based in every
//! policy. An array that another language has widened still answers, as long as its elements are of the declared kind.

use fzb::tables::Lang;
use lemari::Ticket;

use super::immediates;
use super::index::must_remember;
use crate::code::Word;
use crate::exec::dispatch::{Dispatch, Next, Slow, cold, cold_word};
use crate::exec::int::{get, set};
use crate::fault::{Fault, Raise, Raised};
use crate::heap::object::{BLOB_HEADER, BlobObj, MapObj, kind};
use crate::heap::vector::{MAX_ELEMENTS, elem, elem_bytes, elem_fits, rooted, write_plain};
use crate::legend::{LegendId, Legends};
use crate::value::{Kind, Value, tag};
use crate::world::World;

/// The legend of an array with elements of a kind.
fn array_legend(elem: u8) -> LegendId {
    Legends::ARRAYS
        .get(elem as usize)
        .copied()
        .unwrap_or(Legends::ARRAY_DYN)
}

/// The declared kind as it stands in the low half of the wide word.
#[inline(always)]
unsafe fn declared(pc: *const Word) -> u8 {
    // SAFETY: an instruction of two words.
    unsafe { (*pc.add(1)).op as u8 }
}

/// An element operand: a pair if the kind is `dyn`, else a word.
unsafe fn operand(world: &World, r: *mut u64, at: u16, elem: u8) -> Value {
    // SAFETY: the caller's promise: an operand of the running instruction.
    unsafe {
        match elem {
            elem::DYN => world.read(r, at),
            elem::F64 => Value {
                tag: tag::F64,
                payload: get(r, at) as u64,
            },
            elem::U8 => Value::int(get(r, at) & 0xFF),
            _ => Value::int(get(r, at)),
        }
    }
}

/// The vector of an array operand if it has exactly the declared kind; null otherwise, and for whatever is no array.
#[inline(always)]
unsafe fn vector_of(cx: *mut World, array: *mut u64, elem: u8) -> *mut BlobObj {
    // SAFETY: a tagged pair; tickets of live values name live objects.
    unsafe {
        if *array != tag::MAP {
            return std::ptr::null_mut();
        }
        let vec = (*(*cx).at::<MapObj>(Ticket(*array.add(1) as u32))).elements;
        if vec == 0 {
            return std::ptr::null_mut();
        }
        let vec = (*cx).at::<BlobObj>(Ticket(vec));
        if *vec.cast::<u8>() != kind::VEC_DYN + elem {
            return std::ptr::null_mut();
        }
        vec
    }
}

/// `a` := element `c` (word) of the array `b` (pair) of an element kind, which says whether `a` is a word or a pair.
#[inline(always)]
pub unsafe fn arr_get<D: Dispatch, const ELEM: u8>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code; the index is tested.
    unsafe {
        let w = *pc;
        let vec = vector_of(cx, r.byte_add(w.b as usize), ELEM);
        if vec.is_null() {
            return ArrGetSlow::<ELEM>::go::<D>(pc, r, cx, ia, fa);
        }
        let index = get(r, w.c) as u64;
        if index >= u64::from((*vec).len) {
            return ArrGetSlow::<ELEM>::go::<D>(pc, r, cx, ia, fa);
        }
        let data = vec.cast::<u8>().add(BLOB_HEADER);
        if ELEM == elem::DYN {
            let from = data.cast::<u64>().add(2 * index as usize);
            let (tag, payload) = (*from, *from.add(1));
            let to = r.byte_add(w.a as usize);
            to.write(tag);
            to.add(1).write(payload);
            return D::next(pc.add(1), r, cx, ia, fa);
        }
        let word = if ELEM == elem::U8 {
            u64::from(*data.add(index as usize))
        } else {
            *data.cast::<u64>().add(index as usize)
        };
        set(r, w.a, word);
        D::next(pc.add(1), r, cx, word as i64, f64::from_bits(word))
    }
}

/// What the fast path of `arr_get` does not take: faults, vectors of another kind, bytes.
struct ArrGetSlow<const ELEM: u8>;
impl<const ELEM: u8> ArrGetSlow<ELEM> {
    /// A word arrives in the accumulators too, as from the fast path.
    #[inline(always)]
    unsafe fn go<D: Dispatch>(
        pc: *const Word,
        r: *mut u64,
        cx: *mut World,
        ia: i64,
        fa: f64,
    ) -> D::Out {
        // SAFETY: passed on.
        unsafe {
            if ELEM == elem::DYN {
                cold::<D, Self>(pc, r, cx, ia, fa)
            } else {
                cold_word::<D, Self>(pc, r, cx, ia, fa)
            }
        }
    }
}
impl<const ELEM: u8> Slow for ArrGetSlow<ELEM> {
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let elem = ELEM;
            let (array, index) = (world.read(r, w.b), get(r, w.c));
            let (len, value) = match array.kind() {
                Kind::Map => {
                    let len = world.elements_len(array.as_ticket());
                    (
                        len,
                        world.element(
                            array.as_ticket(),
                            index.clamp(0, i64::from(u32::MAX)) as u32,
                        ),
                    )
                }
                Kind::Bytes => {
                    let bytes = world.bytes_slice(array.as_ticket());
                    let byte = usize::try_from(index)
                        .ok()
                        .and_then(|index| bytes.get(index));
                    (
                        bytes.len() as u32,
                        Value::int(byte.copied().map_or(0, i64::from)),
                    )
                }
                _ => return Err(world.type_fault("array", array)),
            };
            if index < 0 || index >= i64::from(len) {
                return Err(world.index_fault(index, len));
            }
            if !elem_fits(elem, value) {
                return Err(world.type_fault(element_name(elem), value));
            }
            if elem == elem::DYN {
                world.write(r, w.a, value);
            } else {
                set(r, w.a, value.payload);
            }
            Ok(Next::at(pc.add(1), r))
        }
    }
}

/// What an element of a kind is called in messages.
const fn element_name(elem: u8) -> &'static str {
    match elem {
        elem::I64 => "int",
        elem::F64 => "float",
        elem::U8 => "byte",
        _ => "any value",
    }
}

/// Element `b` (word) of the array `a` (pair) := `c` (word or pair by the element kind).
#[inline(always)]
pub unsafe fn arr_set<D: Dispatch, const ELEM: u8>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code; index and mutability are tested; the barrier follows the store.
    unsafe {
        let w = *pc;
        let array = r.byte_add(w.a as usize);
        let vec = vector_of(cx, array, ELEM);
        if vec.is_null() {
            return cold::<D, ArrSetSlow<ELEM>>(pc, r, cx, ia, fa);
        }
        let map = (*cx).at::<MapObj>(Ticket(*array.add(1) as u32));
        let index = get(r, w.b) as u64;
        if index >= u64::from((*vec).len) || !(*cx).elements_mutable((*map).legend) {
            return cold::<D, ArrSetSlow<ELEM>>(pc, r, cx, ia, fa);
        }
        let data = vec.cast::<u8>().add(BLOB_HEADER);
        let from = r.byte_add(w.c as usize);
        match ELEM {
            elem::DYN => {
                let (tag, payload) = (*from, *from.add(1));
                if tag as u8 >= Kind::FIRST_TICKET
                    && must_remember(cx, (*map).elements, payload as u32)
                {
                    return cold::<D, ArrSetSlow<ELEM>>(pc, r, cx, ia, fa);
                }
                let to = data.cast::<u64>().add(2 * index as usize);
                to.write(tag);
                to.add(1).write(payload);
            }
            elem::U8 => data.add(index as usize).write(*from as u8),
            _ => data.cast::<u64>().add(index as usize).write(*from),
        }
        D::next(pc.add(1), r, cx, ia, fa)
    }
}

struct ArrSetSlow<const ELEM: u8>;
impl<const ELEM: u8> Slow for ArrSetSlow<ELEM> {
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let (array, index) = (world.read(r, w.a), get(r, w.b));
            if array.tag != tag::MAP {
                return Err(world.type_fault("array", array));
            }
            let len = world.elements_len(array.as_ticket());
            if index < 0 || index >= i64::from(len) {
                return Err(world.index_fault(index, len));
            }
            world.want_mutable_elements(array.as_ticket())?;
            let value = operand(world, r, w.c, ELEM);
            let mark = world.temp(array)?;
            let value = world.temp(value)?;
            world.set_element(mark, index as u32, value)?;
            world.temps.truncate(mark);
            Ok(Next::at(pc.add(1), r))
        }
    }
}

impl World {
    /// Fault bounds, naming index and length.
    #[cold]
    pub(crate) fn index_fault(&mut self, index: i64, len: u32) -> Raised {
        self.fault_args(
            Fault::Bounds,
            format_args!("index {index} of a sequence of {len}"),
        )
    }

    /// Fault write unless the elements of a map may be changed.
    pub(crate) fn want_mutable_elements(&mut self, map: Ticket) -> Raise<()> {
        let legend = self.map_legend(map);
        if self.elements_mutable(legend.0) {
            return Ok(());
        }
        Err(self.fault(Fault::Write, "the elements cannot be changed"))
    }

    /// The same before the element with that number is changed or added: a message that names the field wants the number.
    pub(crate) fn want_mutable_element(&mut self, map: Ticket, number: i64) -> Raise<()> {
        if self.elements_mutable(self.map_legend(map).0) {
            return Ok(());
        }
        Err(self.write_fault("the elements cannot be changed", Value::int(number)))
    }
}

/// `a` (pair) := array of (wide low) operands from `b` on, of element kind (wide high): a list in Morph, else an array.
pub struct Array;
impl Slow for Array {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let (count, elem) = immediates(pc);
            let elem = elem as u8;
            let list = world.policy() == Lang::Morph;
            let legend = if list {
                Legends::LIST
            } else {
                array_legend(elem)
            };
            let vec = if elem == elem::DYN {
                world.vec_of_pairs(w.b, count, list)?
            } else {
                world.charge_fuel(u64::from(count) / 8)?;
                let vec = world.vec_new(elem, count)?;
                let object = world.at::<BlobObj>(vec);
                for index in 0..count as usize {
                    let word = *r.byte_add(w.b as usize).add(index);
                    write_plain(object, elem, index, word);
                }
                (*object).len = count;
                vec
            };
            let mark = world.temp(rooted(vec))?;
            let value = world.map_with_vec(legend, mark)?;
            world.temps.truncate(mark);
            world.write(r, w.a, value);
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// `a` (pair) := copy of the array `b` with element (next operand, a word) changed to the operand after it. Wide low:
/// element kind.
pub struct ArrWith;
impl Slow for ArrWith {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let elem = declared(pc);
            let (array, index) = (world.read(r, w.b), get(r, w.b.wrapping_add(16)));
            if array.tag != tag::MAP {
                return Err(world.type_fault("array", array));
            }
            let len = world.elements_len(array.as_ticket());
            if index < 0 || index >= i64::from(len) {
                return Err(world.index_fault(index, len));
            }
            let value = operand(world, r, w.b.wrapping_add(24), elem);
            let mark = world.temp(value)?;
            let vec = world.elements_vec(array.as_ticket());
            let source = world.vec_elem(vec);
            let kind = if elem_fits(source, value) {
                source
            } else {
                elem::DYN
            };
            let vec = world.temp(rooted(vec))?;
            let copy = world.vec_copy(vec, 0, len, kind, len)?;
            world.vec_set(copy, index as u32, world.temps[mark]);
            world.temps[vec] = rooted(copy);
            let legend = match world.map_legend(world.read(r, w.b).as_ticket()) {
                legend if legend == Legends::LIST => legend,
                _ => array_legend(kind),
            };
            let value = world.map_with_vec(legend, vec)?;
            world.temps.truncate(mark);
            world.write(r, w.a, value);
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// `a` (pair) := array of `b` (word) elements, all the operand after it. Wide low: element kind.
pub struct ArrNew;
impl Slow for ArrNew {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`; the vector has room for `count` elements.
        unsafe {
            let w = *pc;
            let elem = declared(pc);
            let count = get(r, w.b);
            if count < 0 || count > i64::from(MAX_ELEMENTS) {
                return Err(world.fault_args(
                    Fault::Range,
                    format_args!("an array cannot have {count} elements"),
                ));
            }
            let count = count as u32;
            world.charge_fuel(u64::from(count) * elem_bytes(elem) as u64 / 64)?;
            let vec = world.vec_new(elem, count)?;
            let object = world.at::<BlobObj>(vec);
            let data = object.cast::<u8>().add(BLOB_HEADER);
            let value = operand(world, r, w.b.wrapping_add(8), elem);
            match elem {
                elem::DYN => {
                    for index in 0..count as usize {
                        data.cast::<Value>().add(index).write(value);
                    }
                }
                elem::U8 => data.write_bytes(value.payload as u8, count as usize),
                _ => {
                    // Room comes zeroed.
                    if value.payload != 0 {
                        for index in 0..count as usize {
                            data.cast::<u64>().add(index).write(value.payload);
                        }
                    }
                }
            }
            (*object).len = count;
            if value.is_heap() {
                world.lemari.barrier_all(vec);
            }
            let mark = world.temp(rooted(vec))?;
            let legend = if world.policy() == Lang::Morph {
                Legends::LIST
            } else {
                array_legend(elem)
            };
            let value = world.map_with_vec(legend, mark)?;
            world.temps.truncate(mark);
            world.write(r, w.a, value);
            Ok(Next::at(pc.add(2), r))
        }
    }
}
