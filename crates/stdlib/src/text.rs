//! Texts to texts and numbers. Lists of texts are in `text_list.rs`, what is put in and taken out in `text_parts.rs`.

use foxvm::{Context, Error, Native};
use memchr::memmem;

use crate::failure;
use crate::gather::Gather;
use crate::{text_list, text_parts};

pub(crate) fn natives() -> Vec<Native> {
    let mut all = vec![
        length::native(),
        trim::native(),
        trim_start::native(),
        trim_end::native(),
        pad_start::native(),
        pad_end::native(),
        pad_both::native(),
        replace::native(),
        find::native(),
        find_last::native(),
        count::native(),
        contains::native(),
        starts::native(),
        ends::native(),
        slice::native(),
        lower::native(),
        upper::native(),
        repeat::native(),
        reverse::native(),
    ];
    all.extend(text_list::natives());
    all.extend(text_parts::natives());
    all
}

/// Number of scalars.
#[foxvm::native(name = "text.length", inline = "text.length")]
fn length(cx: &mut Context<'_>, text: &str) -> Result<i64, Error> {
    cx.work(text.len())?;
    Ok(text.chars().count() as i64)
}

/// Without white space at both ends.
#[foxvm::native(name = "text.trim", inline = "text.trim")]
fn trim(cx: &mut Context<'_>, text: &str) -> Result<String, Error> {
    cx.work(text.len())?;
    Ok(text.trim().to_owned())
}

/// Without white space at the beginning.
#[foxvm::native(name = "text.trim_start")]
fn trim_start(cx: &mut Context<'_>, text: &str) -> Result<String, Error> {
    cx.work(text.len())?;
    Ok(text.trim_start().to_owned())
}

/// Without white space at the end.
#[foxvm::native(name = "text.trim_end")]
fn trim_end(cx: &mut Context<'_>, text: &str) -> Result<String, Error> {
    cx.work(text.len())?;
    Ok(text.trim_end().to_owned())
}

/// Fills a text up to `width` scalars, so many of the missing ones on the left as `left` says of them all.
fn pad(
    cx: &mut Context<'_>,
    text: &str,
    width: i64,
    fill: &str,
    left: impl Fn(usize) -> usize,
) -> Result<String, Error> {
    let mut scalars = fill.chars();
    let (Some(_), None) = (scalars.next(), scalars.next()) else {
        return Err(failure::range("the filling is one scalar"));
    };
    let width = usize::try_from(width).map_err(|_| failure::range("a width is not negative"))?;
    cx.work(text.len())?;
    let missing = width.saturating_sub(text.chars().count());
    let before = left(missing);
    let mut made = Gather::new(cx);
    made.repeat(fill, before)?;
    made.push(text)?;
    made.repeat(fill, missing - before)?;
    cx.work(made.len())?;
    Ok(made.finish())
}

/// Filled on the left up to a width in scalars.
#[foxvm::native(name = "text.pad_start")]
fn pad_start(cx: &mut Context<'_>, text: &str, width: i64, fill: &str) -> Result<String, Error> {
    pad(cx, text, width, fill, |missing| missing)
}

/// Filled on the right up to a width in scalars.
#[foxvm::native(name = "text.pad_end")]
fn pad_end(cx: &mut Context<'_>, text: &str, width: i64, fill: &str) -> Result<String, Error> {
    pad(cx, text, width, fill, |_| 0)
}

/// Filled on both sides up to a width in scalars; of an odd number the right side gets one more.
#[foxvm::native(name = "text.pad_both")]
fn pad_both(cx: &mut Context<'_>, text: &str, width: i64, fill: &str) -> Result<String, Error> {
    pad(cx, text, width, fill, |missing| missing / 2)
}

/// All occurrences of `wanted`, which is not empty, replaced.
#[foxvm::native(name = "text.replace", inline = "text.replace")]
fn replace(
    cx: &mut Context<'_>,
    text: &str,
    wanted: &str,
    replacement: &str,
) -> Result<String, Error> {
    if wanted.is_empty() {
        return Err(failure::range("nothing cannot be replaced"));
    }
    cx.work(text.len())?;
    let mut made = Gather::new(cx);
    let mut from = 0;
    for at in memmem::find_iter(text.as_bytes(), wanted.as_bytes()) {
        made.push(text.get(from..at).unwrap_or_default())?;
        made.push(replacement)?;
        from = at + wanted.len();
    }
    made.push(text.get(from..).unwrap_or_default())?;
    cx.work(made.len())?;
    Ok(made.finish())
}

