//! Source text as the front end reads it (docs/specs/rhumb.md §1.1).

use unicode_normalization::{UnicodeNormalization, is_nfc};

/// How the lines of a text ended before it was read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum NewlineKind {
    /// `LF`, or no line end at all.
    #[default]
    Lf,
    /// `CR LF`
    CrLf,
    /// `CR`
    Cr,
}

impl NewlineKind {
    /// The characters themselves.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Lf => "\n",
            Self::CrLf => "\r\n",
            Self::Cr => "\r",
        }
    }
}

/// A text in NFC whose lines end with `LF`, without a byte order mark. All spans refer to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Source {
    text: String,
    newline: NewlineKind,
    line_starts: Vec<u32>,
}

/// A text whose normal form has 4 GiB or more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TooLong;

impl Source {
    /// Reads a text.
    ///
    /// # Errors
    /// [`TooLong`]: spans are 32 bits wide.
    pub fn new(text: &str) -> Result<Self, TooLong> {
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        // The first line end tells; a text that mixes them becomes uniform when it is formatted.
        let newline = match text.find(['\r', '\n']).map(|at| &text[at..]) {
            Some(rest) if rest.starts_with("\r\n") => NewlineKind::CrLf,
            Some(rest) if rest.starts_with('\r') => NewlineKind::Cr,
            _ => NewlineKind::Lf,
        };
        let mut text = if text.contains('\r') {
            text.replace("\r\n", "\n").replace('\r', "\n")
        } else {
            text.to_owned()
        };
        if !is_nfc(&text) {
            text = text.nfc().collect();
        }
        if u32::try_from(text.len()).is_err() {
            return Err(TooLong);
        }
        let mut line_starts = vec![0];
        line_starts.extend(
            text.bytes()
                .enumerate()
                .filter(|&(_, byte)| byte == b'\n')
                // Fits: the length does.
                .map(|(at, _)| at as u32 + 1),
        );
        Ok(Self {
            text,
            newline,
            line_starts,
        })
    }

    /// The normalised text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How its lines ended.
    #[must_use]
    pub const fn newline(&self) -> NewlineKind {
        self.newline
    }

    /// Line and column of a byte offset, both from 1, the column in scalar values. An offset past the end or
    /// inside a character is moved down.
    #[must_use]
    pub fn position(&self, offset: u32) -> (u32, u32) {
        let line = self.line_starts.partition_point(|&start| start <= offset);
        let start = self.line_starts.get(line.saturating_sub(1)).copied();
        let start = start.unwrap_or(0) as usize;
        let mut end = (offset as usize).min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let column = self.text.get(start..end).map_or(0, |t| t.chars().count());
        (line as u32, column as u32 + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newlines_become_lf_and_are_remembered() {
        for (text, normal, kind) in [
            ("a\r\nb\r\n", "a\nb\n", NewlineKind::CrLf),
            ("a\rb", "a\nb", NewlineKind::Cr),
            ("a\nb\r\nc", "a\nb\nc", NewlineKind::Lf),
            ("\u{FEFF}a", "a", NewlineKind::Lf),
            ("", "", NewlineKind::Lf),
        ] {
            let source = Source::new(text).unwrap();
            assert_eq!(source.text(), normal);
            assert_eq!(source.newline(), kind, "{text:?}");
        }
    }

    #[test]
    fn text_is_composed_and_positions_count_scalars() {
        let source = Source::new("cafe\u{301} x\n\u{1F9EE}y").unwrap();
        assert_eq!(source.text(), "café x\n🧮y");
        assert_eq!(source.position(6), (1, 6));
        assert_eq!(source.position(8), (2, 1));
        assert_eq!(source.position(12), (2, 2));
        assert_eq!(source.position(10), (2, 1));
        assert_eq!(source.position(999), (2, 3));
    }
}
