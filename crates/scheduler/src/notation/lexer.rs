//! Text to tokens.

use super::{NotationError, Span};

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Integer(i64),
    Float(f64),
    Text(String),
    /// A name or a keyword.
    Name(String),
    /// An operator or a bracket.
    Symbol(&'static str),
    End,
}

/// Longest first, so that `**` is not read as two `*`.
const SYMBOLS: [&str; 22] = [
    "**", "//", "<=", ">=", "==", "!=", "(", ")", "[", "]", "{", "}", ",", ":", "=", "+", "-", "*", "/", "%", "<", ">",
];

pub(super) fn tokens(text: &str) -> Result<Vec<(Token, Span)>, NotationError> {
    let mut tokens = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let start = text.len() - rest.len();
        let Some(first) = rest.chars().next() else {
            tokens.push((Token::End, Span { start, end: start }));
            return Ok(tokens);
        };
        if first == '#' {
            rest = rest.split_once('\n').map_or("", |(_, after)| after);
            continue;
        }
        let (token, length) =
            if first.is_ascii_digit() || first == '.' && rest[1..].starts_with(|c: char| c.is_ascii_digit()) {
                number(rest, start)?
            } else if first.is_alphabetic() || first == '_' {
                let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '.').unwrap_or(rest.len());
                (Token::Name(rest[..length].into()), length)
            } else if first == '\'' || first == '"' {
                string(rest, first, start)?
            } else if let Some(symbol) = SYMBOLS.into_iter().find(|symbol| rest.starts_with(symbol)) {
                (Token::Symbol(symbol), symbol.len())
            } else {
                let span = Span { start, end: start + first.len_utf8() };
                return Err(NotationError::new(format!("`{first}` has no meaning in a schedule."), span));
            };
        tokens.push((token, Span { start, end: start + length }));
        rest = &rest[length..];
    }
}

/// A number as Python writes it: `10`, `1_000`, `1.`, `.5`, `1e-3`.
fn number(rest: &str, start: usize) -> Result<(Token, usize), NotationError> {
    let bytes = rest.as_bytes();
    let digits = |from: usize| from + bytes[from..].iter().take_while(|b| b.is_ascii_digit() || **b == b'_').count();
    let mut length = digits(0);
    let mut whole = true;
    if bytes.get(length) == Some(&b'.') {
        whole = false;
        length = digits(length + 1);
    }
    if matches!(bytes.get(length), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(length + 1), Some(b'+' | b'-')));
        let end = digits(length + 1 + sign);
        if end > length + 1 + sign {
            whole = false;
            length = end;
        }
    }
    let plain = rest[..length].replace('_', "");
    let span = Span { start, end: start + length };
    if rest[length..].starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '.') {
        let end = rest[length..]
            .find(|c: char| !c.is_alphanumeric() && c != '_' && c != '.')
            .map_or(rest.len(), |n| n + length);
        let message = format!("`{}` is not a number.", &rest[..end]);
        return Err(NotationError::new(message, Span { start, end: start + end }));
    }
    let token = if whole {
        plain.parse().ok().map(Token::Integer)
    } else {
        plain.parse().ok().filter(|value: &f64| value.is_finite()).map(Token::Float)
    };
    let token = token.ok_or_else(|| NotationError::new(format!("`{plain}` is too large a number."), span))?;
    Ok((token, length))
}

fn string(rest: &str, quote: char, start: usize) -> Result<(Token, usize), NotationError> {
    let inside = &rest[1..];
    let end = inside.find([quote, '\n', '\\']);
    match end.map(|end| (end, inside[end..].starts_with(quote))) {
        Some((end, true)) => Ok((Token::Text(inside[..end].into()), end + 2)),
        _ => Err(NotationError::new(
            format!("The string that starts here has no closing {quote} (escapes are not supported)."),
            Span { start, end: start + rest.len() },
        )),
    }
}
