//! Texts of values, as policies machine and Morph show them (docs/specs/machine.md §1); those of Rhumb and Fusabi have their
//! own forms in `display_rhumb.rs` and `display_fusabi.rs`. The work list is in [`World::temps`], the text being made in counted host memory; a container met
//! inside itself shows as `[…]`.

use std::collections::HashSet;
use std::fmt::Write as _;

use fzb::tables::Lang;
use lemari::Ticket;
use numeric::{Number, TextStyle};

use crate::fault::{Fault, Raise};
use crate::heap::object::{CellObj, ClosureObj, ListObj, PartialObj};
use crate::host_memory::fixed;
use crate::legend::Nature;
use crate::policy::parts::Part;
use crate::policy::sorted::Entries;
use crate::policy::time_text;
use crate::value::{Kind, Value};
use crate::world::World;

/// Modes of `display`.
pub(crate) mod mode {
    /// A text or char as it is; everything else as `CANONICAL`.
    pub const DISPLAY: u8 = 0;
    /// Texts and chars quoted: what reads back as the value where there is a literal for it.
    pub const CANONICAL: u8 = 1;
    /// How a value stands as a key: a text without quotes if it is an identifier.
    pub const KEY: u8 = 2;
}

/// Temps of one frame: the container, the next position, the number of parts shown.
const FRAME: usize = 3;
/// Host bytes that a set of ids takes per id.
const ID_BYTES: usize = 16;

/// A text being made, and what of it is counted.
pub(super) struct Draft {
    pub(super) text: String,
    /// Identities of the containers on the path.
    path: HashSet<u32>,
    charged: usize,
}

/// What a container puts around and between its parts.
struct Style {
    open: &'static str,
    between: &'static str,
    close: &'static str,
}

const LIST: Style = Style {
    open: "[",
    between: "; ",
    close: "]",
};
const SEQUENCE: Style = Style {
    open: "[",
    between: ", ",
    close: "]",
};
const TUPLE: Style = Style {
    open: "(",
    between: ", ",
    close: ")",
};
const NAMED: Style = Style {
    open: "{",
    between: ", ",
    close: "}",
};
const CELL: Style = Style {
    open: "cell(",
    between: "",
    close: ")",
};
const RANGE: Style = Style {
    open: "",
    between: "|",
    close: "",
};

impl World {
    /// The text of a value by the running function's policy. May allocate: the value is stale afterwards. Fault mem if it is
    /// too long.
    pub(crate) fn display(&mut self, value: Value, mode: u8) -> Raise<Ticket> {
        self.display_in(self.policy(), value, mode)
    }

    /// The text of a value as a language shows it.
    pub(crate) fn display_in(&mut self, lang: Lang, value: Value, mode: u8) -> Raise<Ticket> {
        if value.kind() == Kind::Text && mode == mode::DISPLAY {
            return Ok(value.as_ticket());
        }
        let mut draft = Draft {
            text: String::new(),
            path: HashSet::new(),
            charged: 0,
        };
        let mark = self.temps.len();
        let shown = match lang {
            Lang::Rhumb => self.display_rhumb(&mut draft, value, mode),
            Lang::Fusabi => self.display_fusabi(&mut draft, value, mode),
            Lang::Machine | Lang::Morph => self.display_into(&mut draft, value, mode),
        };
        let made = match shown {
            Ok(()) => self.text_new(&draft.text),
            Err(raised) => Err(raised),
        };
        self.lemari.refund(draft.charged);
        let text = made?;
        self.temps.truncate(mark);
        Ok(text)
    }

    /// The text of a value for the host, as `display` shows it or (`canonical`) as it reads back. `Err`: a fault is
    /// recorded, as after every operation.
    pub fn show_value(&mut self, value: Value, canonical: bool) -> Raise<String> {
        let text = self.display(
            value,
            if canonical {
                mode::CANONICAL
            } else {
                mode::DISPLAY
            },
        )?;
        self.host_text(text)
    }

