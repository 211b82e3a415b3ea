//! A mark by which a finding is known again after lines have moved.

use std::collections::HashMap;
use std::hash::Hasher as _;

use fnv::FnvHasher;

use super::Diagnostic;

/// Marks of the findings of a run: of the path, the rule and the text of the line, and which of those that are alike.
#[derive(Debug, Default)]
pub struct Fingerprints(HashMap<u64, usize>);

impl Fingerprints {
    /// The mark of the next finding.
    pub fn of(&mut self, diagnostic: &Diagnostic<'_>) -> String {
        let code = &diagnostic.file.document.code;
        let at = (diagnostic.finding.span.start as usize).min(code.len());
        let line = code.lines().nth(code.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count());
        let words = line.unwrap_or_default().split_whitespace();
        // An algorithm that stays as it is, unlike that of the standard library.
        let mut hasher = FnvHasher::default();
        let path = diagnostic.file.path.replace('\\', "/");
        for part in [&*path, diagnostic.finding.rule.code].into_iter().chain(words) {
            hasher.write(part.as_bytes());
            hasher.write_u8(0);
        }
        let same = self.0.entry(hasher.finish()).or_default();
        *same += 1;
        hasher.write_usize(*same);
        format!("{:016x}", hasher.finish())
    }
}
