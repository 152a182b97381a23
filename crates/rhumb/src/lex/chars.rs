//! Which characters make a label (docs/specs/rhumb.md §1.5, §1.6, §1.7).

use unicode_general_category::{GeneralCategory, get_general_category};

/// `letter` or `_`: begins a label.
#[must_use]
pub(crate) fn is_start(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphabetic() || c == '_';
    }
    use GeneralCategory::{
        EnclosingMark, LetterNumber, LowercaseLetter, ModifierLetter, NonspacingMark, OtherLetter,
        OtherSymbol, SpacingMark, TitlecaseLetter, UppercaseLetter,
    };
    // The skin tones are modifier symbols (Sk), which otherwise are no letters; the joiner is a format character.
    matches!(c, '\u{1F3FB}'..='\u{1F3FF}' | '\u{FE0F}' | '\u{200D}')
        || matches!(
            get_general_category(c),
            LowercaseLetter
                | UppercaseLetter
                | TitlecaseLetter
                | ModifierLetter
                | OtherLetter
                | NonspacingMark
                | SpacingMark
                | EnclosingMark
                | LetterNumber
                | OtherSymbol
        )
}

/// `letter`, `digit` or `_`: goes on with a label.
#[must_use]
pub(crate) fn is_part(c: char) -> bool {
    is_start(c)
        || c.is_ascii_digit()
        || (!c.is_ascii() && get_general_category(c) == GeneralCategory::DecimalNumber)
}

/// Length in bytes of the label that begins the text; 0 if none does.
#[must_use]
pub(crate) fn label_length(text: &str) -> usize {
    let mut chars = text.char_indices().peekable();
    let mut end = 0;
    match chars.next() {
        Some((_, c)) if is_start(c) => end += c.len_utf8(),
        _ => return 0,
    }
    while let Some((at, c)) = chars.next() {
        // A separator belongs to the label only when a part follows it (D-01).
        let taken = is_part(c)
            || (matches!(c, '-' | '.') && chars.peek().is_some_and(|&(_, next)| is_part(next)));
        if !taken {
            break;
        }
        end = at + c.len_utf8();
    }
    end
}

/// Length in bytes of the hook label that begins the text; 0 if none does.
#[must_use]
pub(crate) fn hook_length(text: &str) -> usize {
    let Some(inner) = text.strip_prefix('_') else {
        return 0;
    };
    let run = inner
        .bytes()
        .take_while(|byte| byte.is_ascii_digit() || b"!#$%&*+,-./:<=>?@^|~`\\".contains(byte))
        .count();
    match inner.as_bytes().get(run) {
        Some(b'_') if run > 0 => run + 2,
        _ => 0,
    }
}

/// Length in bytes of a key's name behind its backtick; 0 if there is none.
#[must_use]
pub(crate) fn key_length(text: &str) -> usize {
    text.char_indices()
        .find(|&(at, c)| {
            c.is_whitespace()
                || "()[]{};\\'\"".contains(c)
                || ["..", "::", ".=", ":="]
                    .iter()
                    .any(|stop| text[at..].starts_with(stop))
        })
        .map_or(text.len(), |(at, _)| at)
}

/// Length in bytes of a pattern of names behind `\` or `\\`; 0 if there is none, or if it is only `*`.
///
/// A `*` beside another `*` or before `^` belongs to an operator or is the label `***`.
#[must_use]
pub(crate) fn wildcard_length(text: &str) -> usize {
    let mut end = 0;
    let mut stars = 0;
    let mut others = 0;
    let mut chars = text.char_indices().peekable();
    let mut before = ' ';
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|&(_, next)| next);
        let taken = match c {
            '*' => before != '*' && !matches!(next, Some('*' | '^')),
            '-' | '.' => next.is_some_and(|next| is_part(next) || next == '*') && at > 0,
            _ => is_part(c),
        };
        if !taken {
            // `a-**`: the separator was taken for the star's sake, which an operator claims.
            if matches!(before, '-' | '.') {
                return 0;
            }
            break;
        }
        stars += usize::from(c == '*');
        others += usize::from(c != '*');
        end = at + c.len_utf8();
        before = c;
    }
    if stars > 0 && others > 0 { end } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_take_separators_only_before_parts() {
        for (text, label) in [
            ("a..1", "a"),
            ("n--1", "n"),
            ("x->y", "x"),
            ("q.=1", "q"),
            ("set-x .=", "set-x"),
            ("favicon.ico", "favicon.ico"),
            ("m.1", "m.1"),
            ("l0-b1_f.z;", "l0-b1_f.z"),
            ("x-1", "x-1"),
            ("who.", "who"),
            ("हो ", "हो"),
            ("⚙️x", "⚙️x"),
            ("👩🏽‍🚀(", "👩🏽‍🚀"),
            ("📡", "📡"),
            ("1a", ""),
            ("#️⃣", ""),
            ("^", ""),
            ("_", "_"),
            ("___x", "___x"),
        ] {
            assert_eq!(&text[..label_length(text)], label, "{text}");
        }
    }

    #[test]
    fn hooks_need_signs_between_underscores() {
        for (text, hook) in [
            ("_++_ ..", "_++_"),
            ("_==_", "_==_"),
            ("_/\\_", "_/\\_"),
            ("_0_", "_0_"),
            ("_>_", "_>_"),
            ("_`_", "_`_"),
            ("_#_x", "_#_"),
            ("_ ++ _", ""),
            ("_++x_", ""),
            ("__", ""),
            ("_[]_", ""),
        ] {
            assert_eq!(&text[..hook_length(text)], hook, "{text}");
        }
    }

    #[test]
    fn keys_stop_at_brackets_and_field_signs() {
        for (text, key) in [
            ("email@domain.com .. 1", "email@domain.com"),
            ("a;`b]", "a"),
            ("a..1", "a"),
            ("a::1", "a"),
            ("a.=1", "a"),
            ("a\\b", "a"),
            ("]", ""),
        ] {
            assert_eq!(&text[..key_length(text)], key, "{text}");
        }
    }

    #[test]
    fn wildcards_leave_operators_alone() {
        for (text, wildcard) in [
            ("*.code", "*.code"),
            ("*.code)", "*.code"),
            ("a*b .. 1", "a*b"),
            ("*", ""),
            ("* ** 2", ""),
            ("***", ""),
            ("f**2", ""),
            ("f*^2", ""),
            ("f", ""),
            ("*..1", ""),
            ("x.*", "x.*"),
        ] {
            assert_eq!(&text[..wildcard_length(text)], wildcard, "{text}");
        }
    }
}
