//! Values to JSON.

use std::fmt::Write as _;

use foxvm::{Context, Error, Native, Number, Value, Visit};
use numeric::TextStyle;

use crate::failure;
use crate::gather::Gather;
use crate::zone;

/// Deepest nesting, the same that can be read back.
const DEPTH: usize = 127;
/// Widest indentation of one level.
const INDENT: i64 = 16;

pub(crate) fn natives() -> Vec<Native> {
    vec![write::native(), write_pretty::native()]
}

/// A value as JSON without blanks, nested at most 127 deep. Dates become texts as ISO 8601 has them, scalars texts, tuples and
/// sets arrays, records and ordered maps objects in their order. Of union cases `None` is null, `Some` its value, any other its
/// name if it has no fields, else an object of its name and its field, or the array of its fields. What has no form in JSON
/// (functions, bytes, numbers that are not finite) is refused.
#[foxvm::native(name = "json.write", cost = 8)]
fn write(cx: &mut Context<'_>, value: Value) -> Result<String, Error> {
    Writer::new(cx, None).run(cx, &value)
}

/// The same on many lines, each level indented by 0 to 16 blanks.
#[foxvm::native(name = "json.write_pretty", cost = 8)]
fn write_pretty(cx: &mut Context<'_>, value: Value, indent: i64) -> Result<String, Error> {
    if !(0..=INDENT).contains(&indent) {
        return Err(failure::range(format!(
            "a level is indented by 0 to {INDENT} blanks"
        )));
    }
    Writer::new(cx, Some(indent as usize)).run(cx, &value)
}

/// What encloses what is being written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Around {
    /// A list.
    List,
    /// An object: a name before each value.
    Object,
    /// A union case that shows as its one field, or as a word that is written already.
    Bare,
    /// A union case of one field: an object of one name, which is written already.
    Tagged,
    /// The same of several fields, in a list.
    TaggedList,
}

impl Around {
    /// How many brackets that takes.
    const fn brackets(self) -> usize {
        match self {
            Around::Bare => 0,
            Around::List | Around::Object | Around::Tagged => 1,
            Around::TaggedList => 2,
        }
    }
}

/// A list, object or union case that is being written.
struct Open {
    around: Around,
    /// Members and keys so far.
    met: usize,
}

struct Writer {
    text: Gather,
    /// Blanks per level; `None` for one line.
    indent: Option<usize>,
    open: Vec<Open>,
}

impl Writer {
    fn new(cx: &Context<'_>, indent: Option<usize>) -> Writer {
        Writer {
            text: Gather::new(cx),
            indent,
            open: Vec::new(),
        }
    }

    fn run(mut self, cx: &mut Context<'_>, value: &Value) -> Result<String, Error> {
        let mut walk = cx.walk(value, DEPTH)?;
        while let Some(visit) = walk.step()? {
            self.visit(visit)?;
        }
        drop(walk);
        cx.work(self.text.len())?;
        Ok(self.text.finish())
    }

    fn visit(&mut self, visit: Visit<'_>) -> Result<(), Error> {
        if matches!(visit, Visit::Close) {
            return self.close();
        }
        let key = self
            .open
            .last()
            .is_some_and(|open| open.around == Around::Object && open.met % 2 == 0);
        self.before()?;
        if key {
            return self.key(visit);
        }
        match visit {
            Visit::Empty => self.text.push("null"),
            Visit::Bool(true) => self.text.push("true"),
            Visit::Bool(false) => self.text.push("false"),
            Visit::Number(number) => self.number(&number),
            Visit::Text(text) => self.string(text),
            Visit::Char(scalar) => self.string(scalar.encode_utf8(&mut [0; 4])),
            Visit::Date(ns) => {
                let shown = zone::iso(ns);
                self.string(&shown)
            }
            Visit::List(_) => self.begin(Around::List, "["),
            Visit::Map(_) => self.begin(Around::Object, "{"),
            Visit::Case(name, fields) => self.case(&name, fields),
            Visit::Bytes(_) => Err(failure::kind("bytes have no form in JSON")),
            Visit::Span(_) => Err(failure::kind("a duration has no form in JSON")),
            Visit::Other(kind) => Err(failure::kind(format!("a {kind} has no form in JSON"))),
            _ => Err(failure::kind("a value has no form in JSON")),
        }
    }

