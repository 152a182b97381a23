//! Places in the output where something happens beside what is drawn: ends of lines, the shell's marks (OSC 133), the switch to
//! the alternate screen. The emulator gets the same bytes; this only says where to cut them.

use memchr::memchr2;

/// Bytes of a control string that are let through; a longer one is cut off, so that no program makes its reader grow.
const STRING: usize = 2 << 10;
/// Bytes of a control sequence that are looked at.
const SEQUENCE: usize = 64;

/// Why the output is cut.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Mark {
    /// A line ends here.
    Line,
    /// A prompt begins: `OSC 133 ; A`.
    Prompt,
    /// A command line begins: `OSC 133 ; B`.
    Command,
    /// The command line runs from here on: `OSC 133 ; C`, with the command line if the shell says it.
    Runs(Option<String>),
    /// It has run: `OSC 133 ; D`, with the exit code if the shell says it.
    Ran(Option<i64>),
    /// The screen may have been switched.
    Screen,
    /// A control string is too long: from here on it is to be cut off.
    Overlong,
}

/// Where the scanner stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Ground,
    Escape,
    Sequence,
    /// A control string; of OSC what it says is kept.
    Text,
    /// The `ESC` that may end it.
    TextEscape,
    /// A string that was cut off: its rest says nothing.
    Rest,
    RestEscape,
}

/// Reads the output on its way to the emulator.
#[derive(Debug)]
pub(crate) struct Scanner {
    state: State,
    osc: bool,
    length: usize,
    kept: Vec<u8>,
}

impl Scanner {
    pub fn new() -> Scanner {
        Scanner {
            state: State::Ground,
            osc: false,
            length: 0,
            kept: Vec::new(),
        }
    }

    /// Is what comes next the inside of a string that was cut off? It is nothing for the emulator.
    pub fn skips(&self) -> bool {
        matches!(self.state, State::Rest | State::RestEscape)
    }

    /// Reads up to the next mark, or to the end: how many bytes, and the mark behind them.
    pub fn scan(&mut self, bytes: &[u8]) -> (usize, Option<Mark>) {
        let mut at = 0;
        while let Some(byte) = bytes.get(at).copied() {
            if self.state == State::Ground && byte != b'\n' && byte != 0x1b {
                let rest = bytes.get(at..).unwrap_or_default();
                at += memchr2(b'\n', 0x1b, rest).unwrap_or(rest.len());
                continue;
            }
            at += 1;
            let mark = self.step(byte);
            // A skipped string ends a piece too, so that each piece is wholly for the emulator or wholly not.
            if mark.is_some() {
                return (at, mark);
            }
        }
        (at, None)
    }

    fn step(&mut self, byte: u8) -> Option<Mark> {
        match (self.state, byte) {
            (State::Ground, b'\n') => return Some(Mark::Line),
            (State::Ground, 0x1b) => self.state = State::Escape,
            (State::Ground, _) => {}
            (State::Rest, 0x07) | (State::RestEscape, b'\\') | (State::Rest, 0x18 | 0x1a) => {
                self.state = State::Ground;
                return Some(Mark::Screen);
            }
            (State::Rest, 0x1b) => self.state = State::RestEscape,
            (State::Rest, _) => {}
            (State::RestEscape, _) => self.state = State::Rest,
            // Cancelled, whatever it was.
            (_, 0x18 | 0x1a) => self.state = State::Ground,
            (State::Escape | State::Sequence, 0x1b) => self.state = State::Escape,
            (State::Escape, b'[') => self.begin(State::Sequence, false),
            (State::Escape, b']') => self.begin(State::Text, true),
            (State::Escape, b'P' | b'X' | b'^' | b'_') => self.begin(State::Text, false),
            (State::Escape, b'c') => {
                self.state = State::Ground;
                return Some(Mark::Screen);
            }
            // An intermediate byte; the final one comes.
            (State::Escape, 0x20..=0x2f) => {}
            (State::Escape, _) => self.state = State::Ground,
            (State::Sequence, 0x40..=0x7e) => {
                self.state = State::Ground;
                // `CSI ? … h` and `l` are the modes, and some of them are the alternate screen.
                if matches!(byte, b'h' | b'l') && self.kept.first() == Some(&b'?') {
                    return Some(Mark::Screen);
                }
            }
            (State::Sequence, _) => self.keep(byte, SEQUENCE),
            (State::Text, 0x07) => return self.said(),
            (State::Text, 0x1b) => self.state = State::TextEscape,
            (State::TextEscape, b'\\') => return self.said(),
            (State::TextEscape, _) => {
                // The string ended with the `ESC`, which begins something new.
                self.state = State::Escape;
                return self.step(byte);
            }
            (State::Text, _) => {
                self.length += 1;
                if self.length > STRING {
                    self.state = State::Rest;
                    return Some(Mark::Overlong);
                }
                if self.osc {
                    self.keep(byte, STRING);
                }
            }
        }
        None
    }

    fn begin(&mut self, state: State, osc: bool) {
        self.state = state;
        self.osc = osc;
        self.length = 0;
        self.kept.clear();
    }

    fn keep(&mut self, byte: u8, most: usize) {
        if self.kept.len() < most {
            self.kept.push(byte);
        }
    }

    /// A string ended: what it says, if it is the shell's.
    fn said(&mut self) -> Option<Mark> {
        self.state = State::Ground;
        if !self.osc {
            return None;
        }
        let text = String::from_utf8_lossy(&self.kept).into_owned();
        let mut parts = text.strip_prefix("133;")?.split(';');
        match parts.next()? {
            "A" => Some(Mark::Prompt),
            "B" => Some(Mark::Command),
            "C" => {
                let line = parts.find_map(|part| part.strip_prefix("cmdline="));
                Some(Mark::Runs(line.map(str::to_owned)))
            }
            "D" => Some(Mark::Ran(parts.next().and_then(|code| code.parse().ok()))),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(bytes: &[u8], step: usize) -> Vec<Mark> {
        let mut scanner = Scanner::new();
        let mut found = Vec::new();
        for chunk in bytes.chunks(step) {
            let mut at = 0;
            while at < chunk.len() {
                let (taken, mark) = scanner.scan(&chunk[at..]);
                assert!(taken > 0);
                at += taken;
                found.extend(mark);
            }
        }
        found
    }

    #[test]
    fn marks_are_found_however_the_output_is_cut() {
        let output = b"\x1b]133;A\x07$ \x1b]133;B\x1b\\ls\x1b]133;C;cmdline=ls -l\x07\r\nx\x1b[31m\n\x1b]133;D;3\x07\x1b[?1049h\x1b]0;title\x07\x1b]133;D\x07\x1b(B\n";
        let wanted = [
            Mark::Prompt,
            Mark::Command,
            Mark::Runs(Some("ls -l".to_owned())),
            Mark::Line,
            Mark::Line,
            Mark::Ran(Some(3)),
            Mark::Screen,
            Mark::Ran(None),
            Mark::Line,
        ];
        for step in [1, 2, 3, 7, 1000] {
            assert_eq!(marks(output, step), wanted, "in pieces of {step}");
        }
    }

    #[test]
    fn an_endless_string_is_cut_off_and_its_end_is_found() {
        let mut output = b"\x1b]52;".to_vec();
        output.extend(std::iter::repeat_n(b'x', 100_000));
        output.extend(b"\n\x07after\n");
        assert_eq!(
            marks(&output, 4096),
            [Mark::Overlong, Mark::Screen, Mark::Line]
        );
    }
}
