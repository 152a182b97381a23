//! The files of a program: `#load` through the host's loader, and the whole check.

use std::collections::HashMap;

use super::codes;
use super::env::{Env, ModuleId, Modules};
use super::problem::Problem;
use super::state::{Checker, FileState};
use crate::id_map::IdMap;
use crate::tree::{Decl, Directive, Literal, Span};
use crate::typed::{FileIndex, HostFunction, Index, Names, Program, Table};
use crate::types::{Node, Rows, Scheme, Types};
use crate::{Options, Parsed, parse};

/// Reads the files that a program loads (§1.4): a host's sources, a directory, a map.
pub trait Loader {
    /// The file that `path` names, as `from` wrote it: its name, the same for the same file however it is written, and its text.
    ///
    /// # Errors
    /// A sentence that says why there is none.
    fn load(&mut self, from: &str, path: &str) -> Result<(String, String), String>;
}

/// Loads nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoLoader;

impl Loader for NoLoader {
    fn load(&mut self, _from: &str, _path: &str) -> Result<(String, String), String> {
        Err("no files can be loaded here".to_owned())
    }
}

/// A function that the host offers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HostSignature<'a> {
    /// Its whole name: `notify`, `Term.size`; with a dot in front, `.PluginContext.Log`, a method of a type that the host
    /// declares: `ctx.Log` means that function, which the host offers as `PluginContext.Log`. It is not given the value before
    /// the dot: a host knows who calls.
    pub name: &'a str,
    /// Its type in Fusabi: `string -> unit`. Of a method: without the value before the dot.
    pub signature: &'a str,
}

/// What a program is checked with.
#[derive(Clone, Debug, Default)]
pub struct CheckOptions<'a> {
    /// How texts are read.
    pub syntax: Options,
    /// Types that the host declares, as a Fusabi text: `type Color = Red | Green`. Everything in it is in scope.
    pub host_types: &'a str,
    /// Functions that the host offers.
    pub host: &'a [HostSignature<'a>],
}

/// What came out.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The program; `None` if there is an error, of syntax or of types, in any file.
    pub program: Option<Program>,
    /// Names and texts of the files, by [`FileIndex`]; with errors too. Syntax errors stand in [`Parsed::errors`].
    pub files: Vec<(Box<str>, Parsed)>,
    /// Errors and warnings about names, types and patterns, by file and place.
    pub problems: Vec<Problem>,
    /// `val f : int -> int` for each value of a module of the main file, in order.
    pub signatures: Vec<String>,
}

impl Checked {
    /// Whether there is an error of any kind.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.files.iter().any(|(_, parsed)| parsed.has_errors())
            || self.problems.iter().any(|problem| !problem.warning)
    }
}

/// So many files a program has at most, and so deep one loads the next.
const MOST_FILES: usize = 1024;

/// A file that is being loaded, and how far it is.
struct Loading {
    name: String,
    parsed: Parsed,
    wants: Vec<(String, Span)>,
    next: usize,
    loads: HashMap<String, String>,
}

/// A file in order.
struct Loaded {
    name: String,
    parsed: Parsed,
    /// What the names behind `#load` turned out to be.
    loads: HashMap<String, String>,
}

/// Checks a program: its main file and what that loads.
#[must_use]
pub fn check(
    name: &str,
    text: &str,
    loader: &mut dyn Loader,
    options: &CheckOptions<'_>,
) -> Checked {
    let (files, mut load_problems) = load_all(name, text, loader, options);
    let mut checker = new_checker(options);
    checker.add_builtins();
    let mut done: Vec<FileState> = Vec::new();
    let mut modules: HashMap<String, (Option<ModuleId>, ModuleId)> = HashMap::new();
    // The host's types are a file of their own, the first one.
    let prelude = parse(options.host_types, &Options::default());
    checker.file = new_file(FileIndex::from_index(0), "host", prelude);
    checker.check_file(&mut modules, &HashMap::new(), false);
    checker.add_host();
    done.push(std::mem::replace(
        &mut checker.file,
        new_file(FileIndex::from_index(0), "", Parsed::empty()),
    ));
    let count = files.len();
    let base = checker.env.mark();
    for (at, file) in files.into_iter().enumerate() {
        let main = at + 1 == count;
        checker.file = new_file(FileIndex::from_index(at + 1), &file.name, file.parsed);
        checker.check_file(&mut modules, &file.loads, !main);
        done.push(std::mem::replace(
            &mut checker.file,
            new_file(FileIndex::from_index(0), "", Parsed::empty()),
        ));
        checker.env.back_to(base);
    }
    checker.problems.append(&mut load_problems);
    checker.finish(done)
}

