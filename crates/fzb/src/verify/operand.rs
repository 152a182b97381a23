//! Rule 2 and the reserved bits of rule 1: every immediate is in its range and of its kind. Needs no types of the stack,
//! so unreachable code is checked too.

use super::check::Checker;
use super::opcodes::Entry;
use super::policy::policy_has;
use super::refusal::Step;
use crate::tables::{ConstId, ConstKind, ImportId, ImportKind, TypeId, TypedefId, TypedefKind};
use crate::view::Typedef;
use isa::{ConstUse, Op, Operand};

/// Kind of an entry of the table of jump and text tables.
const JUMPS: u32 = 0;
const TEXTS: u32 = 1;

impl Checker<'_> {
    /// Checks the immediates of the instruction at `at`, and marks its targets.
    pub(super) fn immediates(&mut self, entry: &Entry, at: u32, next: u32) -> Step {
        let op = entry.op;
        let args = self.operands(entry, at);
        for (index, operand) in op.info().operands.iter().enumerate() {
            let value = args[index];
            match *operand {
                Operand::Const(wanted) => self.constant_of(at, wanted, value)?,
                Operand::Name => self.below(at, "name", value, self.module.names())?,
                Operand::Local => self.below(at, "local", value, self.slots.len() as u32)?,
                Operand::Capture => self.below(at, "capture", value, self.function.captures)?,
                Operand::Static => {
                    self.below(at, "static", value, self.module.statics())?;
                    if self.static_type(value).is_none() {
                        return self.refuse(at, 2, || {
                            (
                                format!("static {value} of no type that values have"),
                                "a static".into(),
                            )
                        });
                    }
                }
                Operand::Func => self.below(at, "function", value, self.module.functions())?,
                Operand::Import => self.import(at, value, false)?,
                Operand::Module => self.import(at, value, true)?,
                Operand::Jump => self.mark(at, i64::from(next) + i64::from(value.cast_signed()))?,
                Operand::Type => self.declared(at, value)?,
                Operand::TypeDef => {
                    self.typedef(at, op, value)?;
                }
                Operand::Tag => {
                    let cases = self
                        .module
                        .typedef(TypedefId(args[0]))
                        .map_or(0, |typedef| typedef.cases);
                    self.below(at, "case", value, cases)?;
                }
                Operand::Field => {
                    let tag = if index == 2 { args[1] } else { 0 };
                    let fields = self
                        .module
                        .case(TypedefId(args[0]), tag)
                        .map_or(0, |case| case.fields);
                    self.below(at, "field", value, fields)?;
                }
                Operand::Table => self.table(at, value, false)?,
                Operand::TextTable => self.table(at, value, true)?,
                Operand::Intrinsic => self.known(at, "intrinsic", value, |number| {
                    isa::Intrinsic::from_number(number as u16).is_some()
                })?,
                Operand::FaultCode => {
                    self.known(at, "fault that a program may raise:", value, |number| {
                        u8::try_from(number)
                            .ok()
                            .and_then(isa::Fault::from_number)
                            .is_some_and(isa::Fault::raisable)
                    })?
                }
                Operand::Hook => self.known(at, "hook", value, |number| {
                    isa::Hook::from_number(number as u8).is_some()
                })?,
                Operand::FieldOp => self.known(at, "field operator", value, |number| {
                    isa::FieldOp::from_number(number as u8).is_some()
                })?,
                Operand::Elem => self.below(
                    at,
                    "element kind",
                    value,
                    isa::table::ELEMENT_KINDS.len() as u32,
                )?,
                Operand::Width => {
                    // `box` has 0 (none) and f32; a number that stays an integer has neither.
                    let (low, high) = if op == Op::Box { (0, 8) } else { (1, 7) };
                    if value < low || value > high {
                        return self.refuse(at, 2, || {
                            (format!("width {value}"), format!("{low} to {high}"))
                        });
                    }
                }
                Operand::Access => {
                    self.below(at, "access width", value, isa::table::ACCESSES.len() as u32)?
                }
                Operand::Mode(last) => self.below(at, "mode", value, u32::from(last) + 1)?,
                Operand::Flags(mask) => {
                    if value & !u32::from(mask) != 0 {
                        return self.refuse(at, 1, || {
                            (
                                format!("flags {value:#04x}"),
                                format!("only bits of {mask:#04x}"),
                            )
                        });
                    }
                }
                Operand::Nature => {
                    self.below(at, "nature", value, isa::table::MAP_NATURES.len() as u32)?
                }
                Operand::Index16 if op == Op::Arg => {
                    if value == 0 {
                        return self
                            .refuse(at, 2, || ("argument 0".into(), "a number from 1 on".into()));
                    }
                }
                Operand::Index16
                | Operand::Index32
                | Operand::Int
                | Operand::Count8
                | Operand::Count16
                | Operand::Count32
                | Operand::CaptureOf
                | Operand::Hint
                | Operand::Line => {}
            }
        }
        if !policy_has(self.function.policy, op, args[0]) {
            let policy = self.function.policy.text();
            return self.refuse(at, 2, || {
                let mode = if op == Op::Coerce {
                    isa::table::COERCIONS
                        .get(args[0] as usize)
                        .copied()
                        .unwrap_or_default()
                } else {
                    ""
                };
                (
                    format!("{} {mode}", op.info().name).trim_end().to_string(),
                    format!("an instruction that the policy {policy} has"),
                )
            });
        }
        Ok(())
    }

    fn below(&self, at: u32, what: &str, value: u32, bound: u32) -> Step {
        if value < bound {
            return Ok(());
        }
        self.refuse(at, 2, || {
            (format!("{what} {value}"), format!("below {bound}"))
        })
    }

    fn known(&self, at: u32, what: &str, value: u32, exists: impl FnOnce(u32) -> bool) -> Step {
        if exists(value) {
            return Ok(());
        }
        self.refuse(at, 2, || {
            (format!("{what} {value}"), "one that there is".into())
        })
    }

    fn constant_of(&mut self, at: u32, wanted: ConstUse, id: u32) -> Step {
        if wanted == ConstUse::Value && self.constant_type(id).is_some() {
            return Ok(());
        }
        let Some(kind) = self.module.constant_kind(ConstId(id)) else {
            return self.refuse(at, 2, || {
                (
                    format!("constant {id}"),
                    format!("below {}", self.module.constants()),
                )
            });
        };
        let (right, name) = match wanted {
            ConstUse::Value => (false, "a value"),
            ConstUse::Shape => (kind == ConstKind::Shape, "a shape"),
            ConstUse::Names => (kind == ConstKind::Names, "names"),
            ConstUse::Slots => (kind == ConstKind::Slots, "slots"),
            ConstUse::Topics => (kind == ConstKind::Topics, "topics"),
            ConstUse::Format => (kind == ConstKind::Format, "a format"),
            ConstUse::MapLit => (kind == ConstKind::MapLit, "a map literal"),
            ConstUse::Class => (kind == ConstKind::Class, "a class"),
        };
        if !right {
            return self.refuse(at, 2, || {
                (format!("constant {id}, a {}", kind.text()), name.into())
            });
        }
        if wanted == ConstUse::Format && self.constant_values(id).is_none() {
            return self.refuse(at, 2, || {
                (format!("constant {id}"), "a well-formed format".into())
            });
        }
        Ok(())
    }

    fn import(&self, at: u32, id: u32, module: bool) -> Step {
        let expected = if module {
            "an import of a module"
        } else {
            "an import of a function"
        };
        match self.module.import(ImportId(id)) {
            Some(import) if (import.kind == ImportKind::Module) == module => Ok(()),
            Some(import) => self.refuse(at, 2, || {
                (
                    format!("import {id} of kind {}", import.kind.text()),
                    expected.into(),
                )
            }),
            None => self.refuse(at, 2, || {
                (
                    format!("import {id}"),
                    format!("{expected}, below {}", self.module.imports()),
                )
            }),
        }
    }

    /// A type that values have, as `cast` and `is_type` name it.
    fn declared(&self, at: u32, id: u32) -> Step {
        if id == TypeId::TOK.0 || self.type_of(TypeId(id)).is_none() {
            return self.refuse(at, 2, || (format!("type {id}"), "a type of values".into()));
        }
        Ok(())
    }

    /// Records are records; cases are of the other natures.
    fn typedef(&self, at: u32, op: Op, id: u32) -> Step<Typedef<'_>> {
        let Some(typedef) = self.module.typedef(TypedefId(id)) else {
            return self.refuse(at, 2, || {
                (
                    format!("typedef {id}"),
                    format!("below {}", self.module.typedefs()),
                )
            });
        };
        let record = !matches!(op, Op::Case | Op::TagIs | Op::GetCase);
        if (typedef.kind == TypedefKind::Record) != record {
            let expected = if record {
                "a record"
            } else {
                "a union, enum, exception or variant"
            };
            return self.refuse(at, 2, || {
                (
                    format!("typedef {id} of kind {}", typedef.kind.text()),
                    expected.into(),
                )
            });
        }
        Ok(typedef)
    }

    fn table(&mut self, at: u32, id: u32, texts: bool) -> Step {
        let wanted = if texts { TEXTS } else { JUMPS };
        if self.function.table_kind(id) != Some(wanted) {
            let expected = if texts {
                "a text table of this function"
            } else {
                "a jump table of this function"
            };
            return self.refuse(at, 2, || (format!("table {id}"), expected.into()));
        }
        self.mark_table(at, id, texts)
    }
}
