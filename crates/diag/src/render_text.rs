//! Text for people: the sentence, an excerpt of the source where there is one, notes, trace.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::catalogue::Catalogue;
use crate::diagnostic::{Diagnostic, Frame, Label, Message, Severity};
use crate::escape::{escape, escape_char};
use crate::render_line::{head, location, severity_key};
use crate::sources::{FileId, Sources};

/// How to draw.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TextOptions {
    /// Whether to colour with ANSI sequences.
    pub color: bool,
    /// Columns of the terminal, at least 40; longer source lines are cut around what matters.
    pub width: usize,
}

impl Default for TextOptions {
    /// No colours, 100 columns.
    fn default() -> Self {
        Self {
            color: false,
            width: 100,
        }
    }
}

/// The narrowest excerpt that still shows something.
const NARROWEST: usize = 40;

/// Excerpts longer than this many bytes of one file are not drawn; the places are then listed instead.
const LONGEST_EXCERPT: usize = 1 << 20;

/// Excerpts with a longer line, in bytes, are not drawn either: marks at both its ends would make all
/// of it be printed, escaped and underlined.
const LONGEST_LINE: usize = 4_096;

/// The whole diagnostic, several lines, with a line end. Excerpts are drawn for labels whose files are in
/// `sources`; what has no source is said without.
#[must_use]
pub fn render_text(
    diagnostic: &Diagnostic,
    catalogue: &Catalogue,
    sources: &Sources,
    options: TextOptions,
) -> String {
    let excerpts = excerpts(diagnostic, catalogue, sources);
    let mut out = if excerpts.is_empty() {
        None
    } else {
        drawn(diagnostic, catalogue, &excerpts, options)
    }
    .unwrap_or_else(|| plain(diagnostic, catalogue, sources, options));
    out.push_str(&render_trace(diagnostic, catalogue));
    out
}

/// A stretch of one file's lines, made harmless, and its labels with spans moved accordingly.
struct Excerpt {
    name: String,
    text: String,
    first_line: usize,
    marks: Vec<Mark>,
}

struct Mark {
    range: Range<usize>,
    text: Option<String>,
    primary: bool,
}

fn excerpts(diagnostic: &Diagnostic, catalogue: &Catalogue, sources: &Sources) -> Vec<Excerpt> {
    // The main label's file comes first, then files in order of their labels.
    let mut files: Vec<FileId> = Vec::new();
    let main = diagnostic.main_label();
    for label in main.into_iter().chain(&diagnostic.labels) {
        if !files.contains(&label.span.file) {
            files.push(label.span.file);
        }
    }
    files
        .into_iter()
        .filter_map(|file| {
            let labels: Vec<&Label> = diagnostic
                .labels
                .iter()
                .filter(|label| label.span.file == file)
                .collect();
            excerpt(diagnostic, catalogue, sources, file, &labels)
        })
        .collect()
}

fn excerpt(
    diagnostic: &Diagnostic,
    catalogue: &Catalogue,
    sources: &Sources,
    file: FileId,
    labels: &[&Label],
) -> Option<Excerpt> {
    let ranges: Vec<Range<usize>> = labels
        .iter()
        .map(|label| sources.range(label.span))
        .collect::<Option<_>>()?;
    let from = ranges.iter().map(|range| range.start).min()?;
    let to = ranges.iter().map(|range| range.end).max()?;
    let (window, first_line) = sources.lines_around(file, &(from..to))?;
    let raw = sources.text(file)?.get(window.clone())?;
    if raw.len() > LONGEST_EXCERPT || raw.split('\n').any(|line| line.len() > LONGEST_LINE) {
        return None;
    }
    let mut text = String::with_capacity(raw.len());
    // Offsets of every label's ends, inside the window, and where they go when text is escaped.
    let mut ends: Vec<(usize, &mut usize)> = Vec::new();
    let mut moved: Vec<Range<usize>> = ranges
        .iter()
        .map(|range| {
            range.start.min(window.end) - window.start..range.end.min(window.end) - window.start
        })
        .collect();
    for range in &mut moved {
        ends.push((range.start, &mut range.start));
        ends.push((range.end, &mut range.end));
    }
    ends.sort_by_key(|(at, _)| *at);
    let mut ends = ends.into_iter().peekable();
    let mut characters = raw.char_indices().peekable();
    loop {
        let at = characters.peek().map_or(raw.len(), |(at, _)| *at);
        while let Some((_, end)) = ends.next_if(|(end, _)| *end <= at) {
            *end = text.len();
        }
        match characters.next() {
            Some((_, '\n')) => text.push('\n'),
            Some((_, '\t')) => text.push('\t'),
            // The end of a Windows line.
            Some((_, '\r')) if matches!(characters.peek(), Some((_, '\n')) | None) => {}
            Some((_, c)) => escape_char(&mut text, c),
            None => break,
        }
    }
    let marks = labels
        .iter()
        .zip(moved)
        .map(|(label, range)| Mark {
            range,
            text: label
                .message
                .as_ref()
                .map(|message| catalogue.detail(diagnostic, message)),
            primary: label.primary,
        })
        .collect();
    Some(Excerpt {
        name: escape(sources.name(file)?),
        text,
        first_line,
        marks,
    })
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
        Severity::Help => Level::HELP,
    }
}

