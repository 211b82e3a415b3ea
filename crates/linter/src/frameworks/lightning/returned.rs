//! What `configure_optimizers` returns, taken apart.

use rustc_hash::FxHashSet as HashSet;
use std::cell::Cell;

use advisor::plan::{Argument, ArgumentValue, Owner, ScheduleFacts, ScheduleId, Settings};
use advisor::quantity::Quantity;
use advisor::rules::PAIR;
use ruff_python_ast::{Expr, ExprContext, Number, Stmt, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::not_returned;
use crate::modules::Code;
use crate::names;
use crate::table::Table;
use crate::walk::{Visitor, walk_expr, walk_stmt};

/// Names are followed from one to the next so often.
const DEEPEST: usize = 6;

/// A dict as it is written out: `{...}` or `dict(...)`, and what is assigned to it afterwards.
struct Written<'a> {
    range: TextRange,
    items: Vec<(&'a str, TextRange, &'a Expr)>,
    complete: bool,
}

impl<'a> Written<'a> {
    /// The entry of that key; of several the last counts, as in Python.
    fn entry(&self, key: &str) -> Option<&(&'a str, TextRange, &'a Expr)> {
        self.items.iter().rev().find(|(known, ..)| *known == key)
    }
}

/// Reads one `configure_optimizers`.
pub(super) struct Reader<'a> {
    code: Code<'a>,
    schedules: &'a [ScheduleFacts],
    /// What each name is assigned, anywhere in the method.
    assigned: Table<Vec<&'a Expr>>,
    /// `name["key"] = value`.
    items: Table<Vec<(&'a str, TextRange, &'a Expr)>>,
    /// The names that are read.
    used: HashSet<&'a str>,
    /// Where the return before the one that is looked at ends.
    pub since: Cell<TextSize>,
    pub returned: Vec<&'a Expr>,
}

impl<'a> Visitor<'a> for Reader<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    self.assign(target, &assign.value, assign.range());
                }
            }
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    self.assign(&assign.target, value, assign.range());
                }
            }
            Stmt::Return(leave) => self.returned.extend(leave.value.as_deref()),
            // What is returned inside is returned from there.
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => return,
            _ => {}
        }
        walk_stmt(self, statement);
    }

    /// A name that is written to in another way (a loop, `with`) is not known.
    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Name(name) if name.ctx == ExprContext::Store => {
                self.assigned.get_or_insert(&name.id, Vec::new());
            }
            Expr::Name(name) => {
                self.used.insert(name.id.as_str());
            }
            _ => walk_expr(self, expression),
        }
    }
}

impl<'a> Reader<'a> {
    pub fn of(function: &'a StmtFunctionDef, code: Code<'a>, schedules: &'a [ScheduleFacts]) -> Self {
        let (assigned, items, used) = (Table::default(), Table::default(), HashSet::default());
        let since = Cell::new(function.range().start());
        let mut reader = Self { code, schedules, assigned, items, used, since, returned: Vec::new() };
        reader.visit_body(&function.body);
        reader
    }

    fn assign(&mut self, target: &'a Expr, value: &'a Expr, range: TextRange) {
        match target {
            Expr::Name(name) => self.assigned.get_or_insert(&name.id, Vec::new()).push(value),
            Expr::Subscript(subscript) => {
                if let (Expr::Name(name), Expr::StringLiteral(key)) = (&*subscript.value, &*subscript.slice) {
                    self.items.get_or_insert(&name.id, Vec::new()).push((key.value.to_str(), range, value));
                }
            }
            Expr::Tuple(targets) => {
                if let Expr::Tuple(values) = value
                    && values.elts.len() == targets.elts.len()
                {
                    for (target, value) in targets.elts.iter().zip(&values.elts) {
                        self.assign(target, value, range);
                    }
                }
            }
            _ => {}
        }
    }