/// Scalars before a byte offset that lies on a boundary; -1 for none.
fn place(text: &str, at: Option<usize>) -> i64 {
    at.and_then(|at| text.get(..at))
        .map_or(-1, |before| before.chars().count() as i64)
}

/// Place of the first occurrence of `wanted`; -1 if there is none.
#[foxvm::native(name = "text.find", inline = "text.find")]
fn find(cx: &mut Context<'_>, text: &str, wanted: &str) -> Result<i64, Error> {
    cx.work(text.len())?;
    let at = memmem::find(text.as_bytes(), wanted.as_bytes());
    Ok(place(text, at))
}

/// Place of the last occurrence of `wanted`; -1 if there is none.
#[foxvm::native(name = "text.find_last")]
fn find_last(cx: &mut Context<'_>, text: &str, wanted: &str) -> Result<i64, Error> {
    cx.work(text.len())?;
    let at = memmem::rfind(text.as_bytes(), wanted.as_bytes());
    Ok(place(text, at))
}

/// How often `wanted`, which is not empty, occurs, without overlaps.
#[foxvm::native(name = "text.count")]
fn count(cx: &mut Context<'_>, text: &str, wanted: &str) -> Result<i64, Error> {
    if wanted.is_empty() {
        return Err(failure::range("nothing cannot be counted"));
    }
    cx.work(text.len())?;
    Ok(memmem::find_iter(text.as_bytes(), wanted.as_bytes()).count() as i64)
}

/// Does `wanted` occur in the text?
#[foxvm::native(name = "text.contains", inline = "text.contains")]
fn contains(cx: &mut Context<'_>, text: &str, wanted: &str) -> Result<bool, Error> {
    cx.work(text.len())?;
    Ok(memmem::find(text.as_bytes(), wanted.as_bytes()).is_some())
}

/// Does the text begin with `wanted`?
#[foxvm::native(name = "text.starts", inline = "text.starts")]
fn starts(cx: &mut Context<'_>, text: &str, wanted: &str) -> Result<bool, Error> {
    cx.work(wanted.len().min(text.len()))?;
    Ok(text.starts_with(wanted))
}

/// Does the text end with `wanted`?
#[foxvm::native(name = "text.ends", inline = "text.ends")]
fn ends(cx: &mut Context<'_>, text: &str, wanted: &str) -> Result<bool, Error> {
    cx.work(wanted.len().min(text.len()))?;
    Ok(text.ends_with(wanted))
}

/// Scalars from place `from` to before place `to`.
#[foxvm::native(name = "text.slice", inline = "text.slice")]
fn slice(cx: &mut Context<'_>, text: &str, from: i64, to: i64) -> Result<String, Error> {
    cx.work(text.len())?;
    let outside = || {
        Error::host(
            foxvm::Fault::Bounds,
            format!("there are no scalars from {from} to {to}"),
        )
    };
    let (Ok(first), Ok(end)) = (usize::try_from(from), usize::try_from(to)) else {
        return Err(outside());
    };
    let offset = |place: usize| {
        text.char_indices()
            .map(|(at, _)| at)
            .chain([text.len()])
            .nth(place)
    };
    match (offset(first), offset(end)) {
        (Some(first), Some(end)) if first <= end => {
            Ok(text.get(first..end).unwrap_or_default().to_owned())
        }
        _ => Err(outside()),
    }
}

/// Lower case, as Unicode has it for all languages.
#[foxvm::native(name = "text.lower", inline = "text.lower")]
fn lower(cx: &mut Context<'_>, text: &str) -> Result<String, Error> {
    cx.work(text.len())?;
    Ok(text.to_lowercase())
}

/// Upper case, as Unicode has it for all languages.
#[foxvm::native(name = "text.upper", inline = "text.upper")]
fn upper(cx: &mut Context<'_>, text: &str) -> Result<String, Error> {
    cx.work(text.len())?;
    Ok(text.to_uppercase())
}

/// The text `times` times, at least 0.
#[foxvm::native(name = "text.repeat", inline = "text.repeat")]
fn repeat(cx: &mut Context<'_>, text: &str, times: i64) -> Result<String, Error> {
    let times = usize::try_from(times)
        .map_err(|_| failure::range("a text is not repeated below 0 times"))?;
    let mut made = Gather::new(cx);
    let bytes = text.len().saturating_mul(times);
    if bytes <= cx.largest() {
        cx.work(bytes)?;
    }
    made.repeat(text, times)?;
    Ok(made.finish())
}

/// The scalars in reverse order.
#[foxvm::native(name = "text.reverse")]
fn reverse(cx: &mut Context<'_>, text: &str) -> Result<String, Error> {
    cx.work(text.len())?;
    Ok(text.chars().rev().collect())
}
