//! Where a run of backticks of a given length comes next. Found once for a text, so that many runs that
//! close nothing cost no more than one look each.

use crate::slice::after;
use crate::steps::steps;

/// The runs of backticks of one text, as far as they are ahead.
pub(crate) struct Ticks {
    /// Where each run starts, and which run of the same length comes after it.
    runs: Vec<(usize, Option<usize>)>,
    /// For each length, the first run of it that is ahead.
    heads: Vec<Option<usize>>,
}

impl Ticks {
    pub(crate) fn new(text: &str) -> Self {
        let mut found = Vec::new();
        let mut longest = 0;
        let mut at = 0;
        while let Some(next) = after(text, at).bytes().position(|byte| byte == b'`') {
            let start = at + next;
            let length = crate::marker::run(after(text, start), b'`');
            at = start + length;
            longest = longest.max(length);
            found.push((start, length));
        }
        steps(text.len());
        let mut heads = vec![None; longest + 1];
        let mut runs = vec![(0, None); found.len()];
        for (index, (start, length)) in found.into_iter().enumerate().rev() {
            if let (Some(run), Some(head)) = (runs.get_mut(index), heads.get_mut(length)) {
                *run = (start, head.replace(index));
            }
        }
        Self { runs, heads }
    }

    /// Where the first run of `length` at or after `from` starts. `from` must not go back.
    pub(crate) fn next(&mut self, length: usize, from: usize) -> Option<usize> {
        let head = self.heads.get_mut(length)?;
        loop {
            steps(1);
            let &(start, next) = self.runs.get((*head)?)?;
            if start >= from {
                return Some(start);
            }
            *head = next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Ticks;

    #[test]
    fn finds_the_next_run_of_a_length() {
        let mut ticks = Ticks::new("` `` ` ``` ``");
        assert_eq!(ticks.next(1, 1), Some(5));
        assert_eq!(ticks.next(2, 1), Some(2));
        assert_eq!(ticks.next(2, 3), Some(11));
        assert_eq!(ticks.next(1, 6), None);
        assert_eq!(ticks.next(4, 0), None);
    }
}
