//! Arithmetic by policy, hooks left aside (docs/specs/machine.md §1 policy table; rhumb.md §3.13, §3.16; morph.md §3.4;
//! fusabi.md §2.2).

use fzb::tables::Lang;
use lemari::Ticket;
use numeric::{Number, Operation};

use crate::fault::{Fault, Raise, Raised};
use crate::legend::Legends;
use crate::policy::{Arith, promote, sized};
use crate::value::{Kind, Value};
use crate::world::World;

/// Longest text or list that repetition makes, in bytes or elements; more is fault mem before anything is made.
const MAX_REPEATED: u64 = 1 << 31;

impl World {
    /// `x op y` by the running function's policy. May allocate: `x` and `y` are stale afterwards.
    pub(crate) fn arithmetic(&mut self, op: Arith, x: Value, y: Value) -> Raise<Value> {
        let lang = self.policy();
        if lang == Lang::Fusabi && x.kind() == Kind::Sized && x.tag == y.tag {
            return match sized::arithmetic(op, x.sub(), x.payload, y.payload) {
                Ok(value) => Ok(value),
                Err(error) => Err(self.number_fault(error)),
            };
        }
        if let (Some(a), Some(b)) = (self.number_of(x)?, self.number_of(y)?) {
            return self.number_arithmetic(op, &a, &b);
        }
        match lang {
            Lang::Machine => {}
            Lang::Fusabi => {
                if op == Arith::Add {
                    match (x.kind(), y.kind()) {
                        (Kind::Text, Kind::Text) => {
                            return self.joined_texts(x.as_ticket(), y.as_ticket());
                        }
                        (Kind::Char, Kind::Char) => {
                            // Payloads are scalar values, so the sum does not leave u64.
                            let sum = u32::try_from(x.payload + y.payload)
                                .ok()
                                .and_then(char::from_u32);
                            return match sum {
                                Some(c) => Ok(Value::char(c)),
                                None => Err(self.fault(
                                    Fault::Ovf,
                                    "the sum of the characters is no character",
                                )),
                            };
                        }
                        _ => {}
                    }
                }
            }
            Lang::Morph => {
                if let Some(value) = self.morph_sequence(op, x, y)? {
                    return Ok(value);
                }
            }
            Lang::Rhumb => {
                if op == Arith::Add && x.kind() == Kind::Text && y.kind() == Kind::Text {
                    return self.joined_texts(x.as_ticket(), y.as_ticket());
                }
                if op == Arith::Add && x.is_map() && y.is_map() {
                    return self.joined_maps(x, y);
                }
                if let Some(value) = self.time_arithmetic(op, x, y)? {
                    return Ok(value);
                }
            }
        }
        Err(self.no_arithmetic(op, x, y))
    }

    /// What Rhumb says where an operator has no meaning for its operands (docs/specs/rhumb.md §3.15).
    #[cold]
    pub(super) fn invalid_operands(&mut self, sign: &str) -> Raised {
        self.fault_args(Fault::Type, format_args!("invalid operands for {sign}"))
    }

    #[cold]
    fn no_arithmetic(&mut self, op: Arith, x: Value, y: Value) -> Raised {
        if self.policy() == Lang::Rhumb {
            return self.invalid_operands(op.sign());
        }
        let (x, y) = (self.kind_name(x), self.kind_name(y));
        self.fault_args(
            Fault::Type,
            format_args!("there is no {} of {x} and {y}", op.name()),
        )
    }

    /// Arithmetic on numbers of any kinds; its cost is charged first.
    pub(crate) fn number_arithmetic(&mut self, op: Arith, a: &Number, b: &Number) -> Raise<Value> {
        let promote = promote(self.policy());
        let operation = match op {
            Arith::Add | Arith::Sub => Operation::Sum,
            Arith::Mul => Operation::Product,
            Arith::Div | Arith::Mod | Arith::FloorDiv => Operation::Quotient,
            Arith::Pow => Operation::Power,
            Arith::Root => Operation::Root,
            Arith::Scale10 => Operation::Shift,
        };
        let result = self.number_work(operation, a, b, || match op {
            Arith::Add => numeric::add(promote, a, b),
            Arith::Sub => numeric::sub(promote, a, b),
            Arith::Mul => numeric::mul(promote, a, b),
            Arith::Div => numeric::div(promote, a, b),
            Arith::Mod => numeric::rem(promote, a, b),
            Arith::FloorDiv => numeric::floor_div(promote, a, b),
            Arith::Pow => numeric::pow(promote, a, b),
            Arith::Root => numeric::root(promote, a, b),
            Arith::Scale10 => numeric::scale10(promote, a, b),
        })?;
        self.number_result(result)
    }

