//! Running programs: each in an Engine and World of its own.

use std::path::Path;

use foxvm::{Engine, Instance, Lang, Limits, Module, World};
use loader::{Book, Document, Failure, Loader, Shelf};
use rhumb::Locale;
use stdlib::Library;

use super::Rhi;
use crate::interrupt::Interrupts;
use crate::load::shown;
use crate::report::{Report, code_of, exit, paths};
use crate::session::{self, Session};
use crate::{natives, rhumb as front};

/// Runs the programs; the exit code of the first that fails.
pub fn run(flags: &Rhi, report: &mut Report) -> u8 {
    let mut worst = exit::OK;
    let mut interrupts = None;
    for path in &flags.paths {
        let code = match one(flags, path, &mut interrupts, report) {
            Ok(code) | Err(code) => code,
        };
        if worst == exit::OK {
            worst = code;
        }
        if code == exit::INTERRUPTED {
            break;
        }
    }
    worst
}

/// Runs one program, or says why not.
fn one(
    flags: &Rhi,
    path: &Path,
    interrupts: &mut Option<Interrupts>,
    report: &mut Report,
) -> Result<u8, u8> {
    let ground = Ground::new(flags, path, report)?;
    let books = books(path, report)?;
    let compiled = ground.loader.program(&front::name_of(path), &books);
    let document = ground.accepted(compiled, flags, report)?;
    trace_bytecode(&document, flags, report);
    let module = ground.module(&document, report)?;
    let mut session = ground.session(flags, Some(document.locale), interrupts, report)?;
    let result = run_module(&mut session.world, &module);
    let code = match result {
        Ok(instance) => last_value(flags, &mut session, &instance, report),
        Err(error) => front::failed(&session, &error, ground.library.ended(), path, report),
    };
    if flags.trace_space {
        trace_space(&session.world, report);
    }
    Ok(session.close(code, report))
}

/// Runs a program: its main part, then what that left ready or waiting (docs/specs/rhumb.md §5.4 "Parking").
pub fn run_module(world: &mut World, module: &Module) -> Result<Instance, foxvm::Error> {
    let instance = world.bind(module)?;
    world.conclude()?;
    Ok(instance)
}

fn last_value(flags: &Rhi, session: &mut Session, instance: &Instance, report: &mut Report) -> u8 {
    if !flags.last_value && !report.json() {
        return exit::OK;
    }
    match session
        .world
        .display_as(Lang::Rhumb, instance.result(), true)
    {
        Ok(text) => {
            if flags.last_value {
                session.console.print(&format!("=> {text}"));
            }
            report.result(serde_json::Value::String(text));
            exit::OK
        }
        Err(error) => {
            report.tell(&error.diagnostic());
            code_of(&error)
        }
    }
}

fn trace_space(world: &World, report: &Report) {
    let counters = world.counters();
    report.line(&format!(
        "space: {} warnings, {} fibers",
        world.warnings(),
        counters.fibers
    ));
}

/// The books that a path means: a file, or a shelf with its entry.
pub fn books(path: &Path, report: &mut Report) -> Result<Vec<Book>, u8> {
    if !path.is_dir() {
        let text = crate::load::text(path, report)?;
        return Ok(vec![Book {
            path: path.to_owned(),
            text,
        }]);
    }
    let shelf = Shelf::read(path).map_err(|why| front::unusable(&why, report))?;
    if !shelf.has_entry {
        report.tell(&paths("no-entry").arg("path", shown(path)));
        return Err(exit::USAGE);
    }
    Ok(shelf.books)
}

/// What a program runs on.
pub struct Ground {
    /// The Engine.
    pub engine: Engine,
    /// Its host functions.
    pub library: Library,
    /// Its libraries.
    pub loader: Loader,
}

