//! One instruction as one line of text, in both directions.
//!
//! A line is the mnemonic, then one term for each immediate, separated by blanks or commas. A term is a name, a number,
//! quoted text, or a group in brackets. A number stands for the operand's bits as they are; a number behind `#` does so
//! also for constants, where a plain number is a literal. What the tables of this crate name (modes, flags, kinds, hooks,
//! faults, intrinsics) is named here; indexes of a module's tables are named by the caller's [`Symbols`].

pub mod token;
pub mod words;

use crate::{Instr, Op, Operand};
use std::ops::Range;
use token::{Kind, Token};

/// The operand that is being read or written.
#[derive(Clone, Copy, Debug)]
pub struct Site<'a> {
    /// The instruction.
    pub op: Op,
    /// Which of its operands.
    pub index: usize,
    /// That operand's kind.
    pub operand: Operand,
    /// The operands before it (a tag needs its typedef, a field its typedef and tag).
    pub earlier: &'a [u32],
    /// Byte offset of the instruction after this one; jumps count from there.
    pub next: u32,
}

/// Names for the indexes of a module's tables, in both directions.
pub trait Symbols {
    /// A text for this index that [`Symbols::find`] takes back to it; `None` to show the number.
    fn show(&self, site: &Site<'_>, value: u32) -> Option<String>;
    /// The index that a term means; an error says what was expected.
    fn find(&mut self, site: &Site<'_>, term: &Term<'_>) -> Result<u32, String>;
}

/// No names: every index is a number.
pub struct Numbers;

impl Symbols for Numbers {
    fn show(&self, _: &Site<'_>, _: u32) -> Option<String> {
        None
    }

    fn find(&mut self, _: &Site<'_>, _: &Term<'_>) -> Result<u32, String> {
        Err("expected a number".to_owned())
    }
}

/// The tokens of one operand.
#[derive(Clone, Copy, Debug)]
pub struct Term<'a> {
    /// The whole source.
    pub source: &'a str,
    /// Its tokens, at least one.
    pub tokens: &'a [Token],
}

impl<'a> Term<'a> {
    /// Where it stands.
    pub fn span(&self) -> Range<usize> {
        match (self.tokens.first(), self.tokens.last()) {
            (Some(first), Some(last)) => first.start..last.end,
            _ => 0..0,
        }
    }

    /// Its only token, if it has one only.
    pub fn single(&self) -> Option<Token> {
        match self.tokens {
            [token] => Some(*token),
            _ => None,
        }
    }

    /// Its only word's text.
    pub fn word(&self) -> Option<&'a str> {
        self.single()
            .filter(|token| token.kind == Kind::Word)
            .map(|token| token.text(self.source))
    }

    /// The name that it is: a word, or quoted text.
    pub fn name(&self) -> Option<String> {
        let token = self.single()?;
        match token.kind {
            Kind::Word => Some(token.text(self.source).to_owned()),
            Kind::Str => token::text_value(token.text(self.source)).ok(),
            _ => None,
        }
    }

    /// The tokens between its brackets, if it is a group in `open` brackets.
    pub fn group(&self, open: char) -> Option<&'a [Token]> {
        match self.tokens {
            [first, inner @ .., last]
                if first.kind == Kind::Punct(open)
                    && matches!(last.kind, Kind::Punct(')' | ']' | '}')) =>
            {
                Some(inner)
            }
            _ => None,
        }
    }

    /// The number behind `#`.
    fn raw(&self) -> Option<i128> {
        match self.tokens {
            [hash, number] if hash.kind == Kind::Punct('#') && number.kind == Kind::Int => {
                token::int_value(number.text(self.source))
            }
            _ => None,
        }
    }
}

/// What is wrong with a line, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LineError {
    /// Bytes of the source that it concerns.
    pub span: Range<usize>,
    /// What was expected or found.
    pub message: String,
}

