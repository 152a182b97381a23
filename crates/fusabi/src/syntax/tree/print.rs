//! The s-expression form of a tree: for tests, and to compare what two texts mean. Places are not part of it.
//!
//! What is still to be printed waits on a stack, so that left spines of any length are printed without recursion.

use std::fmt::Write;

use super::{
    Attribute, Binding, CaseField, CollectionBody, CollectionKind, Constraint, Decl, DeclId,
    Directive, Expr, ExprId, FieldPattern, Header, Literal, LiteralId, Many, Member, Name, Pattern,
    PatternId, Piece, Rule, Slice, StmtKind, Symbol, Tree, Type, TypeDef, TypeId, TypeKind,
    TypeParam,
};

/// Prints the whole tree, a line for each declaration of the file.
#[must_use]
pub fn print(tree: &Tree) -> String {
    let mut printer = Printer {
        tree,
        out: String::new(),
        waiting: Vec::new(),
    };
    printer.header();
    for &id in tree.decls() {
        printer.waiting.push(Task::Decl(id));
        printer.run();
        printer.out.push('\n');
    }
    printer.out
}

/// Prints one expression.
#[must_use]
pub fn print_expr(tree: &Tree, id: ExprId) -> String {
    let mut printer = Printer {
        tree,
        out: String::new(),
        waiting: vec![Task::Expr(id)],
    };
    printer.run();
    printer.out
}

#[derive(Clone)]
enum Task {
    Expr(ExprId),
    Pattern(PatternId),
    Type(TypeId),
    Decl(DeclId),
    Text(&'static str),
    Owned(String),
}

use Task::Text;

struct Printer<'t> {
    tree: &'t Tree,
    out: String,
    waiting: Vec<Task>,
}

/// `(head part part)`
struct Form(Vec<Task>);

impl Form {
    fn new(head: &'static str) -> Self {
        Self(vec![Text("("), Text(head)])
    }

    fn push(&mut self, task: Task) {
        self.0.push(Text(" "));
        self.0.push(task);
    }

    fn with(mut self, task: Task) -> Self {
        self.push(task);
        self
    }

    fn all(mut self, tasks: impl IntoIterator<Item = Task>) -> Self {
        for task in tasks {
            self.push(task);
        }
        self
    }

    fn when(mut self, condition: bool, text: &'static str) -> Self {
        if condition {
            self.push(Text(text));
        }
        self
    }

    /// A form inside of this one.
    fn form(mut self, form: Self) -> Self {
        self.0.push(Text(" "));
        self.0.extend(form.0);
        self.0.push(Text(")"));
        self
    }

    fn forms(mut self, forms: impl IntoIterator<Item = Self>) -> Self {
        for form in forms {
            self = self.form(form);
        }
        self
    }
}

