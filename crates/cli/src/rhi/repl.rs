//! The prompt (docs/specs/rhumb.md §10.2): blocks of expressions, one after the other, in one World.

use std::collections::{BTreeMap, VecDeque};
use std::io::{BufRead, IsTerminal};
use std::path::Path;

use diag::{Catalogue, Diagnostic, fc};
use foxvm::{Lang, Value, WrittenCell};
use loader::Earlier;
use rhumb::Options;
use rhumb::compile::{BLOCK, SESSION_BASE, known_versions, session_labels};

use super::Rhi;
use super::gather::Gathered;
use super::prompt::{Prompt, Read, Shared};
use super::run::{Ground, trace_bytecode};
use crate::report::{Report, exit};
use crate::rhumb as front;
use crate::session::Session;

/// Blocks that can be undone.
const UNDONE: usize = 64;

/// Fields of a new label's value that are remembered at most.
const LOOKED_AT: u32 = 1_000;

/// Opens the prompt; the exit code.
pub(crate) fn repl(flags: &Rhi, report: &mut Report) -> u8 {
    let opened = Repl::open(flags, report);
    let mut repl = match opened {
        Ok(repl) => repl,
        Err(code) => return code,
    };
    if std::io::stdin().is_terminal() {
        let mut prompt = Prompt::new(flags.locale().unwrap_or_default(), repl.known.clone());
        loop {
            match prompt.read() {
                Read::Block(text) => {
                    if !repl.take(&text, report) {
                        break;
                    }
                    repl.look_at_new();
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

/// What a block did to labels.
#[derive(Default)]
struct Done {
    /// Labels that it made.
    made: Vec<String>,
    /// What versions labels held that hold others since.
    versions: Vec<(String, Option<String>)>,
    /// Cells of earlier labels that were written, as they were before.
    cells: Vec<WrittenCell>,
}

struct Repl<'f> {
    flags: &'f Rhi,
    ground: Ground,
    session: Session,
    /// The map of the labels' cells.
    cells: Value,
    /// The labels, and names of fields that were written.
    known: Shared,
    /// Labels that hold a version.
    versions: BTreeMap<String, String>,
    /// Labels whose cells are not watched yet.
    unwatched: Vec<String>,
    /// Cells that were written and are not watched again yet.
    written: Vec<Value>,
    /// What each of the last blocks did to labels, oldest first.
    undone: VecDeque<Done>,
    /// What the running block does to them; none if it did not compile.
    doing: Option<Done>,
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
            known: Shared::default(),
            versions: BTreeMap::new(),
            unwatched: Vec::new(),
            written: Vec::new(),
            undone: VecDeque::new(),
            doing: None,
            new: Vec::new(),
            count: 0,
        })
    }

    /// Blocks from an input that is no terminal: lines are gathered until they are whole.
    fn piped(&mut self, report: &mut Report) {
        let mut gathered = Gathered::default();
        let mut input = std::io::stdin().lock();
        loop {
            let mut line = Vec::new();
            let ended = !matches!(input.read_until(b'\n', &mut line), Ok(count) if count > 0);
            match String::from_utf8(line) {
                Ok(line) => gathered.add(&line),
                Err(error) => {
                    // The block that it belongs to is none; the next line begins another.
                    gathered.take();
                    let offset = error.utf8_error().valid_up_to();
                    let told = Diagnostic::error(fc::FILE_ENCODING).arg("path", "stdin");
                    report.tell(&told.arg("offset", offset));
                }
            }
            if !gathered.forget_blank()
                && (ended || gathered.is_whole(self.options()))
                && !self.take(&gathered.take(), report)
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
                    let labels: Vec<String> = self.known.known().labels.iter().cloned().collect();
                    let labels = labels.join("\n");
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
        self.count += 1;
        self.doing = None;
        if let Some(value) = self.evaluate(text, report) {
            match self.session.world.display_as(Lang::Rhumb, &value, true) {
                Ok(shown) => self.say(&format!("=> {shown}")),
                Err(error) => report.tell(&error.diagnostic()),
            }
        }
        self.keep_done(report);
        self.session.console.flush();
        // A block may end the program.
        self.ground.library.ended().get().is_none()
    }

    fn say(&self, text: &str) {
        self.session.console.print(text);
        self.session.console.flush();
    }

    /// Evaluates a block; its value, or nothing if that was told as an error.
    fn evaluate(&mut self, text: &str, report: &mut Report) -> Option<Value> {
        let name = format!("block {}", self.count);
        let compiled = {
            let earlier = Earlier {
                labels: &self.known.known().labels,
                versions: &self.versions,
            };
            self.ground.loader.block(&name, text, earlier)
        };
        let document = self.ground.accepted(compiled, self.flags, report).ok()?;
        trace_bytecode(&document, self.flags, report);
        let module = self.ground.module(&document, report).ok()?;
        let tree = &document.parsed.tree;
        let new = session_labels(tree, &self.known.known().labels);
        self.note_fields(text);
        self.session
            .interrupts
            .turn(self.session.world.interrupt_handle());
        self.session.interrupts.wait(false);
        let called = self.session.world.bind(&module).and_then(|instance| {
            // From here on the labels exist, however it ends.
            let doing = self.doing.get_or_insert_default();
            self.known.known().labels.extend(new.iter().cloned());
            self.new.extend(new.iter().cloned());
            self.unwatched.extend(new.iter().cloned());
            doing.made.extend(new);
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
                for (label, version) in known_versions(tree) {
                    let before = self.versions.insert(label.clone(), version);
                    if let Some(doing) = &mut self.doing {
                        doing.versions.push((label, before));
                    }
                }
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

    /// Keeps what the block did to labels, which are watched again. Whatever there is no room for is told, and kept with what
    /// the next block does.
    fn keep_done(&mut self, report: &mut Report) {
        let Some(mut done) = self.doing.take() else {
            return;
        };
        if let Err(error) = self.watch(&mut done) {
            report.tell(&error.diagnostic());
        }
        if self.undone.len() == UNDONE {
            self.undone.pop_front();
        }
        self.undone.push_back(done);
    }

    /// Takes the cells that were written; they and those of new labels are watched from now on. What this does grows with what
    /// the block wrote and made, not with the labels that there are.
    fn watch(&mut self, done: &mut Done) -> Result<(), foxvm::Error> {
        let world = &mut self.session.world;
        while let Some(written) = world.written_cell()? {
            self.written.push(written.cell.clone());
            done.cells.push(written);
        }
        while let Some(cell) = self.written.last() {
            world.watch_cell(cell)?;
            self.written.pop();
        }
        while let Some(label) = self.unwatched.last() {
            if let Some(cell) = world.member(&self.cells, label)? {
                world.watch_cell(&cell)?;
            }
            self.unwatched.pop();
        }
        Ok(())
    }

    /// Puts back what the last block did to labels: those that it made are gone, the others hold what they held, and are frozen
    /// only if they were.
    fn undo(&mut self, report: &mut Report) {
        let Some(done) = self.undone.pop_back() else {
            report.tell(&Diagnostic::error(fc::PROMPT).reason("nothing-to-undo"));
            return;
        };
        let mut known = self.known.known();
        for label in &done.made {
            known.labels.remove(label);
        }
        drop(known);
        for (label, version) in done.versions {
            match version {
                Some(version) => self.versions.insert(label, version),
                None => self.versions.remove(&label),
            };
        }
        for WrittenCell { cell, held, frozen } in &done.cells {
            if let Err(error) = self.session.world.set_cell(cell, held, *frozen) {
                report.tell(&error.diagnostic());
            }
        }
    }

    /// Remembers the names of the fields that the values of new labels have. Nothing is evaluated for that.
    fn look_at_new(&mut self) {
        let world = &mut self.session.world;
        let mut known = self.known.known();
        for label in std::mem::take(&mut self.new) {
            // What cannot be looked at is not completed.
            let Ok(Some(cell)) = world.member(&self.cells, &label) else {
                continue;
            };
            if let Ok(Some((value, _))) = world.cell(&cell) {
                known
                    .fields
                    .extend(world.field_names(&value, LOOKED_AT).unwrap_or_default());
            }
        }
    }

    fn note_field(&mut self, name: &str) {
        let mut known = self.known.known();
        if !known.fields.contains(name) {
            known.fields.insert(name.to_owned());
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
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Evaluates a block as [`Repl::take`] does, and says nothing of its value; what it left to undo.
    fn block<'r>(repl: &'r mut Repl<'_>, text: &str, report: &mut Report) -> &'r Done {
        repl.doing = None;
        repl.evaluate(text, report).expect(text);
        repl.keep_done(report);
        repl.undone.back().expect("a block that ran")
    }

    /// However many labels there are, a block keeps what it wrote and made, and nothing else.
    #[test]
    fn a_block_keeps_what_it_did() {
        let flags = Rhi::default();
        let mut report = Report::new(diag::Lang::default(), false);
        let mut repl = Repl::open(&flags, &mut report).unwrap_or_else(|code| panic!("{code}"));
        let many: Vec<String> = (0..300).map(|at| format!("l{at} := {at}")).collect();
        let done = block(&mut repl, &many.join("\n"), &mut report);
        assert_eq!((done.made.len(), done.cells.len()), (300, 0));
        let done = block(&mut repl, "l7 ++ l8", &mut report);
        assert_eq!((done.made.len(), done.cells.len()), (0, 0));
        let done = block(
            &mut repl,
            "l7 := 1; l7 := 2; new := 3; f .= [] -> (l9 := l9 ++ 1)",
            &mut report,
        );
        assert_eq!((done.made.len(), done.cells.len()), (2, 1));
        // What a routine of an earlier block writes, the block does.
        let done = block(&mut repl, "f(); f(); l7 := 5", &mut report);
        assert_eq!((done.made.len(), done.cells.len()), (0, 2));
        for (wanted, text) in [(2, "l7"), (9, "l9"), (3, "new")] {
            if text == "l7" {
                repl.undo(&mut report);
            }
            let shown = repl.evaluate(text, &mut report).expect(text);
            assert_eq!(shown.as_int(), Some(wanted), "{text}");
        }
    }

    /// Names of fields are found without running anything: a hook for `[*]` is not asked.
    #[test]
    fn names_of_fields_are_found_without_running() {
        let flags = Rhi::default();
        let mut report = Report::new(diag::Lang::default(), false);
        let mut repl = Repl::open(&flags, &mut report).unwrap_or_else(|code| panic!("{code}"));
        let text =
            "calls := 0; m := [_*_ .. [] -> (calls := calls ++ 1; [])]; m['sur' ++ 'name'] := 1";
        block(&mut repl, text, &mut report);
        assert!(!repl.known.known().fields.contains("surname"));
        repl.look_at_new();
        assert!(repl.known.known().fields.contains("surname"));
        let calls = repl.evaluate("calls", &mut report).expect("calls");
        assert_eq!(calls.as_int(), Some(0));
    }

    /// A block is compiled with the labels that it mentions.
    #[test]
    fn a_block_is_compiled_with_what_it_mentions() {
        let flags = Rhi::default();
        let mut report = Report::new(diag::Lang::default(), false);
        let repl = Repl::open(&flags, &mut report).unwrap_or_else(|code| panic!("{code}"));
        let labels = (0..5000).map(|at| format!("l{at}")).collect();
        let versions = BTreeMap::new();
        let earlier = Earlier {
            labels: &labels,
            versions: &versions,
        };
        let compiled = repl.ground.loader.block("block 1", "l7 ++ new", earlier);
        let document = compiled.unwrap_or_else(|_| panic!("a good block"));
        let module = fzb::Module::check(document.bytes, fzb::view::Checks::Full);
        let tables = module.expect("a good module").to_tables();
        assert_eq!(tables.statics.len(), 1);
    }
}