impl Parsed {
    fn empty() -> Self {
        parse("", &Options::default())
    }
}

fn load_all(
    name: &str,
    text: &str,
    loader: &mut dyn Loader,
    options: &CheckOptions<'_>,
) -> (Vec<Loaded>, Vec<Problem>) {
    let begin = |name: &str, text: &str| {
        let parsed = parse(text, &options.syntax);
        let wants = loads_of(&parsed);
        Loading {
            name: name.to_owned(),
            parsed,
            wants,
            next: 0,
            loads: HashMap::new(),
        }
    };
    let mut ready: Vec<Loaded> = Vec::new();
    // Problems of a file whose index is not known yet stand with its name.
    let mut problems: Vec<(String, Problem)> = Vec::new();
    let mut stack = vec![begin(name, text)];
    while let Some(top) = stack.last_mut() {
        let Some((path, span)) = top.wants.get(top.next).cloned() else {
            if let Some(done) = stack.pop() {
                ready.push(Loaded {
                    name: done.name,
                    parsed: done.parsed,
                    loads: done.loads,
                });
            }
            continue;
        };
        top.next += 1;
        let from = top.name.clone();
        let zero = FileIndex::from_index(0);
        match loader.load(&from, &path) {
            Err(reason) => problems.push((
                from,
                Problem::error(codes::LOAD_MISSING, zero, span)
                    .arg("path", path.as_str())
                    .arg("detail", reason),
            )),
            Ok((file, text)) => {
                top.loads.insert(path.clone(), file.clone());
                if let Some(at) = stack.iter().position(|loading| loading.name == file) {
                    let mut chain: Vec<String> = stack
                        .iter()
                        .skip(at)
                        .map(|loading| loading.name.clone())
                        .collect();
                    chain.push(file);
                    problems.push((
                        from,
                        Problem::error(codes::LOAD_CYCLE, zero, span)
                            .arg("chain", chain.join(" → ")),
                    ));
                } else if ready.iter().all(|loaded| loaded.name != file) {
                    if ready.len() + stack.len() >= MOST_FILES {
                        problems.push((from, Problem::error(codes::TOO_LARGE, zero, span)));
                    } else {
                        stack.push(begin(&file, &text));
                    }
                }
            }
        }
    }
    let problems = problems
        .into_iter()
        .map(|(name, mut problem)| {
            let at = ready
                .iter()
                .position(|loaded| loaded.name == name)
                .unwrap_or(0);
            problem.file = FileIndex::from_index(at + 1);
            problem
        })
        .collect();
    (ready, problems)
}

fn loads_of(parsed: &Parsed) -> Vec<(String, Span)> {
    let tree = &parsed.tree;
    let mut wants = Vec::new();
    for &decl in tree.decls() {
        if let Decl::Directive(Directive::Load(paths)) = tree.decl(decl) {
            for &path in tree.list(paths) {
                if let Literal::String(text) = &tree.constant(path).value {
                    wants.push((text.to_string(), tree.decl_span(decl)));
                }
            }
        }
    }
    wants
}

fn new_file(index: FileIndex, name: &str, parsed: Parsed) -> FileState {
    let exprs = parsed.tree.expr_count();
    let patterns = parsed.tree.pattern_count();
    FileState {
        index,
        name: name.into(),
        symbols: vec![None; parsed.tree.symbols().count()],
        expr_types: vec![None; exprs],
        meanings: vec![crate::typed::Meaning::Plain; exprs],
        pattern_types: vec![None; patterns],
        binds: vec![crate::typed::Binds::Plain; patterns],
        parsed,
        modules: Vec::new(),
        locals: Table::default(),
        formats: Vec::new(),
        active: Vec::new(),
        instances: Vec::new(),
        heads: Vec::new(),
        operators: Vec::new(),
        fields: Vec::new(),
        implicit: Vec::new(),
        matches: Vec::new(),
        walks: Vec::new(),
    }
}

