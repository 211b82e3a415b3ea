//! What a quick look over the whole tree tells: command-line options with their defaults, and which names are called.

use rustc_hash::FxHashSet as HashSet;

use advisor::quantity::Unit;
use ruff_python_ast::{Decorator, Expr, ExprCall, Stmt};

use crate::names;
use crate::syntax::last_name;
use crate::table::Table;
use crate::walk::{Visitor, walk_expr};

/// Options by the name they have on the result of `parse_args()`, with their defaults.
pub fn collect(body: &[Stmt]) -> Table<Option<&Expr>> {
    let mut found = Options(Table::default());
    found.visit_body(body);
    found.0
}

/// Whether the command line of a module tells how long to train, or at what LR.
pub fn tell_of_run(body: &[Stmt]) -> bool {
    collect(body).entries().iter().any(|(name, _)| tells_of_run(name))
}

/// Whether a module tells a function that trains, by its name, for how long or at what LR: `train(model, epochs=EPOCHS)`.
pub fn train_elsewhere(body: &[Stmt]) -> bool {
    struct Told(bool);
    impl<'a> Visitor<'a> for Told {
        fn visit_expr(&mut self, expression: &'a Expr) {
            if let Expr::Call(call) = expression
                && last_name(&call.func).is_some_and(names::trains)
            {
                let mut told = call.arguments.keywords.iter().filter_map(|keyword| keyword.arg.as_deref());
                self.0 |= told.any(tells_of_run);
            }
            walk_expr(self, expression);
        }
    }
    let mut told = Told(false);
    told.visit_body(body);
    told.0
}

/// Whether a number of that name says how long to train, or at what LR.
pub fn tells_of_run(name: &str) -> bool {
    names::unit_of(name) == Unit::Epochs || matches!(name, "lr" | "learning_rate" | "base_lr")
}

struct Options<'a>(Table<Option<&'a Expr>>);

impl<'a> Visitor<'a> for Options<'a> {
    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Call(call) = expression
            && let Expr::Attribute(function) = &*call.func
            && function.attr.as_str() == "add_argument"
            && let Some(name) = option_name(call)
        {
            let default = call.arguments.keywords.iter().find(|keyword| is_named(keyword, "default"));
            self.0.insert(&name.replace('-', "_"), default.map(|keyword| &keyword.value));
        }
        // `parser.set_defaults(max_epochs=100)`.
        if let Expr::Call(call) = expression
            && last_name(&call.func) == Some("set_defaults")
        {
            for keyword in &call.arguments.keywords {
                if let Some(name) = &keyword.arg {
                    self.0.insert(name.as_str(), Some(&keyword.value));
                }
            }
        }
        // `flags.DEFINE_integer("epochs", 90, "How many.")` of absl.
        if let Expr::Call(call) = expression
            && last_name(&call.func).is_some_and(|name| name.starts_with("DEFINE_"))
            && let Some(Expr::StringLiteral(name)) = call.arguments.find_argument_value("name", 0)
        {
            let default = call.arguments.find_argument_value("default", 1);
            self.0.insert(name.value.to_str(), default);
        }
        walk_expr(self, expression);
    }
}

/// The default of a parameter that a command line gives: `@click.option("--start-lr", default=0.001)` for `start_lr`.
pub fn click_default<'a>(decorators: &'a [Decorator], parameter: &str) -> Option<&'a Expr> {
    decorators.iter().find_map(|decorator| {
        let Expr::Call(call) = &decorator.expression else { return None };
        let is_it = last_name(&call.func) == Some("option") && click_name(call)? == parameter;
        let default = call.arguments.keywords.iter().find(|keyword| is_named(keyword, "default"));
        default.filter(|_| is_it).map(|keyword| &keyword.value)
    })
}

/// A name without dashes says it; else the first long flag does.
fn click_name(call: &ExprCall) -> Option<String> {
    let mut names = call.arguments.args.iter().filter_map(|argument| match argument {
        Expr::StringLiteral(literal) => Some(literal.value.to_str()),
        _ => None,
    });
    let flag = || option_name(call).map(|flag| flag.split('/').next().unwrap_or_default());
    let name = names.find(|name| !name.starts_with('-')).or_else(flag)?;
    Some(name.replace('-', "_").to_ascii_lowercase())
}

/// `typer.Option(20)`: the 20.
pub fn typer_default(default: &Expr) -> Option<&Expr> {
    let Expr::Call(call) = default else { return None };
    let is_typer = matches!(&*call.func, Expr::Attribute(of)
        if matches!(of.attr.as_str(), "Option" | "Argument") && last_name(&of.value) == Some("typer"));
    call.arguments.find_argument_value("default", 0).filter(|_| is_typer)
}

fn is_named(keyword: &ruff_python_ast::Keyword, name: &str) -> bool {
    keyword.arg.as_ref().is_some_and(|arg| arg.as_str() == name)
}

/// `dest=`, else the first long flag, else the only one. Dashes inside become underscores in the attribute.
fn option_name(call: &ExprCall) -> Option<&str> {
    fn string(expression: &Expr) -> Option<&str> {
        match expression {
            Expr::StringLiteral(literal) => literal.as_single_part_string().map(|part| &*part.value),
            _ => None,
        }
    }
    if let Some(dest) = call.arguments.keywords.iter().find(|keyword| is_named(keyword, "dest")) {
        return string(&dest.value);
    }
    let mut flags = call.arguments.args.iter().filter_map(string);
    let long = flags.clone().find(|flag| flag.starts_with("--"));
    long.or_else(|| flags.next()).map(|flag| flag.trim_start_matches('-'))
}

/// The last parts of all names that are called anywhere, and of those that are called on `super()`.
#[derive(Default)]
pub struct Called<'a> {
    pub names: HashSet<&'a str>,
    pub above: HashSet<&'a str>,
}

impl<'a> Called<'a> {
    pub fn anywhere_in(body: &'a [Stmt]) -> Self {
        let mut found = Self::default();
        found.visit_body(body);
        found
    }
}

impl<'a> Visitor<'a> for Called<'a> {
    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Call(call) = expression {
            match &*call.func {
                Expr::Name(name) => {
                    self.names.insert(name.id.as_str());
                }
                Expr::Attribute(attribute) => {
                    let is_above = matches!(&*attribute.value, Expr::Call(of)
                        if matches!(&*of.func, Expr::Name(name) if name.id.as_str() == "super"));
                    if is_above { &mut self.above } else { &mut self.names }.insert(attribute.attr.as_str());
                }
                _ => {}
            }
        }
        walk_expr(self, expression);
    }
}
