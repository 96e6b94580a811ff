//! What a run found, and how it is written: for people, as TAP, as JUnit XML, as JSON.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::check::{Check, Finding, Stop, Verdict};

/// What a run found.
pub struct Report {
    /// The backend's address.
    pub url: String,
    /// The features that it announces.
    pub features: Vec<String>,
    /// Why somebody who was needed could not be made, although `guest` is announced: much was left out for that.
    pub missing: Option<String>,
    /// Every check that was asked, in order.
    pub entries: Vec<Entry>,
}

/// How one check went.
pub struct Entry {
    /// The check's group.
    pub group: &'static str,
    /// The check.
    pub check: &'static Check,
    /// How it ended.
    pub verdict: Verdict,
}

/// How a report is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// The Test Anything Protocol, version 14.
    Tap,
    /// The XML that CI systems take as JUnit's.
    Junit,
    /// One JSON document.
    Json,
}

impl Entry {
    /// The check's full name. Example: `"read.unknown-thread"`.
    pub fn name(&self) -> String {
        format!("{}.{}", self.group, self.check.id)
    }

    /// What was found, where something was.
    pub fn finding(&self) -> Option<&Finding> {
        match &self.verdict {
            Err(Stop::Wrong(finding)) => Some(finding),
            _ => None,
        }
    }

    /// Why it was left out, where it was.
    pub fn skipped(&self) -> Option<&str> {
        match &self.verdict {
            Err(Stop::Skipped(why)) => Some(why),
            _ => None,
        }
    }
}

impl Report {
    /// Whether nothing was found.
    pub fn is_good(&self) -> bool {
        self.findings().next().is_none()
    }

    /// The checks that found something.
    pub fn findings(&self) -> impl Iterator<Item = (&Entry, &Finding)> {
        self.entries.iter().filter_map(|entry| Some((entry, entry.finding()?)))
    }

    /// How many kept the contract, did not, and were left out.
    pub fn counts(&self) -> (usize, usize, usize) {
        let failed = self.findings().count();
        let skipped = self.entries.iter().filter(|entry| entry.skipped().is_some()).count();
        (self.entries.len() - failed - skipped, failed, skipped)
    }

    /// The report, with a line break at its end.
    pub fn write(&self, format: Format) -> String {
        match format {
            Format::Text => self.text(),
            Format::Tap => self.tap(),
            Format::Junit => self.junit(),
            Format::Json => format!("{:#}\n", self.json()),
        }
    }

    fn text(&self) -> String {
        let features = if self.features.is_empty() { "nothing".to_owned() } else { self.features.join(", ") };
        let mut lines = format!("{}\nannounces: {features}\n", self.url);
        let mut group = "";
        for entry in &self.entries {
            if entry.group != group {
                group = entry.group;
                lines.extend(["\n", group, "\n"]);
            }
            let says = entry.check.says;
            let id = entry.check.id;
            lines += &match &entry.verdict {
                Ok(()) => format!("  ok    {id}: {says}\n"),
                Err(Stop::Skipped(why)) => format!("  skip  {id}: {}\n", hanging(why)),
                Err(Stop::Wrong(finding)) => {
                    format!("  FAIL  {id}\n{}", indented(&told(entry.check, finding), 8))
                }
            };
        }
        let (good, failed, skipped) = self.counts();
        let missing = self.missing.as_ref().map(|why| format!("somebody to write as is missing: {why}\n"));
        format!("{lines}\n{good} good, {failed} wrong, {skipped} left out\n{}", missing.unwrap_or_default())
    }

    fn tap(&self) -> String {
        let mut lines = format!("TAP version 14\n1..{}\n", self.entries.len());
        for (place, entry) in self.entries.iter().enumerate() {
            let (number, name) = (place + 1, entry.name());
            lines += &match &entry.verdict {
                Ok(()) => format!("ok {number} - {name}\n"),
                Err(Stop::Skipped(why)) => {
                    format!("ok {number} - {name} # SKIP {}\n", why.replace(['\n', '#'], " "))
                }
                Err(Stop::Wrong(finding)) => {
                    let told = indented(&told(entry.check, finding), 4);
                    format!("not ok {number} - {name}\n  ---\n  message: |\n{told}  ...\n")
                }
            };
        }
        lines
    }

    fn junit(&self) -> String {
        let (_, failed, skipped) = self.counts();
        let mut lines = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite name=\"{}\" tests=\"{}\" \
             failures=\"{failed}\" skipped=\"{skipped}\">\n",
            xml(&self.url),
            self.entries.len()
        );
        for entry in &self.entries {
            let _ = write!(lines, "<testcase classname=\"{}\" name=\"{}\"", entry.group, entry.check.id);
            lines += &match &entry.verdict {
                Ok(()) => "/>\n".to_owned(),
                Err(Stop::Skipped(why)) => format!("><skipped message=\"{}\"/></testcase>\n", xml(why)),
                Err(Stop::Wrong(finding)) => format!(
                    "><failure message=\"{}\">{}</failure></testcase>\n",
                    xml(&finding.wrong),
                    xml(&told(entry.check, finding))
                ),
            };
        }
        lines + "</testsuite>\n</testsuites>\n"
    }

    fn json(&self) -> Value {
        let entry = |entry: &Entry| {
            let Check { section, says, mend, .. } = entry.check;
            let mut told = json!({ "check": entry.name(), "section": section, "says": says });
            let rest = match &entry.verdict {
                Ok(()) => json!({ "result": "good" }),
                Err(Stop::Skipped(why)) => json!({ "result": "left out", "why": why }),
                Err(Stop::Wrong(finding)) => json!({
                    "result": "wrong", "wrong": finding.wrong, "sent": finding.sent, "came": finding.came,
                    "mend": mend,
                }),
            };
            if let (Value::Object(told), Value::Object(rest)) = (&mut told, rest) {
                told.extend(rest);
            }
            told
        };
        let (good, wrong, left_out) = self.counts();
        json!({
            "url": self.url, "features": self.features, "good": good, "wrong": wrong, "leftOut": left_out,
            "missing": self.missing,
            "checks": self.entries.iter().map(entry).collect::<Vec<_>>(),
        })
    }
}

/// Without what does something to a terminal, or cannot stand in XML or YAML; line breaks stay.
pub(crate) fn printable(text: &str) -> String {
    let unfit = |letter: char| letter.is_control() && letter != '\n';
    text.replace(|letter: char| unfit(letter) || ['\u{fffe}', '\u{ffff}'].contains(&letter), "\u{fffd}")
}

/// A finding in full.
fn told(check: &Check, finding: &Finding) -> String {
    let Finding { wrong, sent, came } = finding;
    format!(
        "wrong:    {}\nsent:     {}\ncame:     {}\ncontract: {} ({})\nmend:     {}\n",
        hanging(wrong),
        hanging(sent),
        hanging(came),
        check.says,
        check.section,
        check.mend
    )
}

/// With the further lines under the first one.
fn hanging(text: &str) -> String {
    text.replace('\n', "\n          ")
}

fn indented(text: &str, spaces: usize) -> String {
    let space = " ".repeat(spaces);
    text.lines().fold(String::new(), |all, line| all + &space + line + "\n")
}

/// Fit for an attribute and for text.
fn xml(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            _ => escaped.push(character),
        }
    }
    escaped
}
