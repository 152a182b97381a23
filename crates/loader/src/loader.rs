//! The loader: answers the compiler and loads what it found.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use diag::Diagnostic;

use foxvm::{Engine, Module};
use fzb::tables::Tables;
use rhumb::compile::{
    EmitError, Found, Libraries, Options, Part, Wanted as Literal, compile, core_module,
    json_module, native_module,
};
use rhumb::diagnostics::codes;
use rhumb::{Locale, Parsed};

use crate::bundle::{self, PRELUDE};
use crate::failure::{Failure, SourceFailure};
use crate::natives;
use crate::project::Project;
use crate::refusal::{self, Refusal};
use crate::shelf::{self, Book, Shelf, read_text};
use crate::version::{Available, Wanted};

/// Most libraries that may be compiled inside each other: each takes a thread.
const DEEPEST: usize = 64;

/// Settings of a loader.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Root of the base library's other versions: `RHUMB_LIB`.
    pub base: Option<PathBuf>,
    /// Compute anchors that the catalog does not have yet, and write them into it.
    pub fill_anchors: bool,
    /// Mentions of labels that nothing defines are mistakes in programs, not in libraries.
    pub strict: bool,
    /// Locale of sources that say nothing of it.
    pub locale: Option<Locale>,
}

/// Finds, compiles and loads libraries for the programs of one project.
pub struct Loader {
    engine: Engine,
    natives: stdlib::Library,
    project: Project,
    settings: Settings,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Names of modules that are loaded, by what they were loaded from.
    loaded: HashMap<String, String>,
    /// What is being compiled, outermost first: what it is from, and the module's name.
    open: Vec<(String, String)>,
    failures: Vec<SourceFailure>,
    /// Sources with warnings.
    warned: Vec<SourceFailure>,
    /// What was found where.
    trace: Vec<String>,
}

/// What the blocks of a prompt left to the next.
#[derive(Clone, Copy, Debug)]
pub struct Earlier<'a> {
    /// Their labels.
    pub labels: &'a BTreeSet<String>,
    /// Those that hold a version ([`rhumb::compile::known_versions`]).
    pub versions: &'a BTreeMap<String, String>,
}

/// A document that was compiled.
#[derive(Clone, Debug)]
pub struct Document {
    /// The module's file.
    pub bytes: Vec<u8>,
    /// The locale of its truth words.
    pub locale: Locale,
    /// The whole text that was compiled.
    pub parsed: Parsed,
}

/// Loads the document whose entry returns the World map.
///
/// # Errors
/// None in practice: its text is fixed, and the tests load it.
pub fn prelude(engine: &Engine, natives: stdlib::Library) -> Result<Module, Failure> {
    let book = Book {
        path: PathBuf::from("prelude.rh"),
        text: PRELUDE.to_owned(),
    };
    let loader = Loader::new(engine, natives, Project::none(), Settings::default());
    let document = loader.compile("prelude", &[book], None)?;
    engine.load(document.bytes).map_err(Failure::Refused)
}

impl Loader {
    /// A loader for the programs of a project. The Engine must have the host functions of `natives`.
    pub fn new(
        engine: &Engine,
        natives: stdlib::Library,
        project: Project,
        settings: Settings,
    ) -> Loader {
        Loader {
            engine: engine.clone(),
            natives,
            project,
            settings,
            state: Mutex::default(),
        }
    }

    /// The project.
    pub fn project(&self) -> &Project {
        &self.project
    }

    /// Compiles a program: the books share one scope and run in their order. Libraries that it names are loaded.
    ///
    /// # Errors
    /// Mistakes in its sources or those of libraries.
    pub fn program(&self, name: &str, books: &[Book]) -> Result<Document, Failure> {
        let from = books.first().map_or_else(String::new, |book| {
            let full = book.path.canonicalize();
            self.project.relative(&full.unwrap_or_default())
        });
        self.state().open.push((from, name.to_owned()));
        let result = self.compile(name, books, None);
        self.state().open.pop();
        result
    }

