//! Format strings, the `printf` family, interpolated texts (§1.11).

use emit::Const;
use fzb::tables::TypeId;
use isa::{Intrinsic, Op};

use super::apply::Arg;
use super::code::{Code, Want};
use super::represent::Scalar;
use super::wrapper::Wrapped;
use crate::library::{Entry, library};
use crate::tree::{Amount, ExprId, FormatKind, FormatPart, FormatSpec, Literal, Many, Piece};
use crate::typed::{FormatId, FormatUse, LibraryId, Meaning, TypeIndex};

/// What a function of the `printf` family does with its text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Sink {
    Print,
    PrintLine,
    Error,
    ErrorLine,
    Text,
    Fail,
    /// Gives it to its first argument.
    Continue,
}

fn sink(entry: &Entry) -> Option<Sink> {
    Some(match (entry.module, entry.name) {
        ("", "printf") => Sink::Print,
        ("", "printfn") => Sink::PrintLine,
        ("", "eprintf") => Sink::Error,
        ("", "eprintfn") => Sink::ErrorLine,
        ("", "sprintf") => Sink::Text,
        ("", "failwithf") => Sink::Fail,
        ("", "kprintf") => Sink::Continue,
        _ => return None,
    })
}

impl Code<'_, '_> {
    /// A call of the `printf` family with a typed format; false if it is none.
    pub fn printf(&mut self, row: LibraryId, args: &[Arg], want: Want) -> bool {
        let Some((entry, sink)) = library().get(row).and_then(|row| Some((row, sink(row)?))) else {
            return false;
        };
        let before = usize::from(sink == Sink::Continue);
        let Some(Arg::Expr(format)) = args.get(before) else {
            return false;
        };
        let format = self.bare(*format);
        let Meaning::Format(format) = self.meaning(format) else {
            return false;
        };
        let count = self
            .file
            .formats
            .get(format)
            .map_or(0, |format| format.values.len());
        let values = args.get(before + 1..).unwrap_or_default().to_vec();
        if values.len() < count {
            // The values that are still to come are the parameters of a function.
            let key = Wrapped::Format(self.part.origin, self.file_index, format, Some(row));
            let function =
                self.unit
                    .wrap(self.part, key, entry.name, before + count, |code, args| {
                        let (first, rest) = args.split_at(before.min(args.len()));
                        code.formatted_text(format, rest);
                        code.sink(sink, first.first().copied(), Want::Value);
                    });
            let given: Vec<Arg> = args
                .iter()
                .take(before)
                .copied()
                .chain(values.iter().copied())
                .collect();
            for arg in &given {
                self.arg(*arg, TypeId::DYN);
            }
            self.f.apply(function, given.len());
            self.give(want);
            return true;
        }
        let (direct, rest) = values.split_at(count);
        let first = (sink == Sink::Continue)
            .then(|| args.first().copied())
            .flatten()
            .map(|arg| {
                self.arg(arg, TypeId::DYN);
                self.keep(TypeId::DYN)
            });
        if sink == Sink::PrintLine || sink == Sink::ErrorLine {
            self.formatted_line(format, direct);
        } else {
            self.formatted_text(format, direct);
        }
        let sink = match sink {
            Sink::PrintLine => Sink::Print,
            Sink::ErrorLine => Sink::Error,
            other => other,
        };
        if rest.is_empty() {
            self.sink(sink, first.map(Arg::Temp), want);
        } else {
            self.sink(sink, first.map(Arg::Temp), Want::Value);
            self.f.coerce(TypeId::DYN);
            for arg in rest {
                self.arg(*arg, TypeId::DYN);
            }
            self.f.call_closure(rest.len() as u32);
            self.give(want);
        }
        if let Some(first) = first {
            self.f.free_temp(first);
        }
        true
    }

