//! Lines: where they break and how far they are indented.

use super::atom::{Atom, AtomKind};
use super::spacing::{Run, wants_space};

/// What parts the next atom from the one before it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    /// Nothing but maybe a blank.
    None,
    /// A `;` that is not written yet.
    Semicolon,
    /// A line break that only a comment on the same line may come before.
    Item,
    /// A line break.
    Break,
}

/// A bracket that is open; at the bottom the text itself.
struct Level {
    /// Its items stand on lines of their own.
    tall: bool,
    /// Indent of the line on which it opened.
    outer: usize,
    /// Indent of its items.
    inner: usize,
}

struct Layout<'t> {
    out: String,
    levels: Vec<Level>,
    gap: Gap,
    /// Indent of the current line.
    indent: usize,
    before: Option<Atom<'t>>,
    /// Something other than comments was written.
    started: bool,
    run: Run<'t>,
}

pub(super) fn layout(atoms: &[Atom<'_>]) -> String {
    let mut layout = Layout {
        out: String::new(),
        levels: vec![Level {
            tall: true,
            outer: 0,
            inner: 0,
        }],
        gap: Gap::None,
        indent: 0,
        before: None,
        started: false,
        run: Run::default(),
    };
    for (index, atom) in atoms.iter().enumerate() {
        layout.atom(atom, atoms.get(index + 1..).unwrap_or(&[]));
    }
    if !layout.out.is_empty() {
        layout.out.push('\n');
    }
    layout.out
}

impl<'t> Layout<'t> {
    fn tall(&self) -> bool {
        self.levels.last().is_some_and(|level| level.tall)
    }

    fn inner(&self) -> usize {
        self.levels.last().map_or(0, |level| level.inner)
    }

    fn atom(&mut self, atom: &Atom<'t>, behind: &[Atom<'t>]) {
        match atom.kind {
            AtomKind::Newline => self.gap = Gap::Break,
            AtomKind::Semicolon => {
                let first = matches!(
                    self.before.map(|before| before.kind),
                    None | Some(AtomKind::Open(_))
                );
                self.gap = match self.gap {
                    // An assertion behind several belongs to what stands before the first.
                    gap @ (Gap::Item | Gap::Break | Gap::Semicolon) => gap,
                    Gap::None if self.tall() && first => Gap::Break,
                    Gap::None if self.tall() => Gap::Item,
                    Gap::None if first => Gap::None,
                    Gap::None => Gap::Semicolon,
                };
            }
            AtomKind::Open(_) => self.open(atom),
            AtomKind::Close(_) => self.close(atom),
            AtomKind::LineComment | AtomKind::BlockComment => self.comment(atom, behind),
            AtomKind::Operand | AtomKind::Sign(_) => self.token(atom),
        }
    }

    fn token(&mut self, atom: &Atom<'t>) {
        self.started = true;
        match self.gap {
            Gap::Item | Gap::Break => self.new_line(self.inner(), atom.breaks > 1),
            Gap::Semicolon => {
                self.out.push_str("; ");
                self.run.start(atom);
                self.write(atom);
                return;
            }
            // A break inside of an expression stays, and what follows is indented.
            Gap::None if atom.breaks > 0 && self.before.is_some() => {
                self.new_line(self.inner() + 1, false);
            }
            Gap::None => {}
        }
        self.put(atom);
    }

    /// Writes an atom with the blank before it that it needs.
    fn put(&mut self, atom: &Atom<'t>) {
        let fresh = self.out.is_empty() || self.out.ends_with(['\n', ' ']);
        let glued = !fresh
            && match &self.before {
                Some(before) => !wants_space(before, atom) && self.run.glue(atom),
                None => false,
            };
        if !glued {
            if !fresh {
                self.out.push(' ');
            }
            self.run.start(atom);
        }
        self.write(atom);
    }

    fn write(&mut self, atom: &Atom<'t>) {
        self.out.push_str(atom.text);
        self.before = Some(*atom);
        self.gap = Gap::None;
    }

    fn new_line(&mut self, indent: usize, blank: bool) {
        if !self.out.is_empty() {
            self.out.push('\n');
            let opened = matches!(
                self.before.map(|before| before.kind),
                Some(AtomKind::Open(_))
            );
            if blank && !opened {
                self.out.push('\n');
            }
        }
        for _ in 0..indent {
            self.out.push_str("  ");
        }
        self.indent = indent;
    }

    fn open(&mut self, atom: &Atom<'t>) {
        self.token(atom);
        let inner = self.indent + usize::from(atom.tall);
        self.levels.push(Level {
            tall: atom.tall,
            outer: self.indent,
            inner,
        });
        self.gap = if atom.tall { Gap::Item } else { Gap::None };
    }

    fn close(&mut self, atom: &Atom<'t>) {
        let level = if self.levels.len() > 1 {
            self.levels.pop()
        } else {
            None
        };
        match level {
            Some(level) if level.tall => {
                let empty = matches!(
                    self.before.map(|before| before.kind),
                    Some(AtomKind::Open(_))
                );
                if !empty {
                    self.new_line(level.outer, false);
                }
                self.indent = level.outer;
            }
            _ => {}
        }
        // A `;` before the bracket is not needed.
        self.gap = Gap::None;
        self.put(atom);
    }

    fn comment(&mut self, atom: &Atom<'t>, behind: &[Atom<'t>]) {
        let gap = self.gap;
        let next = behind
            .iter()
            .find(|atom| !matches!(atom.kind, AtomKind::LineComment | AtomKind::BlockComment));
        // Between items, or inside of one?
        let between = !matches!(
            next.map(|atom| atom.kind),
            Some(AtomKind::Operand | AtomKind::Sign(_) | AtomKind::Open(_))
        ) || gap >= Gap::Item
            || !self.started;
        let own_line = self.before.is_none() || gap == Gap::Break || atom.breaks > 0;
        if own_line {
            let indent = self.inner() + usize::from(!between);
            self.new_line(indent, atom.breaks > 1 && between);
        } else if gap == Gap::Semicolon {
            self.out.push(';');
        }
        if !self.out.is_empty() && !self.out.ends_with(['\n', ' ']) {
            self.out.push(' ');
        }
        self.run.start(atom);
        self.write(atom);
        self.gap = match atom.kind {
            AtomKind::LineComment if between => Gap::Break,
            _ if own_line && between && self.tall() => Gap::Break,
            _ if gap == Gap::Item => Gap::Item,
            _ => Gap::None,
        };
    }
}
