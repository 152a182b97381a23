//! Catalogues: the sentences of one language, embedded in the program and read at first use.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::argument::{Argument, Arguments};
use crate::cat_format::{CatError, Section, parse_cat};
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Message};
use crate::escape::escape;
use crate::lang::Lang;
use crate::phrase::{Phrases, parse_phrases};
use crate::template::{Template, Words};

/// The section whose messages every diagnostic may use.
const COMMON: &str = "common";

const ENGLISH: &[(&str, &str)] = &[
    ("en/common.cat", include_str!("../catalog/en/common.cat")),
    ("en/faults.cat", include_str!("../catalog/en/faults.cat")),
    ("en/files.cat", include_str!("../catalog/en/files.cat")),
    (
        "en/commands.cat",
        include_str!("../catalog/en/commands.cat"),
    ),
    ("en/plugins.cat", include_str!("../catalog/en/plugins.cat")),
    ("en/rhumb.cat", include_str!("../catalog/en/rhumb.cat")),
    ("en/fusabi.cat", include_str!("../catalog/en/fusabi.cat")),
    (
        "en/fusabi_types.cat",
        include_str!("../catalog/en/fusabi_types.cat"),
    ),
];
const INDONESIAN: &[(&str, &str)] = &[
    ("id/common.cat", include_str!("../catalog/id/common.cat")),
    ("id/faults.cat", include_str!("../catalog/id/faults.cat")),
    ("id/files.cat", include_str!("../catalog/id/files.cat")),
    (
        "id/commands.cat",
        include_str!("../catalog/id/commands.cat"),
    ),
    ("id/plugins.cat", include_str!("../catalog/id/plugins.cat")),
    ("id/rhumb.cat", include_str!("../catalog/id/rhumb.cat")),
    ("id/fusabi.cat", include_str!("../catalog/id/fusabi.cat")),
    (
        "id/fusabi_types.cat",
        include_str!("../catalog/id/fusabi_types.cat"),
    ),
];

/// The phrases of each language but English, which their templates are written in.
const INDONESIAN_PHRASES: (&str, &str) =
    ("id/phrases.txt", include_str!("../catalog/id/phrases.txt"));

/// What kind of value an argument takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ArgumentKind {
    /// [`Argument::Text`].
    Text,
    /// [`Argument::Integer`].
    Integer,
    /// [`Argument::List`].
    List,
    /// [`Argument::Key`], or a text where the producer has no key for it.
    Key,
    /// Text or integer.
    Any,
}

/// An argument that an entry declares: `name: kind`, or `name?: kind` if it may be left out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Declaration<'t> {
    /// Its name.
    pub name: &'t str,
    /// What it takes.
    pub kind: ArgumentKind,
    /// Whether it may be left out.
    pub optional: bool,
}

/// One entry of a catalogue.
#[derive(Clone, Debug)]
pub struct Entry {
    section: Section<'static>,
}

impl Entry {
    /// The text of a field: `title`, `message`, `explain`, `args`, `help.…`, `note.…`, `label.…`, `reason.…`.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&'static str> {
        self.section.field(name)
    }

    /// A few words, without arguments.
    #[must_use]
    pub fn title(&self) -> &'static str {
        self.field("title").unwrap_or("")
    }

    /// Every field and its text, in order.
    #[must_use]
    pub fn fields(&self) -> &[(&'static str, &'static str)] {
        &self.section.fields
    }

    /// The arguments it declares; `Err` holds the first item that is no declaration. Only
    /// the English catalogue declares.
    ///
    /// # Errors
    /// The item that is not `name: kind`.
    pub fn declarations(&self) -> Result<Vec<Declaration<'static>>, &'static str> {
        let items = self.field("args").unwrap_or("").split(',').map(str::trim);
        items
            .filter(|item| !item.is_empty())
            .map(|item| {
                let (name, kind) = item.split_once(':').ok_or(item)?;
                let kind = match kind.trim() {
                    "text" => ArgumentKind::Text,
                    "int" => ArgumentKind::Integer,
                    "list" => ArgumentKind::List,
                    "key" => ArgumentKind::Key,
                    "any" => ArgumentKind::Any,
                    _ => return Err(item),
                };
                let (name, optional) = match name.strip_suffix('?') {
                    Some(name) => (name, true),
                    None => (name, false),
                };
                Ok(Declaration {
                    name,
                    kind,
                    optional,
                })
            })
            .collect()
    }
}

/// The sentences of one language; what is missing in it is said in English.
#[derive(Debug)]
pub struct Catalogue {
    lang: Lang,
    entries: BTreeMap<&'static str, Entry>,
    phrases: Phrases,
    mistakes: Vec<(&'static str, CatError)>,
}

impl Catalogue {
    /// The catalogue of a language. Read once per process, at first use.
    #[must_use]
    pub fn for_lang(lang: Lang) -> &'static Self {
        static ENGLISH_READ: OnceLock<Catalogue> = OnceLock::new();
        static INDONESIAN_READ: OnceLock<Catalogue> = OnceLock::new();
        match lang {
            Lang::English => ENGLISH_READ.get_or_init(|| Self::read(lang, ENGLISH, None)),
            Lang::Indonesian => INDONESIAN_READ
                .get_or_init(|| Self::read(lang, INDONESIAN, Some(INDONESIAN_PHRASES))),
        }
    }