/// Writes one instruction. The line reads back to the same instruction with the same symbols.
pub fn print(instr: &Instr, symbols: &dyn Symbols) -> String {
    let info = instr.op.info();
    let mut line = info.name.to_owned();
    for (index, (&operand, &value)) in info.operands.iter().zip(&instr.args).enumerate() {
        let site = Site {
            op: instr.op,
            index,
            operand,
            earlier: &instr.args[..index],
            next: instr.next,
        };
        line.push(' ');
        match words::name(instr.op, operand, value).or_else(|| symbols.show(&site, value)) {
            Some(text) => line.push_str(&text),
            None => match operand {
                Operand::Jump => line.push_str(&format!("{:+}", value as i32)),
                Operand::Int => line.push_str(&(value as i32).to_string()),
                Operand::Const(_) => line.push_str(&format!("#{value}")),
                _ => line.push_str(&value.to_string()),
            },
        }
    }
    line
}

/// Reads one instruction from the tokens of its line, mnemonic first; `at` is its byte offset in the function.
pub fn parse(
    source: &str,
    line: &[Token],
    at: u32,
    symbols: &mut dyn Symbols,
) -> Result<Instr, LineError> {
    let Some((first, mut rest)) = line.split_first() else {
        return Err(LineError {
            span: 0..0,
            message: "expected an instruction".to_owned(),
        });
    };
    let name = first.text(source);
    let op = match Op::from_name(name) {
        Some(op) if first.kind == Kind::Word => op,
        _ => {
            return Err(LineError {
                span: first.span(),
                message: unknown_instruction(name),
            });
        }
    };
    let info = op.info();
    let next = at.saturating_add(info.size() as u32);
    let mut instr = Instr {
        op,
        args: [0; crate::codec::MAX_OPERANDS],
        at,
        next,
    };
    for (index, &operand) in info.operands.iter().enumerate() {
        let Some(term) = term(source, &mut rest)? else {
            let end = line.last().map_or(first.end, |token| token.end);
            return Err(LineError {
                span: first.start..end,
                message: format!(
                    "`{name}` needs {} more: {}",
                    plural(info.operands.len() - index),
                    shape(op)
                ),
            });
        };
        let (earlier, this) = instr.args.split_at_mut(index);
        let site = Site {
            op,
            index,
            operand,
            earlier,
            next,
        };
        if let Some(slot) = this.first_mut() {
            *slot = value(&site, &term, symbols).map_err(|message| LineError {
                span: term.span(),
                message,
            })?;
        }
    }
    match rest.first() {
        None => Ok(instr),
        Some(extra) => Err(LineError {
            span: extra.start..rest.last().map_or(extra.end, |token| token.end),
            message: format!("`{name}` is complete before this: {}", shape(op)),
        }),
    }
}

fn plural(count: usize) -> String {
    if count == 1 {
        "one operand".to_owned()
    } else {
        format!("{count} operands")
    }
}

/// The mnemonic with the kinds of its operands, for messages.
fn shape(op: Op) -> String {
    let info = op.info();
    info.operands
        .iter()
        .fold(info.name.to_owned(), |text, operand| {
            format!("{text} {}", operand.shown())
        })
}

fn unknown_instruction(name: &str) -> String {
    let near = Op::ALL
        .iter()
        .map(|op| op.info().name)
        .min_by_key(|known| distance(name, known));
    match near {
        Some(near) if distance(name, near) <= 2 => {
            format!("unknown instruction `{name}`; is `{near}` meant?")
        }
        _ => format!("unknown instruction `{name}`"),
    }
}