    /// Compiles a block of a prompt; `earlier` is what the blocks before it left ([`rhumb::compile::BLOCK`]).
    ///
    /// # Errors
    /// As [`Loader::program`].
    pub fn block(&self, name: &str, text: &str, earlier: Earlier<'_>) -> Result<Document, Failure> {
        let book = Book {
            path: PathBuf::from(name),
            text: text.to_owned(),
        };
        self.compile(name, &[book], Some(earlier))
    }

    /// Warnings of the sources compiled since this was last asked.
    pub fn take_warnings(&self) -> Vec<SourceFailure> {
        std::mem::take(&mut self.state().warned)
    }

    /// What library literals were found to stand for since this was last asked, a line each.
    pub fn take_trace(&self) -> Vec<String> {
        std::mem::take(&mut self.state().trace)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn compile(
        &self,
        name: &str,
        books: &[Book],
        earlier: Option<Earlier<'_>>,
    ) -> Result<Document, Failure> {
        let options = rhumb::Options {
            locale: self.settings.locale,
        };
        let mut read: Vec<(String, Parsed)> = Vec::new();
        for book in books {
            let parsed = rhumb::parse(&book.text, options);
            read.push((book.path.display().to_string(), parsed));
        }
        let failed: Vec<SourceFailure> = read
            .iter()
            .filter(|(_, parsed)| parsed.has_errors())
            .map(|(path, parsed)| of_errors(path, parsed))
            .collect();
        if !failed.is_empty() {
            return Err(Failure::Sources(failed));
        }
        let warned = read
            .iter()
            .filter(|(_, parsed)| !parsed.errors.is_empty())
            .map(|(path, parsed)| of_errors(path, parsed));
        self.state().warned.extend(warned);
        let (parts, parsed) = joined(read, options);
        if parsed.has_errors() {
            // Right one by one, but too long together.
            let path = parts.first().map_or("", |part| part.path.as_str());
            return Err(Failure::Sources(vec![of_errors(path, &parsed)]));
        }
        let text = parsed.source.text();
        let path = parts.first().map_or("", |part| part.path.as_str());
        let told = Options {
            parts: &parts,
            session: earlier.map(|earlier| earlier.labels),
            versions: earlier.map(|earlier| earlier.versions),
            strict: self.settings.strict && self.state().open.len() <= 1,
            ..Options::new(name, path, text, self)
        };
        let compiled = compile(&parsed.tree, &told);
        let tables = compiled.map_err(|problems| {
            let mut failures = std::mem::take(&mut self.state().failures);
            failures.extend(of_problems(text, &parts, problems));
            Failure::Sources(failures)
        })?;
        let bytes = fzb::write::write(&tables)
            .map_err(|error| Failure::Refused(foxvm::Error::new(error.to_string())))?;
        Ok(Document {
            bytes,
            locale: parsed.locale,
            parsed,
        })
    }

    /// Compiles and loads a library unless that was done; the name of its module.
    fn load(
        &self,
        from: &str,
        name: &str,
        books: impl FnOnce() -> Result<Vec<Book>, Refusal>,
    ) -> Result<Found, Refusal> {
        {
            let mut state = self.state();
            if let Some(name) = state.loaded.get(from) {
                return Ok(Found::Module(name.clone()));
            }
            // Only running it in a circle is wrong, and the machine finds that.
            if let Some((_, name)) = state.open.iter().find(|(open, _)| open == from) {
                return Ok(Found::Module(name.clone()));
            }
            if state.open.len() >= DEEPEST {
                return Err(Box::new(refusal::unusable("deep").arg("limit", DEEPEST)));
            }
            state.open.push((from.to_owned(), name.to_owned()));
        }
        let result = books().and_then(|books| self.load_books(name, &books));
        let mut state = self.state();
        state.open.pop();
        result?;
        state.loaded.insert(from.to_owned(), name.to_owned());
        Ok(Found::Module(name.to_owned()))
    }

    fn load_books(&self, name: &str, books: &[Book]) -> Result<(), Refusal> {
        let document = self
            .compile(name, books, None)
            .map_err(|failure| match failure {
                Failure::Sources(failures) => {
                    self.state().failures.extend(failures);
                    Box::new(refusal::unusable("mistakes"))
                }
                Failure::Unusable(why) => why,
                Failure::Refused(error) => refused(&error),
            })?;
        let loaded = self.engine.load(document.bytes);
        loaded.map(|_| ()).map_err(|error| refused(&error))
    }

    /// Loads a module that is made of no sources unless that was done.
    fn load_made(
        &self,
        name: &str,
        made: impl FnOnce() -> Result<Tables, EmitError>,
    ) -> Result<(), Refusal> {
        if self.state().loaded.contains_key(name) {
            return Ok(());
        }
        let unusable = |cause: String| refused(&foxvm::Error::new(cause));
        let tables = made().map_err(|error| unusable(error.to_string()))?;
        let bytes = fzb::write::write(&tables).map_err(|error| unusable(error.to_string()))?;
        self.engine.load(bytes).map_err(|error| refused(&error))?;
        self.state().loaded.insert(name.to_owned(), name.to_owned());
        Ok(())
    }

    // The resolvers

    fn base(&self, literal: &Literal) -> Result<Found, Refusal> {
        let wanted = version(literal)?;
        let name = literal.path.as_str();
        let known = bundle::bundled(name);
        if let Some(root) = &self.settings.base {
            let mut names = vec![name];
            names.extend(
                known
                    .iter()
                    .flat_map(|known| std::iter::once(&known.name).chain(known.names).copied()),
            );
            for name in names {
                if plain(Path::new(name)).is_err() {
                    continue;
                }
                let folder = root.join(name);
                let available = versions(&folder);
                if let Some(found) = wanted.choose(&available) {
                    let from = format!("{{!|{name}|{}}}", found.name);
                    let folder = folder.join(&found.name);
                    return self.load(&from, &from, || Ok(Shelf::read(&folder)?.books));
                }
            }
        }
        let Some(known) = known else {
            let names = bundle::BUNDLE.iter().map(|known| known.name.to_owned());
            let told = refusal::library("base").arg("have", names.collect::<Vec<_>>());
            return Err(Box::new(told));
        };
        let available: Vec<Available> = Available::parse(known.version).into_iter().collect();
        if wanted.choose(&available).is_none() {
            return Err(unfit(&available));
        }
        let from = format!("{{!|{}|{}}}", known.name, known.version);
        self.load(&from, &from, || {
            Ok(vec![Book {
                path: PathBuf::from(format!("{}.rh", known.name)),
                text: known.source.to_owned(),
            }])
        })
    }

    fn local(&self, literal: &Literal) -> Result<Found, Refusal> {
        let wanted = version(literal)?;
        let alias = self.project.catalog.find(&literal.path);
        let path = alias.map_or(literal.path.as_str(), |alias| alias.path.as_str());
        plain(Path::new(path))?;
        let mut found = self.project.below(path)?;
        if found.is_dir() {
            let mut available = versions(&found);
            let own = !available.iter().any(|one| one.number.is_none())
                && !Shelf::read(&found)?.books.is_empty();
            if own {
                available.extend(Available::parse("-"));
            }
            let chosen = wanted.choose(&available).ok_or_else(|| unfit(&available))?;
            if chosen.number.is_some() || !own {
                found = found.join(&chosen.name);
            }
        } else if wanted != Wanted::Working {
            return Err(Box::new(refusal::version("file")));
        }
        if let Some(alias) = alias {
            self.check_anchor(alias, &found)?;
        }
        let from = self.project.relative(&found);
        let name = format!("{{-|{from}|-}}");
        self.load(&from, &name, || {
            if found.is_dir() {
                Ok(Shelf::read(&found)?.books)
            } else {
                Ok(vec![Book::read(&found)?])
            }
        })
    }

    /// Compares a library with its anchor; computes the anchor where that is allowed.
    fn check_anchor(&self, alias: &crate::Dependency, found: &Path) -> Result<(), Refusal> {
        if let Some(expected) = &alias.anchor {
            let actual = shelf::hash(found)?;
            if *expected != actual {
                let told = anchor(codes::ANCHOR_DIFFERS, alias);
                let told = told.arg("expected", expected.as_str());
                return Err(Box::new(told.arg("actual", actual)));
            }
            return Ok(());
        }
        if !alias.lacks_anchor() {
            return Ok(());
        }
        let Some(file) = self
            .project
            .file
            .as_ref()
            .filter(|_| self.settings.fill_anchors)
        else {
            return Err(Box::new(anchor(codes::ANCHOR_MISSING, alias)));
        };
        let actual = shelf::hash(found)?;
        let text = alias.anchored(&read_text(file)?, &actual);
        let beside = file.with_extension("rhy.new");
        std::fs::write(&beside, text)
            .and_then(|()| std::fs::rename(&beside, file))
            .map_err(|error| refusal::io(file, &error))
    }

    fn native(&self, literal: &Literal) -> Result<Found, Refusal> {
        let path = literal.path.as_str();
        let Some(natives) = natives::find(&self.natives, path) else {
            let names = natives::names(&self.natives);
            let told = refusal::library("natives").arg("have", &names[..]);
            return Err(Box::new(told));
        };
        let module = format!("{{_|{path}|-}}");
        if path == natives::CORE {
            self.load_made(&module, || core_module(&module))?;
            return Ok(Found::Module(module));
        }
        self.load_made(&module, || native_module(&module, &natives))?;
        Ok(Found::Natives { module, natives })
    }

    fn resource(&self, literal: &Literal) -> Result<Found, Refusal> {
        if version(literal)? != Wanted::Working {
            return Err(Box::new(refusal::version("file")));
        }
        // The first part may be an alias.
        let (first, rest) = literal
            .path
            .split_once('/')
            .unwrap_or((literal.path.as_str(), ""));
        let path = match self.project.catalog.find(first) {
            Some(alias) if rest.is_empty() => alias.path.clone(),
            Some(alias) => format!("{}/{rest}", alias.path),
            None => literal.path.clone(),
        };
        plain(Path::new(&path))?;
        let found = self.project.below(&path)?;
        if found.extension().is_some_and(|ending| ending == "json") {
            let text = read_text(&found)?;
            if let Err(error) = serde_json::from_str::<serde_json::Value>(&text) {
                let told = refusal::named(&path, "no-json")
                    .arg("line", error.line())
                    .arg("column", error.column());
                return Err(Box::new(told));
            }
            let from = self.project.relative(&found);
            let name = format!("{{=|{from}|-}}");
            self.load_made(&name, || json_module(&name, &text))?;
            return Ok(Found::Json(name));
        }
        match String::from_utf8(shelf::read_bytes(&found)?) {
            Ok(text) => Ok(Found::Text(text)),
            Err(error) => {
                let from = self.project.relative(&found);
                self.natives.slips().add(&from, error.into_bytes());
                Ok(Found::Slip(from))
            }
        }
    }
}

impl Libraries for Loader {
    fn find(&self, wanted: &Literal) -> Result<Found, Refusal> {
        let found = match wanted.resolver.as_str() {
            "!" => self.base(wanted),
            "-" => self.local(wanted),
            "=" => self.resource(wanted),
            "_" => self.native(wanted),
            other => Err(no_resolver(other)),
        }
        .map_err(|told| about(wanted, told));
        let line = match &found {
            Ok(Found::Module(name)) => format!("{wanted}: module {name}"),
            Ok(Found::Natives { natives, .. }) => {
                format!("{wanted}: {} host functions", natives.len())
            }
            Ok(Found::Text(text)) => format!("{wanted}: a text of {} bytes", text.len()),
            Ok(Found::Json(name)) => format!("{wanted}: JSON {name}"),
            Ok(Found::Slip(path)) => format!("{wanted}: slip {path}"),
            Err(why) => format!("{wanted}: {}", refusal::traced(why)),
        };
        self.state().trace.push(line);
        found
    }

