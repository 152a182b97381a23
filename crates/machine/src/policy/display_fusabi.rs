//! Texts of values as policy Fusabi shows them: the display form and the form of `%A` (docs/specs/fusabi.md §3.2, §1.11;
//! rulings.md Fusabi 4, 5, 14–16, 27, 39, 40, 44). The work list is in [`World::temps`], as in `display.rs`.
//!
//! | | display | `%A` |
//! |---|---|---|
//! | text, char | as they are | in quotes, nothing escaped |
//! | `3.0`, `3uy` | `3`, `3` | `3.0`, `3uy` |
//! | tuple, list, array, row | `(1, a)` `[1; 2]` `[\|1; 2\|]` `{ a = 1 }` | the same, parts as `%A` |
//! | case | `Some(3)` `Rect(1, 2)` `None` | `Some 3` `Rect (1, 2)` `None`; one argument that is itself applied stands in `( )` |
//! | map, set | `Map [k -> v; …]` `set [1; 2]` | `map [("k", v); …]` `set [1; 2]` |
//! | range | `seq [1; 2; 3; 4; ...]`, four elements | the same |
//! | unit, function | `()` `<closure>` | `()` `<fun>` |
//! | cell | `{ contents = 5 }` | the same |
//! | fault | as the case of its exception: `DivideByZero(message)` | `DivideByZero "message"` |
//! | a record type whose name stands in backticks | `<Name>`: the library's own | the same |
//!
//! A container met inside itself shows as `[…]`.

use std::cmp::Ordering;

use numeric::{Number, Promote, TextStyle};

use crate::fault::Raise;
use crate::heap::object::{CellObj, ListObj};
use crate::host_memory::fixed;
use crate::legend::{Legends, Nature, Sorted};
use crate::policy::display::{Draft, mode};
use crate::policy::parts::Part;
use crate::policy::sorted::Entries;
use crate::policy::time_text;
use crate::value::{Kind, Value};
use crate::world::World;

/// Temps of one frame: the container (of lists what is left), the next position, the number of parts shown, its [`Style`].
const FRAME: usize = 4;
/// Elements of a sequence without end that are shown.
const SHOWN: u64 = 4;
/// Set in a frame's style if `)` follows: the container is the one argument of a case.
const ENCLOSED: u64 = 1 << 8;

/// What a container puts around and between its parts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u64)]
enum Style {
    List,
    Array,
    Tuple,
    /// Records and rows: each part behind its name.
    Fields,
    /// The arguments of a case behind its name.
    Arguments,
    /// The one argument of a case in `%A`.
    Argument,
    /// Keys and values in turn.
    Map,
    /// The same in `%A`.
    Pairs,
    Set,
    /// A range of numbers: the next of them is the container.
    Sequence,
}

impl Style {
    const ALL: [Style; 10] = [
        Style::List,
        Style::Array,
        Style::Tuple,
        Style::Fields,
        Style::Arguments,
        Style::Argument,
        Style::Map,
        Style::Pairs,
        Style::Set,
        Style::Sequence,
    ];

    const fn open(self) -> &'static str {
        match self {
            Style::List => "[",
            Style::Array => "[|",
            Style::Tuple | Style::Arguments => "(",
            Style::Fields => "{ ",
            Style::Argument => "",
            Style::Map => "Map [",
            Style::Pairs => "map [",
            Style::Set => "set [",
            Style::Sequence => "seq [",
        }
    }

    /// What stands before the part that follows `shown` others.
    const fn before(self, shown: u64) -> &'static str {
        match (self, shown) {
            (Style::Pairs, 0) => "(",
            (_, 0) => "",
            (Style::Map, odd) if odd % 2 == 1 => " -> ",
            (Style::Pairs, odd) if odd % 2 == 1 => ", ",
            (Style::Pairs, _) => "); (",
            (Style::Tuple | Style::Arguments, _) => ", ",
            _ => "; ",
        }
    }

    const fn close(self, shown: u64) -> &'static str {
        match (self, shown) {
            (Style::List | Style::Map | Style::Set | Style::Sequence, _) | (Style::Pairs, 0) => "]",
            (Style::Pairs, _) => ")]",
            (Style::Array, _) => "|]",
            (Style::Tuple | Style::Arguments, _) => ")",
            // No blank stands between the braces of an empty record but the one behind the first.
            (Style::Fields, 0) => "}",
            (Style::Fields, _) => " }",
            (Style::Argument, _) => "",
        }
    }
}

