//! Texts of values as policy Rhumb shows them (docs/specs/rhumb.md §3.17; rulings.md B1, B10, B13–B16, B42, B50). The work
//! list is in [`World::temps`], as in `display.rs`.
//!
//! A map shows its elements canonically and of its named fields the names only; a container met inside itself shows as
//! `[…]`.

use fzb::tables::FuncId;
use numeric::TextStyle;

use crate::exec::signals::slot;
use crate::fault::{Fault, Raise};
use crate::heap::object::ClosureObj;
use crate::host_memory::fixed;
use crate::legend::{Legends, Nature, entry_flags, field_flags};
use crate::policy::display::{Draft, mode};
use crate::policy::parts::Part;
use crate::policy::sorted::Entries;
use crate::policy::time_text;
use crate::space::Outward;
use crate::value::{Kind, Value};
use crate::world::World;

/// Temps of one frame: the container, the next position, the number of parts shown, its elements under numbers beyond the
/// dense ones (a map of elements in the order of their numbers, or empty).
const FRAME: usize = 4;

/// What a container is closed with.
const fn closing(nature: Option<Nature>) -> &'static str {
    match nature {
        Some(Nature::Submap) => "]>",
        Some(Nature::Event) => ")",
        _ => "]",
    }
}

/// What stands before a tuple's topic, by its kind.
const fn sigil(kind: i64) -> char {
    match kind {
        2 => '$',
        3 => '^',
        _ => '#',
    }
}

/// True for names that stand in a map's text as they are: labels, hooks and anything else without white space, quotes,
/// brackets and separators.
fn is_bare(name: &str) -> bool {
    const MARKS: &str = "0123456789!#$%&*+,-./:<=>?@^|~`\\";
    let inner = name
        .strip_prefix('_')
        .and_then(|rest| rest.strip_suffix('_'));
    if inner.is_some_and(|inner| !inner.is_empty() && inner.chars().all(|c| MARKS.contains(c))) {
        return true;
    }
    !name.is_empty()
        && !name.starts_with(['.', ':', '@', '-'])
        && !name.ends_with(['.', ':', '-'])
        && !name.chars().any(|c| {
            c.is_whitespace()
                || matches!(
                    c,
                    '(' | ')' | '[' | ']' | '{' | '}' | ';' | '\'' | '"' | '\\'
                )
        })
}

