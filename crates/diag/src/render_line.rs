//! One line per diagnostic, for logs and editors.

use crate::catalogue::Catalogue;
use crate::diagnostic::Diagnostic;
use crate::escape::escape;
use crate::sources::Sources;

/// `file:line:col: error[FX0003]: message`, without a line end. The place is the main label's, else the
/// innermost frame's that has a file, else left out.
#[must_use]
pub fn render_line(diagnostic: &Diagnostic, catalogue: &Catalogue, sources: &Sources) -> String {
    let mut line = String::new();
    if let Some(place) = place(diagnostic, sources) {
        line.push_str(&place);
        line.push_str(": ");
    }
    line.push_str(&head(diagnostic, catalogue));
    line
}

/// `error[FX0003]: message`.
pub(crate) fn head(diagnostic: &Diagnostic, catalogue: &Catalogue) -> String {
    format!(
        "{}[{}]: {}",
        catalogue.word(severity_key(diagnostic)),
        diagnostic.code,
        catalogue.message(diagnostic)
    )
}

/// The key of the severity's word in the catalogue.
pub(crate) const fn severity_key(diagnostic: &Diagnostic) -> &'static str {
    use crate::diagnostic::Severity;
    match diagnostic.severity {
        Severity::Error => "severity.error",
        Severity::Warning => "severity.warning",
        Severity::Note => "severity.note",
        Severity::Help => "severity.help",
    }
}

fn place(diagnostic: &Diagnostic, sources: &Sources) -> Option<String> {
    let labelled = diagnostic.main_label().and_then(|label| {
        let range = sources.range(label.span)?;
        let at = sources.position(label.span.file, range.start)?;
        let name = escape(sources.name(label.span.file)?);
        Some(format!("{name}:{}:{}", at.line, at.column))
    });
    labelled.or_else(|| {
        let mut frames = diagnostic.trace.frames.iter();
        frames.find_map(|frame| location(frame.file.as_deref()?, frame.line, frame.column))
    })
}

/// `file:line:col` with the parts that are known.
pub(crate) fn location(file: &str, line: u32, column: u32) -> Option<String> {
    let file = escape(file);
    Some(match (line, column) {
        (0, _) => file,
        (line, 0) => format!("{file}:{line}"),
        (line, column) => format!("{file}:{line}:{column}"),
    })
}