    /// What a name stands for, where that is one expression.
    fn resolve(&self, expression: &'a Expr) -> &'a Expr {
        let mut current = expression;
        for _ in 0..DEEPEST {
            let Expr::Name(name) = current else { break };
            match self.assigned.get(name.id.as_str()).map(Vec::as_slice) {
                Some([only]) => current = only,
                _ => break,
            }
        }
        current
    }

    /// The schedules that an expression may be; `None` where that is not known of all.
    fn schedules_of(&self, expression: &'a Expr, depth: usize) -> Option<Vec<ScheduleId>> {
        match expression {
            Expr::Name(name) if depth < DEEPEST => {
                let values = self.assigned.get(name.id.as_str()).filter(|values| !values.is_empty())?;
                // What was assigned before an earlier return left with it.
                let latest = values.iter().copied().filter(|value| value.range().start() >= self.since.get());
                let latest: Vec<&Expr> =
                    latest.filter(|value| value.range().end() <= expression.range().start()).collect();
                let values = if latest.is_empty() { values } else { &latest };
                let each = values.iter().map(|value| match value {
                    // `scheduler = None` before the branches that build one.
                    Expr::NoneLiteral(_) => Some(Vec::new()),
                    value => self.schedules_of(value, depth + 1),
                });
                let mut all: Vec<ScheduleId> = each.collect::<Option<Vec<_>>>()?.concat();
                all.sort_unstable();
                all.dedup();
                Some(all)
            }
            Expr::Call(call) => {
                let at = self.code.span(call.range());
                let found: Vec<ScheduleId> = self
                    .schedules
                    .iter()
                    .enumerate()
                    .filter(|(_, facts)| facts.span == at)
                    .map(|(index, _)| ScheduleId(index))
                    .collect();
                // The same call followed twice is the same schedule.
                (!found.is_empty()).then(|| found[..1].to_vec())
            }
            _ => None,
        }
    }

    fn dict(&self, expression: &'a Expr) -> Option<Written<'a>> {
        let added = match expression {
            Expr::Name(name) => self.items.get(name.id.as_str()).map(Vec::as_slice).unwrap_or_default(),
            _ => &[],
        };
        let written = self.resolve(expression);
        let mut complete = true;
        let mut items = Vec::new();
        match written {
            Expr::Dict(dict) => {
                for item in &dict.items {
                    match &item.key {
                        Some(Expr::StringLiteral(key)) => {
                            items.push((
                                key.value.to_str(),
                                TextRange::new(key.start(), item.value.end()),
                                &item.value,
                            ));
                        }
                        _ => complete = false,
                    }
                }
            }
            Expr::Call(call) if matches!(&*call.func, Expr::Name(name) if name.id == "dict") => {
                complete = call.arguments.args.is_empty();
                for keyword in &call.arguments.keywords {
                    match &keyword.arg {
                        Some(name) => items.push((name.as_str(), keyword.range(), &keyword.value)),
                        None => complete = false,
                    }
                }
            }
            _ => return None,
        }
        items.extend(added.iter().copied());
        Some(Written { range: written.range(), items, complete })
    }

    /// What `configure_optimizers` returns, or an element of it.
    pub fn outer(&self, expression: &'a Expr, settings: &mut Vec<Settings>) {
        // `returned = [optimizer]`, and with a scheduler in a branch.
        if let Expr::Name(name) = expression
            && let Some(values) = self.assigned.get(name.id.as_str()).filter(|values| values.len() > 1)
        {
            values.iter().filter(|value| !value.is_name_expr()).for_each(|value| self.outer(value, settings));
            return;
        }
        if let Some(dict) = self.dict(expression) {
            if dict.entry("optimizer").is_some() {
                self.optimizers(&dict, settings);
            }
            return;
        }
        let elements = match self.resolve(expression) {
            Expr::Tuple(tuple) => &tuple.elts,
            Expr::List(list) => &list.elts,
            _ => return,
        };
        if let [optimizers, schedulers] = elements.as_slice()
            && matches!(self.resolve(optimizers), Expr::List(_))
        {
            match self.resolve(schedulers) {
                Expr::List(list) => list.elts.iter().for_each(|one| self.inner(one, None, settings)),
                _ => self.inner(schedulers, None, settings),
            }
            return;
        }
        // `return optimizer, scheduler`: neither two lists nor two optimizers.
        if let [optimizer, scheduler] = elements.as_slice()
            && self.is_schedule(scheduler)
            && !self.is_schedule(optimizer)
            && !matches!(self.resolve(optimizer), Expr::List(_) | Expr::ListComp(_) | Expr::Tuple(_) | Expr::Dict(_))
            && {
                let text = self.code.of(optimizer);
                names::is_optimizer(text) || text.contains("optim.")
            }
        {
            let (class, range) = (PAIR.to_owned(), self.resolve(expression).range());
            settings.push(Settings {
                owner: Owner::LightningOptimizers,
                class,
                span: self.code.span(range),
                arguments: Vec::new(),
                complete: true,
                schedules: Vec::new(),
                given: Vec::new(),
            });
        }
        for element in elements {
            if self.dict(element).is_some() {
                self.outer(element, settings);
            }
        }
    }

    fn is_schedule(&self, expression: &'a Expr) -> bool {
        self.known_schedules(expression).is_some()
    }

    /// The schedules that an expression may be, where they are known and there is one.
    fn known_schedules(&self, expression: &'a Expr) -> Option<Vec<ScheduleId>> {
        self.schedules_of(expression, 0).filter(|all| !all.is_empty())
    }

    /// `{"optimizer": ..., "lr_scheduler": ..., "monitor": ...}`.
    fn optimizers(&self, dict: &Written<'a>, settings: &mut Vec<Settings>) {
        settings.push(self.settings(Owner::LightningOptimizers, "dict", dict, Vec::new()));
        self.under_other_key(dict, settings);
        if let Some((_, _, scheduler)) = dict.entry("lr_scheduler") {
            // A scheduler by itself is monitored by what stands beside it.
            let monitor = dict.entry("monitor").map(|(name, range, value)| self.argument(name, *range, value));
            self.inner(scheduler, monitor, settings);
        }
    }

    /// A scheduler that stands where Lightning does not look for one.
    fn under_other_key(&self, dict: &Written<'a>, settings: &mut Vec<Settings>) {
        if !dict.complete || dict.entry("lr_scheduler").is_some() {
            return;
        }
        for (key, range, value) in &dict.items {
            let inner = self.dict(value);
            let within = inner.as_ref().and_then(|inner| inner.entry("scheduler"));
            let scheduler = within.map_or(*value, |(_, _, scheduler)| *scheduler);
            if let Some(schedules) = self.known_schedules(scheduler) {
                let argument = self.argument(key, *range, value);
                settings.push(not_returned(self.code.span(*range), vec![argument], schedules));
            }
        }
    }

    /// The schedulers that are given names which nothing reads.
    pub fn not_returned(&self, settings: &mut Vec<Settings>) {
        let mut unused: Vec<&Expr> = self
            .assigned
            .entries()
            .iter()
            .filter(|(name, _)| !self.used.contains(&**name))
            .flat_map(|(_, values)| values.iter().copied())
            .filter(|value| value.is_call_expr())
            .collect();
        unused.sort_by_key(|value| value.start());
        for value in unused {
            if let Some(schedules) = self.known_schedules(value) {
                settings.push(not_returned(self.code.span(value.range()), Vec::new(), schedules));
            }
        }
    }

    /// A scheduler, or a dict that holds one and says how it is stepped.
    fn inner(&self, expression: &'a Expr, monitor: Option<Argument>, settings: &mut Vec<Settings>) {
        if let Some(dict) = self.dict(expression) {
            if let Some((_, _, scheduler)) = dict.entry("scheduler") {
                let schedules = self.schedules_of(scheduler, 0).unwrap_or_default();
                settings.push(self.settings(Owner::LightningScheduler, "dict", &dict, schedules));
            }
            return;
        }
        for one in self.one_of_several(expression) {
            self.inner(one, monitor.clone(), settings);
        }
        let Some(schedules) = self.known_schedules(expression) else { return };
        settings.push(Settings {
            owner: Owner::LightningScheduler,
            class: "scheduler".to_owned(),
            span: self.code.span(expression.range()),
            arguments: monitor.into_iter().collect(),
            complete: true,
            schedules,
            given: Vec::new(),
        });
    }

    /// What a name may stand for where that is a scheduler in some branches and a dict with one in others.
    fn one_of_several(&self, expression: &'a Expr) -> Vec<&'a Expr> {
        let Expr::Name(name) = expression else { return Vec::new() };
        let Some(values) = self.assigned.get(name.id.as_str()) else { return Vec::new() };
        // `scheduler = {"scheduler": scheduler}` makes a dict of each.
        let is_of_itself = |dict: &Written<'a>| {
            dict.items.iter().any(|(.., value)| matches!(value, Expr::Name(of) if of.id == name.id))
        };
        let dicts: Vec<Written<'a>> = values.iter().filter_map(|value| self.dict(value)).collect();
        if dicts.is_empty() || self.items.get(name.id.as_str()).is_some() || dicts.iter().any(is_of_itself) {
            return Vec::new();
        }
        values.iter().copied().filter(|value| !value.is_name_expr()).collect()
    }

    fn settings(&self, owner: Owner, class: &str, dict: &Written<'a>, schedules: Vec<ScheduleId>) -> Settings {
        let arguments = dict.items.iter().map(|(name, range, value)| self.argument(name, *range, value)).collect();
        let (class, span) = (class.to_owned(), self.code.span(dict.range));
        Settings { owner, class, span, arguments, complete: dict.complete, schedules, given: Vec::new() }
    }

    fn argument(&self, name: &str, range: TextRange, value: &Expr) -> Argument {
        let text = self.code.wording(value);
        let value = match value {
            Expr::StringLiteral(literal) => ArgumentValue::Text(literal.value.to_str().to_owned()),
            Expr::BooleanLiteral(literal) => ArgumentValue::Truth(literal.value),
            Expr::NumberLiteral(literal) => match &literal.value {
                Number::Int(value) => value
                    .as_u64()
                    .map_or(ArgumentValue::Unknown, |value| ArgumentValue::Number(Quantity::number(value as f64))),
                Number::Float(value) => ArgumentValue::Number(Quantity::number(*value)),
                Number::Complex { .. } => ArgumentValue::Unknown,
            },
            _ => ArgumentValue::Unknown,
        };
        Argument { name: name.to_owned(), text, value, span: self.code.span(range) }
    }
}