impl World {
    /// Shows a value in the policy Rhumb.
    pub(super) fn display_rhumb(&mut self, draft: &mut Draft, value: Value, mode: u8) -> Raise<()> {
        let leaf = self.temps.len();
        self.push_temps(&[value])?;
        let base = leaf + 1;
        self.show_rhumb(draft, leaf, mode)?;
        while self.temps.len() > base {
            self.charge_node()?;
            let top = self.temps.len() - FRAME;
            let (at, shown) = (
                self.temps[top + 1].payload as u32,
                self.temps[top + 2].payload,
            );
            self.temps[top + 1] = Value::int(i64::from(at) + 1);
            match self.rhumb_part(top, at) {
                Part::End => {
                    let container = self.temps[top];
                    let nature = container
                        .is_map()
                        .then(|| self.nature(container.as_ticket()));
                    self.leave(draft, container);
                    self.temps.truncate(top);
                    if container.kind() != Kind::Range {
                        self.push_text(draft, closing(nature))?;
                    }
                }
                Part::Skip => {}
                Part::Element(part) => {
                    self.temps[leaf] = part;
                    self.next_part(draft, top, shown)?;
                    let submap = self.temps[top].is_map()
                        && self.nature(self.temps[top].as_ticket()) == Nature::Submap;
                    if submap && self.temps[leaf].is_empty() {
                        // A parameter without a name is known by its number.
                        let name = fixed(|| format!("${}", at + 1));
                        self.push_text(draft, &name)?;
                    } else {
                        self.show_rhumb(draft, leaf, mode::CANONICAL)?;
                    }
                }
                Part::Field { .. } | Part::Entry { .. } => {
                    if let Some((key, flags)) = self.rhumb_name(top, at) {
                        self.temps[leaf] = key;
                        self.next_part(draft, top, shown)?;
                        self.show_name(draft, leaf, top, flags)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Separates a part from the one before it and counts it.
    fn next_part(&mut self, draft: &mut Draft, top: usize, shown: u64) -> Raise<()> {
        self.temps[top + 2] = Value::int(shown as i64 + 1);
        if shown == 0 {
            return Ok(());
        }
        let between = if self.temps[top].kind() == Kind::Range {
            "|"
        } else {
            "; "
        };
        self.push_text(draft, between)
    }

    /// Part `at` of the container of a frame: dense elements, elements under greater numbers, then names.
    fn rhumb_part(&mut self, top: usize, at: u32) -> Part {
        let container = self.temps[top];
        let ticket = container.as_ticket();
        match container.kind() {
            Kind::List if container.payload != 0 => {
                self.temps[top] = Value::ticket(Kind::List, self.list_tail(ticket));
                Part::Element(self.list_head(ticket))
            }
            Kind::Range => match self.range_ends(ticket).get(at as usize) {
                Some(end) if at < 2 => Part::Element(*end),
                _ => Part::End,
            },
            _ if container.is_map() => {
                if matches!(self.nature(ticket), Nature::Tuple | Nature::Case) {
                    return self
                        .product_part(ticket, at)
                        .map_or(Part::End, Part::Element);
                }
                let dense = self.elements_len(ticket);
                let more = self.temps[top + 3];
                let sorted = if more.is_map() {
                    self.elements_len(more.as_ticket())
                } else {
                    0
                };
                if at < dense {
                    return Part::Element(self.element(ticket, at));
                }
                if at - dense < sorted {
                    return Part::Element(self.element(more.as_ticket(), at - dense));
                }
                self.part(ticket, at - sorted)
            }
            _ => Part::End,
        }
    }

    /// Key and flags of the field or entry at a position, unless it is not shown: private, exposed, the machine's own, or an
    /// element that was shown before.
    fn rhumb_name(&self, top: usize, at: u32) -> Option<(Value, u8)> {
        let map = self.temps[top].as_ticket();
        let more = self.temps[top + 3];
        let sorted = if more.is_map() {
            self.elements_len(more.as_ticket())
        } else {
            0
        };
        let at = at
            .checked_sub(sorted)?
            .checked_sub(self.elements_len(map))?;
        let member = self.member(map, at);
        let left_out = field_flags::EXPOSED | field_flags::HIDDEN;
        let hidden = member.flags & left_out != 0
            || member.key.same(Value::HOLE)
            || matches!(member.key.kind(), Kind::Key | Kind::I64);
        (!hidden).then_some((member.key, member.flags))
    }

    /// `.name`, `:name`, `.@name`, `:@name`; in a parameter list the name alone. The key is `temps[leaf]`.
    fn show_name(&mut self, draft: &mut Draft, leaf: usize, top: usize, flags: u8) -> Raise<()> {
        let submap = self.nature(self.temps[top].as_ticket()) == Nature::Submap;
        if !submap {
            let mutable = flags & field_flags::MUTABLE != 0;
            self.push_text(draft, if mutable { ":" } else { "." })?;
            if flags & field_flags::SUB != 0 {
                self.push_text(draft, "@")?;
            }
        }
        let key = self.temps[leaf];
        let bare = key.kind() == Kind::Text && self.text_str(key.as_ticket()).is_ok_and(is_bare);
        self.show_rhumb(
            draft,
            leaf,
            if bare { mode::DISPLAY } else { mode::CANONICAL },
        )
    }

    /// Shows `temps[leaf]`: whole if it is no container, else its opening, and a frame for the rest.
    fn show_rhumb(&mut self, draft: &mut Draft, leaf: usize, mode: u8) -> Raise<()> {
        self.temps[leaf] = self.shown_by(self.temps[leaf]);
        self.sorted_entries(leaf, Entries::Pairs)?;
        if self.passes_over_own(self.temps[leaf]) {
            self.temps[leaf] = self.subfields_alone(leaf)?;
        }
        let value = self.temps[leaf];
        let ticket = value.as_ticket();
        match value.kind() {
            Kind::Text => self.show_rhumb_text(draft, leaf, mode),
            Kind::Char => {
                let c = value.as_char().unwrap_or('\u{FFFD}');
                let quote = if mode == mode::CANONICAL { "'" } else { "" };
                self.push_text(draft, quote)?;
                self.push_text(draft, c.encode_utf8(&mut [0; 4]))?;
                self.push_text(draft, quote)
            }
            Kind::Dec | Kind::Big | Kind::I64 | Kind::F64 | Kind::Sized => {
                let Some(number) = self.number_of(value)? else {
                    return Ok(());
                };
                self.charge_fuel(numeric::text_cost(&number).saturating_sub(1))?;
                let room = numeric::text_memory(&number);
                let text = self.with_room(room, || numeric::text(&number, TextStyle::Rhumb))?;
                self.push_text(draft, &text)
            }
            Kind::Empty => self.push_text(draft, "___"),
            Kind::Bool => self.push_held(draft, |world| world.truth_word(value.payload != 0)),
            Kind::Key => {
                if value.payload >> 63 != 0 {
                    // A fresh key has no text that reads back as it.
                    return self.push_text(draft, "<`>");
                }
                let name = value.payload as u32;
                self.push_text(draft, "`")?;
                self.push_held(draft, |world| world.name_text(name))
            }
            Kind::Date => {
                let text = fixed(|| time_text::rhumb_date(i128::from(value.payload as i64)));
                self.push_text(draft, &text)
            }
            Kind::Duration => {
                let text = fixed(|| time_text::rhumb_duration(value.payload as i64));
                self.push_text(draft, &text)
            }
            Kind::Version => {
                let text = fixed(|| time_text::version_text(value.payload));
                self.push_text(draft, &text)
            }
            Kind::Func | Kind::Closure => self.show_routine(draft, value),
            // A curry or a bound method is a copy, and copies have no names (ruling B13).
            Kind::Partial => self.push_text(draft, "<( )>"),
            Kind::Realm => {
                let detached = self.is_detached(value);
                self.push_text(draft, if detached { "<|>" } else { "<$>" })
            }
            Kind::Vassal => self.push_text(draft, "<{}>"),
            Kind::Resource => {
                self.push_text(draft, "<")?;
                self.push_held(draft, |world| match world.resources.name(value) {
                    "" => "slip",
                    name => name,
                })?;
                self.push_text(draft, ">")
            }
            Kind::Fiber => self.push_text(draft, "<process>"),
            Kind::Case0 => self.show_case(draft, value),
            Kind::Bytes => self.show_bytes(draft, leaf),
            Kind::Map => match self.nature(ticket) {
                Nature::Version => {
                    let text = self.version_text(value)?;
                    self.push_text(draft, &text)
                }
                Nature::WideDate => {
                    let text = fixed(|| time_text::rhumb_date(self.wide_date(ticket)));
                    self.push_text(draft, &text)
                }
                Nature::Class => self.show_class(draft, ticket),
                Nature::Event => self.enter_tuple(draft, leaf),
                nature => {
                    if let Some(order) = self.parameter_order(value)? {
                        return self.show_parameters(draft, leaf, order);
                    }
                    if nature == Nature::Case {
                        self.show_case(draft, value)?;
                    }
                    let open = if nature == Nature::Submap { "<[" } else { "[" };
                    self.enter_rhumb(draft, leaf, open)
                }
            },
            Kind::List => self.enter_rhumb(draft, leaf, "["),
            Kind::Range => self.enter_rhumb(draft, leaf, ""),
            kind => {
                self.push_text(draft, "<")?;
                self.push_text(draft, kind.name())?;
                self.push_text(draft, ">")
            }
        }
    }

    /// True for a view of delegates only (`x[@]`).
    fn passes_over_own(&self, value: Value) -> bool {
        value.kind() == Kind::Map && self.nature(value.as_ticket()) == Nature::View
    }

    /// A map of the subfields of what the view `temps[leaf]` shows.
    fn subfields_alone(&mut self, leaf: usize) -> Raise<Value> {
        let from = self.temp(self.target_of(self.temps[leaf]))?;
        let alone = self.map_new(Legends::PLAIN, 0)?;
        let alone = self.temp(Value::ticket(Kind::Map, alone))?;
        for index in 0..self.members(self.temps[from].as_ticket()) {
            self.charge_node()?;
            let member = self.member(self.temps[from].as_ticket(), index);
            if member.flags & field_flags::SUB == 0 || member.key.kind() != Kind::Text {
                continue;
            }
            let key = self.temp(member.key)?;
            let value = self.temp(member.value)?;
            if let Some(name) = self.name_of_key(key)? {
                self.add_field(alone, name, value, member.flags)?;
            }
            self.temps.truncate(key);
        }
        let map = self.temps[alone];
        self.temps.truncate(from);
        Ok(map)
    }

    /// The parameters of a submap, from a list of them; those without a name are known by their numbers.
    fn show_parameters(&mut self, draft: &mut Draft, leaf: usize, order: Value) -> Raise<()> {
        let order = self.temp(order)?;
        self.push_text(draft, "<[")?;
        for index in 0..self.elements_len(self.temps[order].as_ticket()) {
            self.charge_node()?;
            if index > 0 {
                self.push_text(draft, "; ")?;
            }
            let name = self.element(self.temps[order].as_ticket(), index);
            if name.is_empty() {
                let number = fixed(|| format!("${}", index + 1));
                self.push_text(draft, &number)?;
                continue;
            }
            self.temps[leaf] = name;
            let bare = self.text_str(name.as_ticket()).is_ok_and(is_bare);
            let shown = if bare { mode::DISPLAY } else { mode::CANONICAL };
            self.show_rhumb_text(draft, leaf, shown)?;
        }
        self.temps.truncate(order);
        self.push_text(draft, "]>")
    }

    /// `#t(args)`, `#t` without arguments (ruling B14), `#(args)` without topic.
    fn enter_tuple(&mut self, draft: &mut Draft, leaf: usize) -> Raise<()> {
        let event = self.temps[leaf].as_ticket();
        let sign = sigil(i64::from(self.event_what(event).kind()));
        let topic = self.slot_value(event, slot::TOPIC);
        self.push_text(draft, sign.encode_utf8(&mut [0; 4]))?;
        if topic.kind() == Kind::Text {
            // Topics are interned, so they neither move nor are ropes.
            let length = self.text_bytes_len(topic.as_ticket()) as usize;
            self.room(draft, length)?;
            let event = self.temps[leaf].as_ticket();
            let topic = self.slot_value(event, slot::TOPIC).as_ticket();
            draft
                .text
                .push_str(self.text_str_unrooted(topic).unwrap_or_default());
        }
        if self.elements_len(self.temps[leaf].as_ticket()) == 0 && topic.kind() == Kind::Text {
            return Ok(());
        }
        self.enter_rhumb(draft, leaf, "(")
    }

    /// Opens the container `temps[leaf]` unless it is on the path already.
    fn enter_rhumb(&mut self, draft: &mut Draft, leaf: usize, open: &str) -> Raise<()> {
        if !self.enter_path(draft, leaf)? {
            return self.push_text(draft, "[…]");
        }
        self.push_text(draft, open)?;
        let sorted = self.numbered_elements(leaf)?;
        let container = self.temps[leaf];
        self.push_temps(&[container, Value::int(0), Value::int(0), sorted])
    }

    /// The elements of the map `temps[at]` under numbers beyond the dense ones, in the order of the numbers; empty if there
    /// are none.
    pub(crate) fn numbered_elements(&mut self, at: usize) -> Raise<Value> {
        let value = self.temps[at];
        if !value.is_map() || self.nature(value.as_ticket()) == Nature::Dict {
            return Ok(Value::EMPTY);
        }
        let map = value.as_ticket();
        let entries = self.table_entries(map);
        if entries == 0 {
            return Ok(Value::EMPTY);
        }
        self.charge_fuel(u64::from(entries) / 4)?;
        let count = (0..entries)
            .filter(|entry| self.table_entry(map, *entry).0.as_int().is_some())
            .count();
        if count == 0 {
            return Ok(Value::EMPTY);
        }
        self.charge(count * 16)?;
        let made = self.numbered_list(at, entries, count);
        self.lemari.refund(count * 16);
        made
    }

    fn numbered_list(&mut self, at: usize, entries: u32, count: usize) -> Raise<Value> {
        let mut order: Vec<(i64, u32)> = Vec::new();
        if order.try_reserve_exact(count).is_err() {
            return Err(self.fault(Fault::Mem, "the host has no memory left"));
        }
        let map = self.temps[at].as_ticket();
        order.extend((0..entries).filter_map(|entry| {
            let (key, _) = self.table_entry(map, entry);
            let live = self.table_flags(map, entry) & entry_flags::HIDDEN == 0;
            key.as_int().filter(|_| live).map(|number| (number, entry))
        }));
        order.sort_unstable();
        self.charge_fuel(count as u64)?;
        let list = self.map_new(Legends::PLAIN, 0)?;
        let list = self.temp(Value::ticket(Kind::Map, list))?;
        for (_, entry) in order {
            let value = self.table_entry(self.temps[at].as_ticket(), entry).1;
            let held = self.temp(value)?;
            self.push_element(list, held)?;
            self.temps.truncate(held);
        }
        let sorted = self.temps[list];
        self.temps.truncate(list);
        Ok(sorted)
    }

    /// A text as it is, or between `'` without escapes; as a key bare if nothing in it would end it.
    fn show_rhumb_text(&mut self, draft: &mut Draft, leaf: usize, mode: u8) -> Raise<()> {
        let length = self.text_bytes_len(self.temps[leaf].as_ticket()) as usize;
        self.charge_fuel(length as u64 / 64)?;
        self.text_str(self.temps[leaf].as_ticket())?;
        self.room(draft, length + 2)?;
        let text = self
            .text_str_unrooted(self.temps[leaf].as_ticket())
            .unwrap_or_default();
        let bare = mode == mode::DISPLAY || (mode == mode::KEY && is_bare(text));
        if !bare {
            draft.text.push('\'');
        }
        draft.text.push_str(text);
        if !bare {
            draft.text.push('\'');
        }
        Ok(())
    }

    /// `<label>` of a routine that was given one where it was written, `<( )>` of any other and of rebound copies.
    fn show_routine(&mut self, draft: &mut Draft, routine: Value) -> Raise<()> {
        let derived = routine.kind() == Kind::Closure && {
            // SAFETY: a live closure.
            unsafe { (*self.at::<ClosureObj>(routine.as_ticket())).copied != 0 }
        };
        let (instance, function) = self.routine_of(routine);
        if derived || self.label_of(instance, function).is_empty() {
            return self.push_text(draft, "<( )>");
        }
        self.push_text(draft, "<")?;
        self.push_held(draft, |world| world.label_of(instance, function))?;
        self.push_text(draft, ">")
    }

    /// The name of a function of an instance; empty if it has none.
    fn label_of(&self, instance: u32, function: u32) -> &str {
        let name = self.instances.get(instance as usize).and_then(|instance| {
            let module = &instance.loaded.module;
            module.name(module.function(FuncId(function))?.name?)
        });
        name.unwrap_or_default()
    }

    /// Does a realm's space have no parent?
    fn is_detached(&self, realm: Value) -> bool {
        match (self.space_of(realm), &self.spaces) {
            (Some(space), Some(spaces)) => spaces.outward(space) == Outward::Top,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_bare;

    #[test]
    fn names_that_need_no_quotes() {
        for name in [
            "a",
            "set-x",
            "favicon.ico",
            "_++_",
            "_._",
            "_/\\_",
            "🧮",
            "_",
        ] {
            assert!(is_bare(name), "{name}");
        }
        for name in ["", "a\\b", "a b", "a;b", "it's", ".x", "x:", "@x", "f(x)"] {
            assert!(!is_bare(name), "{name}");
        }
    }
}
