//! Keys in the bytes that a terminal sends, and bytes for keys (docs/specs/fusabi.md §6.2).

use alacritty_terminal::term::TermMode;
use plugins::Key;
use plugins::modifiers::{ALT, CTRL, SHIFT, SUPER};

/// Some bytes of the input, and the key that they are; none for what is no key: a paste, the mouse, an answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Press {
    pub bytes: Vec<u8>,
    pub key: Option<Key>,
}

/// Reads input. What a paste is lasts from one piece to the next.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    pasting: bool,
}

const PASTE: &[u8] = b"\x1b[200~";
const PASTE_END: &[u8] = b"\x1b[201~";

/// Keys whose sequence ends with a letter, behind `CSI` or `SS3`.
const LETTERS: [(u8, &str); 11] = [
    (b'A', "Up"),
    (b'B', "Down"),
    (b'C', "Right"),
    (b'D', "Left"),
    (b'H', "Home"),
    (b'F', "End"),
    (b'P', "F1"),
    (b'Q', "F2"),
    (b'R', "F3"),
    (b'S', "F4"),
    (b'E', "Begin"),
];

/// Keys whose sequence is a number and `~`.
const NUMBERS: [(u32, &str); 16] = [
    (2, "Insert"),
    (3, "Delete"),
    (5, "PageUp"),
    (6, "PageDown"),
    (1, "Home"),
    (4, "End"),
    (7, "Home"),
    (8, "End"),
    (15, "F5"),
    (17, "F6"),
    (18, "F7"),
    (19, "F8"),
    (20, "F9"),
    (21, "F10"),
    (23, "F11"),
    (24, "F12"),
];

/// Keys of one byte.
const BYTES: [(u8, &str); 6] = [
    (b'\r', "Enter"),
    (b'\t', "Tab"),
    (0x7f, "Backspace"),
    (0x1b, "Escape"),
    (b' ', "Space"),
    (b'/', "Slash"),
];

fn key(code: impl Into<String>, mods: u8) -> Key {
    Key {
        code: code.into(),
        mods,
    }
}

impl Decoder {
    /// The presses in a piece of input, in order; their bytes are the input.
    pub fn read(&mut self, mut bytes: &[u8]) -> Vec<Press> {
        let mut presses = Vec::new();
        while !bytes.is_empty() {
            let (length, key) = self.next(bytes);
            let (taken, rest) = bytes.split_at(length.clamp(1, bytes.len()));
            bytes = rest;
            presses.push(Press {
                bytes: taken.to_vec(),
                key,
            });
        }
        presses
    }

    fn next(&mut self, bytes: &[u8]) -> (usize, Option<Key>) {
        if self.pasting {
            let end = memchr::memmem::find(bytes, PASTE_END);
            self.pasting = end.is_none();
            return (end.map_or(bytes.len(), |at| at + PASTE_END.len()), None);
        }
        if bytes.starts_with(PASTE) {
            self.pasting = true;
            return (PASTE.len(), None);
        }
        match bytes {
            [0x1b, b'[' | b'O', _, ..] => sequence(bytes),
            [0x1b, rest @ ..] if !rest.is_empty() && rest.first() != Some(&0x1b) => {
                let (length, pressed) = plain(rest);
                let alt = pressed.map(|pressed| key(pressed.code, pressed.mods | ALT));
                (length + 1, alt)
            }
            _ => plain(bytes),
        }
    }
}

/// A key that is a character or a control character.
fn plain(bytes: &[u8]) -> (usize, Option<Key>) {
    let Some(first) = bytes.first().copied() else {
        return (0, None);
    };
    if let Some((_, code)) = BYTES.iter().find(|(byte, _)| *byte == first) {
        return (1, Some(key(*code, 0)));
    }
    match first {
        0 => (1, Some(key("Space", CTRL))),
        b'\n' => (1, Some(key("Enter", 0))),
        8 => (1, Some(key("Backspace", CTRL))),
        1..=26 => {
            let letter = char::from(first + b'A' - 1);
            (1, Some(key(format!("Key{letter}"), CTRL)))
        }
        28..=31 => {
            let scalar = char::from(first + 0x40);
            (1, Some(key(scalar, CTRL)))
        }
        b'a'..=b'z' => (
            1,
            Some(key(
                format!("Key{}", char::from(first.to_ascii_uppercase())),
                0,
            )),
        ),
        b'A'..=b'Z' => (1, Some(key(format!("Key{}", char::from(first)), SHIFT))),
        b'0'..=b'9' => (1, Some(key(format!("Digit{}", char::from(first)), 0))),
        _ => {
            let length = match first {
                ..0x80 => 1,
                0xc0..0xe0 => 2,
                0xe0..0xf0 => 3,
                0xf0.. => 4,
                _ => return (1, None),
            };
            let scalar = bytes
                .get(..length)
                .and_then(|bytes| std::str::from_utf8(bytes).ok());
            match scalar {
                Some(scalar) => (length, Some(key(scalar, 0))),
                None => (1, None),
            }
        }
    }
}

