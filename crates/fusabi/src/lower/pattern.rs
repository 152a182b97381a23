//! Patterns become decisions.

use emit::{Arm, Pattern as Test, Step, Target};
use fzb::tables::TypeId;
use isa::Op;

use super::code::{Code, Want};
use super::expr::constant;
use super::function::plain;
use crate::tree::{ExprId, Literal, Many, Pattern, PatternId, Rule, Span};
use crate::typed::{ActivePattern, Binds, CaseId, DefinedId, TypeForm, TypeIndex, TypeShape};

/// A test that the decisions leave to the front end.
#[derive(Clone, Copy, Debug)]
enum Asked {
    /// Equal to a `[<Literal>]`.
    Literal(crate::typed::GlobalId),
    /// A row of [`crate::typed::TypedFile::active`].
    Active(u32),
}

impl Code<'_, '_> {
    /// Rules that the value on the stack is matched against; what none matches is a failure.
    pub fn rules(&mut self, rules: Many<Rule>, span: Span, want: Want) {
        let held = self
            .tree()
            .list(rules)
            .first()
            .map_or(TypeId::DYN, |rule| self.held(rule.body));
        self.rules_of(rules, span, want, held);
    }

    /// The same, with how the value of the whole is held.
    pub fn rules_of(&mut self, rules: Many<Rule>, span: Span, want: Want, held: TypeId) {
        self.arms_of(
            rules,
            |code, body| {
                code.expr(body, want);
                code.meet(held, want);
            },
            |code| code.match_failure(span),
        );
    }

    /// Rules with what their bodies are, and what happens if none matches.
    pub fn arms_of(
        &mut self,
        rules: Many<Rule>,
        mut body: impl FnMut(&mut Self, ExprId),
        no_match: impl FnOnce(&mut Self),
    ) {
        let rules = self.tree().list(rules);
        self.f.open_block();
        let mut asked = Vec::new();
        let mut arms = Vec::with_capacity(rules.len());
        for rule in rules {
            self.declare_all(rule.pattern);
            let pattern = self.test(rule.pattern, &mut asked);
            arms.push(Arm {
                pattern,
                guard: rule.guard.is_some(),
            });
        }
        let mut decision = self.f.open_match(arms);
        let mut no_match = Some(no_match);
        loop {
            match decision.next(&mut self.f) {
                Step::Test(at) => self.answer(&asked, at),
                Step::Guard(at) => {
                    if let Some(guard) = rules.get(at).and_then(|rule| rule.guard) {
                        self.value(guard);
                    }
                }
                Step::Body(at) => {
                    if let Some(rule) = rules.get(at) {
                        self.scoped(|code| body(code, rule.body));
                    }
                }
                Step::NoMatch => {
                    if let Some(no_match) = no_match.take() {
                        no_match(self);
                    }
                }
                Step::Done => break,
            }
        }
        self.f.close_block();
    }

    /// Takes the value on the stack apart by one pattern.
    pub fn match_one(&mut self, pattern: PatternId, span: Span) {
        self.declare_all(pattern);
        let mut asked = Vec::new();
        let mut globals = Vec::new();
        self.globals_of(pattern, &mut globals);
        let test = self.test(pattern, &mut asked);
        let mut decision = self.f.open_match(vec![Arm {
            pattern: test,
            guard: false,
        }]);
        loop {
            match decision.next(&mut self.f) {
                Step::Test(at) => self.answer(&asked, at),
                Step::NoMatch => self.match_failure(span),
                Step::Done => break,
                _ => {}
            }
        }
        for (global, local) in globals {
            self.f.load(local);
            self.store_global(global);
        }
    }

    /// Gives every variable of a pattern its place.
    fn declare_all(&mut self, pattern: PatternId) {
        for local in super::declare::variables(self.file, pattern) {
            self.declare(local);
        }
    }

