//! The table of what holds each statement of the specification (`spec/rhumb/COVERAGE.md`), and the statements that no other test
//! holds.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::harness::*;

/// Between the parts of a line of the table.
const PART: &str = " ¦ ";

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    let path = repository().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

struct Row {
    section: String,
    statement: String,
    /// From the repository's root.
    file: String,
    quote: String,
}

impl Row {
    fn is_program(&self) -> bool {
        self.file.starts_with("spec/rhumb/")
    }
}

fn rows() -> Vec<Row> {
    let mut section = String::new();
    let mut rows = Vec::new();
    for line in read("spec/rhumb/COVERAGE.md").lines() {
        if let Some(title) = line.strip_prefix("## ") {
            title.clone_into(&mut section);
        }
        let parts: Vec<&str> = line.split(PART).collect();
        let [statement, file, quote] = parts[..] else {
            assert!(
                parts.len() == 1 || section.is_empty(),
                "three parts: {line}"
            );
            continue;
        };
        if section.is_empty() {
            continue;
        }
        let file = if file.contains('/') {
            file.to_owned()
        } else {
            format!("spec/rhumb/{file}")
        };
        rows.push(Row {
            section: section.clone(),
            statement: statement.to_owned(),
            file,
            quote: quote.to_owned(),
        });
    }
    rows
}

#[test]
fn every_subsection_of_the_page_has_rows() {
    let rows = rows();
    let named: HashSet<&str> = rows.iter().map(|row| row.section.as_str()).collect();
    let page = read("docs/specs/rhumb.md");
    let mut headings = 0;
    for heading in page.lines().filter_map(|line| line.strip_prefix("### ")) {
        let number = heading.split(' ').next().unwrap_or_default();
        let section = match number.split('.').next().unwrap_or_default() {
            "1" | "2" | "3" | "4" | "5" | "10" => number,
            // Names of instructions.
            "6" => "6",
            _ => continue,
        };
        headings += 1;
        assert!(named.contains(section), "{heading}");
    }
    assert!(headings > 50, "{headings} headings");
    assert!(rows.len() > 700, "{} rows", rows.len());
}

/// What a row quotes stands in its file; in a program it is part of an assertion, or of what its head says of output or errors.
#[test]
fn rows_quote_what_is_there() {
    let mut texts: HashMap<String, String> = HashMap::new();
    for row in rows() {
        let text = texts
            .entry(row.file.clone())
            .or_insert_with(|| read(&row.file));
        let found = lines(text).any(|line| {
            let holds =
                line.contains("%=") || line.starts_with("%|") || line.starts_with("% expect-");
            line.contains(&row.quote) && (holds || !row.is_program())
        });
        assert!(
            found,
            "§{} {}: `{}` in {}",
            row.section, row.statement, row.quote, row.file
        );
    }
}

/// A text's lines by any of the three line ends.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split(['\n', '\r'])
}

/// An assertion with the number of its line as its name; what was its name is lost.
fn numbered(line: &str, number: usize) -> String {
    let at = line.rfind("%= ").filter(|_| !line.starts_with('%'));
    let Some(at) = at else {
        return line.to_owned();
    };
    let begin = at + "%= ".len();
    let rest = line.get(begin..).unwrap_or_default();
    let end = rest.find('%').map_or(line.len(), |end| begin + end);
    format!("{} % L{number}", line.get(..end).unwrap_or(line).trim_end())
}

