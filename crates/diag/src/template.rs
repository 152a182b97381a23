//! Message templates: `{name}` and a few forms of it.
//!
//! | form | shows |
//! |---|---|
//! | `{name}` | the argument: text escaped, numbers with groups of three, lists "a, b and c" |
//! | `{name:or}` | a list as "a, b or c" |
//! | `{name:plain}` `{name:hex}` | a number without groups; as `0x1F` |
//! | `{name:bytes}` | a number of bytes as "64 MiB" |
//! | `{name?one\|many}` | `one` if the number is 1, else `many` |
//! | `{[ … ]}` | what is between, if every argument named there is present |
//! | `{{` `}}` | a brace |

use std::fmt;

use crate::argument::Argument;
use crate::escape::escape_shortened;
use crate::lang::Lang;
use crate::phrase::Phrases;

/// Scalar values of one argument that are shown; more is cut with `…`.
const LONGEST_TEXT: usize = 2_000;
/// Elements of a list that are shown; more is cut with `…`.
const LONGEST_LIST: usize = 50;

/// How a placeholder shows its argument.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format<'t> {
    /// As it is.
    Display,
    /// A list joined with "or".
    Or,
    /// A number without groups.
    Plain,
    /// A number in hexadecimal.
    Hex,
    /// A number of bytes in binary units.
    Bytes,
    /// One of two words, by number.
    Plural(&'t str, &'t str),
}

/// A part of a template.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Piece<'t> {
    /// Text to show as it is.
    Literal(&'t str),
    /// An argument's place.
    Placeholder(&'t str, Format<'t>),
    /// `{[`
    OptionalStart,
    /// `]}`
    OptionalEnd,
}

/// Why a text is not a template.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TemplateError {
    /// `{` without its `}`.
    Open,
    /// A single `}`; write `}}`.
    Stray,
    /// What stands between the braces is no placeholder.
    Placeholder(String),
    /// `{[` inside `{[`, or one of the two without the other.
    Optional,
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open => f.write_str("`{` is not closed"),
            Self::Stray => f.write_str("a single `}` (write `}}`)"),
            Self::Placeholder(text) => write!(f, "`{{{text}}}` is no placeholder"),
            Self::Optional => f.write_str("`{[` and `]}` do not pair"),
        }
    }
}

impl std::error::Error for TemplateError {}

/// A template, taken apart.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Template<'t>(Vec<Piece<'t>>);

impl<'t> Template<'t> {
    /// Takes a text apart.
    ///
    /// # Errors
    /// [`TemplateError`] names the first mistake.
    pub fn parse(text: &'t str) -> Result<Self, TemplateError> {
        let mut pieces = Vec::new();
        let mut optional = false;
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, from) = rest.split_at(at);
            let (mut literal, piece, after);
            if let Some(inner) = from.strip_prefix("{{").or_else(|| from.strip_prefix("}}")) {
                literal = before;
                piece = Piece::Literal(from.get(..1).unwrap_or(""));
                after = inner;
            } else if let Some(inner) = from.strip_prefix("{[") {
                if std::mem::replace(&mut optional, true) {
                    return Err(TemplateError::Optional);
                }
                literal = before;
                piece = Piece::OptionalStart;
                after = inner;
            } else if let Some(inner) = from.strip_prefix('{') {
                let (body, inner) = inner.split_once('}').ok_or(TemplateError::Open)?;
                literal = before;
                piece = placeholder(body)?;
                after = inner;
            } else if let Some(outer) = before.strip_suffix(']') {
                if !std::mem::replace(&mut optional, false) {
                    return Err(TemplateError::Optional);
                }
                literal = outer;
                piece = Piece::OptionalEnd;
                after = from.get(1..).unwrap_or("");
            } else {
                return Err(TemplateError::Stray);
            }
            if !literal.is_empty() {
                pieces.push(Piece::Literal(std::mem::take(&mut literal)));
            }
            pieces.push(piece);
            rest = after;
        }
        if optional {
            return Err(TemplateError::Optional);
        }
        if !rest.is_empty() {
            pieces.push(Piece::Literal(rest));
        }
        Ok(Self(pieces))
    }

    /// Its parts in order.
    #[must_use]
    pub fn pieces(&self) -> &[Piece<'t>] {
        &self.0
    }

    /// The names of its arguments, sorted, once each.
    #[must_use]
    pub fn names(&self) -> Vec<&'t str> {
        let mut names: Vec<_> = self.0.iter().filter_map(name).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The sentence. `argument` finds an argument by name, `resolve` the message that a
    /// [`Argument::Key`] names; a missing argument is shown as `{name}`.
    pub(crate) fn fill<'a>(
        &self,
        words: &Words<'_>,
        argument: &dyn Fn(&str) -> Option<&'a Argument>,
        resolve: &dyn Fn(&str, &str) -> Option<String>,
    ) -> String {
        let mut out = String::new();
        let mut at = 0;
        while let Some(piece) = self.0.get(at) {
            at += 1;
            match *piece {
                Piece::Literal(text) => out.push_str(text),
                Piece::OptionalEnd => {}
                Piece::OptionalStart => {
                    let rest = self.0.get(at..).unwrap_or(&[]);
                    let length = rest
                        .iter()
                        .position(|piece| *piece == Piece::OptionalEnd)
                        .unwrap_or(rest.len());
                    let complete = rest
                        .iter()
                        .take(length)
                        .filter_map(name)
                        .all(|name| argument(name).is_some());
                    if !complete {
                        at += length;
                    }
                }
                Piece::Placeholder(name, format) => match argument(name) {
                    Some(Argument::Key(key)) => match resolve(name, key) {
                        Some(text) => out.push_str(&text),
                        None => out.push_str(key),
                    },
                    Some(value) => show(&mut out, words, value, format),
                    None => {
                        out.push('{');
                        out.push_str(name);
                        out.push('}');
                    }
                },
            }
        }
        out
    }
}

