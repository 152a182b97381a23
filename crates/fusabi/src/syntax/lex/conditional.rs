//! `#if`, `#else`, `#endif` (docs/specs/fusabi.md §1.1): what they leave out is a comment.

use super::lexer::Lexer;
use super::token::CommentKind;
use crate::diagnostics::SyntaxErrorKind as Kind;

impl Lexer<'_> {
    /// Reads a conditional directive whose word was passed, and what it leaves out.
    pub fn conditional(&mut self, word: &str, start: usize) {
        let condition = self.at;
        self.skip_line();
        match word {
            "if" => {
                let text = self.text.get(condition..self.at).unwrap_or("");
                let text = text
                    .find("//")
                    .map_or(text, |at| text.get(..at).unwrap_or(""));
                let holds = evaluate(text, self.defined).unwrap_or_else(|| {
                    self.error(Kind::BadCondition, start);
                    false
                });
                self.conditions.push((holds, false));
                if !holds {
                    self.skip_inactive();
                }
            }
            "else" => match self.conditions.last_mut() {
                // Only a text that is read comes here, so the other half is left out.
                Some(last) if !last.1 => {
                    last.1 = true;
                    self.skip_inactive();
                }
                _ => self.error(Kind::StrayCondition, start),
            },
            _ => {
                if self.conditions.pop().is_none() {
                    self.error(Kind::StrayCondition, start);
                }
            }
        }
        self.comment(CommentKind::Conditional, start);
    }

    /// Passes the lines up to the `#else` or `#endif` that belongs to the last `#if`, and that line.
    fn skip_inactive(&mut self) {
        let mut nested = 0_usize;
        while self.at < self.text.len() {
            self.at += 1;
            let line = self.rest();
            let line = line
                .get(..line.find('\n').unwrap_or(line.len()))
                .unwrap_or("");
            let start = self.at;
            self.skip_line();
            let word = line.trim_start().strip_prefix('#').unwrap_or("");
            let end = word.find(|c: char| !c.is_ascii_alphanumeric());
            match word.get(..end.unwrap_or(word.len())).unwrap_or("") {
                "if" => nested += 1,
                "endif" if nested == 0 => {
                    self.conditions.pop();
                    return;
                }
                "endif" => nested -= 1,
                "else" if nested == 0 => match self.conditions.last_mut() {
                    Some(last) if !last.1 => {
                        *last = (true, true);
                        return;
                    }
                    _ => self.error(Kind::StrayCondition, start),
                },
                _ => {}
            }
        }
    }
}

/// The value of a condition of symbols, `!`, `&&`, `||` and brackets; `None` if it is none.
fn evaluate(text: &str, defined: &[String]) -> Option<bool> {
    // Operators wait on a stack until one that binds less tightly comes: `(` 0, `|` 1, `&` 2, `!` 3.
    let (mut values, mut waiting) = (Vec::new(), Vec::new());
    let mut rest = text.trim();
    let mut operand = true;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '!' | '(' if operand => {
                waiting.push(first);
                1
            }
            ')' if !operand => {
                apply_while(&mut values, &mut waiting, |top| top != '(')?;
                waiting.pop()?;
                1
            }
            '&' | '|' if !operand && rest.chars().nth(1) == Some(first) => {
                let level = rank(first);
                apply_while(&mut values, &mut waiting, |top| rank(top) >= level)?;
                waiting.push(first);
                operand = true;
                2
            }
            _ if operand && (first == '_' || first.is_alphabetic()) => {
                let end = rest.find(|c: char| !(c == '_' || c.is_alphanumeric()));
                let length = end.unwrap_or(rest.len());
                let symbol = rest.get(..length)?;
                values.push(defined.iter().any(|known| known == symbol));
                operand = false;
                length
            }
            _ => return None,
        };
        rest = rest.get(length..)?.trim_start();
    }
    apply_while(&mut values, &mut waiting, |top| top != '(')?;
    if !waiting.is_empty() {
        return None;
    }
    let value = values.pop()?;
    values.is_empty().then_some(value)
}

const fn rank(operator: char) -> u8 {
    match operator {
        '|' => 1,
        '&' => 2,
        '!' => 3,
        _ => 0,
    }
}

fn apply_while(
    values: &mut Vec<bool>,
    waiting: &mut Vec<char>,
    applies: impl Fn(char) -> bool,
) -> Option<()> {
    while let Some(&top) = waiting.last()
        && applies(top)
    {
        waiting.pop();
        let right = values.pop()?;
        let value = match top {
            '!' => !right,
            '&' => values.pop()? & right,
            _ => values.pop()? | right,
        };
        values.push(value);
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::evaluate;

    #[test]
    fn conditions() {
        let defined = ["A".to_owned(), "B".to_owned()];
        for (text, value) in [
            ("A", Some(true)),
            ("C", Some(false)),
            ("!C && A", Some(true)),
            ("C || A && B", Some(true)),
            ("(C || A) && C", Some(false)),
            ("!(A && !C)", Some(false)),
            ("", None),
            ("A B", None),
            ("(A", None),
            ("A)", None),
            ("A &&", None),
            ("!", None),
        ] {
            assert_eq!(evaluate(text, &defined), value, "{text}");
        }
    }
}