/// What is written behind a number of that width in `%A`.
const SUFFIXES: [&str; 9] = ["", "y", "s", "l", "uy", "us", "u", "UL", "f"];
/// Numbers of widths in `isa::table::WIDTHS`.
const U8: u8 = 4;
const F32: u8 = 8;

impl World {
    /// Shows a value in the policy Fusabi: mode display, or `%A` for the other modes.
    pub(super) fn display_fusabi(
        &mut self,
        draft: &mut Draft,
        value: Value,
        mode: u8,
    ) -> Raise<()> {
        let structural = mode != mode::DISPLAY;
        let leaf = self.temps.len();
        self.push_temps(&[value])?;
        let base = leaf + 1;
        self.show_fusabi(draft, leaf, structural, false)?;
        while self.temps.len() > base {
            self.charge_node()?;
            let top = self.temps.len() - FRAME;
            let (at, shown) = (
                self.temps[top + 1].payload as u32,
                self.temps[top + 2].payload,
            );
            let word = self.temps[top + 3].payload;
            let style = Style::ALL.get((word & 0xFF) as usize).copied();
            let style = style.unwrap_or(Style::List);
            self.temps[top + 1] = Value::int(i64::from(at) + 1);
            match self.fusabi_part(top, style, at)? {
                Part::End => {
                    self.leave(draft, self.temps[top]);
                    self.temps.truncate(top);
                    self.push_text(draft, style.close(shown))?;
                    if word & ENCLOSED != 0 {
                        self.push_text(draft, ")")?;
                    }
                }
                Part::Skip => {}
                Part::Element(part) => {
                    self.temps[leaf] = part;
                    self.temps[top + 2] = Value::int(shown as i64 + 1);
                    self.push_text(draft, style.before(shown))?;
                    if style == Style::Sequence && shown == SHOWN {
                        self.push_text(draft, "...")?;
                        self.temps[top + 1] = Value::int(i64::from(u32::MAX));
                        continue;
                    }
                    self.show_fusabi(draft, leaf, structural, style == Style::Argument)?;
                }
                Part::Field { name, value, .. } => {
                    self.temps[leaf] = value;
                    self.temps[top + 2] = Value::int(shown as i64 + 1);
                    self.push_text(draft, style.before(shown))?;
                    let name = name.text_id().unwrap_or(u32::MAX);
                    self.push_held(draft, |world| world.name_text(name))?;
                    self.push_text(draft, " = ")?;
                    self.show_fusabi(draft, leaf, structural, false)?;
                }
                Part::Entry { key, value } => {
                    self.temps[leaf] = value;
                    self.temps[top + 2] = Value::int(shown as i64 + 1);
                    let key = self.temp(key)?;
                    self.push_text(draft, style.before(shown))?;
                    self.push_key(draft, key)?;
                    self.temps.truncate(key);
                    self.push_text(draft, " = ")?;
                    self.show_fusabi(draft, leaf, structural, false)?;
                }
            }
        }
        Ok(())
    }

