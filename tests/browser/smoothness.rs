//! How it feels with eight schedules on screen: printed, not judged, since machines differ.

use crate::page::{Gpu, Page};

/// Eight schedules of different classes.
const EIGHT: &str = "lane=a~0.1~ConstantLR(factor=1.0)&lane=b~0.09~CosineAnnealingLR(T_max=20000)\
    &lane=c~0.08~SequentialLR([LinearLR(start_factor=0.01,total_iters=2000),CosineAnnealingLR(T_max=18000)],milestones=[2000])\
    &lane=d~0.07~OneCycleLR(max_lr=0.07,total_steps=20000)&lane=e~0.06~StepLR(step_size=500,gamma=0.9)\
    &lane=f~0.05~Phases([Phase(2000,0.0,1.0),Phase(14000,1.0,1.0),Phase(4000,1.0,0.0,shape='1-sqrt')])\
    &lane=g~0.04~CosineAnnealingWarmRestarts(T_0=3000)&lane=h~0.03~LambdaLR(lr_lambda=lambda step: 0.9998 ** step)\
    &demo=spirals&seeds=1&steps=20000&v=1";

/// Moves a handle in every frame, and tells how long each frame took, and how much of it the page computed.
const DRAG: &str = "
    const frame = document.querySelector('[data-testid=lr-plot] .frame');
    const handle = document.querySelector(`[data-testid=handle-${index}]`);
    const { left, top } = frame.getBoundingClientRect();
    const at = (kind, target, x, y) => target.dispatchEvent(new PointerEvent(kind,
        { bubbles: true, pointerId: 1, clientX: left + x, clientY: top + y }));
    const times = [], busy = [], channel = new MessageChannel();
    let began = 0;
    // Arrives when the event and all that follows from it are done.
    channel.port1.onmessage = () => busy.push(performance.now() - began);
    return new Promise(done => {
        at('pointerdown', handle, 200, 100);
        let before = performance.now(), count = 0;
        const next = () => {
            const now = performance.now();
            times.push(now - before);
            before = now;
            began = now;
            channel.port2.postMessage(0);
            at('pointermove', frame, 200 + 60 * Math.sin(count / 9), 100 + 50 * Math.cos(count / 7));
            if (++count < 150) requestAnimationFrame(next);
            else { at('pointerup', frame, 200, 100); done({ times: times.slice(5), busy: busy.slice(5) }); }
        };
        requestAnimationFrame(next);
    });";

#[test]
fn dragging_among_eight_schedules() {
    let page = Page::open("smoothness", Gpu::Absent, EIGHT);
    page.wait_for_value("schedule-text-7");
    page.screenshot("eight");
    let text = page.value("schedule-text-2");
    for (index, name) in [(0, "a constant"), (2, "warmup and cosine"), (3, "OneCycle, which moves the momentum")] {
        let measured = page.run(&format!("const index = {index}; {DRAG}"));
        let sorted = |key: &str| {
            let mut times: Vec<f64> =
                measured[key].as_array().into_iter().flatten().filter_map(|time| time.as_f64()).collect();
            assert!(times.len() > 100, "the drag went on to its end");
            times.sort_by(f64::total_cmp);
            let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
            format!("{:.1} ms (median), {:.1} ms (95 %), {:.1} ms (longest)", at(0.5), at(0.95), at(1.0))
        };
        println!("smoothness, eight schedules of 20000 steps, {name}: frames of {}", sorted("times"));
        println!("smoothness, {name}: computed for {}", sorted("busy"));
    }
    assert_ne!(page.value("schedule-text-2"), text, "the handle has moved the warmup");
    page.print_responsiveness();
    page.assert_no_errors();
}
