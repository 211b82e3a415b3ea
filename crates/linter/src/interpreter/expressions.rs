//! Expressions.

use std::rc::Rc;

use advisor::quantity::{Quantity, Unit};
use ruff_python_ast::{BoolOp, Comprehension, Expr, ExprBinOp, Number, Operator, UnaryOp};

use super::{DEEPEST_EXPRESSION, Interpreter};
use crate::memory::BEYOND;
use crate::names;
use crate::options::tells_of_run;
use crate::syntax::last_name;
use crate::value::{Opaque, Value};

impl<'a> Interpreter<'a> {
    /// What an expression stands for.
    pub(super) fn expression(&mut self, expression: &'a Expr) -> Value {
        if self.depth >= DEEPEST_EXPRESSION || !self.burn() {
            return Value::Unknown;
        }
        self.depth += 1;
        let value = self.inner(expression);
        self.depth -= 1;
        value
    }

    fn inner(&mut self, expression: &'a Expr) -> Value {
        match expression {
            Expr::Name(name) => self.name(&name.id),
            Expr::Attribute(attribute) => {
                let value = self.expression(&attribute.value);
                self.attribute(&value, &attribute.attr)
            }
            Expr::Call(call) => self.call(call),
            Expr::NumberLiteral(literal) => match &literal.value {
                Number::Int(value) => match value.as_u64() {
                    Some(value) => Value::number(Quantity::number(value as f64)),
                    None => Value::Unknown,
                },
                Number::Float(value) => Value::number(Quantity::number(*value)),
                Number::Complex { .. } => Value::Unknown,
            },
            Expr::StringLiteral(literal) => Value::Text(literal.value.to_str().into()),
            Expr::BooleanLiteral(literal) => Value::Truth(literal.value),
            Expr::NoneLiteral(_) => Value::None,
            Expr::BinOp(operation) => {
                let left = self.expression(&operation.left);
                let right = self.expression(&operation.right);
                let path = (operation.op == Operator::Div).then(|| self.path_in(&left, &right)).flatten();
                let value = path.unwrap_or_else(|| binary(&left, operation.op, &right));
                match value {
                    _ if is_number_of_batches(operation) => self.batches_of(operation, value),
                    // In a list of numbers each is one.
                    _ if self.has_curves && !value.quantity().is_computed() => {
                        self.elementwise(expression).unwrap_or(value)
                    }
                    value => value,
                }
            }
            Expr::UnaryOp(unary) => {
                let value = self.expression(&unary.operand);
                match (unary.op, &value) {
                    (_, Value::Changing) => Value::Changing,
                    (UnaryOp::USub, Value::Number(number)) => Value::number(Quantity::number(0.0).minus(number)),
                    (UnaryOp::Not, value) => value.truth().map_or(Value::Unknown, |truth| Value::Truth(!truth)),
                    _ => Value::Unknown,
                }
            }
            Expr::BoolOp(operation) => {
                // `a or b`: one of them.
                let mut values: Vec<Value> = operation.values.iter().map(|value| self.expression(value)).collect();
                // `args.epochs or config["epochs"]`, where nobody gives the first.
                if operation.op == BoolOp::Or && values.iter().any(|value| !self.is_unset(value)) {
                    values.retain(|value| !self.is_unset(value));
                }
                values.into_iter().reduce(Value::or).unwrap_or(Value::Unknown)
            }
            Expr::Compare(compare) => {
                let mut all = vec![self.expression(&compare.left)];
                all.extend(compare.comparators.iter().map(|value| self.expression(value)));
                if all.contains(&Value::Changing) { Value::Changing } else { Value::Unknown }
            }
            Expr::If(choice) => {
                let condition = self.condition(&choice.test);
                match condition.decided {
                    Some(true) => self.expression(&choice.body),
                    Some(false) => self.expression(&choice.orelse),
                    None => {
                        let known = self.facts.len();
                        self.facts.extend(condition.if_true);
                        let body = self.expression(&choice.body);
                        self.facts.truncate(known);
                        self.facts.extend(condition.if_false);
                        let orelse = self.expression(&choice.orelse);
                        self.facts.truncate(known);
                        body.or(orelse)
                    }
                }
            }
            Expr::List(list) => self.sequence(&list.elts),
            Expr::Tuple(tuple) => self.sequence(&tuple.elts),
            Expr::Set(set) => self.sequence(&set.elts),
            Expr::Dict(dict) => {
                let mut items: Vec<(Rc<str>, Value)> = Vec::new();
                for item in &dict.items {
                    let value = self.expression(&item.value);
                    if let (None, Value::Dict(unpacked)) = (&item.key, &value) {
                        items.extend(unpacked.iter().cloned());
                        continue;
                    }
                    match item.key.as_ref().map(|key| self.expression(key)) {
                        Some(Value::Text(key)) => {
                            let value = value.named(&key);
                            items.push((key, value));
                        }
                        // Other keys, or another dict unpacked: what is listed is still there.
                        _ => continue,
                    }
                }
                Value::Dict(Rc::new(items))
            }
            Expr::Subscript(subscript) => {
                let value = self.expression(&subscript.value);
                let index = self.expression(&subscript.slice);
                // `config["schedulers"][config["scheduler"]]`
                let told = value.is_dict().then(|| self.configured_text(&index)).flatten();
                self.element(&value, &told.map_or(index, Value::Text))
            }
            Expr::Named(named) => {
                let value = self.expression(&named.value);
                self.assign(&named.target, value.clone());
                value
            }
            Expr::ListComp(comprehension) => self.comprehension(&comprehension.elt, &comprehension.generators),
            Expr::Generator(comprehension) => self.comprehension(&comprehension.elt, &comprehension.generators),
            Expr::SetComp(comprehension) => self.comprehension(&comprehension.elt, &comprehension.generators),
            Expr::Await(inner) => self.expression(&inner.value),
            Expr::Lambda(lambda) => {
                let scope = self.scope();
                self.lambdas.push((lambda, scope));
                Value::Lambda(self.lambdas.len() - 1)
            }
            Expr::Yield(inner) => {
                self.frames.last_mut().into_iter().for_each(|frame| frame.yields = true);
                if let Some(value) = &inner.value {
                    let value = self.expression(value);
                    self.hand_on(&value);
                }
                Value::Unknown
            }
            Expr::Starred(inner) => {
                self.expression(&inner.value);
                Value::Unknown
            }
            _ => Value::Unknown,
        }
    }

