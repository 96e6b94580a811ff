//! What the owner of a server decides: one TOML file, and the environment over it.
//!
//! Every key stands in [`KEYS`]; what is in neither list nor file is a mistake, and is told as one. Reads no
//! file and no environment itself: both are handed in.

use std::collections::BTreeMap;

use afterword_contract::{ReactionTag, Thread};
use toml::{Table, Value};

use crate::app::{Settings, Writing};
use crate::hold::Hold;
use crate::jwt::SignIn;
use crate::limits::Rate;
use crate::proxies::{ForwardedHeader, Proxies};
use crate::{Failure, validate, words};

/// Every key, and what is written for it. `writing.edit-seconds` is `AFTERWORD_WRITING_EDIT_SECONDS` in the
/// environment, and so on.
const KEYS: &[(&str, Kind)] = &[
    ("database", Kind::Text),
    ("listen", Kind::Text),
    ("demo", Kind::Text),
    ("article", Kind::Text),
    ("cache", Kind::Whole),
    ("log", Kind::Text),
    ("log-format", Kind::Text),
    ("proxies", Kind::List),
    ("forwarded-header", Kind::Text),
    ("guests.allowed", Kind::Truth),
    ("guests.reserved", Kind::List),
    ("sign-in.secret", Kind::Text),
    ("sign-in.jwks", Kind::Text),
    ("sign-in.issuer", Kind::Text),
    ("sign-in.audience", Kind::Text),
    ("sign-in.role-claims", Kind::List),
    ("sign-in.moderators", Kind::List),
    ("writing.hold", Kind::Text),
    ("writing.words", Kind::List),
    ("writing.body-bytes", Kind::Whole),
    ("writing.edit-seconds", Kind::Whole),
    ("writing.open-threads", Kind::Truth),
    ("writing.html", Kind::Truth),
    ("writing.reaction-tags", Kind::List),
    ("limits.guest", Kind::Text),
    ("limits.reply", Kind::Text),
    ("limits.edit", Kind::Text),
    ("limits.react", Kind::Text),
    ("limits.report", Kind::Text),
    ("limits.people", Kind::Text),
    ("limits.listeners", Kind::Whole),
    ("limits.listeners-by-address", Kind::Whole),
];

/// What stands behind a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Whole,
    Truth,
    /// Texts; in the environment with commas between them.
    List,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Text => "a text in quotation marks",
            Self::Whole => "a whole number from 0",
            Self::Truth => "true or false",
            Self::List => "a list of texts, like [\"a\", \"b\"]",
        }
    }

    /// Whether the file may say this.
    fn takes(self, value: &Value) -> bool {
        match self {
            Self::Text => value.is_str(),
            Self::Whole => value.as_integer().is_some_and(|number| number >= 0),
            Self::Truth => value.is_bool(),
            Self::List => value.as_array().is_some_and(|list| list.iter().all(Value::is_str)),
        }
    }

    /// What a variable of the environment says.
    fn read(self, text: &str) -> Option<Value> {
        match self {
            Self::Text => Some(Value::String(text.to_owned())),
            Self::Whole => Some(Value::Integer(i64::from(text.trim().parse::<u32>().ok()?))),
            Self::Truth => text.trim().parse().ok().map(Value::Boolean),
            Self::List => {
                let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
                Some(Value::Array(words.map(|word| Value::String(word.to_owned())).collect()))
            }
        }
    }
}

