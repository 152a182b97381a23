//! Which colours the names and numbers of colours are.

use std::collections::BTreeMap;

use crate::glyph::Paint;

/// Colours of a theme, 0x00RRGGBB.
#[derive(Debug)]
struct Theme {
    name: &'static str,
    foreground: u32,
    background: u32,
    palette: [u32; 16],
}

/// The theme in the beginning: published with the published default colours, and shown in the user's own.
pub const USUAL: &str = "default";

const XTERM: [u32; 16] = [
    0x00_0000, 0xcd_0000, 0x00_cd00, 0xcd_cd00, 0x00_00ee, 0xcd_00cd, 0x00_cdcd, 0xe5_e5e5,
    0x7f_7f7f, 0xff_0000, 0x00_ff00, 0xff_ff00, 0x5c_5cff, 0xff_00ff, 0x00_ffff, 0xff_ffff,
];

const THEMES: [Theme; 5] = [
    Theme {
        name: USUAL,
        foreground: shm::DEFAULT_FOREGROUND & 0xff_ffff,
        background: shm::DEFAULT_BACKGROUND & 0xff_ffff,
        palette: XTERM,
    },
    Theme {
        name: "dark",
        foreground: 0xd8_d8d8,
        background: 0x18_1818,
        palette: XTERM,
    },
    Theme {
        name: "light",
        foreground: 0x20_2020,
        background: 0xfa_fafa,
        palette: [
            0x20_2020, 0xb0_1010, 0x10_7010, 0x80_6000, 0x10_40b0, 0x90_1090, 0x00_7080, 0xc0_c0c0,
            0x60_6060, 0xd0_2020, 0x20_9020, 0xa0_8000, 0x20_60d0, 0xb0_30b0, 0x00_90a0, 0x00_0000,
        ],
    },
    Theme {
        name: "high-contrast",
        foreground: 0xff_ffff,
        background: 0x00_0000,
        palette: [
            0x00_0000, 0xff_4040, 0x40_ff40, 0xff_ff40, 0x60_90ff, 0xff_60ff, 0x40_ffff, 0xff_ffff,
            0xa0_a0a0, 0xff_8080, 0x80_ff80, 0xff_ff80, 0x90_b0ff, 0xff_90ff, 0x80_ffff, 0xff_ffff,
        ],
    },
    Theme {
        name: "solarized-dark",
        foreground: 0x83_9496,
        background: 0x00_2b36,
        palette: [
            0x07_3642, 0xdc_322f, 0x85_9900, 0xb5_8900, 0x26_8bd2, 0xd3_3682, 0x2a_a198, 0xee_e8d5,
            0x00_2b36, 0xcb_4b16, 0x58_6e75, 0x65_7b83, 0x83_9496, 0x6c_71c4, 0x93_a1a1, 0xfd_f6e3,
        ],
    },
];

/// A place where a colour stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Ground {
    /// Characters.
    Fore,
    /// Behind them.
    Back,
}

/// The colours in use: a theme, and what plugins changed of it.
#[derive(Debug)]
pub(crate) struct Colors {
    theme: &'static Theme,
    changed: BTreeMap<u8, u32>,
    /// Foreground and background, where plugins changed them.
    grounds: [Option<u32>; 2],
}

impl Default for Colors {
    fn default() -> Colors {
        Colors {
            theme: &THEMES[0],
            changed: BTreeMap::new(),
            grounds: [None; 2],
        }
    }
}

