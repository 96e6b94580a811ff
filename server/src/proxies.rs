//! Where a request comes from, when proxies stand in between: only what configured ones say is believed.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::HeaderName;
use axum::http::header::FORWARDED;
use axum::http::request::Parts;
use ipnet::IpNet;

/// The proxies in front of this server.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    networks: Vec<IpNet>,
    header: ForwardedHeader,
}

/// The one header that the proxies write. The other may be a stranger's, passed on as it came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ForwardedHeader {
    /// `X-Forwarded-For`.
    #[default]
    XForwardedFor,
    /// `Forwarded`, as RFC 7239 has it.
    Forwarded,
}

impl Proxies {
    /// Proxies at these addresses or networks, like `10.0.0.0/8`; the error is the one that is none.
    pub fn new(networks: &[String], header: ForwardedHeader) -> Result<Self, String> {
        let read = |text: &String| {
            let network = text.parse::<IpNet>().ok().or_else(|| Some(text.parse::<IpAddr>().ok()?.into()));
            network.ok_or_else(|| text.clone())
        };
        Ok(Self { networks: networks.iter().map(read).collect::<Result<_, _>>()?, header })
    }

    /// Where the request comes from: the last address on its way that is no proxy's. `None` where not even the
    /// connection's is known.
    pub(crate) fn address(&self, request: &Parts) -> Option<IpAddr> {
        let ConnectInfo(peer) = request.extensions.get::<ConnectInfo<SocketAddr>>()?;
        let mut address = peer.ip().to_canonical();
        let mut way = self.way(request).into_iter().rev();
        while self.is_proxy(address) {
            // Something unreadable is where belief ends.
            let Some(Some(before)) = way.next() else { break };
            address = before;
        }
        Some(address)
    }

    fn is_proxy(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|network| network.contains(&address))
    }

    /// The addresses that the header names, the client's first; `None` for what is none.
    fn way(&self, request: &Parts) -> Vec<Option<IpAddr>> {
        let name = match self.header {
            ForwardedHeader::XForwardedFor => HeaderName::from_static("x-forwarded-for"),
            ForwardedHeader::Forwarded => FORWARDED,
        };
        let lines = request.headers.get_all(name).iter().map(|line| line.to_str().unwrap_or("?"));
        lines
            .flat_map(|line| line.split(','))
            .map(|hop| match self.header {
                ForwardedHeader::XForwardedFor => read(hop),
                ForwardedHeader::Forwarded => hop.split(';').find_map(|pair| {
                    let (name, value) = pair.split_once('=')?;
                    name.trim().eq_ignore_ascii_case("for").then(|| read(value.trim().trim_matches('"')))?
                }),
            })
            .collect()
    }
}

/// An address as proxies write it, with or without a port.
fn read(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse().ok().or_else(|| Some(text.parse::<SocketAddr>().ok()?.ip()))?;
    Some(IpAddr::to_canonical(&address))
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use axum::extract::ConnectInfo;
    use axum::http::Request;

    use super::{ForwardedHeader, Proxies};

    fn address(proxies: &[&str], header: ForwardedHeader, peer: &str, headers: &[(&str, &str)]) -> String {
        let proxies: Vec<String> = proxies.iter().map(|text| (*text).to_owned()).collect();
        let mut request = Request::builder();
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        parts.extensions.insert(ConnectInfo(peer.parse::<SocketAddr>().unwrap()));
        Proxies::new(&proxies, header).unwrap().address(&parts).unwrap().to_string()
    }

    #[test]
    fn strangers_are_not_believed() {
        let told = [("x-forwarded-for", "203.0.113.9"), ("forwarded", "for=203.0.113.9")];
        for header in [ForwardedHeader::XForwardedFor, ForwardedHeader::Forwarded] {
            assert_eq!(address(&[], header, "192.0.2.1:5", &told), "192.0.2.1");
            assert_eq!(address(&["10.0.0.0/8"], header, "192.0.2.1:5", &told), "192.0.2.1");
        }
        let x = ForwardedHeader::XForwardedFor;
        assert_eq!(address(&["10.0.0.0/8"], x, "10.0.0.1:5", &told[1..]), "10.0.0.1", "the other header");
    }

    #[test]
    fn the_last_address_that_is_no_proxys_counts() {
        let x = ForwardedHeader::XForwardedFor;
        let from = |value: &str| {
            address(&["10.0.0.0/8", "2001:db8::1"], x, "10.0.0.1:5", &[("x-forwarded-for", value)])
        };
        assert_eq!(from("203.0.113.9"), "203.0.113.9");
        assert_eq!(
            from("198.51.100.1, 203.0.113.9"),
            "203.0.113.9",
            "what a stranger put before it is nothing"
        );
        assert_eq!(from("203.0.113.9, 2001:db8::1, 10.1.2.3"), "203.0.113.9");
        assert_eq!(from("203.0.113.9:4711"), "203.0.113.9");
        assert_eq!(from("[2001:db8::9]:4711"), "2001:db8::9");
        assert_eq!(from("::ffff:203.0.113.9"), "203.0.113.9");
        assert_eq!(from("203.0.113.9, nonsense"), "10.0.0.1");
        assert_eq!(from(""), "10.0.0.1");
        let lines = [("x-forwarded-for", "203.0.113.9"), ("x-forwarded-for", "10.9.9.9")];
        assert_eq!(address(&["10.0.0.0/8"], x, "[::ffff:10.0.0.1]:5", &lines), "203.0.113.9");
    }

    #[test]
    fn forwarded_is_read_as_its_rfc_has_it() {
        let from = |value: &str| {
            address(&["10.0.0.1"], ForwardedHeader::Forwarded, "10.0.0.1:5", &[("forwarded", value)])
        };
        assert_eq!(from("for=203.0.113.9;proto=https;by=10.0.0.1"), "203.0.113.9");
        assert_eq!(from("For=\"[2001:db8::9]:4711\""), "2001:db8::9");
        assert_eq!(from("for=198.51.100.1, for=203.0.113.9"), "203.0.113.9");
        assert_eq!(from("for=_hidden"), "10.0.0.1");
    }

    #[test]
    fn what_is_no_network_is_named() {
        let refused =
            Proxies::new(&["10.0.0.0/8".to_owned(), "10.0.0.0/99".to_owned()], ForwardedHeader::default());
        assert_eq!(refused.unwrap_err(), "10.0.0.0/99");
    }
}
