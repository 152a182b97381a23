//! Truth by policy (docs/specs/machine.md §1; rhumb.md §3.2; morph.md §3.2).

use fzb::tables::Lang;

use crate::fault::Raise;
use crate::policy::sized::F32;
use crate::value::{Kind, Value, tag};
use crate::world::World;

impl World {
    /// Whether a value counts as true. Machine and Fusabi know booleans only (fault type).
    pub(crate) fn truthy(&mut self, value: Value) -> Raise<bool> {
        if value.tag == tag::BOOL {
            return Ok(value.payload != 0);
        }
        match self.policy() {
            Lang::Machine | Lang::Fusabi => Err(self.type_fault("bool", value)),
            Lang::Rhumb => Ok(!value.is_empty()),
            Lang::Morph => Ok(!self.is_blank(value)),
        }
    }

    /// False, empty, zero, and texts, bytes, lists and dicts without content: Morph's falsy values and what Rhumb's
    /// explicit truth coercion takes for no.
    pub(crate) fn is_blank(&self, value: Value) -> bool {
        match value.kind() {
            Kind::Empty => true,
            Kind::Bool | Kind::I64 | Kind::Dec => value.payload == 0,
            Kind::F64 => f64::from_bits(value.payload) == 0.0,
            Kind::Sized if value.sub() == F32 => f64::from_bits(value.payload) == 0.0,
            Kind::Sized => value.payload == 0,
            Kind::List => value.payload == 0,
            Kind::Text => self.text_bytes_len(value.as_ticket()) == 0,
            Kind::Bytes => self.bytes_slice(value.as_ticket()).is_empty(),
            Kind::Map => self.is_blank_map(value.as_ticket()),
            _ => false,
        }
    }
}
