//! Equality by policy, hooks left aside (docs/specs/machine.md §1 value table and policy table; morph.md §3.3;
//! fusabi.md §2.2; rhumb.md §3.15, §3.16; rulings.md A1, A2, Morph 34).
//!
//! Deep values are walked on a work list of frames {x, y, position} in [`World::temps`]. A pair met again inside itself
//! ends the walk (fault depth): of a value that contains itself, no content can be equal or not.

use fzb::tables::Lang;
use numeric::Operation;

use crate::fault::{Fault, Raise};
use crate::heap::object::{CellObj, ListObj, PartialObj};
use crate::legend::FieldName;
use crate::policy::parts::{Form, Part};
use crate::policy::sorted::Entries;
use crate::value::{Kind, Value};
use crate::world::World;

/// Temps of one frame of a walk over pairs.
const FRAME: usize = 3;

/// What looking at two values without entering them tells.
enum Glance {
    Known(bool),
    Enter,
}

/// What a frame has next.
enum Step {
    Pair(Value, Value),
    Unequal,
    Done,
}

impl World {
    /// Whether two values are equal by the running function's policy. May allocate: both are stale afterwards.
    pub(crate) fn equal(&mut self, x: Value, y: Value) -> Raise<bool> {
        let lang = self.policy();
        match self.equal_glance(lang, x, y)? {
            Glance::Known(answer) => Ok(answer),
            Glance::Enter => {
                let mark = self.temps.len();
                self.push_walk(x, y)?;
                let answer = self.equal_walk(lang, mark)?;
                self.temps.truncate(mark);
                Ok(answer)
            }
        }
    }

    /// Begins a walk over pairs: a record of a pair on the path ([`World::push_pair`]), then the first frame.
    pub(crate) fn push_walk(&mut self, x: Value, y: Value) -> Raise<()> {
        self.push_temps(&[Value::HOLE, Value::HOLE, Value::int(0), x, y, Value::int(0)])?;
        self.enter_sorted()
    }

    /// If the frame on top is for two ordered trees, puts their entries in their place.
    fn enter_sorted(&mut self) -> Raise<()> {
        let top = self.temps.len() - FRAME;
        if self.temps[top].kind() == Kind::Map && self.sorted(self.temps[top]).is_some() {
            self.sorted_entries(top, Entries::Flat)?;
            self.sorted_entries(top + 1, Entries::Flat)?;
        }
        Ok(())
    }

    /// Puts a frame on the walk that begins at `mark`; fault depth if the pair stands on its path already.
    ///
    /// By Brent's method: of the pairs that can be on a cycle (maps and cells), the one at which the path last doubled is
    /// recorded; a path that repeats comes to it again. The record stands at `mark`: the pair, and its depth.
    pub(crate) fn push_pair(&mut self, mark: usize, x: Value, y: Value) -> Raise<()> {
        let depth = ((self.temps.len() - mark) / FRAME) as i64;
        let recorded = self.temps[mark + 2].payload as i64;
        let closes = matches!(x.kind(), Kind::Map | Kind::Cell);
        if depth <= recorded {
            // The recorded pair has been left.
            self.temps[mark + 2] = Value::int(0);
        } else if closes && recorded > 0 && self.temps[mark].same(x) && self.temps[mark + 1].same(y)
        {
            return Err(self.cyclic("comparing"));
        }
        if closes && depth >= 2 * self.temps[mark + 2].payload as i64 {
            self.temps[mark] = x;
            self.temps[mark + 1] = y;
            self.temps[mark + 2] = Value::int(depth);
        }
        self.push_temps(&[x, y, Value::int(0)])?;
        self.enter_sorted()
    }

    fn equal_walk(&mut self, lang: Lang, mark: usize) -> Raise<bool> {
        while self.temps.len() > mark + FRAME {
            self.charge_node()?;
            let (x, y) = match self.equal_step()? {
                Step::Pair(x, y) => (x, y),
                Step::Unequal => return Ok(false),
                Step::Done => {
                    let top = self.temps.len() - FRAME;
                    self.temps.truncate(top);
                    continue;
                }
            };
            match self.equal_glance(lang, x, y)? {
                Glance::Known(true) => {}
                Glance::Known(false) => return Ok(false),
                Glance::Enter => self.push_pair(mark, x, y)?,
            }
        }
        Ok(true)
    }

