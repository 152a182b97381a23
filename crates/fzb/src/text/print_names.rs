//! What a printed text calls the entries of the tables: their own names where these can be told apart, else made-up ones.

use crate::tables::{NONE, Range, Tables, TypeId, TypeKind};
use isa::text::token::{is_word, quote};
use std::collections::HashSet;

/// Longer names are not used as symbols and not repeated in operands.
pub(super) const MAX_SYMBOL: usize = 80;

/// The text of a range of `strings`.
pub(super) fn text(tables: &Tables, range: Range) -> Option<String> {
    let bytes = tables
        .strings
        .get(range.start as usize..range.start as usize + range.len as usize)?;
    std::str::from_utf8(bytes).ok().map(str::to_owned)
}

/// The text of a name.
pub(super) fn name(tables: &Tables, index: u32) -> Option<String> {
    text(tables, *tables.names.get(index as usize)?)
}

/// A name as a text writes it: a plain word if it is one.
pub(super) fn written(name: &str) -> String {
    if is_word(name) {
        name.to_owned()
    } else {
        quote(name)
    }
}

/// Symbols of one kind.
#[derive(Default)]
pub(super) struct Symbols {
    all: Vec<String>,
    taken: HashSet<String>,
}

impl Symbols {
    /// Symbols that none of `taken` may be.
    pub fn without(taken: &[&str]) -> Symbols {
        Symbols {
            all: Vec::new(),
            taken: taken.iter().map(|word| (*word).to_owned()).collect(),
        }
    }

    /// Adds one that likes to be called `wish`, or else `letter` and its number.
    pub fn add(&mut self, wish: Option<String>, letter: &str) {
        let wish = wish.filter(|wish| is_word(wish) && wish.len() <= MAX_SYMBOL);
        let mut symbol = wish.unwrap_or_else(|| format!("{letter}{}", self.all.len()));
        if self.taken.contains(&symbol) {
            symbol = format!("{letter}{}", self.all.len());
        }
        while self.taken.contains(&symbol) {
            symbol.push('_');
        }
        self.taken.insert(symbol.clone());
        self.all.push(symbol);
    }

    /// True if a name may be used as it is.
    pub fn is_free(&self, name: &str) -> bool {
        is_word(name) && name.len() <= MAX_SYMBOL && !self.taken.contains(name)
    }

    /// Adds one that is called exactly so.
    pub fn add_exact(&mut self, symbol: String) {
        self.taken.insert(symbol.clone());
        self.all.push(symbol);
    }

    pub fn get(&self, index: u32) -> Option<&str> {
        self.all.get(index as usize).map(String::as_str)
    }

    /// The symbol, or `#N` where there is none.
    pub fn show(&self, index: u32) -> String {
        self.get(index)
            .map_or_else(|| format!("#{index}"), str::to_owned)
    }
}

/// The symbols of a module.
pub(super) struct ModuleNames {
    pub entries: Symbols,
    pub typedefs: Symbols,
    pub consts: Symbols,
    pub statics: Symbols,
    pub imports: Symbols,
    pub functions: Symbols,
}

/// Words that a type's name must not be, because types are written with them.
const TYPE_WORDS: [&str; 4] = ["var", "opaque", "fn", "array"];

impl ModuleNames {
    pub fn of(tables: &Tables) -> ModuleNames {
        let mut typedefs = Symbols::without(&[]);
        typedefs.taken.extend(
            TypeId::BASIC
                .iter()
                .chain(&isa::table::WIDTHS)
                .chain(&TYPE_WORDS)
                .map(|word| (*word).to_owned()),
        );
        for record in &tables.typedefs {
            typedefs.add(name(tables, record.name), "D");
        }
        // Types and typedefs share one name space.
        let mut entries = Symbols {
            all: Vec::new(),
            taken: typedefs.taken.clone(),
        };
        for _ in &tables.types {
            entries.add(None, "T");
        }
        let fill = |wishes: &mut dyn Iterator<Item = Option<String>>, letter: &str| {
            let mut symbols = Symbols::without(&[]);
            wishes.for_each(|wish| symbols.add(wish, letter));
            symbols
        };
        let constants = tables.constants.iter().map(|_| None);
        ModuleNames {
            entries,
            typedefs,
            consts: fill(&mut constants.into_iter(), "c"),
            statics: fill(
                &mut tables
                    .statics
                    .iter()
                    .map(|record| name(tables, record.name)),
                "s",
            ),
            imports: fill(
                &mut tables.imports.iter().map(|record| {
                    name(
                        tables,
                        if record.name == NONE {
                            record.module
                        } else {
                            record.name
                        },
                    )
                }),
                "i",
            ),
            functions: fill(
                &mut tables
                    .functions
                    .iter()
                    .map(|record| name(tables, record.name)),
                "f",
            ),
        }
    }

