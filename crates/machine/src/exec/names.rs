//! Names of register operations, for listings of register code.

use super::ops::{self, Form};

const INT: [&str; 16] = [
    "add", "sub", "mul", "and", "or", "xor", "shl", "shr_s", "shr_u", "div_s", "rem_s", "div_u",
    "rem_u", "add_ck", "sub_ck", "mul_ck",
];
const INT_COND: [&str; 8] = ["lt", "ge", "le", "gt", "eq", "ne", "lt_u", "ge_u"];
const FLOAT: [&str; 4] = ["add", "sub", "mul", "div"];
const FLOAT_COND: [&str; 10] = [
    "lt", "nlt", "le", "nle", "eq", "ne", "gt", "ngt", "ge", "nge",
];
const INT_FORMS: [&str; 7] = ["rr", "ar", "ra", "rk", "ak", "rw", "aw"];
const FLOAT_FORMS: [&str; 7] = ["rr", "ar", "ra", "rk", "ak", "kr", "ka"];

/// The name of a register operation; those of dynamic families are given by number.
pub fn name(op: u16) -> String {
    if let Some(single) = ops::SINGLE_NAMES.get(op as usize) {
        return (*single).to_owned();
    }
    if let Some(run) = super::fused::run_of(op) {
        let names: Vec<String> = run.iter().map(|op| name(*op)).collect();
        return names.join(" + ");
    }
    for (which, text) in INT.iter().enumerate() {
        for (form, letters) in INT_FORMS.iter().enumerate() {
            for store in [false, true] {
                if ops::int_binary(which as u16, form as u8, store) == op {
                    return format!("i64.{text}.{letters}{}", if store { "=" } else { "" });
                }
            }
        }
    }
    for (which, text) in FLOAT.iter().enumerate() {
        for (form, letters) in FLOAT_FORMS.iter().enumerate() {
            for store in [false, true] {
                if ops::float_binary(which as u16, form as u8, store) == op {
                    return format!("f64.{text}.{letters}{}", if store { "=" } else { "" });
                }
            }
        }
    }
    for back in [false, true] {
        let arrow = if back { "<-" } else { "->" };
        for form in [Form::RR, Form::AR, Form::RK, Form::AK] {
            let letters = INT_FORMS[form as usize];
            for (which, text) in INT_COND.iter().enumerate() {
                if ops::int_branch(which as u16, form, back) == op {
                    return format!("if.i64.{text}.{letters}{arrow}");
                }
            }
            for (which, text) in FLOAT_COND.iter().enumerate() {
                if ops::float_branch(which as u16, form, back) == op {
                    return format!("if.f64.{text}.{letters}{arrow}");
                }
            }
        }
    }
    format!("#{op}")
}
