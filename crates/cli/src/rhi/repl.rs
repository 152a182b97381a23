//! The prompt (docs/specs/rhumb.md §10.2): blocks of expressions, one after the other, in one World.

use std::collections::VecDeque;
use std::io::{BufRead, IsTerminal};
use std::path::Path;

use diag::{Catalogue, Diagnostic, fc};
use foxvm::{Lang, Value};
use loader::Earlier;
use rhumb::compile::{BLOCK, SESSION_BASE, known_versions, session_labels};
use rhumb::{Completeness, Options};

use super::Rhi;
use super::prompt::{Known, Prompt, Read};
use super::run::{Ground, trace_bytecode};
use crate::report::{Report, exit};
use crate::rhumb as front;
use crate::session::Session;

/// Blocks that can be undone.
const UNDONE: usize = 64;

/// Opens the prompt; the exit code.
pub(crate) fn repl(flags: &Rhi, report: &mut Report) -> u8 {
    let opened = Repl::open(flags, report);
    let mut repl = match opened {
        Ok(repl) => repl,
        Err(code) => return code,
    };
    if std::io::stdin().is_terminal() {
        let mut prompt = Prompt::new(flags.locale().unwrap_or_default());
        loop {
            match prompt.read() {
                Read::Block(text) => {
                    if !repl.take(&text, report) {
                        break;
                    }
                    repl.look_at_new(report);
                    prompt.know(repl.known());
                }
                Read::Nothing => {}
                Read::End => break,
            }
        }
    } else {
        repl.piped(report);
    }
    let code = repl.ground.library.ended().get().unwrap_or(exit::OK);
    repl.session.close(code, report)
}

/// Flags for what the prompt itself evaluates.
fn quiet() -> Rhi {
    Rhi {
        silent: true,
        ..Rhi::default()
    }
}

/// The labels before a block.
struct Before {
    labels: Vec<String>,
    versions: Vec<(String, String)>,
    /// Their cells with what each held, and whether it was frozen.
    cells: Vec<(Value, Value, bool)>,
}

struct Repl<'f> {
    flags: &'f Rhi,
    ground: Ground,
    session: Session,
    /// The map of the labels' cells.
    cells: Value,
    /// Labels, sorted.
    labels: Vec<String>,
    /// Labels that hold a version.
    versions: Vec<(String, String)>,
    /// What labels were before each of the last blocks, oldest first.
    before: VecDeque<Before>,
    /// Did the last block run, and not only fail to compile?
    ran: bool,
    /// Names of fields that were written.
    fields: Vec<String>,
    /// Labels whose values were not looked at for names of fields.
    new: Vec<String>,
    /// Blocks so far.
    count: u32,
}

