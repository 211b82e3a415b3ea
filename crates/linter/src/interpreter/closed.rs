//! What a function computes, as one expression in which numbers stand for all names but its parameters.

use advisor::plan::Word;
use advisor::quantity::Quantity;
use ruff_python_ast::{
    CmpOp, Comprehension, Expr, ExprCall, ExprCompare, ExprList, ExprSubscript, ExprTuple, Stmt, StmtIf,
};
use ruff_text_size::Ranged;

use super::{DEEPEST_CALL, Interpreter};
use crate::table::Table;
use crate::value::Value;
use crate::walk::{Visitor, walk_expr};

/// Functions whose expression gets longer than this many parts are not followed.
const MOST_WORDS: usize = 400;

/// Functions that take more statements than this are not followed, either.
const MOST_STATEMENTS: usize = 2000;

/// What the names of a function stand for: its parameters that have a default, and what is assigned in it.
pub(super) type Locals = Table<Vec<Word>>;

impl<'a> Interpreter<'a> {
    /// What statements return, as one expression.
    pub(super) fn closed_block(
        &mut self,
        parameters: &[String],
        locals: &mut Locals,
        body: &'a [Stmt],
    ) -> Option<Vec<Word>> {
        if self.closing == 0 {
            self.closed_statements = 0;
        }
        self.closed_blocks(parameters, locals, vec![body], 0)
    }

    /// What blocks return that come one after the other, the next one last.
    fn closed_blocks(
        &mut self,
        parameters: &[String],
        locals: &mut Locals,
        mut blocks: Vec<&'a [Stmt]>,
        depth: usize,
    ) -> Option<Vec<Word>> {
        while let Some(block) = blocks.pop() {
            let Some((first, rest)) = block.split_first() else { continue };
            blocks.push(rest);
            // What stands behind several branches is gone through for each of them.
            self.closed_statements += 1;
            if self.closed_statements > MOST_STATEMENTS {
                return None;
            }
            match first {
                Stmt::Return(leave) => return self.closed_result(parameters, locals, leave.value.as_deref()?),
                Stmt::Assign(assign) => {
                    let [Expr::Name(target)] = assign.targets.as_slice() else { return None };
                    let value = self.closed(parameters, locals, &assign.value)?;
                    let_local(parameters, locals, &target.id, value)?;
                }
                Stmt::AugAssign(update) => {
                    let Expr::Name(target) = &*update.target else { return None };
                    let left = bracketed(self.closed(parameters, locals, &update.target)?);
                    let right = bracketed(self.closed(parameters, locals, &update.value)?);
                    let value = bounded([left, vec![text(update.op.as_str())], right].concat())?;
                    let_local(parameters, locals, &target.id, value)?;
                }
                // A warning about how it is called.
                Stmt::If(branch) if branch.elif_else_clauses.is_empty() && branch.body.iter().all(is_said) => {}
                Stmt::If(branch) => return self.closed_branch(parameters, locals, branch, &blocks, depth + 1),
                said if is_said(said) => {}
                _ => return None,
            }
        }
        None
    }