    /// The part of a frame's container to show next.
    fn fusabi_part(&mut self, top: usize, style: Style, at: u32) -> Raise<Part> {
        let container = self.temps[top];
        let ticket = container.as_ticket();
        Ok(match container.kind() {
            Kind::List if container.payload != 0 => {
                // SAFETY: a live list cell.
                unsafe {
                    let cell = self.at::<ListObj>(ticket);
                    self.temps[top] = Value::ticket(Kind::List, lemari::Ticket((*cell).tail));
                    Part::Element((*cell).head)
                }
            }
            // SAFETY: a live cell.
            Kind::Cell if at == 0 => unsafe { Part::Element((*self.at::<CellObj>(ticket)).value) },
            Kind::Range => match self.range_member(ticket, at)? {
                Some(member) => Part::Element(member),
                None => Part::End,
            },
            Kind::Map => {
                let part = match style {
                    Style::Fields => self.shown_part(ticket, at),
                    Style::Tuple | Style::Arguments | Style::Argument => self
                        .product_part(ticket, at)
                        .map_or(Part::End, Part::Element),
                    Style::Map | Style::Pairs if self.nature(ticket) == Nature::Dict => {
                        if at / 2 >= self.table_entries(ticket) {
                            return Ok(Part::End);
                        }
                        match self.table_entry(ticket, at / 2) {
                            (key, _) if key.same(Value::HOLE) => Part::Skip,
                            (key, _) if at.is_multiple_of(2) => Part::Element(key),
                            (_, value) => Part::Element(value),
                        }
                    }
                    _ => self.element_at(ticket, at).map_or(Part::End, Part::Element),
                };
                match part {
                    Part::Element(byte)
                        if byte.kind() == Kind::I64
                            && self.map_legend(ticket) == Legends::ARRAY_U8 =>
                    {
                        Part::Element(Value::new(Kind::Sized, U8, 0, byte.payload))
                    }
                    part => part,
                }
            }
            _ => Part::End,
        })
    }

    /// Member `at` of a range; `None` beyond its end, and beyond what is shown.
    fn range_member(&mut self, range: lemari::Ticket, at: u32) -> Raise<Option<Value>> {
        if u64::from(at) > SHOWN {
            return Ok(None);
        }
        let [from, to, step] = self.range_ends(range);
        let scalar = |value: Value| value.as_char().map(|c| i64::from(u32::from(c)));
        if let (Some(from), Some(to)) = (scalar(from), scalar(to)) {
            let step = step.as_int().unwrap_or(1);
            let member = i64::from(at)
                .checked_mul(step)
                .and_then(|far| from.checked_add(far));
            let inside = member.filter(|member| {
                if step < 0 {
                    *member >= to
                } else {
                    *member <= to
                }
            });
            let scalar = inside.and_then(|member| u32::try_from(member).ok());
            return Ok(scalar.and_then(char::from_u32).map(Value::char));
        }
        let step = if step.is_empty() { Value::int(1) } else { step };
        let (Some(from), Some(step)) = (self.number_of(from)?, self.number_of(step)?) else {
            return Ok(None);
        };
        let to = if to.is_empty() {
            None
        } else {
            match self.number_of(to)? {
                Some(to) => Some(to),
                None => return Ok(None),
            }
        };
        let times = Number::I64(i64::from(at));
        let room = numeric::memory(numeric::Operation::Product, &times, &step)
            .saturating_add(numeric::memory(numeric::Operation::Sum, &from, &step));
        let member = self.with_room(room, || {
            numeric::mul(Promote::Decimal, &times, &step)
                .and_then(|far| numeric::add(Promote::Decimal, &from, &far))
        })?;
        let Ok(member) = member else {
            return Ok(None);
        };
        let beyond = if numeric::compare(&step, &Number::I64(0)) == Some(Ordering::Less) {
            Ordering::Less
        } else {
            Ordering::Greater
        };
        if to.is_some_and(|to| numeric::compare(&member, &to) == Some(beyond)) {
            return Ok(None);
        }
        self.number_value(member).map(Some)
    }

    /// The name of an entry: a text as it is, anything else by its kind.
    fn push_key(&mut self, draft: &mut Draft, at: usize) -> Raise<()> {
        let key = self.temps[at];
        match key.kind() {
            Kind::Text => {
                self.text_str(key.as_ticket())?;
                self.push_flat(draft, at)
            }
            kind => self.push_text(draft, kind.name()),
        }
    }