impl Printer<'_> {
    fn run(&mut self) {
        while let Some(task) = self.waiting.pop() {
            match task {
                Text(text) => self.out.push_str(text),
                Task::Owned(text) => self.out.push_str(&text),
                Task::Expr(id) => self.expr(id),
                Task::Pattern(id) => self.pattern(id),
                Task::Type(id) => self.ty(id),
                Task::Decl(id) => self.decl(id),
            }
        }
    }

    fn show(&mut self, form: Form) {
        self.waiting.push(Text(")"));
        self.waiting.extend(form.0.into_iter().rev());
    }

    fn header(&mut self) {
        let (head, path, attributes, recursive) = match self.tree.header() {
            Header::None => return,
            Header::Module {
                path,
                attributes,
                recursive,
            } => ("module", path, attributes, recursive),
            Header::Namespace { path, recursive } => {
                ("namespace", path, Many::default(), recursive)
            }
        };
        let form = Form::new(head).when(recursive, "rec").with(self.path(path));
        let form = form.forms(self.attributes(attributes));
        self.show(form);
        self.run();
        self.out.push('\n');
    }

    // Parts.

    fn symbol(&self, symbol: Symbol) -> Task {
        Task::Owned(self.tree.text(symbol).to_owned())
    }

    fn name(&self, name: Name) -> Task {
        self.symbol(name.symbol)
    }

    fn path(&self, path: Many<Name>) -> Task {
        let names: Vec<&str> = self
            .tree
            .list(path)
            .iter()
            .map(|name| self.tree.text(name.symbol))
            .collect();
        Task::Owned(names.join("."))
    }

    fn exprs(&self, list: Many<ExprId>) -> Vec<Task> {
        self.tree
            .list(list)
            .iter()
            .copied()
            .map(Task::Expr)
            .collect()
    }

    fn patterns(&self, list: Many<PatternId>) -> Vec<Task> {
        self.tree
            .list(list)
            .iter()
            .copied()
            .map(Task::Pattern)
            .collect()
    }

    fn type_list(&self, list: Many<TypeId>) -> Vec<Task> {
        self.tree
            .list(list)
            .iter()
            .copied()
            .map(Task::Type)
            .collect()
    }

    fn literal(&self, id: LiteralId) -> Task {
        let constant = self.tree.constant(id);
        let mut text = match &constant.value {
            Literal::Unit => "()".to_owned(),
            Literal::Null => "null".to_owned(),
            Literal::Bool(value) => value.to_string(),
            Literal::Int(value, kind) if kind.type_name() == "int" => value.to_string(),
            Literal::Int(value, kind) => format!("{value}:{}", kind.type_name()),
            Literal::Float(value) => format!("{value:?}"),
            Literal::Float32(value) => format!("{value:?}f"),
            Literal::Char(value) => format!("{value:?}"),
            Literal::String(value) => format!("{value:?}"),
            Literal::Bytes(value) => format!("{value:?}B"),
        };
        if let Some(measure) = constant.measure {
            text.push_str(&self.measure(measure));
        }
        Task::Owned(text)
    }

    fn measure(&self, id: super::MeasureId) -> String {
        let mut text = "<".to_owned();
        if let Some(measure) = self.tree.measure(id) {
            for factor in self.tree.list(measure.factors) {
                let unit = self.tree.text(factor.unit.symbol);
                // Writing to a string cannot fail.
                let _ = write!(text, "{unit}^{}", factor.power);
            }
        }
        text + ">"
    }

    fn attributes(&self, list: Many<Attribute>) -> Vec<Form> {
        let attributes = self.tree.list(list).iter();
        attributes
            .map(|attribute| {
                let form = Form::new("@").all(attribute.target.map(|target| self.name(target)));
                form.with(self.path(attribute.path))
                    .all(attribute.argument.map(Task::Expr))
            })
            .collect()
    }

    fn rules(&self, list: Many<Rule>) -> Vec<Form> {
        let rules = self.tree.list(list).iter();
        rules
            .map(|rule| {
                let form = Form::new("rule").with(Task::Pattern(rule.pattern));
                let form = match rule.guard {
                    Some(guard) => form.form(Form::new("when").with(Task::Expr(guard))),
                    None => form,
                };
                form.with(Task::Expr(rule.body))
            })
            .collect()
    }

    fn type_params(&self, params: Many<TypeParam>, constraints: Many<Constraint>) -> Vec<Form> {
        let names = self.tree.list(params).iter().map(|param| {
            let form = Form::new("typar").with(self.name(param.name));
            form.forms(self.attributes(param.attributes))
        });
        let bounds = self.tree.list(constraints).iter().map(|constraint| {
            let form = Form::new("bound").with(self.name(constraint.variable));
            form.with(self.name(constraint.bound))
        });
        names.chain(bounds).collect()
    }

    fn binding(&self, binding: &Binding) -> Form {
        let form = Form::new("bind")
            .when(binding.inline, "inline")
            .when(binding.mutable, "mutable")
            .when(binding.access == super::Access::Private, "private")
            .when(binding.access == super::Access::Internal, "internal")
            .forms(self.attributes(binding.attributes))
            .with(Task::Pattern(binding.pattern))
            .forms(self.type_params(binding.type_params, binding.constraints));
        let form = if binding.params.is_empty() {
            form
        } else {
            form.form(Form::new("params").all(self.patterns(binding.params)))
        };
        let form = match binding.ty {
            Some(ty) => form.form(Form::new(":").with(Task::Type(ty))),
            None => form,
        };
        form.with(Task::Expr(binding.body))
    }

    fn bindings(&self, head: &'static str, list: Many<Binding>, recursive: bool) -> Form {
        let bindings = self
            .tree
            .list(list)
            .iter()
            .map(|binding| self.binding(binding));
        Form::new(head).when(recursive, "rec").forms(bindings)
    }

    fn expr(&mut self, id: ExprId) {
        let expr = Task::Expr;
        let form = match self.tree.expr(id) {
            Expr::Error => Form::new("error"),
            Expr::Literal(id) => return self.waiting.push(self.literal(id)),
            Expr::Name(symbol) => return self.waiting.push(self.symbol(symbol)),
            Expr::Paren(inner) => Form::new("paren").with(expr(inner)),
            Expr::Block(statements) => {
                let statements = self.tree.list(statements).iter();
                let mut form = Form::new("block");
                for statement in statements {
                    form = match statement.kind {
                        StmtKind::Expr(id) => form.with(expr(id)),
                        StmtKind::Let {
                            bindings,
                            recursive,
                        } => form.form(self.bindings("let", bindings, recursive)),
                        StmtKind::Use { pattern, value } => form.form(
                            Form::new("use")
                                .with(Task::Pattern(pattern))
                                .with(expr(value)),
                        ),
                        StmtKind::UseBang { pattern, value } => form.form(
                            Form::new("use!")
                                .with(Task::Pattern(pattern))
                                .with(expr(value)),
                        ),
                        StmtKind::LetBang(bindings) => {
                            let bindings = self.tree.list(bindings).iter();
                            form.form(Form::new("let!").all(
                                bindings.flat_map(|b| [Task::Pattern(b.pattern), expr(b.value)]),
                            ))
                        }
                    };
                }
                form
            }
            Expr::Tuple { items, is_struct } => Form::new("tuple")
                .when(is_struct, "struct")
                .all(self.exprs(items)),
            Expr::Apply {
                callee,
                args,
                tight,
            } => {
                let form = Form::new(if tight { "call" } else { "apply" });
                form.with(expr(callee)).all(self.exprs(args))
            }
            Expr::TypeApply { target, args } => Form::new("types")
                .with(expr(target))
                .all(self.type_list(args)),
            Expr::Field { target, name, .. } => {
                Form::new(".").with(expr(target)).with(self.symbol(name))
            }
            Expr::Index {
                target,
                slices,
                dotted,
            } => {
                let mut form = Form::new(if dotted { ".[]" } else { "[]" }).with(expr(target));
                for slice in self.tree.list(slices) {
                    form = match *slice {
                        Slice::Item(id) => form.with(expr(id)),
                        Slice::All => form.with(Text("*")),
                        Slice::Range(from, to) => {
                            let bound = |id: Option<ExprId>| id.map_or(Text("_"), expr);
                            form.form(Form::new("..").with(bound(from)).with(bound(to)))
                        }
                    };
                }
                form
            }
            Expr::Binary {
                operator,
                left,
                right,
                ..
            } => {
                self.waiting.push(Text(")"));
                let parts = [
                    expr(right),
                    Text(" "),
                    expr(left),
                    Text(" "),
                    self.symbol(operator),
                    Text("("),
                ];
                return self.waiting.extend(parts);
            }
            Expr::Prefix { operator, operand } => Form::new("prefix")
                .with(self.symbol(operator))
                .with(expr(operand)),
            Expr::Assign { target, value } => Form::new("<-").with(expr(target)).with(expr(value)),
            Expr::Annotated { value, ty } => Form::new(":").with(expr(value)).with(Task::Type(ty)),
            Expr::Cast { value, ty, kind } => Form::new(match kind {
                super::CastKind::Up => ":>",
                super::CastKind::Down => ":?>",
                super::CastKind::Test => ":?",
            })
            .with(expr(value))
            .with(Task::Type(ty)),
            Expr::InferredCast { value, kind } => Form::new(if kind == super::CastKind::Up {
                "upcast"
            } else {
                "downcast"
            })
            .with(expr(value)),
            Expr::Collection { kind, body } => {
                let form = Form::new(match kind {
                    CollectionKind::List => "list",
                    CollectionKind::Array => "array",
                });
                match body {
                    CollectionBody::Elements(items) => form.all(self.exprs(items)),
                    CollectionBody::Computation(body) => {
                        form.form(Form::new("for").with(expr(body)))
                    }
                }
            }
            Expr::Range { from, step, to } => Form::new("range")
                .with(expr(from))
                .all(step.map(expr))
                .with(expr(to)),
            Expr::Record(id) => self.record(id),
            Expr::Computation { builder, body } => Form::new("computation")
                .with(expr(builder))
                .with(expr(body)),
            Expr::Lambda { params, body } => {
                Form::new("fun").all(self.patterns(params)).with(expr(body))
            }
            Expr::Function(rules) => Form::new("function").forms(self.rules(rules)),
            Expr::Match {
                scrutinee,
                rules,
                bang,
            } => {
                let form = Form::new(if bang { "match!" } else { "match" });
                form.with(expr(scrutinee)).forms(self.rules(rules))
            }
            Expr::If {
                branches,
                otherwise,
            } => {
                let branches = self.tree.list(branches).iter();
                let tasks = branches.flat_map(|branch| [expr(branch.condition), expr(branch.body)]);
                Form::new("if").all(tasks).all(otherwise.map(expr))
            }
            Expr::While { condition, body } => {
                Form::new("while").with(expr(condition)).with(expr(body))
            }
            Expr::For {
                variable,
                from,
                to,
                down,
                body,
            } => {
                let form =
                    Form::new(if down { "for-down" } else { "for" }).with(Task::Pattern(variable));
                form.with(expr(from)).with(expr(to)).with(expr(body))
            }
            Expr::ForIn {
                pattern,
                source,
                body,
                arrow,
            } => {
                let form = Form::new(if arrow { "for-yield" } else { "for-in" })
                    .with(Task::Pattern(pattern));
                form.with(expr(source)).with(expr(body))
            }
            Expr::Try { body, rules } => Form::new("try").with(expr(body)).forms(self.rules(rules)),
            Expr::TryFinally { body, last } => {
                Form::new("finally").with(expr(body)).with(expr(last))
            }
            Expr::Lazy(value) => Form::new("lazy").with(expr(value)),
            Expr::Assert(value) => Form::new("assert").with(expr(value)),
            Expr::Do(value) => Form::new("do").with(expr(value)),
            Expr::DoBang(value) => Form::new("do!").with(expr(value)),
            Expr::Return { value, from } => {
                Form::new(if from { "return!" } else { "return" }).with(expr(value))
            }
            Expr::Yield { value, from } => {
                Form::new(if from { "yield!" } else { "yield" }).with(expr(value))
            }
            Expr::Break => Form::new("break"),
            Expr::Continue => Form::new("continue"),
            Expr::Interpolated(pieces) => self.interpolated(pieces),
        };
        self.show(form);
    }

    fn interpolated(&self, pieces: Many<Piece>) -> Form {
        let mut form = Form::new("$");
        for piece in self.tree.list(pieces) {
            form = match *piece {
                Piece::Text(id) => form.with(self.literal(id)),
                Piece::Hole {
                    value,
                    spec,
                    alignment,
                    format,
                } => {
                    let mut hole = Form::new("hole").with(Task::Expr(value));
                    if let Some(spec) = spec {
                        hole.push(Task::Owned(format!("{spec:?}")));
                    }
                    if let Some(alignment) = alignment {
                        hole.push(Task::Owned(format!(",{alignment}")));
                    }
                    form.form(hole.all(format.map(|id| self.literal(id))))
                }
            };
        }
        form
    }

    fn record(&self, id: super::RecordId) -> Form {
        let Some(record) = self.tree.record(id) else {
            return Form::new("error");
        };
        let form = Form::new(if record.anonymous {
            "anonymous"
        } else {
            "record"
        })
        .when(record.is_struct, "struct");
        let form = match record.copied {
            Some(copied) => form.form(Form::new("with").with(Task::Expr(copied))),
            None => form,
        };
        let fields = self.tree.list(record.fields).iter();
        form.forms(fields.map(|field| {
            Form::new("=")
                .with(self.path(field.path))
                .with(Task::Expr(field.value))
        }))
    }

    fn field_patterns(&self, list: Many<FieldPattern>) -> Vec<Form> {
        let fields = self.tree.list(list).iter();
        fields
            .map(|field| {
                Form::new("=")
                    .with(self.path(field.path))
                    .with(Task::Pattern(field.pattern))
            })
            .collect()
    }

    fn pattern(&mut self, id: PatternId) {
        let pattern = Task::Pattern;
        let form = match self.tree.pattern(id) {
            Pattern::Error => Form::new("error"),
            Pattern::Wildcard => return self.waiting.push(Text("_")),
            Pattern::Name(symbol) => return self.waiting.push(self.symbol(symbol)),
            Pattern::Literal(id) => return self.waiting.push(self.literal(id)),
            Pattern::Case { path, args } => Form::new("case")
                .with(self.path(path))
                .all(self.patterns(args)),
            Pattern::CaseFields { path, fields } => Form::new("case")
                .with(self.path(path))
                .forms(self.field_patterns(fields)),
            Pattern::Tuple { items, is_struct } => Form::new("tuple")
                .when(is_struct, "struct")
                .all(self.patterns(items)),
            Pattern::List(items) => Form::new("list").all(self.patterns(items)),
            Pattern::Array(items) => Form::new("array").all(self.patterns(items)),
            Pattern::Cons { head, tail } => Form::new("::").with(pattern(head)).with(pattern(tail)),
            Pattern::Record(fields) => Form::new("record").forms(self.field_patterns(fields)),
            Pattern::Or(items) => Form::new("or").all(self.patterns(items)),
            Pattern::And(items) => Form::new("and").all(self.patterns(items)),
            Pattern::As {
                pattern: inner,
                name,
            } => Form::new("as").with(pattern(inner)).with(pattern(name)),
            Pattern::TypeTest(ty) => Form::new(":?").with(Task::Type(ty)),
            Pattern::Annotated { pattern: inner, ty } => {
                Form::new(":").with(pattern(inner)).with(Task::Type(ty))
            }
            Pattern::Paren(inner) => Form::new("paren").with(pattern(inner)),
            Pattern::Attributed {
                attributes,
                pattern: inner,
            } => Form::new("attributed")
                .forms(self.attributes(attributes))
                .with(pattern(inner)),
        };
        self.show(form);
    }

    fn ty(&mut self, id: TypeId) {
        let form = match self.tree.ty(id) {
            Type::Error => Form::new("error"),
            Type::Wildcard => return self.waiting.push(Text("_")),
            Type::Variable(symbol) => {
                let text = format!("'{}", self.tree.text(symbol));
                return self.waiting.push(Task::Owned(text));
            }
            Type::Named { path, args, .. } if args.is_empty() => {
                return self.waiting.push(self.path(path));
            }
            Type::Named {
                path,
                args,
                postfix,
            } => {
                let form = Form::new(if postfix { "postfix" } else { "of" });
                form.with(self.path(path)).all(self.type_list(args))
            }
            Type::Function(parts) => Form::new("->").all(self.type_list(parts)),
            Type::Tuple { items, is_struct } => Form::new("*")
                .when(is_struct, "struct")
                .all(self.type_list(items)),
            Type::Array { item, rank } => Form::new("[]")
                .with(Task::Type(item))
                .with(Task::Owned(rank.to_string())),
            Type::Record { fields, is_struct } => {
                let fields = self.tree.list(fields).iter();
                let fields = fields.map(|field| {
                    Form::new(":")
                        .with(self.name(field.name))
                        .with(Task::Type(field.ty))
                });
                Form::new("anonymous")
                    .when(is_struct, "struct")
                    .forms(fields)
            }
            Type::Paren(inner) => Form::new("paren").with(Task::Type(inner)),
            Type::Measure(id) => return self.waiting.push(Task::Owned(self.measure(id))),
            Type::Constrained { ty, constraints } => {
                let bounds = self.type_params(Many::default(), constraints);
                Form::new("when").with(Task::Type(ty)).forms(bounds)
            }
        };
        self.show(form);
    }

    fn decl(&mut self, id: DeclId) {
        let form = match self.tree.decl(id) {
            Decl::Error => Form::new("error"),
            Decl::Open { path, is_type } => Form::new("open")
                .when(is_type, "type")
                .with(self.path(path)),
            Decl::Module {
                name,
                attributes,
                access,
                recursive,
                decls,
            } => {
                let form = Form::new("module")
                    .when(recursive, "rec")
                    .with(self.name(name));
                let form = form.when(access == super::Access::Private, "private");
                let form = form.when(access == super::Access::Internal, "internal");
                let decls = self.tree.list(decls).iter().copied().map(Task::Decl);
                form.forms(self.attributes(attributes)).all(decls)
            }
            Decl::ModuleAlias { name, path } => Form::new("module-alias")
                .with(self.name(name))
                .with(self.path(path)),
            Decl::Types(defs) => {
                let defs = self.tree.list(defs).iter();
                Form::new("types").forms(defs.map(|def| self.type_def(def)))
            }
            Decl::Exception {
                name,
                attributes,
                fields,
            } => {
                let form = Form::new("exception").with(self.name(name));
                form.forms(self.attributes(attributes))
                    .forms(self.case_fields(fields))
            }
            Decl::Let {
                bindings,
                recursive,
            } => self.bindings("let", bindings, recursive),
            Decl::Do(body) => Form::new("do").with(Task::Expr(body)),
            Decl::Expr(id) => return self.waiting.push(Task::Expr(id)),
            Decl::Directive(Directive::Load(texts)) => {
                let texts = self.tree.list(texts).iter();
                Form::new("#load").all(texts.map(|&id| self.literal(id)))
            }
            Decl::Directive(Directive::Reference(id)) => Form::new("#r").with(self.literal(id)),
            Decl::Directive(Directive::Ignored) => Form::new("#ignored"),
            Decl::Directive(Directive::Compat) => Form::new("#compat"),
            Decl::Attributes(attributes) => {
                Form::new("attributes").forms(self.attributes(attributes))
            }
        };
        self.show(form);
    }

    fn case_fields(&self, fields: Many<CaseField>) -> Vec<Form> {
        let fields = self.tree.list(fields).iter();
        fields
            .map(|field| {
                let form = Form::new("field").all(field.name.map(|name| self.name(name)));
                form.with(Task::Type(field.ty))
            })
            .collect()
    }

    fn type_def(&self, def: &TypeDef) -> Form {
        let form = Form::new("type")
            .with(self.path(def.path))
            .when(def.access == super::Access::Private, "private")
            .when(def.access == super::Access::Internal, "internal")
            .forms(self.attributes(def.attributes))
            .forms(self.type_params(def.params, def.constraints));
        let form = match def.kind {
            TypeKind::Error => form.with(Text("error")),
            TypeKind::Opaque => form,
            TypeKind::Augmentation => form.with(Text("with")),
            TypeKind::Abbreviation(ty) => form.with(Task::Type(ty)),
            TypeKind::Object { params } => {
                form.form(Form::new("object").with(Task::Pattern(params)))
            }
            TypeKind::Record(fields) => {
                let fields = self.tree.list(fields).iter().map(|field| {
                    let form = Form::new(":").when(field.mutable, "mutable");
                    let form = form.forms(self.attributes(field.attributes));
                    form.with(self.name(field.name)).with(Task::Type(field.ty))
                });
                form.form(Form::new("record").forms(fields))
            }
            TypeKind::Union(cases) => {
                let cases = self.tree.list(cases).iter().map(|case| {
                    let form = Form::new("case").with(self.name(case.name));
                    form.forms(self.attributes(case.attributes))
                        .forms(self.case_fields(case.fields))
                });
                form.form(Form::new("union").forms(cases))
            }
            TypeKind::Enum(cases) => {
                let cases = self.tree.list(cases).iter();
                let cases = cases.map(|case| {
                    Form::new("=")
                        .with(self.name(case.name))
                        .with(Task::Expr(case.value))
                });
                form.form(Form::new("enum").forms(cases))
            }
        };
        let members = self.tree.list(def.members).iter();
        form.forms(members.map(|member| self.member(member)))
    }

    fn member(&self, member: &Member) -> Form {
        let form = Form::new(if member.overrides {
            "override"
        } else {
            "member"
        })
        .when(member.is_static, "static");
        let form = form.all(member.this.map(Task::Pattern));
        form.form(self.binding(&member.binding))
    }
}
