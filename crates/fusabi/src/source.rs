//! Source text as the front end reads it (docs/specs/fusabi.md §1.1).

/// How the lines of a text ended before it was read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum NewlineKind {
    /// `LF`, or no line end at all.
    #[default]
    Lf,
    /// `CR LF`
    CrLf,
}

impl NewlineKind {
    /// The characters themselves.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Lf => "\n",
            Self::CrLf => "\r\n",
        }
    }
}

/// A text whose lines end with `LF`, without a byte order mark. All spans refer to it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Source {
    text: String,
    newline: NewlineKind,
}

/// A text of 4 GiB or more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TooLong;

impl Source {
    /// Reads a text.
    ///
    /// # Errors
    /// [`TooLong`]: spans are 32 bits wide.
    pub fn new(text: &str) -> Result<Self, TooLong> {
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        if u32::try_from(text.len()).is_err() {
            return Err(TooLong);
        }
        // The first line end tells; a text that mixes them becomes uniform when it is formatted.
        let newline = match text.find('\n') {
            Some(at) if at > 0 && text.as_bytes().get(at - 1) == Some(&b'\r') => NewlineKind::CrLf,
            _ => NewlineKind::Lf,
        };
        let text = if text.contains('\r') {
            text.replace("\r\n", "\n").replace('\r', "\n")
        } else {
            text.to_owned()
        };
        Ok(Self { text, newline })
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newlines_become_lf_and_are_remembered() {
        for (text, normal, kind) in [
            ("a\r\nb\r\n", "a\nb\n", NewlineKind::CrLf),
            ("a\rb", "a\nb", NewlineKind::Lf),
            ("a\nb\r\nc", "a\nb\nc", NewlineKind::Lf),
            ("\u{FEFF}a", "a", NewlineKind::Lf),
            ("", "", NewlineKind::Lf),
        ] {
            let source = Source::new(text).unwrap();
            assert_eq!(source.text(), normal);
            assert_eq!(source.newline(), kind, "{text:?}");
        }
    }
}