fn new_checker<'a>(options: &'a CheckOptions<'a>) -> Checker<'a> {
    let mut types = Types::default();
    let none = types.fresh();
    Checker {
        options,
        names: Names::default(),
        types,
        parameters: Table::default(),
        rows: Rows::default(),
        defined: Table::default(),
        cases: Table::default(),
        members: Table::default(),
        globals: Table::default(),
        functions: Table::default(),
        host: Table::default(),
        host_methods: HashMap::new(),
        row_owners: HashMap::new(),
        steps: Vec::new(),
        active: Vec::new(),
        active_results: Vec::new(),
        abbreviations: Vec::new(),
        modules: Modules::default(),
        type_modules: IdMap::default(),
        module_names: IdMap::default(),
        has_result: false,
        path: Vec::new(),
        env: Env::default(),
        type_variables: IdMap::default(),
        inside: Vec::new(),
        groups: 0,
        uses: IdMap::default(),
        file: new_file(FileIndex::from_index(0), "", Parsed::empty()),
        problems: Vec::new(),
        at: Span::default(),
        in_rule: false,
        depth: 0,
        exceptions: 0,
        unit: none,
        bool: none,
        int: none,
        string: none,
        char: none,
        obj: none,
        exn: none,
    }
}

impl Checker<'_> {
    /// Brings the functions of the host into scope, in modules if their names have dots.
    fn add_host(&mut self) {
        for signature in self.options.host {
            self.type_variables.clear();
            self.types.level += 1;
            let ty = self.type_of_text(signature.signature);
            self.types.level -= 1;
            let Some(ty) = ty else {
                let problem = self
                    .error(codes::HOST_SIGNATURE, Span::default())
                    .arg("name", signature.name)
                    .arg("type", signature.signature);
                self.report(problem);
                continue;
            };
            let scheme: Scheme = self.types.generalize(
                ty,
                true,
                false,
                &mut self.parameters,
                &mut self.rows,
                &mut self.names,
            );
            let (name, method) = match signature.name.strip_prefix('.') {
                Some(name) => (name, true),
                None => (signature.name, false),
            };
            let id = self.host.push((
                HostFunction {
                    name: name.into(),
                    ty: crate::typed::TypeIndex::from_index(0),
                    used: false,
                },
                scheme,
            ));
            let mut parts: Vec<&str> = name.split('.').collect();
            let Some(last) = parts.pop() else { continue };
            let last = self.names.intern(last);
            if method {
                let receiver = self.type_of_text(&parts.join("."));
                match receiver.and_then(|ty| self.types.defined(ty)) {
                    Some(receiver) => {
                        self.host_methods.insert((receiver, last), id);
                    }
                    None => {
                        let problem = self
                            .error(codes::HOST_SIGNATURE, Span::default())
                            .arg("name", signature.name)
                            .arg("type", signature.signature);
                        self.report(problem);
                    }
                }
                continue;
            }
            let value = super::env::Value::Host(id);
            let mut around: Option<ModuleId> = None;
            for part in parts {
                let name = self.names.intern(part);
                let found = match around {
                    None => self.env.modules(name).last().copied(),
                    Some(module) => self
                        .modules
                        .get(module)
                        .and_then(|module| module.modules.get(&name))
                        .and_then(|list| list.last().copied()),
                };
                let module = match found {
                    Some(module) => module,
                    None => {
                        let module = self.modules.add(super::env::Module::default());
                        match around.and_then(|around| self.modules.get_mut(around)) {
                            Some(outer) => outer.modules.entry(name).or_default().push(module),
                            None => self.env.bind_module(name, module),
                        }
                        module
                    }
                };
                around = Some(module);
            }
            match around.and_then(|module| self.modules.get_mut(module)) {
                Some(module) => {
                    module.values.insert(last, value);
                }
                None => self.env.bind(last, value),
            }
        }
    }

    /// Whether a type is a function.
    pub fn is_function(&self, ty: crate::types::Ty) -> bool {
        matches!(self.types.node(ty), Node::Function(..))
    }
}
