//! Tokens to a tree: recursive descent by Python's precedence, with a bound on depth.

use super::lexer::{Token, tokens};
use super::{BinaryOperator, Comparison, Expression, Kind, NotationError, Span, UnaryOperator};

/// Nesting beyond this is refused, so that no text can exhaust the stack of a browser's wasm.
const MAX_DEPTH: usize = 48;

pub(super) fn parse(text: &str) -> Result<Expression, NotationError> {
    let mut parser = Parser { tokens: tokens(text)?, position: 0, depth: 0 };
    let expression = parser.expression()?;
    match parser.peek() {
        Token::End => Ok(expression),
        _ => Err(parser.unexpected("the end of the schedule")),
    }
}

struct Parser {
    tokens: Vec<(Token, Span)>,
    position: usize,
    depth: usize,
}

/// What stands between the brackets of a call.
type CallArguments = (Vec<Expression>, Vec<(String, Expression)>);

impl Parser {
    fn peek(&self) -> &Token {
        &self.tokens[self.position].0
    }

    fn span(&self) -> Span {
        self.tokens[self.position].1
    }

    fn take(&mut self) -> (Token, Span) {
        let token = self.tokens[self.position].clone();
        if self.position + 1 < self.tokens.len() {
            self.position += 1;
        }
        token
    }

    fn takes_symbol(&mut self, symbol: &str) -> bool {
        let found = matches!(self.peek(), Token::Symbol(found) if *found == symbol);
        if found {
            self.take();
        }
        found
    }

    fn takes_keyword(&mut self, keyword: &str) -> bool {
        let found = matches!(self.peek(), Token::Name(found) if found == keyword);
        if found {
            self.take();
        }
        found
    }

    fn unexpected(&self, expected: &str) -> NotationError {
        let found = match self.peek() {
            Token::End => "the end of the text".into(),
            Token::Integer(value) => format!("`{value}`"),
            Token::Float(value) => format!("`{value:?}`"),
            Token::Text(text) => format!("`'{text}'`"),
            Token::Name(name) => format!("`{name}`"),
            Token::Symbol(symbol) => format!("`{symbol}`"),
        };
        NotationError::new(format!("Expected {expected}, found {found}."), self.span())
    }

    fn expect(&mut self, symbol: &str) -> Result<(), NotationError> {
        if self.takes_symbol(symbol) { Ok(()) } else { Err(self.unexpected(&format!("`{symbol}`"))) }
    }

    /// A whole expression: lambda, conditional, or anything that binds tighter.
    fn expression(&mut self) -> Result<Expression, NotationError> {
        self.deeper(|parser| {
            let start = parser.span();
            if parser.takes_keyword("lambda") {
                return parser.lambda(start);
            }
            let value = parser.or()?;
            if !parser.takes_keyword("if") {
                return Ok(value);
            }
            let test = parser.or()?;
            if !parser.takes_keyword("else") {
                return Err(parser.unexpected("`else`"));
            }
            let otherwise = parser.expression()?;
            let span = value.span.to(otherwise.span);
            let kind =
                Kind::Conditional { test: Box::new(test), value: Box::new(value), otherwise: Box::new(otherwise) };
            Ok(Expression { kind, span })
        })
    }

    fn deeper<T>(&mut self, inside: impl FnOnce(&mut Self) -> Result<T, NotationError>) -> Result<T, NotationError> {
        if self.depth == MAX_DEPTH {
            return Err(NotationError::new(format!("Nested more than {MAX_DEPTH} deep."), self.span()));
        }
        self.depth += 1;
        let result = inside(self);
        self.depth -= 1;
        result
    }

    fn lambda(&mut self, start: Span) -> Result<Expression, NotationError> {
        let mut parameters = Vec::new();
        while let Token::Name(name) = self.peek() {
            parameters.push(name.clone());
            self.take();
            if !self.takes_symbol(",") {
                break;
            }
        }
        self.expect(":")?;
        let body = self.expression()?;
        let span = start.to(body.span);
        Ok(Expression { kind: Kind::Lambda { parameters, body: Box::new(body) }, span })
    }

    fn or(&mut self) -> Result<Expression, NotationError> {
        self.joined("or", Self::and, Kind::Or)
    }

