//! The line format of catalogues (`.cat`):
//!
//! ```text
//! # a comment, on a line of its own
//! [FX0003]
//! title   = Division by zero
//! args    = function?: text
//! message = division or remainder by zero{[ in `{function}`]}
//! explain = """
//! Several lines of plain text,
//! blank ones included.
//! """
//! ```
//!
//! A section per entry, a field per line, blocks between lines of three quotes. Nothing else: what is
//! not exactly this is an error with its line.

use std::fmt;

/// A section as written: its name and its fields in order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Section<'t> {
    /// Text between the brackets.
    pub name: &'t str,
    /// Line of its head, from 1.
    pub line: usize,
    /// Fields and their texts; blocks without the line ends around them.
    pub fields: Vec<(&'t str, &'t str)>,
}

impl<'t> Section<'t> {
    /// The text of a field.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&'t str> {
        self.fields
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, text)| *text)
    }
}

/// What is wrong with a catalogue, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CatError {
    /// Line, from 1.
    pub line: usize,
    /// What.
    pub kind: CatErrorKind,
}

/// The mistakes a catalogue can have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CatErrorKind {
    /// A head is not `[name]` with a name of letters, digits, `-` or `_`.
    BadHead,
    /// A section has the name of an earlier one.
    SectionTwice,
    /// A line is neither blank, comment, head nor `field = text`.
    NoField,
    /// A field's name is not made of lower-case letters, digits, `-`, `_` and inner dots.
    BadFieldName,
    /// A field stands before the first head.
    FieldOutside,
    /// A section has the field already.
    FieldTwice,
    /// A field has no text.
    Empty,
    /// A block does not begin with three quotes alone on the rest of the line.
    BadBlock,
    /// A block does not end.
    BlockOpen,
}

impl fmt::Display for CatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            CatErrorKind::BadHead => "a head must be [name]",
            CatErrorKind::SectionTwice => "this section exists already",
            CatErrorKind::NoField => "expected `field = text`",
            CatErrorKind::BadFieldName => "not a field name",
            CatErrorKind::FieldOutside => "a field before the first [head]",
            CatErrorKind::FieldTwice => "the section has this field already",
            CatErrorKind::Empty => "the field has no text",
            CatErrorKind::BadBlock => "nothing may follow the three quotes that open a block",
            CatErrorKind::BlockOpen => "the block is not closed",
        };
        write!(f, "line {}: {what}", self.line)
    }
}

impl std::error::Error for CatError {}

const QUOTES: &str = "\"\"\"";

/// Reads a catalogue: the sections that are right, and every mistake.
#[must_use]
pub fn parse_cat(text: &str) -> (Vec<Section<'_>>, Vec<CatError>) {
    let mut sections: Vec<Section<'_>> = Vec::new();
    let mut errors = Vec::new();
    let mut rest = text;
    let mut line = 0;
    while let Some(content) = next_line(&mut rest) {
        line += 1;
        let mut fail = |kind| errors.push(CatError { line, kind });
        let content = content.trim_end();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        if let Some(inner) = content.strip_prefix('[') {
            match inner.strip_suffix(']') {
                Some(name) if is_name(name, false) => {
                    if sections.iter().any(|section| section.name == name) {
                        fail(CatErrorKind::SectionTwice);
                    }
                    sections.push(Section {
                        name,
                        line,
                        fields: Vec::new(),
                    });
                }
                _ => fail(CatErrorKind::BadHead),
            }
            continue;
        }
        let Some((name, value)) = content.split_once('=') else {
            fail(CatErrorKind::NoField);
            continue;
        };
        let (name, mut value) = (name.trim_end(), value.trim_start());
        if let Some(after) = value.strip_prefix(QUOTES) {
            if !after.is_empty() {
                fail(CatErrorKind::BadBlock);
                continue;
            }
            let Some((block, lines)) = take_block(&mut rest) else {
                fail(CatErrorKind::BlockOpen);
                break;
            };
            value = block;
            line += lines;
        }
        let mut fail = |kind| errors.push(CatError { line, kind });
        if !is_name(name, true) {
            fail(CatErrorKind::BadFieldName);
        } else if value.is_empty() {
            fail(CatErrorKind::Empty);
        } else if let Some(section) = sections.last_mut() {
            if section.field(name).is_some() {
                fail(CatErrorKind::FieldTwice);
            } else {
                section.fields.push((name, value));
            }
        } else {
            fail(CatErrorKind::FieldOutside);
        }
    }
    (sections, errors)
}

