//! What is printed and logged, and whether it is the LR.

use ruff_python_ast::{Expr, ExprCall, ExprDict, Operator};
use ruff_text_size::Ranged;

use super::Survey;
use super::words::{is_lr_label, is_lr_variable};
use crate::syntax::{is_text, last_name};
use crate::{metric, names};

impl<'a> Survey<'a> {
    /// Calls that print or log.
    pub(super) fn showing(&mut self, call: &'a ExprCall, name: &str, lower: &str, receiver: &str) {
        const SHOW: [&str; 14] = [
            "print",
            "log",
            "info",
            "debug",
            "write",
            "add_scalar",
            "add_scalars",
            "update",
            "format",
            "append",
            "set_postfix",
            "set_description",
            "log_metric",
            "report_scalar",
        ];
        if !names::speaks_of(lower)(&["log", "scalar", "summary", "record", "track"]) && !SHOW.contains(&name) {
            return;
        }
        let mut shown = Vec::new();
        for argument in call.arguments.args.iter().chain(call.arguments.keywords.iter().map(|keyword| &keyword.value)) {
            shown.extend(metric::names(argument));
        }
        self.script.lr_variable_is_shown |= shown.iter().any(|name| self.is_lr(name));
        if self.around.loops == 0 {
            return;
        }
        // `history['lr'].append(config['lr'])`, `writer.add_scalar('lr', args.lr, epoch)`.
        let told = receiver.contains("'lr'") || receiver.contains("\"lr\"") || receiver.contains("lrs");
        let labelled = call
            .arguments
            .args
            .first()
            .is_some_and(|first| matches!(first, Expr::StringLiteral(text) if is_lr_label(text.value.to_str())));
        if matches!(name, "print" | "log" | "info" | "add_scalar" | "set_postfix" | "set_description" | "debug") {
            for argument in
                call.arguments.args.iter().chain(call.arguments.keywords.iter().map(|keyword| &keyword.value))
            {
                self.shown_variables(argument);
            }
        }
        for argument in &call.arguments.args {
            if (told || labelled) && matches!(argument, Expr::Attribute(_) | Expr::Subscript(_)) {
                let entry = (self.span(argument.range()), self.wording(argument));
                self.script.configured_lr_logged.push(entry);
            }
            // A parameter group of an optimizer is no log.
            let is_group = |dict: &ExprDict| dict.iter_keys().flatten().any(|key| is_text(key, "params"));
            if let Expr::Dict(dict) = argument
                && !is_group(dict)
            {
                for item in &dict.items {
                    let is_lr =
                        |key: &Expr| matches!(key, Expr::StringLiteral(text) if is_lr_label(text.value.to_str()));
                    let told = matches!(item.value, Expr::Attribute(_) | Expr::Subscript(_));
                    if told && item.key.as_ref().is_some_and(is_lr) {
                        let entry = (self.span(item.value.range()), self.wording(&item.value));
                        self.script.configured_lr_logged.push(entry);
                    }
                }
            }
        }
    }

    /// Takes note of variables named after the LR that are shown as they are: `print(f'lr: {lr}')`.
    fn shown_variables(&mut self, shown: &'a Expr) {
        match shown {
            Expr::Name(name) if is_lr_variable(&name.id) => {
                let span = self.span(name.range());
                self.lrs.shown.push((name.id.as_str(), span));
            }
            Expr::FString(text) => {
                let shown = text.value.elements().filter_map(|element| element.as_interpolation());
                shown.for_each(|shown| self.shown_variables(&shown.expression));
            }
            // `'%f' % (loss, lr)`, `'{}'.format(loss, lr)`.
            Expr::BinOp(formatted) if formatted.left.is_string_literal_expr() => self.shown_variables(&formatted.right),
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|shown| self.shown_variables(shown)),
            Expr::Call(call) if last_name(&call.func) == Some("format") => {
                call.arguments.args.iter().for_each(|shown| self.shown_variables(shown));
            }
            _ => {}
        }
    }

    /// `optimizer.param_groups[-1]['lr'] * 0.1`: of use where the last group has ten times the LR, and copied from there.
    pub(super) fn shown_scaled(&mut self, value: &'a Expr) {
        let Expr::BinOp(scaled) = value else { return };
        let is_lr = self.text(&*scaled.left).contains(".param_groups[") && self.text(&*scaled.left).ends_with("['lr']");
        if scaled.op == Operator::Mult && is_lr && self.text(&*scaled.right) == "0.1" {
            self.script.scaled_lr_logged.push((self.span(value.range()), self.text(value).to_owned()));
        }
    }
}
