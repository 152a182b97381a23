//! Hashes that agree with equality, keyed per World (SipHash-1-3; docs/specs/machine.md §1, §4 row 38).
//!
//! What is equal under any policy hashes equal under all, where the policies hash it at all: numbers by value whatever
//! their kind, chars as one-scalar texts.

use std::hash::Hasher;

use fzb::tables::Lang;
use siphasher::sip::SipHasher13;

use crate::fault::{Fault, Raise, Raised};
use crate::heap::object::{CellObj, ClosureObj, FiberObj, ListObj, PartialObj};
use crate::legend::Sorted;
use crate::policy::equality::is_function;
use crate::policy::parts::Form;
use crate::policy::sorted::Entries;
use crate::value::{Kind, Value};
use crate::world::World;

/// Temps of one frame: the value and the position in it.
const FRAME: usize = 2;

/// First byte fed for each group of values, so that values of different groups do not run into each other.
mod group {
    pub const PLAIN: u8 = 1;
    pub const NUMBER: u8 = 2;
    pub const TEXT: u8 = 3;
    pub const BYTES: u8 = 4;
    pub const LIST: u8 = 5;
    pub const SEQUENCE: u8 = 6;
    pub const PRODUCT: u8 = 7;
    pub const NAMED: u8 = 8;
    pub const RANGE: u8 = 9;
    pub const IDENTITY: u8 = 10;
    pub const END: u8 = 11;
    pub const SORTED: u8 = 12;
}

impl World {
    /// The hash of a value under the running function's policy; fault hash for what cannot be a key. May allocate.
    pub(crate) fn hash_value(&mut self, value: Value) -> Raise<u64> {
        if value.kind() == Kind::Text {
            return Ok(u64::from(self.text_hash(value.as_ticket())?));
        }
        if let Some(c) = value.as_char() {
            return Ok(u64::from(self.char_hash(c)));
        }
        let mut state = SipHasher13::new_with_keys(self.hash_key.0, self.hash_key.1);
        let lang = self.policy();
        if self.hash_glance(lang, value, &mut state)? {
            let mark = self.temps.len();
            // A record of a value on the path ([`World::push_hash`]), then the first frame.
            self.push_temps(&[Value::HOLE, Value::int(0), value, Value::int(0)])?;
            self.sorted_entries(mark + FRAME, Entries::Flat)?;
            while self.temps.len() > mark + FRAME {
                self.charge_node()?;
                match self.hash_step() {
                    Some(part) => {
                        if self.hash_glance(lang, part, &mut state)? {
                            // Texts may have been flattened on the way; only containers are entered, and these were
                            // looked at last, without allocation.
                            self.push_hash(mark, part)?;
                        }
                    }
                    None => {
                        state.write_u8(group::END);
                        let top = self.temps.len() - FRAME;
                        self.temps.truncate(top);
                    }
                }
            }
            self.temps.truncate(mark);
        }
        Ok(state.finish())
    }

    /// Puts a frame on the walk that begins at `mark`; fault depth if the value stands on its path already, which shows by
    /// the record at `mark` as in [`World::push_pair`].
    fn push_hash(&mut self, mark: usize, value: Value) -> Raise<()> {
        let depth = ((self.temps.len() - mark) / FRAME) as i64;
        let recorded = self.temps[mark + 1].payload as i64;
        let closes = matches!(value.kind(), Kind::Map | Kind::Cell);
        if depth <= recorded {
            self.temps[mark + 1] = Value::int(0);
        } else if closes && recorded > 0 && self.temps[mark].same(value) {
            return Err(self.cyclic("the hash"));
        }
        if closes && depth >= 2 * self.temps[mark + 1].payload as i64 {
            self.temps[mark] = value;
            self.temps[mark + 1] = Value::int(depth);
        }
        self.push_temps(&[value, Value::int(0)])?;
        self.sorted_entries(self.temps.len() - FRAME, Entries::Flat)
    }

