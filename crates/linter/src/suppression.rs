//! Comments that silence findings.
//!
//! ```text
//! scheduler.step()  # lrscope: ignore[plateau-without-metric] a reason      this line
//! # lrscope: ignore[LRS301, units]                                          the next line with code
//! # lrscope: ignore-file[units]                                             the whole file
//! scheduler.step()  # noqa: LRS301                                          this line, as other tools do it
//! ```
//!
//! Without `[...]` all rules are meant. A comment that silences nothing is a finding itself.

use advisor::rules::{Selector, UNUSED_SUPPRESSION};
use advisor::{Change, Edit, Finding, Fix, Span};
use ruff_python_ast::ModModule;
use ruff_python_ast::token::TokenKind;
use ruff_python_parser::Parsed;
use ruff_text_size::{Ranged, TextLen, TextRange, TextSize};

use crate::modules::Elsewhere;
use crate::source;

/// What is found in a document.
#[derive(Clone, Debug, Default)]
pub struct Linted {
    /// In the order of the source.
    pub findings: Vec<Finding>,
    /// What comments silence, with the reasons that they give.
    pub suppressed: Vec<(Finding, String)>,
    /// What is wrong in other files, as this one runs them.
    pub elsewhere: Vec<Elsewhere>,
}

/// Whether a source may have comments in it that name us or a rule of ours, which are found wanting even where there
/// is nothing to silence.
pub(crate) fn concerns(has: &dyn Fn(&str) -> bool) -> bool {
    has("lrscope:") || NOQA.iter().any(|word| has(word)) && (has("LRS") || has("lrs"))
}

/// How people write it.
const NOQA: [&str; 3] = ["noqa", "NOQA", "NoQA"];

/// Parts the findings in a document by its comments.
pub(crate) fn apply(code: &str, parsed: &Parsed<ModModule>, findings: Vec<Finding>) -> Linted {
    if !(source::has(code, "lrscope:") || NOQA.iter().any(|word| source::has(code, word))) {
        return Linted { findings, ..Linted::default() };
    }
    let mut suppressions = Vec::new();
    let (mut comments, mut start) = (Vec::new(), TextSize::from(0));
    for token in parsed.tokens() {
        match token.kind() {
            TokenKind::Comment => comments.push(token.range()),
            // The comments before the end of a logical line are behind it, inside of it, or above it.
            TokenKind::Newline => {
                let line = TextRange::new(start, token.end());
                suppressions.extend(comments.drain(..).filter_map(|comment| Suppression::read(code, comment, line)));
                start = token.end();
            }
            _ => {}
        }
    }
    let rest = TextRange::new(start, code.text_len());
    suppressions.extend(comments.into_iter().filter_map(|comment| Suppression::read(code, comment, rest)));
    let mut linted = Linted::default();
    for finding in findings {
        let mut reasons = Vec::new();
        for suppression in &mut suppressions {
            if suppression.silences(&finding) {
                reasons.push(suppression.reason);
            }
        }
        match reasons.first() {
            Some(reason) => linted.suppressed.push((finding, (*reason).to_owned())),
            None => linted.findings.push(finding),
        }
    }
    linted.findings.extend(suppressions.iter().filter_map(|suppression| suppression.complaint(code)));
    linted.findings.sort_by_key(|finding| (finding.span, finding.rule.code));
    linted
}

/// One comment.
struct Suppression<'a> {
    comment: TextRange,
    scope: Scope,
    /// As written; empty where all rules are meant.
    rules: Vec<Named<'a>>,
    reason: &'a str,
    /// A word behind `lrscope:` that means nothing.
    misspelt: Option<&'a str>,
    /// Written for all tools, so it may well have nothing to do here.
    for_all_tools: bool,
    used: bool,
}

/// A rule as written in a comment.
struct Named<'a> {
    text: &'a str,
    selector: Option<Selector>,
    used: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    File,
    /// A logical line: a statement over several lines is one.
    Line(TextRange),
}

