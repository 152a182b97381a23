//! Sentences of running programs in the reader's language.
//!
//! What the machine says of a failure is data of the program that fails: `#***` shows it to selectors in English, as the
//! languages' pages have it. Where a person reads it at last, its template is found again among those here, and its
//! translation shown (`catalog/<lang>/phrases.txt`). Whatever is not among them is said as it is.

use diag::{Argument, Phrase};

/// A template; the tests look for these words.
macro_rules! sentence {
    ($template:literal) => {
        $template
    };
}

/// What programs are told most often.
const SENTENCES: [&str; 73] = [
    sentence!("cannot assign value to immutable label"),
    sentence!("cannot assign value to immutable field '{}'"),
    sentence!("cannot assign to void label"),
    sentence!("invalid operands for {}"),
    sentence!("not callable"),
    sentence!("division by zero"),
    sentence!("index {} of a sequence of {}"),
    sentence!("part {} to {} of a sequence of {}"),
    sentence!("the text is no {}"),
    sentence!("a {} cannot be changed"),
    sentence!("a value of kind {} cannot be applied in part"),
    sentence!("a value of kind {} has no field {}"),
    sentence!("a value of kind {} cannot be hashed"),
    sentence!("the call depth limit is reached"),
    sentence!("the memory limit is reached"),
    sentence!("a text of {} bytes is longer than one allocation may be ({} bytes)"),
    sentence!("one allocation of {} bytes is larger than {}"),
    sentence!("number too large"),
    sentence!("number out of range"),
    sentence!("the time is out of range"),
    sentence!("the duration is out of range"),
    sentence!("the range has no end"),
    sentence!("the range is too long to be counted"),
    sentence!("the text to be replaced is empty"),
    sentence!("the separator is empty"),
    sentence!("no number is left for another element"),
    sentence!("a byte is two digits: one is missing"),
    sentence!("a duration has no form in JSON"),
    sentence!("a text is not repeated below 0 times"),
    sentence!("a value has no form in JSON"),
    sentence!("a whole number is needed"),
    sentence!("a width is not negative"),
    sentence!("a {} has no form in JSON"),
    sentence!("bytes have no form in JSON"),
    sentence!("an element of the list is no number"),
    sentence!("no hexadecimal digits at place {}"),
    sentence!("no literal names {}"),
    sentence!("nothing cannot be counted"),
    sentence!("nothing cannot be replaced"),
    sentence!("row {} is no list"),
    sentence!("the date lies outside the years 1677 to 2262"),
    sentence!("the filling is one scalar"),
    sentence!("the host has no memory left"),
    sentence!("the lower limit is above the upper one"),
    sentence!("the parts have no {}"),
    sentence!("the pattern is none: {}"),
    sentence!("the pattern is too large when it is compiled"),
    sentence!("the result is no finite number"),
    sentence!("the result would have more than {} bytes"),
    sentence!("the standard input is no UTF-8 text"),
    sentence!("there are no scalars from {} to {}"),
    sentence!("there is no time zone {}"),
    sentence!("{} is above {}"),
    sentence!("{}: byte {} is no UTF-8"),
    sentence!("line {}, column {}: {}"),
    sentence!("nested more than {} deep"),
    sentence!("expected {}, found {}"),
    sentence!("something with elements"),
    sentence!("{}: the capability {} was not granted; --allow {} grants it"),
    sentence!("memory limit: {} bytes asked for, {} of {} in use"),
    sentence!("{}: expected {}, found {}"),
    sentence!("a number"),
    sentence!("a text"),
    sentence!("a map"),
    sentence!("text"),
    sentence!("map"),
    sentence!("int"),
    sentence!("float"),
    sentence!("empty"),
    sentence!("range"),
    sentence!("function"),
    sentence!("date"),
    sentence!("list"),
];

/// Longest sentence that is looked for, in bytes.
const LONGEST: usize = 512;

