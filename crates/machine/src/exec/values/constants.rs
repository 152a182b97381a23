//! Constants of a module as values: made on first use per World instance, then kept as roots (docs/specs/machine.md §1
//! "Text": constant texts are interned). Composite ones are made of lower ones, on a work list.

use fzb::tables::ConstId;
use fzb::view::{Constant, Indexes};
use lemari::Ticket;
use numeric::{Exact, Number};

use crate::fault::{Fault, Raise, Raised};
use crate::heap::object::{MAP_HEADER, MapObj};
use crate::legend::LegendId;
use crate::value::{Kind, Value};
use crate::world::World;

/// Temps of one frame of the work list: the constant's index, the next element to look at.
const FRAME: usize = 2;

impl World {
    /// A constant of the running instance.
    pub(crate) fn constant(&mut self, index: u32) -> Raise<Value> {
        // SAFETY: the running frame.
        let instance = unsafe { (*self.frame).instance };
        self.constant_in(instance, index)
    }

    /// A constant of an instance.
    pub(crate) fn constant_in(&mut self, instance: u32, index: u32) -> Raise<Value> {
        if let Some(value) = self.known_constant(instance, index) {
            return Ok(value);
        }
        let Some(module) = self
            .instances
            .get(instance as usize)
            .map(|found| found.loaded.module.clone())
        else {
            return Err(self.no_constant());
        };
        let mark = self.temps.len();
        self.push_temps(&[Value::int(i64::from(index)), Value::int(0)])?;
        while self.temps.len() > mark {
            let top = self.temps.len() - FRAME;
            let (index, next) = (
                self.temps[top].payload as u32,
                self.temps[top + 1].payload as u32,
            );
            let Some(constant) = module.constant(ConstId(index)) else {
                return Err(self.no_constant());
            };
            let parts = match constant {
                Constant::Tuple(parts) | Constant::List(parts) => Some(parts),
                Constant::Record { fields, .. } | Constant::Case { fields, .. } => Some(fields),
                _ => None,
            };
            if let Some(part) = parts.and_then(|parts| parts.get(next)) {
                self.temps[top + 1] = Value::int(i64::from(next) + 1);
                // Elements have lower numbers than what they stand in, so this ends.
                if part < index && self.known_constant(instance, part).is_none() {
                    self.push_temps(&[Value::int(i64::from(part)), Value::int(0)])?;
                }
                continue;
            }
            let value = self.make_constant(instance, constant)?;
            if let Some(found) = self.instances.get_mut(instance as usize)
                && let Some(slot) = found.constants.get_mut(index as usize)
            {
                *slot = value;
                found.dirty = true;
            }
            self.temps.truncate(top);
        }
        match self.known_constant(instance, index) {
            Some(value) => Ok(value),
            None => Err(self.no_constant()),
        }
    }

    fn known_constant(&self, instance: u32, index: u32) -> Option<Value> {
        let value = *self
            .instances
            .get(instance as usize)?
            .constants
            .get(index as usize)?;
        (!value.same(Value::HOLE)).then_some(value)
    }

    #[cold]
    fn no_constant(&mut self) -> Raised {
        self.fault(Fault::Internal, "a constant that does not exist")
    }

    /// Makes a constant whose elements are known.
    fn make_constant(&mut self, instance: u32, constant: Constant<'_>) -> Raise<Value> {
        match constant {
            Constant::Empty => Ok(Value::EMPTY),
            Constant::Bool(value) => Ok(Value::bool(value)),
            Constant::Int(value) => Ok(Value::int(value)),
            Constant::Float(bits) => Ok(Value::float(f64::from_bits(bits))),
            Constant::Char(c) => Ok(Value::char(c)),
            Constant::Sized { width, bits } => Ok(Value::sized(width, bits)),
            Constant::Text(text) => {
                let text = self.text_new_old(text)?;
                // A text that is a name already is the name's object, so that lookups by it compare tickets.
                Ok(match self.known_name(text) {
                    Some(name) => self.name_value(name),
                    None => Value::ticket(Kind::Text, text),
                })
            }
            Constant::Bytes(bytes) => self.bytes_value(bytes),
            Constant::Key(name) => {
                let name = self.name_in(instance, name.0)?;
                Ok(Value::new(Kind::Key, 0, 0, u64::from(name)))
            }
            Constant::Date(ns) => Ok(Value::new(Kind::Date, 0, 0, ns as u64)),
            Constant::Duration(ns) => Ok(Value::new(Kind::Duration, 0, 0, ns as u64)),
            Constant::Version {
                major,
                minor,
                patch,
            } => Ok(Value::new(
                Kind::Version,
                0,
                0,
                u64::from(major) << 48 | u64::from(minor) << 32 | u64::from(patch),
            )),
            Constant::Decimal { scale, coefficient } => {
                match Exact::from_le_bytes(coefficient, scale) {
                    Ok(exact) => self.number_value(Number::Exact(exact)),
                    Err(error) => Err(self.number_fault(error)),
                }
            }
            Constant::List(parts) => {
                let mark = self.temps.len();
                self.push_temps(&[Value::NIL, Value::HOLE])?;
                for at in (0..parts.len()).rev() {
                    self.temps[mark + 1] = self.part_of(instance, parts, at)?;
                    self.temps[mark] = self.cons(mark + 1, mark)?;
                }
                let list = self.temps[mark];
                self.temps.truncate(mark);
                Ok(list)
            }
            Constant::Tuple(parts) => {
                let legend = self.tuple_legend(parts.len())?;
                self.filled(instance, legend, parts)
            }
            Constant::Record { typedef, fields } => {
                let legend = self.record_legend(instance, typedef.0, 0)?;
                self.filled(instance, legend, fields)
            }
            Constant::Case {
                typedef,
                tag,
                fields,
            } => {
                let legend = self.record_legend(instance, typedef.0, tag)?;
                if fields.is_empty() {
                    return Ok(Value::new(Kind::Case0, 0, legend.0, u64::from(tag)));
                }
                self.filled(instance, legend, fields)
            }
            _ => Err(self.fault(Fault::Internal, "a constant that is no value")),
        }
    }

    fn part_of(&mut self, instance: u32, parts: Indexes<'_>, at: u32) -> Raise<Value> {
        match parts
            .get(at)
            .and_then(|index| self.known_constant(instance, index))
        {
            Some(value) => Ok(value),
            None => Err(self.no_constant()),
        }
    }

    /// A map of a legend whose slots hold the parts.
    fn filled(&mut self, instance: u32, legend: LegendId, parts: Indexes<'_>) -> Raise<Value> {
        let Ok(count) = u16::try_from(parts.len()) else {
            return Err(self.fault(Fault::Mem, "a constant with too many fields"));
        };
        let map: Ticket = self.map_new(legend, count)?;
        for at in 0..u32::from(count) {
            let part = self.part_of(instance, parts, at)?;
            // SAFETY: a live map with `count` inline fields; nothing is allocated between.
            unsafe {
                let slot = self
                    .at::<MapObj>(map)
                    .byte_add(MAP_HEADER)
                    .cast::<Value>()
                    .add(at as usize);
                self.store(map, slot, part);
            }
        }
        Ok(Value::ticket(Kind::Map, map))
    }
}
