//! Configs that are written in Python: a module of assignments, as mmengine reads it, or a dict in a script.

use advisor::{Plan, Span};
use ruff_python_ast::{Expr, Number, Operator, Stmt, UnaryOp};
use ruff_text_size::{Ranged, TextRange};

use super::tree::{Entry, Kind, Map, Node};
use super::{deepspeed, mmengine};
use crate::table::Table;
use crate::walk::{Visitor, walk_expr};

/// Expressions nested deeper than this are not followed.
const DEEPEST: usize = 60;

/// What mmengine calls its schedulers.
const MMENGINE: &str = "param_scheduler";
/// A parameter that only DeepSpeed's schedulers have.
const DEEPSPEED: &str = "warmup_num_steps";

/// Whether a source may be or hold such a config.
pub fn may_concern(has: &dyn Fn(&str) -> bool) -> bool {
    has(MMENGINE) || has(DEEPSPEED)
}

/// The plans of the configs in a module.
pub fn plans(body: &[Stmt], source: &str) -> Vec<Plan> {
    let mut plans = Vec::new();
    if source.contains(MMENGINE)
        && let Some(node) = module(body)
        && let Kind::Map(map) = &node.kind
    {
        plans.extend(mmengine::plan(&node, map, source));
    }
    if source.contains(DEEPSPEED) {
        let mut dicts = Dicts { source, plans: Vec::new() };
        dicts.visit_body(body);
        plans.append(&mut dicts.plans);
    }
    plans
}

/// Dicts anywhere in a script that are the config of DeepSpeed.
struct Dicts<'a> {
    source: &'a str,
    plans: Vec<Plan>,
}

impl<'a> Visitor<'a> for Dicts<'a> {
    fn visit_expr(&mut self, expression: &'a Expr) {
        if matches!(expression, Expr::Dict(_)) {
            let node = node(expression, &Table::default(), 0);
            if let Kind::Map(map) = &node.kind {
                self.plans.extend(deepspeed::plan(&node, map, self.source));
            }
        }
        walk_expr(self, expression);
    }
}

/// The assignments of a module as a map.
fn module(body: &[Stmt]) -> Option<Node> {
    let mut names = Table::default();
    let mut map = Map { entries: Vec::new(), complete: true };
    for statement in body {
        match statement {
            Stmt::Assign(assign) => {
                let [Expr::Name(target)] = assign.targets.as_slice() else { continue };
                let value = node(&assign.value, &names, 0);
                names.insert(target.id.as_str(), value.clone());
                map.complete &= target.id != "_base_";
                map.entries.push(Entry { key: target.id.to_string(), key_span: span(target.range()), value });
            }
            // `with read_base(): from ...base import *`.
            Stmt::With(_) => map.complete = false,
            _ => {}
        }
    }
    map.entries
        .iter()
        .any(|entry| entry.key == MMENGINE)
        .then(|| Node { span: map.entries.first().map_or(Span::default(), Entry::span), kind: Kind::Map(map) })
}

fn span(range: TextRange) -> Span {
    Span::new(0, range.start().to_u32(), range.end().to_u32())
}

/// An expression as a tree; what is worked out elsewhere is unknown.
fn node(expression: &Expr, names: &Table<Node>, depth: usize) -> Node {
    let kind = if depth > DEEPEST { Kind::Unknown } else { kind(expression, names, depth + 1) };
    Node { span: span(expression.range()), kind }
}

fn kind(expression: &Expr, names: &Table<Node>, depth: usize) -> Kind {
    let one = |expression: &Expr| node(expression, names, depth);
    match expression {
        Expr::NoneLiteral(_) => Kind::Nothing,
        Expr::BooleanLiteral(literal) => Kind::Truth(literal.value),
        Expr::StringLiteral(literal) => Kind::Text(literal.value.to_str().to_owned()),
        Expr::NumberLiteral(literal) => match &literal.value {
            Number::Int(value) => value.as_u64().map_or(Kind::Unknown, |value| Kind::Number(value as f64)),
            Number::Float(value) => Kind::Number(*value),
            Number::Complex { .. } => Kind::Unknown,
        },
        Expr::Name(name) => names.get(name.id.as_str()).map_or(Kind::Unknown, |node| node.kind.clone()),
        Expr::List(list) => Kind::List(list.elts.iter().map(one).collect()),
        Expr::Tuple(tuple) => Kind::List(tuple.elts.iter().map(one).collect()),
        Expr::Dict(dict) => {
            let mut map = Map { entries: Vec::new(), complete: true };
            for item in &dict.items {
                match &item.key {
                    Some(Expr::StringLiteral(key)) => {
                        map.entries.push(entry(key.value.to_str(), key.range(), &item.value, names, depth));
                    }
                    _ => map.complete = false,
                }
            }
            Kind::Map(map)
        }
        Expr::Call(call) if matches!(&*call.func, Expr::Name(name) if name.id == "dict") => {
            let mut map = Map { entries: Vec::new(), complete: call.arguments.args.is_empty() };
            for keyword in &call.arguments.keywords {
                match &keyword.arg {
                    Some(name) => {
                        map.entries.push(entry(name.as_str(), name.range(), &keyword.value, names, depth));
                    }
                    None => map.complete = false,
                }
            }
            Kind::Map(map)
        }
        Expr::UnaryOp(unary) => match (unary.op, one(&unary.operand).kind) {
            (UnaryOp::USub, Kind::Number(number)) => Kind::Number(-number),
            _ => Kind::Unknown,
        },
        Expr::BinOp(operation) => {
            let (Kind::Number(a), Kind::Number(b)) = (one(&operation.left).kind, one(&operation.right).kind) else {
                return Kind::Unknown;
            };
            let result = match operation.op {
                Operator::Add => a + b,
                Operator::Sub => a - b,
                Operator::Mult => a * b,
                Operator::Div => a / b,
                Operator::FloorDiv => (a / b).floor(),
                Operator::Pow => a.powf(b),
                _ => return Kind::Unknown,
            };
            if result.is_finite() { Kind::Number(result) } else { Kind::Unknown }
        }
        _ => Kind::Unknown,
    }
}

fn entry(key: &str, range: TextRange, value: &Expr, names: &Table<Node>, depth: usize) -> Entry {
    let mut inner = node(value, names, depth);
    // A class in place of its name: `type=LinearLR`.
    if key == "type" && matches!(inner.kind, Kind::Unknown) {
        match value {
            Expr::Name(name) => inner.kind = Kind::Text(name.id.to_string()),
            Expr::Attribute(attribute) => inner.kind = Kind::Text(attribute.attr.to_string()),
            _ => {}
        }
    }
    Entry { key: key.to_owned(), key_span: span(range), value: inner }
}
