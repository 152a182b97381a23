//! The tree as s-expressions, for tests and for `-trace-parser`.

use super::*;
use crate::Locale;

/// The statements of the tree, one below the other; what stands in brackets is indented. Spans are not shown, so
/// that two texts print alike exactly if they mean the same.
#[must_use]
pub fn print(tree: &Tree) -> String {
    print_in(tree, Locale::default())
}

/// As [`print()`], with the truth words of a locale.
#[must_use]
pub fn print_in(tree: &Tree, locale: Locale) -> String {
    let mut printer = Printer {
        tree,
        locale,
        out: String::new(),
        indent: 0,
    };
    for &statement in tree.statements() {
        printer.statement(statement);
        printer.out.push('\n');
    }
    printer.out
}

struct Printer<'t> {
    tree: &'t Tree,
    locale: Locale,
    out: String,
    indent: usize,
}

impl Printer<'_> {
    fn word(&mut self, word: &str) {
        self.out.push_str(word);
    }

    fn label(&mut self, id: LabelId) {
        let tree = self.tree;
        self.word(tree.label(id));
    }

    /// `(name items…)` on one line.
    fn inline<T>(&mut self, name: &str, items: &[T], mut item: impl FnMut(&mut Self, &T)) {
        self.out.push('(');
        self.word(name);
        for one in items {
            self.out.push(' ');
            item(self, one);
        }
        self.out.push(')');
    }

    /// `(name` and an item per line below.
    fn block<T>(&mut self, name: &str, items: &[T], mut item: impl FnMut(&mut Self, &T)) {
        self.out.push('(');
        self.word(name);
        self.indent += 1;
        for one in items {
            self.out.push('\n');
            for _ in 0..self.indent {
                self.out.push_str("  ");
            }
            item(self, one);
        }
        self.indent -= 1;
        self.out.push(')');
    }

    fn statement(&mut self, id: ExprId) {
        self.expr(id);
        let metas: Vec<_> = self.tree.metas_of(id).cloned().collect();
        for meta in metas {
            match meta.kind {
                MetaKind::Assertion { expected, name } => {
                    self.out.push_str(&format!(" %= {expected:?}"));
                    if let Some(name) = name {
                        self.out.push_str(&format!(" {name:?}"));
                    }
                }
                MetaKind::Inspection => self.out.push_str(" %?"),
            }
        }
    }

    fn statements(&mut self, name: &str, statements: &[ExprId]) {
        self.block(name, statements, |printer, &id| printer.statement(id));
    }

    fn expr(&mut self, id: ExprId) {
        let tree = self.tree;
        match tree.expr(id) {
            Expr::Error => self.word("error"),
            Expr::Empty => self.word("___"),
            Expr::Void => self.word("_"),
            Expr::Base => self.word("!"),
            Expr::Truth(truth) => {
                let locale = self.locale;
                self.word(if *truth { locale.yes } else { locale.no });
            }
            Expr::Number(Number::Integer(number)) => self.word(&number.to_string()),
            Expr::Number(Number::Float(number)) => self.word(&format!("(float {number})")),
            Expr::Number(Number::Decimal(digits)) => self.word(&format!("(decimal {digits})")),
            Expr::Version(version) => self.version(version),
            Expr::Date(moment) => self.moment("date", moment),
            Expr::Duration(duration) => {
                let name = if duration.negative {
                    "duration -"
                } else {
                    "duration +"
                };
                self.moment(name, &duration.moment);
            }
            Expr::Text(text) => self.word(&format!("{text:?}")),
            Expr::Interpolated(pieces) => {
                self.inline("text", pieces, |printer, piece| match piece {
                    TextPiece::Literal(text) => printer.word(&format!("{text:?}")),
                    TextPiece::Value(value) => printer.expr(*value),
                })
            }
            Expr::Key(label) => {
                self.out.push('`');
                self.label(*label);
            }
            Expr::Label(label) => self.label(*label),
            Expr::Argument(number) => self.word(&format!("${number}")),
            Expr::Routine(body) => self.statements("do", body),
            Expr::Subroutine(body) => self.statements("sub", body),
            Expr::Map(fields) => self.block("map", fields, |printer, field| {
                printer.field(&field.kind);
            }),
            Expr::Submap(params) => self.params("submap", params),
            Expr::Selector(rules) => self.rules("selector", rules),
            Expr::Vassal(rules) => self.rules("vassal", rules),
            Expr::Library(library) => self.library(library),
            Expr::Realm { detached } => self.word(if *detached { "<|>" } else { "<$>" }),
            Expr::Reference(inner) => self.wrapped("ref", *inner),
            Expr::Resource(inner) => self.wrapped("resource", *inner),
            Expr::Emit(emission) => self.emission(emission),
            Expr::Chain { head, steps } => {
                self.out.push_str("(chain ");
                self.expr(*head);
                for step in steps {
                    self.out.push(' ');
                    self.step(&step.kind);
                }
                self.out.push(')');
            }
            Expr::Prefix { op, operand } => {
                self.wrapped(&format!("prefix {}", op.text()), *operand);
            }
            Expr::Binary { first, rest } => {
                self.out.push('(');
                self.expr(*first);
                for term in rest {
                    self.out.push_str(&format!(" {} ", term.op.text()));
                    self.expr(term.operand);
                }
                self.out.push(')');
            }
            Expr::Flow { first, rest } => {
                self.out.push('(');
                self.expr(*first);
                for term in rest {
                    self.out.push_str(&format!(" {} ", term.op.text()));
                    self.expr(term.operand);
                }
                self.out.push(')');
            }
            Expr::Conditional { arms } => self.block("if", arms, |printer, arm| {
                for (index, &expr) in arm.iter().enumerate() {
                    printer.word(if index > 0 { " => " } else { "" });
                    printer.expr(expr);
                }
            }),
            Expr::Assign {
                target,
                mutability,
                value,
                ..
            } => {
                self.out.push('(');
                self.word(mark(*mutability));
                self.out.push_str("= ");
                self.target(target);
                self.out.push(' ');
                self.expr(*value);
                self.out.push(')');
            }
            Expr::Destructure { items, value } => {
                self.out.push_str("(^= ");
                self.destructure(*items);
                self.out.push(' ');
                self.expr(*value);
                self.out.push(')');
            }
            Expr::Lambda { kind, head, body } => {
                self.out.push('(');
                self.word(match kind {
                    LambdaKind::Function => "-> ",
                    LambdaKind::Method => "!> ",
                    LambdaKind::Immediate => "+> ",
                });
                match head {
                    LambdaHead::Params(params) => self.params("params", params),
                    LambdaHead::Label(label) => self.label(*label),
                    LambdaHead::Value(value) => self.wrapped("value", *value),
                }
                self.out.push(' ');
                self.expr(*body);
                self.out.push(')');
            }
        }
    }

    fn wrapped(&mut self, name: &str, inner: ExprId) {
        self.inline(name, &[inner], |printer, &id| printer.expr(id));
    }

    fn version(&mut self, version: &Version) {
        self.word(&format!("(version {}", version.major));
        for part in [version.minor, version.patch] {
            match part {
                VersionPart::Number(number) => self.word(&format!(" {number}")),
                VersionPart::Any => self.word(" -"),
            }
        }
        if !version.suffix.is_empty() {
            self.word(&format!(" {}", version.suffix));
        }
        self.out.push(')');
    }

    fn moment(&mut self, name: &str, moment: &Moment) {
        self.out.push('(');
        self.word(name);
        match &moment.date {
            Some(CalendarDate::Fixed { year, month, day }) => {
                self.word(&format!(" {year}/{month}/{day}"));
            }
            Some(CalendarDate::Interpolated(parts)) => {
                for part in parts {
                    match part {
                        DatePart::Digits { value, digits } => {
                            self.word(&format!(" {value}:{digits}"));
                        }
                        DatePart::Value(value) => {
                            self.out.push(' ');
                            self.expr(*value);
                        }
                    }
                }
            }
            None => {}
        }
        if let Some(time) = moment.time {
            self.word(&format!(
                " {:02}:{:02}:{:02}.{:09}",
                time.hour, time.minute, time.second, time.nanosecond
            ));
        }
        self.out.push(')');
    }

    fn library(&mut self, library: &Library) {
        self.out.push_str("(library ");
        match library.resolver {
            Resolver::Base => self.word("!"),
            Resolver::Local => self.word("-"),
            Resolver::Resource => self.word("="),
            Resolver::Native => self.word("_"),
            Resolver::Named(label) => self.label(label),
        }
        self.word(&format!(" {:?} ", library.path));
        match &library.version {
            LibraryVersion::Working => self.word("-"),
            LibraryVersion::Version(version) => self.version(version),
            LibraryVersion::Short { major, minor } => {
                self.word(&format!("(short {major} {minor})"))
            }
            LibraryVersion::Label(label) => self.label(*label),
        }
        self.out.push(')');
    }

    fn name(&mut self, name: &FieldName) {
        match name {
            FieldName::Label(label) => self.label(*label),
            FieldName::Integer(number) => self.word(&number.to_string()),
            FieldName::Key(label) => {
                self.out.push('`');
                self.label(*label);
            }
            FieldName::Date(moment) => self.moment("date", moment),
            FieldName::Version(version) => self.version(version),
            FieldName::Computed(expr) => self.wrapped("computed", *expr),
        }
    }

    fn field(&mut self, field: &FieldKind) {
        match field {
            FieldKind::Element(expr) => self.statement(*expr),
            FieldKind::Named {
                subfield,
                name,
                mutability,
                value,
            } => {
                self.named(*subfield, name, *mutability);
                self.statement(*value);
            }
            FieldKind::Pun {
                subfield,
                label,
                mutability,
                ..
            } => self.pun(*subfield, *label, Some(*mutability)),
            FieldKind::Spread(expr) => {
                self.out.push('&');
                self.statement(*expr);
            }
        }
    }

    fn named(&mut self, subfield: bool, name: &FieldName, mutability: Mutability) {
        self.word(if subfield { "@" } else { "" });
        self.name(name);
        self.word(match mutability {
            Mutability::Immutable => " .. ",
            Mutability::Mutable => " :: ",
        });
    }

    fn pun(&mut self, subfield: bool, label: LabelId, mutability: Option<Mutability>) {
        self.word(mutability.map_or("", mark));
        self.word(if subfield { "@" } else { "" });
        self.label(label);
    }

    fn emission(&mut self, emission: &Emission) {
        self.word(emission.kind.sign());
        if let Some(topic) = emission.topic {
            self.label(topic);
        }
        if let Some(args) = &emission.args {
            self.inline("", args, |printer, arg| printer.arg(&arg.kind));
        }
    }

    fn arg(&mut self, arg: &ArgKind) {
        match arg {
            ArgKind::Positional(expr) => self.statement(*expr),
            ArgKind::Spread(expr) => {
                self.out.push('&');
                self.statement(*expr);
            }
            ArgKind::Named {
                name,
                mutability,
                value,
            } => {
                self.named(false, name, *mutability);
                self.statement(*value);
            }
        }
    }

    fn step(&mut self, step: &StepKind) {
        match step {
            StepKind::Field { name, by_reference } => {
                self.step_name("\\", name, *by_reference);
            }
            StepKind::Subfield { name, by_reference } => {
                self.step_name("@", name, *by_reference);
            }
            StepKind::Matching(pattern) => {
                self.word("\\?");
                self.label(*pattern);
            }
            StepKind::SearchName(name) => self.step_name("\\\\", name, false),
            StepKind::SearchMatching(pattern) => {
                self.word("\\\\?");
                self.label(*pattern);
            }
            StepKind::SearchPaths(paths) => self.wrapped("\\\\", *paths),
            StepKind::Overlay(map) => self.wrapped("@@", *map),
            StepKind::Emit(emission) => self.emission(emission),
            StepKind::Call(args) => self.inline("call", args, |printer, arg| {
                printer.arg(&arg.kind);
            }),
            StepKind::Operator(op) => self.word(&format!("[{}]", op.text())),
            StepKind::Index(index) => self.wrapped("index", *index),
            StepKind::Attach(rules) => self.rules("attach", rules),
        }
    }

    fn step_name(&mut self, sign: &str, name: &FieldName, by_reference: bool) {
        self.word(sign);
        self.word(if by_reference { "<" } else { "" });
        self.name(name);
        self.word(if by_reference { ">" } else { "" });
    }

    fn target(&mut self, target: &Target) {
        match target {
            Target::Label(label) => self.label(*label),
            Target::Void => self.word("_"),
            Target::Field {
                receiver,
                subfield,
                name,
            } => {
                self.out.push_str("(field ");
                self.expr(*receiver);
                self.step_name(if *subfield { " @" } else { " \\" }, name, false);
                self.out.push(')');
            }
            Target::Index { receiver, index } => {
                self.inline("index", &[*receiver, *index], |printer, &id| {
                    printer.expr(id)
                });
            }
            Target::Append { receiver } => self.wrapped("append", *receiver),
            Target::Unshift { receiver } => self.wrapped("unshift", *receiver),
            Target::Nested(items) => self.destructure(*items),
            Target::Error => self.word("error"),
        }
    }

    fn default(&mut self, default: Option<ExprId>) {
        if let Some(default) = default {
            self.out.push_str(" ?? ");
            self.expr(default);
        }
    }

    fn params(&mut self, name: &str, params: &[Param]) {
        self.inline(name, params, |printer, param| {
            match &param.kind {
                ParamKind::Label { label, mutability } => printer.pun(false, *label, *mutability),
                ParamKind::Void => printer.word("_"),
                ParamKind::Nested(items) => printer.destructure(*items),
                ParamKind::Field {
                    name,
                    target,
                    mutability,
                } => {
                    printer.named(false, name, *mutability);
                    printer.target(target);
                }
                ParamKind::Slurp(label) => printer.slurp(*label),
                ParamKind::Submap(submap) => printer.wrapped("of", *submap),
                ParamKind::SubmapLabels(submap) => printer.wrapped("labels-of", *submap),
                ParamKind::Event(event) => printer.event(event),
                ParamKind::Error => printer.word("error"),
            }
            printer.default(param.default);
        });
    }

    fn slurp(&mut self, label: Option<LabelId>) {
        self.out.push('&');
        match label {
            Some(label) => self.label(label),
            None => self.out.push('_'),
        }
    }

    fn destructure(&mut self, id: DestructureId) {
        let tree = self.tree;
        self.inline("take", tree.destructure(id), |printer, item| {
            match &item.kind {
                DestructureKind::Label { label, mutability } => {
                    printer.pun(false, *label, *mutability);
                }
                DestructureKind::Void => printer.word("_"),
                DestructureKind::Nested(items) => printer.destructure(*items),
                DestructureKind::Field {
                    subfield,
                    name,
                    target,
                    mutability,
                } => {
                    printer.named(*subfield, name, *mutability);
                    printer.target(target);
                }
                DestructureKind::Subfield { label, into } => match into {
                    SubfieldInto::Items(items) => {
                        printer.pun(true, *label, None);
                        printer.out.push(' ');
                        printer.destructure(*items);
                    }
                    SubfieldInto::Label(mutability) => {
                        printer.pun(true, *label, Some(*mutability));
                    }
                },
                DestructureKind::Slurp(label) => printer.slurp(*label),
                DestructureKind::Error => printer.word("error"),
            }
            printer.default(item.default);
        });
    }

    fn rules(&mut self, name: &str, rules: &[Rule]) {
        self.block(name, rules, |printer, rule| match &rule.kind {
            RuleKind::Match {
                pattern,
                mode,
                action,
            } => {
                printer.pattern(*pattern);
                printer.word(match mode {
                    RuleMode::Consume => " .. ",
                    RuleMode::Peek => " :: ",
                });
                printer.statement(*action);
            }
            RuleKind::Default(expr) => printer.statement(*expr),
            RuleKind::Pass { mode, event } => {
                printer.word(match mode {
                    RuleMode::Consume => "pass .",
                    RuleMode::Peek => "pass :",
                });
                printer.event(event);
            }
        });
    }

    fn pattern(&mut self, id: PatternId) {
        let tree = self.tree;
        match tree.pattern(id) {
            Pattern::Any => self.word("_"),
            Pattern::Empty => self.word("___"),
            Pattern::Label(label) => self.label(*label),
            Pattern::Literal(expr) => self.wrapped("is", *expr),
            Pattern::Range { start, end } => {
                self.inline("in", &[*start, *end], |printer, &id| printer.expr(id));
            }
            Pattern::Predicate(expr) => self.wrapped("when", *expr),
            Pattern::Value(expr) => self.wrapped("value", *expr),
            Pattern::Structure(items) => self.inline("match", items, |printer, item| {
                printer.pattern_item(&item.kind);
            }),
            Pattern::Event(event) => self.event(event),
            Pattern::Error => self.word("error"),
        }
    }

    fn pattern_item(&mut self, item: &PatternItemKind) {
        match item {
            PatternItemKind::Element(pattern) => self.pattern(*pattern),
            PatternItemKind::Named {
                subfield,
                name,
                pattern,
            } => {
                self.named(*subfield, name, Mutability::Immutable);
                self.pattern(*pattern);
            }
            PatternItemKind::Pun {
                subfield,
                label,
                mutability,
            } => self.pun(*subfield, *label, Some(*mutability)),
            PatternItemKind::Slurp(label) => self.slurp(*label),
        }
    }

    fn event(&mut self, event: &Event) {
        self.word(event.kind.sign());
        match event.topic {
            Topic::Named(label) => self.label(label),
            Topic::Any => self.out.push('*'),
            Topic::Anonymous => {}
        }
        if let Some(items) = &event.payload {
            self.inline("", items, |printer, item| printer.pattern_item(&item.kind));
        }
    }
}

const fn mark(mutability: Mutability) -> &'static str {
    match mutability {
        Mutability::Immutable => ".",
        Mutability::Mutable => ":",
    }
}