    fn read(
        lang: Lang,
        files: &[(&'static str, &'static str)],
        phrases: Option<(&'static str, &'static str)>,
    ) -> Self {
        let mut entries = BTreeMap::new();
        let mut mistakes = Vec::new();
        for (file, text) in files {
            let (sections, errors) = parse_cat(text);
            mistakes.extend(errors.into_iter().map(|error| (*file, error)));
            for section in sections {
                let (name, line) = (section.name, section.line);
                if entries.insert(name, Entry { section }).is_some() {
                    let kind = crate::cat_format::CatErrorKind::SectionTwice;
                    mistakes.push((*file, CatError { line, kind }));
                }
            }
        }
        let (file, text) = phrases.unwrap_or_default();
        let (phrases, errors) = parse_phrases(text);
        mistakes.extend(errors.into_iter().map(|error| (file, error)));
        Self {
            lang,
            entries,
            phrases,
            mistakes,
        }
    }

    /// Its language.
    #[must_use]
    pub const fn lang(&self) -> Lang {
        self.lang
    }

    /// Its entry for a code, or the English one, or none.
    #[must_use]
    pub fn entry(&self, code: Code) -> Option<&Entry> {
        self.section(code.as_str())
    }

    /// The codes that have entries, in order.
    pub fn codes(&self) -> impl Iterator<Item = Code> {
        self.entries
            .keys()
            .filter_map(|name| Code::parse(name).ok())
    }

    /// What its files do wrong; empty in a released build, for a test says so.
    #[must_use]
    pub fn mistakes(&self) -> &[(&'static str, CatError)] {
        &self.mistakes
    }

    fn section(&self, name: &str) -> Option<&Entry> {
        match (self.entries.get(name), self.lang) {
            (Some(entry), _) => Some(entry),
            (None, Lang::English) => None,
            (None, _) => Self::for_lang(Lang::English).entries.get(name),
        }
    }

    /// A field of a section: of this language, else of the English catalogue.
    fn text(&self, section: &str, field: &str) -> Option<&'static str> {
        let own = self.entries.get(section).and_then(|e| e.field(field));
        match (own, self.lang) {
            (Some(text), _) => Some(text),
            (None, Lang::English) => None,
            (None, _) => Self::for_lang(Lang::English).text(section, field),
        }
    }

    /// Its translations of phrases: the English template and the words in its language. English has none.
    pub fn phrases(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.phrases
            .iter()
            .map(|(template, said)| (*template, *said))
    }

