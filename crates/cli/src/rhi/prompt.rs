//! Reading blocks from a terminal: several lines, history, completion and colours, by crate reedline.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Bound;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use nu_ansi_term::{Color, Style};
use reedline::{
    ColumnarMenu, Completer, Emacs, FileBackedHistory, Highlighter, KeyCode, KeyModifiers,
    MenuBuilder, PromptEditMode, PromptHistorySearch, Reedline, ReedlineEvent, ReedlineMenu,
    Signal, Span, StyledText, Suggestion, ValidationResult, Validator, default_emacs_keybindings,
};
use rhumb::{Completeness, Locale, Options, TokenClass};

/// Blocks that the history keeps.
const HISTORY: usize = 10_000;

/// Name of the menu of completions.
const MENU: &str = "completions";

/// What can be completed.
#[derive(Debug, Default)]
pub struct Known {
    /// Labels.
    pub labels: BTreeSet<String>,
    /// Names of fields.
    pub fields: BTreeSet<String>,
}

/// What can be completed, as whoever evaluates blocks and the prompt share it.
#[derive(Clone, Debug, Default)]
pub struct Shared(Arc<Mutex<Known>>);

impl Shared {
    /// What is known. Not to be kept while a line is read.
    pub fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What was read.
pub enum Read {
    /// A block.
    Block(String),
    /// Nothing: the line was given up.
    Nothing,
    /// The end of the input.
    End,
}

/// A prompt on a terminal.
pub struct Prompt {
    editor: Reedline,
}

impl Prompt {
    /// A prompt for sources of a locale. Without a place for it there is no history file.
    pub fn new(locale: Locale, known: Shared) -> Prompt {
        let mut keys = default_emacs_keybindings();
        keys.add_binding(
            KeyModifiers::NONE,
            KeyCode::Tab,
            ReedlineEvent::UntilFound(vec![
                ReedlineEvent::Menu(MENU.to_owned()),
                ReedlineEvent::MenuNext,
            ]),
        );
        let menu = ColumnarMenu::default().with_name(MENU);
        let mut editor = Reedline::create()
            .with_edit_mode(Box::new(Emacs::new(keys)))
            .with_completer(Box::new(Words { known, locale }))
            .with_menu(ReedlineMenu::EngineCompleter(Box::new(menu)))
            .with_quick_completions(true)
            .with_validator(Box::new(Whole { locale }))
            .with_highlighter(Box::new(Colours { locale }));
        let kept = history_file().and_then(|file| FileBackedHistory::with_file(HISTORY, file).ok());
        if let Some(history) = kept {
            editor = editor.with_history(Box::new(history));
        }
        Prompt { editor }
    }

