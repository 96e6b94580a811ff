//! What a request asks for: the parameters of `GET replies`, read strictly. Knows no system.

use afterword_contract::{Order, PAGE_DEFAULT, PAGE_MOST, THREAD_ID_BYTES};
use percent_encoding::percent_decode_str;

use crate::cursor::{self, Position};
use crate::problem::Refusal;

/// A page that somebody wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wish {
    /// The thread's id as it was asked for.
    pub(crate) thread: String,
    pub(crate) order: Order,
    /// From 1 to [`PAGE_MOST`].
    pub(crate) limit: u32,
    pub(crate) place: Place,
}

/// Which part of the thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Its beginning in the order asked for.
    Start,
    /// What comes after this one in the order asked for.
    After(Position),
    /// What comes before this one in the order asked for.
    Before(Position),
    /// With this number in the middle.
    Around(u32),
}

impl Wish {
    /// Reads the part of an address behind the question mark.
    pub(crate) fn read(query: &str) -> Result<Self, Refusal> {
        let parameters = parameters(query)?;
        let one = |name: &str| {
            let mut values = parameters.iter().filter(|(known, _)| known == name).map(|(_, value)| value);
            match (values.next(), values.next()) {
                (_, Some(_)) => Err(Refusal::parameter(name, "it is given more than once")),
                (value, None) => Ok(value.map(String::as_str)),
            }
        };
        let thread = one("thread")?.unwrap_or_default().to_owned();
        if thread.is_empty() {
            return Err(Refusal::parameter("thread", "it is missing"));
        }
        if thread.len() > THREAD_ID_BYTES {
            let detail = format!("it has more than {THREAD_ID_BYTES} bytes");
            return Err(Refusal::parameter("thread", &detail));
        }
        let order = match one("order")?.map_or(Order::Oldest, Order::from) {
            Order::Other(_) => return Err(Refusal::parameter("order", "it is one of oldest, newest, top")),
            order => order,
        };
        let limit = match one("limit")? {
            None => PAGE_DEFAULT.into(),
            Some(text) => number(text).filter(|limit| *limit <= PAGE_MOST.into()).ok_or_else(|| {
                Refusal::parameter("limit", &format!("it is a whole number from 1 to {PAGE_MOST}"))
            })?,
        };
        let position = |name, text| cursor::read(&thread, &order, text).ok_or_else(|| Refusal::cursor(name));
        let place = match (one("after")?, one("before")?, one("around")?) {
            (None, None, None) => Place::Start,
            (Some(after), None, None) => Place::After(position("after", after)?),
            (None, Some(before), None) => Place::Before(position("before", before)?),
            (None, None, Some(around)) => Place::Around(number(around).ok_or_else(|| {
                Refusal::parameter("around", "it is a reply's number, a whole number from 1")
            })?),
            _ => {
                let detail = "only one of `after`, `before` and `around` can be given";
                return Err(Refusal::parameter("around", detail));
            }
        };
        Ok(Self { thread, order, limit, place })
    }
}

fn parameters(query: &str) -> Result<Vec<(String, String)>, Refusal> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = decode(name).ok_or_else(|| Refusal::parameter("?", "a name is not UTF-8"))?;
        let value = decode(value).ok_or_else(|| Refusal::parameter(&name, "the value is not UTF-8"))?;
        Ok((name, value))
    });
    pairs.collect()
}

fn decode(text: &str) -> Option<String> {
    let text = text.replace('+', " ");
    percent_decode_str(&text).decode_utf8().ok().map(|text| text.into_owned())
}

/// A whole number from 1, in digits alone.
fn number(text: &str) -> Option<u32> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| digits && *number > 0)
}
