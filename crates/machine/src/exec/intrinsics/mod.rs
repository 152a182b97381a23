//! Intrinsics: small native functions with a fixed signature (docs/specs/machine.md §4, `isa::Intrinsic`).
//!
//! An intrinsic reads its operands through [`Site`], which knows where they stand from the signature, and sets one
//! result. Operands stay in registers that the collector sees, so they are read again after every allocation.

mod array;
mod float;
pub(crate) mod format;
mod list;
mod number;
mod table;
mod text;

use isa::{Intrinsic, Slot};
use lemari::Ticket;

use super::int::{get, set};
use super::lists::{END, FRONT};
use crate::fault::{Fault, Raise};
use crate::legend::{LegendId, Nature};
use crate::value::{Kind, Value, tag};
use crate::world::World;

/// Most operands of an intrinsic.
const OPERANDS: usize = 5;

/// Where the operands and the result of a running intrinsic stand.
#[derive(Clone, Copy)]
pub(crate) struct Site {
    r: *mut u64,
    result: u16,
    operands: [u16; OPERANDS],
    slots: &'static [Slot],
}

/// Registers that a slot takes, in bytes.
const fn width(slot: Slot) -> u16 {
    match slot {
        Slot::Dyn | Slot::Ref | Slot::Fn => 16,
        _ => 8,
    }
}

/// The tag of a slot's values, if the slot does not hold it.
const fn slot_tag(slot: Slot) -> Option<u64> {
    match slot {
        Slot::Int => Some(tag::I64),
        Slot::Float => Some(tag::F64),
        Slot::Bool => Some(tag::BOOL),
        Slot::Char => Some(tag::CHAR),
        Slot::Text => Some(tag::TEXT),
        Slot::Bytes => Some(tag::BYTES),
        Slot::List => Some(tag::LIST),
        Slot::Dyn | Slot::Ref | Slot::Fn => None,
    }
}

impl Site {
    /// The operands of `intrinsic` from byte offset `first` on, its result at `result`.
    ///
    /// # Safety
    /// `r` is the first register of the frame on top while the site is used, and operands of these slots stand there.
    unsafe fn new(intrinsic: Intrinsic, r: *mut u64, result: u16, first: u16) -> Site {
        let slots = intrinsic.args();
        let mut operands = [first; OPERANDS];
        let mut at = first;
        for (operand, slot) in operands.iter_mut().zip(slots) {
            *operand = at;
            at = at.wrapping_add(width(*slot));
        }
        Site {
            r,
            result,
            operands,
            slots,
        }
    }

    fn at(&self, index: usize) -> u16 {
        self.operands.get(index).copied().unwrap_or(self.result)
    }

    /// The word of an operand that has no tag.
    fn word(&self, index: usize) -> u64 {
        // SAFETY: `Site::new`'s promise.
        unsafe { get(self.r, self.at(index)) as u64 }
    }

    /// An operand as a value.
    pub(crate) fn value(&self, index: usize) -> Value {
        match self.slots.get(index).copied().and_then(slot_tag) {
            Some(tag) => Value {
                tag,
                payload: self.word(index),
            },
            // SAFETY: `Site::new`'s promise: a pair stands there.
            None => unsafe {
                self.r
                    .byte_add(self.at(index) as usize)
                    .cast::<Value>()
                    .read()
            },
        }
    }

    /// An operand's ticket: a text, bytes, a list, or a value known to be on the heap.
    pub(crate) fn ticket(&self, index: usize) -> Ticket {
        self.value(index).as_ticket()
    }

    /// An integer operand.
    pub(crate) fn int(&self, index: usize) -> i64 {
        self.word(index) as i64
    }

    /// A float operand.
    pub(crate) fn float(&self, index: usize) -> f64 {
        f64::from_bits(self.word(index))
    }

    fn set_word(&self, word: u64) {
        // SAFETY: `Site::new`'s promise.
        unsafe { set(self.r, self.result, word) }
    }

    /// Sets an integer result.
    pub(crate) fn set_int(&self, value: i64) {
        self.set_word(value as u64);
    }