    /// Reads a block.
    pub fn read(&mut self) -> Read {
        match self.editor.read_line(&Signs) {
            Ok(Signal::Success(text)) if text.trim().is_empty() => Read::Nothing,
            Ok(Signal::Success(text)) => Read::Block(text),
            Ok(Signal::CtrlC) => Read::Nothing,
            Ok(Signal::CtrlD) | Err(_) => Read::End,
        }
    }
}

/// Where the history is kept: `RHI_HISTORY`, else the user's folder for state.
fn history_file() -> Option<PathBuf> {
    let set = |name| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    set("RHI_HISTORY").or_else(|| {
        let state = set("XDG_STATE_HOME").or_else(|| Some(set("HOME")?.join(".local/state")));
        Some(state?.join("rhi").join("history"))
    })
}

/// Is a text whole? Commands always are.
struct Whole {
    locale: Locale,
}

impl Validator for Whole {
    fn validate(&self, line: &str) -> ValidationResult {
        if line.trim_start().starts_with("%:") {
            return ValidationResult::Complete;
        }
        let options = Options {
            locale: Some(self.locale),
        };
        match rhumb::parse(line, options).completeness {
            Completeness::Complete => ValidationResult::Complete,
            Completeness::Incomplete => ValidationResult::Incomplete,
        }
    }
}

/// Colours by the classes of tokens.
struct Colours {
    locale: Locale,
}

impl Highlighter for Colours {
    fn highlight(&self, line: &str, _cursor: usize) -> StyledText {
        let mut styled = StyledText::new();
        let mut at = 0;
        let mut piece = |range: std::ops::Range<usize>, style: Style| {
            if let Some(text) = line.get(range).filter(|text| !text.is_empty()) {
                styled.push((style, text.to_owned()));
            }
        };
        for token in rhumb::highlight(line, self.locale) {
            let (start, end) = (token.span.start as usize, token.span.end as usize);
            piece(at..start, Style::new());
            piece(start..end, style(token.class));
            at = end;
        }
        piece(at..line.len(), Style::new());
        styled
    }
}

fn style(class: TokenClass) -> Style {
    use TokenClass::*;
    match class {
        Comment => Style::new().fg(Color::DarkGray),
        Meta => Style::new().fg(Color::LightMagenta),
        Number | Date | Constant => Style::new().fg(Color::Cyan),
        Text | Key => Style::new().fg(Color::Green),
        Interpolation | Placeholder => Style::new().fg(Color::Yellow),
        Field => Style::new().fg(Color::LightBlue),
        Event => Style::new().fg(Color::Magenta),
        Library => Style::new().fg(Color::LightGreen),
        Bad => Style::new().fg(Color::Red).underline(),
        Label | Operator | Bracket => Style::new(),
    }
}

/// Completes labels, and names of fields behind `\` and `@`.
struct Words {
    known: Shared,
    locale: Locale,
}

impl Completer for Words {
    fn complete(&mut self, line: &str, pos: usize) -> Vec<Suggestion> {
        let known = self.known.known();
        let before = line.get(..pos).unwrap_or(line);
        let start = begun(before);
        let word = before.get(start..).unwrap_or_default();
        let is_field = before
            .get(..start)
            .is_some_and(|text| text.ends_with(['\\', '@']));
        let own = ["console", "log", self.locale.yes, self.locale.no];
        let (names, own): (&BTreeSet<String>, &[&str]) = if is_field {
            (&known.fields, &["log"])
        } else {
            (&known.labels, &own)
        };
        let from = (Bound::Included(word), Bound::Unbounded);
        let own = own.iter().copied().filter(|name| name.starts_with(word));
        let mut fitting: Vec<&str> = names
            .range::<str, _>(from)
            .map(String::as_str)
            .take_while(|name| name.starts_with(word))
            .chain(own)
            .collect();
        fitting.sort_unstable();
        fitting.dedup();
        fitting
            .into_iter()
            .map(|name| Suggestion {
                value: name.to_owned(),
                span: Span {
                    start,
                    end: start + word.len(),
                },
                ..Suggestion::default()
            })
            .collect()
    }
}

/// Where the label at the end of a text begins: `-` and `.` are part of it between its other signs, one at a time, and at its
/// end, where more may follow (docs/specs/rhumb.md §1.5).
fn begun(text: &str) -> usize {
    let part = |sign: char| !sign.is_ascii() || sign.is_ascii_alphanumeric() || sign == '_';
    let mut start = text.len();
    let mut signs = text.char_indices().rev().peekable();
    while let Some((at, sign)) = signs.next() {
        let joins = "-.".contains(sign) && signs.peek().is_some_and(|(_, sign)| part(*sign));
        if !part(sign) && !joins {
            break;
        }
        start = at;
    }
    start
}

/// What stands before the lines.
struct Signs;

impl reedline::Prompt for Signs {
    fn render_prompt_left(&self) -> Cow<'_, str> {
        Cow::Borrowed("rhi")
    }
    fn render_prompt_right(&self) -> Cow<'_, str> {
        Cow::Borrowed("")
    }
    fn render_prompt_indicator(&self, _mode: PromptEditMode) -> Cow<'_, str> {
        Cow::Borrowed("> ")
    }
    fn render_prompt_multiline_indicator(&self) -> Cow<'_, str> {
        Cow::Borrowed("  … ")
    }
    fn render_prompt_history_search_indicator(&self, search: PromptHistorySearch) -> Cow<'_, str> {
        Cow::Owned(format!("(history: {}) ", search.term))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> Words {
        let known = Shared::default();
        let labels = ["alpha", "alpine", "été", "set-name.x"].map(str::to_owned);
        known.known().labels.extend(labels);
        known.known().fields.insert("albedo".to_owned());
        Words {
            known,
            locale: Locale::default(),
        }
    }

    fn completions(line: &str) -> Vec<String> {
        let found = words().complete(line, line.len());
        found
            .into_iter()
            .map(|one| {
                let mut text = line.to_owned();
                text.replace_range(one.span.start..one.span.end, &one.value);
                text
            })
            .collect()
    }

    #[test]
    fn labels_and_fields_are_completed() {
        assert_eq!(completions("1 ++ al"), ["1 ++ alpha", "1 ++ alpine"]);
        assert_eq!(completions("m\\al"), ["m\\albedo"]);
        assert_eq!(completions("é"), ["été"]);
        assert_eq!(completions("x--al"), ["x--alpha", "x--alpine"]);
        assert_eq!(completions("[.al"), ["[.alpha", "[.alpine"]);
        assert_eq!(completions("set-n"), ["set-name.x"]);
        assert_eq!(completions("1 ++ set-name."), ["1 ++ set-name.x"]);
        assert!(completions("alpha.").is_empty());
        assert_eq!(completions("(ye"), ["(yes"]);
        assert!(completions("zz").is_empty());
    }

    #[test]
    fn colours_keep_the_text() {
        let colours = Colours {
            locale: Locale::default(),
        };
        for line in ["x := 'a' ++ $1 % c", "  \u{1F9EE}  £ ~ \"a$(b", ""] {
            assert_eq!(colours.highlight(line, 0).raw_string(), line);
        }
    }

    #[test]
    fn open_brackets_ask_for_more() {
        let whole = Whole {
            locale: Locale::default(),
        };
        let complete = |text| matches!(whole.validate(text), ValidationResult::Complete);
        assert!(complete("1 ++ 2") && complete("%:help") && complete("1 )"));
        assert!(!complete("f := (") && !complete("1 ++"));
    }
}