    fn sequence(&mut self, elements: &'a [Expr]) -> Value {
        const LONGEST: usize = 64;
        if elements.len() > LONGEST || elements.iter().any(|element| element.is_starred_expr()) {
            return Value::Unknown;
        }
        Value::Sequence(Rc::new(elements.iter().map(|element| self.expression(element)).collect()))
    }

    fn comprehension(&mut self, element: &'a Expr, generators: &'a [Comprehension]) -> Value {
        if let Some(numbers) = self.numbers(element, generators).or_else(|| self.computed_list(element, generators)) {
            return numbers;
        }
        for generator in generators {
            let iterated = self.expression(&generator.iter);
            let value = match iterated {
                Value::Many(element) => (*element).clone(),
                Value::Sequence(values) if !values.is_empty() => {
                    values.iter().cloned().reduce(Value::or).unwrap_or(Value::Unknown)
                }
                _ => Value::Unknown,
            };
            self.assign(&generator.target, value);
        }
        Value::Many(Rc::new(self.expression(element)))
    }

    fn name(&mut self, name: &str) -> Value {
        if name == "__name__" {
            let name = if self.file() == 0 { "__main__" } else { "module" };
            return Value::Text(name.into());
        }
        if let Some(value) = self.memory.get(self.scope(), name) {
            return value.clone();
        }
        // From a star import, if the class is one of those that we know.
        let file = self.file();
        let mut star_imports = self.star_imports.iter().filter(|(of, _)| *of == file).map(|(_, module)| module);
        if let Some(module) = star_imports.clone().find(|module| {
            (module.ends_with("lr_scheduler") && advisor::classes::class_named(name).is_some())
                || (&***module == "torch.optim" && (names::is_optimizer_class(name) || name == "lr_scheduler"))
        }) {
            return Value::Qualified(format!("{module}.{name}").into());
        }
        // A listing without its imports: nothing else can be meant.
        match name {
            "torch" => Value::Qualified("torch".into()),
            "DataLoader" => Value::Qualified("torch.utils.data.DataLoader".into()),
            // What comes from a star import of something else may be of that name, too, unless nobody would take it.
            _ if name.starts_with(|first: char| first.is_ascii_uppercase())
                && (star_imports.all(|module| module.starts_with("torch")) || names::is_only_of_torch(name))
                && advisor::classes::class_named(name).is_some() =>
            {
                Value::Qualified(format!("torch.optim.lr_scheduler.{name}").into())
            }
            "SGD" | "Adam" | "AdamW" | "RMSprop" | "Adagrad" => Value::Qualified(format!("torch.optim.{name}").into()),
            _ => Value::opaque(name, name),
        }
    }

