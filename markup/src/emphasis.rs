//! The stack of delimiters: which `*`, `_` and `~~` belong together.

use crate::inline::Token;
use crate::steps::steps;

/// A run of equal delimiters.
pub(crate) struct Run {
    pub(crate) byte: u8,
    /// How many of them are left as text.
    pub(crate) left: usize,
    /// How many delimiters each mark that ends here took, in order. These stand before those left.
    pub(crate) closes: Vec<u8>,
    /// How many each mark that begins here took, the innermost first. These stand behind those left.
    pub(crate) opens: Vec<u8>,
}

impl Run {
    pub(crate) fn new(byte: u8, left: usize) -> Self {
        Self { byte, left, closes: Vec::new(), opens: Vec::new() }
    }
}

struct Delimiter {
    token: usize,
    byte: u8,
    /// As written.
    length: usize,
    left: usize,
    opens: bool,
    closes: bool,
}

/// The delimiters not yet resolved, in order.
#[derive(Default)]
pub(crate) struct Delimiters(Vec<Delimiter>);

impl Delimiters {
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn push(&mut self, token: usize, byte: u8, length: usize, opens: bool, closes: bool) {
        if opens || closes {
            self.0.push(Delimiter { token, byte, length, left: length, opens, closes });
        }
    }

    /// Pairs the delimiters from index `from` on and forgets them.
    pub(crate) fn resolve(&mut self, from: usize, tokens: &mut [Token]) {
        let mut open: Vec<Delimiter> = Vec::new();
        // For each kind of closer: below this height of `open` there is no opener for it. With it no closer
        // looks at an opener in vain twice, which keeps the time linear.
        let mut floors = [0_usize; 18];
        for mut closer in self.0.split_off(from) {
            let kind = match closer.byte {
                b'*' => 0,
                b'_' => 6,
                _ => 12,
            } + usize::from(closer.opens) * 3
                + closer.length % 3;
            while closer.closes && closer.left > 0 {
                let floor = floors.get(kind).copied().unwrap_or(0);
                let candidates = open.get(floor..).unwrap_or_default();
                let found = candidates.iter().rposition(|opener| {
                    steps(1);
                    pairs(opener, &closer)
                });
                let Some(found) = found else {
                    if let Some(floor) = floors.get_mut(kind) {
                        *floor = open.len();
                    }
                    break;
                };
                open.truncate(floor + found + 1);
                let Some(opener) = open.last_mut() else { break };
                let width = if opener.left >= 2 && closer.left >= 2 { 2 } else { 1 };
                let count = usize::from(width);
                opener.left -= count;
                closer.left -= count;
                if let Some(Token::Run(run)) = tokens.get_mut(opener.token) {
                    run.left -= count;
                    run.opens.push(width);
                }
                if let Some(Token::Run(run)) = tokens.get_mut(closer.token) {
                    run.left -= count;
                    run.closes.push(width);
                }
                if opener.left == 0 {
                    open.pop();
                }
                floors.iter_mut().for_each(|floor| *floor = (*floor).min(open.len()));
            }
            if closer.opens && closer.left > 0 {
                open.push(closer);
            }
        }
    }
}

/// Whether the two belong together, by CommonMark's rule of three for runs that could do both.
fn pairs(opener: &Delimiter, closer: &Delimiter) -> bool {
    opener.byte == closer.byte
        && (!(opener.closes || closer.opens)
            || !(opener.length + closer.length).is_multiple_of(3)
            || (opener.length.is_multiple_of(3) && closer.length.is_multiple_of(3))
            || opener.byte == b'~')
}