    /// The content of the text `temps[at]`, which is no rope.
    fn push_flat(&mut self, draft: &mut Draft, at: usize) -> Raise<()> {
        let length = self.text_bytes_len(self.temps[at].as_ticket()) as usize;
        self.charge_fuel(length as u64 / 64)?;
        self.room(draft, length)?;
        let ticket = self.temps[at].as_ticket();
        draft
            .text
            .push_str(self.text_str_unrooted(ticket).unwrap_or_default());
        Ok(())
    }

    /// Shows `temps[leaf]`: whole if it is no container, else its opening, and a frame for the rest. `argument`: it is the
    /// one argument of a case and stands in brackets if it is itself an application.
    fn show_fusabi(
        &mut self,
        draft: &mut Draft,
        leaf: usize,
        structural: bool,
        argument: bool,
    ) -> Raise<()> {
        let value = self.temps[leaf];
        let quoted = |text: &'static str| if structural { text } else { "" };
        match value.kind() {
            Kind::Text => {
                self.push_text(draft, quoted("\""))?;
                self.text_str(self.temps[leaf].as_ticket())?;
                self.push_flat(draft, leaf)?;
                self.push_text(draft, quoted("\""))
            }
            Kind::Char => {
                let c = value.as_char().unwrap_or('\u{FFFD}');
                self.push_text(draft, quoted("'"))?;
                self.push_text(draft, c.encode_utf8(&mut [0; 4]))?;
                self.push_text(draft, quoted("'"))
            }
            Kind::Empty => self.push_text(draft, "()"),
            Kind::Bool => self.push_text(draft, if value.payload != 0 { "true" } else { "false" }),
            Kind::Dec | Kind::Big | Kind::I64 | Kind::F64 | Kind::Sized => {
                self.show_fusabi_number(draft, value, structural)
            }
            Kind::Func | Kind::Closure | Kind::Partial => {
                self.push_text(draft, if structural { "<fun>" } else { "<closure>" })
            }
            Kind::Bytes => self.show_fusabi_bytes(draft, leaf, structural),
            Kind::Date | Kind::Duration | Kind::Version => {
                let text = fixed(|| match value.kind() {
                    Kind::Date => time_text::date_text(i128::from(value.payload as i64)),
                    Kind::Duration => time_text::duration_text(value.payload as i64),
                    _ => time_text::version_text(value.payload),
                });
                self.push_text(draft, &text)
            }
            Kind::List => self.enter_fusabi(draft, leaf, Style::List, false),
            Kind::Range => self.enter_fusabi(draft, leaf, Style::Sequence, argument),
            Kind::Cell => {
                self.push_text(draft, "{ contents = ")?;
                if !self.enter_path(draft, leaf)? {
                    return self.push_text(draft, "[…] }");
                }
                self.push_frame(leaf, Style::Fields, false)
            }
            Kind::Case0 | Kind::Map => self.show_fusabi_map(draft, leaf, structural, argument),
            Kind::Fiber => self.push_text(draft, "<async>"),
            kind => {
                self.push_text(draft, "<")?;
                self.push_text(draft, kind.name())?;
                self.push_text(draft, ">")
            }
        }
    }

