//! Code that would take forever to follow is given up.

use std::fmt::Write as _;

use linter::Document;

/// A script that sets the LR by hand to what `body` computes from `epoch`.
fn script(functions: &str, lr: &str) -> String {
    format!(
        "import torch\noptimizer = torch.optim.SGD(model.parameters(), lr=0.1)\n{functions}\nfor epoch in range(10):\n    \
         for group in optimizer.param_groups:\n        group['lr'] = {lr}\n    optimizer.step()\n"
    )
}

fn is_followed(source: String) -> bool {
    let plans = linter::plans_of(&Document::python(source)).expect("it can be parsed");
    format!("{plans:?}").contains("Turn(")
}

#[test]
fn functions_that_branch_again_and_again() {
    let branches = |count: usize| {
        let mut function = "def f(e):\n    x = 1\n".to_owned();
        for index in 0..count {
            writeln!(function, "    if e > {index}:\n        x += 1\n    elif e > 2:\n        x *= 2").unwrap();
        }
        function + "    return x\n"
    };
    assert!(is_followed(script(&branches(2), "f(epoch)")));
    assert!(!is_followed(script(&branches(60), "f(epoch)")));
}

#[test]
fn functions_that_call_themselves() {
    assert!(!is_followed(script("f = lambda t: f(t - 1) + f(t - 2)", "f(epoch)")));
    assert!(!is_followed(script("def f(t):\n    return f(t - 1) * f(t - 2)", "f(epoch)")));
}

#[test]
fn expressions_that_double() {
    let doubled = |times: usize| "    y = y + y\n".repeat(times);
    let source = |times: usize| {
        script("", "y").replace("    for group", &format!("    y = epoch\n{}    for group", doubled(times)))
    };
    assert!(is_followed(source(3)));
    assert!(!is_followed(source(50)));
}

#[test]
fn schedules_without_end() {
    let source = |count: usize| {
        let mut text = "import torch\n".to_owned();
        for index in 0..count {
            writeln!(text, "o{index} = torch.optim.SGD(m.parameters(), lr=0.1)").unwrap();
            writeln!(text, "s{index} = torch.optim.lr_scheduler.StepLR(o{index}, 30)").unwrap();
        }
        text
    };
    let built =
        |count: usize| linter::plans_of(&Document::python(source(count))).expect("it can be parsed")[0].schedules.len();
    assert_eq!(built(100), 100);
    // Rules compare each with each, so that ten thousand would take minutes.
    assert!(built(10_000) < 1000);
}