    /// What a branch returns, or the blocks behind it.
    fn closed_branch(
        &mut self,
        parameters: &[String],
        locals: &mut Locals,
        branch: &'a StmtIf,
        behind: &[&'a [Stmt]],
        depth: usize,
    ) -> Option<Vec<Word>> {
        if depth > DEEPEST_CALL {
            return None;
        }
        let first = (Some(&*branch.test), branch.body.as_slice());
        let clauses = branch.elif_else_clauses.iter().map(|clause| (clause.test.as_ref(), clause.body.as_slice()));
        let mut words = Vec::new();
        for (test, body) in std::iter::once(first).chain(clauses) {
            // What an option chooses, it has chosen.
            let chosen = test.map(|test| self.condition(test).decided);
            if chosen == Some(Some(false)) {
                continue;
            }
            let blocks = [behind, &[body]].concat();
            let result = self.closed_blocks(parameters, &mut locals.clone(), blocks, depth)?;
            let test = match (test, chosen) {
                (Some(test), Some(None)) => self.closed(parameters, locals, test)?,
                _ => return bounded([words, bracketed(result)].concat()),
            };
            words.extend([bracketed(result), vec![text(" if ")], bracketed(test), vec![text(" else ")]].concat());
        }
        let otherwise = self.closed_blocks(parameters, locals, behind.to_vec(), depth)?;
        bounded([words, bracketed(otherwise)].concat())
    }

    /// What is returned; of the LRs of all groups, that of one of them.
    fn closed_result(&mut self, parameters: &[String], locals: &Locals, value: &'a Expr) -> Option<Vec<Word>> {
        let is_base = |iterated: &Expr| matches!(iterated, Expr::Attribute(of) if of.attr.as_str() == "base_lrs");
        match value {
            Expr::ListComp(all) => match all.generators.as_slice() {
                [Comprehension { target: Expr::Name(base), iter, ifs, .. }] if is_base(iter) && ifs.is_empty() => {
                    let mut locals = locals.clone();
                    locals.insert(base.id.as_str(), vec![Word::BaseLr]);
                    self.closed(parameters, &locals, &all.elt)
                }
                _ => None,
            },
            base if is_base(base) => Some(vec![Word::BaseLr]),
            value => self.closed(parameters, locals, value),
        }
    }

    /// An expression with numbers in place of the names in it, other than parameters; `None` where it is no arithmetic.
    pub(super) fn closed(&mut self, parameters: &[String], locals: &Locals, expression: &'a Expr) -> Option<Vec<Word>> {
        let mut free = Free { parameters, found: Vec::new(), is_plain: true };
        free.visit_expr(expression);
        if !free.is_plain {
            return None;
        }
        // A condition is looked at before what stands in front of it.
        free.found.sort_by_key(|name| name.range().start());
        let mut words = Vec::new();
        let mut at = expression.range().start().to_usize();
        for name in free.found {
            let range = name.range();
            words.push(Word::Text(plain(self.code.text.get(at..range.start().to_usize())?)?));
            words.extend(self.replaced(parameters, locals, name)?);
            at = range.end().to_usize();
        }
        words.push(Word::Text(plain(self.code.text.get(at..expression.range().end().to_usize())?)?));
        bounded(words)
    }

    /// What stands in an expression for a part of it that is no plain arithmetic.
    fn replaced(&mut self, parameters: &[String], locals: &Locals, part: &'a Expr) -> Option<Vec<Word>> {
        match part {
            Expr::Name(name) => {
                if let Some(local) = locals.get(name.id.as_str()) {
                    return Some(bracketed(local.clone()));
                }
                if let Some(formula) = self.memory.formula(self.scope(), &name.id) {
                    return match formula {
                        Value::Formula(words) => Some(bracketed(words.to_vec())),
                        _ => None,
                    };
                }
            }
            Expr::Subscript(_) => return Some(vec![Word::Lr]),
            Expr::Compare(compare) => {
                // `method == 'linear'`, `warmup is True`.
                return match self.condition(part).decided {
                    Some(holds) => Some(vec![text(if holds { "True" } else { "False" })]),
                    None => self.among(parameters, locals, compare),
                };
            }
            Expr::Call(call) if is_called(call, &["bisect", "bisect_right"]) => {
                return self.passed(parameters, locals, call);
            }
            Expr::Call(call) if !matches!(&*call.func, Expr::Name(name) if name.id == "len") => {
                return self.returned_by(parameters, locals, call);
            }
            _ => {}
        }
        match self.expression(part) {
            Value::Formula(words) => Some(bracketed(words.to_vec())),
            value => number(&value),
        }
    }

    /// What a function of the script returns.
    fn returned_by(&mut self, parameters: &[String], locals: &Locals, call: &'a ExprCall) -> Option<Vec<Word>> {
        let function = self.expression(&call.func);
        let (all, result, body): (_, _, &'a [Stmt]) = match function {
            Value::Lambda(id) => (self.lambdas[id].parameters.as_deref()?, Some(&*self.lambdas[id].body), &[]),
            Value::Function(id) | Value::Method(id, _) => {
                let definition = self.functions[id].definition;
                (&*definition.parameters, None, &definition.body)
            }
            _ => return None,
        };
        let is_method = matches!(function, Value::Method(..));
        let mut given = call.arguments.args.iter();
        let mut inner = Locals::default();
        for parameter in all.posonlyargs.iter().chain(&all.args).skip(usize::from(is_method)).chain(&all.kwonlyargs) {
            let name = parameter.parameter.name.as_str();
            let keyword = call.arguments.find_keyword(name).map(|keyword| &keyword.value);
            let value = match given.next().or(keyword) {
                Some(value) => self.closed(parameters, locals, value)?,
                None => self.closed(&[], &Locals::default(), parameter.default.as_deref()?)?,
            };
            inner.insert(name, value);
        }
        if self.closing == 0 {
            self.closed_statements = 0;
        }
        self.closing += 1;
        let words = match result {
            _ if self.closing > DEEPEST_CALL => None,
            Some(result) => self.closed(parameters, &inner, result),
            None => self.closed_block(parameters, &mut inner, body),
        };
        self.closing -= 1;
        Some(bracketed(words?))
    }

    /// `bisect_right(milestones, epoch)`: how many of them have been reached.
    fn passed(&mut self, parameters: &[String], locals: &Locals, call: &'a ExprCall) -> Option<Vec<Word>> {
        let [milestones, position] = &*call.arguments.args else { return None };
        let position = bracketed(self.closed(parameters, locals, position)?);
        let Value::Sequence(milestones) = self.expression(milestones) else { return None };
        let mut words = vec![text("0")];
        for milestone in milestones.iter().map(Value::quantity) {
            let milestone = Word::Number(Some(milestone).filter(Quantity::is_computed)?);
            words.extend(
                [vec![text(" + (1 if ")], position.clone(), vec![text(" >= "), milestone, text(" else 0)")]].concat(),
            );
        }
        bounded(bracketed(words))
    }

    /// `epoch in [30, 60]`.
    fn among(&mut self, parameters: &[String], locals: &Locals, compare: &'a ExprCompare) -> Option<Vec<Word>> {
        let ([operator @ (CmpOp::In | CmpOp::NotIn)], [list]) = (&*compare.ops, &*compare.comparators) else {
            return None;
        };
        let one = bracketed(self.closed(parameters, locals, &compare.left)?);
        let all = match list {
            Expr::List(ExprList { elts, .. }) | Expr::Tuple(ExprTuple { elts, .. }) => {
                elts.iter().map(|other| self.closed(parameters, locals, other)).collect::<Option<Vec<_>>>()?
            }
            _ => match self.expression(list) {
                Value::Sequence(values) => values.iter().map(number).collect::<Option<_>>()?,
                _ => return None,
            },
        };
        let mut words = vec![text(if *operator == CmpOp::NotIn { "not (False" } else { "(False" })];
        for other in all {
            words.extend([vec![text(" or ")], one.clone(), vec![text(" == ")], bracketed(other)].concat());
        }
        words.push(text(")"));
        bounded(bracketed(words))
    }
}

/// A value that is a number, as far as it can be computed.
pub(super) fn number(value: &Value) -> Option<Vec<Word>> {
    let quantity = value.quantity();
    quantity.is_computed().then(|| vec![Word::Number(quantity)])
}

pub(super) fn text(text: &str) -> Word {
    Word::Text(text.to_owned())
}

pub(super) fn bracketed(words: Vec<Word>) -> Vec<Word> {
    [vec![text("(")], words, vec![text(")")]].concat()
}

pub(super) fn bounded(words: Vec<Word>) -> Option<Vec<Word>> {
    (words.len() <= MOST_WORDS).then_some(words)
}

/// Source text on one line, with the functions of other libraries under the names that `math` has for them.
fn plain(source: &str) -> Option<String> {
    let line: String = source.chars().map(|c| if c.is_whitespace() || c == '\\' { ' ' } else { c }).collect();
    if line.contains('#') {
        return None;
    }
    if !line.contains('.') {
        return Some(line);
    }
    Some(["tf.math.", "ops.", "np."].iter().fold(line, |line, module| line.replace(module, "math.")))
}

/// `lr = ...` in a function; `None` for a parameter that stands for itself.
fn let_local(parameters: &[String], locals: &mut Locals, name: &str, value: Vec<Word>) -> Option<()> {
    if parameters.iter().any(|parameter| parameter == name) {
        return None;
    }
    locals.insert(name, value);
    Some(())
}

/// A docstring, a call of `print` or of `warnings.warn`, a check.
fn is_said(statement: &Stmt) -> bool {
    match statement {
        Stmt::Expr(said) => match &*said.value {
            Expr::StringLiteral(_) => true,
            Expr::Call(call) => match &*call.func {
                Expr::Name(name) => name.id == "print",
                Expr::Attribute(of) => of.attr.as_str() == "warn",
                _ => false,
            },
            _ => false,
        },
        Stmt::Assert(_) | Stmt::Pass(_) => true,
        _ => false,
    }
}

/// The names in an expression that stand for numbers.
struct Free<'p, 'a> {
    parameters: &'p [String],
    found: Vec<&'a Expr>,
    /// Nothing in it but arithmetic.
    is_plain: bool,
}

impl<'a> Visitor<'a> for Free<'_, 'a> {
    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Name(name) => {
                if !self.parameters.iter().any(|parameter| parameter == name.id.as_str()) {
                    self.found.push(expression);
                }
            }
            Expr::Attribute(of) if is_constant(of) => {}
            Expr::Attribute(_) => self.found.push(expression),
            Expr::Subscript(of) if is_group_lr(of) => self.found.push(expression),
            Expr::Compare(compare) if !compares_numbers(compare) => self.found.push(expression),
            Expr::Call(call) if call.arguments.keywords.is_empty() && is_arithmetic(&call.func) => {
                call.arguments.args.iter().for_each(|argument| self.visit_expr(argument));
            }
            // `len(loader)`, a function of the script.
            Expr::Call(_) => self.found.push(expression),
            Expr::BinOp(_) | Expr::UnaryOp(_) | Expr::Compare(_) | Expr::BoolOp(_) | Expr::If(_) => {
                walk_expr(self, expression)
            }
            Expr::NumberLiteral(_) | Expr::BooleanLiteral(_) => {}
            _ => self.is_plain = false,
        }
    }
}

