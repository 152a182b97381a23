//! Lines from an input that is no terminal, gathered until they are a whole block.

use rhumb::lex::{Bracket, TokenKind, lex};
use rhumb::{Completeness, MAX_DEPTH, Options};

/// The lines of a block so far. A block that takes many lines is not read anew for each of them: while brackets are open it
/// is not whole, and they are counted line by line. What that cannot follow (texts and comments over several lines,
/// mistakes) is asked of the parser.
#[derive(Default)]
pub struct Gathered {
    text: String,
    /// Brackets that are open, outermost first.
    open: Vec<Bracket>,
    /// Are those the open ones? Not known any more within a text or comment that goes on, and behind a mistake.
    followed: bool,
    /// Bytes of the text when the parser read it last.
    read: usize,
}

impl Gathered {
    /// The text, which is taken out: the next line begins another block.
    pub fn take(&mut self) -> String {
        std::mem::take(self).text
    }

    /// Is there nothing but blanks? They are forgotten then.
    pub fn forget_blank(&mut self) -> bool {
        let blank = self.text.trim().is_empty();
        if blank {
            self.take();
        }
        blank
    }

    /// Adds a line, with its end.
    pub fn add(&mut self, line: &str) {
        self.followed = (self.followed || self.text.is_empty()) && self.follow(line);
        self.text.push_str(line);
    }

    /// Counts the brackets of a line; false if they cannot be told.
    fn follow(&mut self, line: &str) -> bool {
        let lexed = lex(line.trim_end_matches(['\n', '\r']));
        if !lexed.errors.is_empty() {
            return false;
        }
        lexed.tokens.iter().all(|token| match token.kind {
            TokenKind::Open(bracket) => {
                self.open.push(bracket);
                true
            }
            TokenKind::Close(bracket) => self.open.pop() == Some(bracket),
            _ => true,
        })
    }

    /// Is the block whole? It is read when that is possible at all, and each time that it has doubled: some mistakes no
    /// further text can mend.
    pub fn is_whole(&mut self, options: Options) -> bool {
        let open = self.followed && !self.open.is_empty() && self.open.len() <= MAX_DEPTH;
        if open && self.text.len() < 2 * self.read {
            return false;
        }
        self.read = self.text.len();
        rhumb::parse(&self.text, options).completeness == Completeness::Complete
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The blocks of some lines, and how many bytes the parser read for them.
    fn blocks(lines: &str) -> (Vec<String>, usize) {
        let mut gathered = Gathered::default();
        let (mut blocks, mut read) = (Vec::new(), 0);
        for line in lines.split_inclusive('\n') {
            gathered.add(line);
            if gathered.forget_blank() {
                continue;
            }
            let before = gathered.read;
            let whole = gathered.is_whole(Options::default());
            if gathered.read != before {
                read += gathered.read;
            }
            if whole {
                blocks.push(gathered.take());
            }
        }
        blocks.extend(Some(gathered.take()).filter(|rest| !rest.is_empty()));
        (blocks, read)
    }

    #[test]
    fn blocks_end_where_they_are_whole() {
        for block in [
            "1\n",
            "x := (\n  1\n)\n",
            "x := [\n  ')'; \"]$(\n 1)\"\n]\n",
            "x := ( %( )\n) %)\n)\n",
            "\"a\n b ( \"\n",
            "x := {\r\n 1 .. 2\r\n}\r\n",
            "1 ++\n2\n",
            "{!|math|-}\\abs(\n-1)\n",
            "(1 ]\n",
            "x := )\n",
        ] {
            let twice = format!("{block}\n{block}");
            assert_eq!(blocks(&twice).0, [block, block], "{block}");
        }
        assert_eq!(blocks("(\n1\n").0, ["(\n1\n"]);
    }

    /// A block of many lines is read a few times, not once for each line.
    #[test]
    fn long_blocks_are_read_a_few_times() {
        let rows = "  ['row'; [a .. \"(\"]]\n".repeat(2_000);
        let text = format!("x := [\n{rows}]\n");
        let (blocks, read) = blocks(&text);
        assert_eq!(blocks, [text.as_str()]);
        assert!(read < 4 * text.len(), "{read} of {}", text.len());
    }
}