/// What the machine said of a failure, as words that have translations if it is one of the sentences here; host functions begin
/// with their name.
pub fn sentence(said: &str) -> Argument {
    if said.len() > LONGEST {
        return said.into();
    }
    if let Some(found) = known(said) {
        return found.into();
    }
    match said.split_once(": ") {
        Some((name, rest)) if !name.contains(' ') => known(rest).map_or_else(
            || said.into(),
            |rest| {
                let parts = vec![name.into(), rest.into()];
                let template = "{}: {}";
                Phrase { template, parts }.into()
            },
        ),
        _ => said.into(),
    }
}

/// The sentence that a text is.
fn known(said: &str) -> Option<Phrase> {
    SENTENCES.iter().find_map(|template| {
        let parts = parts(template, said)?;
        Some(Phrase {
            template,
            parts: parts.into_iter().map(part).collect(),
        })
    })
}

/// What stands in a gap: the name of a kind, which has a translation, or anything else.
fn part(text: &str) -> Argument {
    match SENTENCES.iter().find(|kind| **kind == text) {
        Some(template) => Argument::Phrase(Phrase {
            template,
            parts: Vec::new(),
        }),
        None => text.into(),
    }
}

/// What stands in the gaps `{}` of a template if the text is made of it.
fn parts<'t>(template: &str, text: &'t str) -> Option<Vec<&'t str>> {
    let mut pieces = template.split("{}");
    let mut rest = text.strip_prefix(pieces.next()?)?;
    let mut found = Vec::new();
    let mut pieces = pieces.peekable();
    while let Some(piece) = pieces.next() {
        let (part, after) = if pieces.peek().is_some() {
            rest.split_once(piece)?
        } else {
            (rest.strip_suffix(piece)?, "")
        };
        if part.is_empty() {
            return None;
        }
        found.push(part);
        rest = after;
    }
    rest.is_empty().then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_found_with_what_stands_in_their_gaps() {
        let field = "cannot assign value to immutable field 'it's'";
        let Argument::Phrase(phrase) = sentence(field) else {
            panic!("not found");
        };
        assert_eq!(phrase.parts, [Argument::from("it's")]);
        assert_eq!(phrase.english(), field);
        assert_eq!(
            parts("index {} of {}", "index 1 of 2"),
            Some(vec!["1", "2"])
        );
        for other in ["index 1", "index  of 2", "an index 1 of 2", "index 1 of "] {
            assert_eq!(parts("index {} of {}", other), None, "{other}");
        }
        let Argument::Phrase(named) = sentence("split: the separator is empty") else {
            panic!("not found");
        };
        assert!(matches!(&named.parts[1], Argument::Phrase(inner) if inner.parts.is_empty()));
        let deep = "a: ".repeat(1000);
        for own in ["not callable!", "mine", "", "my own: text", &deep] {
            assert_eq!(sentence(own), Argument::from(own));
        }
    }

    /// The machine, or a crate that programs reach through it, says each of them.
    #[test]
    fn every_sentence_is_said() {
        let mut sources = String::new();
        let mut folders = vec![];
        for name in ["machine", "rhumb", "stdlib", "lemari", "foxvm", "spaces"] {
            let crates = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
            folders.push(crates.join(name).join("src"));
        }
        while let Some(folder) = folders.pop() {
            for item in std::fs::read_dir(folder).unwrap() {
                let path = item.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if !path.ends_with("sentences.rs") {
                    sources.push_str(&std::fs::read_to_string(path).unwrap());
                }
            }
        }
        // Gaps have names there.
        let mut plain = String::new();
        for (index, piece) in sources.split('{').enumerate() {
            match piece.split_once('}') {
                Some((name, after)) if index > 0 && !name.contains(char::is_whitespace) => {
                    plain.push_str("{}");
                    plain.push_str(after);
                }
                _ => plain.push_str(piece),
            }
        }
        for template in SENTENCES {
            assert!(plain.contains(&format!("{template}\"")), "{template}");
        }
    }
}
