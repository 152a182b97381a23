//! Line and column of a byte of the source.

/// Bytes between two counts of scalars.
const STEP: usize = 64;

/// The lines of a text.
pub(super) struct Lines {
    /// First byte of each line.
    starts: Vec<u32>,
    /// How many scalars begin before each multiple of [`STEP`].
    scalars: Vec<u32>,
    text: String,
}

impl Lines {
    pub fn new(text: &str) -> Lines {
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
        Lines {
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

    /// Line and column, both from 1, the column in scalars.
    pub fn of(&self, at: u32) -> (u32, u32) {
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

    #[test]
    fn columns_count_scalars() {
        let text = format!("ab\n{}x\nü=1", "é".repeat(100));
        let lines = Lines::new(&text);
        assert_eq!(lines.of(0), (1, 1));
        assert_eq!(lines.of(2), (1, 3));
        assert_eq!(lines.of(3 + 200), (2, 101));
        assert_eq!(lines.of(3 + 202 + 2), (3, 2));
    }
}