/// What the formatting of arguments takes from the language.
pub(crate) struct Words<'w> {
    pub(crate) lang: Lang,
    pub(crate) and: &'w str,
    pub(crate) or: &'w str,
    /// Translations of phrases.
    pub(crate) phrases: &'w Phrases,
}

fn name<'t>(piece: &Piece<'t>) -> Option<&'t str> {
    match *piece {
        Piece::Placeholder(name, _) => Some(name),
        _ => None,
    }
}

fn placeholder(body: &str) -> Result<Piece<'_>, TemplateError> {
    let is_name =
        |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    let piece = if let Some((name, forms)) = body.split_once('?') {
        forms
            .split_once('|')
            .map(|(one, many)| (name, Format::Plural(one, many)))
    } else {
        match body.split_once(':') {
            None => Some((body, Format::Display)),
            Some((name, "or")) => Some((name, Format::Or)),
            Some((name, "plain")) => Some((name, Format::Plain)),
            Some((name, "hex")) => Some((name, Format::Hex)),
            Some((name, "bytes")) => Some((name, Format::Bytes)),
            Some(_) => None,
        }
    };
    match piece {
        Some((name, format)) if is_name(name) => Ok(Piece::Placeholder(name, format)),
        _ => Err(TemplateError::Placeholder(body.to_owned())),
    }
}

fn show(out: &mut String, words: &Words<'_>, value: &Argument, format: Format<'_>) {
    match value {
        Argument::Text(text) => escape_shortened(out, text, LONGEST_TEXT),
        Argument::Key(key) => out.push_str(key),
        Argument::Phrase(phrase) => phrase.say(out, words.phrases, &|out, part| {
            escape_shortened(out, &part.plain(), LONGEST_TEXT);
        }),
        Argument::Integer(number) => match format {
            Format::Plural(one, many) => out.push_str(if *number == 1 { one } else { many }),
            Format::Hex if *number < 0 => out.push_str(&format!("-{:#X}", number.unsigned_abs())),
            Format::Hex => out.push_str(&format!("{number:#X}")),
            Format::Plain => out.push_str(&number.to_string()),
            Format::Bytes => show_bytes(out, words.lang, *number),
            Format::Display | Format::Or => show_grouped(out, words.lang, *number),
        },
        Argument::List(texts) => {
            let shown = texts.len().min(LONGEST_LIST);
            let cut = shown < texts.len();
            let last_word = if format == Format::Or {
                words.or
            } else {
                words.and
            };
            for (at, text) in texts.iter().take(shown).enumerate() {
                if at > 0 && at + 1 == texts.len() {
                    out.push(' ');
                    out.push_str(last_word);
                    out.push(' ');
                } else if at > 0 {
                    out.push_str(", ");
                }
                escape_shortened(out, text, LONGEST_TEXT);
            }
            if cut {
                out.push_str(", …");
            }
        }
    }
}

/// Digits in groups of three, from five digits on (as in running text).
fn show_grouped(out: &mut String, lang: Lang, number: i128) {
    let digits = number.unsigned_abs().to_string();
    if number < 0 {
        out.push('-');
    }
    for (at, digit) in digits.chars().enumerate() {
        let left = digits.len() - at;
        if at > 0 && left.is_multiple_of(3) && digits.len() > 4 {
            out.push(lang.group_separator());
        }
        out.push(digit);
    }
}

