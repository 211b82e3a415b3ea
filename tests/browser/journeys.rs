//! What people come with, from their first click to what they came to see. Each is a question that is asked again and again
//! in the issue trackers of training libraries.

use crate::navigation::wait_for_view;
use crate::page::{Gpu, Page};

/// Waits until the code is read again, and some finding of it is of a rule.
fn found(page: &Page, rule: &str) -> usize {
    page.wait_for_script(&format!(
        "document.querySelector('[data-testid=check-summary]')?.dataset.state === 'done'
         && document.querySelector('[data-testid=code-findings] [data-rule={rule}]')"
    ));
    let place = page.run(&format!(
        "return [...document.querySelectorAll('[data-testid=code-findings] .report')].findIndex(it => it.dataset.rule === '{rule}')"
    ));
    place.as_u64().expect("the finding is in the list") as usize
}

/// Waits until no finding of the code is of a rule.
fn gone(page: &Page, rule: &str) {
    page.wait_for_script(&format!(
        "document.querySelector('[data-testid=check-summary]')?.dataset.state === 'done'
         && !document.querySelector('[data-testid=code-findings] [data-rule={rule}]')"
    ));
}

/// From the opening view to the code, as pasted.
fn check(page: &Page, code: &str) {
    page.click("view-check");
    wait_for_view(page, "check");
    page.paste("code", code);
}