impl<'f> Repl<'f> {
    fn open(flags: &'f Rhi, report: &mut Report) -> Result<Repl<'f>, u8> {
        let ground = Ground::new(flags, Path::new("."), report)?;
        let mut session = ground.session(flags, flags.locale(), &mut None, report)?;
        let book = loader::Book {
            path: "session".into(),
            text: format!("['{SESSION_BASE}' .. []]"),
        };
        let compiled = ground.loader.program("session", &[book]);
        let document = ground.accepted(compiled, &Rhi::default(), report)?;
        let module = ground.module(&document, report)?;
        let made = session.world.bind(&module).map_err(|error| {
            report.tell(&error.diagnostic());
            exit::INTERNAL
        })?;
        Ok(Repl {
            flags,
            ground,
            session,
            cells: made.result().clone(),
            labels: Vec::new(),
            versions: Vec::new(),
            before: VecDeque::new(),
            ran: false,
            fields: Vec::new(),
            new: Vec::new(),
            count: 0,
        })
    }

    /// Blocks from an input that is no terminal: lines are gathered until they are whole.
    fn piped(&mut self, report: &mut Report) {
        let mut gathered = String::new();
        let mut input = std::io::stdin().lock();
        loop {
            let mut line = Vec::new();
            let ended = !matches!(input.read_until(b'\n', &mut line), Ok(count) if count > 0);
            match String::from_utf8(line) {
                Ok(line) => gathered.push_str(&line),
                Err(error) => {
                    // The block that it belongs to is none; the next line begins another.
                    gathered.clear();
                    let offset = error.utf8_error().valid_up_to();
                    let told = Diagnostic::error(fc::FILE_ENCODING).arg("path", "stdin");
                    report.tell(&told.arg("offset", offset));
                }
            }
            if gathered.trim().is_empty() {
                gathered.clear();
            } else if (ended || self.whole(&gathered))
                && !self.take(&std::mem::take(&mut gathered), report)
            {
                return;
            }
            if ended {
                return;
            }
        }
    }

    fn options(&self) -> Options {
        Options {
            locale: self.flags.locale(),
        }
    }

    fn whole(&self, text: &str) -> bool {
        rhumb::parse(text, self.options()).completeness == Completeness::Complete
    }

    /// Does what a block or command says; false to end.
    fn take(&mut self, text: &str, report: &mut Report) -> bool {
        if let Some(command) = text.trim().strip_prefix("%:") {
            match command.trim() {
                "quit" => return false,
                "help" => {
                    let text = Catalogue::for_lang(report.lang()).explain(fc::PROMPT);
                    self.say(text.unwrap_or_default().trim_end());
                }
                "labels" => {
                    let labels = self.labels.join("\n");
                    if !labels.is_empty() {
                        self.say(&labels);
                    }
                }
                "undo" => self.undo(report),
                other => {
                    let told = Diagnostic::error(fc::PROMPT).reason("unknown");
                    report.tell(&told.arg("command", other));
                }
            }
            return true;
        }
        let before = self.now(report);
        self.count += 1;
        self.ran = false;
        if let Some(value) = self.evaluate(text, self.flags, report) {
            match self.session.world.display_as(Lang::Rhumb, &value, true) {
                Ok(shown) => self.say(&format!("=> {shown}")),
                Err(error) => report.tell(&error.diagnostic()),
            }
        }
        if let (true, Some(before)) = (self.ran, before) {
            if self.before.len() == UNDONE {
                self.before.pop_front();
            }
            self.before.push_back(before);
        }
        self.session.console.flush();
        // A block may end the program.
        self.ground.library.ended().get().is_none()
    }

    fn say(&self, text: &str) {
        self.session.console.print(text);
        self.session.console.flush();
    }

    /// Evaluates a block; its value, or nothing if that was told as an error.
    fn evaluate(&mut self, text: &str, flags: &Rhi, report: &mut Report) -> Option<Value> {
        let name = format!("block {}", self.count);
        let earlier = Earlier {
            labels: &self.labels,
            versions: &self.versions,
        };
        let compiled = self.ground.loader.block(&name, text, earlier);
        let document = self.ground.accepted(compiled, flags, report).ok()?;
        trace_bytecode(&document, flags, report);
        let module = self.ground.module(&document, report).ok()?;
        let tree = &document.parsed.tree;
        let new = session_labels(tree, &self.labels);
        self.note_fields(text);
        self.session
            .interrupts
            .turn(self.session.world.interrupt_handle());
        self.session.interrupts.wait(false);
        let called = self.session.world.bind(&module).and_then(|instance| {
            // From here on the labels exist, however it ends.
            self.ran = true;
            self.new.extend(new.iter().cloned());
            self.labels.extend(new);
            self.labels.sort();
            instance.call(
                &mut self.session.world,
                BLOCK,
                std::slice::from_ref(&self.cells),
            )
        });
        // What the block made ready goes on now; what waits for a reply may get it from a later block.
        let called = called.and_then(|value| self.session.world.run_ready().map(|()| value));
        self.session.interrupts.wait(true);
        match called {
            Ok(value) => {
                self.versions = known_versions(tree, &self.versions);
                Some(value)
            }
            Err(error) => {
                let path = Path::new(&name);
                let ended = self.ground.library.ended();
                front::failed(&self.session, &error, ended, path, report);
                None
            }
        }
    }

    /// What the labels are now; nothing, which is told, if there is no room for that.
    fn now(&mut self, report: &mut Report) -> Option<Before> {
        let world = &mut self.session.world;
        let mut cells = Vec::with_capacity(self.labels.len());
        for label in &self.labels {
            let held = world.member(&self.cells, label).and_then(|cell| {
                let Some(cell) = cell else { return Ok(None) };
                let held = world.cell(&cell)?;
                Ok(held.map(|(value, frozen)| (cell, value, frozen)))
            });
            match held {
                Ok(held) => cells.extend(held),
                Err(error) => {
                    report.tell(&error.diagnostic());
                    return None;
                }
            }
        }
        Some(Before {
            labels: self.labels.clone(),
            versions: self.versions.clone(),
            cells,
        })
    }

    /// Puts back what the last block did to labels: those that it made are gone, the others hold what they held, and are frozen
    /// only if they were.
    fn undo(&mut self, report: &mut Report) {
        let Some(before) = self.before.pop_back() else {
            report.tell(&Diagnostic::error(fc::PROMPT).reason("nothing-to-undo"));
            return;
        };
        self.labels = before.labels;
        self.versions = before.versions;
        for (cell, value, frozen) in &before.cells {
            if let Err(error) = self.session.world.set_cell(cell, value, *frozen) {
                report.tell(&error.diagnostic());
            }
        }
    }

    /// Remembers the names of the fields that the values of new labels have.
    fn look_at_new(&mut self, report: &mut Report) {
        for label in std::mem::take(&mut self.new) {
            let text = format!("(<{label}>[*]) {{ #*** .. [] }}");
            let names = self.evaluate(&text, &quiet(), report);
            let names = names.and_then(|names| self.session.world.read::<Vec<String>>(&names).ok());
            for name in names.unwrap_or_default() {
                self.note_field(&name);
            }
        }
    }

    fn note_field(&mut self, name: &str) {
        if let Err(at) = self
            .fields
            .binary_search_by(|known| known.as_str().cmp(name))
        {
            self.fields.insert(at, name.to_owned());
        }
    }

    /// Remembers the names of fields that a text mentions.
    fn note_fields(&mut self, text: &str) {
        for piece in rhumb::highlight(text, self.flags.locale().unwrap_or_default()) {
            if piece.class != rhumb::TokenClass::Field {
                continue;
            }
            let range = piece.span.start as usize..piece.span.end as usize;
            if let Some(name) = text.get(range) {
                self.note_field(name);
            }
        }
    }

    /// What can be completed.
    fn known(&self) -> Known {
        Known {
            labels: self.labels.clone(),
            fields: self.fields.clone(),
        }
    }
}
