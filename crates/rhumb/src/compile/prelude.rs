//! Names that every document can read without declaring them (docs/specs/rhumb.md §3.3, §3.20).

use emit::{FunctionBuilder, ModuleBuilder};
use fzb::tables::{FuncId, TypeId, static_flags};
use isa::Op;

use super::code::{Code, Shared};

/// A word of the prelude.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Word {
    /// `console`: the World map's subfield.
    Console,
    /// `log`: `console\log`.
    Log,
    /// `empty`.
    Empty,
    /// `***`: raises code 999.
    Panic,
}

/// Words and their labels.
pub const WORDS: [(&str, Word); 4] = [
    ("console", Word::Console),
    ("log", Word::Log),
    ("empty", Word::Empty),
    ("***", Word::Panic),
];

/// What a label means that nothing declares.
pub fn word(label: &str) -> Option<Word> {
    WORDS
        .iter()
        .find(|(text, _)| *text == label)
        .map(|(_, word)| *word)
}

impl Code<'_> {
    /// Pushes what a word of the prelude stands for: a static that the module's entry fills.
    pub(super) fn prelude(&mut self, word: Word) {
        let mut known = self.shared.prelude.borrow_mut();
        let found = known.iter().find(|(of, _)| *of == word).map(|(_, id)| *id);
        let id = found.unwrap_or_else(|| {
            let name = match word {
                Word::Console => "console",
                Word::Log => "log",
                Word::Empty => "empty",
                Word::Panic => "***",
            };
            let module = self.module();
            let id = module.static_(
                module.name(&format!("prelude {name}")),
                TypeId::DYN,
                static_flags::MUTABLE,
            );
            known.push((word, id));
            id
        });
        drop(known);
        self.f.op(Op::LoadStatic, &[id.0]);
    }
}

/// Fills the statics of the prelude: `console` is the World map's subfield, `log` its field.
pub(super) fn load(shared: &Shared<'_>, f: &mut FunctionBuilder<'_>) {
    let module = shared.module;
    for (word, id) in shared.prelude.borrow().iter() {
        match word {
            Word::Empty => continue,
            Word::Panic => {
                let Some(function) = panic_routine(module) else {
                    continue;
                };
                f.op(Op::MakeClosure, &[function.0, 0]);
            }
            Word::Console | Word::Log => {
                f.op(Op::MapNew, &[0, 0]);
                f.coerce(TypeId::DYN);
                f.op(Op::GetSub, &[module.name("console").0]);
                if *word == Word::Log {
                    f.op(Op::GetName, &[module.name("log").0]);
                }
            }
        }
        f.coerce(TypeId::DYN);
        f.op(Op::StoreStatic, &[id.0]);
    }
}

/// `***(msg)`: raises code 999.
pub(super) fn panic_routine(module: &ModuleBuilder) -> Option<FuncId> {
    let function = module.declare(module.signature("***", &["message", "data"]));
    let mut f = module.build(function);
    f.push_int(999);
    let message = f.param(0);
    f.load(message);
    let data = f.param(1);
    f.load(data);
    f.op(Op::Post, &[module.name("***").0, 3, 0]);
    f.ret();
    f.finish().ok()?;
    Some(function)
}
