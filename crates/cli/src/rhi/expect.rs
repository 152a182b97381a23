//! What a test file says of itself in its first comments (docs/rhumb-cli.md).

/// Expectations of a file beside the assertions in it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Expectations {
    /// `% expect-error CODE [message]`: how it ends.
    pub error: Option<ExpectedError>,
    /// `% expect-output` and the `%| …` lines below it: what it writes.
    pub output: Option<String>,
}

/// An end with an error.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExpectedError {
    /// A code of Rhumb (`409`), of a diagnostic (`RH0001`), or a limit (`limit:steps`).
    pub code: String,
    /// The message; any if nothing is said.
    pub message: Option<String>,
}

impl Expectations {
    /// Reads the comments before the first line that is none.
    pub fn read(text: &str) -> Expectations {
        let mut found = Expectations::default();
        for line in text.trim_start_matches('\u{FEFF}').lines() {
            let line = line.trim();
            let Some(comment) = line.strip_prefix('%') else {
                if line.is_empty() {
                    continue;
                }
                break;
            };
            if comment.starts_with('(') {
                break;
            }
            if let (Some(line), Some(output)) = (comment.strip_prefix('|'), &mut found.output) {
                output.push_str(line.strip_prefix(' ').unwrap_or(line));
                output.push('\n');
                continue;
            }
            let comment = comment.trim();
            if comment == "expect-output" {
                found.output = Some(String::new());
            } else if let Some(rest) = comment.strip_prefix("expect-error ") {
                let (code, message) = match rest.trim().split_once(' ') {
                    Some((code, message)) => (code, Some(message.trim().to_owned())),
                    None => (rest.trim(), None),
                };
                found.error = Some(ExpectedError {
                    code: code.to_owned(),
                    message,
                });
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_comments_say_what_is_expected() {
        let text = "%! shebang\n% expect-error 409 no way\n\n% expect-output\n%| a\n%|  b\nx\n% expect-error 1\n";
        let found = Expectations::read(text);
        let error = found.error.unwrap();
        assert_eq!(
            (error.code.as_str(), error.message.as_deref()),
            ("409", Some("no way"))
        );
        assert_eq!(found.output.as_deref(), Some("a\n b\n"));
        assert_eq!(
            Expectations::read("x\n% expect-error 409"),
            Expectations::default()
        );
    }
}
