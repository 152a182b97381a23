//! Functions of the library that are instructions in place of a call.

use fzb::tables::TypeId;
use isa::{Intrinsic, Op};

use super::apply::Arg;
use super::code::Code;
use super::represent::{F32, Scalar};
use crate::library::Entry;
use crate::typed::DefinedId;

/// Numbers of `isa::table::FLOAT_UNARY`.
mod unary {
    pub const ABS: u32 = 1;
    pub const SQRT: u32 = 2;
    pub const FLOOR: u32 = 3;
    pub const CEIL: u32 = 4;
    pub const TRUNC: u32 = 5;
    pub const EVEN: u32 = 6;
    pub const AWAY: u32 = 7;
}

impl Code<'_, '_> {
    /// The instructions of a row; its value is left on the stack. `args` are as many as it takes.
    pub fn instruction(&mut self, entry: &Entry, scalar: Scalar, args: &[Arg]) {
        match entry.module {
            "" => self.core(entry.name, scalar, args),
            "Math" => self.math(entry.name, scalar, args),
            module => self.of_module(module, entry.name, scalar, args),
        }
    }

    fn push(&mut self, args: &[Arg], at: usize, held: TypeId) {
        match args.get(at) {
            Some(arg) => self.arg(*arg, held),
            None => self.f.unit(),
        }
    }

    /// Pushes the only argument, held as a scalar of its kind is.
    fn scalar(&mut self, args: &[Arg], scalar: Scalar) {
        self.push(args, 0, scalar.held());
    }