    /// `-x` by policy, without hooks.
    pub(crate) fn negate(&mut self, x: Value) -> Raise<Value> {
        let lang = self.policy();
        if lang == Lang::Fusabi && x.kind() == Kind::Sized {
            let bits = if x.sub() == sized::F32 {
                (-f64::from_bits(x.payload)).to_bits()
            } else {
                sized::narrow(x.sub(), x.payload.wrapping_neg())
            };
            return Ok(Value::sized(x.sub(), bits));
        }
        if let Some(a) = self.number_of(x)? {
            let negated =
                self.number_work(Operation::Sum, &a, &a, || numeric::neg(promote(lang), &a))?;
            return self.number_result(negated);
        }
        if lang == Lang::Rhumb && x.kind() == Kind::Duration {
            return match (x.payload as i64).checked_neg() {
                Some(ns) => Ok(Value::new(Kind::Duration, 0, 0, ns as u64)),
                None => Err(self.fault(Fault::Range, "the duration is out of range")),
            };
        }
        Err(self.type_fault("a number", x))
    }

    /// Text `a` followed by text `b`.
    pub(crate) fn joined_texts(&mut self, a: Ticket, b: Ticket) -> Raise<Value> {
        let bytes = u64::from(self.text_bytes_len(a)) + u64::from(self.text_bytes_len(b));
        self.charge_fuel(bytes / 64)?;
        let text = self.text_concat2(a, b)?;
        Ok(Value::ticket(Kind::Text, text))
    }

    /// Morph's `+` and `*` on texts, bytes and lists; `None` if the operands are none of these.
    fn morph_sequence(&mut self, op: Arith, x: Value, y: Value) -> Raise<Option<Value>> {
        match op {
            Arith::Add => match (x.kind(), y.kind()) {
                (Kind::Text, Kind::Text) => {
                    self.joined_texts(x.as_ticket(), y.as_ticket()).map(Some)
                }
                (Kind::Bytes, Kind::Bytes) => {
                    self.joined_bytes(x.as_ticket(), y.as_ticket()).map(Some)
                }
                (Kind::Map, Kind::Map)
                    if self.has_elements_form(x) && self.has_elements_form(y) =>
                {
                    self.repeated_list(x, Some(y), 1).map(Some)
                }
                _ => Ok(None),
            },
            Arith::Mul => {
                let (what, times) = match (x.as_int(), y.as_int()) {
                    (None, Some(times)) => (x, times),
                    (Some(times), None) => (y, times),
                    _ => return Ok(None),
                };
                let times = times.max(0) as u64;
                match what.kind() {
                    Kind::Text => self.repeated_text(what.as_ticket(), times).map(Some),
                    Kind::Bytes => self.repeated_bytes(what.as_ticket(), times).map(Some),
                    Kind::Map if self.has_elements_form(what) => {
                        self.repeated_list(what, None, times).map(Some)
                    }
                    _ => Ok(None),
                }
            }
            _ => Ok(None),
        }
    }

    fn joined_bytes(&mut self, a: Ticket, b: Ticket) -> Raise<Value> {
        let total = self.bytes_slice(a).len() + self.bytes_slice(b).len();
        self.charge_fuel(total as u64 / 64)?;
        let mut both = self.scratch(total)?;
        both.extend_from_slice(self.bytes_slice(a));
        both.extend_from_slice(self.bytes_slice(b));
        let made = self.bytes_new(&both);
        self.lemari.refund(total);
        Ok(Value::ticket(Kind::Bytes, made?))
    }