impl Colors {
    /// The names of the themes.
    pub fn names() -> impl Iterator<Item = &'static str> {
        THEMES.iter().map(|theme| theme.name)
    }

    /// Uses a theme as it is, without changes; `false` if there is none of that name.
    pub fn apply(&mut self, name: &str) -> bool {
        let Some(theme) = THEMES.iter().find(|theme| theme.name == name) else {
            return false;
        };
        self.theme = theme;
        self.changed.clear();
        self.grounds = [None; 2];
        true
    }

    /// Changes one colour of the palette, 0x00RRGGBB.
    pub fn change(&mut self, index: u8, rgb: u32) {
        self.changed.insert(index, rgb);
    }

    /// Changes a part of the theme, 0x00RRGGBB: `foreground`, `background`, a colour's name, or `color0` to `color255`; `false`
    /// if there is no such part.
    pub fn update(&mut self, part: &str, rgb: u32) -> bool {
        let numbered = part
            .strip_prefix("color")
            .and_then(|number| number.parse().ok());
        match (part, numbered, Paint::parse(part)) {
            ("foreground", ..) => self.grounds[Ground::Fore as usize] = Some(rgb),
            ("background", ..) => self.grounds[Ground::Back as usize] = Some(rgb),
            (_, Some(index), _) | (_, _, Some(Paint::Index(index))) => self.change(index, rgb),
            _ => return false,
        }
        true
    }

    /// The theme's name.
    pub fn name(&self) -> &'static str {
        self.theme.name
    }

    /// A colour of the palette, 0x00RRGGBB: the theme's 16, a cube of 6×6×6, and 24 greys, as xterm has them.
    pub fn palette(&self, index: u8) -> u32 {
        if let Some(changed) = self.changed.get(&index) {
            return *changed;
        }
        if let Some(own) = self.theme.palette.get(usize::from(index)) {
            return *own;
        }
        let index = u32::from(index);
        if index >= 232 {
            return (8 + (index - 232) * 10) * 0x01_0101;
        }
        let step = |part: u32| if part == 0 { 0 } else { 55 + part * 40 };
        let cube = index.saturating_sub(16);
        step(cube / 36) << 16 | step(cube / 6 % 6) << 8 | step(cube % 6)
    }

    /// What is published for a colour, 0xAARRGGBB.
    pub fn published(&self, paint: Paint, ground: Ground) -> u32 {
        let rgb = match (paint, ground) {
            (Paint::Default, Ground::Fore) => self.grounds[0].unwrap_or(self.theme.foreground),
            (Paint::Default, Ground::Back) => self.grounds[1].unwrap_or(self.theme.background),
            (Paint::Index(index), _) => self.palette(index),
            (Paint::Rgb(red, green, blue), _) => u32::from_be_bytes([0, red, green, blue]),
        };
        0xff00_0000 | rgb
    }

    /// What the user's terminal is asked to show: its own colours as long as nobody chose others.
    pub fn shown(&self, paint: Paint, ground: Ground) -> Paint {
        let own = self.theme.name == USUAL;
        let theirs = match paint {
            Paint::Default => own && self.grounds[ground as usize].is_none(),
            Paint::Index(index) => (own || index >= 16) && !self.changed.contains_key(&index),
            Paint::Rgb(..) => true,
        };
        if theirs {
            return paint;
        }
        let [_, red, green, blue] = self.published(paint, ground).to_be_bytes();
        Paint::Rgb(red, green, blue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_theme_changes_what_is_shown_and_published() {
        let mut colors = Colors::default();
        assert_eq!(
            colors.published(Paint::Default, Ground::Fore),
            shm::DEFAULT_FOREGROUND
        );
        assert_eq!(colors.shown(Paint::Index(1), Ground::Fore), Paint::Index(1));
        assert!(colors.apply("light") && !colors.apply("no such theme"));
        assert_eq!(
            colors.shown(Paint::Default, Ground::Back),
            Paint::Rgb(0xfa, 0xfa, 0xfa)
        );
        assert!(colors.update("foreground", 7) && colors.update("bright-red", 8));
        assert!(colors.update("color200", 0) && !colors.update("no part", 0));
        assert_eq!(colors.published(Paint::Default, Ground::Fore), 0xff00_0007);
        assert_eq!(colors.palette(9), 8);
        colors.change(200, 0x01_0203);
        assert_eq!(
            colors.shown(Paint::Index(200), Ground::Fore),
            Paint::Rgb(1, 2, 3)
        );
        assert_eq!(colors.palette(231), 0xff_ffff);
        assert_eq!(colors.palette(16), 0);
        assert_eq!(colors.palette(255), 0xee_eeee);
    }
}