    /// What is done with the text on the stack.
    fn sink(&mut self, sink: Sink, first: Option<Arg>, want: Want) {
        match sink {
            Sink::Text => self.give(want),
            Sink::Fail => {
                self.fail_with();
                self.give(want);
            }
            Sink::Print | Sink::PrintLine | Sink::Error | Sink::ErrorLine => {
                if matches!(sink, Sink::PrintLine | Sink::ErrorLine) {
                    self.f.push_text("\n");
                    self.f.op(Op::Concat, &[2]);
                }
                self.print(matches!(sink, Sink::Error | Sink::ErrorLine));
                self.give(want);
            }
            Sink::Continue => {
                let text = self.keep(TypeId::TEXT);
                if let Some(first) = first {
                    self.arg(first, TypeId::DYN);
                    self.f.load(text);
                    self.f.call_closure(1);
                }
                self.f.free_temp(text);
                self.give(want);
            }
        }
    }

    /// Writes the text on the stack, and leaves `()`.
    pub fn print(&mut self, error: bool) {
        let module = &self.unit.module;
        let name = if error {
            "console.error"
        } else {
            "console.write"
        };
        let import =
            module.import_host(module.name(name), &[TypeId::TEXT], TypeId::UNIT, &[], false);
        self.f.op(Op::CallFfi, &[import.0]);
    }

    /// A call that is no typed format (E7).
    pub fn formatted(
        &mut self,
        id: ExprId,
        callee: ExprId,
        args: Vec<Arg>,
        how: FormatUse,
        want: Want,
    ) {
        let row = match self.meaning(self.bare(callee)) {
            Meaning::Library(row) => Some(row),
            _ => None,
        };
        let entry = row.and_then(|row| library().get(row));
        let sink = entry.and_then(sink).unwrap_or(Sink::Text);
        match (how, args.as_slice()) {
            (FormatUse::List, [format, values]) => {
                self.arg(*format, TypeId::TEXT);
                self.arg(*values, TypeId::LIST);
                self.at(id);
                self.library_call("String", "format", 2);
                self.f.coerce(TypeId::TEXT);
                self.sink(sink, None, want);
            }
            (FormatUse::Display, [value]) => {
                self.arg(*value, TypeId::DYN);
                self.at(id);
                self.f.op(Op::Display, &[0]);
                self.sink(sink, None, want);
            }
            _ => self.call_expr(callee, args, want),
        }
    }

    /// The text that a format makes of its values.
    fn formatted_text(&mut self, format: FormatId, values: &[Arg]) {
        let parts = self.format_parts(format);
        self.format_pieces(&parts, values);
    }

    /// The same with a line end.
    fn formatted_line(&mut self, format: FormatId, values: &[Arg]) {
        let mut parts = self.format_parts(format);
        parts.push(FormatPart::Text("\n".to_owned()));
        self.format_pieces(&parts, values);
    }

    fn format_parts(&self, format: FormatId) -> Vec<FormatPart> {
        self.file
            .formats
            .get(format)
            .map_or_else(Vec::new, |format| format.parts.to_vec())
    }

    /// Pieces between specifiers that call something (`%a`, `%t`) are one instruction each.
    fn format_pieces(&mut self, parts: &[FormatPart], values: &[Arg]) {
        let mut values = values.iter();
        let mut text = String::new();
        let mut pushed = 0;
        let mut made = Vec::new();
        for part in parts {
            match part {
                FormatPart::Text(plain) => text.push_str(&plain.replace('%', "%%")),
                FormatPart::Spec(spec)
                    if matches!(spec.kind, FormatKind::Printer | FormatKind::Thunk) =>
                {
                    made.push(self.format_piece(&mut text, &mut pushed));
                    let printer = spec.kind == FormatKind::Printer;
                    for _ in 0..amounts(spec) {
                        values.next();
                    }
                    if let Some(function) = values.next() {
                        self.arg(*function, TypeId::DYN);
                        self.f.unit();
                        if let (true, Some(value)) = (printer, values.next()) {
                            self.arg(*value, TypeId::DYN);
                        }
                        self.f.call_closure(1 + u32::from(printer));
                        made.push(self.keep(TypeId::TEXT));
                    }
                }
                FormatPart::Spec(spec) => {
                    for _ in 0..=amounts(spec) {
                        if let Some(value) = values.next() {
                            self.arg(*value, TypeId::DYN);
                            pushed += 1;
                            if let (FormatKind::Text, Arg::Expr(id)) = (spec.kind, *value) {
                                let ty = self.type_of(id);
                                self.display_as(ty);
                                self.f.coerce(TypeId::DYN);
                            }
                        }
                    }
                    text.push_str(&written(spec));
                }
            }
        }
        if made.is_empty() {
            return self.format_op(&text, pushed);
        }
        made.push(self.format_piece(&mut text, &mut pushed));
        let count = made.len();
        for piece in &made {
            self.f.load(*piece);
        }
        for piece in made {
            self.f.free_temp(piece);
        }
        self.f.op(Op::Concat, &[count as u32]);
    }

