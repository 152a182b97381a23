//! Rule 2 and the reserved bits of rule 1: every immediate is in its range and of its kind. Needs no types of the stack,
//! so unreachable code is checked too.

use super::check::Checker;
use super::opcodes::Entry;
use super::policy::policy_has;
use super::refusal::Step;
use crate::phrase::Term;
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
                Operand::Name => self.below(at, term!("name"), value, self.module.names())?,
                Operand::Local => self.below(at, term!("local"), value, self.slots.len() as u32)?,
                Operand::Capture => {
                    self.below(at, term!("capture"), value, self.function.captures)?
                }
                Operand::Static => {
                    self.below(at, term!("static"), value, self.module.statics())?;
                    if self.static_type(value).is_none() {
                        return self.refuse(at, 2, || {
                            (
                                said!("static {} of no type that values have", value),
                                said!("a static"),
                            )
                        });
                    }
                }
                Operand::Func => {
                    self.below(at, term!("function"), value, self.module.functions())?
                }
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
                    self.below(at, term!("case"), value, cases)?;
                }
                Operand::Field => {
                    let tag = if index == 2 { args[1] } else { 0 };
                    let fields = self
                        .module
                        .case(TypedefId(args[0]), tag)
                        .map_or(0, |case| case.fields);
                    self.below(at, term!("field"), value, fields)?;
                }
                Operand::Table => self.table(at, value, false)?,
                Operand::TextTable => self.table(at, value, true)?,
                Operand::Intrinsic => self.known(at, term!("intrinsic"), value, |number| {
                    isa::Intrinsic::from_number(number as u16).is_some()
                })?,
                Operand::FaultCode => {
                    self.known(at, term!("the raisable fault"), value, |number| {
                        u8::try_from(number)
                            .ok()
                            .and_then(isa::Fault::from_number)
                            .is_some_and(isa::Fault::raisable)
                    })?
                }
                Operand::Hook => self.known(at, term!("hook"), value, |number| {
                    isa::Hook::from_number(number as u8).is_some()
                })?,
                Operand::FieldOp => self.known(at, term!("field operator"), value, |number| {
                    isa::FieldOp::from_number(number as u8).is_some()
                })?,
                Operand::Elem => self.below(
                    at,
                    term!("element kind"),
                    value,
                    isa::table::ELEMENT_KINDS.len() as u32,
                )?,
                Operand::Width => {
                    // `box` has 0 (none) and f32; a number that stays an integer has neither.
                    let (low, high) = if op == Op::Box { (0, 8) } else { (1, 7) };
                    if value < low || value > high {
                        return self.refuse(at, 2, || {
                            (
                                said!("width {}", value),
                                said!("a number from {} to {}", low, high),
                            )
                        });
                    }
                }
                Operand::Access => self.below(
                    at,
                    term!("access width"),
                    value,
                    isa::table::ACCESSES.len() as u32,
                )?,
                Operand::Mode(last) => self.below(at, term!("mode"), value, u32::from(last) + 1)?,
                Operand::Flags(mask) => {
                    if value & !u32::from(mask) != 0 {
                        return self.refuse(at, 1, || {
                            (
                                said!("flags {}", format!("{value:#04x}")),
                                said!("only bits of {}", format!("{mask:#04x}")),
                            )
                        });
                    }
                }
                Operand::Nature => self.below(
                    at,
                    term!("nature"),
                    value,
                    isa::table::MAP_NATURES.len() as u32,
                )?,
                Operand::Index16 if op == Op::Arg => {
                    if value == 0 {
                        return self.refuse(at, 2, || {
                            (said!("argument {}", 0), said!("a number from 1 on"))
                        });
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
                let mode = (op == Op::Coerce)
                    .then(|| isa::table::COERCIONS.get(args[0] as usize))
                    .flatten();
                let name = op.info().name;
                let found = match mode {
                    Some(mode) => said!("`{} {}`", name, *mode),
                    None => said!("`{}`", name),
                };
                (
                    found,
                    said!("an instruction that the policy {} has", policy),
                )
            });
        }
        Ok(())
    }

    fn below(&self, at: u32, what: Term, value: u32, bound: u32) -> Step {
        if value < bound {
            return Ok(());
        }
        self.refuse(at, 2, || {
            (
                said!("{} {}", what, value),
                said!("a number below {}", bound),
            )
        })
    }

    fn known(&self, at: u32, what: Term, value: u32, exists: impl FnOnce(u32) -> bool) -> Step {
        if exists(value) {
            return Ok(());
        }
        self.refuse(at, 2, || {
            (said!("{} {}", what, value), said!("one that there is"))
        })
    }

    fn constant_of(&mut self, at: u32, wanted: ConstUse, id: u32) -> Step {
        if wanted == ConstUse::Value && self.constant_type(id).is_some() {
            return Ok(());
        }
        let Some(kind) = self.module.constant_kind(ConstId(id)) else {
            return self.refuse(at, 2, || {
                (
                    said!("constant {}", id),
                    said!("a number below {}", self.module.constants()),
                )
            });
        };
        let (right, name) = match wanted {
            ConstUse::Value => (false, term!("a value")),
            ConstUse::Shape => (kind == ConstKind::Shape, term!("a shape")),
            ConstUse::Names => (kind == ConstKind::Names, term!("names")),
            ConstUse::Slots => (kind == ConstKind::Slots, term!("slots")),
            ConstUse::Topics => (kind == ConstKind::Topics, term!("topics")),
            ConstUse::Format => (kind == ConstKind::Format, term!("a format")),
            ConstUse::MapLit => (kind == ConstKind::MapLit, term!("a map literal")),
            ConstUse::Class => (kind == ConstKind::Class, term!("a class")),
        };
        if !right {
            return self.refuse(at, 2, || {
                (
                    said!("constant {} of kind {}", id, kind.text()),
                    name.into(),
                )
            });
        }
        if wanted == ConstUse::Format && self.constant_values(id).is_none() {
            return self.refuse(at, 2, || {
                (said!("constant {}", id), said!("a well-formed format"))
            });
        }
        Ok(())
    }

    fn import(&self, at: u32, id: u32, module: bool) -> Step {
        let expected = if module {
            term!("an import of a module")
        } else {
            term!("an import of a function")
        };
        match self.module.import(ImportId(id)) {
            Some(import) if (import.kind == ImportKind::Module) == module => Ok(()),
            Some(import) => self.refuse(at, 2, || {
                (
                    said!("import {} of kind {}", id, import.kind.text()),
                    expected.into(),
                )
            }),
            None => self.refuse(at, 2, || {
                (
                    said!("import {}", id),
                    said!("{} below {}", expected, self.module.imports()),
                )
            }),
        }
    }

    /// A type that values have, as `cast` and `is_type` name it.
    fn declared(&self, at: u32, id: u32) -> Step {
        if id == TypeId::TOK.0 || self.type_of(TypeId(id)).is_none() {
            return self.refuse(at, 2, || (said!("type {}", id), said!("a type of values")));
        }
        Ok(())
    }

    /// Records are records; cases are of the other natures.
    fn typedef(&self, at: u32, op: Op, id: u32) -> Step<Typedef<'_>> {
        let Some(typedef) = self.module.typedef(TypedefId(id)) else {
            return self.refuse(at, 2, || {
                (
                    said!("typedef {}", id),
                    said!("a number below {}", self.module.typedefs()),
                )
            });
        };
        let record = !matches!(op, Op::Case | Op::TagIs | Op::GetCase);
        if (typedef.kind == TypedefKind::Record) != record {
            let expected = if record {
                term!("a record")
            } else {
                term!("a union, enum, exception or variant")
            };
            return self.refuse(at, 2, || {
                (
                    said!("typedef {} of kind {}", id, typedef.kind.text()),
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
                term!("a text table of this function")
            } else {
                term!("a jump table of this function")
            };
            return self.refuse(at, 2, || (said!("table {}", id), expected.into()));
        }
        self.mark_table(at, id, texts)
    }
}
