//! Reading and writing registers and tagging them by representation.

use fzb::view::Repr;
use lemari::Ticket;

use crate::code::Word;
use crate::exec::dispatch::Next;
use crate::fault::Raise;
use crate::value::{Kind, Value, tag};
use crate::world::World;

impl World {
    /// The tagged pair at byte offset `at`.
    ///
    /// # Safety
    /// `r` is the first register of the frame on top and `at` the offset of a pair in its window.
    #[inline(always)]
    pub(crate) unsafe fn read(&self, r: *mut u64, at: u16) -> Value {
        // SAFETY: the caller's promise.
        unsafe { r.byte_add(at as usize).cast::<Value>().read() }
    }

    /// Writes a tagged pair.
    ///
    /// # Safety
    /// As [`World::read`].
    #[inline(always)]
    pub(crate) unsafe fn write(&self, r: *mut u64, at: u16, value: Value) {
        // SAFETY: the caller's promise.
        unsafe { r.byte_add(at as usize).cast::<Value>().write(value) }
    }

    /// The value of a register that holds a representation: typed ones get their tag.
    ///
    /// # Safety
    /// As [`World::read`].
    pub(crate) unsafe fn tagged_register(&self, r: *mut u64, at: u16, repr: Repr) -> Value {
        // SAFETY: the caller's promise.
        unsafe {
            match static_tag(repr) {
                Some(tag) => Value {
                    tag,
                    payload: *r.byte_add(at as usize),
                },
                None => self.read(r, at),
            }
        }
    }

    /// Writes a value into a register of a representation that it was found to fit ([`World::fits`]).
    ///
    /// # Safety
    /// As [`World::read`].
    pub(crate) unsafe fn write_repr(&self, r: *mut u64, at: u16, repr: Repr, value: Value) {
        // SAFETY: the caller's promise.
        unsafe {
            if repr.words() == 1 {
                *r.byte_add(at as usize) = value.payload;
            } else {
                self.write(r, at, value);
            }
        }
    }

    /// The slow half of `untag`: sized numbers are integers or floats too; everything else is fault type.
    ///
    /// # Safety
    /// As [`World::read`]; `pc` is the instruction.
    pub(crate) unsafe fn untag_slow(
        &mut self,
        pc: *const Word,
        r: *mut u64,
        to: u16,
        wanted: u16,
        found: Value,
    ) -> Raise<Next> {
        let wanted = u64::from(wanted);
        let sized = found.kind() == Kind::Sized;
        if (wanted == tag::I64 && sized && found.sub() != 8)
            || (wanted == tag::F64 && sized && found.sub() == 8)
        {
            // SAFETY: the caller's promise.
            unsafe {
                *r.byte_add(to as usize) = found.payload;
                return Ok(Next::at(pc.add(1), r));
            }
        }
        let expected = Value {
            tag: wanted,
            payload: 0,
        }
        .kind()
        .name();
        Err(self.type_fault(expected, found))
    }

    /// True if a value may stand in a register of that representation. Records are checked by their legend.
    pub fn fits(&self, repr: Repr, value: Value) -> bool {
        match repr {
            Repr::I64 => value.tag == tag::I64 || (value.kind() == Kind::Sized && value.sub() != 8),
            Repr::F64 => value.tag == tag::F64 || (value.kind() == Kind::Sized && value.sub() == 8),
            Repr::Bool => value.tag == tag::BOOL,
            Repr::Char => value.tag == tag::CHAR,
            Repr::Text => value.tag == tag::TEXT,
            Repr::Bytes => value.tag == tag::BYTES,
            Repr::List => value.tag == tag::LIST,
            Repr::Fn => matches!(value.kind(), Kind::Func | Kind::Closure | Kind::Partial),
            Repr::Ref => value.is_heap(),
            Repr::Rec(_) => value.tag == tag::MAP,
            Repr::Dyn | Repr::Tok => true,
        }
    }
}

/// The tag that values of an untagged representation have.
pub fn static_tag(repr: Repr) -> Option<u64> {
    Some(match repr {
        Repr::I64 => tag::I64,
        Repr::F64 => tag::F64,
        Repr::Bool => tag::BOOL,
        Repr::Char => tag::CHAR,
        Repr::Text => tag::TEXT,
        Repr::Bytes => tag::BYTES,
        Repr::List => tag::LIST,
        Repr::Rec(_) => tag::MAP,
        Repr::Fn | Repr::Ref | Repr::Dyn | Repr::Tok => return None,
    })
}

/// What a representation is called in messages.
pub fn repr_name(repr: Repr) -> &'static str {
    match repr {
        Repr::I64 => "int",
        Repr::F64 => "float",
        Repr::Bool => "bool",
        Repr::Char => "char",
        Repr::Text => "text",
        Repr::Bytes => "bytes",
        Repr::List => "list",
        Repr::Rec(_) => "record",
        Repr::Fn => "function",
        Repr::Ref => "heap value",
        Repr::Dyn | Repr::Tok => "any value",
    }
}

/// A bare ticket register as a ticket.
pub(crate) fn ticket_word(word: u64) -> Ticket {
    Ticket(word as u32)
}
