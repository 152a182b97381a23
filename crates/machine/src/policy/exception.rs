//! What an exception of Fusabi says (docs/specs/fusabi.md §1.6, §3.2; rulings.md Fusabi 12, 13).

use fzb::tables::{Lang, TypedefId, TypedefKind};
use fzb::view::RecType;
use lemari::Ticket;

use crate::fault::Raise;
use crate::host_memory::copied;
use crate::legend::Nature;
use crate::policy::display::mode;
use crate::value::{Kind, Value};
use crate::world::World;
use crate::world::errors::ERROR_MESSAGE;

/// The exception that `failwith` throws.
const FAILURE: &str = "Failure";

impl World {
    /// The `Message` of an exception: of its fields the one that is a text, if exactly one is; of a fault, or of what Rhumb
    /// threw, what that says; of a text the text; of every other value the form of `%A`. May allocate: the value is stale
    /// afterwards.
    pub(crate) fn exception_message(&mut self, value: Value) -> Raise<Ticket> {
        if let Some(text) = self.said(value) {
            return Ok(text.as_ticket());
        }
        self.display_in(Lang::Fusabi, value, mode::CANONICAL)
    }

    /// The same for the host.
    ///
    /// # Errors
    /// Fault mem or fuel.
    pub fn exception_text(&mut self, value: Value) -> Raise<String> {
        let text = self.exception_message(value)?;
        self.host_text(text)
    }

    /// The text in which a thrown value says what went wrong, if it has one.
    pub(super) fn said(&self, value: Value) -> Option<Value> {
        let text = match value.kind() {
            Kind::Text => value,
            Kind::Map => {
                let map = value.as_ticket();
                match self.nature(map) {
                    Nature::Error => self.slot_value(map, ERROR_MESSAGE),
                    // `***(code; message; data)`.
                    Nature::Event => self.element_at(map, 1)?,
                    _ if self.is_exception(value) => self.only_text(map)?,
                    _ => return None,
                }
            }
            _ => return None,
        };
        (text.kind() == Kind::Text).then_some(text)
    }

    /// True for values of a declared exception.
    pub(crate) fn is_exception(&self, value: Value) -> bool {
        let Some(ty) = self.type_key(value).and_then(|key| key.declared()) else {
            return false;
        };
        if RecType(ty.rec).table_type().is_some() {
            return false;
        }
        let instance = self.instances.get(ty.instance as usize);
        instance
            .and_then(|found| found.loaded.module.typedef(TypedefId(ty.rec)))
            .is_some_and(|found| found.kind == TypedefKind::Exception)
    }

    fn only_text(&self, map: Ticket) -> Option<Value> {
        let mut fields = (0..self.product_len(map)).filter_map(|at| self.product_part(map, at));
        let text = fields.find(|field| field.kind() == Kind::Text)?;
        fields
            .all(|field| field.kind() != Kind::Text)
            .then_some(text)
    }

    /// What the host is told of an exception that nothing caught: its message, behind its name unless `failwith` threw it or
    /// the name is in the message; empty if it cannot be made. Nothing for values that are no exceptions of Fusabi.
    pub(crate) fn uncaught_text(&mut self, value: Value) -> Option<String> {
        if !self.is_exception(value) {
            return None;
        }
        let name = copied(self.case_name(self.case_legend(value)));
        let named = name != FAILURE && self.said(value).is_some();
        let message = match self.exception_message(value) {
            Ok(ticket) => self.text_str(ticket).map(copied).unwrap_or_default(),
            Err(_) => String::new(),
        };
        Some(if named {
            crate::host_memory::written(format_args!("{name}: {message}"))
        } else {
            message
        })
    }
}
