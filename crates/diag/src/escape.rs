//! Making text from files and programs harmless to show.

/// Whether a character may do more on a terminal than be seen: control characters (C0, DEL, C1),
/// marks that reorder or hide text, and line separators. Joiners stay, for they are part of emoji names.
#[must_use]
pub fn is_hazardous(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0001}')
}

/// The text with every hazardous character written out: `\n`, `\r`, `\t`, else `\u{1b}`.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|c| escape_char(&mut out, c));
    out
}

/// Appends one character, escaped if it is hazardous.
pub(crate) fn escape_char(out: &mut String, c: char) {
    if is_hazardous(c) {
        out.extend(c.escape_default());
    } else {
        out.push(c);
    }
}

/// Appends at most `most` characters of the text, escaped, and `…` if there are more.
pub(crate) fn escape_shortened(out: &mut String, text: &str, most: usize) {
    let mut characters = text.chars();
    characters
        .by_ref()
        .take(most)
        .for_each(|c| escape_char(out, c));
    if characters.next().is_some() {
        out.push('…');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_hazardous_is_left() {
        let hostile = "a\u{1b}[2J\u{9b}31m\r\n\t\u{202e}b\u{7f}\u{feff}";
        let shown = escape(hostile);
        assert!(!shown.chars().any(is_hazardous));
        assert_eq!(shown, r"a\u{1b}[2J\u{9b}31m\r\n\t\u{202e}b\u{7f}\u{feff}");
    }

    #[test]
    fn ordinary_text_stays() {
        for text in ["", "héllo wörld", "👩‍💻 ok", r"back\slash", "日本語"] {
            assert_eq!(escape(text), text);
        }
    }

    #[test]
    fn long_text_is_cut_with_a_mark() {
        let mut out = String::new();
        escape_shortened(&mut out, "abcdef", 3);
        assert_eq!(out, "abc…");
        out.clear();
        escape_shortened(&mut out, "abc", 3);
        assert_eq!(out, "abc");
    }
}