/// `math`, `np`, `ops`, `tf.math`.
fn is_mathematical(module: &Expr) -> bool {
    match module {
        Expr::Name(name) => matches!(name.id.as_str(), "math" | "np" | "ops"),
        Expr::Attribute(of) => of.attr.as_str() == "math" && matches!(&*of.value, Expr::Name(name) if name.id == "tf"),
        _ => false,
    }
}

/// Whether a comparison is one of numbers, as far as can be seen.
fn compares_numbers(compare: &ExprCompare) -> bool {
    let by_size = |op: &CmpOp| !matches!(op, CmpOp::In | CmpOp::NotIn | CmpOp::Is | CmpOp::IsNot);
    compare.ops.iter().all(by_size)
        && !std::iter::once(&*compare.left).chain(&compare.comparators).any(Expr::is_string_literal_expr)
}

/// Whether a call is of a function of one of these names.
fn is_called(call: &ExprCall, names: &[&str]) -> bool {
    match &*call.func {
        Expr::Name(name) => names.contains(&name.id.as_str()),
        Expr::Attribute(of) => names.contains(&of.attr.as_str()),
        _ => false,
    }
}

/// `min`, `math.cos`.
fn is_arithmetic(function: &Expr) -> bool {
    match function {
        Expr::Name(name) => matches!(name.id.as_str(), "min" | "max" | "abs" | "int" | "float"),
        Expr::Attribute(of) => is_mathematical(&of.value),
        _ => false,
    }
}

/// `group['lr']`, `optimizer.param_groups[0]["lr"]`.
fn is_group_lr(subscript: &ExprSubscript) -> bool {
    let is_lr = matches!(&*subscript.slice, Expr::StringLiteral(key) if key.value.to_str() == "lr");
    let of = match &*subscript.value {
        Expr::Subscript(group) => &*group.value,
        group => group,
    };
    let name = match of {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => return false,
    };
    is_lr && (name.contains("group") || matches!(name, "g" | "pg" | "p"))
}

/// `math.pi`.
fn is_constant(attribute: &ruff_python_ast::ExprAttribute) -> bool {
    attribute.attr.as_str() == "pi" && is_mathematical(&attribute.value)
}
