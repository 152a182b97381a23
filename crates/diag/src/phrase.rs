//! Words of the lower crates in the language of the reader: a template of theirs, in English, and what stands in its gaps.
//!
//! A file check or the verifier says what it found in words of its own (`constant 9`, `the start of an instruction`): too
//! many for a field each, and the crate that says them knows no catalogue. So the English template itself is the key:
//! `catalog/<lang>/phrases.txt` has a line `English = translation` for each, and what has none is said in English. A
//! translation names its gaps `{}` in the same order, or `{0}`, `{1}` in another one.

use std::collections::BTreeMap;

use crate::argument::Argument;
use crate::cat_format::{CatError, CatErrorKind};

/// Phrases inside phrases that are shown; what lies deeper is `…`. Those that exist nest twice.
const DEEPEST: usize = 4;

/// An English template with gaps `{}`, and what stands in them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Phrase {
    /// The template, which is the key of its translations.
    pub template: &'static str,
    /// One argument per gap.
    pub parts: Vec<Argument>,
}

impl Phrase {
    /// The words in English, parts as they are.
    #[must_use]
    pub fn english(&self) -> String {
        let mut out = String::new();
        let plain = |out: &mut String, part: &Argument| out.push_str(&part.plain());
        self.write(&mut out, &Phrases::new(), &plain, 0);
        out
    }

    /// Writes the words with the translations of `book`; `show` writes a part that is no phrase.
    pub(crate) fn say(
        &self,
        out: &mut String,
        book: &Phrases,
        show: &dyn Fn(&mut String, &Argument),
    ) {
        self.write(out, book, show, 0);
    }

    fn write(
        &self,
        out: &mut String,
        book: &Phrases,
        show: &dyn Fn(&mut String, &Argument),
        depth: usize,
    ) {
        if depth == DEEPEST {
            out.push('…');
            return;
        }
        let mut rest = *book.get(self.template).unwrap_or(&self.template);
        let mut next = 0;
        while let Some((before, number, after)) = gap(rest) {
            out.push_str(before);
            rest = after;
            let number = number.unwrap_or_else(|| {
                next += 1;
                next - 1
            });
            match self.parts.get(number) {
                Some(Argument::Phrase(inner)) => inner.write(out, book, show, depth + 1),
                Some(part) => show(out, part),
                None => {}
            }
        }
        out.push_str(rest);
    }
}

/// The gaps of a template, by number, in the order in which they stand.
#[must_use]
pub fn phrase_gaps(template: &str) -> Vec<usize> {
    let (mut rest, mut gaps) = (template, Vec::new());
    let mut next = 0;
    while let Some((_, number, after)) = gap(rest) {
        rest = after;
        gaps.push(number.unwrap_or(next));
        next += 1;
    }
    gaps
}

/// The text before the first gap, its number if it has one, and the text after it.
fn gap(text: &str) -> Option<(&str, Option<usize>, &str)> {
    let (before, from) = text.split_once('{')?;
    let (inner, after) = from.split_once('}')?;
    Some((before, inner.parse().ok(), after))
}

/// Translations by their English templates.
pub(crate) type Phrases = BTreeMap<&'static str, &'static str>;

/// Reads lines `English = translation`; blank lines and those that begin with `#` say nothing.
pub(crate) fn parse_phrases(text: &'static str) -> (Phrases, Vec<CatError>) {
    let (mut phrases, mut errors) = (Phrases::new(), Vec::new());
    for (index, line) in text.lines().enumerate() {
        let line_is = |kind| CatError {
            line: index + 1,
            kind,
        };
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        match line.split_once(" = ") {
            None => errors.push(line_is(CatErrorKind::NoField)),
            Some((_, said)) if said.trim().is_empty() => errors.push(line_is(CatErrorKind::Empty)),
            Some((template, said)) => {
                if phrases.insert(template.trim(), said.trim()).is_some() {
                    errors.push(line_is(CatErrorKind::FieldTwice));
                }
            }
        }
    }
    (phrases, errors)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phrase(template: &'static str, parts: Vec<Argument>) -> Phrase {
        Phrase { template, parts }
    }

    fn said(phrase: &Phrase, book: &Phrases) -> String {
        let mut out = String::new();
        phrase.say(&mut out, book, &|out, part| out.push_str(&part.plain()));
        out
    }

    #[test]
    fn a_translation_may_turn_the_order_and_what_has_none_is_english() {
        let (book, errors) =
            parse_phrases("# words\n\nconstant {} of kind {} = {1}: tetapan {0}\nlocal = lokal\n");
        assert_eq!(errors, []);
        let whole = phrase(
            "{} of it: {}",
            vec![
                Argument::Phrase(phrase("local", vec![])),
                Argument::Phrase(phrase(
                    "constant {} of kind {}",
                    vec![3.into(), "text".into()],
                )),
            ],
        );
        assert_eq!(said(&whole, &book), "lokal of it: text: tetapan 3");
        assert_eq!(whole.english(), "local of it: constant 3 of kind text");
        assert_eq!(phrase_gaps("{1}: tetapan {0}"), [1, 0]);
        assert_eq!(phrase_gaps("{} of {}"), [0, 1]);
    }

    #[test]
    fn odd_phrases_end() {
        let mut nested = phrase("{}", vec!["x".into()]);
        for _ in 0..100 {
            nested = phrase("({})", vec![Argument::Phrase(nested)]);
        }
        assert_eq!(nested.english(), "((((…))))");
        assert_eq!(phrase("a {} b {", vec![]).english(), "a  b {");
    }

    #[test]
    fn mistakes_have_their_lines() {
        let (_, errors) = parse_phrases("a = b\nword\na = c\nd =  \n");
        let lines: Vec<_> = errors
            .iter()
            .map(|error| (error.line, error.kind))
            .collect();
        assert_eq!(
            lines,
            [
                (2, CatErrorKind::NoField),
                (3, CatErrorKind::FieldTwice),
                (4, CatErrorKind::Empty)
            ]
        );
    }
}