    /// Module-level values that a pattern binds are in locals first.
    fn globals_of(
        &mut self,
        pattern: PatternId,
        found: &mut Vec<(crate::typed::GlobalId, emit::Local)>,
    ) {
        let tree = self.tree();
        let mut work = vec![pattern];
        while let Some(id) = work.pop() {
            if let Binds::Global(global) = self.file.bind(id) {
                if !found.iter().any(|(known, _)| *known == global) {
                    let held = self.global_held(global);
                    let local = self.new_local(held, None);
                    found.push((global, local));
                }
                continue;
            }
            match tree.pattern(id) {
                Pattern::Case { args, .. } => work.extend(tree.list(args)),
                Pattern::CaseFields { fields, .. } | Pattern::Record(fields) => {
                    work.extend(tree.list(fields).iter().map(|field| field.pattern));
                }
                Pattern::Tuple { items, .. }
                | Pattern::List(items)
                | Pattern::Array(items)
                | Pattern::Or(items)
                | Pattern::And(items) => work.extend(tree.list(items)),
                Pattern::Cons { head, tail } => work.extend([head, tail]),
                Pattern::As { pattern, name } => work.extend([pattern, name]),
                Pattern::Annotated { pattern, .. }
                | Pattern::Paren(pattern)
                | Pattern::Attributed { pattern, .. } => work.push(pattern),
                _ => {}
            }
        }
        self.global_places = found.clone();
    }

    /// The failure that no rule matched.
    pub fn match_failure(&mut self, span: Span) {
        self.at_place(span.start);
        let lines = self.part.lines(self.unit.positions(), self.file_index);
        let line = lines.map_or(1, |lines| lines.line_and_column(span.start).0);
        let text = format!("MatchFailure({}, {line})", self.file.name);
        self.f.push_text(&text);
        self.fail_with();
    }