    fn format_piece(&mut self, text: &mut String, pushed: &mut usize) -> emit::Local {
        self.format_op(&std::mem::take(text), std::mem::take(pushed));
        self.keep(TypeId::TEXT)
    }

    /// The text of a specification whose values are on the stack.
    fn format_op(&mut self, text: &str, values: usize) {
        if values == 0 {
            return self.f.push_text(&text.replace("%%", "%"));
        }
        let constant = self.unit.module.constant(Const::Format(text.to_owned()));
        self.f.op(Op::Format, &[constant.0]);
    }

    /// A format literal where no call takes its values: the text itself.
    pub fn format_value(&mut self, format: FormatId) {
        let parts = self.format_parts(format);
        let mut text = String::new();
        for part in &parts {
            match part {
                FormatPart::Text(plain) => text.push_str(plain),
                FormatPart::Spec(spec) => text.push_str(&written(spec)),
            }
        }
        self.f.push_text(&text);
    }

    /// `$"…"`
    pub fn interpolated(&mut self, id: ExprId, pieces: Many<Piece>) {
        let pieces = self.tree().list(pieces);
        let mut count = 0;
        for piece in pieces {
            match *piece {
                Piece::Text(literal) => {
                    if let Literal::String(text) = &self.tree().constant(literal).value {
                        self.f.push_text(text);
                        count += 1;
                    }
                }
                Piece::Hole {
                    value,
                    spec,
                    alignment,
                    format,
                } => {
                    self.hole(value, spec, format);
                    if let Some(width) = alignment {
                        self.f.push_int(i64::from(width));
                        self.intrinsic(Intrinsic::TextPad);
                    }
                    count += 1;
                }
            }
        }
        self.at(id);
        match count {
            0 => self.f.push_text(""),
            1 => self.f.coerce(TypeId::TEXT),
            _ => self.f.op(Op::Concat, &[count]),
        }
    }

    fn hole(
        &mut self,
        value: ExprId,
        spec: Option<FormatSpec>,
        format: Option<crate::tree::LiteralId>,
    ) {
        let scalar = Scalar::of(self.part, self.type_of(value));
        let format = format.and_then(|literal| match &self.tree().constant(literal).value {
            Literal::String(text) => number_format(text),
            _ => None,
        });
        if let Some(spec) = spec {
            self.boxed(value);
            return self.format_op(&written(&spec), 1);
        }
        if let Some(format) = format {
            self.expr(value, Want::Value);
            // A whole number shown with decimals, a float shown without.
            if format.ends_with('f') || format.ends_with('e') || format.ends_with('E') {
                self.as_float(scalar);
            }
            self.f.coerce(TypeId::DYN);
            return self.format_op(&format, 1);
        }
        if scalar == Scalar::Text {
            return self.value(value);
        }
        let ty = self.type_of(value);
        self.boxed(value);
        self.display_as(ty);
    }

    /// The text of the value on the stack, which is of that type: by its own `ToString` if it has one.
    pub fn display_as(&mut self, ty: TypeIndex) {
        let program = self.part.program;
        let member = program
            .forms
            .named(ty)
            .and_then(|id| program.types.get(id))
            .and_then(|row| {
                row.members.iter().copied().find(|member| {
                    program
                        .members
                        .get(*member)
                        .is_some_and(|row| !row.is_static && self.part.text(row.name) == "ToString")
                })
            });
        match member {
            Some(member) => {
                self.call_member_function(member, vec![Arg::Unit], Want::Value);
                self.f.coerce(TypeId::TEXT);
            }
            None => self.f.op(Op::Display, &[0]),
        }
    }
}

