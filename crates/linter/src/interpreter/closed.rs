//! What a function computes, as one expression in which numbers stand for all names but its parameters.

use advisor::plan::Word;
use advisor::quantity::Quantity;
use ruff_python_ast::{
    CmpOp, Comprehension, Expr, ExprCall, ExprCompare, ExprList, ExprSubscript, ExprTuple, Operator, Stmt, StmtIf,
};
use ruff_text_size::Ranged;

use super::{DEEPEST_CALL, Interpreter};
use crate::names;
use crate::syntax::last_name;
use crate::table::Table;
use crate::value::Value;
use crate::walk::{Visitor, walk_expr};

/// The functions of `math` that the notation has; numpy and others call theirs the same.
const MATHEMATICAL: [&str; 12] =
    ["sin", "cos", "tan", "tanh", "exp", "log", "log2", "log10", "sqrt", "pow", "floor", "ceil"];

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
        self.closed_blocks(parameters, locals, vec![Piece::Block(body)], 0)
    }

    /// What blocks return that come one after the other, the next one last.
    fn closed_blocks(
        &mut self,
        parameters: &[String],
        locals: &mut Locals,
        mut blocks: Vec<Piece<'a>>,
        depth: usize,
    ) -> Option<Vec<Word>> {
        while let Some(piece) = blocks.pop() {
            let block = match piece {
                Piece::Block(block) => block,
                Piece::Local(name, value) => {
                    locals.insert(name, value);
                    continue;
                }
            };
            let Some((first, rest)) = block.split_first() else { continue };
            blocks.push(Piece::Block(rest));
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
                    locals.insert(&target.id, value);
                }
                Stmt::AugAssign(update) => {
                    let Expr::Name(target) = &*update.target else { return None };
                    let left = self.closed(parameters, locals, &update.target)?;
                    let right = self.closed(parameters, locals, &update.value)?;
                    let value = computed(update.op, &left, &right)?;
                    locals.insert(&target.id, value);
                }
                // A warning about how it is called.
                Stmt::If(branch) if branch.elif_else_clauses.is_empty() && branch.body.iter().all(is_said) => {}
                Stmt::If(branch) => return self.closed_branch(parameters, locals, branch, &blocks, depth + 1),
                // `for milestone in (30, 60):`, turn by turn.
                Stmt::For(turns) if turns.orelse.is_empty() => {
                    let Expr::Name(each) = &*turns.target else { return None };
                    for value in self.closed_list(parameters, locals, &turns.iter)?.into_iter().rev() {
                        blocks.push(Piece::Block(&turns.body));
                        blocks.push(Piece::Local(each.id.as_str(), value));
                    }
                }
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
        behind: &[Piece<'a>],
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
            let blocks = [behind, &[Piece::Block(body)]].concat();
            let result = self.closed_blocks(parameters, &mut locals.clone(), blocks, depth)?;
            let test = match (test, chosen) {
                (Some(test), Some(None)) => self.closed(parameters, locals, test)?,
                _ => return bounded(filled("{}({})", &[&words, &result])),
            };
            words = filled("{}({}) if ({}) else ", &[&words, &result, &test]);
        }
        let otherwise = self.closed_blocks(parameters, locals, behind.to_vec(), depth)?;
        bounded(filled("{}({})", &[&words, &otherwise]))
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
                // `[lr for group in self.optimizer.param_groups]`
                [Comprehension { iter, ifs, .. }] if last_name(iter) == Some("param_groups") && ifs.is_empty() => {
                    self.closed(parameters, locals, &all.elt)
                }
                _ => None,
            },
            base if is_base(base) => Some(vec![Word::BaseLr]),
            // `[lr]`, `[lr] * len(self.base_lrs)`.
            Expr::List(ExprList { elts, .. }) if let [only] = elts.as_slice() => self.closed(parameters, locals, only),
            Expr::BinOp(times) if times.op == Operator::Mult && times.left.is_list_expr() => {
                self.closed_result(parameters, locals, &times.left)
            }
            value => self.closed(parameters, locals, value),
        }
    }

    /// An expression with numbers in place of the names in it, other than parameters; `None` where it is no arithmetic.
    pub(super) fn closed(&mut self, parameters: &[String], locals: &Locals, expression: &'a Expr) -> Option<Vec<Word>> {
        let mut free = Free { parameters, locals, found: Vec::new(), is_plain: true };
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
                    return Some(bracketed(local));
                }
                if let Some(formula) = self.memory.formula(self.scope(), &name.id) {
                    return match formula {
                        Value::Formula(words) => Some(bracketed(words)),
                        _ => None,
                    };
                }
            }
            // `np.interp([epoch], epochs, factors)[0]`.
            Expr::Subscript(of) if let Expr::Call(call) = &*of.value => {
                return self.interpolated(parameters, locals, call);
            }
            Expr::Subscript(of) if is_group_lr(of) => return Some(vec![Word::Lr]),
            // `schedule[step]`.
            Expr::Subscript(of) if is_place(of) => {
                let place = self.closed(parameters, locals, &of.slice)?;
                return self.taken_from(&of.value, &place);
            }
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
            Expr::Call(call) if is_called(call, &["interp"]) => return self.interpolated(parameters, locals, call),
            Expr::Call(call) if let Some(written) = self.written_out(parameters, locals, call) => return Some(written),
            Expr::Call(call) if !is_called(call, &["len"]) => return self.returned_by(parameters, locals, call),
            _ => {}
        }
        match self.expression(part) {
            Value::Formula(words) => Some(bracketed(&words)),
            // Whoever wants the curve can say it.
            value @ (Value::Unknown | Value::Qualified(_)) if !part.is_call_expr() => {
                let name = match value {
                    Value::Qualified(path) => path.to_string(),
                    _ => self.wording_of(part),
                };
                Some(vec![Word::Number(Quantity::symbol(&name, names::unit_of(names::last_part(&name)), None))])
            }
            value => number(&value),
        }
    }

    /// Functions of Python and numpy that the notation does not have, by those that it has.
    fn written_out(&mut self, parameters: &[String], locals: &Locals, call: &'a ExprCall) -> Option<Vec<Word>> {
        let name = last_name(&call.func)?;
        if let ("sum" | "len", [all]) = (name, &*call.arguments.args) {
            let (element, generators) = match all {
                Expr::Generator(all) => (&*all.elt, all.generators.as_slice()),
                Expr::ListComp(all) => (&*all.elt, all.generators.as_slice()),
                _ => return None,
            };
            return self.counted(parameters, locals, (name == "sum").then_some(element), generators);
        }
        let template = match name {
            "pow" | "power" | "float_power" => "(({}) ** ({}))",
            "minimum" => "min({}, {})",
            "maximum" => "max({}, {})",
            _ => return None,
        };
        let [one, other] = &*call.arguments.args else { return None };
        let (one, other) = (self.closed(parameters, locals, one)?, self.closed(parameters, locals, other)?);
        bounded(filled(template, &[&one, &other]))
    }

    /// `sum(epoch >= milestone for milestone in milestones)`; without an element, how many there are.
    fn counted(
        &mut self,
        parameters: &[String],
        locals: &Locals,
        element: Option<&'a Expr>,
        generators: &'a [Comprehension],
    ) -> Option<Vec<Word>> {
        let [Comprehension { target: Expr::Name(each), iter, ifs, .. }] = generators else { return None };
        let mut words = vec![text("0")];
        for value in self.closed_list(parameters, locals, iter)? {
            let mut locals = locals.clone();
            locals.insert(each.id.as_str(), value);
            let mut counts = match element {
                Some(element) => self.closed(parameters, &locals, element)?,
                None => vec![text("1")],
            };
            for test in ifs {
                let test = self.closed(parameters, &locals, test)?;
                counts = filled("({}) if ({}) else 0", &[&counts, &test]);
            }
            words = filled("{} + ({})", &[&words, &counts]);
        }
        bounded(bracketed(&words))
    }

    /// `np.interp(epoch, epochs, factors)`: straight from one point to the next, and level before and behind them.
    fn interpolated(&mut self, parameters: &[String], locals: &Locals, call: &'a ExprCall) -> Option<Vec<Word>> {
        let [at, places, values] = &*call.arguments.args else { return None };
        let at = match at {
            Expr::List(ExprList { elts, .. }) => elts.first()?,
            at => at,
        };
        let at = self.closed(parameters, locals, at)?;
        let places = self.closed_list(parameters, locals, places)?;
        let values = self.closed_list(parameters, locals, values)?;
        let points: Vec<_> = places.iter().zip(&values).collect();
        let ((first, low), (_, high)) = (points.first()?, points.last()?);
        let mut words = filled("({}) if ({}) <= ({})", &[low, &at, first]);
        for pair in points.windows(2) {
            let [(from, low), (to, high)] = pair else { continue };
            // In the order in which numpy computes it.
            let template = "{} else (({}) - ({})) / (({}) - ({})) * (({}) - ({})) + ({}) if ({}) < ({})";
            words = filled(template, &[&words, high, low, to, from, &at, from, low, &at, to]);
        }
        bounded(filled("({} else ({}))", &[&words, high]))
    }

    /// The numbers of a list: `[30, 60]`, `range(3)`, a variable that holds some.
    fn closed_list(&mut self, parameters: &[String], locals: &Locals, list: &'a Expr) -> Option<Vec<Vec<Word>>> {
        /// Longer ones are not written out.
        const LONGEST: usize = 16;
        let all = match list {
            Expr::List(ExprList { elts, .. }) | Expr::Tuple(ExprTuple { elts, .. }) if elts.len() <= LONGEST => {
                elts.iter().map(|other| self.closed(parameters, locals, other)).collect::<Option<Vec<_>>>()?
            }
            _ => match self.expression(list) {
                Value::Sequence(values) if values.len() <= LONGEST => {
                    values.iter().map(number).collect::<Option<_>>()?
                }
                // One that begins elsewhere than at 0 does not say so here.
                Value::Range(turns) if matches!(list, Expr::Call(call) if call.arguments.len() == 1) => {
                    let turns =
                        turns.value.filter(|turns| turns.fract() == 0.0 && (0.0..=LONGEST as f64).contains(turns))?;
                    (0..turns as usize).map(|turn| vec![text(&turn.to_string())]).collect()
                }
                _ => return None,
            },
        };
        Some(all)
    }

    /// What a function of the script returns.
    fn returned_by(&mut self, parameters: &[String], locals: &Locals, call: &'a ExprCall) -> Option<Vec<Word>> {
        let function = self.expression(&call.func);
        let function = self.code_of(&function)?;
        let all = function.parameters;
        let in_order = all.posonlyargs.iter().chain(&all.args).skip(usize::from(function.is_method));
        let mut given = call.arguments.args.iter();
        let mut inner = Locals::default();
        for parameter in in_order.chain(&all.kwonlyargs) {
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
        let words = match self.closing {
            0..=DEEPEST_CALL => self.closed_function(&function, parameters, &mut inner),
            _ => None,
        };
        self.closing -= 1;
        Some(bracketed(&words?))
    }

    /// `bisect_right(milestones, epoch)`: how many of them have been reached.
    fn passed(&mut self, parameters: &[String], locals: &Locals, call: &'a ExprCall) -> Option<Vec<Word>> {
        let [milestones, position] = &*call.arguments.args else { return None };
        let position = self.closed(parameters, locals, position)?;
        let Value::Sequence(milestones) = self.expression(milestones) else { return None };
        let mut words = vec![text("0")];
        for milestone in milestones.iter().map(Value::quantity) {
            let milestone = [Word::Number(Some(milestone).filter(Quantity::is_computed)?)];
            words = filled("{} + (1 if ({}) >= {} else 0)", &[&words, &position, &milestone]);
        }
        bounded(bracketed(&words))
    }

    /// `epoch in [30, 60]`.
    fn among(&mut self, parameters: &[String], locals: &Locals, compare: &'a ExprCompare) -> Option<Vec<Word>> {
        let ([operator @ (CmpOp::In | CmpOp::NotIn)], [list]) = (&*compare.ops, &*compare.comparators) else {
            return None;
        };
        let one = self.closed(parameters, locals, &compare.left)?;
        let is_in = if let Expr::Call(call) = list
            && is_called(call, &["range"])
            && let [from @ .., to] = &*call.arguments.args
            && from.len() <= 1
        {
            let from = match from.first() {
                Some(from) => self.closed(parameters, locals, from)?,
                None => vec![text("0")],
            };
            let to = self.closed(parameters, locals, to)?;
            filled("({}) <= ({}) < ({})", &[&from, &one, &to])
        } else {
            let mut words = vec![text("False")];
            for other in self.closed_list(parameters, locals, list)? {
                words = filled("{} or ({}) == ({})", &[&words, &one, &other]);
            }
            words
        };
        bounded(filled(if *operator == CmpOp::NotIn { "(not ({}))" } else { "({})" }, &[&is_in]))
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

pub(super) fn bracketed(words: &[Word]) -> Vec<Word> {
    filled("({})", &[words])
}

/// A text with words in place of each `{}`.
pub(super) fn filled(template: &str, parts: &[&[Word]]) -> Vec<Word> {
    let (mut words, mut parts) = (Vec::new(), parts.iter());
    for (at, piece) in template.split("{}").enumerate() {
        if at > 0 {
            words.extend_from_slice(parts.next().copied().unwrap_or_default());
        }
        if !piece.is_empty() {
            words.push(text(piece));
        }
    }
    words
}

/// One number by another.
pub(super) fn computed(operator: Operator, left: &[Word], right: &[Word]) -> Option<Vec<Word>> {
    bounded([bracketed(left), vec![text(operator.as_str())], bracketed(right)].concat())
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

/// What comes next where a function is gone through.
#[derive(Clone)]
enum Piece<'a> {
    Block(&'a [Stmt]),
    /// What a loop gives to its variable.
    Local(&'a str, Vec<Word>),
}

/// The names in an expression that stand for numbers.
struct Free<'p, 'a> {
    parameters: &'p [String],
    locals: &'p Locals,
    found: Vec<&'a Expr>,
    /// Nothing in it but arithmetic.
    is_plain: bool,
}

impl<'a> Visitor<'a> for Free<'_, 'a> {
    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Name(name) => {
                // A parameter stands for itself until something else is assigned to it.
                let is_given = self.parameters.iter().any(|parameter| parameter == name.id.as_str());
                if !is_given || self.locals.get(name.id.as_str()).is_some() {
                    self.found.push(expression);
                }
            }
            Expr::Attribute(of) if is_constant(of) => {}
            Expr::Attribute(_) => self.found.push(expression),
            Expr::Subscript(of) if is_group_lr(of) || is_first_of_call(of) || is_entry(of) || is_place(of) => {
                self.found.push(expression);
            }
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
        Expr::Attribute(of) => is_mathematical(&of.value) && MATHEMATICAL.contains(&of.attr.as_str()),
        _ => false,
    }
}

/// `config["epochs"]`, `milestones[0]`.
fn is_entry(subscript: &ExprSubscript) -> bool {
    matches!(&*subscript.slice, Expr::StringLiteral(_) | Expr::NumberLiteral(_))
        && matches!(&*subscript.value, Expr::Name(_) | Expr::Attribute(_) | Expr::Subscript(_))
}

/// `schedule[step]`, `self.schedule[epoch * batches + batch]`.
fn is_place(subscript: &ExprSubscript) -> bool {
    matches!(&*subscript.slice, Expr::Name(_) | Expr::BinOp(_) | Expr::Attribute(_))
        && matches!(&*subscript.value, Expr::Name(_) | Expr::Attribute(_))
}

/// `np.interp(...)[0]`.
fn is_first_of_call(subscript: &ExprSubscript) -> bool {
    matches!(&*subscript.value, Expr::Call(call) if is_called(call, &["interp"]))
        && crate::syntax::whole_number(&subscript.slice) == Some(0)
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