    /// Room for `bytes` more bytes of text, counted. May collect.
    pub(super) fn room(&mut self, draft: &mut Draft, bytes: usize) -> Raise<()> {
        if draft.text.capacity() - draft.text.len() >= bytes {
            return Ok(());
        }
        let needed = draft.text.len().saturating_add(bytes);
        if needed > self.limits.one_allocation {
            return Err(self.fault(Fault::Mem, "the text is too long"));
        }
        let more = needed.max(draft.text.capacity().saturating_mul(2)).max(64) - draft.text.len();
        let counted = more + draft.text.len() - draft.text.capacity();
        self.charge(counted)?;
        draft.charged += counted;
        if draft.text.try_reserve_exact(more).is_err() {
            return Err(self.fault(Fault::Mem, "the host has no memory left"));
        }
        Ok(())
    }

    /// Shows a text that the World itself holds: `text` finds it, before and after room is made for it.
    pub(super) fn push_held(
        &mut self,
        draft: &mut Draft,
        text: impl Fn(&World) -> &str,
    ) -> Raise<()> {
        let length = text(self).len();
        self.room(draft, length)?;
        draft.text.push_str(text(self));
        Ok(())
    }

    pub(super) fn push_text(&mut self, draft: &mut Draft, text: &str) -> Raise<()> {
        self.room(draft, text.len())?;
        draft.text.push_str(text);
        Ok(())
    }

    fn display_into(&mut self, draft: &mut Draft, value: Value, mode: u8) -> Raise<()> {
        // The slot at `leaf` keeps what is being shown alive and up to date.
        let leaf = self.temps.len();
        self.push_temps(&[value])?;
        let base = leaf + 1;
        self.show(draft, leaf, mode)?;
        while self.temps.len() > base {
            self.charge_node()?;
            let top = self.temps.len() - FRAME;
            let (container, at, shown) = (
                self.temps[top],
                self.temps[top + 1].payload as u32,
                self.temps[top + 2].payload,
            );
            self.temps[top + 1] = Value::int(i64::from(at) + 1);
            if container.same(Value::HOLE) {
                // An entry whose key has been shown: its value waits in the frame.
                if at == 0 {
                    self.temps[leaf] = self.temps[top + 2];
                    self.push_text(draft, ": ")?;
                    self.show(draft, leaf, mode::CANONICAL)?;
                } else {
                    self.temps.truncate(top);
                }
                continue;
            }
            let style = self.style(container);
            match self.display_part(top, container, at) {
                Part::End => {
                    self.leave(draft, container);
                    self.temps.truncate(top);
                    self.push_text(draft, style.close)?;
                }
                Part::Skip => {}
                Part::Element(part) => {
                    self.temps[leaf] = part;
                    self.temps[top + 2] = Value::int(shown as i64 + 1);
                    if shown > 0 {
                        self.push_text(draft, style.between)?;
                    }
                    self.show(draft, leaf, mode::CANONICAL)?;
                }
                Part::Field { name, value, .. } => {
                    self.temps[leaf] = value;
                    self.temps[top + 2] = Value::int(shown as i64 + 1);
                    if shown > 0 {
                        self.push_text(draft, style.between)?;
                    }
                    // Listed fields have texts as names.
                    let name = name.text_id().unwrap_or(u32::MAX);
                    let length = self.name_text(name).len();
                    self.room(draft, length + 2)?;
                    draft.text.push_str(self.name_text(name));
                    draft.text.push_str(": ");
                    self.show(draft, leaf, mode::CANONICAL)?;
                }
                Part::Entry { key, value } => {
                    // A key is shown whole before its value, which waits in a frame marked by a hole.
                    self.temps[top + 2] = Value::int(shown as i64 + 1);
                    self.temps[leaf] = key;
                    let dict = self.nature(container.as_ticket()) == Nature::Dict;
                    self.push_temps(&[Value::HOLE, Value::int(0), value])?;
                    if shown > 0 {
                        self.push_text(draft, style.between)?;
                    }
                    self.show(draft, leaf, if dict { mode::CANONICAL } else { mode::KEY })?;
                }
            }
        }
        Ok(())
    }

    /// The part of a container to show next.
    fn display_part(&mut self, top: usize, container: Value, at: u32) -> Part {
        let ticket = container.as_ticket();
        match container.kind() {
            Kind::List if container.payload != 0 => {
                // SAFETY: a live list cell.
                unsafe {
                    let cell = self.at::<ListObj>(ticket);
                    self.temps[top] = Value::ticket(Kind::List, Ticket((*cell).tail));
                    Part::Element((*cell).head)
                }
            }
            // SAFETY: a live cell.
            Kind::Cell if at == 0 => unsafe { Part::Element((*self.at::<CellObj>(ticket)).value) },
            Kind::Range => {
                let parts = self.range_ends(ticket);
                match parts.get(at as usize) {
                    Some(step) if at == 2 && step.is_empty() => Part::End,
                    Some(part) => Part::Element(*part),
                    None => Part::End,
                }
            }
            Kind::Map => self.shown_part(ticket, at),
            _ => Part::End,
        }
    }

