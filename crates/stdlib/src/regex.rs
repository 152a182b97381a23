//! Regular expressions: finding, replacing, splitting.
//!
//! One search takes time linear in the text and in the pattern. Finding all matches may search the same part again and again,
//! so every match is a step at which fuel, interrupt and deadline are looked at.

use ::regex::{Captures, Regex};
use foxvm::{Builder, Context, Error, Native, Value};

use crate::gather::Gather;
use crate::pattern::compiled;

pub(crate) fn natives() -> Vec<Native> {
    vec![
        matches::native(),
        find::native(),
        find_all::native(),
        replace::native(),
        split::native(),
        escape::native(),
        check::native(),
        spans::native(),
        groups::native(),
    ]
}

/// Counts scalars up to byte offsets that only grow.
struct Places<'t> {
    text: &'t str,
    byte: usize,
    scalar: i64,
}

impl<'t> Places<'t> {
    fn new(text: &'t str) -> Places<'t> {
        Places {
            text,
            byte: 0,
            scalar: 0,
        }
    }

    fn of(&mut self, byte: usize) -> i64 {
        if let Some(between) = self.text.get(self.byte..byte) {
            self.scalar += between.chars().count() as i64;
            self.byte = byte;
        }
        self.scalar
    }
}

/// Does the pattern occur in the text?
#[foxvm::native(name = "regex.matches", cost = 8)]
fn matches(cx: &mut Context<'_>, text: &str, pattern: &str) -> Result<bool, Error> {
    let regex = compiled(cx, pattern)?;
    cx.work(text.len())?;
    Ok(regex.is_match(text))
}

/// Pushes a map that describes a match.
fn push_match(
    made: &mut Builder<'_, '_>,
    regex: &Regex,
    found: &Captures<'_>,
    places: &mut Places<'_>,
) -> Result<(), Error> {
    let Some(whole) = found.get(0) else {
        return made.push(());
    };
    made.context().work(whole.len())?;
    made.push("text")?;
    made.push(whole.as_str())?;
    made.push("start")?;
    made.push(places.of(whole.start()))?;
    made.push("end")?;
    made.push(places.of(whole.end()))?;
    made.push("groups")?;
    let mut groups = 0;
    for group in found.iter().skip(1) {
        made.push(group.map(|group| group.as_str()))?;
        groups += 1;
    }
    made.list(groups)?;
    made.push("names")?;
    let mut names = 0;
    for name in regex.capture_names().flatten() {
        made.push(name)?;
        made.push(found.name(name).map(|group| group.as_str()))?;
        names += 1;
    }
    made.map(names)?;
    made.record(5)
}

/// The first match: a map of its text, its start, its end (the place behind it), the list of its groups (empty for one that
/// took no part) and the map of its named groups. Empty if there is none.
#[foxvm::native(name = "regex.find", cost = 8)]
fn find(cx: &mut Context<'_>, text: &str, pattern: &str) -> Result<Value, Error> {
    let regex = compiled(cx, pattern)?;
    cx.work(text.len())?;
    let Some(found) = regex.captures(text) else {
        return Ok(Value::empty());
    };
    let mut made = cx.builder();
    push_match(&mut made, &regex, &found, &mut Places::new(text))?;
    made.finish()
}

/// The list of all matches, from left to right, without overlaps, each as `regex.find` gives it.
#[foxvm::native(name = "regex.find_all", cost = 8)]
fn find_all(cx: &mut Context<'_>, text: &str, pattern: &str) -> Result<Value, Error> {
    let regex = compiled(cx, pattern)?;
    cx.work(text.len())?;
    let mut places = Places::new(text);
    let mut made = cx.builder();
    for found in regex.captures_iter(text) {
        push_match(&mut made, &regex, &found, &mut places)?;
    }
    let count = made.height();
    made.list(count)?;
    made.finish()
}

/// All matches replaced; `$1` and `${name}` in the replacement stand for groups, `$$` for `$`.
#[foxvm::native(name = "regex.replace", cost = 8)]
fn replace(
    cx: &mut Context<'_>,
    text: &str,
    pattern: &str,
    replacement: &str,
) -> Result<String, Error> {
    let regex = compiled(cx, pattern)?;
    cx.work(text.len())?;
    let mut made = Gather::new(cx);
    let mut from = 0;
    let mut part = String::new();
    for found in regex.captures_iter(text) {
        let Some(whole) = found.get(0) else {
            continue;
        };
        made.push(text.get(from..whole.start()).unwrap_or_default())?;
        from = whole.end();
        expand(cx, &found, replacement, &mut part)?;
        cx.work(part.len() + replacement.len())?;
        made.push(&part)?;
    }
    made.push(text.get(from..).unwrap_or_default())?;
    Ok(made.finish())
}

/// What a replacement becomes for one match. Groups may be long and named often: the result is bounded before it is made.
fn expand(
    cx: &Context<'_>,
    found: &Captures<'_>,
    replacement: &str,
    part: &mut String,
) -> Result<(), Error> {
    part.clear();
    let whole = found.get(0).map_or(0, |whole| whole.len());
    let groups = memchr::memchr_iter(b'$', replacement.as_bytes()).count();
    let most = whole
        .saturating_mul(groups)
        .saturating_add(replacement.len());
    if most > cx.largest() {
        return Err(crate::gather::too_long(cx.largest()));
    }
    found.expand(replacement, part);
    Ok(())
}

/// List of the parts between matches.
#[foxvm::native(name = "regex.split", cost = 8)]
fn split(cx: &mut Context<'_>, text: &str, pattern: &str) -> Result<Value, Error> {
    let regex = compiled(cx, pattern)?;
    crate::text_list::list(cx, regex.split(text))
}

/// A pattern that matches exactly the text.
#[foxvm::native(name = "regex.escape")]
fn escape(cx: &mut Context<'_>, text: &str) -> Result<String, Error> {
    cx.work(text.len())?;
    Ok(::regex::escape(text))
}

/// Does nothing for a text that is a pattern; fails for every other.
#[foxvm::native(name = "regex.check", cost = 8)]
fn check(cx: &mut Context<'_>, pattern: &str) -> Result<(), Error> {
    compiled(cx, pattern).map(|_| ())
}

/// Array of the start and the end (the place behind it) of each match, from left to right, without overlaps.
#[foxvm::native(name = "regex.spans", cost = 8)]
fn spans(cx: &mut Context<'_>, text: &str, pattern: &str) -> Result<Value, Error> {
    let regex = compiled(cx, pattern)?;
    cx.work(text.len())?;
    let mut places = Places::new(text);
    let mut made = cx.builder();
    for found in regex.find_iter(text) {
        made.context().work(found.len())?;
        made.push(places.of(found.start()))?;
        made.push(places.of(found.end()))?;
    }
    let count = made.height();
    made.array(count)?;
    made.finish()
}

/// List of the texts of the first match at or behind a place and of its groups, each empty that took no part; empty if there
/// is no match.
#[foxvm::native(name = "regex.groups", cost = 8)]
fn groups(cx: &mut Context<'_>, text: &str, pattern: &str, from: i64) -> Result<Value, Error> {
    let regex = compiled(cx, pattern)?;
    cx.work(text.len())?;
    let mut starts = text.char_indices().map(|(at, _)| at).chain([text.len()]);
    let start = usize::try_from(from).ok().and_then(|from| starts.nth(from));
    let Some(start) = start else {
        return Err(Error::host(
            foxvm::Fault::Bounds,
            format!("the text has no place {from}"),
        ));
    };
    let Some(found) = regex.captures_at(text, start) else {
        return crate::text_list::list(cx, std::iter::empty());
    };
    let groups = found
        .iter()
        .map(|group| group.map_or("", |group| group.as_str()));
    crate::text_list::list(cx, groups)
}
