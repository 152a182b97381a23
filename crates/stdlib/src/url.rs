//! Parts of URLs and texts inside them (RFC 3986).

use foxvm::{Context, Error, Native};

use crate::failure;
use crate::gather::Gather;

pub(crate) fn natives() -> Vec<Native> {
    vec![
        encode::native(),
        decode::native(),
        is_valid::native(),
        part::native(),
    ]
}

/// Scalars that stand for themselves everywhere in a URL.
fn unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~')
}

/// A text as a part of a URL: each byte of its UTF-8 but letters, digits and `-_.~` as `%` and two digits.
#[foxvm::native(name = "url.encode")]
fn encode(cx: &mut Context<'_>, text: &str) -> Result<String, Error> {
    cx.work(text.len())?;
    let mut made = Gather::new(cx);
    for byte in text.bytes() {
        if unreserved(byte) {
            made.push_char(char::from(byte))?;
        } else {
            made.push(&format!("%{byte:02X}"))?;
        }
    }
    Ok(made.finish())
}

/// The text that a part of a URL stands for: `%` and two digits become a byte of its UTF-8.
#[foxvm::native(name = "url.decode")]
fn decode(cx: &mut Context<'_>, text: &str) -> Result<String, Error> {
    cx.work(text.len())?;
    let mut bytes = Vec::new();
    bytes
        .try_reserve_exact(text.len())
        .map_err(|_| failure::full())?;
    let mut rest = text.as_bytes();
    while let [first, behind @ ..] = rest {
        rest = behind;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let digit = |byte: u8| char::from(byte).to_digit(16);
        let [high, low, behind @ ..] = rest else {
            return Err(failure::conv("two digits are wanted behind %"));
        };
        let Some((high, low)) = digit(*high).zip(digit(*low)) else {
            return Err(failure::conv("two digits are wanted behind %"));
        };
        bytes.push((high << 4 | low) as u8);
        rest = behind;
    }
    String::from_utf8(bytes).map_err(|_| failure::conv("the bytes are no UTF-8"))
}

/// What a URL is made of.
#[derive(Default)]
struct Parts<'t> {
    scheme: &'t str,
    user: &'t str,
    host: &'t str,
    port: &'t str,
    path: &'t str,
    query: &'t str,
    fragment: &'t str,
}

/// Takes an absolute URL apart; nothing for a text that is none.
fn parts(text: &str) -> Option<Parts<'_>> {
    let good = |byte: u8| {
        unreserved(byte) || byte == b'%' || b":/?#[]@!$&'()*+,;=".contains(&byte) || byte >= 0x80
    };
    if !text.bytes().all(good) {
        return None;
    }
    let (scheme, rest) = text.split_once(':')?;
    let mut letters = scheme.bytes();
    if !letters.next()?.is_ascii_alphabetic()
        || !letters.all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    {
        return None;
    }
    let mut found = Parts {
        scheme,
        ..Parts::default()
    };
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    (found.fragment, found.query) = (fragment, query);
    let Some(rest) = rest.strip_prefix("//") else {
        found.path = rest;
        return (!rest.is_empty()).then_some(found);
    };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    found.path = path;
    let (user, place) = authority.rsplit_once('@').unwrap_or(("", authority));
    found.user = user;
    // An address of IPv6 stands in brackets and has colons of its own.
    let (host, port) = match place.rfind(']') {
        Some(end) => {
            let (host, behind) = place.split_at(end + 1);
            (
                host,
                behind
                    .strip_prefix(':')
                    .or(behind.is_empty().then_some(""))?,
            )
        }
        None => place.split_once(':').unwrap_or((place, "")),
    };
    if !port.bytes().all(|byte| byte.is_ascii_digit())
        || (!port.is_empty() && port.parse::<u16>().is_err())
    {
        return None;
    }
    (found.host, found.port) = (host, port);
    // Only files need no host.
    (!host.is_empty() || scheme.eq_ignore_ascii_case("file")).then_some(found)
}

/// Is the text an absolute URL?
#[foxvm::native(name = "url.is_valid")]
fn is_valid(cx: &mut Context<'_>, text: &str) -> Result<bool, Error> {
    cx.work(text.len())?;
    Ok(parts(text).is_some())
}

/// A part of an absolute URL as it stands there, empty if it has none of that name: scheme, user, host, port, path, query or
/// fragment.
#[foxvm::native(name = "url.part")]
fn part(cx: &mut Context<'_>, text: &str, name: &str) -> Result<String, Error> {
    cx.work(text.len())?;
    let Some(parts) = parts(text) else {
        return Err(failure::conv("the text is no absolute URL"));
    };
    let found = match name {
        "scheme" => parts.scheme,
        "user" => parts.user,
        "host" => parts.host,
        "port" => parts.port,
        "path" => parts.path,
        "query" => parts.query,
        "fragment" => parts.fragment,
        _ => return Err(failure::range(format!("a URL has no part {name}"))),
    };
    Ok(found.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls() {
        let found = parts("https://me:x@[::1]:8080/a/b?q=1&r#top").expect("a URL");
        assert_eq!(
            (found.scheme, found.user, found.host, found.port),
            ("https", "me:x", "[::1]", "8080")
        );
        assert_eq!(
            (found.path, found.query, found.fragment),
            ("/a/b", "q=1&r", "top")
        );
        assert!(parts("mailto:me@example.org").is_some());
        assert!(parts("file:///etc/motd").is_some());
        for none in [
            "",
            "x",
            "/a",
            "http://",
            "1a://b",
            "http://a:b",
            "http://a:70000",
            "http://a b",
            "a:",
        ] {
            assert!(parts(none).is_none(), "{none}");
        }
    }
}