impl Ground {
    /// An Engine with host functions and libraries, for a program at a path.
    pub fn new(flags: &Rhi, path: &Path, report: &mut Report) -> Result<Ground, u8> {
        let engine = Engine::new();
        let mut settings = stdlib::Settings::new().arguments(flags.arguments.clone());
        if let Some(seed) = flags.seed {
            settings = settings.seed(seed);
        }
        let library = natives::offer(&engine, settings).map_err(|error| {
            report.tell(&error.diagnostic());
            exit::INTERNAL
        })?;
        let settings = loader::Settings {
            base: None,
            fill_anchors: flags.sha256,
            strict: flags.strict,
            locale: flags.locale(),
        };
        let loader = front::loader(&engine, &library, path, settings, report)?;
        Ok(Ground {
            engine,
            library,
            loader,
        })
    }

    /// Tells what there is to tell of a compilation, and gives its result.
    pub fn accepted(
        &self,
        compiled: Result<Document, Failure>,
        flags: &Rhi,
        report: &mut Report,
    ) -> Result<Document, u8> {
        if flags.trace_loader {
            for line in self.loader.take_trace() {
                report.line(&format!("loader: {line}"));
            }
        }
        let warned = if flags.silent && !flags.strict {
            self.loader.take_warnings();
            0
        } else {
            front::warned(&self.loader, flags.strict, report)
        };
        let document = compiled.map_err(|failure| front::tell(failure, report))?;
        if flags.trace_parser {
            report.line(::rhumb::tree::print_in(&document.parsed.tree, document.locale).trim_end());
        }
        if flags.strict && warned > 0 {
            return Err(exit::FILE);
        }
        Ok(document)
    }

    /// The module of a document.
    pub fn module(&self, document: &Document, report: &mut Report) -> Result<Module, u8> {
        self.engine.load(document.bytes.clone()).map_err(|error| {
            report.tell(&error.diagnostic());
            code_of(&error)
        })
    }

    /// A World that is ready for Rhumb, as the flags say.
    pub fn session(
        &self,
        flags: &Rhi,
        locale: Option<Locale>,
        interrupts: &mut Option<Interrupts>,
        report: &mut Report,
    ) -> Result<Session, u8> {
        let limits = session::limits(&flags.bounds, Limits::program(), report)?;
        let granted = session::grants(&flags.bounds, &[], report)?;
        let mut session = match interrupts {
            Some(known) => {
                Session::another(&self.engine, limits, &granted, &flags.bounds, known, report)?
            }
            None => Session::open(&self.engine, limits, &granted, &flags.bounds, report)?,
        };
        *interrupts = Some(session.interrupts.clone());
        if flags.silent && !flags.trace_space {
            session.console.silence();
        }
        front::prepare(&self.engine, &mut session.world, locale, report)?;
        trace(flags, &mut session.world);
        Ok(session)
    }
}

/// Shows the instructions of a module, where that was asked for.
pub fn trace_bytecode(document: &Document, flags: &Rhi, report: &Report) {
    if !flags.trace_bytecode {
        return;
    }
    if let Ok(module) = fzb::Module::check(document.bytes.clone(), fzb::view::Checks::Full) {
        report.line(fzb::text::disassemble(&module.to_tables()).trim_end());
    }
}

/// Shows the functions that are entered, where that was asked for.
fn trace(flags: &Rhi, world: &mut World) {
    if flags.trace_space {
        world.trace_spaces(|note| {
            let line = format!("space: {}\n", diag::escape(&note.to_string()));
            // Nothing can be told to whom nobody listens.
            let _ = std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes());
        });
    }
    let (stack, frame) = (flags.trace_stack, flags.trace_frame);
    if !stack && !frame {
        return;
    }
    world.trace(move |entered| {
        let (module, function) = (
            diag::escape(&entered.module),
            diag::escape(&entered.function),
        );
        let width = (entered.depth as usize).min(40);
        let line = if stack {
            format!("{:width$}{module}.{function}\n", "")
        } else {
            format!("frame {}: {module}.{function}\n", entered.depth)
        };
        // Nothing can be told to whom nobody listens.
        let _ = std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes());
    });
}