impl<'a> Suppression<'a> {
    fn read(code: &'a str, comment: TextRange, line: TextRange) -> Option<Self> {
        let text = code.get(comment.to_std_range())?.trim_start_matches('#').trim_start();
        let nothing = Self {
            comment,
            scope: Scope::Line(line),
            rules: Vec::new(),
            reason: "",
            misspelt: None,
            for_all_tools: false,
            used: false,
        };
        if let Some(rest) = text.strip_prefix("lrscope:") {
            let rest = rest.trim_start();
            let word = rest.split(|char: char| !char.is_ascii_alphabetic() && char != '-').next().unwrap_or_default();
            let behind = rest.get(word.len()..).unwrap_or_default();
            let (rules, reason) = match behind.strip_prefix('[').and_then(|list| list.split_once(']')) {
                Some((list, reason)) => (names(list), reason.trim()),
                None => (Vec::new(), behind.trim()),
            };
            let scope = match word {
                "ignore" => nothing.scope,
                "ignore-file" => Scope::File,
                // `# lrscope: a tool that ...` is prose; with a list of rules it is meant.
                _ if behind.starts_with('[') => return Some(Self { misspelt: Some(word), ..nothing }),
                _ => return None,
            };
            return Some(Self { scope, rules, reason, ..nothing });
        }
        let rest = text.get(..4).filter(|word| NOQA.contains(word)).and_then(|_| text.get(4..))?;
        let Some(list) = rest.trim_start().strip_prefix(':') else {
            return Some(Self { for_all_tools: true, ..nothing });
        };
        let is_ours = |name: &Named<'_>| name.text.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("LRS"));
        let rules: Vec<Named<'_>> = list
            .split(|char: char| char == ',' || char.is_whitespace())
            .filter(|name| !name.is_empty())
            .map(named)
            .filter(is_ours)
            .collect();
        (!rules.is_empty()).then_some(Self { rules, ..nothing })
    }

    /// Whether a finding is silenced, which makes the comment a used one.
    fn silences(&mut self, finding: &Finding) -> bool {
        let covers = match self.scope {
            Scope::File => true,
            Scope::Line(line) => line.contains(TextSize::from(finding.span.start)),
        };
        if self.misspelt.is_some() || !covers {
            return false;
        }
        if self.rules.is_empty() {
            self.used = true;
            return true;
        }
        let mut silenced = false;
        for name in &mut self.rules {
            if name.selector.is_some_and(|selector| selector.matches(finding.rule)) {
                name.used = true;
                silenced = true;
            }
        }
        silenced
    }

    /// What is wrong with the comment itself.
    fn complaint(&self, code: &str) -> Option<Finding> {
        let span = Span::new(0, self.comment.start().to_u32(), self.comment.end().to_u32());
        let why = "The next mistake on this line would go unseen.";
        let finding = |what: String, help: &str| UNUSED_SUPPRESSION.finding(span, what, why, help);
        if let Some(word) = self.misspelt {
            let what = format!("`lrscope: {word}` means nothing.");
            return Some(finding(what, "Write `ignore[...]` for a line or `ignore-file[...]` for the file."));
        }
        if let Some(name) = self.rules.iter().find(|name| name.selector.is_none()) {
            let what = format!("There is no rule `{}`.", name.text);
            return Some(finding(what, "`lrscope rule --all` lists the rules."));
        }
        let unused: Vec<String> =
            self.rules.iter().filter(|name| !name.used).map(|name| format!("`{}`", name.text)).collect();
        let all = unused.len() == self.rules.len();
        if self.for_all_tools || self.used || (unused.is_empty() && !self.rules.is_empty()) {
            return None;
        }
        let what = match &unused[..] {
            [] => "This comment silences nothing.".to_owned(),
            unused => format!("This comment silences nothing for {}.", unused.join(", ")),
        };
        let help = if all { "Remove the comment." } else { "Remove what is not needed from the comment." };
        let mut finding = finding(what, help);
        // A `noqa` may hold codes of other tools.
        let is_ours = code.get(self.comment.to_std_range()).is_some_and(|text| text.contains("lrscope:"));
        if all && is_ours {
            let edit = removal(code, self.comment);
            let change = Change::Replace { span: edit.span, text: String::new() };
            let mut fix = Fix::safe("Remove the comment", change);
            fix.edits.push(edit);
            finding.fix = Some(fix);
        }
        Some(finding)
    }
}

fn names(list: &str) -> Vec<Named<'_>> {
    list.split(',').map(str::trim).filter(|name| !name.is_empty()).map(named).collect()
}

fn named(text: &str) -> Named<'_> {
    Named { text, selector: Selector::parse(text), used: false }
}

/// Takes a comment away: with its line, where it stands alone.
fn removal(code: &str, comment: TextRange) -> Edit {
    let (start, end) = (comment.start().to_usize(), comment.end().to_usize());
    let line = line_start(code, start);
    let before = code.get(line..start).unwrap_or_default();
    let (from, to) =
        if before.trim().is_empty() { (line, line_end(code, end)) } else { (line + before.trim_end().len(), end) };
    Edit { span: Span::new(0, from as u32, to as u32), text: String::new() }
}

/// The first byte of the line with byte `at`.
fn line_start(code: &str, at: usize) -> usize {
    code.as_bytes().get(..at).and_then(|before| before.iter().rposition(|byte| *byte == b'\n')).map_or(0, |at| at + 1)
}

/// One past the line break of the line with byte `at`.
fn line_end(code: &str, at: usize) -> usize {
    let rest = code.as_bytes().get(at..).unwrap_or_default();
    rest.iter().position(|byte| *byte == b'\n').map_or(code.len().max(1), |length| at + length + 1)
}
