//! Error values and export maps.

use fzb::tables::{ExportKind, Lang};
use fzb::view::ExportTarget;
use lemari::Ticket;

use crate::fault::{Fault, Raise};
use crate::host_memory::copied;
use crate::legend::{FieldName, Legends, Nature, field_flags, static_number};
use crate::value::{Kind, Value};
use crate::world::World;

/// Fields of an error, in the order of its slots (docs/specs/machine.md §7 "Crossing languages").
pub const ERROR_FIELDS: [&str; 5] = ["code", "kind", "msg", "data", "cause"];

/// Number of the slot that holds its message.
pub(crate) const ERROR_MESSAGE: u16 = 2;

impl World {
    /// An error value of the machine.
    pub(crate) fn error_map(
        &mut self,
        code: i64,
        kind: &str,
        message: &str,
        data: Value,
    ) -> Raise<Value> {
        let mark = self.temps.len();
        self.temp(data)?;
        let text = self.text_new(message)?;
        self.temp(Value::ticket(Kind::Text, text))?;
        let value = self.error_of_temps(code, kind, mark);
        self.temps.truncate(mark);
        value
    }

    /// The same with message and data (pairs) from registers of the frame on top.
    ///
    /// # Safety
    /// `r` is the first register of the frame on top; a text and a value stand at `at`.
    pub(crate) unsafe fn error_from_registers(
        &mut self,
        code: i64,
        r: *mut u64,
        at: u16,
    ) -> Raise<Value> {
        // SAFETY: the caller's promise.
        let (message, data) = unsafe { (self.read(r, at), self.read(r, at + 16)) };
        let mark = self.temps.len();
        self.temp(data)?;
        self.temp(message)?;
        let kind = u8::try_from(code)
            .ok()
            .and_then(Fault::from_number)
            .map_or("user", Fault::name);
        let value = self.error_of_temps(code, kind, mark);
        self.temps.truncate(mark);
        value
    }

    /// `temps[mark]` is the data, `temps[mark + 1]` the message.
    fn error_of_temps(&mut self, code: i64, kind: &str, mark: usize) -> Raise<Value> {
        let kind = self.text_new(kind)?;
        self.temp(Value::ticket(Kind::Text, kind))?;
        let map = self.map_new(Legends::ERROR, ERROR_FIELDS.len() as u16)?;
        let error = self.temp(Value::ticket(Kind::Map, map))?;
        for (position, field) in ERROR_FIELDS.into_iter().enumerate() {
            let name = self.intern(field)?;
            let value = match position {
                0 => Value::int(code),
                1 => self.temps[mark + 2],
                2 => self.temps[mark + 1],
                3 => self.temps[mark],
                _ => Value::EMPTY,
            };
            let slot = self.temp(value)?;
            self.add_field(error, FieldName::text(name), slot, 0)?;
            self.temps.truncate(slot);
        }
        Ok(self.temps[error])
    }

    /// The fault that an error value stands for, if programs may raise it.
    pub(crate) fn error_code(&mut self, value: Value) -> Option<Fault> {
        if value.kind() != Kind::Map || self.nature(value.as_ticket()) != Nature::Error {
            return None;
        }
        let name = self.intern(ERROR_FIELDS[0]).ok()?;
        let code = self.field_get(value.as_ticket(), name)?.as_int()?;
        let fault = match u8::try_from(code) {
            Ok(number) => Fault::from_number(number),
            // A code of the host's own: the kind says which fault it was.
            Err(_) if (256..1000).contains(&code) => {
                let kind = self.intern(ERROR_FIELDS[1]).ok()?;
                let kind = self.field_get(value.as_ticket(), kind)?;
                (kind.kind() == Kind::Text)
                    .then(|| self.text_str_unrooted(kind.as_ticket()))
                    .flatten()
                    .and_then(Fault::from_name)
            }
            Err(_) => None,
        };
        fault.filter(|fault| fault.raisable())
    }

    /// The first 4 KiB of the message of an error value; empty if it is none.
    pub(crate) fn error_message(&mut self, value: Value) -> String {
        if value.kind() == Kind::Text {
            return self
                .text_str(value.as_ticket())
                .map(copied)
                .unwrap_or_default();
        }
        if value.kind() != Kind::Map || self.nature(value.as_ticket()) != Nature::Error {
            return String::new();
        }
        // A World that made an error has interned the names of its fields.
        let message = self
            .intern("msg")
            .ok()
            .and_then(|name| self.field_get(value.as_ticket(), name))
            .unwrap_or(Value::EMPTY);
        if message.kind() != Kind::Text {
            return String::new();
        }
        self.text_str(message.as_ticket())
            .map(copied)
            .unwrap_or_default()
    }

    /// What the field of an exported static holds, and its flags: the static's value, or its number if that may change and is
    /// to show.
    fn exported(&self, instance: u32, index: u32, live: bool) -> (Value, u8) {
        let Some(record) = self.instances.get(instance as usize) else {
            return (Value::EMPTY, 0);
        };
        let frozen = record.frozen.get(index as usize / 64).copied();
        if live && frozen.unwrap_or(0) >> (index % 64) & 1 == 0 {
            return (static_number(instance, index), field_flags::LIVE);
        }
        let value = record.statics.get(index as usize).copied();
        let value = value.filter(|value| !value.same(Value::HOLE));
        (value.unwrap_or(Value::EMPTY), 0)
    }

    /// The map of a module instance's exports.
    pub(crate) fn export_map(&mut self, instance: u32) -> Raise<Value> {
        let Some(record) = self.instances.get(instance as usize) else {
            return Err(self.fault(Fault::Internal, "an instance that does not exist"));
        };
        if !record.exports.is_empty() {
            return Ok(record.exports);
        }
        let module = record.loaded.module.clone();
        // Labels of Rhumb that nothing has frozen may still change (docs/specs/rhumb.md §7.5).
        let live = module.entry().is_some_and(|entry| {
            let entry = module.function(entry);
            entry.is_some_and(|record| record.policy == Lang::Rhumb)
        });
        let mark = self.temps.len();
        let map: Ticket = self.map_new(Legends::MODULE, 0)?;
        self.temp(Value::ticket(Kind::Map, map))?;
        for id in 0..module.exports() {
            let Some(export) = module.export(fzb::tables::ExportId(id)) else {
                continue;
            };
            let (value, flags) = match export.target {
                ExportTarget::Function(function) => (Value::func(instance, function.0), 0),
                ExportTarget::Static(id) => self.exported(instance, id.0, live),
            };
            let name = self.name_in(instance, export.name.0)?;
            let slot = self.temp(value)?;
            self.add_field(mark, FieldName::text(name), slot, flags)?;
            self.temps.truncate(slot);
        }
        // All who name the module have this one map: nobody may add to it.
        self.freeze_map(mark)?;
        let value = self.temps[mark];
        self.temps.truncate(mark);
        if let Some(record) = self.instances.get_mut(instance as usize) {
            record.exports = value;
            record.dirty = true;
        }
        Ok(value)
    }
}

const _: () = assert!(ExportKind::ALL.len() == 2);