    fn core(&mut self, name: &str, scalar: Scalar, args: &[Arg]) {
        match name {
            "failwith" => {
                self.push(args, 0, TypeId::TEXT);
                self.fail_with();
            }
            "raise" => {
                self.push(args, 0, TypeId::DYN);
                self.f.op(Op::Throw, &[]);
            }
            "reraise" => {
                // The failure that is being handled is the newest.
                match self.errors.last().copied() {
                    Some(error) => self.f.load(error),
                    None => self.f.unit(),
                }
                self.f.op(Op::Rethrow, &[]);
            }
            "ignore" => {
                self.push(args, 0, TypeId::DYN);
                self.f.pop();
                self.f.unit();
            }
            "id" | "box" | "unbox" => self.push(args, 0, TypeId::DYN),
            "not" => {
                self.push(args, 0, TypeId::BOOL);
                self.f.op(Op::Not, &[]);
            }
            "fst" | "snd" => {
                self.push(args, 0, TypeId::DYN);
                self.f.op(Op::TupleGet, &[u32::from(name == "snd")]);
            }
            "string" => match args.first() {
                Some(Arg::Expr(id)) if scalar == Scalar::Other => {
                    let ty = self.type_of(*id);
                    self.push(args, 0, TypeId::DYN);
                    self.display_as(ty);
                }
                _ => {
                    self.scalar(args, scalar);
                    if scalar != Scalar::Text {
                        self.f.op(Op::Display, &[0]);
                    }
                }
            },
            "int" | "int64" => {
                self.scalar(args, scalar);
                self.as_int(scalar);
            }
            "float" | "double" => {
                self.scalar(args, scalar);
                self.as_float(scalar);
            }
            "float32" | "single" => {
                self.scalar(args, scalar);
                self.as_float32(scalar);
            }
            "char" => {
                self.scalar(args, scalar);
                self.as_char(scalar);
            }
            "sbyte" | "int8" => self.sized(args, scalar, 1),
            "int16" => self.sized(args, scalar, 2),
            "int32" => self.sized(args, scalar, 3),
            "byte" | "uint8" => self.sized(args, scalar, 4),
            "uint16" => self.sized(args, scalar, 5),
            "uint32" | "uint" => self.sized(args, scalar, 6),
            "uint64" => self.sized(args, scalar, 7),
            "abs" => self.absolute(scalar, args),
            "sign" => {
                self.scalar(args, scalar);
                let held = scalar.held();
                let value = self.keep(held);
                self.f.load(value);
                self.zero(scalar);
                self.f.op(Op::Compare, &[]);
                self.f.free_temp(value);
            }
            "min" | "max" => self.extreme(name == "max", scalar, args),
            "sqrt" => self.float_unary(unary::SQRT, scalar, args),
            "floor" => self.float_unary(unary::FLOOR, scalar, args),
            "ceil" | "ceiling" => self.float_unary(unary::CEIL, scalar, args),
            "round" => self.float_unary(unary::EVEN, scalar, args),
            "truncate" => self.float_unary(unary::TRUNC, scalar, args),
            "ref" => {
                self.push(args, 0, TypeId::DYN);
                self.f.op(Op::CellNew, &[]);
            }
            "incr" | "decr" => {
                self.push(args, 0, TypeId::DYN);
                let cell = self.keep(TypeId::DYN);
                self.f.load(cell);
                self.f.load(cell);
                self.f.op(Op::CellGet, &[]);
                self.f.coerce(TypeId::INT);
                self.f.push_int(if name == "incr" { 1 } else { -1 });
                self.f.op(Op::I64Add, &[]);
                self.f.op(Op::CellSet, &[]);
                self.f.unit();
                self.f.free_temp(cell);
            }
            "compare" => {
                self.push(args, 0, TypeId::DYN);
                self.push(args, 1, TypeId::DYN);
                self.f.op(Op::Compare, &[]);
            }
            "hash" => {
                self.push(args, 0, TypeId::DYN);
                self.f.op(Op::Hash, &[]);
            }
            "defaultArg" => {
                let args: Vec<Arg> = args.iter().rev().copied().collect();
                self.default_value(DefinedId::OPTION, &args);
            }
            "nan" => self.f.push_float(f64::NAN),
            "infinity" => self.f.push_float(f64::INFINITY),
            "isNull" => {
                self.push(args, 0, TypeId::DYN);
                self.f.unit();
                self.f.op(Op::Same, &[]);
            }
            // The `printf` family without a format shows any value.
            "printf" | "printfn" | "eprintf" | "eprintfn" => {
                self.push(args, 0, TypeId::DYN);
                self.f.op(Op::Display, &[0]);
                if name.ends_with('n') {
                    self.f.push_text("\n");
                    self.f.op(Op::Concat, &[2]);
                }
                self.print(name.starts_with('e'));
            }
            "sprintf" => {
                self.push(args, 0, TypeId::DYN);
                self.f.op(Op::Display, &[0]);
            }
            "failwithf" => {
                self.push(args, 0, TypeId::DYN);
                self.f.op(Op::Display, &[0]);
                self.fail_with();
            }
            _ => self.f.unit(),
        }
    }

    fn sized(&mut self, args: &[Arg], scalar: Scalar, width: u32) {
        self.scalar(args, scalar);
        self.as_sized(scalar, width);
    }

    fn absolute(&mut self, scalar: Scalar, args: &[Arg]) {
        match scalar {
            Scalar::Int => {
                self.push(args, 0, TypeId::INT);
                self.intrinsic(Intrinsic::I64Abs);
            }
            Scalar::Float => {
                self.push(args, 0, TypeId::FLOAT);
                self.f.op(Op::F64Un, &[unary::ABS]);
            }
            _ => {
                self.push(args, 0, TypeId::DYN);
                let value = self.keep(TypeId::DYN);
                self.f.load(value);
                self.zero(scalar);
                self.f.coerce(TypeId::DYN);
                self.f.op(Op::Lt, &[]);
                self.f.open_if();
                self.f.load(value);
                self.f.op(Op::Neg, &[]);
                self.f.otherwise();
                self.f.load(value);
                self.f.close_if();
                self.f.free_temp(value);
            }
        }
    }

