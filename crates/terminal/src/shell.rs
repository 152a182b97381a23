//! What is known of the shell, if it marks its prompts and commands (OSC 133, "shell integration").

/// Prompts that are remembered.
const PROMPTS: usize = 1_000;

/// The shell's side of the session.
#[derive(Debug, Default)]
pub(crate) struct Shell {
    /// Rows of prompts, oldest first, by the emulator's count.
    prompts: Vec<u64>,
    /// Where the command line begins, while one is written.
    pub start: Option<(u64, usize)>,
    /// A command line that plugins were asked about when Enter was pressed.
    pub asked: Option<String>,
    /// The command line that runs.
    pub running: Option<String>,
}

impl Shell {
    /// A prompt begins in a row.
    pub fn prompt(&mut self, row: u64) {
        self.start = None;
        // What was cleared or scrolled back over is written anew.
        while self.prompts.last().is_some_and(|last| *last >= row) {
            self.prompts.pop();
        }
        if self.prompts.len() == PROMPTS {
            self.prompts.remove(0);
        }
        self.prompts.push(row);
    }

    /// Forgets where prompts are: rows are counted anew when lines are wrapped anew.
    pub fn rewrapped(&mut self) {
        self.prompts.clear();
        self.start = None;
    }

    /// The prompt to go to from a row.
    pub fn jump(&self, from: u64, direction: plugins::Direction) -> Option<u64> {
        use plugins::Direction::{Down, First, Last, Up};
        let found = match direction {
            Up => self.prompts.iter().rev().find(|row| **row < from),
            Down => self.prompts.iter().find(|row| **row > from),
            First => self.prompts.first(),
            Last => self.prompts.last(),
        };
        found.copied()
    }
}

#[cfg(test)]
mod tests {
    use plugins::Direction::{Down, First, Last, Up};

    use super::*;

    #[test]
    fn prompts_are_found_in_both_directions() {
        let mut shell = Shell::default();
        [3, 9, 20, 15, 30]
            .into_iter()
            .for_each(|row| shell.prompt(row));
        assert_eq!(shell.jump(15, Up), Some(9));
        assert_eq!(shell.jump(15, Down), Some(30));
        assert_eq!(
            (shell.jump(0, First), shell.jump(0, Last)),
            (Some(3), Some(30))
        );
        assert_eq!(shell.jump(3, Up), None);
        (0..5_000).for_each(|row| shell.prompt(row));
        assert_eq!(shell.prompts.len(), PROMPTS);
    }
}