/// What is configured, with where each thing was said.
#[derive(Clone, Default)]
pub struct Config(BTreeMap<&'static str, (Value, String)>);

impl Config {
    /// Reads a file, where there is one, by its name and content; then the environment.
    pub fn read(file: Option<(&str, &str)>, environment: &BTreeMap<String, String>) -> Result<Self, Failure> {
        let mut config = Self::default();
        if let Some((name, text)) = file {
            let table: Table = text.parse().map_err(|error: toml::de::Error| {
                let line = error
                    .span()
                    .and_then(|span| text.get(..span.start))
                    .map_or(1, |before| before.split('\n').count());
                let said = error.message().replace('\n', " ");
                Failure::new(format!("{name} is not TOML: line {line}: {said}; put that line right."))
            })?;
            config.add(name, "", table)?;
        }
        for (key, kind) in KEYS {
            let variable = variable(key);
            let Some(text) = environment.get(&variable).filter(|text| !text.is_empty()) else { continue };
            let value = kind.read(text).ok_or_else(|| {
                Failure::new(format!(
                    "{variable} says `{}`; it has to be {}.",
                    text.escape_debug(),
                    kind.name()
                ))
            })?;
            config.0.insert(key, (value, variable));
        }
        match environment.keys().find(|name| is_mistaken(name)) {
            Some(name) => {
                let name = name.escape_debug().to_string();
                let nearest = variable(nearest(&name.replacen("AFTERWORD_", "", 1).to_lowercase()));
                Err(Failure::new(format!(
                    "The environment holds {name}, which nobody knows; the nearest name is {nearest}."
                )))
            }
            None => Ok(config),
        }
    }

    fn add(&mut self, file: &str, within: &str, table: Table) -> Result<(), Failure> {
        for (name, value) in table {
            let key = format!("{within}{name}");
            match (KEYS.iter().find(|(known, _)| *known == key), value) {
                (Some((known, kind)), value) if kind.takes(&value) => {
                    self.0.insert(known, (value, format!("`{key}` in {file}")));
                }
                (Some((_, kind)), _) => {
                    return Err(Failure::new(format!("`{key}` in {file} has to be {}.", kind.name())));
                }
                (None, Value::Table(inner)) if within.is_empty() => {
                    self.add(file, &format!("{key}."), inner)?
                }
                (None, _) => {
                    let key = key.escape_debug();
                    let nearest = nearest(&key.to_string());
                    return Err(Failure::new(format!(
                        "{file} has no use for `{key}`; the nearest key is `{nearest}`."
                    )));
                }
            }
        }
        Ok(())
    }

    /// A text, where one is given.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.0.as_str()
    }

    /// A whole number, where one is given.
    pub fn whole(&self, key: &str) -> Option<u64> {
        self.0.get(key)?.0.as_integer().and_then(|number| u64::try_from(number).ok())
    }

    fn truth(&self, key: &str) -> Option<bool> {
        self.0.get(key)?.0.as_bool()
    }

    fn list(&self, key: &str) -> Option<Vec<String>> {
        let list = self.0.get(key)?.0.as_array()?;
        Some(list.iter().filter_map(Value::as_str).map(str::to_owned).collect())
    }

    /// What is wrong with the value of `key`, named by where it stands.
    pub fn wrong(&self, key: &str, fault: impl std::fmt::Display) -> Failure {
        let place = self.0.get(key).map_or(key, |(_, place)| place);
        Failure::new(format!("{place} cannot be used: {fault}."))
    }

    /// How the routes are to behave. `jwks` is the content of the file that `sign-in.jwks` names.
    pub fn settings(&self, jwks: Option<&str>) -> Result<Settings, Failure> {
        let mut settings = Settings::default();
        if let Some(mebibytes) = self.whole("cache") {
            let fits = u32::try_from(mebibytes).ok().filter(|mebibytes| *mebibytes <= 65_536);
            let mebibytes = fits.ok_or_else(|| self.wrong("cache", "it is at most 65536"))?;
            settings.cache_bytes = (mebibytes as usize) << 20;
        }
        settings.proxies = self.proxies()?;
        settings.guests.allowed = self.truth("guests.allowed").unwrap_or(settings.guests.allowed);
        settings.guests.reserved = self.list("guests.reserved").unwrap_or(settings.guests.reserved);
        settings.sign_in = self.sign_in(jwks)?;
        self.writing(&mut settings.writing)?;
        let limits = &mut settings.limits;
        for (key, limit) in [
            ("limits.guest", &mut limits.guest),
            ("limits.reply", &mut limits.reply),
            ("limits.edit", &mut limits.edit),
            ("limits.react", &mut limits.react),
            ("limits.report", &mut limits.report),
            ("limits.people", &mut limits.people),
        ] {
            if let Some(text) = self.text(key) {
                let fault =
                    "it is like \"5 per minute\", with second, minute, hour or day, or it is \"none\"";
                *limit = Rate::read(text).ok_or_else(|| self.wrong(key, fault))?;
            }
        }
        for (key, most) in [
            ("limits.listeners", &mut settings.live.most),
            ("limits.listeners-by-address", &mut settings.live.most_by_address),
        ] {
            if let Some(count) = self.whole(key) {
                // The rest of the connections is for those who ask.
                let fits = usize::try_from(count).ok().filter(|count| *count <= 800);
                *most = fits.ok_or_else(|| self.wrong(key, "it is at most 800"))?;
            }
        }
        Ok(settings)
    }

    fn proxies(&self) -> Result<Proxies, Failure> {
        let header = match self.text("forwarded-header").map(str::to_ascii_lowercase).as_deref() {
            None | Some("x-forwarded-for") => ForwardedHeader::XForwardedFor,
            Some("forwarded") => ForwardedHeader::Forwarded,
            Some(_) => {
                return Err(self.wrong("forwarded-header", "it is \"x-forwarded-for\" or \"forwarded\""));
            }
        };
        Proxies::new(&self.list("proxies").unwrap_or_default(), header).map_err(|text| {
            let text = text.escape_debug().to_string();
            self.wrong("proxies", format!("`{text}` is no address and no network like 10.0.0.0/8"))
        })
    }

    fn sign_in(&self, jwks: Option<&str>) -> Result<Option<SignIn>, Failure> {
        let (secret, file) = (self.text("sign-in.secret"), self.text("sign-in.jwks"));
        if secret.is_none() && jwks.is_none() {
            let useless = self.0.keys().find(|key| key.starts_with("sign-in."));
            return match useless {
                None => Ok(None),
                Some(key) => {
                    Err(self.wrong(key, "there is no `sign-in.secret` and no `sign-in.jwks` beside it"))
                }
            };
        }
        // Each by itself first, so that the one at fault is named.
        if secret.is_some() {
            SignIn::new(secret, None).map_err(|fault| self.wrong("sign-in.secret", fault))?;
        }
        let mut sign_in = SignIn::new(secret, jwks)
            .map_err(|fault| self.wrong("sign-in.jwks", format!("{}: {fault}", file.unwrap_or_default())))?;
        for key in ["sign-in.issuer", "sign-in.audience"] {
            if self.text(key).is_some_and(str::is_empty) {
                return Err(self.wrong(key, "it is empty, and so every token would be refused; leave it out"));
            }
        }
        sign_in.issuer = self.text("sign-in.issuer").map(str::to_owned);
        sign_in.audience = self.text("sign-in.audience").map(str::to_owned);
        sign_in.role_claims = self.list("sign-in.role-claims").unwrap_or(sign_in.role_claims);
        sign_in.moderators = self.list("sign-in.moderators").unwrap_or(sign_in.moderators);
        Ok(Some(sign_in))
    }

    fn writing(&self, writing: &mut Writing) -> Result<(), Failure> {
        if let Some(word) = self.text("writing.hold") {
            writing.hold = Hold::read(word).ok_or_else(|| {
                self.wrong("writing.hold", "it is \"none\", \"first\", \"links\" or \"all\"")
            })?;
        }
        writing.words = self.list("writing.words").unwrap_or_default();
        if let Some(word) = writing.words.iter().find(|word| words::plain(word).is_empty()) {
            let word = word.escape_debug();
            return Err(self.wrong("writing.words", format!("`{word}` has nothing that can be seen in it")));
        }
        if let Some(bytes) = self.whole("writing.body-bytes") {
            let fits = usize::try_from(bytes).ok().filter(|bytes| (1..=validate::BODY_BYTES).contains(bytes));
            let most = validate::BODY_BYTES;
            writing.body_bytes =
                fits.ok_or_else(|| self.wrong("writing.body-bytes", format!("it is from 1 to {most}")))?;
        }
        if let Some(seconds) = self.whole("writing.edit-seconds") {
            writing.edit_seconds = (seconds > 0).then_some(seconds);
        }
        writing.open_threads = self.truth("writing.open-threads").unwrap_or(writing.open_threads);
        writing.html = self.truth("writing.html").unwrap_or(writing.html);
        if let Some(list) = self.list("writing.reaction-tags") {
            writing.reaction_tags = self.reaction_tags(&list)?;
        }
        Ok(())
    }

    fn reaction_tags(&self, list: &[String]) -> Result<Vec<ReactionTag>, Failure> {
        let key = "writing.reaction-tags";
        let read = |entry: &String| {
            let (tag, shown) = entry.trim().split_once(' ')?;
            let (symbol, label) = shown.trim_start().split_once(' ')?;
            let label = label.trim_start().to_owned();
            Some(ReactionTag { tag: tag.into(), label, symbol: Some(symbol.to_owned()) })
        };
        let reaction_tags: Option<Vec<_>> = list.iter().map(read).collect();
        let reaction_tags = reaction_tags.ok_or_else(|| {
            self.wrong(key, "each is a tag, its symbol and its label, like \"like 👍 Like\"")
        })?;
        // The same rules as for the tags that a thread has of its own.
        let thread = Thread { id: "any".into(), reaction_tags, ..Thread::default() };
        match validate::thread(&thread).first() {
            Some(fault) => Err(self.wrong(key, &fault.detail)),
            None => Ok(thread.reaction_tags),
        }
    }
}