    fn style(&self, container: Value) -> Style {
        match container.kind() {
            Kind::List => LIST,
            Kind::Cell => CELL,
            Kind::Range => RANGE,
            _ => match self.nature(container.as_ticket()) {
                Nature::List | Nature::Array => SEQUENCE,
                Nature::Tuple | Nature::Case => TUPLE,
                _ => NAMED,
            },
        }
    }

    /// Shows `temps[leaf]`: whole if it is no container, else its opening, and a frame for the rest.
    fn show(&mut self, draft: &mut Draft, leaf: usize, mode: u8) -> Raise<()> {
        self.sorted_entries(leaf, Entries::Pairs)?;
        let value = self.temps[leaf];
        let ticket = value.as_ticket();
        match value.kind() {
            Kind::Text => self.show_text(draft, leaf, mode),
            Kind::Bytes => self.show_bytes(draft, leaf),
            Kind::Dec | Kind::Big | Kind::I64 | Kind::F64 | Kind::Sized => {
                let Some(number) = self.number_of(value)? else {
                    return Ok(());
                };
                self.charge_fuel(numeric::text_cost(&number).saturating_sub(1))?;
                let room = numeric::text_memory(&number);
                let text = self.with_room(room, || number_text(&number))?;
                self.push_text(draft, &text)
            }
            Kind::Func => self.show_function(draft, value.aux(), value.payload as u32),
            Kind::Closure => {
                // SAFETY: a live closure.
                let (instance, func) = unsafe {
                    let closure = self.at::<ClosureObj>(ticket);
                    ((*closure).instance, (*closure).func)
                };
                self.show_function(draft, instance, func)
            }
            Kind::Partial => {
                // SAFETY: a live partial.
                let target = unsafe { (*self.at::<PartialObj>(ticket)).target };
                match target.kind() {
                    Kind::Func => self.show_function(draft, target.aux(), target.payload as u32),
                    Kind::Closure => {
                        // SAFETY: a live closure.
                        let (instance, func) = unsafe {
                            let closure = self.at::<ClosureObj>(target.as_ticket());
                            ((*closure).instance, (*closure).func)
                        };
                        self.show_function(draft, instance, func)
                    }
                    _ => self.push_text(draft, "<fn>"),
                }
            }
            Kind::Case0 => self.show_case(draft, value),
            Kind::Key => {
                if value.payload >> 63 != 0 {
                    return self.push_text(draft, "<key>");
                }
                let name = value.payload as u32;
                let length = self.name_text(name).len();
                self.room(draft, length + 1)?;
                draft.text.push('`');
                draft.text.push_str(self.name_text(name));
                Ok(())
            }
            Kind::Map => match self.nature(ticket) {
                Nature::Class => self.show_class(draft, ticket),
                Nature::Module => self.push_text(draft, "<module>"),
                Nature::Version => {
                    let text = self.version_text(value)?;
                    self.push_text(draft, &text)
                }
                Nature::WideDate => {
                    let text = fixed(|| time_text::date_text(self.wide_date(ticket)));
                    self.push_text(draft, &text)
                }
                nature => {
                    if nature == Nature::Case {
                        self.show_case(draft, value)?;
                    }
                    self.enter_container(draft, leaf)
                }
            },
            Kind::List | Kind::Range | Kind::Cell => self.enter_container(draft, leaf),
            _ => {
                let text = fixed(|| plain_text(value, mode));
                self.push_text(draft, &text)
            }
        }
    }

    /// Opens the container `temps[leaf]` unless it is on the path already.
    fn enter_container(&mut self, draft: &mut Draft, leaf: usize) -> Raise<()> {
        let style = self.style(self.temps[leaf]);
        if !self.enter_path(draft, leaf)? {
            return self.push_text(draft, "[…]");
        }
        self.push_text(draft, style.open)?;
        let container = self.temps[leaf];
        self.push_temps(&[container, Value::int(0), Value::int(0)])
    }

