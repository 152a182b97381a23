//! JSON to values; values to JSON are in `json_write.rs`.
//!
//! Values are made in the World's memory as the text is read; the reader is serde_json's, which nests at most 128 deep. What
//! the World itself refuses (memory, fuel) is kept beside the reader's error and goes first.

use std::fmt;

use foxvm::{Builder, Context, Error, Native, Number, Value};
use numeric::{Exact, IBig};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::failure;

pub(crate) fn natives() -> Vec<Native> {
    let mut all = vec![parse::native(), constant::native()];
    all.extend(crate::json_write::natives());
    all.extend(crate::json_value::natives());
    all
}

/// The value that a JSON text describes, nested at most 128 deep. Integers beyond 64 bits become floats; of equal names in an
/// object the last counts. The error has a map of `line` and `column` as data.
#[foxvm::native(name = "json.parse", cost = 8)]
fn parse(cx: &mut Context<'_>, text: &str) -> Result<Value, Error> {
    read(cx, text, false)
}

/// The value that a JSON text describes, as `json.parse` gives it, but nothing in it can be changed: what a library literal of a
/// JSON file stands for.
#[foxvm::native(name = "json.constant", cost = 8)]
fn constant(cx: &mut Context<'_>, text: &str) -> Result<Value, Error> {
    read(cx, text, true)
}

fn read(cx: &mut Context<'_>, text: &str, frozen: bool) -> Result<Value, Error> {
    cx.work(text.len())?;
    let mut refused = None;
    let mut made = cx.builder();
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = Node {
        made: &mut made,
        refused: &mut refused,
        frozen,
    }
    .deserialize(&mut reader)
    .and_then(|()| reader.end());
    match (refused, read) {
        (Some(error), _) => Err(error),
        (None, Ok(())) => made.finish(),
        (None, Err(error)) => {
            drop(made);
            Err(misread(cx, &error)?)
        }
    }
}

/// The failure with its place.
fn misread(cx: &mut Context<'_>, error: &serde_json::Error) -> Result<Error, Error> {
    let (line, column) = (error.line() as i64, error.column() as i64);
    let shown = error.to_string();
    let place = format!(" at line {line} column {column}");
    let reason = shown.strip_suffix(&place).unwrap_or(&shown);
    let mut made = cx.builder();
    made.push("line")?;
    made.push(line)?;
    made.push("column")?;
    made.push(column)?;
    made.record(2)?;
    let data = made.finish()?;
    Ok(failure::conv(format!("line {line}, column {column}: {reason}")).with_data(data))
}

/// Reads one value onto the builder.
struct Node<'m, 'c, 'w> {
    made: &'m mut Builder<'c, 'w>,
    refused: &'m mut Option<Error>,
    /// Lists and objects cannot be changed.
    frozen: bool,
}

impl<'c, 'w> Node<'_, 'c, 'w> {
    /// Hands on what the World says; the reader gets an error that nobody reads.
    fn keep<E: serde::de::Error>(&mut self, result: Result<(), Error>) -> Result<(), E> {
        result.map_err(|error| {
            *self.refused = Some(error);
            E::custom("refused")
        })
    }

    fn push<T: foxvm::IntoFox, E: serde::de::Error>(mut self, value: T) -> Result<(), E> {
        let pushed = self.made.push(value);
        self.keep(pushed)
    }

    fn member(&mut self) -> Node<'_, 'c, 'w> {
        Node {
            made: self.made,
            refused: self.refused,
            frozen: self.frozen,
        }
    }

    /// A list or object was closed.
    fn closed<E: serde::de::Error>(mut self, result: Result<(), Error>) -> Result<(), E> {
        let result = match result {
            Ok(()) if self.frozen => self.made.freeze(),
            other => other,
        };
        self.keep(result)
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_, '_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }
    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        self.push(())
    }
    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<(), E> {
        self.push(value)
    }
    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<(), E> {
        self.push(value)
    }
    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<(), E> {
        match i64::try_from(value) {
            Ok(small) => self.push(small),
            Err(_) => match Exact::integer(IBig::from(value)) {
                Ok(exact) => self.push(Number::Exact(exact)),
                Err(error) => Err(E::custom(error)),
            },
        }
    }
    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<(), E> {
        self.push(value)
    }
    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<(), E> {
        self.push(value)
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut members: A) -> Result<(), A::Error> {
        let mut count = 0;
        while members.next_element_seed(self.member())?.is_some() {
            count += 1;
            let stepped = self.made.context().work(0);
            self.keep(stepped)?;
        }
        let closed = self.made.list(count);
        self.closed(closed)
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<(), A::Error> {
        let mut count = 0;
        while members.next_key_seed(self.member())?.is_some() {
            members.next_value_seed(self.member())?;
            count += 1;
            let stepped = self.made.context().work(0);
            self.keep(stepped)?;
        }
        let closed = self.made.map(count);
        self.closed(closed)
    }
}