/// What the LR plot says below itself.
fn described(page: &Page) -> String {
    page.run("return document.querySelector('#lr-plot-description').textContent")
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

/// What the LR plot reads off at a step, by the keyboard.
fn read_at(page: &Page, presses: &[&str]) -> String {
    let cursor = "[data-testid=lr-plot] [data-testid=cursor]";
    page.focus(cursor);
    for key in presses {
        page.press_key(key, 0);
    }
    page.attribute(cursor, "aria-valuetext")
}

#[test]
fn lightning_steps_my_schedule_per_epoch_although_i_said_step() {
    let page = Page::open("journey-lightning", Gpu::Absent, "");
    check(
        &page,
        "import torch\nimport lightning as L\n\nclass Model(L.LightningModule):\n    def configure_optimizers(self):\n        \
         optimizer = torch.optim.AdamW(self.parameters(), lr=1e-3)\n        scheduler = \
         torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=10000)\n        return {'optimizer': optimizer, \
         'lr_scheduler': scheduler, 'interval': 'step'}\n",
    );
    let rule = "lightning-option-outside-scheduler-dict";
    let place = found(&page, rule);
    page.screenshot("found");
    let lines = page.run("return document.querySelectorAll('[data-testid=effect-0] path.line').length");
    assert_eq!(lines, 2, "the LR as written and as meant");
    page.click(&format!("mend-{place}"));
    page.wait_for_script(
        "document.querySelector('[data-testid=code]').value.includes(\"{'scheduler': scheduler, 'interval': 'step'}\")",
    );
    gone(&page, rule);
    page.screenshot("mended");
    page.assert_no_errors();
}

#[test]
fn my_lr_is_gone_after_a_quarter_of_the_run_on_four_gpus() {
    let page = Page::open("journey-processes", Gpu::Absent, "");
    page.wait_for_value("schedule-text-0");
    page.click("remove-1");
    page.type_over("schedule-text-0", "LinearLR(start_factor=1.0, end_factor=0.0, total_iters=1000)");
    page.click("own-run");
    for (field, value) in [("epochs", "10"), ("dataset-size", "51200"), ("batch-size", "128"), ("processes", "4")] {
        page.type_over(field, value);
    }
    page.until("the run in words", |page| page.text("run-words").contains("1000 steps in all"));
    page.screenshot("as-meant");
    page.click("steps-per-process");
    page.until("four calls per step", |page| page.text("run-words").contains("4000 calls"));
    page.screenshot("as-it-is");
    let drawn = described(&page);
    assert!(drawn.contains("to 0, where it stays from step 250 on"), "{drawn}");
    let at_300 = read_at(&page, &["PageUp", "PageUp", "PageUp"]);
    assert!(at_300.starts_with("step 300: ") && at_300.ends_with(" 0"), "{at_300}");
    page.assert_no_errors();
}

#[test]
fn one_cycle_says_that_it_was_stepped_too_often() {
    let page = Page::open("journey-one-cycle", Gpu::Absent, "");
    page.click("view-log");
    wait_for_view(&page, "log");
    page.paste(
        "log-text",
        "Traceback (most recent call last):\n  File \"train.py\", line 88, in <module>\n    scheduler.step()\n  File \
         \".../torch/optim/lr_scheduler.py\", line 1993, in get_lr\n    raise ValueError(\nValueError: Tried to step 3911 \
         times. The specified number of total steps is 3910\n",
    );
    page.click("read-log");
    page.wait_for_script("document.querySelector('[data-symptom=steps-beyond-schedule]')");
    page.screenshot("diagnosed");
    let said = page.text("symptoms");
    assert!(said.contains("has 3910 steps") && said.contains("steps_per_epoch=len(train_loader)"), "{said}");

    // And in the playground, where a run is longer than the cycle, the step at which it raises.
    page.click("view-race");
    wait_for_view(&page, "race");
    page.type_over("schedule-text-0", "OneCycleLR(max_lr=0.1, total_steps=100)");
    page.wait_for_script("document.querySelector('.plots').textContent.includes('Tried to step 101 times')");
    page.screenshot("raises");
    page.assert_no_errors();
}

#[test]
fn which_loss_makes_my_plateau_scheduler_cut() {
    let page = Page::open("journey-plateau", Gpu::Absent, "");
    page.click("demo-plateau");
    page.until("the demo", |page| page.text("claim").to_lowercase().contains("plateau"));
    let index = page.run(
        "return [...document.querySelectorAll('[data-testid^=schedule-text-]')].findIndex(it => it.value.startsWith('ReduceLROnPlateau'))",
    );
    let index = index.as_u64().expect("a plateau schedule");
    page.choose("device-select", "cpu");
    page.train();
    let drawn = described(&page);
    assert!(drawn.contains("until its metric stalls"), "{drawn}");
    let row = page.text(&format!("plateau-{index}"));
    assert!(row.contains("let pass") && row.contains("best loss"), "{row}");
    let cuts = page.number(&format!("plateau-{index}"), "cuts");
    assert!(cuts > 0 && row.contains(&format!("cut {cuts} times, last after step")), "{row}");
    page.screenshot("cuts");
    page.assert_no_errors();
}

#[test]
fn i_resumed_for_more_epochs_and_the_lr_jumped() {
    let page = Page::open("journey-resume", Gpu::Absent, "");
    page.wait_for_value("schedule-text-0");
    page.click("remove-1");
    page.type_over("lr-0", "0.1");
    page.type_over("schedule-text-0", "CosineAnnealingLR(T_max=1000)");
    page.click("own-run");
    for (field, value) in [("epochs", "20"), ("dataset-size", "12800"), ("batch-size", "128"), ("resume-at", "900")] {
        page.type_over(field, value);
    }
    page.type_over("resume-as", "CosineAnnealingLR(T_max=2000)");
    page.screenshot("jump");
    let lr = |text: String| text.rsplit(' ').next().and_then(|lr| lr.parse::<f64>().ok()).expect("a number");
    let after = lr(read_at(&page, &["Home", "PageUp", "PageUp", "PageUp", "PageUp", "PageUp", "ArrowLeft"]));
    assert!(after > 0.05, "step 999 of 2000: {after}");
    let drawn = described(&page);
    assert!(drawn.contains("Resumed at step 900, it jumps from"), "{drawn}");
    page.until("nothing said of the schedule that is left", |page| !page.text("findings").contains("T_max=1000"));
    page.assert_no_errors();
}

#[test]
fn the_lr_of_my_backbone_does_not_come_down() {
    let page = Page::open("journey-floor", Gpu::Absent, "");
    page.wait_for_value("schedule-text-0");
    page.click("remove-1");
    page.type_over("lr-0", "1e-3");
    page.type_over("schedule-text-0", "CosineAnnealingLR(T_max=200, eta_min=1e-5)");
    page.type_over("groups", "0.001");
    page.until("a line for the group", |page| {
        page.run("return document.querySelectorAll('[data-testid=lr-plot] path.line.thin').length") == 1
    });
    page.click("log-lr");
    page.screenshot("rises");
    let (first, last) = (read_at(&page, &["Home"]), read_at(&page, &["End"]));
    assert!(first.contains("group 2 1e-6"), "{first}");
    assert!(last.contains("group 2 1e-5") || last.contains("group 2 9.9"), "{last}");
    page.until("a finding", |page| page.text("findings").contains("eta_min"));
    page.assert_no_errors();
}

#[test]
fn my_warmup_ratio_is_gone_in_the_new_transformers() {
    let page = Page::open("journey-warmup", Gpu::Absent, "");
    check(
        &page,
        "from transformers import Trainer, TrainingArguments\n\narguments = TrainingArguments(\n    output_dir='out',\n    \
         learning_rate=2e-5,\n    num_train_epochs=3,\n    lr_scheduler_type='cosine',\n    warmup_ratio=0.03,\n)\ntrainer = \
         Trainer(model=model, args=arguments, train_dataset=train)\ntrainer.train()\n",
    );
    // Which version is installed cannot be seen in the code.
    page.wait_for_script(
        "document.querySelector('[data-testid=check-summary]').textContent.includes('1 more is a hint')",
    );
    page.click("hints");
    let rule = "removed-warmup-ratio";
    found(&page, rule);
    page.screenshot("found");
    assert!(page.text("code-findings").contains("write warmup_steps=0.03: below 1 it is a fraction of the run"));
    let code = page.value("code").replace("warmup_ratio=0.03", "warmup_steps=0.03");
    page.paste("code", &code);
    gone(&page, rule);
    page.assert_no_errors();
}

#[test]
fn with_accumulation_my_schedule_does_not_come_to_its_end() {
    let page = Page::open("journey-accumulation", Gpu::Absent, "");
    check(
        &page,
        "import torch\nfrom transformers import get_linear_schedule_with_warmup\n\noptimizer = \
         torch.optim.AdamW(model.parameters(), lr=1e-4)\nscheduler = get_linear_schedule_with_warmup(optimizer, 100, 3 * \
         len(train_loader))\nfor epoch in range(3):\n    for i, batch in enumerate(train_loader):\n        \
         loss(batch).backward()\n        if (i + 1) % 4 == 0:\n            optimizer.step()\n            scheduler.step()\n            \
         optimizer.zero_grad()\n",
    );
    found(&page, "accumulation-not-counted");
    page.type_over("given-steps_per_epoch", "1000");
    page.wait_for_script(
        "document.querySelector('[data-testid=produced-lr]')?.textContent.includes('optimizer steps')",
    );
    assert!(page.text("produced-lr").contains("750 optimizer steps"), "{}", page.text("produced-lr"));
    page.screenshot("produced");
    page.assert_no_errors();
}

#[test]
fn i_do_not_know_how_long_i_will_train() {
    let page = Page::open("journey-horizon", Gpu::Absent, "");
    page.click("view-advise");
    wait_for_view(&page, "advise");
    page.choose("domain", "language");
    page.choose("length", "unknown");
    page.wait_for_script(
        "document.querySelector('[data-testid=recipe]')?.textContent.includes('when you decide to stop')",
    );
    let recipe = page.text("recipe");
    assert!(recipe.contains("cooldown over the last 10 to 20 %"), "{recipe}");
    page.screenshot("recipe");
    page.click("recipe-link");
    wait_for_view(&page, "race");
    page.until("a schedule that can go on for ever", |page| described(page).ends_with("then constant."));
    page.screenshot("playground");
    page.assert_no_errors();
}

#[test]
fn my_cosine_goes_up_and_down_all_the_time() {
    let page = Page::open("journey-units", Gpu::Absent, "");
    check(
        &page,
        "import torch\n\nEPOCHS = 90\noptimizer = torch.optim.SGD(model.parameters(), lr=0.1)\nscheduler = \
         torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=EPOCHS)\nfor epoch in range(EPOCHS):\n    for x, y in \
         train_loader:\n        optimizer.zero_grad()\n        loss(x, y).backward()\n        optimizer.step()\n        \
         scheduler.step()\n",
    );
    let rule = "epoch-schedule-stepped-per-batch";
    found(&page, rule);
    page.screenshot("found");
    let effect = page.text("effect-0");
    assert!(effect.contains("swings back") && effect.contains("as meant"), "{effect}");
    page.paste("code", &page.value("code").replace("        scheduler.step()", "    scheduler.step()"));
    gone(&page, rule);
    page.type_over("given-steps_per_epoch", "50");
    page.wait_for_script(
        "document.querySelector('[data-testid=produced-lr]')?.textContent.includes('optimizer steps')",
    );
    assert!(page.text("produced-lr").contains("4500 optimizer steps"), "{}", page.text("produced-lr"));
    page.screenshot("mended");
    page.assert_no_errors();
}

#[test]
fn torch_warns_that_the_scheduler_came_first() {
    let page = Page::open("journey-warning", Gpu::Absent, "");
    page.click("view-log");
    wait_for_view(&page, "log");
    let rows: String =
        (1..60).map(|step| format!("step {step} loss {:.3} lr 1e-3\n", 2.0 / f64::from(step).sqrt())).collect();
    page.paste(
        "log-text",
        &format!(
            "lr_scheduler.py:227: UserWarning: Detected call of `lr_scheduler.step()` before `optimizer.step()`. In PyTorch \
             1.1.0 and later, you should call them in the opposite order.\n{rows}"
        ),
    );
    page.click("read-log");
    page.wait_for_script("document.querySelector('[data-symptom=scheduler-before-optimizer]')");
    page.screenshot("diagnosed");
    let said = page.text("symptoms");
    assert!(said.contains("GradScaler") && said.contains("Harmless"), "{said}");
    page.assert_no_errors();
}
