//! Texts and bytes that grow while a function works: never beyond what one value of the World may have.

use foxvm::{Context, Error, Fault};

use crate::failure;

/// A growing text.
pub(crate) struct Gather {
    text: String,
    most: usize,
}

impl Gather {
    /// An empty text.
    pub(crate) fn new(cx: &Context<'_>) -> Gather {
        Gather {
            text: String::new(),
            most: cx.largest(),
        }
    }

    /// Appends a text.
    pub(crate) fn push(&mut self, part: &str) -> Result<(), Error> {
        self.reserve(part.len())?;
        self.text.push_str(part);
        Ok(())
    }

    /// Appends a scalar.
    pub(crate) fn push_char(&mut self, scalar: char) -> Result<(), Error> {
        self.reserve(scalar.len_utf8())?;
        self.text.push(scalar);
        Ok(())
    }

    /// Appends a text `count` times.
    pub(crate) fn repeat(&mut self, part: &str, count: usize) -> Result<(), Error> {
        let bytes = part
            .len()
            .checked_mul(count)
            .ok_or_else(|| too_long(self.most))?;
        if bytes == 0 {
            return Ok(());
        }
        self.reserve(bytes)?;
        for _ in 0..count {
            self.text.push_str(part);
        }
        Ok(())
    }

    /// Bytes so far.
    pub(crate) fn len(&self) -> usize {
        self.text.len()
    }

    /// The text.
    pub(crate) fn finish(self) -> String {
        self.text
    }

    fn reserve(&mut self, bytes: usize) -> Result<(), Error> {
        let needed = self.text.len().saturating_add(bytes);
        if needed > self.most {
            return Err(too_long(self.most));
        }
        if self.text.capacity() < needed {
            let target = needed
                .max(self.text.capacity().saturating_mul(2))
                .min(self.most);
            self.text
                .try_reserve_exact(target - self.text.len())
                .map_err(|_| failure::full())?;
        }
        Ok(())
    }
}

impl std::io::Write for Gather {
    /// For writers of ASCII and whole scalars: bytes that are no text are refused.
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let part = std::str::from_utf8(bytes)
            .map_err(|error| std::io::Error::new(std::io::ErrorKind::InvalidData, error))?;
        self.push(part)
            .map_err(|_| std::io::Error::from(std::io::ErrorKind::OutOfMemory))?;
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Fault mem: one value may not have so many bytes.
pub(crate) fn too_long(most: usize) -> Error {
    Error::host(
        Fault::Mem,
        format!("the result would have more than {most} bytes"),
    )
}