    fn and(&mut self) -> Result<Expression, NotationError> {
        self.joined("and", Self::not, Kind::And)
    }

    fn joined(
        &mut self,
        keyword: &str,
        operand: fn(&mut Self) -> Result<Expression, NotationError>,
        kind: fn(Vec<Expression>) -> Kind,
    ) -> Result<Expression, NotationError> {
        let first = operand(self)?;
        let mut operands = vec![first];
        while self.takes_keyword(keyword) {
            operands.push(operand(self)?);
        }
        if operands.len() == 1 {
            return Ok(operands.remove(0));
        }
        let span = operands[0].span.to(operands[operands.len() - 1].span);
        Ok(Expression { kind: kind(operands), span })
    }

    fn not(&mut self) -> Result<Expression, NotationError> {
        let start = self.span();
        if !self.takes_keyword("not") {
            return self.comparison();
        }
        let operand = self.deeper(Self::not)?;
        let span = start.to(operand.span);
        Ok(Expression { kind: Kind::Unary(UnaryOperator::Not, Box::new(operand)), span })
    }

    fn comparison(&mut self) -> Result<Expression, NotationError> {
        let first = self.sum()?;
        let mut others = Vec::new();
        loop {
            let operator = match self.peek() {
                Token::Symbol("<") => Comparison::Less,
                Token::Symbol("<=") => Comparison::LessOrEqual,
                Token::Symbol(">") => Comparison::Greater,
                Token::Symbol(">=") => Comparison::GreaterOrEqual,
                Token::Symbol("==") => Comparison::Equal,
                Token::Symbol("!=") => Comparison::NotEqual,
                _ => break,
            };
            self.take();
            others.push((operator, self.sum()?));
        }
        Ok(match others.last() {
            None => first,
            Some((_, last)) => {
                let span = first.span.to(last.span);
                Expression { kind: Kind::Compare(Box::new(first), others), span }
            }
        })
    }

    fn sum(&mut self) -> Result<Expression, NotationError> {
        self.left_to_right(Self::product, |token| match token {
            Token::Symbol("+") => Some(BinaryOperator::Add),
            Token::Symbol("-") => Some(BinaryOperator::Subtract),
            _ => None,
        })
    }

    fn product(&mut self) -> Result<Expression, NotationError> {
        self.left_to_right(Self::signed, |token| match token {
            Token::Symbol("*") => Some(BinaryOperator::Multiply),
            Token::Symbol("/") => Some(BinaryOperator::Divide),
            Token::Symbol("//") => Some(BinaryOperator::FloorDivide),
            Token::Symbol("%") => Some(BinaryOperator::Modulo),
            _ => None,
        })
    }

    fn left_to_right(
        &mut self,
        operand: fn(&mut Self) -> Result<Expression, NotationError>,
        operator: fn(&Token) -> Option<BinaryOperator>,
    ) -> Result<Expression, NotationError> {
        let mut left = operand(self)?;
        // A chain makes a tree as deep as it is long, so it counts as nesting.
        let mut chained = 0;
        while let Some(found) = operator(self.peek()) {
            chained += 1;
            if self.depth + chained > MAX_DEPTH {
                return Err(NotationError::new(format!("More than {MAX_DEPTH} operators in a row."), self.span()));
            }
            self.take();
            let right = operand(self)?;
            let span = left.span.to(right.span);
            left = Expression { kind: Kind::Binary(found, Box::new(left), Box::new(right)), span };
        }
        Ok(left)
    }

    fn signed(&mut self) -> Result<Expression, NotationError> {
        let start = self.span();
        let operator = match self.peek() {
            Token::Symbol("-") => UnaryOperator::Negate,
            Token::Symbol("+") => UnaryOperator::Plus,
            _ => return self.power(),
        };
        self.take();
        let operand = self.deeper(Self::signed)?;
        let span = start.to(operand.span);
        Ok(Expression { kind: Kind::Unary(operator, Box::new(operand)), span })
    }

