//! Sources with findings mended, turn by turn as the command line does: a fix may make room for another one.

use advisor::Applicability;
use linter::Document;

use super::{check, kind};
use crate::messages::{Mend, Source};

/// Fixes that are not done by then go round in circles.
const MOST_TURNS: usize = 20;

/// The text with fixes in it, and how many.
///
/// # Errors
/// A sentence, where nothing can be mended.
pub fn mend(source: &Source, which: Mend) -> Result<(String, usize), String> {
    let name = kind::file_name(source);
    let mut text = source.text.clone();
    let mut total = 0;
    for _ in 0..MOST_TURNS {
        let (document, findings) = findings(name, &text)?;
        let fixes = findings.iter().filter_map(|finding| finding.fix.as_ref());
        let (fixed, count) = match which {
            Mend::One(index) => {
                let fix = findings.get(index).and_then(|finding| finding.fix.as_ref());
                document.fixed(fix)
            }
            Mend::AllSafe => document.fixed(fixes.filter(|fix| fix.applicability == Applicability::Safe)),
        };
        if count == 0 {
            break;
        }
        text = fixed;
        total += count;
        if which != Mend::AllSafe {
            break;
        }
    }
    if total == 0 {
        return Err("There is nothing here that can be mended; the code may have changed.".into());
    }
    // A fix that breaks the code is a mistake of ours, and not made.
    findings(name, &text)?;
    Ok((text, total))
}

fn findings(name: &str, text: &str) -> Result<(Document, Vec<advisor::Finding>), String> {
    let source = Source { name: name.into(), text: text.into() };
    let unreadable = |problem: linter::source::Unreadable| format!("The code cannot be read: {}", problem.message);
    let document = check::read(name, &source).map_err(|unread| unreadable(unread.1))?;
    let linted = linter::lint(&document).map_err(unreadable)?;
    Ok((document, linted.findings))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::check::check;

    const CODE: &str = "\
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 30, verbose=True)
for epoch in range(90):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step(epoch)
";

    #[test]
    fn safe_fixes_are_made_together_and_single_ones_alone() {
        let source = Source { name: String::new(), text: CODE.into() };
        let before = check(&source, &[]).findings;
        let (text, count) = mend(&source, Mend::AllSafe).unwrap();
        assert!(count >= 1 && !text.contains("verbose"), "{text}");
        let after = check(&Source { text, ..source.clone() }, &[]).findings;
        assert!(after.len() < before.len());

        let index = before.iter().position(|finding| finding.rule == "removed-verbose-argument").unwrap();
        let (one, count) = mend(&source, Mend::One(index)).unwrap();
        assert_eq!((one, count), (CODE.replace(", verbose=True", ""), 1));
    }

    #[test]
    fn what_cannot_be_mended_is_told() {
        let source = Source { name: String::new(), text: "x = 1\n".into() };
        assert!(mend(&source, Mend::One(3)).unwrap_err().contains("nothing"));
        assert!(mend(&Source { text: "f(".into(), ..source }, Mend::AllSafe).unwrap_err().contains("cannot be read"));
    }
}
