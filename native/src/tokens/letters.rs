//! What one character is to a word (its class) and what it folds to, as one table over the basic plane.

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{compose, is_combining_mark};

/// The part a character plays in segmentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Class {
    /// Ends words.
    Gap = 0,
    /// Letters and digits of scripts that put spaces between words.
    Word = 1,
    /// Belongs to the character before it: combining marks, joiners, soft hyphens.
    Mark = 2,
    /// Characters of scripts that do not space words reliably: Han, kana, Hangul, Thai, Lao, Khmer, Myanmar.
    Dense = 3,
    /// Emoji and pictographs: each a word of its own.
    Sign = 4,
}

/// What the table knows of a character: its class, whether it is upper case, and what it folds to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Letter(u32);

const CODE: u32 = 0x1F_FFFF;
const CLASS_SHIFT: u32 = 21;
const UPPER: u32 = 1 << 24;
/// Folds to several characters, or to none: ask [`fold_slowly`].
const MANY: u32 = 1 << 25;

impl Letter {
    pub(super) fn class(self) -> Class {
        match (self.0 >> CLASS_SHIFT) & 7 {
            1 => Class::Word,
            2 => Class::Mark,
            3 => Class::Dense,
            4 => Class::Sign,
            _ => Class::Gap,
        }
    }

    pub(super) fn is_upper(self) -> bool {
        self.0 & UPPER != 0
    }

    /// Add the folded form of `c`, whose entry this is, to `out`.
    pub(super) fn fold_into(self, c: char, out: &mut String) {
        if self.0 & MANY != 0 {
            fold_slowly(c, |folded| out.push(folded));
        } else if let Some(folded) = char::from_u32(self.0 & CODE) {
            out.push(folded);
        }
    }

    fn of(c: char) -> Letter {
        let mut folded = None;
        let mut count = 0;
        fold_slowly(c, |f| {
            folded = Some(f);
            count += 1;
        });
        let upper = if c.is_uppercase() { UPPER } else { 0 };
        // A letter that folding leaves nothing of (`\u{FE78}`, a vowel sign that stands alone) makes no word.
        let class = if count == 0 && class_of(c) != Class::Gap { Class::Mark } else { class_of(c) };
        let class = (class as u32) << CLASS_SHIFT;
        match folded {
            Some(folded) if count == 1 => Letter(folded as u32 | class | upper),
            _ => Letter(MANY | class | upper),
        }
    }
}

/// 64 K entries of 4 bytes, filled on first use in a few milliseconds.
static BASIC_PLANE: LazyLock<Box<[Letter]>> = LazyLock::new(|| {
    (0..=0xFFFF_u32).map(|code| char::from_u32(code).map_or(Letter(0), letter_without_table)).collect()
});

pub(super) fn letter(c: char) -> Letter {
    match BASIC_PLANE.get(c as usize) {
        Some(letter) => *letter,
        None => letter_without_table(c),
    }
}

fn letter_without_table(c: char) -> Letter {
    match c as u32 {
        // Han and Hangul syllables fold to themselves.
        code @ (0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xAC00..=0xD7A3 | 0x2_0000..=0x2_F7FF | 0x3_0000..=0x3_FFFF) => {
            Letter(code | (Class::Dense as u32) << CLASS_SHIFT)
        }
        _ => Letter::of(c),
    }
}

fn class_of(c: char) -> Class {
    match c as u32 {
        0x00AD | 0x200C | 0x200D | 0x0640 | 0xFE00..=0xFE0F | 0xFF9E | 0xFF9F => Class::Mark,
        0x0E2F | 0x0E46 | 0x0E4F | 0x0E5A | 0x0E5B => Class::Gap,
        // Thai, Lao, Myanmar, Khmer: their marks are told apart below.
        0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF | 0x19E0..=0x19FF | 0xAA60..=0xAA7F => dense_or_mark(c),
        // Jamo, kana, bopomofo, compatibility jamo, ideographs, syllables, half-width forms.
        0x1100..=0x11FF | 0xA960..=0xA97F | 0xD7B0..=0xD7FF => Class::Dense,
        0x3005..=0x3007 | 0x3031..=0x3035 | 0x3040..=0x3098 | 0x309D..=0x309F | 0x30A1..=0x30FA | 0x30FC..=0x318F => {
            Class::Dense
        }
        0x31A0..=0x31BF | 0x31F0..=0x31FF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xAC00..=0xD7A3 => Class::Dense,
        0xF900..=0xFAFF | 0xFF66..=0xFFDC | 0x1_B000..=0x1_B16F | 0x2_0000..=0x3_FFFF => Class::Dense,
        0x2600..=0x27BF | 0x2B50..=0x2B55 | 0x1_F000..=0x1_F3FA | 0x1_F400..=0x1_FAFF => Class::Sign,
        0x1_F3FB..=0x1_F3FF => Class::Mark,
        _ if is_combining_mark(c) => Class::Mark,
        _ if c.is_alphanumeric() => Class::Word,
        _ => Class::Gap,
    }
}