    /// The next pair of the frame on top.
    fn equal_step(&mut self) -> Raise<Step> {
        let top = self.temps.len() - FRAME;
        let (x, y, at) = (
            self.temps[top],
            self.temps[top + 1],
            self.temps[top + 2].payload as u32,
        );
        self.temps[top + 2] = Value::int(i64::from(at) + 1);
        match (x.kind(), y.kind()) {
            (Kind::List, Kind::List) => Ok(match (x.payload, y.payload) {
                (0, 0) => Step::Done,
                (0, _) | (_, 0) => Step::Unequal,
                _ => {
                    // SAFETY: live list cells.
                    unsafe {
                        let (a, b) = (
                            self.at::<ListObj>(x.as_ticket()),
                            self.at::<ListObj>(y.as_ticket()),
                        );
                        self.temps[top] = Value::ticket(Kind::List, lemari::Ticket((*a).tail));
                        self.temps[top + 1] = Value::ticket(Kind::List, lemari::Ticket((*b).tail));
                        Step::Pair((*a).head, (*b).head)
                    }
                }
            }),
            (Kind::List, Kind::Map) => Ok(self.list_and_sequence(top, x, y, at, false)),
            (Kind::Map, Kind::List) => Ok(self.list_and_sequence(top + 1, y, x, at, true)),
            (Kind::Range, Kind::Range) => {
                let (a, b) = (
                    self.range_ends(x.as_ticket()),
                    self.range_ends(y.as_ticket()),
                );
                Ok(match (a.get(at as usize), b.get(at as usize)) {
                    (Some(p), Some(q)) => Step::Pair(*p, *q),
                    _ => Step::Done,
                })
            }
            (Kind::Cell, Kind::Cell) => {
                if at > 0 {
                    return Ok(Step::Done);
                }
                // SAFETY: live cells.
                unsafe {
                    Ok(Step::Pair(
                        (*self.at::<CellObj>(x.as_ticket())).value,
                        (*self.at::<CellObj>(y.as_ticket())).value,
                    ))
                }
            }
            _ => self.equal_map_step(x, y, at),
        }
    }

    /// Morph reads a list element by element: its cell at `temps[cell]` beside element `at` of a sequence.
    fn list_and_sequence(
        &mut self,
        cell: usize,
        list: Value,
        sequence: Value,
        at: u32,
        swapped: bool,
    ) -> Step {
        let element = self.element_at(sequence.as_ticket(), at);
        match (list.payload, element) {
            (0, None) => Step::Done,
            (0, Some(_)) | (_, None) => Step::Unequal,
            (_, Some(element)) => {
                // SAFETY: a live list cell.
                let (head, tail) = unsafe {
                    let object = self.at::<ListObj>(list.as_ticket());
                    ((*object).head, (*object).tail)
                };
                self.temps[cell] = Value::ticket(Kind::List, lemari::Ticket(tail));
                if swapped {
                    Step::Pair(element, head)
                } else {
                    Step::Pair(head, element)
                }
            }
        }
    }

    fn equal_map_step(&mut self, x: Value, y: Value, at: u32) -> Raise<Step> {
        let (a, b) = (x.as_ticket(), y.as_ticket());
        match self.form(a) {
            Form::Sequence => {
                if at == 0 {
                    if self.sequence_len(a) != self.sequence_len(b) {
                        return Ok(Step::Unequal);
                    }
                    if let Some(bytes) = self.plain_vectors(a, b) {
                        self.charge_fuel(bytes as u64 / 64)?;
                        return Ok(if self.equal_vectors(a, b, bytes) {
                            Step::Done
                        } else {
                            Step::Unequal
                        });
                    }
                }
                Ok(match (self.element_at(a, at), self.element_at(b, at)) {
                    (Some(p), Some(q)) => Step::Pair(p, q),
                    (None, None) => Step::Done,
                    _ => Step::Unequal,
                })
            }
            Form::Product => Ok(match (self.product_part(a, at), self.product_part(b, at)) {
                (Some(p), Some(q)) => Step::Pair(p, q),
                (None, None) => Step::Done,
                _ => Step::Unequal,
            }),
            Form::Open | Form::Dict | Form::Identity => {
                if at == 0
                    && (self.sequence_len(a) != self.sequence_len(b)
                        || self.named_len(a) != self.named_len(b))
                {
                    return Ok(Step::Unequal);
                }
                self.equal_named_step(x, y, at)
            }
        }
    }