/// In the largest binary unit that leaves at least one, with one decimal where it is not whole.
fn show_bytes(out: &mut String, lang: Lang, number: i128) {
    const UNITS: [(&str, u32); 4] = [("GiB", 30), ("MiB", 20), ("KiB", 10), ("B", 0)];
    let size = number.unsigned_abs();
    if number < 0 {
        out.push('-');
    }
    let (unit, shift) = UNITS
        .into_iter()
        .find(|(_, shift)| size >> shift > 0)
        .unwrap_or(("B", 0));
    let whole = size >> shift;
    let tenth = ((size - (whole << shift)) * 10) >> shift;
    show_grouped(out, lang, i128::try_from(whole).unwrap_or(i128::MAX));
    if tenth > 0 {
        out.push(lang.decimal_separator());
        out.push_str(&tenth.to_string());
    }
    out.push(' ');
    out.push_str(unit);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::argument::Arguments;

    fn fill(template: &str, lang: Lang, arguments: &Arguments) -> String {
        let words = Words {
            lang,
            and: "and",
            or: "or",
            phrases: &Phrases::new(),
        };
        let template = Template::parse(template).expect("the template is right");
        template.fill(&words, &|name| arguments.get(name), &|name, key| {
            Some(format!("<{name}.{key}>"))
        })
    }

    fn arguments() -> Arguments {
        let mut arguments = Arguments::new();
        arguments.set("n", 1_234_567);
        arguments.set("one", 1);
        arguments.set("t", "a\u{1b}b");
        arguments.set("l", ["x", "y", "z"].as_slice());
        arguments.set("size", 64 << 20);
        arguments.set("odd", 1536);
        arguments.set("reason", Argument::Key("why"));
        arguments
    }

    #[test]
    fn forms_of_placeholders() {
        for (template, english) in [
            ("{n}", "1,234,567"),
            ("{n:plain} {n:hex}", "1234567 0x12D687"),
            ("{one} {one?item|items}, {n?item|items}", "1 item, items"),
            ("'{t}'", r"'a\u{1b}b'"),
            ("{l}; {l:or}", "x, y and z; x, y or z"),
            ("{size:bytes} {odd:bytes} {one:bytes}", "64 MiB 1.5 KiB 1 B"),
            ("{{}} {reason}", "{} <reason.why>"),
            ("{absent}", "{absent}"),
            (
                "a{[ {n:plain}]} b{[ {absent} {n}]}{[!]} []",
                "a 1234567 b! []",
            ),
        ] {
            assert_eq!(fill(template, Lang::English, &arguments()), english);
        }
        assert_eq!(
            fill("{n} {odd:bytes}", Lang::Indonesian, &arguments()),
            "1.234.567 1,5 KiB"
        );
    }

    #[test]
    fn extremes_of_numbers() {
        let mut arguments = Arguments::new();
        arguments.set("n", i128::MIN);
        arguments.set("m", i128::MAX);
        assert!(fill("{n}{n:hex}{n:bytes}", Lang::English, &arguments).starts_with("-170,141"));
        assert!(fill("{m:bytes}", Lang::English, &arguments).ends_with(" GiB"));
        arguments.set("n", -5);
        assert_eq!(fill("{n} {n:hex}", Lang::English, &arguments), "-5 -0x5");
        arguments.set("n", 1234);
        assert_eq!(fill("{n}", Lang::English, &arguments), "1234");
    }

    #[test]
    fn huge_arguments_are_cut() {
        let mut arguments = Arguments::new();
        arguments.set("t", "x".repeat(1 << 20));
        arguments.set("l", vec!["y".to_owned(); 100_000]);
        let shown = fill("{t}{l}", Lang::English, &arguments);
        assert!(shown.chars().count() < 3_000);
        assert!(shown.ends_with("y, …"));
    }

    #[test]
    fn mistakes_are_named() {
        let error = |text| Template::parse(text).expect_err(text);
        assert_eq!(error("{a"), TemplateError::Open);
        assert_eq!(error("a}"), TemplateError::Stray);
        assert_eq!(error("{}"), TemplateError::Placeholder(String::new()));
        assert_eq!(error("{A}"), TemplateError::Placeholder("A".to_owned()));
        assert_eq!(error("{a:b}"), TemplateError::Placeholder("a:b".to_owned()));
        assert_eq!(error("{a?b}"), TemplateError::Placeholder("a?b".to_owned()));
        assert_eq!(error("{[ {[ ]} ]}"), TemplateError::Optional);
        assert_eq!(error("{[ a"), TemplateError::Optional);
        assert_eq!(error("a ]}"), TemplateError::Optional);
    }
}
