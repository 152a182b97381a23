//! The program's own output and input.

use std::sync::PoisonError;

use foxvm::{Context, Error, Native, Stream};

use crate::failure;
use crate::settings::{Input, Settings};

pub(crate) fn natives(settings: &Settings) -> Vec<Native> {
    let input = settings.input.clone();
    vec![
        write::native(),
        write_line::native(),
        error::native(),
        Native::new(
            "console.read_line",
            move |cx: &mut Context<'_>| -> Result<Option<String>, Error> { read_line(cx, &input) },
        )
        .capability("stdin")
        .doc("The next line of the standard input, without its end; empty after the last."),
    ]
}

/// Writes a text to the standard output.
#[foxvm::native(name = "console.write")]
fn write(cx: &mut Context<'_>, text: &str) -> Result<(), Error> {
    cx.work(text.len())?;
    cx.write(text)
}

/// Writes a text and an end of line to the standard output.
#[foxvm::native(name = "console.write_line")]
fn write_line(cx: &mut Context<'_>, text: &str) -> Result<(), Error> {
    cx.work(text.len())?;
    cx.write(text)?;
    cx.write("\n")
}

/// Writes a text to the standard error.
#[foxvm::native(name = "console.error")]
fn error(cx: &mut Context<'_>, text: &str) -> Result<(), Error> {
    cx.work(text.len())?;
    cx.write_to(Stream::Err, text.as_bytes())
}

fn read_line(cx: &mut Context<'_>, input: &Input) -> Result<Option<String>, Error> {
    let most = cx.largest();
    let mut held = input.lock().unwrap_or_else(PoisonError::into_inner);
    let mut line: Vec<u8> = Vec::new();
    let mut met = false;
    loop {
        let part = match held.fill_buf() {
            Ok(part) => part,
            Err(cause) if cause.kind() == std::io::ErrorKind::Interrupted => {
                cx.work(0)?;
                continue;
            }
            Err(cause) => return Err(Error::new(cause.to_string())),
        };
        if part.is_empty() {
            break;
        }
        met = true;
        let end = memchr::memchr(b'\n', part);
        let taken = part.get(..end.unwrap_or(part.len())).unwrap_or_default();
        if line.len() + taken.len() > most {
            return Err(crate::gather::too_long(most));
        }
        line.try_reserve(taken.len()).map_err(|_| failure::full())?;
        line.extend_from_slice(taken);
        let used = taken.len() + usize::from(end.is_some());
        held.consume(used);
        cx.work(used)?;
        if end.is_some() {
            break;
        }
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    match String::from_utf8(line) {
        Ok(line) => Ok(met.then_some(line)),
        Err(_) => Err(failure::conv("the standard input is no UTF-8 text")),
    }
}