    /// A part of `x` and what `y` has in its place: elements by position, the rest by name or key in any order.
    fn equal_named_step(&mut self, x: Value, y: Value, at: u32) -> Raise<Step> {
        match self.part(x.as_ticket(), at) {
            Part::Element(value) => Ok(match self.element_at(y.as_ticket(), at) {
                Some(other) => Step::Pair(value, other),
                None => Step::Unequal,
            }),
            Part::Field { name, value, .. } => {
                if let Some(other) = self.slot_field(y.as_ticket(), name) {
                    return Ok(Step::Pair(value, other));
                }
                let key = self.field_name_value(name);
                self.equal_entry(at, key)
            }
            Part::Entry { key, value } => {
                // A key that the other map keeps as a field: keys of tables are flat texts or interned keys.
                let name = match key.kind() {
                    Kind::Text => self.known_name(key.as_ticket()).map(FieldName::text),
                    Kind::Key => Some(FieldName::key(key.payload)),
                    _ => None,
                };
                if let Some(other) = name.and_then(|name| self.slot_field(y.as_ticket(), name)) {
                    return Ok(Step::Pair(value, other));
                }
                self.equal_entry(at, key)
            }
            Part::Skip => Ok(Step::Pair(Value::EMPTY, Value::EMPTY)),
            Part::End => Ok(Step::Done),
        }
    }

    /// Looks a key up in the table of the frame's second map. Hashing the key may allocate, so both maps are read again.
    fn equal_entry(&mut self, at: u32, key: Value) -> Raise<Step> {
        let top = self.temps.len() - FRAME;
        let y = self.temps[top + 1].as_ticket();
        let found = self.table_get(y, key)?;
        let (x, y) = (self.temps[top].as_ticket(), self.temps[top + 1].as_ticket());
        let value = match self.part(x, at) {
            Part::Field { value, .. } | Part::Entry { value, .. } => value,
            _ => return Ok(Step::Unequal),
        };
        Ok(match found {
            Some(entry) => Step::Pair(value, self.table_entry(y, entry).1),
            None => Step::Unequal,
        })
    }

    /// Whether two values are equal as far as it shows without entering them.
    fn equal_glance(&mut self, lang: Lang, x: Value, y: Value) -> Raise<Glance> {
        use Glance::{Enter, Known};
        if let (Some(a), Some(b)) = (x.as_int(), y.as_int()) {
            return Ok(Known(a == b));
        }
        if World::is_number(x) && World::is_number(y) {
            let (Some(a), Some(b)) = (self.number_of(x)?, self.number_of(y)?) else {
                return Ok(Known(false));
            };
            let same = self.number_work(Operation::Compare, &a, &b, || numeric::equal(&a, &b))?;
            return Ok(Known(same));
        }
        // Two inline versions are compared by their bits below.
        if (x.kind() == Kind::Map || y.kind() == Kind::Map)
            && self.is_version(x)
            && self.is_version(y)
        {
            return if lang == Lang::Rhumb {
                let order = self.version_order(x, y)?;
                Ok(Known(order == Some(std::cmp::Ordering::Equal)))
            } else {
                self.same_version(x, y).map(Known)
            };
        }
        if x.kind() != y.kind() {
            return match (x.kind(), y.kind()) {
                (Kind::Char, Kind::Text) if lang != Lang::Fusabi => {
                    self.equal_char(x, y).map(Known)
                }
                (Kind::Text, Kind::Char) if lang != Lang::Fusabi => {
                    self.equal_char(y, x).map(Known)
                }
                (Kind::List, Kind::Map) if lang == Lang::Morph && self.has_elements_form(y) => {
                    Ok(Enter)
                }
                (Kind::Map, Kind::List) if lang == Lang::Morph && self.has_elements_form(x) => {
                    Ok(Enter)
                }
                (a, b) if lang == Lang::Fusabi && is_function(a) && is_function(b) => {
                    Err(self.no_equality())
                }
                (Kind::Func, Kind::Closure) | (Kind::Closure, Kind::Func)
                    if lang == Lang::Rhumb =>
                {
                    Ok(Known(self.same_code_and_home(x, y)))
                }
                _ => Ok(Known(false)),
            };
        }
        Ok(match x.kind() {
            Kind::Empty => Known(true),
            Kind::Text => Known(self.text_eq(x.as_ticket(), y.as_ticket())?),
            Kind::Bytes => {
                let length = self.bytes_slice(x.as_ticket()).len();
                if length != self.bytes_slice(y.as_ticket()).len() {
                    return Ok(Known(false));
                }
                self.charge_fuel(length as u64 / 64)?;
                Known(self.bytes_slice(x.as_ticket()) == self.bytes_slice(y.as_ticket()))
            }
            Kind::Case0 if self.both_sorted(x, y) == Some(true) => Known(true),
            Kind::Case0 => Known(match (self.type_key(x), self.type_key(y)) {
                (Some(p), Some(q)) => x.payload == y.payload && p.same_type(&q),
                _ => false,
            }),
            Kind::Map => return self.equal_map_glance(lang, x, y),
            Kind::List | Kind::Range => Enter,
            Kind::Cell if lang == Lang::Fusabi => Enter,
            Kind::Func | Kind::Closure | Kind::Partial if lang == Lang::Fusabi => {
                return Err(self.no_equality());
            }
            Kind::Closure if lang == Lang::Rhumb => {
                Known(x.same(y) || self.same_code_and_home(x, y))
            }
            Kind::Partial if lang == Lang::Rhumb => {
                Known(x.same(y) || self.same_application(x, y)?)
            }
            Kind::Partial => Known(x.same(y) || self.same_bound_method(x, y)),
            // Bool, char, key, date, duration, version and the kinds with identity: both words.
            _ => Known(x.same(y)),
        })
    }

