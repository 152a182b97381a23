//! File, line and column of a byte of the source.

use emit::debug::{FileId, Position};

/// Bytes between two counts of scalars.
const STEP: usize = 64;

/// The lines of a text.
pub(super) struct Lines {
    /// First byte of each line.
    starts: Vec<u32>,
    /// How many scalars begin before each multiple of [`STEP`].
    scalars: Vec<u32>,
    first: FileId,
    /// Where each other file begins: its first byte and how many lines are before it.
    others: Vec<(u32, u32, FileId)>,
    text: String,
}

impl Lines {
    /// Of a text that begins with one file and goes on with others, each at the start of a line.
    pub fn new(text: &str, first: FileId, others: &[(u32, FileId)]) -> Lines {
        let mut starts = vec![0];
        let mut scalars = Vec::new();
        let mut count = 0;
        for (at, byte) in text.bytes().enumerate() {
            if at % STEP == 0 {
                scalars.push(count);
            }
            if byte & 0xC0 != 0x80 {
                count += 1;
            }
            if byte == b'\n' {
                starts.push(at as u32 + 1);
            }
        }
        scalars.push(count);
        let files = others.iter().map(|(start, file)| {
            let before = starts.partition_point(|line| line < start);
            (*start, before as u32, *file)
        });
        Lines {
            first,
            others: files.collect(),
            starts,
            scalars,
            text: text.to_owned(),
        }
    }

    fn scalars_before(&self, at: usize) -> u32 {
        let step = (at / STEP).min(self.scalars.len() - 1);
        let from = step * STEP;
        let rest = self.text.as_bytes().get(from..at.max(from)).unwrap_or(&[]);
        let rest = rest.iter().filter(|byte| **byte & 0xC0 != 0x80).count();
        self.scalars.get(step).copied().unwrap_or(0) + rest as u32
    }

    /// The file with line and column in it, both from 1, the column in scalars.
    pub fn of(&self, at: u32) -> Position {
        let (line, column) = self.line(at);
        let begun = self.others.partition_point(|(start, ..)| *start <= at);
        let (_, before, file) = begun
            .checked_sub(1)
            .and_then(|last| self.others.get(last))
            .copied()
            .unwrap_or((0, 0, self.first));
        Position {
            file,
            line: line.saturating_sub(before),
            column,
        }
    }

    fn line(&self, at: u32) -> (u32, u32) {
        let line = self.starts.partition_point(|start| *start <= at);
        let start = line
            .checked_sub(1)
            .and_then(|line| self.starts.get(line))
            .copied()
            .unwrap_or(0);
        let at = (at as usize).min(self.text.len());
        let column = self.scalars_before(at) - self.scalars_before(start as usize) + 1;
        (line as u32, column)
    }
}

#[cfg(test)]
mod tests {
    use super::Lines;
    use emit::ModuleBuilder;

    #[test]
    fn columns_count_scalars() {
        let text = format!("ab\n{}x\nü=1", "é".repeat(100));
        let module = ModuleBuilder::new("m", fzb::tables::Lang::Rhumb);
        let (first, second) = (module.file("a", [0; 8]), module.file("b", [0; 8]));
        let lines = Lines::new(&text, first, &[(205, second)]);
        assert_eq!(lines.of(203).file, first);
        let place = lines.of(207);
        assert_eq!((place.file, place.line, place.column), (second, 1, 2));
        assert_eq!(lines.line(0), (1, 1));
        assert_eq!(lines.line(2), (1, 3));
        assert_eq!(lines.line(3 + 200), (2, 101));
        assert_eq!(lines.line(3 + 202 + 2), (3, 2));
    }
}