    /// A type as records write it.
    pub fn ty(&self, tables: &Tables, number: u32) -> String {
        if let Some(basic) = TypeId::BASIC.get(number as usize) {
            return (*basic).to_owned();
        }
        let Some(index) = number.checked_sub(TypeId::FIRST_TABLE) else {
            return format!("#{number}");
        };
        match tables.types.get(index as usize) {
            Some(_) => self.entries.show(index),
            None => format!("#{number}"),
        }
    }

    /// The right side of a `type` line.
    pub fn entry(&self, tables: &Tables, index: usize) -> Option<String> {
        let record = tables.types.get(index)?;
        let args = tables.words.get(
            record.args.start as usize..record.args.start as usize + record.args.len as usize,
        )?;
        let list = |args: &[u32]| {
            args.iter()
                .map(|ty| self.ty(tables, *ty))
                .collect::<Vec<_>>()
                .join(", ")
        };
        Some(match TypeKind::from_number(record.kind)? {
            TypeKind::Sized => (*isa::table::WIDTHS
                .get(record.arg as usize)
                .filter(|_| record.arg > 0)?)
            .to_owned(),
            TypeKind::Tuple => format!("({})", list(args)),
            TypeKind::List => format!("list[{}]", self.ty(tables, record.arg)),
            TypeKind::Array => format!("array[{}]", self.ty(tables, record.arg)),
            TypeKind::Fn => format!("fn({}) -> {}", list(args), self.ty(tables, record.arg)),
            TypeKind::Named if args.is_empty() => self.typedefs.get(record.arg)?.to_owned(),
            TypeKind::Named => format!("{}[{}]", self.typedefs.get(record.arg)?, list(args)),
            TypeKind::Row => {
                let fields: Option<Vec<String>> = args
                    .chunks_exact(2)
                    .map(|pair| {
                        Some(format!(
                            "{}: {}",
                            written(&name(tables, pair[0])?),
                            self.ty(tables, pair[1])
                        ))
                    })
                    .collect();
                format!("{{ {} }}", fields?.join(", "))
            }
            TypeKind::Var => format!("var {}", record.arg),
            TypeKind::Opaque => format!("opaque {}", written(&name(tables, record.arg)?)),
        })
    }
}

/// Typedefs with more cases or fields than this show numbers, so that no listing searches long lists again and again.
const MAX_SEARCHED: usize = 256;

/// The name of a case, if it finds that case again.
pub(super) fn case_name(tables: &Tables, typedef: u32, tag: u32) -> Option<String> {
    let range = tables.typedefs.get(typedef as usize)?.cases;
    let cases = tables
        .cases
        .get(range.start as usize..range.start as usize + range.len as usize)?;
    let case = cases
        .get(tag as usize)
        .filter(|_| cases.len() <= MAX_SEARCHED)?;
    let first = cases.iter().position(|other| other.name == case.name)?;
    name(tables, case.name)
        .filter(|name| first == tag as usize && name.len() <= MAX_SYMBOL)
        .map(|name| written(&name))
}

/// The name of a field, if it finds that field again.
pub(super) fn field_name(tables: &Tables, typedef: u32, tag: u32, index: u32) -> Option<String> {
    let range = tables.typedefs.get(typedef as usize)?.cases;
    let cases = tables
        .cases
        .get(range.start as usize..range.start as usize + range.len as usize)?;
    let range = cases.get(tag as usize)?.fields;
    let fields = tables
        .fields
        .get(range.start as usize..range.start as usize + range.len as usize)?;
    let field = fields
        .get(index as usize)
        .filter(|_| fields.len() <= MAX_SEARCHED)?;
    let first = fields.iter().position(|other| other.name == field.name)?;
    name(tables, field.name)
        .filter(|name| first == index as usize && name.len() <= MAX_SYMBOL)
        .map(|name| written(&name))
}