    fn knows(&self, wanted: &Literal) -> Result<(), Refusal> {
        match wanted.resolver.as_str() {
            "!" | "-" | "=" | "_" => Ok(()),
            other => Err(no_resolver(other)),
        }
        .map_err(|told| about(wanted, told))
    }
}

/// Names the literal where the code's message does.
fn about(literal: &Literal, told: Refusal) -> Refusal {
    let named = [
        codes::LIBRARY_NOT_FOUND,
        codes::NO_VERSION,
        codes::NO_RESOLVER,
        codes::LIBRARY_UNUSABLE,
    ];
    if named.contains(&told.code) {
        Box::new(told.arg("library", literal.to_string()))
    } else {
        told
    }
}

fn version(literal: &Literal) -> Result<Wanted, Refusal> {
    Wanted::parse(&literal.version).ok_or_else(|| {
        let told = refusal::version("strange");
        Box::new(told.arg("version", literal.version.as_str()))
    })
}

fn unfit(available: &[Available]) -> Refusal {
    if available.is_empty() {
        return Box::new(refusal::version("none"));
    }
    let names: Vec<String> = available.iter().map(|one| one.name.clone()).collect();
    Box::new(refusal::version("other").arg("have", names))
}

/// The resolvers that need a network, and those that a host would register, are not here: this is where they go.
fn no_resolver(name: &str) -> Refusal {
    let reason = if name == "git" { "git" } else { "unknown" };
    let told = Diagnostic::error(codes::NO_RESOLVER).reason(reason);
    Box::new(told.arg("resolver", name))
}

fn anchor(code: diag::Code, alias: &crate::Dependency) -> Diagnostic {
    Diagnostic::error(code)
        .arg("name", alias.name.as_str())
        .arg("line", alias.line)
        .arg("column", alias.column)
}

/// The Engine refused a library's module: a mistake of the compiler, or no memory.
fn refused(error: &foxvm::Error) -> Refusal {
    Box::new(refusal::unusable("refused").arg("cause", error.to_string()))
}

/// The versions that a folder has.
fn versions(folder: &Path) -> Vec<Available> {
    let Ok(listed) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut found: Vec<Available> = listed
        .filter_map(|item| {
            let item = item.ok()?;
            let is_folder = item.path().is_dir();
            let name = item.file_name();
            Available::parse(name.to_str()?).filter(|_| is_folder)
        })
        .collect();
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

/// Refuses paths that lead upwards, are absolute or hidden.
fn plain(path: &Path) -> Result<(), Refusal> {
    let fits = path.components().all(|part| match part {
        Component::Normal(name) => !name.to_string_lossy().starts_with('.'),
        Component::CurDir => true,
        _ => false,
    });
    if fits && path.components().next().is_some() {
        Ok(())
    } else {
        Err(refusal::path(path, "not-down"))
    }
}

/// The documents as one, each on lines of its own.
fn joined(mut read: Vec<(String, Parsed)>, options: rhumb::Options) -> (Vec<Part>, Parsed) {
    let part = |start: usize, path: String| Part {
        start: u32::try_from(start).unwrap_or(u32::MAX),
        path,
    };
    if read.len() == 1
        && let Some((path, parsed)) = read.pop()
    {
        return (vec![part(0, path)], parsed);
    }
    let mut text = String::new();
    let mut parts = Vec::new();
    // One locale for all: that of the first, whose shebang would be another's in the middle.
    let locale = read.first().map(|(_, parsed)| parsed.locale);
    for (path, parsed) in read {
        parts.push(part(text.len(), path));
        text.push_str(parsed.source.text());
        text.push('\n');
    }
    let options = rhumb::Options {
        locale: options.locale.or(locale),
    };
    (parts, rhumb::parse(&text, options))
}

fn of_errors(path: &str, parsed: &Parsed) -> SourceFailure {
    SourceFailure {
        path: path.to_owned(),
        text: parsed.source.text().to_owned(),
        errors: parsed.errors.clone(),
        problems: Vec::new(),
    }
}

/// Problems of a joined text, each in the book where it is.
fn of_problems(
    text: &str,
    parts: &[Part],
    problems: Vec<rhumb::compile::Problem>,
) -> Vec<SourceFailure> {
    let mut failures: Vec<SourceFailure> = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let end = parts.get(index + 1).map_or(u32::MAX, |next| next.start);
        let own = problems
            .iter()
            .filter(|problem| (part.start..end).contains(&problem.span.start));
        let own: Vec<_> = own
            .cloned()
            .map(|mut problem| {
                problem.span.start -= part.start;
                problem.span.end = problem.span.end.saturating_sub(part.start);
                problem
            })
            .collect();
        if own.is_empty() {
            continue;
        }
        let range = part.start as usize..(end as usize).min(text.len());
        failures.push(SourceFailure {
            path: part.path.clone(),
            text: text.get(range).unwrap_or_default().to_owned(),
            errors: Vec::new(),
            problems: own,
        });
    }
    failures
}
