//! Reads settings, and tells what is wrong with them: where, and what may have been meant.

use std::ops::Range;

use advisor::rules::Selector;
use linter::source::Lines;
use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Config;

/// What is wrong with settings, in one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem(pub String);

/// The settings in a text; of `pyproject.toml` those in `[tool.lrscope]`, `None` without it. What is wrong is told and
/// left out.
pub fn read(name: &str, text: &str, is_pyproject: bool) -> (Option<Config>, Vec<Problem>) {
    let reader = Reader { name, text };
    let root = match DeTable::parse(text) {
        Ok(root) => root,
        Err(error) => return (None, vec![reader.problem(error.span(), &one_line(error.message()))]),
    };
    if !is_pyproject {
        let (config, problems) = reader.config(root);
        return (Some(config), problems);
    }
    let mut root = root.into_inner();
    let Some(mut tool) = root.remove("tool") else { return (None, Vec::new()) };
    let DeValue::Table(tool) = tool.get_mut() else { return (None, Vec::new()) };
    let Some(section) = tool.remove("lrscope") else { return (None, Vec::new()) };
    let span = section.span();
    let DeValue::Table(table) = section.into_inner() else {
        return (None, vec![reader.problem(Some(span), "`tool.lrscope` must be a table.")]);
    };
    let (config, problems) = reader.config(Spanned::new(span, table));
    (Some(config), problems)
}

/// ` Did you mean ...?`, if one of the names is near.
pub fn did_you_mean<'n>(text: &str, names: impl IntoIterator<Item = &'n str>) -> String {
    let lower = text.to_ascii_lowercase().replace('_', "-");
    let near = names.into_iter().map(|name| (strsim::jaro_winkler(&lower, &name.to_ascii_lowercase()), name));
    match near.filter(|(likeness, _)| *likeness > 0.8).max_by(|(one, _), (other, _)| one.total_cmp(other)) {
        Some((_, name)) => format!(" Did you mean `{name}`?"),
        None => String::new(),
    }
}

/// `There is no rule or group ...`.
pub fn no_such_rule(text: &str) -> String {
    format!("there is no rule or group `{text}`.{}", did_you_mean(text, Selector::known()))
}

struct Reader<'t> {
    name: &'t str,
    text: &'t str,
}

impl Reader<'_> {
    fn problem(&self, span: Option<Range<usize>>, message: &str) -> Problem {
        let place = Lines::new(self.text.as_bytes()).place(self.text.as_bytes(), span.map_or(0, |span| span.start));
        Problem(format!("{}:{}:{}: {message}", self.name, place.line, place.column))
    }

    fn config(&self, table: Spanned<DeTable<'_>>) -> (Config, Vec<Problem>) {
        let (config, mut problems) = self.checked(table);
        problems.sort_by_key(|(at, _)| *at);
        (config, problems.into_iter().map(|(_, problem)| problem).collect())
    }

    /// The settings, and what is wrong with them, with the first byte of it.
    fn checked(&self, table: Spanned<DeTable<'_>>) -> (Config, Vec<(usize, Problem)>) {
        let span = table.span();
        let mut table = table.into_inner();
        let mut problems = Vec::new();
        let unknown: Vec<_> = table.keys().filter(|key| !Config::KEYS.contains(&&**key.get_ref())).cloned().collect();
        for key in unknown {
            let help = did_you_mean(key.get_ref(), Config::KEYS);
            let message = format!("there is no setting `{}`.{help}", key.get_ref());
            problems.push((key.span().start, self.problem(Some(key.span()), &message)));
            table.remove(&key);
        }
        for (key, value) in &table {
            self.check_rules(key.get_ref(), value, &mut problems);
        }
        // Of a wrong type: told, left out, and on to the next one.
        loop {
            let deserializer = toml::de::Deserializer::from(Spanned::new(span.clone(), table.clone()));
            let error = match Config::deserialize(deserializer) {
                Ok(config) => return (config, problems),
                Err(error) => error,
            };
            let at = error.span().unwrap_or_default();
            let wrong = table.iter().find(|(_, value)| value.span().start <= at.start && at.start < value.span().end);
            let wrong = wrong.map(|(key, value)| (key.clone(), value.span()));
            let message = one_line(error.message());
            let Some((key, value)) = wrong else {
                problems.push((at.start, self.problem(error.span(), &message)));
                return (Config::default(), problems);
            };
            let at = if at.is_empty() { value } else { at };
            problems.push((at.start, self.problem(Some(at), &format!("`{}`: {message}.", key.get_ref()))));
            table.remove(&key);
        }
    }

    /// Names of rules that do not exist.
    fn check_rules(&self, key: &str, value: &Spanned<DeValue<'_>>, problems: &mut Vec<(usize, Problem)>) {
        let mut check = |text: &str, span: Range<usize>| {
            if Selector::parse(text).is_none() {
                problems.push((span.start, self.problem(Some(span), &no_such_rule(text))));
            }
        };
        let mut check_list = |value: &Spanned<DeValue<'_>>| {
            for item in value.get_ref().as_array().into_iter().flatten() {
                if let Some(text) = item.get_ref().as_str() {
                    check(text, item.span());
                }
            }
        };
        match (key, value.get_ref()) {
            ("select" | "extend-select" | "ignore", _) => check_list(value),
            ("per-file-ignores", DeValue::Table(patterns)) => patterns.iter().for_each(|(_, list)| check_list(list)),
            ("severity", DeValue::Table(levels)) => {
                levels.iter().for_each(|(name, _)| check(name.get_ref(), name.span()));
            }
            _ => {}
        }
    }
}

fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> Vec<String> {
        read("lrscope.toml", text, false).1.into_iter().map(|problem| problem.0).collect()
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place_and_the_rest_is_kept() {
        let text = "selct = []\nhints = 3\n\nignore = [\"units\", \"plateau-without-metrik\"]\nfail_on = \"error\"\n\
                    min-severity = \"fatal\"\n[severity]\nplateau-wihtout-metric = \"info\"\n";
        let (config, problems) = read("lrscope.toml", text, false);
        let problems: Vec<String> = problems.into_iter().map(|problem| problem.0).collect();
        insta::assert_snapshot!(problems.join("\n"), @r"
        lrscope.toml:1:1: there is no setting `selct`. Did you mean `select`?
        lrscope.toml:2:9: `hints`: invalid type: integer `3`, expected a boolean.
        lrscope.toml:4:20: there is no rule or group `plateau-without-metrik`. Did you mean `plateau-without-metric`?
        lrscope.toml:5:1: there is no setting `fail_on`. Did you mean `fail-on`?
        lrscope.toml:6:16: `min-severity`: unknown variant `fatal`, expected one of `info`, `warning`, `error`.
        lrscope.toml:8:1: there is no rule or group `plateau-wihtout-metric`. Did you mean `plateau-without-metric`?
        ");
        assert_eq!(config.unwrap().ignore.unwrap().len(), 2);
    }

    #[test]
    fn only_its_own_section_of_pyproject_is_read() {
        let read = |text| read("pyproject.toml", text, true);
        assert_eq!(read("[tool.ruff]\nselct = 1\n"), (None, Vec::new()));
        assert_eq!(read("[tool.lrscope]\nhints = true\n").0.unwrap().hints, Some(true));
        assert_eq!(read("[tool]\nlrscope = 1\n").1[0].0, "pyproject.toml:2:11: `tool.lrscope` must be a table.");
        assert!(read("[tool.lrscope\n").1[0].0.starts_with("pyproject.toml:1:14: "));
        assert!(problems("[tool.lrscope]\nhints = true\n")[0].contains("no setting `tool`"));
    }
}