    /// A word that renderers use, such as `severity.error`; the key itself if it is missing.
    pub fn word(&self, key: &'static str) -> &'static str {
        self.text(COMMON, key).unwrap_or(key)
    }

    /// The main sentence of a diagnostic. Arguments are escaped. A code without an entry shows
    /// its arguments bare.
    #[must_use]
    pub fn message(&self, diagnostic: &Diagnostic) -> String {
        match self.text(diagnostic.code.as_str(), "message") {
            Some(template) => self.fill(template, diagnostic, None),
            None => bare(&diagnostic.args),
        }
    }

    /// The sentence of a label, note or help of a diagnostic.
    #[must_use]
    pub fn detail(&self, diagnostic: &Diagnostic, message: &Message) -> String {
        let section = diagnostic.code.as_str();
        let template = self
            .text(section, message.key)
            .or_else(|| self.text(COMMON, message.key));
        match template {
            Some(template) => self.fill(template, diagnostic, Some(&message.args)),
            None if message.args.is_empty() => escape(message.key),
            None => format!("{}: {}", escape(message.key), bare(&message.args)),
        }
    }

    fn fill(&self, template: &str, diagnostic: &Diagnostic, own: Option<&Arguments>) -> String {
        let words = Words {
            lang: self.lang,
            and: self.word("list.and"),
            or: self.word("list.or"),
            phrases: &self.phrases,
        };
        let argument = |name: &str| -> Option<&Argument> {
            own.and_then(|own| own.get(name))
                .or_else(|| diagnostic.args.get(name))
        };
        // One level only: a key inside the message that a key named is shown as the key.
        let resolve = |name: &str, key: &str| -> Option<String> {
            let text = self.text(diagnostic.code.as_str(), &format!("{name}.{key}"))?;
            let template = Template::parse(text).ok()?;
            Some(template.fill(&words, &argument, &|_, _| None))
        };
        match Template::parse(template) {
            Ok(template) => template.fill(&words, &argument, &resolve),
            Err(_) => template.to_owned(),
        }
    }

    /// What `fox explain CODE` prints: code and title, a blank line, the explanation, a line end.
    /// None if no catalogue knows the code.
    #[must_use]
    pub fn explain(&self, code: Code) -> Option<String> {
        let name = code.as_str();
        let title = self.text(name, "title")?;
        let explain = self.text(name, "explain").unwrap_or("");
        Some(format!("{name}: {title}\n\n{explain}\n"))
    }

    /// What a diagnostic's arguments do not say as its entry declares: missing, unknown, of another
    /// kind, or keys without a message. For the tests of whoever makes diagnostics.
    #[must_use]
    pub fn faults_of(&self, diagnostic: &Diagnostic) -> Vec<String> {
        let english = Self::for_lang(Lang::English);
        let section = diagnostic.code.as_str();
        let Some(entry) = english.entry(diagnostic.code) else {
            return vec![format!("{section} has no entry")];
        };
        let declared = match entry.declarations() {
            Ok(declared) => declared,
            Err(item) => return vec![format!("{section}: `{item}` declares nothing")],
        };
        let mut faults = Vec::new();
        for declaration in &declared {
            if !declaration.optional && diagnostic.args.get(declaration.name).is_none() {
                faults.push(format!("`{}` is missing", declaration.name));
            }
        }
        for (name, value) in diagnostic.args.iter() {
            let Some(declaration) = declared.iter().find(|d| d.name == name) else {
                faults.push(format!("`{name}` is not declared"));
                continue;
            };
            let fits = match (declaration.kind, value) {
                (
                    ArgumentKind::Text | ArgumentKind::Any | ArgumentKind::Key,
                    Argument::Text(_) | Argument::Phrase(_),
                )
                | (ArgumentKind::Integer | ArgumentKind::Any, Argument::Integer(_))
                | (ArgumentKind::List, Argument::List(_)) => true,
                (ArgumentKind::Key, Argument::Key(key)) => {
                    entry.field(&format!("{name}.{key}")).is_some()
                }
                _ => false,
            };
            if !fits {
                faults.push(format!("`{name}` is not {:?}", declaration.kind));
            }
        }
        let labels = diagnostic.labels.iter().filter_map(|l| l.message.as_ref());
        for message in labels.chain(&diagnostic.notes).chain(&diagnostic.helps) {
            let known = english.text(section, message.key);
            if known
                .or_else(|| english.text(COMMON, message.key))
                .is_none()
            {
                faults.push(format!("no message `{}`", message.key));
            }
        }
        faults
    }

    /// The entries that are not codes, by name.
    #[must_use]
    pub fn common(&self) -> Option<&Entry> {
        self.entries.get(COMMON)
    }

    /// Its own entry for a code, without falling back to English.
    #[must_use]
    pub fn own_entry(&self, code: Code) -> Option<&Entry> {
        self.entries.get(code.as_str())
    }
}

/// Arguments without a sentence: `name = value, …`.
fn bare(arguments: &Arguments) -> String {
    let items: Vec<String> = arguments
        .iter()
        .map(|(name, value)| match value {
            Argument::Text(text) => format!("{name} = {}", escape(text)),
            Argument::Key(key) => format!("{name} = {}", escape(key)),
            Argument::Integer(number) => format!("{name} = {number}"),
            Argument::List(_) | Argument::Phrase(_) => {
                format!("{name} = {}", escape(&value.plain()))
            }
        })
        .collect();
    items.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Severity;

    /// An Indonesian catalogue with one message and one reason, and nothing else.
    fn partial() -> Catalogue {
        Catalogue::read(
            Lang::Indonesian,
            &[(
                "partial.cat",
                "[FV54]\ntitle = Tumpukan\nmessage = di {offset}: {reason}\nreason.underflow = kurang {reason}\n",
            )],
            None,
        )
    }

    #[test]
    fn what_is_missing_is_said_in_english() {
        let catalogue = partial();
        assert_eq!(catalogue.mistakes(), []);
        let zero = Diagnostic::error(Code::fault(3));
        assert_eq!(catalogue.message(&zero), "division or remainder by zero");
        let explained = catalogue.explain(Code::fault(3)).expect("English has it");
        assert!(explained.starts_with("FX0003: Division by zero\n"));
        assert_eq!(catalogue.word("severity.error"), "error");
        let join = Diagnostic::new(Severity::Error, Code::new("FV54"))
            .arg("offset", 7)
            .arg("found", 1)
            .arg("expected", 2)
            .reason("join-height");
        assert_eq!(
            catalogue.message(&join),
            "di 7: two paths meet with 1 and 2 values on the stack"
        );
    }

    #[test]
    fn keys_are_followed_once() {
        let nested = Diagnostic::error(Code::new("FV54"))
            .arg("offset", 7)
            .reason("underflow");
        assert_eq!(partial().message(&nested), "di 7: kurang underflow");
    }

    #[test]
    fn sections_are_unique_across_files() {
        let files = [
            ("a.cat", "[FX0001]\nx = 1\n"),
            ("b.cat", "\n[FX0001]\nx = 2\n"),
        ];
        let catalogue = Catalogue::read(Lang::English, &files, None);
        let mistakes: Vec<String> = catalogue
            .mistakes()
            .iter()
            .map(|(file, error)| format!("{file}: {error}"))
            .collect();
        assert_eq!(mistakes, ["b.cat: line 2: this section exists already"]);
    }
}