    /// Notes that the container `temps[leaf]` is being shown; false if it is already.
    pub(super) fn enter_path(&mut self, draft: &mut Draft, leaf: usize) -> Raise<bool> {
        let container = self.temps[leaf];
        let id = match container.kind() {
            Kind::Map => self.map_identity(container.as_ticket()),
            Kind::Cell => self.cell_id(container.as_ticket()),
            // Lists and ranges cannot contain themselves without a map or cell between.
            _ => return Ok(true),
        };
        if draft.path.contains(&id) {
            return Ok(false);
        }
        if draft.path.len() == draft.path.capacity() {
            let more = draft.path.capacity().max(8);
            self.charge(more * ID_BYTES)?;
            draft.charged += more * ID_BYTES;
            if draft.path.try_reserve(more).is_err() {
                return Err(self.fault(Fault::Mem, "the host has no memory left"));
            }
        }
        draft.path.insert(id);
        Ok(true)
    }

    /// `b"…"`: bytes with escapes.
    pub(super) fn show_bytes(&mut self, draft: &mut Draft, leaf: usize) -> Raise<()> {
        let ticket = self.temps[leaf].as_ticket();
        let length = self.bytes_slice(ticket).len();
        self.charge_fuel(length as u64 / 64)?;
        let shown: usize = self
            .bytes_slice(ticket)
            .iter()
            .map(|byte| byte_len(*byte))
            .sum();
        self.room(draft, shown + 3)?;
        let ticket = self.temps[leaf].as_ticket();
        draft.text.push_str("b\"");
        for &byte in self.bytes_slice(ticket) {
            push_byte(&mut draft.text, byte);
        }
        draft.text.push('"');
        Ok(())
    }

    /// Notes that a container has been shown.
    pub(super) fn leave(&mut self, draft: &mut Draft, container: Value) {
        let id = match container.kind() {
            Kind::Map => self.map_identity(container.as_ticket()),
            Kind::Cell => self.cell_id(container.as_ticket()),
            _ => return,
        };
        draft.path.remove(&id);
    }

    fn show_text(&mut self, draft: &mut Draft, leaf: usize, mode: u8) -> Raise<()> {
        let ticket = self.temps[leaf].as_ticket();
        let length = self.text_bytes_len(ticket) as usize;
        self.charge_fuel(length as u64 / 64)?;
        self.text_str(ticket)?;
        let ticket = self.temps[leaf].as_ticket();
        let text = self.text_str_unrooted(ticket).unwrap_or_default();
        let shown: usize = text.chars().map(|c| scalar_len(c, '"')).sum();
        self.room(draft, shown.saturating_add(2))?;
        let ticket = self.temps[leaf].as_ticket();
        let text = self.text_str_unrooted(ticket).unwrap_or_default();
        let bare = mode == mode::DISPLAY || (mode == mode::KEY && is_identifier(text));
        if bare {
            draft.text.push_str(text);
            return Ok(());
        }
        draft.text.push('"');
        for c in text.chars() {
            push_scalar(&mut draft.text, c, '"');
        }
        draft.text.push('"');
        Ok(())
    }

    /// `<fn name>` of a function.
    fn show_function(&mut self, draft: &mut Draft, instance: u32, function: u32) -> Raise<()> {
        let module = self
            .instances
            .get(instance as usize)
            .map(|instance| instance.loaded.module.clone());
        let name = module.as_ref().and_then(|module| {
            let name = module.function(fzb::tables::FuncId(function))?.name?;
            module.name(name)
        });
        self.push_text(draft, "<fn")?;
        if let Some(name) = name {
            self.push_text(draft, " ")?;
            self.push_text(draft, name)?;
        }
        self.push_text(draft, ">")
    }

    /// `<class Name>`.
    pub(super) fn show_class(&mut self, draft: &mut Draft, class: Ticket) -> Raise<()> {
        let legend = self.map_legend(class);
        let length = self.legend_name(legend).map_or(0, str::len);
        self.room(draft, length + "<class >".len())?;
        draft.text.push_str("<class");
        if let Some(name) = self.legend_name(legend) {
            draft.text.push(' ');
            draft.text.push_str(name);
        }
        draft.text.push('>');
        Ok(())
    }