    fn equal_map_glance(&mut self, lang: Lang, x: Value, y: Value) -> Raise<Glance> {
        use Glance::{Enter, Known};
        let (a, b) = (x.as_ticket(), y.as_ticket());
        let form = self.form(a);
        if form != self.form(b) {
            return Ok(Known(false));
        }
        if let Some(alike) = self.both_sorted(x, y) {
            return Ok(if alike { Enter } else { Known(false) });
        }
        let by_content = match lang {
            Lang::Machine => self.is_value_nature(a),
            Lang::Fusabi => form != Form::Identity,
            Lang::Morph => {
                matches!(form, Form::Sequence | Form::Product | Form::Dict)
                    || self.is_message(a)
                    || self.is_value_nature(a)
            }
            Lang::Rhumb => self.is_message(a) || self.is_value_nature(a),
        };
        if !by_content {
            return Ok(Known(a == b));
        }
        if form == Form::Product {
            let same = match (self.type_key(x), self.type_key(y)) {
                (Some(p), Some(q)) => p.same_type(&q) && p.tag == q.tag,
                _ => false,
            };
            if !same {
                return Ok(Known(false));
            }
        }
        Ok(Enter)
    }

    #[cold]
    fn no_equality(&mut self) -> crate::fault::Raised {
        self.fault(Fault::Type, "functions have no equality")
    }

    /// A char and a text are equal outside Fusabi if the text is that one scalar.
    fn equal_char(&mut self, c: Value, text: Value) -> Raise<bool> {
        let Some(c) = c.as_char() else {
            return Ok(false);
        };
        if self.text_bytes_len(text.as_ticket()) as usize != c.len_utf8() {
            return Ok(false);
        }
        let mut bytes = [0; 4];
        let one: &str = c.encode_utf8(&mut bytes);
        Ok(self.text_str(text.as_ticket())? == one)
    }

    /// Rhumb: routines are equal by code and home.
    fn same_code_and_home(&self, x: Value, y: Value) -> bool {
        let home = |routine: Value| match routine.kind() {
            Kind::Closure => self.closure_home(routine.as_ticket()),
            _ => Value::EMPTY,
        };
        self.routine_of(x) == self.routine_of(y) && home(x).same(home(y))
    }

    /// Rhumb: routines with some of their arguments are equal if routines and arguments are, the latter by identity.
    fn same_application(&mut self, x: Value, y: Value) -> Raise<bool> {
        let count = self.object_aux(x.as_ticket());
        if count != self.object_aux(y.as_ticket()) {
            return Ok(false);
        }
        self.charge_fuel(u64::from(count) / 16)?;
        // SAFETY: live partials with so many arguments.
        let (p, q) = unsafe {
            let (a, b) = (
                self.at::<PartialObj>(x.as_ticket()),
                self.at::<PartialObj>(y.as_ticket()),
            );
            let (args, others) = (
                (&raw const (*a).args).cast::<Value>(),
                (&raw const (*b).args).cast::<Value>(),
            );
            let alike = (0..usize::from(count))
                .all(|index| args.add(index).read().same(others.add(index).read()));
            if !alike || (*a).bound != (*b).bound || !(*a).receiver.same((*b).receiver) {
                return Ok(false);
            }
            ((*a).target, (*b).target)
        };
        let routine = |kind: Kind| matches!(kind, Kind::Func | Kind::Closure);
        if routine(p.kind()) && routine(q.kind()) {
            return Ok(self.same_code_and_home(p, q));
        }
        Ok(p.same(q))
    }

    /// Bound methods are equal by receiver and target; other partial applications by identity.
    fn same_bound_method(&self, x: Value, y: Value) -> bool {
        // SAFETY: live partials.
        unsafe {
            let (a, b) = (
                self.at::<PartialObj>(x.as_ticket()),
                self.at::<PartialObj>(y.as_ticket()),
            );
            (*a).bound == 1
                && (*b).bound == 1
                && (*a).receiver.same((*b).receiver)
                && (*a).target.same((*b).target)
        }
    }
}

/// True for the kinds of function values.
pub(crate) const fn is_function(kind: Kind) -> bool {
    matches!(kind, Kind::Func | Kind::Closure | Kind::Partial)
}