    /// The lesser or greater of two.
    fn extreme(&mut self, greater: bool, scalar: Scalar, args: &[Arg]) {
        let intrinsic = match (scalar, greater) {
            (Scalar::Int, false) => Some(Intrinsic::I64Min),
            (Scalar::Int, true) => Some(Intrinsic::I64Max),
            (Scalar::Float, false) => Some(Intrinsic::F64Min),
            (Scalar::Float, true) => Some(Intrinsic::F64Max),
            _ => None,
        };
        let held = scalar.held();
        self.push(args, 0, held);
        let first = self.keep(held);
        self.push(args, 1, held);
        if let Some(intrinsic) = intrinsic {
            let second = self.keep(held);
            self.f.load(first);
            self.f.load(second);
            self.intrinsic(intrinsic);
            self.f.free_temp(second);
        } else {
            let second = self.keep(held);
            self.f.load(second);
            self.f.load(first);
            self.f.op(if greater { Op::Gt } else { Op::Lt }, &[]);
            self.f.open_if();
            self.f.load(second);
            self.f.otherwise();
            self.f.load(first);
            self.f.close_if();
            self.f.free_temp(second);
        }
        self.f.free_temp(first);
    }

    fn float_unary(&mut self, number: u32, scalar: Scalar, args: &[Arg]) {
        self.scalar(args, scalar);
        if scalar != Scalar::Float {
            self.as_float(scalar);
        }
        self.f.op(Op::F64Un, &[number]);
        if scalar == Scalar::Float32 {
            self.intrinsic(Intrinsic::F64ToF32);
            self.f.op(Op::Box, &[F32]);
        }
    }

    fn math(&mut self, name: &str, scalar: Scalar, args: &[Arg]) {
        match name {
            "pi" | "PI" => self.f.push_float(std::f64::consts::PI),
            "e" | "E" => self.f.push_float(std::f64::consts::E),
            "abs" | "Abs" => self.absolute(scalar, args),
            "max" | "min" => self.extreme(name == "max", scalar, args),
            "Max" | "Min" => {
                self.push(args, 0, TypeId::DYN);
                let both = self.keep(TypeId::DYN);
                let mut parts = Vec::new();
                for at in 0..2 {
                    self.f.load(both);
                    self.f.op(Op::TupleGet, &[at]);
                    parts.push(Arg::Temp(self.keep(TypeId::DYN)));
                }
                self.extreme(name == "Max", scalar, &parts);
                for part in parts {
                    if let Arg::Temp(temp) = part {
                        self.f.free_temp(temp);
                    }
                }
                self.f.free_temp(both);
            }
            "sqrt" | "Sqrt" => self.float_unary(unary::SQRT, Scalar::Float, args),
            "floor" | "Floor" => self.float_unary(unary::FLOOR, Scalar::Float, args),
            "ceil" | "Ceiling" => self.float_unary(unary::CEIL, Scalar::Float, args),
            // Away from zero, as the page says (rulings, Fusabi 19).
            "round" | "Round" => self.float_unary(unary::AWAY, Scalar::Float, args),
            "truncate" => self.float_unary(unary::TRUNC, Scalar::Float, args),
            _ => self.f.unit(),
        }
    }

    /// Whether the first argument is that case of a union of the language.
    fn is_case(&mut self, owner: DefinedId, tag: u32, args: &[Arg]) {
        let typedef = self.unit.typedef(&self.unit.user, owner);
        self.push(args, 0, TypeId::DYN);
        self.f.op(Op::TagIs, &[typedef.0, tag]);
    }

    /// The value in an option, the second argument; or the first one.
    fn default_value(&mut self, owner: DefinedId, args: &[Arg]) {
        let typedef = self.unit.typedef(&self.unit.user, owner);
        self.push(args, 0, TypeId::DYN);
        let otherwise = self.keep(TypeId::DYN);
        self.push(args, 1, TypeId::DYN);
        let option = self.keep(TypeId::DYN);
        self.f.load(option);
        self.f.op(Op::TagIs, &[typedef.0, 1]);
        self.f.open_if();
        self.f.load(option);
        self.f.op(Op::GetCase, &[typedef.0, 1, 0]);
        self.f.otherwise();
        self.f.load(otherwise);
        self.f.close_if();
        self.f.free_temp(option);
        self.f.free_temp(otherwise);
    }