    /// The separator in front of a member.
    fn before(&mut self) -> Result<(), Error> {
        let Some(open) = self.open.last_mut() else {
            return Ok(());
        };
        let (around, met) = (open.around, open.met);
        open.met += 1;
        match around {
            Around::Bare => return Ok(()),
            Around::Tagged => return self.colon(),
            Around::Object if met % 2 == 1 => return self.colon(),
            _ => {}
        }
        if met > 0 {
            self.text.push(",")?;
        }
        self.new_line()
    }

    fn colon(&mut self) -> Result<(), Error> {
        self.text
            .push(if self.indent.is_some() { ": " } else { ":" })
    }

    fn new_line(&mut self) -> Result<(), Error> {
        match self.indent {
            Some(blanks) => {
                let depth: usize = self.open.iter().map(|open| open.around.brackets()).sum();
                self.text.push("\n")?;
                self.text.repeat(" ", blanks * depth)
            }
            None => Ok(()),
        }
    }

    fn begin(&mut self, around: Around, bracket: &str) -> Result<(), Error> {
        self.open.push(Open { around, met: 0 });
        self.text.push(bracket)
    }

    fn case(&mut self, name: &str, fields: usize) -> Result<(), Error> {
        match (name, fields) {
            ("None", 0) => {
                self.text.push("null")?;
                self.begin(Around::Bare, "")
            }
            ("Some", 1) => self.begin(Around::Bare, ""),
            (_, 0) => {
                self.string(name)?;
                self.begin(Around::Bare, "")
            }
            _ => {
                self.begin(Around::Tagged, "{")?;
                self.new_line()?;
                self.string(name)?;
                if fields == 1 {
                    return Ok(());
                }
                self.colon()?;
                self.text.push("[")?;
                if let Some(open) = self.open.last_mut() {
                    open.around = Around::TaggedList;
                }
                Ok(())
            }
        }
    }

    fn close(&mut self) -> Result<(), Error> {
        let Some(open) = self.open.pop() else {
            return Ok(());
        };
        if open.around == Around::Bare {
            return Ok(());
        }
        if open.around == Around::TaggedList {
            // The list stands one level within the object.
            self.open.push(Open {
                around: Around::Tagged,
                met: 0,
            });
            self.new_line()?;
            self.open.pop();
            self.text.push("]")?;
        }
        if open.met > 0 {
            self.new_line()?;
        }
        self.text.push(match open.around {
            Around::List => "]",
            _ => "}",
        })
    }

    fn key(&mut self, visit: Visit<'_>) -> Result<(), Error> {
        match visit {
            Visit::Text(text) => self.string(text),
            Visit::Char(scalar) => self.string(scalar.encode_utf8(&mut [0; 4])),
            Visit::Number(Number::I64(number)) => self.string(&number.to_string()),
            _ => Err(failure::kind(
                "a name in an object is a text or a whole number",
            )),
        }
    }

    fn number(&mut self, number: &Number) -> Result<(), Error> {
        match number {
            Number::F64(value) if !value.is_finite() => Err(failure::range(
                "a number that is not finite has no form in JSON",
            )),
            Number::F64(value) => {
                // The fewest digits that read back as the same float; with a point, so that it stays one.
                let mut shown = String::new();
                let _ = write!(shown, "{value:?}");
                self.text.push(&shown)
            }
            exact => self.text.push(&numeric::text(exact, TextStyle::Morph)),
        }
    }

    /// A text in quotes (RFC 8259 §7).
    fn string(&mut self, text: &str) -> Result<(), Error> {
        self.text.push("\"")?;
        let mut from = 0;
        for (at, byte) in text.bytes().enumerate() {
            let escaped = match byte {
                b'"' => "\\\"",
                b'\\' => "\\\\",
                b'\n' => "\\n",
                b'\r' => "\\r",
                b'\t' => "\\t",
                0x08 => "\\b",
                0x0C => "\\f",
                0..=0x1F => "",
                _ => continue,
            };
            self.text.push(text.get(from..at).unwrap_or_default())?;
            if escaped.is_empty() {
                self.text.push(&format!("\\u{byte:04x}"))?;
            } else {
                self.text.push(escaped)?;
            }
            from = at + 1;
        }
        self.text.push(text.get(from..).unwrap_or_default())?;
        self.text.push("\"")
    }
}