    /// Sets a float result.
    pub(crate) fn set_float(&self, value: f64) {
        self.set_word(value.to_bits());
    }

    /// Sets a truth value as result.
    pub(crate) fn set_bool(&self, value: bool) {
        self.set_word(u64::from(value));
    }

    /// Sets a text, bytes or list as result.
    pub(crate) fn set_ticket(&self, ticket: Ticket) {
        self.set_word(u64::from(ticket.0));
    }

    /// Sets a tagged result.
    pub(crate) fn set_value(&self, value: Value) {
        // SAFETY: `Site::new`'s promise: the result is a pair.
        unsafe {
            self.r
                .byte_add(self.result as usize)
                .cast::<Value>()
                .write(value)
        }
    }
}

/// Runs an intrinsic.
///
/// # Safety
/// As [`Site::new`], for the intrinsic with that number.
pub(crate) unsafe fn run(
    world: &mut World,
    number: u32,
    r: *mut u64,
    result: u16,
    first: u16,
) -> Raise<()> {
    use Intrinsic::*;
    let Some(intrinsic) = u16::try_from(number).ok().and_then(Intrinsic::from_number) else {
        return Err(world.fault_args(
            Fault::Internal,
            format_args!("there is no intrinsic {number}"),
        ));
    };
    // SAFETY: the caller's promise.
    let site = unsafe { Site::new(intrinsic, r, result, first) };
    match intrinsic {
        TextFind => text::find(world, site),
        TextContains => text::contains(world, site),
        TextStarts => text::starts(world, site),
        TextEnds => text::ends(world, site),
        TextLower => text::lower(world, site),
        TextUpper => text::upper(world, site),
        TextTrim => text::trim(world, site),
        TextReplace => text::replace(world, site),
        TextSplit => text::split(world, site),
        TextJoin => text::join(world, site),
        TextPad => text::pad(world, site),
        TextLength => {
            let text = site.ticket(0);
            site.set_int(i64::from(world.text_scalars(text)));
            Ok(())
        }
        TextBytes => text::bytes(world, site),
        TextOfBytes => text::of_bytes(world, site),
        TextSlice => text::slice(world, site),
        TextRepeat => text::repeat(world, site),
        ListLength => list::length(world, site),
        ListReverse => list::reverse(world, site),
        ListAppend => list::append(world, site),
        ListToArray => list::to_array(world, site),
        ListOfArray => list::of_array(world, site),
        ArrayCopy => array::copy(world, site),
        ArraySort => array::sort(world, site),
        ArrayLength => array::length(world, site),
        ArrayReverse => array::reverse(world, site),
        ArrayAppend => array::append(world, site),
        ArraySub => array::sub(world, site),
        ArrayFill => array::fill(world, site),
        ArrayBlit => array::blit(world, site),
        ArraySortInPlace => array::sort_in_place(world, site),
        TextFormat => format::listed(world, site),
        FusabiMessage => {
            let text = world.exception_message(site.value(0))?;
            site.set_ticket(text);
            Ok(())
        }
        OptionIsSome => case_is(world, site, "Some"),
        OptionIsNone => case_is(world, site, "None"),
        ResultIsOk => case_is(world, site, "Ok"),
        ResultIsError => case_is(world, site, "Error"),
        I64Abs => match site.int(0).checked_abs() {
            Some(value) => {
                site.set_int(value);
                Ok(())
            }
            None => Err(world.fault(Fault::Ovf, "the absolute value of the least integer")),
        },
        I64Min => int(site, site.int(0).min(site.int(1))),
        I64Max => int(site, site.int(0).max(site.int(1))),
        I64Clz => int(site, i64::from(site.int(0).leading_zeros())),
        I64Ctz => int(site, i64::from(site.int(0).trailing_zeros())),
        I64Popcnt => int(site, i64::from(site.int(0).count_ones())),
        I64Pow => number::int_pow(world, site),
        F64Min | F64Max | F64Rem | F64Pow | F64Sin | F64Cos | F64Tan | F64Asin | F64Acos
        | F64Atan | F64Atan2 | F64Exp | F64Ln | F64Log10 | F64ToF32 => {
            site.set_float(float::compute(intrinsic, site));
            Ok(())
        }
        BytesOfList => list::bytes_of(world, site),
        BytesToList => list::bytes_to(world, site),
        BytesLength => int(site, i64::from(world.bytes_len(site.ticket(0)))),
        TableKeys => table::parts(world, site, 0),
        TableValues => table::parts(world, site, 1),
        TableRemove => table::remove(world, site),
        TableContains => table::contains(world, site),
        NumberRound => number::round(world, site),
        NumberTrunc => number::whole(world, site, numeric::Rounding::Trunc),
        NumberFloor => number::whole(world, site, numeric::Rounding::Floor),
        NumberCeil => number::whole(world, site, numeric::Rounding::Ceil),
        InRange => number::in_range(world, site),
        SignalWanted => {
            let wanted = world.anonymous_heard();
            site.set_bool(wanted);
            Ok(())
        }
        SignalAnswered => {
            world.answered = (world.current.0, world.frame_index());
            site.set_bool(true);
            Ok(())
        }
        SignalFilter => {
            let position = site.value(0).as_int().unwrap_or(-1);
            let noted = world.note_filter(position, site.value(1))?;
            site.set_bool(noted);
            Ok(())
        }
        SignalGate => {
            let called = (world.current.0, world.frame_index() + 1);
            let open = !site.value(0).is_empty() || world.answered == called;
            world.answered = NOT_ANSWERED;
            site.set_bool(open);
            Ok(())
        }
        Assigned => {
            site.set_value(site.value(0));
            Ok(())
        }
        ElementsAddFixed => {
            let end = if site.int(2) == 0 { END } else { FRONT };
            world.add_element(site.value(0), site.value(1), end, true)?;
            site.set_value(site.value(0));
            Ok(())
        }
        SelectorRest => {
            let value = site.value(0);
            let is = value.kind() == Kind::Closure && world.is_named(value, isa::REST_OF_RULES);
            site.set_bool(is);
            Ok(())
        }
        ArgumentsBound => {
            let mark = world.temp(site.value(0))?;
            let all = world.temp(site.value(1))?;
            let values = world.bound_arguments(mark, all)?;
            world.temps.truncate(mark);
            site.set_value(values);
            Ok(())
        }
        ArgumentsLeft => {
            let mark = world.temp(site.value(0))?;
            let all = world.temp(site.value(1))?;
            let left = world.arguments_left(mark, all)?;
            world.temps.truncate(mark);
            site.set_value(left);
            Ok(())
        }
        ArgumentsRest => {
            let rest = world.rest_of_frame()?;
            site.set_value(rest);
            Ok(())
        }
        MapDraft => {
            world.begin_draft(site.value(0));
            site.set_value(site.value(0));
            Ok(())
        }
        MapDone => {
            world.finish_draft(site.value(0));
            site.set_value(site.value(0));
            Ok(())
        }
        MapOfReversed => list::reversed_map(world, site),
        VersionOfText => {
            let version = world.version_from(site.value(0))?;
            site.set_value(version);
            Ok(())
        }
    }
}

/// No activation answered.
pub(crate) const NOT_ANSWERED: (u32, usize) = (u32::MAX, 0);

/// True if operand 0 is a union case of that name, of whatever type.
fn case_is(world: &mut World, site: Site, name: &str) -> Raise<()> {
    let value = site.value(0);
    let legend = match value.kind() {
        Kind::Case0 => Some(LegendId(value.aux())),
        Kind::Map => Some(world.map_legend(value.as_ticket())),
        _ => None,
    };
    let is = legend.is_some_and(|legend| {
        let legend = world.legends.get(legend);
        legend.nature == Nature::Case
            && legend.name != crate::legend::NONE
            && world.name_text(legend.name) == name
    });
    site.set_bool(is);
    Ok(())
}

fn int(site: Site, value: i64) -> Raise<()> {
    site.set_int(value);
    Ok(())
}
