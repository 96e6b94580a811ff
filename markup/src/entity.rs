//! Character references: every numeric one, and the named ones that people write.

use crate::slice::{after, number, part};

/// Each name with its character behind it.
const NAMED: &str = "amp& lt< gt> quot\" apos' nbsp\u{a0} copy© reg® trade™ hellip… mdash— ndash– lsquo‘ rsquo’ sbquo‚ \
    ldquo“ rdquo” bdquo„ laquo« raquo» lsaquo‹ rsaquo› bull• middot· times× divide÷ minus− plusmn± \
    deg° microµ para¶ sect§ euro€ pound£ yen¥ cent¢ larr← uarr↑ rarr→ darr↓ harr↔ lArr⇐ rArr⇒ frac12½ \
    frac14¼ frac34¾ sup1¹ sup2² sup3³ infin∞ ne≠ le≤ ge≥ asymp≈ radic√ alphaα betaβ piπ iexcl¡ \
    iquest¿ szligß agraveà aacuteá acircâ atildeã aumlä aringå aeligæ ccedilç egraveè eacuteé ecircê \
    eumlë iacuteí icircî ntildeñ oacuteó ocircô otildeõ oumlö oslashø ugraveù uacuteú ucircû uumlü \
    AgraveÀ AumlÄ AringÅ AEligÆ CcedilÇ EacuteÉ NtildeÑ OumlÖ OslashØ UumlÜ shy\u{ad} zwj\u{200d} \
    zwnj\u{200c} ensp\u{2002} emsp\u{2003} thinsp\u{2009} dagger† permil‰ hearts♥ check✓ ast* lowbar_ \
    lsqb[ rsqb] grave` num# bsol\\ lpar( rpar) vert| commat@ colon:";

/// The character that a reference at the start of `text` (which begins with `&`) stands for, and the
/// reference's length.
pub(crate) fn entity(text: &str) -> Option<(char, usize)> {
    let body = text.strip_prefix('&')?;
    let end = body.bytes().take(9).position(|byte| byte == b';')?;
    let name = part(body, 0, end);
    let c = match name.strip_prefix('#') {
        Some(reference) => numeric(reference)?,
        None => NAMED.split(' ').find_map(|entry| {
            let mut rest = entry.strip_prefix(name)?.chars();
            let c = rest.next()?;
            // The whole name matched only if its character, and nothing else, is left.
            (rest.next().is_none() && !name.is_empty()).then_some(c)
        })?,
    };
    Some((c, end + 2))
}

fn numeric(reference: &str) -> Option<char> {
    let (digits, radix, longest) = match reference.strip_prefix(['x', 'X']) {
        Some(hex) => (hex, 16, 6),
        None => (reference, 10, 7),
    };
    if digits.len() > longest {
        return None;
    }
    let code = number(digits, radix)?;
    Some(char::from_u32(code).filter(|c| *c != '\0').unwrap_or('\u{fffd}'))
}

/// `text` with its character references resolved, and with `escapes` its backslash escapes.
pub(crate) fn decode(text: &str, escapes: bool) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| matches!(byte, b'\\' | b'&')) {
        plain.push_str(part(rest, 0, at));
        let special = after(rest, at);
        let mut chars = special.chars();
        let (c, length) = match (chars.next(), chars.next()) {
            (Some('\\'), Some(next)) if escapes && next.is_ascii_punctuation() => (next, 2),
            (Some('&'), _) => entity(special).unwrap_or(('&', 1)),
            _ => ('\\', 1),
        };
        plain.push(c);
        rest = after(special, length);
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::{decode, entity};

    #[test]
    fn named_and_numeric_references_are_read() {
        assert_eq!(entity("&amp;x"), Some(('&', 5)));
        assert_eq!(entity("&nbsp;"), Some(('\u{a0}', 6)));
        assert_eq!(entity("&#64;"), Some(('@', 5)));
        assert_eq!(entity("&#X1F600;"), Some(('😀', 9)));
        assert_eq!(entity("&frac12;"), Some(('½', 8)));
    }

    #[test]
    fn what_stands_for_no_character_is_the_replacement_character() {
        for text in ["&#0;", "&#xD800;", "&#9999999;"] {
            assert_eq!(entity(text).unwrap().0, '\u{fffd}', "{text}");
        }
    }

    #[test]
    fn anything_else_is_no_reference() {
        for text in [
            "&",
            "&;",
            "&am;",
            "&ampx;",
            "&amp",
            "&#;",
            "&#x;",
            "&#+1;",
            "&#12345678;",
            "&l;",
            "& amp;",
            "&ö;",
        ] {
            assert_eq!(entity(text), None, "{text}");
        }
    }

    #[test]
    fn decoding_resolves_escapes_and_references_once() {
        assert_eq!(decode(r"a\_b&amp;lt;\q&", true), r"a_b&lt;\q&");
        assert_eq!(decode(r"a\_b&amp;", false), r"a\_b&");
    }
}
