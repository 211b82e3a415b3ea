//! Check code: findings as one types, fixes, the schedule in the playground, the code in the link.

use crate::navigation::wait_for_view;
use crate::page::{Gpu, Page};

/// Waits until the worker has read what is in the field.
fn settled(page: &Page, findings: usize) {
    page.wait_for_script(&format!(
        "(s => s.dataset.state === 'done' && s.dataset.findings === '{findings}')(document.querySelector('[data-testid=check-summary]'))"
    ));
}

fn rules(page: &Page) -> Vec<String> {
    let names = page
        .run("return [...document.querySelectorAll('[data-testid=code-findings] .report')].map(f => f.dataset.rule)");
    names.as_array().into_iter().flatten().map(|name| name.as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn code_is_checked_as_one_types_and_mended() {
    let page = Page::open("check", Gpu::Absent, "view=check&v=1");
    wait_for_view(&page, "check");
    let found = rules(&page);
    assert!(found.contains(&"step-schedule-stepped-per-epoch".into()), "{found:?}");
    assert!(found.contains(&"removed-verbose-argument".into()), "{found:?}");
    let lines = page.run("return document.querySelectorAll('[data-testid=effect-0] path.line').length");
    assert_eq!(lines, 2, "the LR as written and as meant");
    page.size(1440, 900);
    for scheme in ["light", "dark"] {
        page.color_scheme(scheme);
        page.screenshot(scheme);
    }

    // What the code leaves open is asked for, and then there is the LR of every step.
    page.text("missing");
    page.type_over("given-steps_per_epoch", "20");
    page.wait_for_script(
        "document.querySelector('[data-testid=produced-lr]')?.textContent.includes('optimizer steps')",
    );
    assert!(page.text("produced-lr").contains("1800 optimizer steps"), "{}", page.text("produced-lr"));

    let before = page.value("code");
    page.click("mend-all");
    page.wait_for_script("!document.querySelector('[data-testid=code]').value.includes('verbose')");
    settled(&page, found.len() - 1);
    page.click("undo-code");
    page.wait_for_script("document.querySelector('[data-testid=code]').value.includes('verbose')");
    assert_eq!(page.value("code"), before);

    page.paste("code", "x = 1\n");
    settled(&page, 0);
    assert!(page.text("check-summary").contains("Nothing wrong"));
    page.paste("code", "f(\n");
    settled(&page, 1);
    assert_eq!(rules(&page), ["unreadable-source"]);
    page.paste("code", "base_model: x\ndatasets:\n  - path: data\nmicro_batch_size: 1\nnum_epochs: 1\nlearning_rate: 0.0002\nlr_scheduler: cosine\nwarmup_steps: 10\nmax_steps: 5\n");
    page.wait_for_script("document.querySelector('[data-testid=kind]').textContent.includes('YAML')");
    settled(&page, 1);
    assert_eq!(rules(&page), ["warmup-longer-than-run"]);
    page.print_responsiveness();
    page.assert_no_errors();
}

#[test]
fn a_notebook_is_read_by_its_cells() {
    let page = Page::open("check-notebook", Gpu::Absent, "view=check&v=1");
    wait_for_view(&page, "check");
    let cell = "import torch\\noptimizer = torch.optim.SGD(model.parameters(), lr=0.1)\\nscheduler = \
                torch.optim.lr_scheduler.StepLR(optimizer, 30, verbose=True)\\nfor epoch in range(90):\\n    for x, y in \
                train_loader:\\n        loss(x, y).backward()\\n        optimizer.step()\\n    scheduler.step()\\n";
    let notebook = format!(
        "{{\"cells\": [{{\"cell_type\": \"markdown\", \"source\": []}}, {{\"cell_type\": \"code\", \"source\": \"{cell}\"}}], \
         \"metadata\": {{}}, \"nbformat\": 4, \"nbformat_minor\": 5}}"
    );
    page.upload("open", "train.ipynb", &notebook);
    page.wait_for_script("document.querySelector('[data-testid=code]').value.startsWith('import torch')");
    assert!(page.text("kind").contains("notebook"));
    assert!(page.text("code-findings").contains("cell 2, line 3"));
    page.click("mend-all");
    page.wait_for_script("!document.querySelector('[data-testid=code]').value.includes('verbose')");
    page.screenshot("mended");
    page.assert_no_errors();
}

#[test]
fn the_schedule_in_the_code_becomes_a_lane() {
    let page = Page::open("check-lane", Gpu::Absent, "view=check&v=1");
    wait_for_view(&page, "check");
    let code = "import torch\noptimizer = torch.optim.SGD(model.parameters(), lr=0.2)\nscheduler = \
                torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=60)\nfor epoch in range(60):\n    for x, y in \
                train_loader:\n        loss(x, y).backward()\n        optimizer.step()\n    scheduler.step()\n";
    page.paste("code", code);
    settled(&page, 0);
    page.click("to-playground-0");
    wait_for_view(&page, "race");
    assert_eq!(page.value("schedule-text-0"), "CosineAnnealingLR(T_max=60)");
    assert_eq!((page.value("lr-0").as_str(), page.value("steps").as_str()), ("0.2", "60"));
    assert!(!page.has("notice"), "{}", page.text("notice"));
    page.assert_no_errors();
}

#[test]
fn the_code_is_in_the_link_only_where_that_is_wanted() {
    let page = Page::open("check-link", Gpu::Absent, "view=check&v=1");
    wait_for_view(&page, "check");
    page.paste("code", "x = 'ä'  # mine\n");
    settled(&page, 0);
    let fragment = || page.run("return location.hash").as_str().unwrap_or_default().to_owned();
    assert!(!fragment().contains("code="), "{}", fragment());
    page.click("code-in-link");
    page.wait_for_script("location.hash.includes('code=')");
    println!("link with code: {}", page.text("link-size"));
    let address = page.run("return location.href");
    page.open_in_new_tab(address.as_str().expect("an address is a text"));
    page.wait_for_script("document.querySelector('[data-testid=code]')?.value === \"x = 'ä'  # mine\\n\"");

    // What does not compress does not fit.
    let noise: String = (0..30_000_u64).map(|n| format!("{:x}", n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20)).collect();
    page.paste("code", &format!("x = '{noise}'\n"));
    page.wait_for_script("document.querySelector('[data-testid=link-size]').textContent.includes('too long')");
    assert!(!fragment().contains("code="), "{}", fragment());
    page.go("view=check&code=AAAA&v=1");
    page.wait_for_script(
        "document.querySelector('[data-testid=check-summary]').textContent.includes('cannot be read')",
    );
    page.assert_no_errors();
}