    fn show_fusabi_map(
        &mut self,
        draft: &mut Draft,
        leaf: usize,
        structural: bool,
        argument: bool,
    ) -> Raise<()> {
        let value = self.temps[leaf];
        let ticket = value.as_ticket();
        let keyed = if structural { Style::Pairs } else { Style::Map };
        if let Some(sorted) = self.sorted(value) {
            self.sorted_entries(leaf, Entries::Flat)?;
            let style = match sorted {
                Sorted::Map => keyed,
                Sorted::Set => Style::Set,
            };
            return self.enter_fusabi(draft, leaf, style, argument);
        }
        if value.kind() == Kind::Case0 {
            return self.show_case(draft, value);
        }
        match self.nature(ticket) {
            Nature::List => self.enter_fusabi(draft, leaf, Style::List, false),
            Nature::Array => self.enter_fusabi(draft, leaf, Style::Array, false),
            Nature::Tuple => self.enter_fusabi(draft, leaf, Style::Tuple, false),
            Nature::Dict => self.enter_fusabi(draft, leaf, keyed, argument),
            Nature::Case => {
                let style = match self.product_len(ticket) {
                    1 if structural => Style::Argument,
                    _ => Style::Arguments,
                };
                if argument {
                    self.push_text(draft, "(")?;
                }
                self.show_case(draft, self.temps[leaf])?;
                if structural {
                    self.push_text(draft, " ")?;
                }
                self.enter_enclosed(draft, leaf, style, argument)
            }
            Nature::Error => self.show_fusabi_error(draft, leaf, structural, argument),
            Nature::Class => self.show_class(draft, ticket),
            Nature::Version => {
                let text = self.version_text(value)?;
                self.push_text(draft, &text)
            }
            Nature::WideDate => {
                let text = fixed(|| time_text::date_text(self.wide_date(ticket)));
                self.push_text(draft, &text)
            }
            Nature::Record if self.library_name(value).is_some() => {
                self.push_text(draft, "<")?;
                self.push_held(draft, |world| world.library_name(value).unwrap_or_default())?;
                self.push_text(draft, ">")
            }
            Nature::Record | Nature::Row | Nature::Plain | Nature::Instance | Nature::Template => {
                self.enter_fusabi(draft, leaf, Style::Fields, false)
            }
            Nature::Module => self.push_text(draft, "<module>"),
            Nature::Event => self.push_text(draft, "<event>"),
            Nature::Submap => self.push_text(draft, "<parameters>"),
            Nature::View => self.push_text(draft, "<view>"),
        }
    }

    /// The name of a record's type without the backticks, if they are part of it: no program can write such a name. Legends
    /// do not move, so the value may be one from before an allocation.
    fn library_name(&self, record: Value) -> Option<&str> {
        let name = self.legend_name(self.case_legend(record))?;
        name.strip_prefix('`')?.strip_suffix('`')
    }

    /// A fault that was caught: its exception's name and its message.
    fn show_fusabi_error(
        &mut self,
        draft: &mut Draft,
        leaf: usize,
        structural: bool,
        argument: bool,
    ) -> Raise<()> {
        let error = self.temps[leaf];
        let name = self
            .error_code(error)
            .map_or("Exception", |fault| fault.fusabi());
        // What the field for the message holds may be any value; one that is no text says nothing.
        let message = match self.said(error) {
            Some(text) => text,
            None => Value::ticket(Kind::Text, self.text_new("")?),
        };
        self.temps[leaf] = message;
        if argument {
            self.push_text(draft, "(")?;
        }
        self.push_text(draft, name)?;
        self.push_text(draft, if structural { " " } else { "(" })?;
        self.show_fusabi(draft, leaf, structural, false)?;
        self.push_text(draft, if structural { "" } else { ")" })?;
        self.push_text(draft, if argument { ")" } else { "" })
    }

    /// Opens a container, in brackets if it is an argument, unless it is on the path already.
    fn enter_fusabi(
        &mut self,
        draft: &mut Draft,
        leaf: usize,
        style: Style,
        argument: bool,
    ) -> Raise<()> {
        if argument {
            self.push_text(draft, "(")?;
        }
        self.enter_enclosed(draft, leaf, style, argument)
    }

    /// The same behind the bracket.
    fn enter_enclosed(
        &mut self,
        draft: &mut Draft,
        leaf: usize,
        style: Style,
        argument: bool,
    ) -> Raise<()> {
        if !self.enter_path(draft, leaf)? {
            return self.push_text(draft, if argument { "[…])" } else { "[…]" });
        }
        self.push_text(draft, style.open())?;
        self.push_frame(leaf, style, argument)
    }