    /// The test that a pattern is. Patterns nest at most [`crate::MAX_DEPTH`] levels.
    fn test(&mut self, id: PatternId, asked: &mut Vec<Asked>) -> Test {
        let id = plain(self.file, id);
        let tree = self.tree();
        match self.file.bind(id) {
            Binds::Local(local) => {
                let place = self.declare(local);
                return Test::Bind(Target::Local(place));
            }
            Binds::Global(global) => {
                let known = self.global_places.iter().find(|row| row.0 == global);
                return match known {
                    Some((_, local)) => Test::Bind(Target::Local(*local)),
                    None => Test::Any,
                };
            }
            Binds::Case(case) => return self.case_test(id, case, asked),
            Binds::EnumCase(owner, at) => {
                let number = match self.part.program.types.get(owner).map(|row| &row.shape) {
                    Some(TypeShape::Enum(items)) => {
                        items.get(at as usize).map_or(0, |item| item.value)
                    }
                    _ => 0,
                };
                return Test::Equal(self.unit.module.int(number));
            }
            Binds::Literal(global) => {
                asked.push(Asked::Literal(global));
                return Test::Test((asked.len() - 1) as u32);
            }
            Binds::Active(row) => {
                asked.push(Asked::Active(row));
                return Test::Test((asked.len() - 1) as u32);
            }
            Binds::Silent => return Test::Any,
            // What a map's walk gives is a pair.
            Binds::KeyValue => {
                return match tree.pattern(id) {
                    Pattern::Case { args, .. } => match tree.list(args) {
                        [pair] => self.test(*pair, asked),
                        _ => Test::Any,
                    },
                    _ => Test::Any,
                };
            }
            Binds::Plain | Binds::RecordOf(_) | Binds::Structural => {}
        }
        match tree.pattern(id) {
            Pattern::Literal(literal) => match &tree.constant(literal).value {
                Literal::Unit => Test::Any,
                value => match constant(value) {
                    Some(constant) => Test::Equal(self.unit.module.constant(constant)),
                    None => Test::Any,
                },
            },
            Pattern::Tuple { items, .. } => {
                let items = tree.list(items);
                Test::Tuple(items.iter().map(|item| self.test(*item, asked)).collect())
            }
            Pattern::List(items) => {
                let mut all = Test::Nil;
                for item in tree.list(items).iter().rev() {
                    let item = self.test(*item, asked);
                    all = Test::Cons(Box::new(item), Box::new(all));
                }
                all
            }
            Pattern::Array(items) => Test::Seq {
                items: tree
                    .list(items)
                    .iter()
                    .map(|item| self.test(*item, asked))
                    .collect(),
                more: false,
                rest: None,
            },
            Pattern::Cons { head, tail } => {
                let head = self.test(head, asked);
                let tail = self.test(tail, asked);
                Test::Cons(Box::new(head), Box::new(tail))
            }
            Pattern::Record(fields) => {
                let fields = tree.list(fields);
                let owner = match self.file.bind(id) {
                    Binds::RecordOf(owner) => Some(owner),
                    _ => None,
                };
                let mut slots = Vec::new();
                let mut named = Vec::new();
                for field in fields {
                    let Some(name) = tree.list(field.path).last() else {
                        continue;
                    };
                    let inner = self.test(field.pattern, asked);
                    let text = tree.text(name.symbol);
                    match owner.and_then(|owner| self.slot_of(owner, text)) {
                        Some(slot) => slots.push((slot, inner)),
                        None => {
                            named.push(Test::Field(self.unit.module.name(text), Box::new(inner)));
                        }
                    }
                }
                match owner {
                    Some(owner) => {
                        // Slots in order, so that rules that ask for the same ones share the test.
                        slots.sort_by_key(|(slot, _)| *slot);
                        Test::Record(self.unit.typedef(self.part, owner), slots)
                    }
                    None => Test::All(named),
                }
            }
            Pattern::Or(items) => Test::Or(
                tree.list(items)
                    .iter()
                    .map(|item| self.test(*item, asked))
                    .collect(),
            ),
            Pattern::And(items) => Test::All(
                tree.list(items)
                    .iter()
                    .map(|item| self.test(*item, asked))
                    .collect(),
            ),
            Pattern::As { pattern, name } => {
                let inner = self.test(pattern, asked);
                let name_test = self.test(name, asked);
                let is_test = plain(self.file, pattern);
                if let Pattern::TypeTest(_) = tree.pattern(is_test) {
                    // What is named is held as what was tested.
                    return match inner {
                        Test::Type(ty, _) => Test::Type(ty, Box::new(name_test)),
                        other => Test::All(vec![other, name_test]),
                    };
                }
                Test::All(vec![inner, name_test])
            }
            Pattern::TypeTest(_) => {
                let ty = self.tested(self.file.pattern_type(id));
                match ty {
                    Some(ty) => Test::Type(ty, Box::new(Test::Any)),
                    None => Test::Any,
                }
            }
            _ => Test::Any,
        }
    }

    /// The type that `:? t` tests for; none where every value passes.
    pub fn tested(&self, ty: TypeIndex) -> Option<TypeId> {
        let module = &self.unit.module;
        let (id, shape) = match self.part.program.forms.get(ty)? {
            TypeForm::Named(id, _) => (*id, self.part.program.types.get(*id).map(|row| &row.shape)),
            TypeForm::Function(..) => return Some(TypeId::FN),
            TypeForm::Tuple(items) => {
                return Some(module.tuple_type(&vec![TypeId::DYN; items.len()]));
            }
            _ => return None,
        };
        Some(match id {
            DefinedId::OBJ | DefinedId::EXN => return None,
            DefinedId::UNIT => TypeId::UNIT,
            DefinedId::ARRAY | DefinedId::REF => TypeId::REF,
            _ => match super::represent::Scalar::of(self.part, ty) {
                super::represent::Scalar::Sized(width) => module.sized_type(width),
                super::represent::Scalar::Float32 => module.sized_type(super::represent::F32),
                super::represent::Scalar::Other => match shape {
                    Some(TypeShape::Union(_) | TypeShape::Record(_) | TypeShape::Object { .. }) => {
                        module.named_type(self.unit.typedef(self.part, id), &[])
                    }
                    _ if id == DefinedId::LIST => TypeId::LIST,
                    _ => return None,
                },
                scalar => scalar.held(),
            },
        })
    }

