//! What kind of character something is, by small rules instead of Unicode's tables: those would weigh more
//! in the wasm than the whole parser. `GRAMMAR.md` says where the rules are coarser than the tables.

/// Space within a line: what a reader sees as a gap between two words.
pub(crate) fn is_space(c: char) -> bool {
    matches!(
        c,
        ' ' | '\t' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
    )
}

/// What stands around the marks of Markdown.
pub(crate) fn is_space_or_tab(c: char) -> bool {
    matches!(c, ' ' | '\t')
}

/// Any white space, line breaks included.
pub(crate) fn is_white(c: char) -> bool {
    is_space(c) || matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Controls, and the invisible characters that reorder what surrounds them.
pub(crate) fn is_control(c: char) -> bool {
    c.is_control() || is_bidi(c)
}

/// Marks that change the direction of text after them.
pub(crate) fn is_bidi(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Punctuation and symbols, for the rules of emphasis.
pub(crate) fn is_punctuation(c: char) -> bool {
    match c {
        '\0'..='\x7f' => c.is_ascii_punctuation(),
        '\u{aa}' | '\u{b2}' | '\u{b3}' | '\u{b5}' | '\u{b9}' | '\u{ba}' | '\u{bc}'..='\u{be}' => false,
        '\u{a1}'..='\u{bf}' | '\u{d7}' | '\u{f7}' => true,
        '\u{37e}' | '\u{387}' | '\u{55a}'..='\u{55f}' | '\u{589}' | '\u{58a}' | '\u{5be}' | '\u{5c0}' => true,
        '\u{5f3}'
        | '\u{5f4}'
        | '\u{60c}'
        | '\u{60d}'
        | '\u{61b}'
        | '\u{61e}'
        | '\u{61f}'
        | '\u{66a}'..='\u{66d}' => true,
        '\u{6d4}' | '\u{964}' | '\u{965}' | '\u{e3f}' | '\u{e4f}' => true,
        '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}' | '\u{20a0}'..='\u{20c0}' => true,
        '\u{2190}'..='\u{245f}'
        | '\u{249c}'..='\u{24e9}'
        | '\u{2500}'..='\u{2775}'
        | '\u{2794}'..='\u{2bff}' => true,
        '\u{2e00}'..='\u{2e5d}' | '\u{3001}'..='\u{3004}' | '\u{3008}'..='\u{3020}' | '\u{3030}' => true,
        '\u{30fb}' | '\u{fe10}'..='\u{fe19}' | '\u{fe30}'..='\u{fe6b}' => true,
        '\u{ff01}'..='\u{ff0f}'
        | '\u{ff1a}'..='\u{ff20}'
        | '\u{ff3b}'..='\u{ff40}'
        | '\u{ff5b}'..='\u{ff65}' => true,
        '\u{ffe0}'..='\u{ffee}' | '\u{1f000}'..='\u{1faff}' => true,
        _ => false,
    }
}

/// A character that words are made of.
pub(crate) fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || c == '_'
        || (c > '\x7f'
            && !is_white(c)
            && !is_control(c)
            && (!is_punctuation(c) || c == '\u{b7}')
            && c != '\u{fffc}')
}

/// Which of the scripts written without spaces `c` belongs to; 0 for all others. Where the script changes,
/// a word may end without a space: `@bobさん`, `@太郎は`.
pub(crate) fn script(c: char) -> u8 {
    match c {
        '\u{e00}'..='\u{eff}' => 1,
        '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' => 2,
        '\u{3040}'..='\u{30ff}' | '\u{ff66}'..='\u{ff9f}' => 3,
        '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{ac00}'..='\u{d7af}' => 4,
        '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' => 5,
        _ => 0,
    }
}

/// Attaches to the character before it, whatever that is: accents, joiners, variation selectors.
pub(crate) fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{200c}' | '\u{200d}' | '\u{20d0}'..='\u{20ff}' | '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}')
}

/// Lower case, one character for one, in the scripts that most names with case are written in: Latin,
/// Greek, Cyrillic, Armenian. Others stay as they are.
pub(crate) fn fold(c: char) -> char {
    let code = c as u32;
    let folded = match code {
        0x41..=0x5a => code + 32,
        0xc0..=0xd6 | 0xd8..=0xde | 0x391..=0x3a1 | 0x3a3..=0x3ab | 0x410..=0x42f => code + 32,
        0x178 => 0xff,
        0x100..=0x12f | 0x132..=0x137 | 0x14a..=0x177 | 0x1e00..=0x1e95 | 0x1ea0..=0x1eff => code | 1,
        0x460..=0x481 | 0x48a..=0x4bf | 0x4d0..=0x52f | 0x218..=0x21f => code | 1,
        0x139..=0x148 | 0x179..=0x17e | 0x4c1..=0x4ce => code + (code & 1),
        0x386 => 0x3ac,
        0x388..=0x38a => code + 37,
        0x38c => 0x3cc,
        0x38e | 0x38f => code + 63,
        0x3c2 => 0x3c3,
        0x400..=0x40f => code + 80,
        0x531..=0x556 => code + 48,
        _ => return c,
    };
    char::from_u32(folded).unwrap_or(c)
}
