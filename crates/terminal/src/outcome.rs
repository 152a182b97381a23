//! What a session came to, for whoever was not there to see it.

use diag::Diagnostic;
use plugins::PluginMetrics;
use serde::Serialize;

use crate::compose::Picture;
use crate::glyph::{Glyph, STRIKE, Style};
use crate::layers::Notice;
use crate::session::{Logged, Session};
use crate::theme::Ground;

/// What a session came to.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// The exit code: the program's; 128 and the signal's number if one ended it or the session; 124 after the time limit.
    pub exit: u8,
    /// The signal that ended the program.
    pub signal: Option<i32>,
    /// Did the time limit end it?
    pub timed_out: bool,
    /// Columns of the terminal.
    pub columns: usize,
    /// Rows of the terminal.
    pub rows: usize,
    /// Column and row of the cursor, if it is shown.
    pub cursor: Option<(usize, usize)>,
    /// The title that the program gave.
    pub title: Option<String>,
    /// The theme in use.
    pub theme: String,
    /// The name of the grid in shared memory while the session lasted.
    pub shared: Option<String>,
    /// The rows as texts, without blanks at their ends: grid, overlays and status bar.
    pub screen: Vec<String>,
    /// The rows again, in pieces that look alike.
    pub runs: Vec<Vec<Run>>,
    /// What plugins told the user, in order.
    pub notices: Vec<Notice>,
    /// Notices beyond those.
    pub notices_lost: u64,
    /// What plugins offer to the user.
    pub commands: Vec<Offer>,
    /// What plugins logged.
    pub log: Vec<Logged>,
    /// The plugins' counters.
    pub plugins: Vec<PluginMetrics>,
    /// Faults, warnings, and plugins that could not be loaded or were switched off.
    #[serde(skip)]
    pub reports: Vec<Diagnostic>,
}

/// A piece of a row that looks alike.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Run {
    /// Its text.
    pub text: String,
    /// `#rrggbb`.
    pub foreground: String,
    /// `#rrggbb`.
    pub background: String,
    /// `bold`, `italic`, `underline`, `inverse`, `dim`, `strike`.
    pub looks: Vec<&'static str>,
}

/// Something that a plugin offers to the user.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Offer {
    /// The plugin.
    pub plugin: String,
    /// What `onRemoteCommand` gets when it is chosen.
    pub id: String,
    /// What the user reads.
    pub label: String,
}

const LOOKS: [(u8, &str); 6] = [
    (shm::flags::BOLD, "bold"),
    (shm::flags::ITALIC, "italic"),
    (shm::flags::UNDERLINE, "underline"),
    (shm::flags::INVERSE, "inverse"),
    (shm::flags::DIM, "dim"),
    (STRIKE, "strike"),
];

impl Outcome {
    /// Of a session whose program has ended and whose plugins have not.
    pub(crate) fn of(session: &mut Session) -> Outcome {
        let picture = session.picture(false);
        let size = session.settings.size;
        let offered = session.offered.iter().map(|(plugin, item)| Offer {
            plugin: plugin.clone(),
            id: item.id.clone(),
            label: item.label.clone(),
        });
        let registered = session.layers.commands.iter();
        let registered = registered.map(|((plugin, id), (label, _))| Offer {
            plugin: plugin.clone(),
            id: id.clone(),
            label: label.clone(),
        });
        Outcome {
            exit: 0,
            signal: None,
            timed_out: false,
            columns: size.columns(),
            rows: size.rows(),
            cursor: picture.cursor,
            title: session.title.clone(),
            theme: session.colors.name().to_owned(),
            shared: None,
            screen: texts(&picture),
            runs: picture.rows.iter().map(|row| runs(row, session)).collect(),
            notices: Vec::new(),
            notices_lost: 0,
            commands: offered.chain(registered).collect(),
            log: Vec::new(),
            plugins: session.host.metrics(),
            reports: Vec::new(),
        }
    }

    /// Adds what was told until the plugins had ended.
    pub(crate) fn close(&mut self, session: &mut Session) {
        self.notices = std::mem::take(&mut session.layers.told);
        self.notices_lost = session.layers.untold;
        self.log = std::mem::take(&mut session.log);
        self.reports = std::mem::take(&mut session.reports);
    }

    /// The screen as a text, without empty rows at its end, and the notices behind it.
    pub fn text(&self) -> String {
        let end = self.screen.iter().rposition(|row| !row.is_empty());
        let mut text = String::new();
        for row in self.screen.iter().take(end.map_or(0, |at| at + 1)) {
            text.push_str(row);
            text.push('\n');
        }
        for notice in &self.notices {
            let said = crate::compose::said(notice);
            text.push_str(&format!(
                "[{} {}] {}\n",
                diag::escape(&notice.plugin),
                notice.level,
                diag::escape(&said)
            ));
        }
        text
    }
}

fn texts(picture: &Picture) -> Vec<String> {
    let text = |row: &Vec<Glyph>| {
        let mut text = String::new();
        for glyph in row.iter().filter(|glyph| glyph.width > 0) {
            text.push(glyph.scalar);
            text.push_str(&glyph.marks);
        }
        text.truncate(text.trim_end().len());
        text
    };
    picture.rows.iter().map(text).collect()
}

fn runs(row: &[Glyph], session: &Session) -> Vec<Run> {
    let mut runs: Vec<(Style, String)> = Vec::new();
    for glyph in row.iter().filter(|glyph| glyph.width > 0) {
        match runs.last_mut() {
            Some((style, text)) if *style == glyph.style => text.push(glyph.scalar),
            _ => runs.push((glyph.style, glyph.scalar.to_string())),
        }
        if let Some((_, text)) = runs.last_mut() {
            text.push_str(&glyph.marks);
        }
    }
    // Blanks at the end say nothing if nobody coloured them.
    if let Some((style, text)) = runs.last_mut()
        && *style == Style::default()
    {
        text.truncate(text.trim_end().len());
    }
    let rgb = |paint, ground| {
        format!(
            "#{:06x}",
            session.colors.published(paint, ground) & 0xff_ffff
        )
    };
    runs.into_iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(style, text)| Run {
            text,
            foreground: rgb(style.foreground, Ground::Fore),
            background: rgb(style.background, Ground::Back),
            looks: LOOKS
                .iter()
                .filter(|(bit, _)| style.flags & bit != 0)
                .map(|(_, name)| *name)
                .collect(),
        })
        .collect()
}
