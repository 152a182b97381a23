//! Patterns: compiled once per World, bounded in size, counted as the World's memory.

use std::sync::Arc;

use ::regex::{Regex, RegexBuilder};
use foxvm::{Context, Error};

use crate::failure;

/// Longest pattern, in bytes.
const PATTERN_BYTES: usize = 4096;
/// Bytes of a compiled pattern, and of the automaton that is built while it is used.
const COMPILED_BYTES: usize = 256 << 10;
/// Groups inside each other.
const NESTING: u32 = 64;
/// Patterns that a World keeps; the one not used for longest goes first.
const KEPT: usize = 16;
/// What a kept pattern counts in the World.
const COUNTED: usize = 2 * COMPILED_BYTES;

/// The World's patterns, the one used last at the end.
#[derive(Default)]
struct Patterns(Vec<(String, Arc<Regex>)>);

/// The compiled form of a pattern.
pub(crate) fn compiled(cx: &mut Context<'_>, pattern: &str) -> Result<Arc<Regex>, Error> {
    if pattern.len() > PATTERN_BYTES {
        return Err(failure::range(format!(
            "a pattern has at most {PATTERN_BYTES} bytes"
        )));
    }
    cx.work(pattern.len())?;
    let patterns: &mut Patterns = cx.state()?;
    if let Some(at) = patterns.0.iter().position(|(known, _)| known == pattern) {
        let found = patterns.0.remove(at);
        let regex = found.1.clone();
        patterns.0.push(found);
        return Ok(regex);
    }
    // Compiling takes time in proportion to the compiled form, whose bound counts.
    cx.work(COMPILED_BYTES / 4)?;
    let regex = RegexBuilder::new(pattern)
        .size_limit(COMPILED_BYTES)
        .dfa_size_limit(COMPILED_BYTES)
        .nest_limit(NESTING)
        .build()
        .map_err(|error| refused(&error))?;
    let regex = Arc::new(regex);
    let patterns: &mut Patterns = cx.state()?;
    if patterns.0.len() >= KEPT {
        patterns.0.remove(0);
    } else {
        cx.keep(COUNTED)?;
    }
    let patterns: &mut Patterns = cx.state()?;
    patterns.0.push((pattern.to_owned(), regex.clone()));
    Ok(regex)
}

/// Why a pattern is none, in one line.
fn refused(error: &::regex::Error) -> Error {
    match error {
        ::regex::Error::CompiledTooBig(_) => {
            failure::range("the pattern is too large when it is compiled")
        }
        other => {
            // The last line of the library's drawing is its reason.
            let shown = other.to_string();
            let reason = shown.lines().last().unwrap_or_default();
            let reason = reason.trim_start_matches("error: ");
            failure::conv(format!("the pattern is none: {reason}"))
        }
    }
}
