//! Content codings: which one a client wants, and how a body is put into it.

use std::io::Write;

use axum::http::{HeaderMap, header};
use bytes::Bytes;

/// A content coding that this server speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Encoding {
    /// The bytes as they are.
    Identity,
    /// gzip.
    Gzip,
    /// Brotli.
    Brotli,
}

/// Below this, what is saved is less than what the headers cost.
const WORTHWHILE: usize = 512;

/// For the first who ask: 90 % of what can be saved, at a hundredth of the time. A page of 50 replies, drawn, takes
/// three milliseconds.
const BROTLI_QUALITY: i32 = 5;
/// For those who ask again. The same page takes 0.3 seconds and is smaller by a tenth.
const BROTLI_BEST: i32 = 11;

impl Encoding {
    /// What `Accept-Encoding` likes best among `offered`; on a tie the one that comes first.
    ///
    /// Where a client refuses even the bytes as they are, it gets them nevertheless: an answer helps more
    /// than a 406.
    pub(crate) fn chosen(headers: &HeaderMap, offered: &[Self]) -> Self {
        let lines = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|line| line.to_str().ok());
        let wishes: Vec<(&str, u16)> = lines.flat_map(|line| line.split(',')).filter_map(wish).collect();
        let weight = |encoding: Self| {
            let named = wishes.iter().find(|(name, _)| encoding.goes_by(name));
            let any = wishes.iter().find(|(name, _)| *name == "*");
            match (named, any, encoding) {
                (Some((_, weight)), ..) => *weight,
                // Acceptable unless refused, and the least that a client hopes for.
                (None, None, Self::Identity) => 1,
                (None, Some((_, weight)), _) => *weight,
                (None, None, _) => 0,
            }
        };
        let mut best = (Self::Identity, 0);
        for encoding in offered {
            let weight = weight(*encoding);
            if weight > best.1 {
                best = (*encoding, weight);
            }
        }
        best.0
    }

    /// The word in `Content-Encoding`; none for the bytes as they are.
    pub(crate) fn as_str(self) -> Option<&'static str> {
        match self {
            Self::Identity => None,
            Self::Gzip => Some("gzip"),
            Self::Brotli => Some("br"),
        }
    }

    /// What tells an `ETag` in this coding from the others': they are different representations.
    pub(crate) fn suffix(self) -> &'static str {
        match self {
            Self::Identity => "",
            Self::Gzip => "-gz",
            Self::Brotli => "-br",
        }
    }

    fn goes_by(self, name: &str) -> bool {
        let names: &[&str] = match self {
            Self::Identity => &["identity"],
            Self::Gzip => &["gzip", "x-gzip"],
            Self::Brotli => &["br"],
        };
        names.iter().any(|known| known.eq_ignore_ascii_case(name))
    }

    /// `body` in this coding, or as it is where that would not be worth while.
    pub(crate) fn applied(self, body: Vec<u8>) -> (Self, Bytes) {
        if body.len() < WORTHWHILE {
            return (Self::Identity, body.into());
        }
        let coded = match self {
            Self::Identity => None,
            Self::Gzip => gzip(&body).ok(),
            Self::Brotli => brotli(&body, BROTLI_QUALITY).ok(),
        };
        match coded {
            Some(coded) => (self, coded.into()),
            None => (Self::Identity, body.into()),
        }
    }
}

/// One entry of `Accept-Encoding`: a name and its weight in thousandths.
fn wish(entry: &str) -> Option<(&str, u16)> {
    let mut parts = entry.split(';').map(str::trim);
    let name = parts.next().filter(|name| !name.is_empty())?;
    let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    let weight = match weight {
        Some(text) => (text.parse::<f32>().ok()?.clamp(0.0, 1.0) * 1000.0) as u16,
        None => 1000,
    };
    Some((name, weight))
}

fn gzip(body: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder =
        flate2::write::GzEncoder::new(Vec::with_capacity(body.len() / 4), flate2::Compression::new(6));
    encoder.write_all(body)?;
    encoder.finish()
}

/// What is in Brotli's coding already, made as small as it can be.
pub(crate) fn smallest(coded: &[u8]) -> std::io::Result<Bytes> {
    let mut body = Vec::with_capacity(coded.len() * 8);
    brotli::BrotliDecompress(&mut &*coded, &mut body)?;
    Ok(brotli(&body, BROTLI_BEST)?.into())
}

fn brotli(body: &[u8], quality: i32) -> std::io::Result<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams { quality, ..Default::default() };
    let mut coded = Vec::with_capacity(body.len() / 4);
    brotli::BrotliCompress(&mut &*body, &mut coded, &parameters)?;
    // It is kept.
    coded.shrink_to_fit();
    Ok(coded)
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};

    use super::Encoding::{self, Brotli, Gzip, Identity};

    fn chosen(accept: &str) -> Encoding {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_str(accept).unwrap());
        Encoding::chosen(&headers, &[Brotli, Gzip, Identity])
    }

    #[test]
    fn weights_decide_and_brotli_wins_a_tie() {
        assert_eq!(chosen("gzip, deflate, br, zstd"), Brotli);
        assert_eq!(chosen("gzip;q=1.0, br;q=0.5"), Gzip);
        assert_eq!(chosen("br;q=0, gzip"), Gzip);
        assert_eq!(chosen("BR"), Brotli);
        assert_eq!(chosen("x-gzip"), Gzip);
        assert_eq!(chosen("*"), Brotli);
        assert_eq!(chosen("*;q=0.5, br;q=0"), Gzip);
        assert_eq!(chosen("gzip ; q=0.001"), Gzip);
        assert_eq!(chosen("identity;q=1, gzip;q=0.5"), Identity);
    }

    #[test]
    fn without_a_wish_the_bytes_stay_as_they_are() {
        assert_eq!(Encoding::chosen(&HeaderMap::new(), &[Brotli, Gzip, Identity]), Identity);
        for accept in ["", "deflate", "zstd, compress", "identity", "br;q=0", "br;q=nan?, ;;", "*;q=0"] {
            assert_eq!(chosen(accept), Identity, "{accept}");
        }
    }

    #[test]
    fn only_what_is_offered_is_chosen() {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("br, gzip"));
        assert_eq!(Encoding::chosen(&headers, &[Gzip, Identity]), Gzip);
        assert_eq!(Encoding::chosen(&headers, &[Identity]), Identity);
    }

    #[test]
    fn a_coded_body_comes_back_as_it_was_and_a_short_one_is_left_alone() {
        let body = b"Everybody does it is a lousy excuse. ".repeat(100);
        let (encoding, coded) = Gzip.applied(body.clone());
        assert_eq!(encoding, Gzip);
        let mut decoded = Vec::new();
        std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&*coded), &mut decoded).unwrap();
        assert_eq!(decoded, body);
        let (encoding, coded) = Brotli.applied(body.clone());
        assert_eq!(encoding, Brotli);
        let mut decoded = Vec::new();
        brotli::BrotliDecompress(&mut &*coded, &mut decoded).unwrap();
        assert_eq!(decoded, body);
        assert_eq!(Brotli.applied(b"short".to_vec()), (Identity, "short".into()));
    }
}