/// What a key is called in the environment.
fn variable(key: &str) -> String {
    format!("AFTERWORD_{}", key.to_uppercase().replace(['.', '-'], "_"))
}

/// Whether a variable begins like one of a section and is none. Others that begin with AFTERWORD_ may be of
/// other programs.
fn is_mistaken(name: &str) -> bool {
    let section = |key: &str| key.split_once('.').map(|(section, _)| variable(section) + "_");
    KEYS.iter().filter_map(|(key, _)| section(key)).any(|section| name.starts_with(&section))
        && !KEYS.iter().any(|(key, _)| variable(key) == name)
}

fn nearest(key: &str) -> &'static str {
    let distance = |known: &str| {
        // Also near: the right name in the wrong place.
        let last = known.rsplit('.').next().unwrap_or(known);
        strsim::damerau_levenshtein(known, key).min(strsim::damerau_levenshtein(last, key))
    };
    KEYS.iter().map(|(known, _)| *known).min_by_key(|known| distance(known)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Config, KEYS, variable};
    use crate::limits::Rate;
    use crate::{Hold, Limits};

    const EXAMPLE: &str = include_str!("../afterword.example.toml");
    const README: &str = include_str!("../README.md");
    const SECRET: &str = "0123456789abcdef0123456789abcdef";

    fn read(file: &str, environment: &[(&str, &str)]) -> Result<Config, String> {
        let environment =
            environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Config::read(Some(("a.toml", file)), &environment).map_err(|failure| failure.to_string())
    }

    fn refused(file: &str, environment: &[(&str, &str)], jwks: Option<&str>) -> String {
        let outcome = read(file, environment)
            .and_then(|config| config.settings(jwks).map_err(|failure| failure.to_string()));
        outcome.err().unwrap_or_else(|| format!("{file:?} was taken"))
    }

    #[test]
    fn the_example_is_good_and_every_key_stands_in_it_and_in_the_readme() {
        let config = read(EXAMPLE, &[]).unwrap();
        config.settings(None).unwrap();
        // With the marks of comments taken away it holds all there is.
        let all: Vec<&str> = EXAMPLE.lines().map(|line| line.strip_prefix("#: ").unwrap_or(line)).collect();
        let all = read(&all.join("\n"), &[]).unwrap();
        for (key, _) in KEYS {
            assert!(all.0.contains_key(key), "`{key}` is missing in the example");
            assert!(README.contains(&format!("`{key}`")), "`{key}` is missing in the README");
        }
    }

    #[test]
    fn the_example_says_what_would_be_without_it() {
        let (example, without) =
            (read(EXAMPLE, &[]).unwrap().settings(None).unwrap(), read("", &[]).unwrap());
        let without = without.settings(None).unwrap();
        assert_eq!((&example.writing, &example.limits), (&without.writing, &without.limits));
        assert_eq!(example.live, without.live);
        assert_eq!(example.guests.reserved, without.guests.reserved);
        assert_eq!(example.cache_bytes, without.cache_bytes);
    }

    #[test]
    fn everything_that_is_said_is_done() {
        let file = "cache = 1\n[writing]\nhold = 'first'\nwords = ['a', 'b']\nbody-bytes = 10\nedit-seconds = 0\n\
                    open-threads = false\nhtml = true\nreaction-tags = ['plus ➕ Me too']\n[guests]\nallowed = false\n[limits]\nreply = 'none'\nguest = '3 per day'";
        let settings = read(file, &[]).unwrap().settings(None).unwrap();
        assert_eq!(settings.cache_bytes, 1 << 20);
        assert_eq!((settings.writing.hold, settings.writing.body_bytes), (Hold::First, 10));
        assert_eq!((settings.writing.edit_seconds, settings.writing.open_threads), (None, false));
        assert_eq!(settings.writing.words, ["a", "b"]);
        let [tag] = &settings.writing.reaction_tags[..] else { panic!("{:?}", settings.writing) };
        assert_eq!(
            (tag.tag.as_str(), tag.symbol.as_deref(), tag.label.as_str()),
            ("plus", Some("➕"), "Me too")
        );
        assert!(settings.writing.html);
        assert!(!settings.guests.allowed && settings.sign_in.is_none());
        let guest = Some(Rate { times: 3, seconds: 86_400 });
        assert_eq!(settings.limits, Limits { reply: None, guest, ..Limits::default() });
    }

    #[test]
    fn the_environment_stands_over_the_file() {
        let config = read(
            "listen = 'a:1'\nproxies = ['10.0.0.1']\n[writing]\nedit-seconds = 5",
            &[
                ("AFTERWORD_LISTEN", "b:2"),
                ("AFTERWORD_WRITING_EDIT_SECONDS", "7"),
                ("AFTERWORD_WRITING_OPEN_THREADS", "false"),
                ("AFTERWORD_WRITING_WORDS", "one, two"),
                ("AFTERWORD_LOG", ""),
            ],
        )
        .unwrap();
        assert_eq!((config.text("listen"), config.text("log")), (Some("b:2"), None));
        let writing = config.settings(None).unwrap().writing;
        assert_eq!((writing.edit_seconds, writing.open_threads), (Some(7), false));
        assert_eq!(writing.words, ["one", "two"]);
        assert_eq!(variable("sign-in.role-claims"), "AFTERWORD_SIGN_IN_ROLE_CLAIMS");
    }

    #[test]
    fn whatever_is_wrong_is_said_in_one_sentence_with_its_place() {
        let short = format!("[sign-in]\nsecret = '{}'", "x".repeat(31));
        let secret = format!("[sign-in]\nsecret = '{SECRET}'");
        let jwks = "[sign-in]\njwks = 'keys.json'";
        for (file, environment, keys, expected) in [
            ("listen 5", &[][..], None, "a.toml is not TOML: line 1:"),
            ("log = 'info'\n\n[limits\n", &[], None, "a.toml is not TOML: line 3:"),
            ("lisen = 'a'", &[], None, "a.toml has no use for `lisen`; the nearest key is `listen`."),
            ("[guest]\nallowed = true", &[], None, "`guest.allowed`; the nearest key is `guests.allowed`"),
            ("edit-seconds = 5", &[], None, "`edit-seconds`; the nearest key is `writing.edit-seconds`"),
            ("[limits.reply]\na = 1", &[], None, "`limits.reply` in a.toml has to be a text"),
            ("[limits.guest.x]\na = 1", &[], None, "`limits.guest` in a.toml has to be a text"),
            ("cache = -1", &[], None, "`cache` in a.toml has to be a whole number from 0"),
            ("cache = '1'", &[], None, "`cache` in a.toml has to be a whole number from 0"),
            ("cache = 65537", &[], None, "`cache` in a.toml cannot be used: it is at most 65536"),
            ("proxies = ['a', 1]", &[], None, "`proxies` in a.toml has to be a list of texts"),
            ("proxies = ['10.0.0.0/33']", &[], None, "`10.0.0.0/33` is no address and no network"),
            ("forwarded-header = 'via'", &[], None, "it is \"x-forwarded-for\" or \"forwarded\""),
            (
                "[writing]\nhold = 'some'",
                &[],
                None,
                "`writing.hold` in a.toml cannot be used: it is \"none\"",
            ),
            ("[writing]\nwords = ['a', '\u{200b} ']", &[], None, "`writing.words` in a.toml cannot be used"),
            (
                &format!("{secret}\nissuer = ''"),
                &[],
                None,
                "`sign-in.issuer` in a.toml cannot be used: it is empty, and so every token would be refused",
            ),
            ("[writing]\nbody-bytes = 0", &[], None, "it is from 1 to 65536"),
            ("[writing]\nreaction-tags = ['like']", &[], None, "each is a tag, its symbol and its label"),
            ("[writing]\nreaction-tags = ['a b c', 'a d e']", &[], None, "the tag `a` is listed twice"),
            ("[limits]\nreply = 'often'", &[], None, "`limits.reply` in a.toml cannot be used: it is like"),
            (
                "",
                &[("AFTERWORD_GUESTS_ALLOWED", "yes")],
                None,
                "AFTERWORD_GUESTS_ALLOWED says `yes`; it has to be true",
            ),
            (
                "",
                &[("AFTERWORD_WRITING_EDIT_SECOND", "5"), ("AFTERWORD_TOOLS", "x")],
                None,
                "holds AFTERWORD_WRITING_EDIT_SECOND, which nobody knows; the nearest name is AFTERWORD_WRITING_EDIT_SECONDS.",
            ),
            ("", &[("AFTERWORD_LIMITS_EDIT", "5")], None, "AFTERWORD_LIMITS_EDIT cannot be used: it is like"),
            (
                &short,
                &[],
                None,
                "`sign-in.secret` in a.toml cannot be used: the secret has 31 bytes; it needs 32",
            ),
            (
                "[sign-in]\nsecret = '-----BEGIN PUBLIC KEY-----\\nMCow'",
                &[],
                None,
                "the secret is a key in PEM form",
            ),
            ("[sign-in]\nissuer = 'https://example.org'", &[], None, "there is no `sign-in.secret`"),
            (jwks, &[], Some("{"), "`sign-in.jwks` in a.toml cannot be used: keys.json: it is no JWKS"),
            (jwks, &[], Some("{\"keys\":[]}"), "keys.json: it holds no key for EdDSA"),
            (
                &secret,
                &[("AFTERWORD_SIGN_IN_SECRET", "short")],
                None,
                "AFTERWORD_SIGN_IN_SECRET cannot be used",
            ),
        ] {
            let said = refused(file, environment, keys);
            assert!(said.contains(expected), "{file:?}: {said}");
            assert!(said.ends_with('.') && said.lines().count() == 1, "{said}");
            assert!(!said.contains(SECRET));
        }
    }
}
