//! What waits for the daemon: commands and reports, both bounded.

use std::sync::Arc;

use diag::Diagnostic;

use crate::command::Command;
use crate::plugin::{Live, Plugin};
use crate::report::Report;
use crate::room::Room;
use crate::state::State;

/// Reports that wait for the daemon; beyond them they are counted only.
const REPORTS: usize = 1_024;

/// Commands that wait for the daemon; beyond them they stay in their plugins' own lists, which are bounded too.
const COMMANDS: usize = 4_096;

/// What waits for the daemon.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    commands: Vec<(Arc<str>, Command)>,
    reports: Vec<Report>,
    dropped: u64,
}

impl Outbox {
    pub fn report(&mut self, report: Report) {
        if self.reports.len() < REPORTS {
            self.reports.push(report);
        } else {
            self.dropped += 1;
        }
    }

    /// Takes what a plugin's call left: commands and lines of log.
    pub fn collect(&mut self, plugin: &str, live: &mut Live) {
        let Some(room) = live.world.data::<Room>() else {
            return;
        };
        let room_left = self.commands.len() < COMMANDS;
        let commands = if room_left {
            room.queue.take()
        } else {
            Vec::new()
        };
        if !commands.is_empty() {
            let name: Arc<str> = plugin.into();
            let named = commands.into_iter().map(|command| (name.clone(), command));
            self.commands.extend(named);
        }
        for (level, text) in room.take_log() {
            self.report(Report::Log {
                plugin: plugin.to_owned(),
                level,
                text,
            });
        }
    }

    pub fn state(&mut self, plugin: &mut Plugin, to: State, why: Option<Box<Diagnostic>>) {
        let from = std::mem::replace(&mut plugin.state, to);
        debug_assert!(from.leads_to(to), "{from} leads to {to}");
        self.report(Report::State {
            plugin: plugin.entry.name.clone(),
            from,
            to,
            why,
        });
    }

    /// Takes the commands that came so far.
    pub fn take_commands(&mut self) -> Vec<(Arc<str>, Command)> {
        std::mem::take(&mut self.commands)
    }

    /// Takes the reports; the last says how many were dropped, if some were.
    pub fn take_reports(&mut self) -> Vec<Report> {
        let mut reports = std::mem::take(&mut self.reports);
        let dropped = std::mem::take(&mut self.dropped);
        if dropped > 0 {
            reports.push(Report::Dropped(dropped));
        }
        reports
    }
}
