//! Selectors and submaps joined with `&&` that are known only at run time (docs/specs/rhumb.md §3.13).
//!
//! A selector value takes what is to happen when none of its rules matches as its second parameter, which no program can
//! give. The machine's `join` makes a closure over two selectors of the function that stands here: it applies the first with
//! the second as its rest. Likewise it makes one over two submaps, of which one has defaults or patterns, that binds the labels of
//! the first to the arguments, and those of the second to what is left.

use emit::{Capture, Const, FunctionBuilder, Local, Param, Signature};
use fzb::tables::{ArgKind, Arity, FuncId, Lang, TypeId, function_flags};
use isa::Op;

use super::code::Code;
use super::problem::Problem;
use crate::tree::Span;

impl Code<'_> {
    /// The module has an instruction that may join selectors: the function that it takes for that is made.
    pub fn joins_selectors(&mut self) {
        if self.shared.joins.replace(true) {
            return;
        }
        // Captures: what a selector without a match came to before the one that now ended; what is behind that.
        let end = self.part(isa::REST_OF_RULES, &["last"], 2);
        self.fill(end, |f| {
            let (last, none) = (f.param(0), f.label());
            let value = f.temp(TypeId::DYN);
            f.load(last);
            f.dup();
            f.unit();
            f.op(Op::Same, &[]);
            f.jump_if_not(none);
            f.pop();
            f.op(Op::LoadCap, &[0]);
            f.bind(none);
            f.store(value);
            let done = f.label();
            f.op(Op::LoadCap, &[1]);
            rest_given(f);
            f.jump_if_not(done);
            f.op(Op::LoadCap, &[1]);
            f.load(value);
            f.op(Op::CallClosure, &[1]);
            f.ret();
            f.bind(done);
            f.load(value);
        });
        // Captures: the second selector, the subject, what is behind both.
        let second = self.part(isa::REST_OF_RULES, &["last"], 3);
        self.fill(second, |f| {
            let last = f.param(0);
            f.op(Op::LoadCap, &[0]);
            f.op(Op::LoadCap, &[1]);
            f.load(last);
            f.op(Op::LoadCap, &[2]);
            f.op(Op::MakeClosure, &[end.0, 2]);
            f.coerce(TypeId::DYN);
            f.op(Op::CallClosure, &[2]);
        });
        let both = self.part(isa::JOINED_RULES, &["subject", isa::REST_OF_RULES], 2);
        self.fill(both, |f| {
            let (subject, rest) = (f.param(0), f.param(1));
            f.op(Op::LoadCap, &[0]);
            f.load(subject);
            f.op(Op::LoadCap, &[1]);
            f.load(subject);
            f.load(rest);
            f.op(Op::MakeClosure, &[second.0, 3]);
            f.coerce(TypeId::DYN);
            f.op(Op::CallClosure, &[2]);
        });
        self.joins_parameters();
    }

    /// Captures: two submaps.
    fn joins_parameters(&self) {
        let spread = self
            .module()
            .constant(Const::Shape(vec![(ArgKind::Spread, None)]));
        let bound = |f: &mut FunctionBuilder<'_>, submap: u32, args: Local| {
            let end = f.label();
            f.op(Op::LoadCap, &[submap]);
            f.load(args);
            f.op(Op::Intrinsic, &[isa::Intrinsic::ArgumentsBound as u32]);
            f.coerce(TypeId::DYN);
            f.dup();
            f.push_text("Routine");
            f.op(Op::IsInstance, &[]);
            f.jump_if_not(end);
            f.load(args);
            f.op(Op::CallShape, &[spread.0]);
            f.coerce(TypeId::DYN);
            f.bind(end);
        };
        let both = self.declared(isa::JOINED_PARAMETERS, &[], 2, function_flags::REST);
        self.fill(both, |f| {
            let args = f.temp(TypeId::DYN);
            f.op(Op::ArgAll, &[]);
            f.coerce(TypeId::DYN);
            f.store(args);
            bound(f, 0, args);
            f.op(Op::LoadCap, &[0]);
            f.load(args);
            f.op(Op::Intrinsic, &[isa::Intrinsic::ArgumentsLeft as u32]);
            f.coerce(TypeId::DYN);
            f.store(args);
            bound(f, 1, args);
            f.op(Op::Join, &[]);
            f.coerce(TypeId::DYN);
        });
    }

    /// No rule matched; the value of the last that peeked is on the stack. The rules behind these give it another.
    pub fn rest_of_rules(&mut self) {
        self.f.coerce(TypeId::DYN);
        let (rest, end) = (self.f.param(1), self.f.label());
        self.f.load(rest);
        rest_given(&mut self.f);
        self.f.jump_if_not(end);
        let last = self.f.temp(TypeId::DYN);
        self.f.store(last);
        self.f.load(rest);
        self.f.load(last);
        self.f.op(Op::CallClosure, &[1]);
        self.f.free_temp(last);
        self.f.bind(end);
    }

    /// A selector without rules whose subject is on the stack: that is its value, unless rules are joined behind it.
    pub fn without_rules(&mut self) {
        let (rest, end) = (self.f.param(1), self.f.label());
        self.f.load(rest);
        rest_given(&mut self.f);
        self.f.jump_if_not(end);
        self.f.pop();
        self.f.load(rest);
        self.f.unit();
        self.f.op(Op::CallClosure, &[1]);
        self.f.bind(end);
    }

    fn part(&self, name: &str, params: &[&str], captures: usize) -> FuncId {
        self.declared(name, params, captures, 0)
    }

    fn declared(&self, name: &str, params: &[&str], captures: usize, flags: u32) -> FuncId {
        let module = self.module();
        let capture = Capture {
            ty: TypeId::DYN,
            cell: false,
        };
        module.declare(Signature {
            name: Some(module.name(name)),
            params: params
                .iter()
                .map(|name| Param {
                    ty: TypeId::DYN,
                    name: Some(module.name(name)),
                })
                .collect(),
            result: TypeId::DYN,
            policy: Lang::Rhumb,
            arity: Arity::Loose,
            flags,
            captures: vec![capture; captures],
        })
    }

    /// Gives a part its code, which leaves its value on the stack.
    fn fill(&self, part: FuncId, code: impl FnOnce(&mut FunctionBuilder<'_>)) {
        let mut f = self.module().build(part);
        code(&mut f);
        f.ret();
        if let Err(error) = f.finish() {
            self.problem(Problem::of_emit(&error, Span::default()));
        }
    }
}

fn rest_given(f: &mut FunctionBuilder<'_>) {
    f.op(Op::Intrinsic, &[isa::Intrinsic::SelectorRest as u32]);
}