/// A key that is a control sequence; others, like the mouse's, are no keys.
fn sequence(bytes: &[u8]) -> (usize, Option<Key>) {
    let rest = bytes.get(2..).unwrap_or_default();
    let Some(end) = rest.iter().position(|byte| (0x40..=0x7e).contains(byte)) else {
        return (bytes.len(), None);
    };
    let mut length = end + 3;
    let (numbers, last) = (rest.get(..end).unwrap_or_default(), rest.get(end).copied());
    // The old form of the mouse has three bytes behind its `M`.
    if last == Some(b'M') && numbers.is_empty() {
        length += 3;
        return (length.min(bytes.len()), None);
    }
    let mut numbers = numbers
        .split(|byte| *byte == b';')
        .map(|number| std::str::from_utf8(number).ok()?.parse::<u32>().ok());
    let (first, second) = (numbers.next().flatten(), numbers.next().flatten());
    // 1, and the bits of Shift, Alt, Control, Super.
    let bits = second.unwrap_or(1).saturating_sub(1);
    let mods = [(1, SHIFT), (2, ALT), (4, CTRL), (8, SUPER)]
        .iter()
        .filter(|(bit, _)| bits & bit != 0)
        .fold(0, |all, (_, modifier)| all | modifier);
    let code = match last {
        Some(b'~') => NUMBERS
            .iter()
            .find(|(number, _)| Some(*number) == first)
            .map(|(_, code)| *code),
        Some(b'Z') => return (length, Some(key("Tab", SHIFT))),
        Some(letter) => LETTERS
            .iter()
            .find(|(known, _)| *known == letter)
            .map(|(_, code)| *code),
        None => None,
    };
    (length, code.map(|code| key(code, mods)))
}

/// The bytes of a key for a program in these modes; none for a key that has none.
pub(crate) fn encode(pressed: &Key, mode: TermMode) -> Option<Vec<u8>> {
    let code = pressed.code.as_str();
    let bits = [(1, SHIFT), (2, ALT), (4, CTRL), (8, SUPER)]
        .iter()
        .filter(|(_, modifier)| pressed.mods & modifier != 0)
        .fold(0, |all, (bit, _)| all | bit);
    if let Some((letter, _)) = LETTERS.iter().find(|(_, known)| *known == code) {
        let letter = char::from(*letter);
        let function = code.starts_with('F');
        let text = match bits {
            0 if function || mode.contains(TermMode::APP_CURSOR) => format!("\x1bO{letter}"),
            0 => format!("\x1b[{letter}"),
            bits => format!("\x1b[1;{}{letter}", bits + 1),
        };
        return Some(text.into_bytes());
    }
    if let Some((number, _)) = NUMBERS.iter().find(|(_, known)| *known == code) {
        let text = match bits {
            0 => format!("\x1b[{number}~"),
            bits => format!("\x1b[{number};{}~", bits + 1),
        };
        return Some(text.into_bytes());
    }
    let shift = pressed.mods & SHIFT != 0;
    let control = pressed.mods & CTRL != 0;
    let mut bytes = match code {
        "Tab" if shift => b"\x1b[Z".to_vec(),
        "Space" if control => vec![0],
        "Backspace" if control => vec![8],
        _ => match BYTES.iter().find(|(_, known)| *known == code) {
            Some((byte, _)) => vec![*byte],
            None => character(code, shift, control)?,
        },
    };
    if pressed.mods & ALT != 0 {
        bytes.insert(0, 0x1b);
    }
    Some(bytes)
}

fn character(code: &str, shift: bool, control: bool) -> Option<Vec<u8>> {
    let text = match (code.strip_prefix("Key"), code.strip_prefix("Digit")) {
        (Some(letter), _) if shift || control => letter.to_ascii_uppercase(),
        (Some(letter), _) => letter.to_ascii_lowercase(),
        (_, Some(digit)) => digit.to_owned(),
        _ => code.to_owned(),
    };
    let mut scalars = text.chars();
    let scalar = scalars.next().filter(|_| scalars.next().is_none())?;
    if control {
        let byte = u8::try_from(scalar)
            .ok()
            .filter(|byte| (0x40..0x60).contains(byte))?;
        return Some(vec![byte - 0x40]);
    }
    (!scalar.is_control()).then(|| scalar.to_string().into_bytes())
}