    /// The name of a union case. Making room may move the value's object, but not its legend.
    pub(super) fn show_case(&mut self, draft: &mut Draft, value: Value) -> Raise<()> {
        let case = self.case_legend(value);
        let length = self.case_name(case).len();
        self.room(draft, length)?;
        draft.text.push_str(self.case_name(case));
        Ok(())
    }
}

/// The text of a number: plain digits, or a float's shortest form with its point.
fn number_text(number: &Number) -> String {
    numeric::text(number, TextStyle::FusabiStructural)
}

/// The text of a value that is neither a container nor has a name or content elsewhere.
fn plain_text(value: Value, mode: u8) -> String {
    match value.kind() {
        Kind::Empty => String::from("empty"),
        Kind::Bool => String::from(if value.payload != 0 { "true" } else { "false" }),
        Kind::Char => {
            let c = value.as_char().unwrap_or('\u{FFFD}');
            if mode == mode::DISPLAY {
                return String::from(c);
            }
            let mut out = String::from('\'');
            push_scalar(&mut out, c, '\'');
            out.push('\'');
            out
        }
        Kind::Date => time_text::date_text(i128::from(value.payload as i64)),
        Kind::Duration => time_text::duration_text(value.payload as i64),
        Kind::Version => time_text::version_text(value.payload),
        kind => format!("<{}>", kind.name()),
    }
}

/// Letters, digits and `_`, not beginning with a digit.
fn is_identifier(text: &str) -> bool {
    let mut chars = text.chars();
    chars
        .next()
        .is_some_and(|first| first.is_alphabetic() || first == '_')
        && chars.all(|c| c.is_alphanumeric() || c == '_')
}

/// True for what cannot be seen or turns the reading direction.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || (c.is_whitespace() && c != ' ')
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

/// Bytes that [`push_scalar`] takes.
fn scalar_len(c: char, quote: char) -> usize {
    match c {
        '\n' | '\t' | '\r' | '\\' => 2,
        c if c == quote => 2,
        // `\u{}` and at least one digit.
        c if is_hidden(c) => 4 + (c as u32).max(1).ilog2() as usize / 4 + 1,
        c => c.len_utf8(),
    }
}

/// Bytes that [`push_byte`] takes.
fn byte_len(byte: u8) -> usize {
    match byte {
        b'\n' | b'\t' | b'\\' | b'"' => 2,
        0x20..=0x7E => 1,
        _ => 4,
    }
}

/// A scalar between quotes: escaped where it would end them, cannot be seen or turns the reading direction.
fn push_scalar(out: &mut String, c: char, quote: char) {
    match c {
        '\n' => out.push_str("\\n"),
        '\t' => out.push_str("\\t"),
        '\r' => out.push_str("\\r"),
        '\\' => out.push_str("\\\\"),
        c if c == quote => {
            out.push('\\');
            out.push(c);
        }
        c if is_hidden(c) => {
            // Writing to a String cannot fail.
            let _ = write!(out, "\\u{{{:X}}}", c as u32);
        }
        c => out.push(c),
    }
}

fn push_byte(out: &mut String, byte: u8) {
    match byte {
        b'\n' => out.push_str("\\n"),
        b'\t' => out.push_str("\\t"),
        b'\\' => out.push_str("\\\\"),
        b'"' => out.push_str("\\\""),
        0x20..=0x7E => out.push(byte as char),
        _ => {
            let _ = write!(out, "\\x{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_those_of_what_is_written() {
        for c in [
            'a', '"', '\'', '\n', '\0', '\u{1F}', '\u{85}', '\u{200B}', '\u{FEFF}', '😀', 'é',
            '\\', ' ',
        ] {
            let mut out = String::new();
            push_scalar(&mut out, c, '"');
            assert_eq!(out.len(), scalar_len(c, '"'), "{out}");
        }
        for byte in 0..=255 {
            let mut out = String::new();
            push_byte(&mut out, byte);
            assert_eq!(out.len(), byte_len(byte), "{out}");
        }
    }

    #[test]
    fn leaves() {
        assert_eq!(plain_text(Value::EMPTY, 0), "empty");
        assert_eq!(plain_text(Value::char('x'), mode::DISPLAY), "x");
        assert_eq!(plain_text(Value::char('\''), mode::CANONICAL), "'\\''");
        assert_eq!(number_text(&Number::F64(5.0)), "5.0");
        assert_eq!(number_text(&Number::I64(5)), "5");
    }
}