/// Edit distance, of short words only.
fn distance(a: &str, b: &str) -> usize {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() > 32 {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.iter().enumerate() {
            let change = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = change.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

/// Takes the next term off a line. A group belongs to the word that it touches (`list[int]`), and what follows `->` or
/// `|` belongs to what stands before.
pub fn term<'a>(source: &'a str, rest: &mut &'a [Token]) -> Result<Option<Term<'a>>, LineError> {
    while rest
        .first()
        .is_some_and(|token| token.kind == Kind::Punct(','))
    {
        *rest = &rest[1..];
    }
    let all = *rest;
    let mut taken = 0;
    loop {
        let Some(token) = all.get(taken) else {
            if taken == 0 {
                return Ok(None);
            }
            let last = &all[taken - 1];
            return Err(LineError {
                span: last.span(),
                message: "something must follow this".to_owned(),
            });
        };
        match token.kind {
            Kind::Punct('(' | '[' | '{') => taken = group_end(source, all, taken)?,
            Kind::Punct('#') => {
                taken += if all
                    .get(taken + 1)
                    .is_some_and(|next| next.kind == Kind::Int)
                {
                    2
                } else {
                    1
                }
            }
            Kind::Unclosed => {
                return Err(LineError {
                    span: token.span(),
                    message: "this quote is not closed on its line".to_owned(),
                });
            }
            _ => taken += 1,
        }
        while all.get(taken).is_some_and(|next| {
            matches!(next.kind, Kind::Punct('(' | '[')) && next.start == all[taken - 1].end
        }) {
            taken = group_end(source, all, taken)?;
        }
        match all.get(taken).map(|token| token.kind) {
            Some(Kind::Arrow | Kind::Punct('|')) => taken += 1,
            _ => break,
        }
    }
    let (tokens, after) = all.split_at(taken);
    *rest = after;
    Ok(Some(Term { source, tokens }))
}

fn group_end(source: &str, all: &[Token], open: usize) -> Result<usize, LineError> {
    let mut expected = Vec::new();
    for (index, token) in all.iter().enumerate().skip(open) {
        match token.kind {
            Kind::Punct('(') => expected.push(')'),
            Kind::Punct('[') => expected.push(']'),
            Kind::Punct('{') => expected.push('}'),
            Kind::Punct(close @ (')' | ']' | '}')) => {
                match expected.pop() {
                    Some(wanted) if wanted == close => {}
                    wanted => {
                        let message =
                            format!("expected `{}`, found `{close}`", wanted.unwrap_or('('));
                        return Err(LineError {
                            span: token.span(),
                            message,
                        });
                    }
                }
                if expected.is_empty() {
                    return Ok(index + 1);
                }
            }
            Kind::Unclosed => {
                return Err(LineError {
                    span: token.span(),
                    message: "this quote is not closed on its line".to_owned(),
                });
            }
            _ => {}
        }
    }
    let span = all.get(open).map_or(0..0, |token| token.span());
    let bracket = source.get(span.clone()).unwrap_or("");
    Err(LineError {
        span,
        message: format!("`{bracket}` is not closed"),
    })
}

fn value(site: &Site<'_>, term: &Term<'_>, symbols: &mut dyn Symbols) -> Result<u32, String> {
    if let Some(number) = term.raw() {
        return in_range(site.operand, number);
    }
    if let Some(token) = term.single()
        && token.kind == Kind::Int
        && !matches!(site.operand, Operand::Const(_))
    {
        return token::int_value(token.text(term.source))
            .ok_or_else(|| "this number is too large".to_owned())
            .and_then(|n| in_range(site.operand, n));
    }
    if let Operand::Flags(_) = site.operand {
        return flags(site, term);
    }
    if let Some(found) = term
        .name()
        .and_then(|name| words::value(site.op, site.operand, &name))
    {
        return found;
    }
    match site.operand {
        Operand::Int
        | Operand::Count8
        | Operand::Count16
        | Operand::Count32
        | Operand::Index16
        | Operand::Index32
        | Operand::Hint
        | Operand::Line
        | Operand::Mode(_) => Err("expected a number".to_owned()),
        _ => symbols.find(site, term),
    }
}

fn flags(site: &Site<'_>, term: &Term<'_>) -> Result<u32, String> {
    let mut bits = 0;
    for token in term.tokens {
        match token.kind {
            Kind::Punct('|') => {}
            Kind::Word => match words::value(site.op, site.operand, token.text(term.source)) {
                Some(Ok(bit)) => bits |= bit,
                Some(Err(message)) => return Err(message),
                None => return Err("expected flags".to_owned()),
            },
            _ => return Err("expected flags joined by `|`, or a number".to_owned()),
        }
    }
    Ok(bits)
}

fn in_range(operand: Operand, number: i128) -> Result<u32, String> {
    let bits = 8 * operand.size() as u32;
    let (low, high) = if operand.signed() {
        (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1)
    } else {
        (0, (1i128 << bits) - 1)
    };
    if number < low || number > high {
        return Err(format!("expected a number from {low} to {high}"));
    }
    Ok(number as u32)
}