/// Takes the next line, without its end.
fn next_line<'t>(rest: &mut &'t str) -> Option<&'t str> {
    if rest.is_empty() {
        return None;
    }
    let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
    *rest = after;
    Some(line)
}

/// Takes the lines up to one that is three quotes: what lies between, and how many lines were taken.
fn take_block<'t>(rest: &mut &'t str) -> Option<(&'t str, usize)> {
    let whole = *rest;
    let mut lines = 0;
    loop {
        let length = whole.len() - rest.len();
        let line = next_line(rest)?;
        lines += 1;
        if line.trim_end() == QUOTES {
            let block = whole.get(..length).unwrap_or("");
            return Some((block.trim_end_matches(['\r', '\n']), lines));
        }
    }
}

fn is_name(name: &str, field: bool) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if field {
        !name.contains(|c: char| c.is_ascii_uppercase())
            && name
                .split('.')
                .all(|part| !part.is_empty() && part.chars().all(inner))
    } else {
        !name.is_empty() && name.chars().all(inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_fields_and_blocks() {
        let text = "# head\n[A1]\ntitle = One = 1\nexplain = \"\"\"\nfirst\n\n  [not a head]\nlast\n\"\"\"\n\n[b-2]\r\nhelp.x =y\r\n";
        let (sections, errors) = parse_cat(text);
        assert_eq!(errors, []);
        assert_eq!(sections.len(), 2);
        assert_eq!(sections[0].field("title"), Some("One = 1"));
        assert_eq!(
            sections[0].field("explain"),
            Some("first\n\n  [not a head]\nlast")
        );
        assert_eq!((sections[1].name, sections[1].line), ("b-2", 11));
        assert_eq!(sections[1].field("help.x"), Some("y"));
    }

    #[test]
    fn every_mistake_is_named_with_its_line() {
        use CatErrorKind::*;
        for (text, line, kind) in [
            ("x = 1", 1, FieldOutside),
            ("[a\n", 1, BadHead),
            ("[]", 1, BadHead),
            ("[a b]", 1, BadHead),
            ("[a]\n[a]", 2, SectionTwice),
            ("[a]\nword", 2, NoField),
            ("[a]\n = 1", 2, BadFieldName),
            ("[a]\nX = 1", 2, BadFieldName),
            ("[a]\nx. = 1", 2, BadFieldName),
            ("[a]\nx = 1\n\nx = 2", 4, FieldTwice),
            ("[a]\nx =  ", 2, Empty),
            ("[a]\nx = \"\"\"\n\n\"\"\"\n", 4, Empty),
            ("[a]\nx = \"\"\"text\n\"\"\"", 2, BadBlock),
            ("[a]\nx = \"\"\"\ntext", 2, BlockOpen),
        ] {
            let (_, errors) = parse_cat(text);
            assert_eq!(errors.first(), Some(&CatError { line, kind }), "{text:?}");
        }
    }

    #[test]
    fn reading_goes_on_after_a_mistake() {
        let (sections, errors) = parse_cat("[a]\n?\nx = 1\n[b]\ny = 2");
        assert_eq!(errors.len(), 1);
        assert_eq!(errors[0].to_string(), "line 2: expected `field = text`");
        assert_eq!(sections[0].field("x"), Some("1"));
        assert_eq!(sections[1].field("y"), Some("2"));
    }
}
