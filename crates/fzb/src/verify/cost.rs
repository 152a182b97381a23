//! Fuel of an instruction as it is charged with its block (docs/specs/machine.md §4 "Fuel").

use isa::Op;

/// Fuel of `op`: 1; `nop line pop dup swap box` 0; those named `call…` 2; `call_ffi` 4, to which the executor adds what
/// the import declares beyond. What depends on data is charged by the instruction itself.
pub const fn of(op: Op) -> u32 {
    match op {
        Op::Nop | Op::Line | Op::Pop | Op::Dup | Op::Swap | Op::Box => 0,
        Op::Call
        | Op::CallClosure
        | Op::CallShape
        | Op::CallHook
        | Op::CallName
        | Op::CallNameShape
        | Op::CallSuper => 2,
        Op::CallFfi => 4,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_those_whose_name_says_so() {
        for &op in Op::ALL {
            let call = op.info().name.starts_with("call");
            assert_eq!(of(op) >= 2, call, "{op:?}");
        }
    }
}