fn dense_or_mark(c: char) -> Class {
    if is_combining_mark(c) {
        Class::Mark
    } else if c.is_alphanumeric() {
        Class::Dense
    } else {
        Class::Gap
    }
}

/// The definition of folding, one character at a time: compatibility form, lower case, then without the marks that
/// people leave out when they type. May give several characters or none.
pub(super) fn fold_slowly(c: char, mut sink: impl FnMut(char)) {
    if class_of(c) == Class::Mark && is_optional_mark(c) {
        return;
    }
    for compatible in std::iter::once(c).nfkc() {
        // A mark that stands alone (`\u{FE78}`, `\u{B4}`) is spelled with a space to stand on, which would end up inside words.
        if compatible.is_whitespace() && !c.is_whitespace() {
            continue;
        }
        for lower in compatible.to_lowercase() {
            fold_lower(lower, &mut sink);
        }
    }
}

fn fold_lower(c: char, sink: &mut impl FnMut(char)) {
    if let Some(spelling) = spelled_out(c) {
        spelling.chars().for_each(sink);
        return;
    }
    if is_optional_mark(c) {
        return;
    }
    let mut decomposed = std::iter::once(c).nfd();
    let base = decomposed.next().unwrap_or(c);
    if base != c && drops_marks(c, base) {
        match spelled_out(base) {
            Some(spelling) => spelling.chars().for_each(sink),
            None => sink(base),
        }
    } else {
        sink(c);
    }
}

/// Letters that no decomposition simplifies. Umlauts fold to their vowel; the `ue` spelling is met by the German stem.
fn spelled_out(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ł' => "l",
        'ħ' => "h",
        'ı' => "i",
        'ς' => "σ",
        'ё' => "е",
        // Alef maksura and Farsi yeh, teh marbuta, keheh.
        'ى' | 'ی' => "ي",
        'ة' => "ه",
        'ک' => "ك",
        'ٱ' => "ا",
        '\u{660}'..='\u{669}' => digit(c as u32 - 0x660),
        '\u{6F0}'..='\u{6F9}' => digit(c as u32 - 0x6F0),
        _ => return None,
    })
}

fn digit(value: u32) -> &'static str {
    const DIGITS: &str = "0123456789";
    let at = value as usize;
    &DIGITS[at..at + 1]
}

/// Marks over Latin, Greek and Cyrillic, Hebrew points, Arabic vowel signs, and signs that only shape or join.
fn is_optional_mark(c: char) -> bool {
    matches!(c as u32,
        0x0300..=0x036F | 0x0483..=0x0489 | 0x0591..=0x05BD | 0x05BF | 0x05C1..=0x05C2 | 0x05C4..=0x05C5 | 0x05C7
        | 0x0610..=0x061A | 0x0640 | 0x064B..=0x065F | 0x0670 | 0x06D6..=0x06DC | 0x06DF..=0x06E4 | 0x06E7..=0x06E8
        | 0x06EA..=0x06ED | 0x08D3..=0x08FF | 0x1AB0..=0x1AFF | 0x1DC0..=0x1DFF | 0x20D0..=0x20FF
        | 0x00AD | 0x200C | 0x200D | 0xFE00..=0xFE0F | 0xFE20..=0xFE2F | 0x1_F3FB..=0x1_F3FF)
}

fn drops_marks(c: char, base: char) -> bool {
    match base as u32 {
        // Cyrillic й, ї, ў are letters that every keyboard has; only the graves are accents.
        0x0400..=0x052F => matches!(c, 'ѐ' | 'ѝ'),
        0x0000..=0x03FF | 0x0590..=0x06FF | 0x1E00..=0x1FFF => true,
        _ => false,
    }
}

/// The letter that `base` and the combining `mark` make together when folding keeps it whole (й, ї, voiced kana,
/// Hangul from jamo): file names from macOS arrive decomposed.
pub(super) fn kept_composition(base: char, mark: char) -> Option<char> {
    let composed = compose(base, mark)?;
    let mut folded = None;
    let mut count = 0;
    fold_slowly(composed, |c| {
        folded = Some(c);
        count += 1;
    });
    (count == 1 && folded == Some(composed)).then_some(composed)
}