    fn push_frame(&mut self, leaf: usize, style: Style, argument: bool) -> Raise<()> {
        let word = style as u64 | if argument { ENCLOSED } else { 0 };
        let container = self.temps[leaf];
        self.push_temps(&[
            container,
            Value::int(0),
            Value::int(0),
            Value::int(word as i64),
        ])
    }

    fn show_fusabi_number(
        &mut self,
        draft: &mut Draft,
        value: Value,
        structural: bool,
    ) -> Raise<()> {
        let style = if structural {
            TextStyle::FusabiStructural
        } else {
            TextStyle::Fusabi
        };
        let suffix = match value.kind() {
            Kind::Sized if structural => SUFFIXES
                .get(usize::from(value.sub()))
                .copied()
                .unwrap_or_default(),
            _ => "",
        };
        if value.kind() == Kind::Sized && value.sub() == F32 {
            let text = fixed(|| float32_text(f64::from_bits(value.payload), style));
            self.push_text(draft, &text)?;
            return self.push_text(draft, suffix);
        }
        let Some(number) = self.number_of(value)? else {
            return Ok(());
        };
        self.charge_fuel(numeric::text_cost(&number).saturating_sub(1))?;
        let room = numeric::text_memory(&number);
        let text = self.with_room(room, || numeric::text(&number, style))?;
        self.push_text(draft, &text)?;
        self.push_text(draft, suffix)
    }

    /// Bytes, as an array of them.
    fn show_fusabi_bytes(&mut self, draft: &mut Draft, leaf: usize, structural: bool) -> Raise<()> {
        /// Characters of a byte with its suffix and what separates it from the next.
        const MOST: usize = 7;
        self.push_text(draft, Style::Array.open())?;
        let length = self.bytes_slice(self.temps[leaf].as_ticket()).len();
        self.charge_fuel(length as u64 / 16)?;
        self.room(draft, length.saturating_mul(MOST))?;
        let suffix = if structural {
            SUFFIXES[usize::from(U8)]
        } else {
            ""
        };
        // There is room, so nothing is charged, and what is copied does not move.
        for (index, byte) in self
            .bytes_slice(self.temps[leaf].as_ticket())
            .iter()
            .enumerate()
        {
            if index > 0 {
                draft.text.push_str("; ");
            }
            let hundreds = [byte / 100, byte / 10 % 10, byte % 10];
            let first = match byte {
                100.. => 0,
                10.. => 1,
                _ => 2,
            };
            for digit in hundreds.iter().skip(first) {
                draft.text.push(char::from(b'0' + digit));
            }
            draft.text.push_str(suffix);
        }
        self.push_text(draft, Style::Array.close(0))
    }
}

/// The fewest digits that read back as the same single-precision float.
fn float32_text(value: f64, style: TextStyle) -> String {
    let shortest = format!("{:e}", value as f32);
    // A double that is read from so few digits has no shorter ones.
    let same = shortest.parse().unwrap_or(value);
    numeric::float_text(if value.is_finite() { same } else { value }, style)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_have_their_numbers() {
        for (number, style) in Style::ALL.into_iter().enumerate() {
            assert_eq!(style as u64, number as u64);
        }
        assert_eq!(SUFFIXES.len(), isa::table::WIDTHS.len());
    }

    #[test]
    fn single_floats_are_short() {
        let of = |value: f32| float32_text(f64::from(value), TextStyle::FusabiStructural);
        assert_eq!(of(0.1), "0.1");
        assert_eq!(of(2.0), "2.0");
        assert_eq!(of(f32::MAX), "3.4028235e+38");
        assert_eq!(of(f32::NEG_INFINITY), "-infinity");
        assert_eq!(of(f32::NAN), "nan");
        assert_eq!(of(-0.0), "-0.0");
    }
}
