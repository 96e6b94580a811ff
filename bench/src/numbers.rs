//! Medians, percentiles and tables. Machines are noisy: what counts is the middle, and a ratio within one run.

/// The value below which that part (0 to 1) of the values lies; none of none.
pub fn percentile(values: &[f64], part: f64) -> Option<f64> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().checked_sub(1)?;
    sorted.get((last as f64 * part).round() as usize).copied()
}

/// The middle value.
pub fn median(values: &[f64]) -> Option<f64> {
    percentile(values, 0.5)
}

/// A number with as many digits behind the point; a dash where there is none.
pub fn shown(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.digits$}"))
}

/// A table in Markdown; the first column is text, all others are numbers.
pub fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let line =
        |cells: &mut dyn Iterator<Item = &str>| format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "));
    let mut text = line(&mut head.iter().copied());
    text += &line(&mut head.iter().enumerate().map(|(index, _)| if index == 0 { ":--" } else { "--:" }));
    for row in rows {
        text += &line(&mut row.iter().map(String::as_str));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let values: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        assert_eq!(percentile(&values, 0.95), Some(95.0));
        assert_eq!(median(&[3.0, f64::NAN, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[]), None);
    }

    #[test]
    fn a_table_is_markdown() {
        let rows = [vec!["afterword".to_owned(), shown(Some(1.26), 1)], vec!["x".to_owned(), shown(None, 1)]];
        assert_eq!(
            table(&["who", "ms"], &rows),
            "| who | ms |\n| :-- | --: |\n| afterword | 1.3 |\n| x | – |\n"
        );
    }
}