    /// `value.name`.
    pub(super) fn attribute(&mut self, value: &Value, name: &str) -> Value {
        match value {
            Value::Changing => Value::Changing,
            Value::Optimizer(id) if name == "param_groups" => Value::Group(Some(*id)),
            // Something that wraps an optimizer: `scaler.optimizer`, `optimizer.module`.
            Value::Optimizer(_) if names::is_optimizer(name) || name == "module" => value.clone(),
            Value::Opaque(Opaque { .. }) | Value::Either(_) if name == "param_groups" => {
                Value::Group(self.optimizer_of(value, true))
            }
            Value::Unknown if name == "param_groups" => Value::Group(None),
            Value::Schedule(id) if name == "optimizer" => match self.schedules[id.0].optimizer {
                Some(optimizer) => Value::Optimizer(optimizer),
                None => Value::Unknown,
            },
            Value::Schedule(_) if name == "step" => {
                self.hand_on(value);
                Value::Unknown
            }
            // `FLAGS.epochs` of absl.
            Value::Qualified(module) if module.ends_with("flags.FLAGS") => match self.option(name) {
                Some(default) => self.option_value("FLAGS", name, default),
                None => Value::opaque(format!("FLAGS.{name}"), name),
            },
            Value::Qualified(module) => self.qualified(format!("{module}.{name}")),
            Value::Module(module) => self.module_attribute(*module, name),
            Value::Object(object) => self.member(*object, name),
            // `Trainer.train(model, loader)`: a static method, or one that is given its object.
            Value::Class(class) => self
                .class_attribute(*class, name)
                .or_else(|| self.method(*class, name).map(Value::Function))
                .unwrap_or(Value::Unknown),
            Value::Opaque(Opaque { key, .. }) if is_unimported(key, name) => Value::Qualified(
                format!("torch.optim.{}{name}", if &**key == "optim" { "" } else { "lr_scheduler." }).into(),
            ),
            Value::Opaque(_) if name == "__dict__" && is_options(value) => value.clone(),
            Value::Opaque(_) if is_options(value) && self.configured_options.get(name).is_some() => {
                self.configured_options.get(name).cloned().unwrap_or(Value::Unknown)
            }
            Value::Opaque(Opaque { key, .. }) => {
                let path = [key, ".", name].concat();
                if let Some(kept) = self.memory.attribute(BEYOND, &path) {
                    return kept.clone();
                }
                if let Some(told) = self.of_trainer(key, name) {
                    return told;
                }
                // `args.num_train_epochs` of `args = TrainingArguments(num_train_epochs=3)`.
                if let Some(told) = self.told.get(key).and_then(|index| self.settings[*index].number(name)) {
                    return Value::number(told.clone().with_unit(names::unit_of(name)));
                }
                match self.option(name) {
                    Some(default) => self.option_value(key, name, default),
                    None => Value::opaque(path, name),
                }
            }
            // `args = checkpoint['args']` where a run is resumed: the options are the same.
            Value::Either(ways) if let Some(options) = ways.iter().find(|way| is_options(way)) => {
                self.attribute(&options.clone(), name)
            }
            dict if dict.is_dict() => match (dict.entry(name), self.option(name)) {
                (Some(value), _) => value,
                (None, Some(default)) => self.option_value("dict", name, default),
                (None, None) => Value::opaque(format!("dict.{name}"), name),
            },
            Value::Loader(key) if name == "dataset" => Value::opaque(format!("{key}.dataset"), "dataset"),
            _ => Value::Unknown,
        }
    }