    /// `a ** b`, which binds tighter than a sign on its left and looser than one on its right.
    fn power(&mut self) -> Result<Expression, NotationError> {
        let base = self.atom()?;
        if !self.takes_symbol("**") {
            return Ok(base);
        }
        let exponent = self.deeper(Self::signed)?;
        let span = base.span.to(exponent.span);
        Ok(Expression { kind: Kind::Binary(BinaryOperator::Power, Box::new(base), Box::new(exponent)), span })
    }

    fn atom(&mut self) -> Result<Expression, NotationError> {
        let span = self.span();
        let kind = match self.peek().clone() {
            Token::Integer(value) => Kind::Integer(value),
            Token::Float(value) => Kind::Float(value),
            Token::Text(text) => Kind::Text(text),
            Token::Name(name) => match name.as_str() {
                "None" => Kind::None,
                "True" => Kind::Boolean(true),
                "False" => Kind::Boolean(false),
                "lambda" | "if" | "else" | "and" | "or" | "not" => return Err(self.unexpected("a value")),
                _ => {
                    self.take();
                    return self.name_or_call(name, span);
                }
            },
            Token::Symbol("[") => return self.bracketed(Kind::List, "]"),
            Token::Symbol("(") => return self.bracketed(Kind::Tuple, ")"),
            Token::Symbol("{") => return self.deeper(Self::dict),
            Token::Symbol(_) | Token::End => return Err(self.unexpected("a value")),
        };
        self.take();
        Ok(Expression { kind, span })
    }

    fn name_or_call(&mut self, name: String, name_span: Span) -> Result<Expression, NotationError> {
        if !self.takes_symbol("(") {
            return Ok(Expression { kind: Kind::Name(name), span: name_span });
        }
        let (arguments, keywords) = self.deeper(Self::call_arguments)?;
        let span = name_span.to(self.span());
        self.expect(")")?;
        Ok(Expression { kind: Kind::Call { function: name, function_span: name_span, arguments, keywords }, span })
    }

    fn call_arguments(&mut self) -> Result<CallArguments, NotationError> {
        let (mut arguments, mut keywords) = (Vec::new(), Vec::<(String, Expression)>::new());
        while !matches!(self.peek(), Token::Symbol(")") | Token::End) {
            let next_is_equals = matches!(self.tokens.get(self.position + 1), Some((Token::Symbol("="), _)));
            if let (Token::Name(name), true) = (self.peek().clone(), next_is_equals) {
                let span = self.span();
                if keywords.iter().any(|(known, _)| *known == name) {
                    return Err(NotationError::new(format!("`{name}` is given twice."), span));
                }
                self.take();
                self.take();
                keywords.push((name, self.expression()?));
            } else if keywords.is_empty() {
                arguments.push(self.expression()?);
            } else {
                return Err(NotationError::new("A value without a name cannot follow one with a name.", self.span()));
            }
            if !self.takes_symbol(",") {
                break;
            }
        }
        Ok((arguments, keywords))
    }

    /// `{key: value}`.
    fn dict(&mut self) -> Result<Expression, NotationError> {
        let (_, start) = self.take();
        let mut entries = Vec::new();
        while !matches!(self.peek(), Token::Symbol("}") | Token::End) {
            let key = self.expression()?;
            self.expect(":")?;
            entries.push((key, self.expression()?));
            if !self.takes_symbol(",") {
                break;
            }
        }
        let span = start.to(self.span());
        self.expect("}")?;
        Ok(Expression { kind: Kind::Dict(entries), span })
    }

    /// A list, a tuple, or an expression in brackets.
    fn bracketed(&mut self, kind: fn(Vec<Expression>) -> Kind, close: &str) -> Result<Expression, NotationError> {
        self.deeper(|parser| {
            let (_, start) = parser.take();
            let mut items = Vec::new();
            let mut comma = false;
            while !matches!(parser.peek(), Token::End)
                && !matches!(parser.peek(), Token::Symbol(found) if *found == close)
            {
                items.push(parser.expression()?);
                comma = parser.takes_symbol(",");
                if !comma {
                    break;
                }
            }
            let span = start.to(parser.span());
            parser.expect(close)?;
            if close == ")" && items.len() == 1 && !comma {
                return Ok(Expression { span, ..items.remove(0) });
            }
            Ok(Expression { kind: kind(items), span })
        })
    }
}
