//! Small questions about a piece of the syntax tree.

use ruff_python_ast::{Expr, ExprCall, Number, Stmt, StmtClassDef};

/// The last name of a function, a variable or an attribute: `step` of `optimizer.step`.
pub fn last_name(function: &Expr) -> Option<&str> {
    match function {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        _ => None,
    }
}

/// The variables of the target of an assignment or a loop.
pub fn variables(target: &Expr) -> Vec<&str> {
    match target {
        Expr::Name(name) => vec![name.id.as_str()],
        Expr::Tuple(tuple) => tuple.elts.iter().flat_map(variables).collect(),
        Expr::List(list) => list.elts.iter().flat_map(variables).collect(),
        _ => Vec::new(),
    }
}

/// Whether an expression is this string.
pub fn is_text(expression: &Expr, text: &str) -> bool {
    matches!(expression, Expr::StringLiteral(literal) if literal.value.to_str() == text)
}

/// A whole number that is written out.
pub fn whole_number(expression: &Expr) -> Option<u64> {
    let Expr::NumberLiteral(literal) = expression else { return None };
    let Number::Int(value) = &literal.value else { return None };
    value.as_u64()
}

/// The whole numbers that a call is given, in so many words, under names of some kind.
pub fn given_number(call: &ExprCall, is_so: impl Fn(&str) -> bool) -> impl Iterator<Item = u64> {
    let named =
        call.arguments.keywords.iter().filter(move |keyword| keyword.arg.as_ref().is_some_and(|arg| is_so(arg)));
    named.filter_map(|keyword| whole_number(&keyword.value))
}

/// Whether a class has a method of that name.
pub fn defines(class: &StmtClassDef, name: &str) -> bool {
    class.body.iter().any(|statement| matches!(statement, Stmt::FunctionDef(method) if method.name.as_str() == name))
}