/// Drawn by annotate-snippets, as rustc draws; none if the library gave up on the excerpt.
fn drawn(
    diagnostic: &Diagnostic,
    catalogue: &Catalogue,
    excerpts: &[Excerpt],
    options: TextOptions,
) -> Option<String> {
    let draw = || {
        let mut group = Group::with_title(
            level(diagnostic.severity)
                .with_name(catalogue.word(severity_key(diagnostic)))
                .primary_title(catalogue.message(diagnostic))
                .id(diagnostic.code.to_string()),
        );
        for excerpt in excerpts {
            let marks = excerpt.marks.iter().map(|mark| {
                let kind = if mark.primary {
                    AnnotationKind::Primary
                } else {
                    AnnotationKind::Context
                };
                kind.span(mark.range.clone()).label(mark.text.as_deref())
            });
            group = group.element(
                Snippet::source(excerpt.text.as_str())
                    .line_start(excerpt.first_line)
                    .path(excerpt.name.as_str())
                    .annotations(marks),
            );
        }
        for (severity, message) in footers(diagnostic) {
            let (level, word) = match severity {
                Severity::Help => (Level::HELP, "severity.help"),
                _ => (Level::NOTE, "severity.note"),
            };
            let sentence = catalogue.detail(diagnostic, message);
            group = group.element(level.with_name(catalogue.word(word)).message(sentence));
        }
        let renderer = if options.color {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        renderer
            .term_width(options.width.max(NARROWEST))
            .render(&[group])
    };
    // The library asserts its own invariants on what it draws, and sources are anybody's.
    let mut text = std::panic::catch_unwind(std::panic::AssertUnwindSafe(draw)).ok()?;
    text.push('\n');
    Some(text)
}

fn footers(diagnostic: &Diagnostic) -> impl Iterator<Item = (Severity, &Message)> {
    let notes = diagnostic.notes.iter().map(|note| (Severity::Note, note));
    notes.chain(diagnostic.helps.iter().map(|help| (Severity::Help, help)))
}

/// Without an excerpt: the head, the places that are known, notes and helps.
fn plain(
    diagnostic: &Diagnostic,
    catalogue: &Catalogue,
    sources: &Sources,
    options: TextOptions,
) -> String {
    let head = head(diagnostic, catalogue);
    let mut out = String::new();
    match head.split_once(": ") {
        Some((word, rest)) if options.color => {
            let style = match diagnostic.severity {
                Severity::Error => "\u{1b}[1m\u{1b}[91m",
                Severity::Warning => "\u{1b}[1m\u{1b}[33m",
                Severity::Note => "\u{1b}[1m\u{1b}[92m",
                Severity::Help => "\u{1b}[1m\u{1b}[96m",
            };
            out.push_str(&format!(
                "{style}{word}\u{1b}[0m\u{1b}[1m: {rest}\u{1b}[0m\n"
            ));
        }
        _ => {
            out.push_str(&head);
            out.push('\n');
        }
    }
    for label in &diagnostic.labels {
        let sentence = label
            .message
            .as_ref()
            .map(|message| catalogue.detail(diagnostic, message));
        let place = sources.range(label.span).and_then(|range| {
            let at = sources.position(label.span.file, range.start)?;
            let name = escape(sources.name(label.span.file)?);
            Some(format!("{name}:{}:{}", at.line, at.column))
        });
        match (place, sentence) {
            (Some(place), Some(sentence)) => out.push_str(&format!(" --> {place}: {sentence}\n")),
            (Some(place), None) => out.push_str(&format!(" --> {place}\n")),
            (None, Some(sentence)) => out.push_str(&format!("  = {sentence}\n")),
            (None, None) => {}
        }
    }
    for (severity, message) in footers(diagnostic) {
        let word = catalogue.word(match severity {
            Severity::Help => "severity.help",
            _ => "severity.note",
        });
        let sentence = catalogue.detail(diagnostic, message);
        out.push_str(&format!("  = {word}: {sentence}\n"));
    }
    out
}

/// Calls alike, one after the other, from which on only the first is shown.
const ALIKE: usize = 4;

/// The calls of a diagnostic, a line each: `  at function (file:line:col)`, innermost first. Of many alike the first is
/// shown, and how many follow it.
#[must_use]
pub fn render_trace(diagnostic: &Diagnostic, catalogue: &Catalogue) -> String {
    let trace = &diagnostic.trace;
    let mut out = String::new();
    let counted = |out: &mut String, key: &'static str, count: u64| {
        let message = Message::new(key).arg("count", count);
        let sentence = catalogue.detail(diagnostic, &message);
        out.push_str(&format!("  {sentence}\n"));
    };
    let gap_at = if trace.omitted > 0 {
        trace.omitted_at.min(trace.frames.len())
    } else {
        trace.frames.len()
    };
    let (inner, outer) = trace.frames.split_at(gap_at);
    for frames in [inner, outer] {
        for alike in frames.chunk_by(|one, next| one == next) {
            let shown = if alike.len() < ALIKE { alike.len() } else { 1 };
            for frame in alike.iter().take(shown) {
                call(&mut out, frame, catalogue);
            }
            let more = (alike.len() - shown) as u64;
            if more > 0 {
                counted(&mut out, "trace.alike", more);
            }
        }
        if trace.omitted > 0 && std::ptr::eq(frames, inner) {
            counted(&mut out, "trace.omitted", trace.omitted);
        }
    }
    out
}

/// One line of a trace.
fn call(out: &mut String, frame: &Frame, catalogue: &Catalogue) {
    let function = if frame.function.is_empty() {
        catalogue.word("trace.nameless").to_owned()
    } else {
        escape(&frame.function)
    };
    out.push_str(&format!("  {} {function}", catalogue.word("trace.at")));
    let place = frame.file.as_deref();
    if let Some(place) = place.and_then(|file| location(file, frame.line, frame.column)) {
        out.push_str(&format!(" ({place})"));
    }
    out.push('\n');
}