    /// What a variable of a kind holds before it has a value: 0, `false`, the first character; of others nothing.
    fn nothing_yet(&mut self, scalar: Scalar) {
        match scalar {
            Scalar::Int | Scalar::Float | Scalar::Float32 | Scalar::Sized(_) => self.zero(scalar),
            Scalar::Bool => self.f.push_bool(false),
            Scalar::Char => {
                let first = self.unit.module.constant(emit::Const::Char('\0'));
                self.f.push(first);
            }
            Scalar::Text | Scalar::Other => self.f.unit(),
        }
        self.f.coerce(TypeId::DYN);
    }

    fn of_module(&mut self, module: &str, name: &str, scalar: Scalar, args: &[Arg]) {
        match (module, name) {
            ("List" | ".list", "length" | "Length") => {
                self.push(args, 0, TypeId::LIST);
                self.intrinsic(Intrinsic::ListLength);
            }
            ("List" | ".list", "isEmpty" | "IsEmpty") => {
                self.push(args, 0, TypeId::LIST);
                self.f.op(Op::IsNil, &[]);
            }
            ("List", "empty") | ("Seq", "empty") => self.f.op(Op::Nil, &[]),
            ("List", "toSeq") | ("Array", "toSeq") | ("Seq", "cast" | "ofList" | "ofArray") => {
                self.push(args, 0, TypeId::DYN)
            }
            ("Array" | ".array", "length" | "Length") => {
                self.push(args, 0, TypeId::DYN);
                self.intrinsic(Intrinsic::ArrayLength);
            }
            ("Array", "isEmpty") => {
                self.push(args, 0, TypeId::DYN);
                self.intrinsic(Intrinsic::ArrayLength);
                self.f.push_int(0);
                self.f.op(Op::I64Eq, &[]);
            }
            ("Array", "empty") => self.f.op(Op::Array, &[0, 0]),
            ("Array", "get" | "item" | "set") => self.array_element(name, args),
            ("Array", "zeroCreate") => {
                self.push(args, 0, TypeId::INT);
                self.nothing_yet(scalar);
                self.f.op(Op::ArrNew, &[0]);
            }
            ("String" | ".string", "length" | "Length") => {
                self.push(args, 0, TypeId::TEXT);
                self.intrinsic(Intrinsic::TextLength);
            }
            ("String", "contains" | "startsWith" | "endsWith") => {
                // The needle stands first (§1.14).
                self.push(args, 0, TypeId::TEXT);
                let needle = self.keep(TypeId::TEXT);
                self.push(args, 1, TypeId::TEXT);
                self.f.load(needle);
                self.found(name);
                self.f.free_temp(needle);
            }
            ("String", "Empty") => self.f.push_text(""),
            (".string", "Contains" | "StartsWith" | "EndsWith") => {
                self.push(args, 0, TypeId::TEXT);
                // A char is found as the text that it is.
                self.push(args, 1, TypeId::DYN);
                self.f.op(Op::Display, &[0]);
                self.found(name);
            }
            (".string", "Chars") => {
                self.push(args, 0, TypeId::TEXT);
                self.push(args, 1, TypeId::INT);
                self.f.op(Op::TextAt, &[]);
            }
            ("Option" | ".option", "isSome" | "IsSome") => {
                self.is_case(DefinedId::OPTION, 1, args);
            }
            ("Option" | ".option", "isNone" | "IsNone") => {
                self.is_case(DefinedId::OPTION, 0, args);
            }
            ("ValueOption" | ".voption", "isSome" | "IsSome") => {
                self.is_case(DefinedId::VALUE_OPTION, 1, args);
            }
            ("ValueOption" | ".voption", "isNone" | "IsNone") => {
                self.is_case(DefinedId::VALUE_OPTION, 0, args);
            }
            ("Option", "defaultValue") => self.default_value(DefinedId::OPTION, args),
            ("ValueOption", "defaultValue") => self.default_value(DefinedId::VALUE_OPTION, args),
            ("Option", "ofObj") => self.option_of_null(args),
            ("Option", "toObj") => {
                let args: Vec<Arg> = [Arg::Unit]
                    .into_iter()
                    .chain(args.iter().copied())
                    .collect();
                self.default_value(DefinedId::OPTION, &args);
            }
            ("Result" | ".Result", "isOk" | "IsOk") => self.is_case(DefinedId::RESULT, 0, args),
            ("Result" | ".Result", "isError" | "IsError") => {
                self.is_case(DefinedId::RESULT, 1, args);
            }
            ("Map" | "Set", "empty") => match self.unit.tree_type(module) {
                Some(tree) => self.f.op(Op::Case, &[tree.0, 0]),
                None => self.f.unit(),
            },
            ("Json", "null") => self.f.unit(),
            ("Lazy", "force") | (".Lazy", "Value" | "Force") => {
                self.push(args, 0, TypeId::DYN);
                self.library_call("Lazy'", "force", 1);
            }
            (".KeyValuePair", "Key" | "Value") => {
                self.push(args, 0, TypeId::DYN);
                self.f.op(Op::TupleGet, &[u32::from(name == "Value")]);
            }
            (".ref", _) => {
                self.push(args, 0, TypeId::DYN);
                self.f.op(Op::CellGet, &[]);
            }
            (".obj", "ToString") => {
                self.push(args, 0, TypeId::DYN);
                self.f.op(Op::Display, &[0]);
            }
            (".obj", "GetHashCode") => {
                self.push(args, 0, TypeId::DYN);
                self.f.op(Op::Hash, &[]);
            }
            _ => self.f.unit(),
        }
    }

