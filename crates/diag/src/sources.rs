//! Files with their texts: from byte offsets to lines and columns.

use std::ops::Range;

/// A file of a [`Sources`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FileId(u32);

/// A stretch of a file, in bytes. May be odd (reversed, past the end, inside a character):
/// whoever shows it clamps it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Span {
    /// Which file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// First byte after it.
    pub end: u32,
}

impl Span {
    /// The span of these bytes.
    #[must_use]
    pub const fn new(file: FileId, start: u32, end: u32) -> Self {
        Self { file, start, end }
    }
}

/// Where an offset lies, for people: both count from 1, the column in scalar values.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Position {
    /// Line, ended by `\n`.
    pub line: usize,
    /// Scalar values before it on the line, and one.
    pub column: usize,
}

#[derive(Clone, Debug)]
struct File {
    name: String,
    text: String,
    /// Byte offset of every line's first byte; the first is 0, so it is never empty.
    line_starts: Vec<usize>,
}

/// The files that diagnostics may point into.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<File>,
}

impl Sources {
    /// No files.
    #[must_use]
    pub const fn new() -> Self {
        Self { files: Vec::new() }
    }

    /// Adds a file by the name to show and its text. Spans reach its first 4 GiB.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> FileId {
        let text = text.into();
        let line_starts = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(at, _)| at + 1))
            .collect();
        // An id beyond u32 (memory ends long before) names no file rather than a wrong one.
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(File {
            name: name.into(),
            text,
            line_starts,
        });
        id
    }

    fn file(&self, id: FileId) -> Option<&File> {
        self.files.get(usize::try_from(id.0).ok()?)
    }

    /// A file's name, as given (not escaped).
    #[must_use]
    pub fn name(&self, id: FileId) -> Option<&str> {
        self.file(id).map(|file| file.name.as_str())
    }

    /// A file's text.
    #[must_use]
    pub fn text(&self, id: FileId) -> Option<&str> {
        self.file(id).map(|file| file.text.as_str())
    }

    /// The span as a range that the text can be sliced with: inside it, on character boundaries
    /// (outward), not reversed (an odd end becomes the start). None if the file is unknown.
    #[must_use]
    pub fn range(&self, span: Span) -> Option<Range<usize>> {
        let text = self.text(span.file)?;
        let offset = |at: u32| usize::try_from(at).unwrap_or(usize::MAX).min(text.len());
        let start = text.floor_char_boundary(offset(span.start));
        let end = text.ceil_char_boundary(offset(span.end));
        Some(start..end.max(start))
    }

    /// Where a byte offset lies; offsets past the end count as the end, offsets inside a
    /// character as its start. None if the file is unknown.
    #[must_use]
    pub fn position(&self, id: FileId, offset: usize) -> Option<Position> {
        let file = self.file(id)?;
        let offset = file.text.floor_char_boundary(offset.min(file.text.len()));
        let line = file.line_starts.partition_point(|&start| start <= offset);
        let start = file.line_starts.get(line.checked_sub(1)?)?;
        let before = file.text.get(*start..offset)?;
        Some(Position {
            line,
            column: before.chars().count() + 1,
        })
    }

    /// The whole lines from the one that holds byte `range.start` to the one that holds the last
    /// byte of the range: their bytes, without the last line's end, and the first line's number.
    pub(crate) fn lines_around(
        &self,
        id: FileId,
        range: &Range<usize>,
    ) -> Option<(Range<usize>, usize)> {
        let file = self.file(id)?;
        let line_of = |offset: usize| {
            file.line_starts
                .partition_point(|&start| start <= offset)
                .saturating_sub(1)
        };
        let first = line_of(range.start);
        let last = line_of(range.end.saturating_sub(1).max(range.start));
        let start = *file.line_starts.get(first)?;
        let end = match file.line_starts.get(last + 1) {
            Some(next) => next.saturating_sub(1),
            None => file.text.len(),
        };
        Some((start..end.max(start), first + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position(text: &str, offset: usize) -> (usize, usize) {
        let mut sources = Sources::new();
        let id = sources.add("f", text);
        let found = sources.position(id, offset).expect("the file is known");
        (found.line, found.column)
    }

    #[test]
    fn columns_count_scalar_values() {
        let text = "ab\né日x\n\nz";
        assert_eq!(position(text, 0), (1, 1));
        assert_eq!(position(text, 2), (1, 3));
        assert_eq!(position(text, 3), (2, 1));
        assert_eq!(position(text, 5), (2, 2));
        assert_eq!(position(text, 6), (2, 2), "inside 日");
        assert_eq!(position(text, 8), (2, 3));
        assert_eq!(position(text, 10), (3, 1));
        assert_eq!(position(text, 11), (4, 1));
        assert_eq!(position(text, 12), (4, 2));
        assert_eq!(position(text, usize::MAX), (4, 2));
        assert_eq!(position("", 7), (1, 1));
        assert_eq!(position("a\n", 2), (2, 1));
    }

    #[test]
    fn odd_spans_are_clamped() {
        let mut sources = Sources::new();
        let id = sources.add("f", "aéb");
        let range = |start, end| sources.range(Span::new(id, start, end));
        assert_eq!(range(0, 4), Some(0..4));
        assert_eq!(range(2, 2), Some(1..3), "inside é");
        assert_eq!(range(3, 1), Some(3..3));
        assert_eq!(range(9, u32::MAX), Some(4..4));
        let unknown = Span::new(FileId(9), 0, 1);
        assert_eq!(sources.range(unknown), None);
        assert_eq!(sources.position(unknown.file, 0), None);
    }

    #[test]
    fn lines_around_a_range_are_whole() {
        let mut sources = Sources::new();
        let id = sources.add("f", "one\ntwo\nthree");
        let lines = |range: Range<usize>| {
            let (bytes, first) = sources.lines_around(id, &range).expect("known");
            (&sources.text(id).expect("known")[bytes], first)
        };
        assert_eq!(lines(5..6), ("two", 2));
        assert_eq!(
            lines(5..8),
            ("two", 2),
            "the line's end belongs to the line"
        );
        assert_eq!(lines(2..9), ("one\ntwo\nthree", 1));
        assert_eq!(lines(13..13), ("three", 3));
        assert_eq!(lines(8..8), ("three", 3));
    }
}
