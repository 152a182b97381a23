//! What is said beside a limit that a run met: how much it was, and the flag that gives more.

use std::time::Duration;

use diag::{Diagnostic, Message};
use foxvm::{Fault, FaultReport, Limits};

use crate::amounts::{MOST_DEPTH, MOST_MEMORY};

/// How many times the limit the proposal is.
const MORE: u64 = 10;

/// A fault's diagnostic with its limit and the flag that raises it, if it is about one that a flag raises.
pub fn on_limit(mut told: Diagnostic, fault: &FaultReport, limits: &Limits) -> Diagnostic {
    // The other causes of these faults are one allocation, a number, the host's memory: no flag helps there.
    let met = fault.message.contains("limit");
    let (help, suggestion) = match fault.fault {
        Fault::Fuel => {
            let Some(fuel) = limits.fuel else { return told };
            told.args.set("limit", fuel);
            ("help.fuel", fuel.saturating_mul(MORE).to_string())
        }
        Fault::Mem if met => {
            let memory = limits.memory as u64;
            told.args.set("limit", memory);
            let more = memory.saturating_mul(4).min(MOST_MEMORY);
            if more <= memory {
                return told;
            }
            let more = more >> 20;
            let shown = match more % 1024 {
                0 => format!("{}GiB", more >> 10),
                _ => format!("{more}MiB"),
            };
            ("help.memory", shown)
        }
        Fault::Depth if met => {
            let depth = u64::from(limits.depth);
            told.args.set("limit", depth);
            let more = depth.saturating_mul(MORE).min(MOST_DEPTH);
            if more <= depth {
                return told;
            }
            ("help.depth", more.to_string())
        }
        Fault::Deadline => {
            let Some(time) = limits.deadline else {
                return told;
            };
            told.args.set("limit", shown(time));
            ("help.timeout", shown(time.saturating_mul(MORE as u32)))
        }
        _ => return told,
    };
    told.help(Message::new(help).arg("suggestion", suggestion))
}

/// A time as `--timeout` takes it.
fn shown(time: Duration) -> String {
    let millis = time.as_millis();
    if millis.is_multiple_of(1_000) {
        format!("{}s", millis / 1_000)
    } else {
        format!("{millis}ms")
    }
}

#[cfg(test)]
mod tests {
    use diag::{Catalogue, Code, Lang};
    use foxvm::Counters;

    use super::*;

    fn told(fault: Fault, message: &str, limits: &Limits) -> String {
        let report = FaultReport {
            fault,
            message: message.to_owned(),
            words: None,
            trace: Vec::new(),
            omitted: 0,
            counters: Counters::default(),
            panic: None,
        };
        let told = on_limit(Diagnostic::error(Code::fault(fault as u8)), &report, limits);
        let catalogue = Catalogue::for_lang(Lang::English);
        let helps = told.helps.iter();
        let helps: Vec<String> = helps.map(|help| catalogue.detail(&told, help)).collect();
        format!("{} | {}", catalogue.message(&told), helps.join(" | "))
    }

    #[test]
    fn limits_name_the_flag_that_raises_them() {
        let limits = Limits {
            fuel: Some(500),
            memory: 8 << 20,
            depth: 100,
            deadline: Some(Duration::from_millis(250)),
            ..Limits::plugin()
        };
        for (fault, part) in [
            (Fault::Fuel, "`--fuel 5000`"),
            (Fault::Mem, "`--memory 32MiB`"),
            (Fault::Depth, "`--depth 1000`"),
            (Fault::Deadline, "`--timeout 2500ms`"),
        ] {
            let told = told(fault, "the limit is reached", &limits);
            assert!(told.contains(part), "{told}");
        }
        assert!(told(Fault::Fuel, "", &limits).contains("500"));
        assert!(!told(Fault::Fibers, "the limit is reached", &limits).contains("--"));
        assert!(!told(Fault::Mem, "number too large", &limits).contains("--"));
        let most = Limits {
            depth: MOST_DEPTH as u32,
            ..limits
        };
        assert!(!told(Fault::Depth, "the limit is reached", &most).contains("--"));
    }
}