    /// Host memory for `bytes` bytes, counted until the caller refunds it. Collects only if it must: tickets in hand are
    /// stale only when this faults, as nothing is moved by counting that succeeds at once; callers re-read nothing but
    /// what they hold in registers, so it is taken without collecting.
    fn scratch(&mut self, bytes: usize) -> Raise<Vec<u8>> {
        let mut room = Vec::new();
        if self.lemari.charge(bytes).is_err() {
            return Err(self.fault(Fault::Mem, "the memory limit is reached"));
        }
        if room.try_reserve_exact(bytes).is_err() {
            self.lemari.refund(bytes);
            return Err(self.fault(Fault::Mem, "the host has no memory left"));
        }
        Ok(room)
    }

    /// Bytes of a repetition, checked and charged.
    fn repeated_size(&mut self, length: u64, times: u64, per_unit: u64) -> Raise<usize> {
        match length.checked_mul(times) {
            Some(total) if total <= MAX_REPEATED => {
                self.charge_fuel(total / per_unit)?;
                Ok(total as usize)
            }
            _ => Err(self.fault(Fault::Mem, "the repetition is too long")),
        }
    }

    fn repeated_text(&mut self, text: Ticket, times: u64) -> Raise<Value> {
        // Nothing, however often, is nothing: the bound on the size says nothing about the turns then.
        let times = if self.text_bytes_len(text) == 0 {
            0
        } else {
            times
        };
        let total = self.repeated_size(u64::from(self.text_bytes_len(text)), times, 64)?;
        let held = self.temp(Value::ticket(Kind::Text, text))?;
        let ticket = self.temps[held].as_ticket();
        // Flattened here, where a failure has nothing to give back.
        self.text_str(ticket)?;
        let mut all = self.scratch(total)?;
        let ticket = self.temps[held].as_ticket();
        if let Some(one) = self.text_str_unrooted(ticket) {
            for _ in 0..times {
                all.extend_from_slice(one.as_bytes());
            }
        }
        // Whole copies of a text are UTF-8; the check is one pass over bytes that were just written.
        let made = match std::str::from_utf8(&all) {
            Ok(text) => self.text_new(text),
            Err(_) => Err(self.fault(Fault::Internal, "a text that is not UTF-8")),
        };
        self.lemari.refund(total);
        self.temps.truncate(held);
        Ok(Value::ticket(Kind::Text, made?))
    }

    fn repeated_bytes(&mut self, bytes: Ticket, times: u64) -> Raise<Value> {
        let times = if self.bytes_slice(bytes).is_empty() {
            0
        } else {
            times
        };
        let total = self.repeated_size(self.bytes_slice(bytes).len() as u64, times, 64)?;
        let mut all = self.scratch(total)?;
        for _ in 0..times {
            all.extend_from_slice(self.bytes_slice(bytes));
        }
        let made = self.bytes_new(&all);
        self.lemari.refund(total);
        Ok(Value::ticket(Kind::Bytes, made?))
    }

    /// A new list of the elements of `x`, `times` times, followed by those of `y`.
    fn repeated_list(&mut self, x: Value, y: Option<Value>, times: u64) -> Raise<Value> {
        let more = y.map_or(0, |y| u64::from(self.elements_len(y.as_ticket())));
        let times = if self.elements_len(x.as_ticket()) == 0 {
            0
        } else {
            times
        };
        let total = self.repeated_size(u64::from(self.elements_len(x.as_ticket())), times, 4)?
            as u64
            + more;
        self.charge_fuel(more / 4)?;
        let Ok(total) = u32::try_from(total) else {
            return Err(self.fault(Fault::Mem, "the list is too long"));
        };
        let mark = self.temps.len();
        let list = mark + 2;
        let element = mark + 3;
        self.push_temps(&[x, y.unwrap_or(Value::EMPTY), Value::EMPTY, Value::EMPTY])?;
        let made = self.map_new(Legends::LIST, 0)?;
        self.temps[list] = Value::ticket(Kind::Map, made);
        self.reserve_elements(list, total)?;
        for turn in 0..=times {
            let source = if turn < times { mark } else { mark + 1 };
            if turn == times && more == 0 {
                break;
            }
            for at in 0..self.elements_len(self.temps[source].as_ticket()) {
                let value = self.element(self.temps[source].as_ticket(), at);
                if !self.push_element_now(self.temps[list].as_ticket(), value) {
                    // The vector must become one for any values first.
                    self.temps[element] = value;
                    self.push_element(list, element)?;
                }
            }
        }
        let value = self.temps[list];
        self.temps.truncate(mark);
        Ok(value)
    }
}