    /// The default of a command-line option of that name.
    pub(super) fn option(&self, name: &str) -> Option<Option<&'a Expr>> {
        self.options.get(name).copied()
    }

    /// Whether a value is that of an option without a default: nothing, in a run that is told nothing.
    pub(super) fn is_unset(&self, value: &Value) -> bool {
        self.default_of(value).is_some_and(|default| default.is_none_or(Expr::is_none_literal_expr))
    }

    /// The default of the command-line option that a value is: `config` of `args.config`.
    pub(super) fn default_of(&self, value: &Value) -> Option<Option<&'a Expr>> {
        let Value::Opaque(Opaque { key, name, .. }) = value else { return None };
        let is_attribute = key.strip_suffix(&**name).is_some_and(|of| of.ends_with('.'));
        self.option(name).filter(|_| is_attribute)
    }

    /// The value of an option: a number keeps its default and its name, anything else is out of sight.
    fn option_value(&mut self, of: &str, name: &str, default: Option<&'a Expr>) -> Value {
        let key = format!("{of}.{name}");
        match default.map(|default| self.expression(default)) {
            Some(Value::Number(number)) => Value::number(Quantity::symbol(&key, names::unit_of(name), number.value)),
            // `default='20'` with `type=int`.
            Some(Value::Text(text)) if tells_of_run(name) && text.parse::<f64>().is_ok() => {
                Value::number(Quantity::symbol(&key, names::unit_of(name), text.parse().ok()))
            }
            Some(Value::Sequence(values)) if values.iter().all(|value| matches!(value, Value::Number(_))) => {
                Value::Sequence(Rc::new(values.iter().map(|value| value.clone().named(name)).collect()))
            }
            _ => Value::opaque(key, name),
        }
    }

    fn member(&mut self, object: usize, name: &str) -> Value {
        if let Some(value) = self.memory.attribute(object, name) {
            return value.clone();
        }
        let class = self.memory.class_of(object);
        if let Some(method) = self.method(class, name) {
            // A property is what it returns.
            let is_property = self.functions[method].definition.decorator_list.iter().any(|decorator| {
                matches!(&decorator.expression, Expr::Name(name) if matches!(name.id.as_str(), "property" | "cached_property"))
            });
            return if is_property {
                self.call_function(method, Some(object), None)
            } else {
                Value::Method(method, object)
            };
        }
        self.class_attribute(class, name).unwrap_or_else(|| Value::opaque(format!("object{object}.{name}"), name))
    }

    fn class_attribute(&mut self, class: usize, name: &str) -> Option<Value> {
        let (lineage, _) = self.lineage(class);
        for class in lineage {
            let scope = self.classes[class].scope;
            if let Some(value) = self.memory.own(scope, name) {
                return Some(value.clone());
            }
        }
        None
    }

    /// `value[index]`.
    pub(super) fn element(&mut self, value: &Value, index: &Value) -> Value {
        match (value, index) {
            (Value::Changing, _) => Value::Changing,
            (Value::Many(element), _) => (**element).clone(),
            // `param_groups[0]`; what is in a group is a number that changes.
            (Value::Group(_), Value::Text(_)) => Value::Changing,
            (Value::Group(optimizer), _) => Value::Group(*optimizer),
            (Value::Sequence(values), Value::Number(number)) => {
                let at = number.value.filter(|at| at.fract() == 0.0).and_then(|at| {
                    let at = if at < 0.0 { at + values.len() as f64 } else { at };
                    values.get(at as usize).filter(|_| at >= 0.0)
                });
                at.cloned().unwrap_or(Value::Unknown)
            }
            // Of one of several lists, of which some may be too short.
            (Value::Either(lists), Value::Number(_)) if value.is_list() => {
                let elements = lists.iter().map(|list| self.element(list, index));
                elements.filter(|element| *element != Value::Unknown).reduce(Value::or).unwrap_or(Value::Unknown)
            }
            (dict, Value::Text(key)) if dict.is_dict() => {
                dict.entry(key).unwrap_or_else(|| Value::opaque(format!("dict[{key}]"), key.clone()))
            }
            // One of them, whichever is chosen.
            (Value::Dict(items), Value::Opaque(_) | Value::Unknown) if !items.is_empty() => {
                items.iter().map(|(_, value)| value.clone()).reduce(Value::or).unwrap_or(Value::Unknown)
            }
            // `dataloaders['train']` is a loader.
            (Value::Opaque(Opaque { key, name, .. }), Value::Text(text)) if names::is_loaders(name) => {
                Value::Loader(format!("{key}[{text}]").into())
            }
            (Value::Opaque(Opaque { key, .. }), Value::Text(text)) if &**key == "args" => {
                let text = text.clone();
                self.attribute(value, &text)
            }
            (Value::Opaque(Opaque { key, .. }), Value::Text(text)) => {
                Value::opaque(format!("{key}[{text}]"), text.clone())
            }
            // `wandb.config["n_epochs"]`
            (Value::Qualified(path), Value::Text(text)) if !path.starts_with("torch") => {
                Value::opaque(format!("{path}[{text}]"), text.clone())
            }
            // `loaders[0]` is what it is called where it is kept.
            (Value::Opaque(Opaque { key, .. }), Value::Number(number)) if let Some(at) = number.value => {
                Value::opaque(format!("{key}[{at}]"), "")
            }
            _ => Value::Unknown,
        }
    }

    /// A number of batches in an epoch, as computed or, where that is not known, as written.
    fn batches_of(&self, operation: &'a ExprBinOp, value: Value) -> Value {
        Value::number(match value {
            Value::Number(quantity) if quantity.value.is_some() => (*quantity).clone().with_unit(Unit::StepsPerEpoch),
            _ => Quantity::symbol(&self.wording_of(operation), Unit::StepsPerEpoch, None),
        })
    }
}

