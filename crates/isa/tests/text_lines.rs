//! One instruction is one line of text: what is printed reads back to the same instruction.

use isa::text::{LineError, Numbers, Site, Symbols, Term, parse, print, token::tokens};
use isa::{Instr, Op, Operand, decode, encode};
use proptest::prelude::*;

/// A name for every index, different for each kind of operand.
struct Named;

fn prefix(operand: Operand) -> Option<&'static str> {
    Some(match operand {
        Operand::Const(_) => "k",
        Operand::Name => "name.",
        Operand::Local => "l",
        Operand::Func => "f",
        Operand::Static => "s",
        Operand::Jump => "L",
        _ => return None,
    })
}

impl Symbols for Named {
    fn show(&self, site: &Site<'_>, value: u32) -> Option<String> {
        prefix(site.operand).map(|prefix| format!("{prefix}{value}"))
    }

    fn find(&mut self, site: &Site<'_>, term: &Term<'_>) -> Result<u32, String> {
        let word = term.word().ok_or("expected a word")?;
        let prefix = prefix(site.operand).ok_or("expected a number")?;
        word.strip_prefix(prefix)
            .and_then(|number| number.parse().ok())
            .ok_or_else(|| format!("unknown {word}"))
    }
}

fn read(line: &str, at: u32, symbols: &mut dyn Symbols) -> Result<Instr, LineError> {
    let tokens = tokens(line, &[]);
    parse(line, &tokens[..tokens.len() - 1], at, symbols)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_instruction_reads_back(seeds in prop::collection::vec(any::<[u32; 4]>(), Op::ALL.len()), small: bool, pad in 0usize..9) {
        for (&op, seed) in Op::ALL.iter().zip(&seeds) {
            let mut code = vec![0; pad];
            let args: Vec<u32> = seed.iter().map(|word| if small { word % 12 } else { *word }).collect();
            encode(op, &args, &mut code);
            let instr = decode(&code, pad as u32).unwrap();
            for symbols in [&mut Numbers as &mut dyn Symbols, &mut Named] {
                let line = print(&instr, symbols);
                prop_assert!(!line.contains('\n'));
                let again = read(&line, pad as u32, symbols);
                prop_assert_eq!(again, Ok(instr), "{}", line);
            }
        }
    }

    #[test]
    fn any_text_is_read_without_panic(line in "[ -~\u{e9}\n]{0,60}", op in 0..Op::ALL.len()) {
        let line = format!("{} {line}", Op::ALL[op].info().name);
        let _ = read(&line, 0, &mut Named);
        let _ = read(&line[1..], 0, &mut Numbers);
    }
}

#[test]
fn names_and_numbers_mean_the_same() {
    let pairs = [
        ("coerce date", "coerce 6"),
        ("set_name #4 existing|mutable", "set_name 4 3"),
        ("array 3 i64", "array 3, 1"),
        ("fault match", "fault 0x16"),
        ("has_hook \"_++_\"", "has_hook 0"),
        ("intrinsic text.contains", "intrinsic 2"),
        ("field_op freeze", "field_op 7"),
        ("new_realm none", "new_realm 0"),
        ("map_new dict 4", "map_new 3 4"),
        ("jump +0", "jump #0"),
    ];
    for (named, plain) in pairs {
        assert_eq!(
            read(named, 0, &mut Numbers),
            read(plain, 0, &mut Numbers),
            "{named}"
        );
        assert!(read(named, 0, &mut Numbers).is_ok(), "{named}");
    }
}

#[test]
fn errors_say_what_was_expected_and_where() {
    let cases = [
        ("ad", 0..2, "unknown instruction `ad`; is `add` meant?"),
        ("frobnicate", 0..10, "unknown instruction `frobnicate`"),
        ("load", 0..4, "`load` needs one operand more: load n:u32"),
        ("add 1", 4..5, "`add` is complete before this: add"),
        ("tuple 65536", 6..11, "expected a number from 0 to 65535"),
        (
            "coerce dates",
            7..12,
            "expected a mode: number, int, float, text, bool, char, date, key",
        ),
        ("push 5", 5..6, "expected a number"),
        ("push (1", 5..6, "`(` is not closed"),
        ("push \"x", 5..7, "this quote is not closed on its line"),
    ];
    for (line, span, message) in cases {
        assert_eq!(
            read(line, 0, &mut Numbers),
            Err(LineError {
                span,
                message: message.to_owned()
            }),
            "{line}"
        );
    }
}