/// A key by its name, as the command line has it: `ctrl-g`, `alt-space`, `f12`.
pub(crate) fn named(name: &str) -> Option<Key> {
    let mut mods = 0;
    let mut rest = name;
    while let Some((word, behind)) = rest
        .split_once(['-', '+'])
        .filter(|(_, behind)| !behind.is_empty())
    {
        mods |= match word.to_ascii_lowercase().as_str() {
            "ctrl" | "control" => CTRL,
            "alt" | "meta" => ALT,
            "shift" => SHIFT,
            _ => return None,
        };
        rest = behind;
    }
    let known = LETTERS
        .iter()
        .map(|(_, code)| *code)
        .chain(NUMBERS.iter().map(|(_, code)| *code))
        .chain(BYTES.iter().map(|(_, code)| *code))
        .find(|code| code.eq_ignore_ascii_case(rest));
    let code = match (known, rest.as_bytes()) {
        (Some(code), _) => code.to_owned(),
        (None, [letter]) if letter.is_ascii_alphabetic() => {
            format!("Key{}", char::from(letter.to_ascii_uppercase()))
        }
        (None, [digit]) if digit.is_ascii_digit() => format!("Digit{}", char::from(*digit)),
        (None, [byte]) if byte.is_ascii_graphic() => char::from(*byte).to_string(),
        _ => return None,
    };
    let found = key(code, mods);
    // What no terminal sends could never be pressed.
    encode(&found, TermMode::empty()).map(|_| found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(bytes: &[u8]) -> Option<(String, u8)> {
        let presses = Decoder::default().read(bytes);
        assert_eq!(presses.len(), 1, "{presses:?}");
        presses[0].key.clone().map(|key| (key.code, key.mods))
    }

    #[test]
    fn keys_are_read_and_written_alike() {
        let all: [(&[u8], &str, u8); 19] = [
            (b"a", "KeyA", 0),
            (b"A", "KeyA", SHIFT),
            (b"\x01", "KeyA", CTRL),
            (b"\x1ba", "KeyA", ALT),
            (b"5", "Digit5", 0),
            (b"\r", "Enter", 0),
            (b"\x1b", "Escape", 0),
            (b" ", "Space", 0),
            (b"\0", "Space", CTRL),
            (b"/", "Slash", 0),
            (b"\x1d", "]", CTRL),
            (b"\x1b[A", "Up", 0),
            (b"\x1b[1;5C", "Right", CTRL),
            (b"\x1b[3~", "Delete", 0),
            (b"\x1b[5;2~", "PageUp", SHIFT),
            (b"\x1bOP", "F1", 0),
            (b"\x1b[24~", "F12", 0),
            (b"\x1b[Z", "Tab", SHIFT),
            ("é".as_bytes(), "é", 0),
        ];
        for (bytes, code, mods) in all {
            assert_eq!(one(bytes), Some((code.to_owned(), mods)), "{bytes:?}");
            assert_eq!(
                encode(&key(code, mods), TermMode::empty()).as_deref(),
                Some(bytes),
                "{code}"
            );
        }
        let up = encode(&key("Up", 0), TermMode::APP_CURSOR);
        assert_eq!(up.as_deref(), Some(&b"\x1bOA"[..]));
        assert_eq!(encode(&key("no such key", 0), TermMode::empty()), None);
    }

    #[test]
    fn pastes_and_the_mouse_are_no_keys() {
        assert_eq!(one(b"\x1b[<0;3;4M"), None);
        assert_eq!(one(b"\x1b[M abc"[..6].as_ref()), None);
        let mut decoder = Decoder::default();
        let presses = decoder.read(b"\x1b[200~ab");
        assert!(presses.iter().all(|press| press.key.is_none()));
        let presses = decoder.read(b"c\x1b[201~d");
        assert_eq!(presses.len(), 2);
        assert_eq!(
            presses[1].key.as_ref().map(|key| key.code.as_str()),
            Some("KeyD")
        );
    }

    #[test]
    fn a_leader_has_a_name() {
        assert_eq!(named("ctrl-g"), Some(key("KeyG", CTRL)));
        assert_eq!(named("Ctrl-]"), Some(key("]", CTRL)));
        assert_eq!(named("f12"), Some(key("F12", 0)));
        assert_eq!(named("ctrl-space"), Some(key("Space", CTRL)));
        assert_eq!(named("ctrl-"), None);
        assert_eq!(named("hyper-x"), None);
        assert_eq!(named("ctrl-é"), None);
    }
}
