//! The query of an address as parameters, decoded strictly: what is not UTF-8 is refused and never guessed.

use percent_encoding::percent_decode_str;

use crate::problem::Refusal;

/// Decoded parameters in the order given.
#[derive(Debug, Default)]
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Reads the part of an address behind the question mark.
    pub(crate) fn read(query: &str) -> Result<Self, Refusal> {
        let pairs = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decode(name).ok_or_else(|| Refusal::parameter("?", "a name is not UTF-8"))?;
            let value = decode(value).ok_or_else(|| Refusal::parameter(&name, "the value is not UTF-8"))?;
            Ok((name, value))
        });
        pairs.collect::<Result<_, _>>().map(Self)
    }

    /// Without those that say nothing: a form sends its empty fields along.
    pub(crate) fn given(mut self) -> Self {
        self.0.retain(|(_, value)| !value.is_empty());
        self
    }

    /// The parameter's one value; giving it twice is refused, because two readers would take different ones.
    pub(crate) fn one<'a>(&'a self, name: &'a str) -> Result<Option<&'a str>, Refusal> {
        let mut values = self.all(name);
        let first = values.next();
        match values.next() {
            Some(_) => Err(Refusal::parameter(name, "it is given more than once")),
            None => Ok(first),
        }
    }

    /// Every value of the parameter.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

fn decode(text: &str) -> Option<String> {
    let text = text.replace('+', " ");
    percent_decode_str(&text).decode_utf8().ok().map(|text| text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::Parameters;

    #[test]
    fn parameters_are_decoded() {
        let parameters =
            Parameters::read("thread=https%3A%2F%2Fexample.org%2F%C3%A4+b%2Bc&&v&limit=5").unwrap();
        assert_eq!(parameters.one("thread").unwrap(), Some("https://example.org/ä b+c"));
        assert_eq!(parameters.one("v").unwrap(), Some(""));
        assert_eq!(parameters.one("limit").unwrap(), Some("5"));
        assert_eq!(parameters.one("order").unwrap(), None);
    }

    #[test]
    fn repeated_and_undecodable_values_are_refused() {
        assert!(Parameters::read("a=1&a=2").unwrap().one("a").is_err());
        assert!(Parameters::read("a=%ff").is_err());
        assert!(Parameters::read("%ff=a").is_err());
    }
}