fn copied(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copied(&path, &target);
        } else if path.extension().is_some_and(|name| name == "rh") {
            let text = fs::read_to_string(&path).unwrap();
            let numbered: Vec<String> = lines(&text)
                .enumerate()
                .map(|(number, line)| numbered(line, number))
                .collect();
            fs::write(&target, numbered.join("\n")).unwrap();
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

/// Each assertion that a row quotes is executed, and holds: those that never run hold nothing.
#[test]
fn assertions_of_rows_are_executed() {
    let place = Place::new("coverage");
    copied(&repository().join("spec/rhumb"), &place.0.join("spec"));
    let ended = place.rhi(&["test", "-silent", "spec"]);
    let mut ran: HashSet<(String, usize)> = HashSet::new();
    let mut file = String::new();
    for line in ended.out.lines() {
        if let Some(name) = line.strip_prefix("Checking assertions in file '") {
            name.trim_end_matches("'...").clone_into(&mut file);
        }
        let number = line
            .strip_prefix("PASS: ")
            .and_then(|line| line.strip_suffix(')'))
            .and_then(|line| line.rsplit_once("(L"))
            .and_then(|(_, number)| number.parse().ok());
        if let Some(number) = number {
            ran.insert((file.clone(), number));
        }
    }
    assert!(ran.len() > 2000, "{} assertions", ran.len());
    let mut missing = Vec::new();
    for row in rows().iter().filter(|row| row.is_program()) {
        if !row.quote.contains("%=") {
            continue;
        }
        let text = read(&row.file);
        let name = row.file.rsplit('/').next().unwrap_or_default();
        let executed = lines(&text).enumerate().any(|(number, line)| {
            line.contains(&row.quote) && ran.contains(&(name.to_owned(), number))
        });
        if !executed {
            missing.push(format!(
                "§{} {}: `{}` in {}",
                row.section, row.statement, row.quote, row.file
            ));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// The founding document's examples, byte for byte: the digest of each of its blocks of Rhumb, as the document has it (the last
/// without its indentation), and the first line and number of lines by which it is found in the program that runs it.
#[test]
fn founding_examples_stand_word_for_word() {
    for (file, first, count, digest) in [
        (
            "spec/rhumb/founding-point.rh",
            "Point .= <(",
            POINT.0,
            POINT.1,
        ),
        (
            "spec/rhumb/founding-vassal.rh",
            "ReadOnly .= <{",
            VASSAL.0,
            VASSAL.1,
        ),
        (
            "spec/rhumb/founding-realms.rh",
            "node .= <$>;",
            NETWORK.0,
            NETWORK.1,
        ),
    ] {
        let text = read(file);
        let block: String = text
            .split_inclusive('\n')
            .skip_while(|line| line.trim_end() != first)
            .take(count)
            .collect();
        let found: String = Sha256::digest(block.as_bytes())
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(found, digest, "{file}:\n{block}");
    }
}

const POINT: (usize, &str) = (
    39,
    "da4b082be7bf672da4933411c59b5543318659e4d31bbaa2a042846195be33c9",
);
const VASSAL: (usize, &str) = (
    8,
    "fc82125aba42f2e7c5795145ead290f63057d0b66f7b17f1f829edacc4c0c8c9",
);
const NETWORK: (usize, &str) = (
    2,
    "eafe6f26772cb405acaa63eb4bd1b8f90dd03fb364ce796e2cf5f89c94cf6c4a",
);

/// §1.1.
#[test]
fn sources_have_any_of_four_names() {
    let place = Place::new("extensions");
    for extension in ["rh", "rhs", "rhl", "rhb"] {
        let name = format!("a.{extension}");
        place.file(&name, "1 ++ 1\n");
        assert_eq!(place.rhi(&["-last-value", &name]).out, "=> 2\n", "{name}");
    }
}

/// §10.1: the same seed, the same numbers; another, others.
#[test]
fn seeds_decide_chance() {
    let place = Place::new("seeds");
    place.file(
        "a.rh",
        "m := {!|math|-}\n1|4 <> [i] -> m\\int(1; 1000000)\n",
    );
    let said = |seed: &str| {
        let flags = ["-last-value", "-seed", seed, "--allow", "random", "a.rh"];
        place.rhi(&flags).out
    };
    let first = said("5");
    assert!(first.starts_with("=> ["), "{first}");
    assert_eq!(first, said("5"));
    assert_ne!(first, said("6"));
}

/// §10.2.
#[test]
fn subscriptions_of_a_session_go_on() {
    let place = Place::new("session-spaces");
    let ended = place.prompt(
        &["-silent"],
        "r := <$>\nr <> [#a(x)] -> ^(x ++ 1)\nr#a(1)\nr$t(5)\n<r$t>\nx := ***('no')\nr#a(2)\nr <> ___\nr#a(3)\n",
    );
    assert_eq!(
        ended.out, "=> <$>\n=> ___\n=> 2\n=> ___\n=> [5]\n=> 3\n=> ___\n=> ___\n",
        "{}",
        ended.err
    );
}