/// `len(dataset) // batch_size`, by what is divided and by the name of what it is divided by.
fn is_number_of_batches(operation: &ExprBinOp) -> bool {
    const COUNTS: [&str; 8] = [
        "num_samples",
        "n_samples",
        "num_examples",
        "n_examples",
        "n_train",
        "num_train",
        "train_size",
        "dataset_size",
    ];
    let counts = match &*operation.left {
        Expr::Call(call) => last_name(&call.func) == Some("len"),
        left => last_name(left).is_some_and(|name| COUNTS.contains(&name.to_ascii_lowercase().as_str())),
    };
    let of_batch = |expression: &Expr| {
        last_name(expression).is_some_and(|name| {
            let lower = name.to_ascii_lowercase();
            lower.ends_with("batch_size") || lower.ends_with("batchsize") || lower == "bs"
        })
    };
    // `batch_size * accumulation`.
    let by_batch = match &*operation.right {
        Expr::BinOp(product) if product.op == Operator::Mult => of_batch(&product.left) || of_batch(&product.right),
        right => of_batch(right),
    };
    matches!(operation.op, Operator::Div | Operator::FloorDiv) && counts && by_batch
}

/// What `parse_args()` gives.
pub(super) fn is_options(value: &Value) -> bool {
    matches!(value, Value::Opaque(Opaque { key, .. }) if &**key == "args")
}

/// `optim.SGD`, `lr_scheduler.StepLR` in a listing without its imports.
fn is_unimported(module: &str, name: &str) -> bool {
    match module {
        "optim" => name == "lr_scheduler" || names::is_optimizer_class(name),
        "lr_scheduler" => {
            name.starts_with(|first: char| first.is_ascii_uppercase()) && advisor::classes::class_named(name).is_some()
        }
        _ => false,
    }
}

/// `left op right`.
pub(super) fn binary(left: &Value, operator: Operator, right: &Value) -> Value {
    if *left == Value::Changing || *right == Value::Changing {
        return Value::Changing;
    }
    if let (Value::Sequence(a), Value::Sequence(b), Operator::Add) = (left, right, operator) {
        return Value::Sequence(Rc::new([a.as_slice(), b.as_slice()].concat()));
    }
    let (a, b) = (left.quantity(), right.quantity());
    let result = match operator {
        Operator::Add => a.plus(&b),
        Operator::Sub => a.minus(&b),
        Operator::Mult => a.times(&b),
        Operator::Div => a.over(&b),
        Operator::FloorDiv => a.floor_over(&b),
        Operator::Mod => a.remainder(&b),
        Operator::Pow => a.power(&b),
        _ => return Value::Unknown,
    };
    // `config["epoch"] // 10` has no value, form or unit, but a way to be computed.
    if result == Quantity::unknown() && !result.is_computed() { Value::Unknown } else { Value::number(result) }
}
