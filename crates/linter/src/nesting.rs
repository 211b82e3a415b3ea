//! How deeply a source is nested, before anything walks it.
//!
//! The parser grows its stack as needed, but dropping its tree and walking it recurse; a bound that no written program
//! comes near (CPython itself gives up at 100 blocks and 200 brackets) makes both safe on any thread.

use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{Mode, lexer};

/// Sources nested deeper than this are not read.
pub const DEEPEST: usize = 1000;

/// The byte at which a source becomes nested too deeply, if it does.
///
/// An upper bound on the depth of the syntax tree: blocks, open brackets, and operators chained since the last comma
/// in each of them.
pub fn too_deep(source: &str) -> Option<usize> {
    if !is_too_deep(source) {
        return None;
    }
    // The lexer does not tell where it is: the first line by whose end it is too deep is found by halves.
    let ends: Vec<usize> = source.match_indices('\n').map(|(at, _)| at + 1).collect();
    let line = ends.partition_point(|end| !is_too_deep(&source[..*end]));
    Some(if line == 0 { 0 } else { ends[line - 1] })
}

fn is_too_deep(source: &str) -> bool {
    let mut tokens = lexer::lex(source, Mode::Module);
    let mut blocks = 0_usize;
    // Operators chained so far in each open bracket, the statement itself first.
    let mut chained = vec![0_usize];
    let mut total = 0_usize;
    loop {
        let kind = tokens.next_token();
        match kind {
            TokenKind::EndOfFile => return false,
            TokenKind::Indent => blocks += 1,
            TokenKind::Dedent => blocks = blocks.saturating_sub(1),
            TokenKind::Newline => {
                chained.clear();
                chained.push(0);
                total = 0;
            }
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => {
                chained.push(1);
                total += 1;
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => {
                total -= chained.pop().unwrap_or(0);
                if chained.is_empty() {
                    chained.push(0);
                }
                // A call of a call of a call nests to the left.
                if let Some(last) = chained.last_mut() {
                    *last += 1;
                    total += 1;
                }
            }
            TokenKind::Comma => {
                // The bracket itself still counts.
                let bracket = usize::from(chained.len() > 1);
                if let Some(last) = chained.last_mut() {
                    total -= std::mem::replace(last, bracket);
                    total += bracket;
                }
            }
            kind if kind.is_operator() || kind.is_keyword() => {
                if let Some(last) = chained.last_mut() {
                    *last += 1;
                    total += 1;
                }
            }
            _ => {}
        }
        if blocks + total > DEEPEST {
            return true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deep_nesting_is_seen_in_all_its_forms() {
        let deep = DEEPEST + 1;
        for source in [
            "(".repeat(deep),
            format!("x = {}1{}", "(".repeat(deep), ")".repeat(deep)),
            format!("x = {}1", "-".repeat(deep)),
            format!("x = {}1", "not ".repeat(deep)),
            format!("x = a{}", ".b".repeat(deep)),
            format!("x = a{}", "()".repeat(deep)),
            format!("x = 1{}", " + 1".repeat(deep)),
            format!("x = {}1", "lambda: ".repeat(deep)),
            (0..deep).map(|depth| format!("{}if x:\n", " ".repeat(depth))).collect::<String>()
                + &" ".repeat(deep)
                + "x\n",
        ] {
            assert!(too_deep(&source).is_some(), "{}", &source[..40]);
        }
    }

    #[test]
    fn the_line_is_found() {
        let source = format!("x = 1\ny = 2\nz = {}1\n", "-".repeat(DEEPEST + 1));
        assert_eq!(too_deep(&source), Some(12));
    }

    #[test]
    fn long_is_not_deep() {
        let list = format!("x = [{}]", "-1, f(2), (3, 4), ".repeat(5000));
        assert_eq!(too_deep(&list), None);
        assert_eq!(too_deep(&"x = 1 + 2\n".repeat(5000)), None);
    }
}