    /// The next part of the value on top, `None` at its end.
    fn hash_step(&mut self) -> Option<Value> {
        let top = self.temps.len() - FRAME;
        let (value, at) = (self.temps[top], self.temps[top + 1].payload as u32);
        self.temps[top + 1] = Value::int(i64::from(at) + 1);
        let ticket = value.as_ticket();
        match value.kind() {
            Kind::List => {
                if value.payload == 0 {
                    return None;
                }
                // SAFETY: a live list cell.
                unsafe {
                    let cell = self.at::<ListObj>(ticket);
                    self.temps[top] = Value::ticket(Kind::List, lemari::Ticket((*cell).tail));
                    Some((*cell).head)
                }
            }
            Kind::Range => self.range_ends(ticket).get(at as usize).copied(),
            // SAFETY: a live cell.
            Kind::Cell if at == 0 => unsafe { Some((*self.at::<CellObj>(ticket)).value) },
            Kind::Map => match self.form(ticket) {
                Form::Sequence | Form::Open | Form::Dict => self.element_at(ticket, at),
                Form::Product => self.product_part(ticket, at),
                Form::Identity => None,
            },
            _ => None,
        }
    }

    /// Feeds what shows of a value without entering it; true if it must be entered.
    fn hash_glance(&mut self, lang: Lang, value: Value, state: &mut SipHasher13) -> Raise<bool> {
        if let Some(number) = self.number_of(value)? {
            state.write_u8(group::NUMBER);
            self.number_work(numeric::Operation::Sum, &number, &number, || {
                numeric::hash(&number, state);
            })?;
            return Ok(false);
        }
        match value.kind() {
            Kind::Text => {
                let hash = self.text_hash(value.as_ticket())?;
                state.write_u8(group::TEXT);
                state.write_u32(hash);
            }
            Kind::Char => {
                state.write_u8(group::TEXT);
                state.write_u32(self.char_hash(value.as_char().unwrap_or('\0')));
            }
            Kind::Bytes => {
                let length = self.bytes_slice(value.as_ticket()).len();
                self.charge_fuel(length as u64 / 64)?;
                state.write_u8(group::BYTES);
                state.write(self.bytes_slice(value.as_ticket()));
                state.write_usize(length);
            }
            Kind::List => {
                state.write_u8(group::LIST);
                return Ok(value.payload != 0);
            }
            Kind::Range => {
                state.write_u8(group::RANGE);
                return Ok(true);
            }
            Kind::Case0 if self.sorted(value).is_some() => {
                state.write_u8(group::SORTED);
                state.write_u8(u8::from(self.sorted(value) == Some(Sorted::Set)));
            }
            Kind::Case0 => {
                let key = self.type_key(value);
                state.write_u8(group::PRODUCT);
                state.write_u64(key.map_or(0, |key| key.hash()));
                state.write_u64(value.payload);
            }
            Kind::Func | Kind::Closure | Kind::Partial if lang == Lang::Fusabi => {
                return Err(self.no_hash(value));
            }
            kind if is_function(kind) => self.hash_function(lang, value, state),
            Kind::Cell if lang == Lang::Fusabi => {
                state.write_u8(group::LIST);
                return Ok(true);
            }
            Kind::Map => return self.hash_map(lang, value, state),
            Kind::Realm | Kind::Vassal => {
                let id = self.map_identity(value.as_ticket());
                self.feed_identity(value.kind(), id, state);
            }
            Kind::Fiber => {
                // SAFETY: a live handle object.
                let (index, generation) = unsafe {
                    let handle = self.at::<FiberObj>(value.as_ticket());
                    ((*handle).index, (*handle).generation)
                };
                state.write_u8(value.kind() as u8);
                self.feed_identity(value.kind(), index, state);
                state.write_u32(generation);
            }
            Kind::Cell | Kind::Iter | Kind::Memory | Kind::Pending | Kind::Hole => {
                return Err(self.no_hash(value));
            }
            // Inline kinds that are equal when both words are.
            _ => {
                state.write_u8(group::PLAIN);
                state.write_u64(value.tag);
                state.write_u64(value.payload);
            }
        }
        Ok(false)
    }

    fn hash_map(&mut self, lang: Lang, value: Value, state: &mut SipHasher13) -> Raise<bool> {
        if let Some(sorted) = self.sorted(value) {
            state.write_u8(group::SORTED);
            state.write_u8(u8::from(sorted == Sorted::Set));
            return Ok(true);
        }
        let ticket = value.as_ticket();
        let form = self.form(ticket);
        let by_content = match lang {
            Lang::Machine => self.is_value_nature(ticket),
            Lang::Fusabi => form != Form::Identity,
            Lang::Morph => {
                if matches!(form, Form::Sequence | Form::Dict) {
                    return Err(self.no_hash(value));
                }
                form == Form::Product || self.is_message(ticket) || self.is_value_nature(ticket)
            }
            Lang::Rhumb => self.is_message(ticket) || self.is_value_nature(ticket),
        };
        if !by_content {
            let id = self.map_identity(ticket);
            self.feed_identity(Kind::Map, id, state);
            return Ok(false);
        }
        match form {
            Form::Sequence => state.write_u8(group::SEQUENCE),
            Form::Product => {
                state.write_u8(group::PRODUCT);
                let key = self.type_key(value);
                state.write_u64(key.as_ref().map_or(0, |key| key.hash()));
                state.write_u64(key.map_or(0, |key| u64::from(key.tag)));
            }
            // Names and keys stand in any order: their number is what equality surely shares.
            Form::Open | Form::Dict | Form::Identity => {
                state.write_u8(group::NAMED);
                state.write_u32(self.named_len(ticket));
            }
        }
        Ok(true)
    }