    fn case_test(&mut self, id: PatternId, case: CaseId, asked: &mut Vec<Asked>) -> Test {
        let tree = self.tree();
        let Some(row) = self.part.program.cases.get(case) else {
            return Test::Any;
        };
        let count = row.fields.len();
        let mut fields = vec![Test::Any; count];
        match tree.pattern(id) {
            Pattern::Case { args, .. } => {
                let argument = tree.list(args).first().map(|arg| plain(self.file, *arg));
                match argument.map(|arg| (arg, tree.pattern(arg))) {
                    Some((_, Pattern::Tuple { items, .. })) if count > 1 => {
                        for (field, item) in fields.iter_mut().zip(tree.list(items)) {
                            *field = self.test(*item, asked);
                        }
                    }
                    Some((arg, _)) if count == 1 => {
                        if let Some(field) = fields.first_mut() {
                            *field = self.test(arg, asked);
                        }
                    }
                    _ => {}
                }
            }
            Pattern::CaseFields { fields: named, .. } => {
                for part in tree.list(named) {
                    let Some(name) = tree.list(part.path).last() else {
                        continue;
                    };
                    let text = tree.text(name.symbol);
                    let at = row
                        .fields
                        .iter()
                        .position(|field| self.part.text(field.name) == text);
                    let inner = self.test(part.pattern, asked);
                    if let Some(field) = at.and_then(|at| fields.get_mut(at)) {
                        *field = inner;
                    }
                }
            }
            _ => {}
        }
        let is_exception = row.owner == DefinedId::EXN;
        let (typedef, tag) = self.unit.case_of(self.part, case);
        Test::Case {
            typedef,
            tag,
            proven: !is_exception,
            fields,
        }
    }

    /// A test: the value is on the stack, a bool is wanted.
    fn answer(&mut self, asked: &[Asked], at: u32) {
        match asked.get(at as usize).copied() {
            Some(Asked::Literal(global)) => {
                self.load_global(global);
                self.f.op(Op::Eq, &[]);
            }
            Some(Asked::Active(row)) => match self.file.active.get(row as usize) {
                Some(active) => self.active(active),
                None => {
                    self.f.pop();
                    self.f.push_bool(false);
                }
            },
            None => {
                self.f.pop();
                self.f.push_bool(false);
            }
        }
    }

    /// Runs an active pattern on the value on the stack, and matches what it gives.
    fn active(&mut self, active: &ActivePattern) {
        let subject = self.keep(TypeId::DYN);
        self.call_active(active, subject);
        self.f.free_temp(subject);
        let mut asked = Vec::new();
        let inner = match active.inner {
            Some(inner) => self.test(inner, &mut asked),
            None => Test::Any,
        };
        if active.partial && self.f.top() == Some(fzb::view::Repr::Bool) {
            return;
        }
        let pattern = if active.partial {
            // An option or, without a value, a bool that a generic function gave.
            let owner = self.unit.typedef(self.part, DefinedId::OPTION);
            Test::Or(vec![
                Test::Case {
                    typedef: owner,
                    tag: 1,
                    proven: false,
                    fields: vec![inner],
                },
                Test::Equal(self.unit.module.constant(emit::Const::Bool(true))),
            ])
        } else if active.cases == 1 {
            inner
        } else {
            let (owner, tag) = self.choice(active.cases, active.case);
            Test::Case {
                typedef: owner,
                tag,
                proven: true,
                fields: vec![inner],
            }
        };
        let mut decision = self.f.open_match(vec![
            Arm {
                pattern,
                guard: false,
            },
            Arm {
                pattern: Test::Any,
                guard: false,
            },
        ]);
        loop {
            match decision.next(&mut self.f) {
                Step::Test(at) => self.answer(&asked, at),
                Step::Body(at) => self.f.push_bool(at == 0),
                Step::Done => break,
                _ => {}
            }
        }
    }
}