    fn found(&mut self, name: &str) {
        self.intrinsic(match name {
            "contains" | "Contains" => Intrinsic::TextContains,
            "startsWith" | "StartsWith" => Intrinsic::TextStarts,
            _ => Intrinsic::TextEnds,
        });
    }

    /// `Array.get`, `Array.set`: whichever of the first two arguments is the array (§1.14).
    fn array_element(&mut self, name: &str, args: &[Arg]) {
        let swapped = args.first().is_some_and(|arg| match arg {
            Arg::Expr(id) => {
                self.part.program.forms.named(self.type_of(*id)) == Some(DefinedId::ARRAY)
            }
            _ => false,
        });
        // Set takes index, value, array, or array, index, value.
        let set = name == "set";
        let order = match (swapped, set) {
            (true, false) => [0, 1, 2],
            (false, false) => [1, 0, 2],
            (true, true) => [0, 1, 2],
            (false, true) => [2, 0, 1],
        };
        let mut temps: Vec<Option<Arg>> = vec![None; args.len()];
        for (at, slot) in temps.iter_mut().enumerate() {
            self.push(args, at, TypeId::DYN);
            *slot = Some(Arg::Temp(self.keep(TypeId::DYN)));
        }
        let take = |code: &mut Self, at: usize, held: TypeId| {
            if let Some(Some(arg)) = temps.get(at) {
                code.arg(*arg, held);
            }
        };
        take(self, order[0], TypeId::DYN);
        take(self, order[1], TypeId::INT);
        if set {
            take(self, order[2], TypeId::DYN);
            self.f.op(Op::ArrSet, &[0]);
            self.f.unit();
        } else {
            self.f.op(Op::ArrGet, &[0]);
        }
        for temp in temps {
            if let Some(Arg::Temp(temp)) = temp {
                self.f.free_temp(temp);
            }
        }
    }

    fn option_of_null(&mut self, args: &[Arg]) {
        let typedef = self.unit.typedef(&self.unit.user, DefinedId::OPTION);
        self.push(args, 0, TypeId::DYN);
        let value = self.keep(TypeId::DYN);
        self.f.load(value);
        self.f.unit();
        self.f.op(Op::Same, &[]);
        self.f.open_if();
        self.f.op(Op::Case, &[typedef.0, 0]);
        self.f.otherwise();
        self.f.load(value);
        self.f.op(Op::Case, &[typedef.0, 1]);
        self.f.close_if();
        self.f.free_temp(value);
    }
}