    fn hash_function(&mut self, lang: Lang, value: Value, state: &mut SipHasher13) {
        let ticket = value.as_ticket();
        match value.kind() {
            // Applications are told apart by what equality says of them; their routine is hash enough.
            Kind::Func | Kind::Closure | Kind::Partial if lang == Lang::Rhumb => {
                let mut routine = value;
                while routine.kind() == Kind::Partial {
                    // SAFETY: a live partial; its target was made before it.
                    routine = unsafe { (*self.at::<PartialObj>(routine.as_ticket())).target };
                }
                let home = match routine.kind() {
                    Kind::Closure => self.closure_home(routine.as_ticket()),
                    _ => Value::EMPTY,
                };
                let id = if matches!(home.kind(), Kind::Map | Kind::Realm | Kind::Vassal) {
                    self.map_identity(home.as_ticket())
                } else {
                    0
                };
                let (instance, function) = self.routine_of(routine);
                self.feed_identity(Kind::Closure, id, state);
                state.write_u32(function);
                state.write_u32(instance);
            }
            Kind::Closure => {
                let id = self.closure_id(ticket);
                self.feed_identity(Kind::Closure, id, state);
            }
            Kind::Partial => {
                // SAFETY: a live partial.
                let (bound, receiver) = unsafe {
                    let partial = self.at::<PartialObj>(ticket);
                    ((*partial).bound == 1, (*partial).receiver)
                };
                let id = if !bound {
                    self.partial_id(ticket)
                } else if matches!(receiver.kind(), Kind::Map | Kind::Realm | Kind::Vassal) {
                    self.map_identity(receiver.as_ticket())
                } else {
                    0
                };
                self.feed_identity(Kind::Partial, id, state);
            }
            _ => {
                state.write_u8(group::PLAIN);
                state.write_u64(value.tag);
                state.write_u64(value.payload);
            }
        }
    }

    /// The hash of the text that is that one scalar.
    fn char_hash(&self, c: char) -> u32 {
        let mut bytes = [0; 4];
        self.hash_bytes(c.encode_utf8(&mut bytes).as_bytes())
    }

    fn feed_identity(&self, kind: Kind, id: u32, state: &mut SipHasher13) {
        state.write_u8(group::IDENTITY);
        state.write_u8(kind as u8);
        state.write_u32(id);
    }

    /// The next identity; never 0.
    fn new_identity(&mut self) -> u32 {
        let id = self.next_id.max(1);
        self.next_id = id.wrapping_add(1);
        id
    }

    fn closure_id(&mut self, closure: lemari::Ticket) -> u32 {
        // SAFETY: a live closure.
        unsafe {
            let object = self.at::<ClosureObj>(closure);
            if (*object).id == 0 {
                (*object).id = self.new_identity();
            }
            (*object).id
        }
    }

    /// Partials and cells keep their identity in the word that their layout leaves free.
    fn partial_id(&mut self, partial: lemari::Ticket) -> u32 {
        // SAFETY: a live partial.
        unsafe {
            let object = self.at::<PartialObj>(partial);
            if (*object).pad == 0 {
                (*object).pad = self.new_identity();
            }
            (*object).pad
        }
    }

    /// The identity of a cell.
    pub(crate) fn cell_id(&mut self, cell: lemari::Ticket) -> u32 {
        // SAFETY: a live cell.
        unsafe {
            let object = self.at::<CellObj>(cell);
            if (*object).id == 0 {
                (*object).id = self.new_identity();
            }
            (*object).id
        }
    }

    #[cold]
    fn no_hash(&mut self, value: Value) -> Raised {
        let name = self.kind_name(value);
        self.fault_args(
            Fault::Hash,
            format_args!("a value of kind {name} cannot be hashed"),
        )
    }
}
