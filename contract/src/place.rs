//! Where in a JSON text something is: turns the line and column of a decoder's error into a path that a
//! backend's author can look for. Knows no decoder; reads the text once, only when there is an error to tell.

/// The path of the value (or key) that begins last before `line` and `column`, both counted from 1 and in
/// bytes, as serde_json's errors have them. Example: `"replies[3].author.posts"`; empty for the whole text.
pub fn place_of(json: &str, line: usize, column: usize) -> String {
    let before: usize = json.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let end = before.saturating_add(column).min(json.len());
    let mut walk = Walk::default();
    let mut bytes = json.as_bytes().iter().take(end).copied();
    while let Some(byte) = bytes.next() {
        if !byte.is_ascii_whitespace() && byte != b']' {
            walk.begin();
        }
        match byte {
            b'"' => walk.text(&mut bytes),
            b'{' => walk.open(Step::Key(Vec::new())),
            b'[' => walk.open(Step::Item(None)),
            b'}' | b']' => walk.close(),
            b',' => walk.comma(),
            b':' => walk.in_key = false,
            _ => {}
        }
    }
    walk.path()
}

/// One level of nesting: what stands there at the moment.
enum Step {
    /// In an object, at this key, as it is spelt in the JSON.
    Key(Vec<u8>),
    /// In a list, at this item; right after the bracket at none.
    Item(Option<usize>),
}

#[derive(Default)]
struct Walk {
    steps: Vec<Step>,
    /// The next text is a key of the innermost object.
    in_key: bool,
}

impl Walk {
    fn text(&mut self, bytes: &mut impl Iterator<Item = u8>) {
        let mut spelt = Vec::new();
        while let Some(byte) = bytes.next() {
            match byte {
                b'"' => break,
                b'\\' => {
                    spelt.push(byte);
                    spelt.extend(bytes.next());
                }
                _ => spelt.push(byte),
            }
        }
        if let (true, Some(Step::Key(key))) = (self.in_key, self.steps.last_mut()) {
            *key = spelt;
        }
    }

    /// Something begins: in a list that was just opened it is the first item.
    fn begin(&mut self) {
        if let Some(Step::Item(item @ None)) = self.steps.last_mut() {
            *item = Some(0);
        }
    }

    fn open(&mut self, step: Step) {
        self.in_key = matches!(step, Step::Key(_));
        self.steps.push(step);
    }

    fn close(&mut self) {
        self.steps.pop();
        self.in_key = false;
    }

    fn comma(&mut self) {
        match self.steps.last_mut() {
            Some(Step::Item(item)) => *item = item.map(|item| item + 1),
            Some(Step::Key(_)) => self.in_key = true,
            None => {}
        }
    }

    fn path(&self) -> String {
        let mut path = String::new();
        for step in &self.steps {
            match step {
                // Right after a bracket the container itself is meant, not what will stand in it.
                Step::Item(None) => {}
                Step::Key(key) if key.is_empty() => {}
                Step::Key(key) => {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.push_str(&String::from_utf8_lossy(key));
                }
                Step::Item(Some(item)) => path.push_str(&format!("[{item}]")),
            }
        }
        path
    }
}

#[cfg(test)]
mod tests {
    use super::place_of;
    use crate::ThreadPage;

    /// The place that decoding `json` as a page complains about.
    fn place(json: &str) -> String {
        let error = serde_json::from_str::<ThreadPage>(json).expect_err("it should not decode");
        place_of(json, error.line(), error.column())
    }

    #[test]
    fn a_wrong_value_is_named_by_its_path() {
        assert_eq!(place(r#"{"replies":[{"body":"a"},{"body":["b"]}]}"#), "replies[1].body");
        assert_eq!(
            place(r#"{"replies":[{"number":1,"reactions":[{"tag":"like","count":-2}]}]}"#),
            "replies[0].reactions[0].count"
        );
        assert_eq!(
            place(
                "{\n \"thread\": { \"title\": \"so, {what}: \\\"this\\\"\",\n \"total\": \"ten\" },\n \"replies\": []}"
            ),
            "thread.total"
        );
    }

    #[test]
    fn a_container_of_the_wrong_kind_is_named_itself() {
        assert_eq!(place(r#"{"replies":{"0":{}}}"#), "replies");
        assert_eq!(place(r#"{"version":1,"replies":"none"}"#), "replies");
        assert_eq!(place(r#"{"replies":[{"body":{"text":"b"}}]}"#), "replies[0].body");
    }

    #[test]
    fn a_field_that_stands_twice_is_named() {
        assert_eq!(place(r#"{"replies":[{"id":"a","number":1,"id":"b"}]}"#), "replies[0].id");
    }

    #[test]
    fn broken_json_is_named_by_what_came_last() {
        assert_eq!(place(r#"{"replies":[{"body":"Hi"},{"body":"Ho"#), "replies[1].body");
        assert_eq!(place(r#"{"replies":[{"body":"Hi" "number":1}]}"#), "replies[0].body");
        assert_eq!(place("<html>"), "");
        assert_eq!(place(""), "");
        assert_eq!(place_of("{}", 99, 99), "");
    }
}
