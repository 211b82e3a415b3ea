//! `warmup_ratio`, which transformers 5 no longer has.

use crate::finding::{Confidence, Finding, Severity};
use crate::plan::{Owner, Plan};
use crate::rule::{Rule, of_source};

/// The rule.
pub static RULE: Rule = Rule {
    name: "removed-warmup-ratio",
    code: "LRS601",
    severity: Severity::Warning,
    confidence: Confidence::Hint,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "`TrainingArguments` is given `warmup_ratio`.",
        why: "transformers 5.0 deprecated it and later releases of 5 have removed it: 5.23 raises `TypeError: ... got an \
              unexpected keyword argument 'warmup_ratio'`. Its place is taken by `warmup_steps`, which since 5.0 takes a \
              number below 1 for a fraction of the run.",
        example: "
# /// script
# dependencies = ['transformers>=5.14']
# ///
from transformers import TrainingArguments
args = TrainingArguments('out', lr_scheduler_type='cosine', warmup_ratio=0.1)
",
        instead: "
# /// script
# dependencies = ['transformers>=5.14']
# ///
from transformers import TrainingArguments
args = TrainingArguments('out', lr_scheduler_type='cosine', warmup_steps=0.1)
",
        fine: "With transformers below 5 `warmup_ratio` is right and `warmup_steps=0.1` is not. So this is an error only \
               where the project asks for transformers 5.14 or later, a warning from 5.0, nothing where it asks \
               for less than 5, and otherwise a hint. axolotl keeps the option and translates it.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &["# /// script
# dependencies = ['transformers>=5.0']
# ///
from trl import SFTConfig
args = SFTConfig(output_dir='out', warmup_ratio=0.03)
"],
        pass: &[
            "# /// script
# dependencies = ['transformers>=4.41,<5']
# ///
from transformers import TrainingArguments
args = TrainingArguments('out', lr_scheduler_type='cosine', warmup_ratio=0.1)
",
            "
from transformers import TrainingArguments
args = TrainingArguments('out', lr_scheduler_type='cosine', warmup_steps=0.1)
",
        ],
    },
    check: of_source(check),
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    /// Deprecated since.
    const DEPRECATED: (u32, u32) = (5, 0);
    /// Seen to be gone.
    const GONE: (u32, u32) = (5, 14);
    let transformers = plan.requirement("transformers");
    if transformers.is_some_and(|required| required.below.is_some_and(|below| below <= DEPRECATED)) {
        return;
    }
    let at_least = transformers.and_then(|required| required.at_least);
    for settings in plan.settings_of(Owner::TrainingArguments) {
        let Some(argument) = settings.argument("warmup_ratio") else { continue };
        let mut finding = RULE.finding(
            argument.span,
            "transformers 5 has no `warmup_ratio`.".to_owned(),
            match at_least {
                Some((major, minor)) if (major, minor) >= DEPRECATED => format!(
                    "The project asks for transformers {major}.{minor} or later, where the option is deprecated or gone."
                ),
                _ => "Which version of transformers is installed is not known here; 5.0 deprecated the option, and later \
                      releases of 5 raise a TypeError."
                    .to_owned(),
            },
            format!(
                "From transformers 5.0 on, write `warmup_steps={}`: below 1 it is a fraction of the run.",
                argument.text
            ),
        );
        match at_least {
            Some(version) if version >= GONE => {
                finding.severity = Severity::Error;
                finding.confidence = Confidence::Certain;
            }
            Some(version) if version >= DEPRECATED => finding.confidence = Confidence::Likely,
            _ => {}
        }
        findings.push(finding);
    }
}
