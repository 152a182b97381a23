//! Names of the small numbers in operands: modes, flags, kinds, hooks, faults, intrinsics, in both directions.

use crate::table::{ACCESSES, COERCIONS, ELEMENT_KINDS, FLOAT_UNARY, MAP_NATURES, WIDTHS};
use crate::{Fault, FieldOp, Hook, Intrinsic, Op, Operand};

/// Names of the values of an instruction's mode operand, in order; empty where a number says it best.
pub fn modes(op: Op) -> &'static [&'static str] {
    match op {
        Op::Coerce => &COERCIONS,
        Op::Display => &["display", "canonical", "key"],
        Op::F64Un => &FLOAT_UNARY,
        Op::F64ToI64 => &["checked", "saturating"],
        Op::IterNew => &["values", "indexed", "keyed", "keys"],
        Op::IterNext => &["single", "pair"],
        Op::MakeRoutine => &["free", "receiver", "home", "lexical", "ctor"],
        Op::Has => &["field", "own", "sub"],
        Op::TypeOf => &["name", "constructor"],
        Op::PushAt => &["end", "front"],
        Op::Unpack => &["exact", "fill"],
        Op::CheckLen => &["exact", "at_least", "any"],
        Op::FiberNew => &["generator", "async", "process"],
        Op::PushTry => &["catch", "finally"],
        Op::TicketPart => &["lemari", "drawer", "tray", "generation", "offset"],
        _ => &[],
    }
}

/// Names of the bits of an instruction's flags operand, lowest bit first; empty where that bit is not used.
pub fn flags(op: Op) -> &'static [&'static str] {
    match op {
        Op::StoreStaticR | Op::CellStoreR => &["freeze"],
        Op::SetName => &["existing", "mutable", "immutable", "sub"],
        Op::SetIndex => &["", "mutable", "immutable"],
        Op::Prompt => &["multi", "parks", "completes"],
        Op::Post | Op::PostTrap => &["receiver", "spread"],
        Op::Reply => &["target", "spread", "named", "tail"],
        Op::Write => &["receiver", "spread", "retract_own", "retract_all"],
        Op::Subscribe => &["peeks"],
        Op::NewRealm => &["detached"],
        _ => &[],
    }
}

/// The name of an operand's value, for kinds of operand that the tables of this crate name.
pub fn name(op: Op, operand: Operand, value: u32) -> Option<String> {
    let pick = |names: &[&str]| names.get(value as usize).map(|name| (*name).to_owned());
    match operand {
        Operand::Mode(_) => pick(modes(op)),
        Operand::Elem => pick(&ELEMENT_KINDS),
        Operand::Width => pick(&WIDTHS),
        Operand::Access => pick(&ACCESSES),
        Operand::Nature => pick(&MAP_NATURES),
        Operand::Flags(mask) => {
            if value == 0 {
                return Some("none".to_owned());
            }
            let names = flags(op);
            if value & !u32::from(mask) != 0 {
                return None;
            }
            let set: Vec<&str> = names
                .iter()
                .enumerate()
                .filter(|(bit, _)| value >> bit & 1 == 1)
                .map(|(_, name)| *name)
                .collect();
            (set.len() == value.count_ones() as usize && set.iter().all(|name| !name.is_empty()))
                .then(|| set.join("|"))
        }
        Operand::Hook => Hook::from_number(u8::try_from(value).ok()?)
            .map(|hook| super::token::quote(hook.label())),
        Operand::FieldOp => {
            FieldOp::from_number(u8::try_from(value).ok()?).map(|op| op.name().to_owned())
        }
        Operand::FaultCode => {
            Fault::from_number(u8::try_from(value).ok()?).map(|fault| fault.name().to_owned())
        }
        Operand::Intrinsic => {
            Intrinsic::from_number(u16::try_from(value).ok()?).map(|i| i.name().to_owned())
        }
        _ => None,
    }
}

/// The value that a name has in an operand; `Err` lists what would do. `None`: this kind of operand is not named here.
pub fn value(op: Op, operand: Operand, text: &str) -> Option<Result<u32, String>> {
    let pick = |names: &[&str], what: &str| {
        let found = names.iter().position(|name| *name == text);
        Some(
            found
                .map(|index| index as u32)
                .ok_or_else(|| format!("expected {what}: {}", names.join(", "))),
        )
    };
    match operand {
        Operand::Mode(_) if !modes(op).is_empty() => pick(modes(op), "a mode"),
        Operand::Elem => pick(&ELEMENT_KINDS, "an element kind"),
        Operand::Width => pick(&WIDTHS, "a width"),
        Operand::Access => pick(&ACCESSES, "a width"),
        Operand::Nature => pick(&MAP_NATURES, "a nature"),
        Operand::Flags(_) if text == "none" => Some(Ok(0)),
        Operand::Flags(_) => {
            let names = flags(op);
            let bit = names
                .iter()
                .position(|name| *name == text && !name.is_empty());
            let known: Vec<&str> = names
                .iter()
                .copied()
                .filter(|name| !name.is_empty())
                .collect();
            Some(
                bit.map(|bit| 1 << bit)
                    .ok_or_else(|| format!("expected flags: none, {}", known.join(", "))),
            )
        }
        Operand::Hook => Some(
            Hook::ALL
                .iter()
                .find(|hook| hook.label() == text)
                .map(|hook| *hook as u32)
                .ok_or_else(|| "expected a hook's label such as \"_++_\"".to_owned()),
        ),
        Operand::FieldOp => {
            let names: Vec<&str> = FieldOp::ALL.iter().map(|op| op.name()).collect();
            let found = FieldOp::ALL.iter().find(|op| op.name() == text);
            Some(
                found
                    .map(|op| *op as u32)
                    .ok_or_else(|| format!("expected a field operator: {}", names.join(", "))),
            )
        }
        Operand::FaultCode => Some(
            Fault::from_name(text)
                .map(|fault| fault as u32)
                .ok_or_else(|| "expected a fault's name such as match, or its number".to_owned()),
        ),
        Operand::Intrinsic => Some(Intrinsic::from_name(text).map(|i| i as u32).ok_or_else(|| {
            "expected an intrinsic such as text.contains, or its number".to_owned()
        })),
        _ => None,
    }
}