fn amounts(spec: &FormatSpec) -> usize {
    [spec.width, spec.precision]
        .iter()
        .filter(|amount| **amount == Amount::Argument)
        .count()
}

/// A specifier as the machine reads it.
fn written(spec: &FormatSpec) -> String {
    let mut text = String::from("%");
    for (set, flag) in [
        (spec.zero, '0'),
        (spec.left, '-'),
        (spec.plus, '+'),
        (spec.space, ' '),
    ] {
        if set {
            text.push(flag);
        }
    }
    match spec.width {
        Amount::None => {}
        Amount::Fixed(width) => text.push_str(&width.to_string()),
        Amount::Argument => text.push('*'),
    }
    match spec.precision {
        Amount::None => {}
        Amount::Fixed(digits) => text.push_str(&format!(".{digits}")),
        Amount::Argument => text.push_str(".*"),
    }
    text.push(letter(spec.kind));
    text
}

const fn letter(kind: FormatKind) -> char {
    match kind {
        FormatKind::D => 'd',
        FormatKind::I => 'i',
        FormatKind::U => 'u',
        FormatKind::LowerX => 'x',
        FormatKind::UpperX => 'X',
        FormatKind::O => 'o',
        FormatKind::UpperB => 'B',
        FormatKind::B => 'b',
        FormatKind::C => 'c',
        FormatKind::S => 's',
        FormatKind::LowerF => 'f',
        FormatKind::UpperF => 'F',
        FormatKind::LowerE => 'e',
        FormatKind::UpperE => 'E',
        FormatKind::LowerG => 'g',
        FormatKind::UpperG => 'G',
        FormatKind::M => 'M',
        FormatKind::Structural => 'A',
        FormatKind::Text => 'O',
        FormatKind::Printer => 'a',
        FormatKind::Thunk => 't',
    }
}

/// A format behind a colon (`F2`, `D4`, `X`, `E3`, `0.00`, `000`) as a specifier; `None` for one that is not read.
pub(crate) fn number_format(text: &str) -> Option<String> {
    let (first, rest) = text.split_at_checked(1)?;
    let digits = |otherwise: u16| -> Option<u16> {
        if rest.is_empty() {
            Some(otherwise)
        } else {
            rest.parse().ok().filter(|digits| *digits < 100)
        }
    };
    Some(match first {
        "F" | "f" => format!("%.{}f", digits(2)?),
        "E" => format!("%.{}E", digits(6)?),
        "e" => format!("%.{}e", digits(6)?),
        "D" | "d" => format!("%0{}d", digits(1)?),
        "X" => format!("%0{}X", digits(1)?),
        "x" => format!("%0{}x", digits(1)?),
        "0" => {
            let (whole, part) = text.split_once('.').unwrap_or((text, ""));
            let zeros = |text: &str| text.bytes().all(|byte| byte == b'0');
            if !zeros(whole) || !zeros(part) || text.ends_with('.') || text.len() > 40 {
                return None;
            }
            let width = if part.is_empty() {
                whole.len()
            } else {
                whole.len() + 1 + part.len()
            };
            format!("%0{width}.{}f", part.len())
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::parse_format;

    #[test]
    fn formats_behind_a_colon_are_specifiers() {
        for (text, expected) in [
            ("F2", Some("%.2f")),
            ("F", Some("%.2f")),
            ("D4", Some("%04d")),
            ("X", Some("%01X")),
            ("0.00", Some("%04.2f")),
            ("000", Some("%03.0f")),
            ("0.", None),
            ("#,##0", None),
            ("N2", None),
        ] {
            assert_eq!(number_format(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn specifiers_are_written_as_they_were() {
        for text in ["%d", "%-8.3f", "%*d", "%+05d", "%A", "%08x", "%.*g"] {
            let parts = parse_format(text).unwrap();
            let [FormatPart::Spec(spec)] = parts.as_slice() else {
                panic!("{parts:?}");
            };
            let mut spec = written(spec);
            // Flags have one order.
            if text == "%+05d" {
                spec = spec.replace("0+", "+0");
            }
            assert_eq!(spec, text);
        }
    }
}
