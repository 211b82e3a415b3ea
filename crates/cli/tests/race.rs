//! What a user of `lrscope race` sees.

#[path = "common/mod.rs"]
mod common;

use common::{folder, lrscope, seen};

/// Small enough for a moment, and with two schedules that end elsewhere.
const SMALL: [&str; 9] = ["race", "spirals", "--steps", "30", "--seeds", "2", "--schedule", "StepLR(10)", "--schedule"];

fn small(folder: &std::path::Path, more: &[&str]) -> String {
    seen(&lrscope(folder, &[&SMALL[..], &["LinearToZero(30)", "--lr", "0.1", "--device", "cpu"], more].concat()))
}

#[test]
fn a_race_ends_with_counts_and_a_link() {
    let folder = folder("race");
    insta::assert_snapshot!("race", small(&folder, &[]));
    insta::assert_snapshot!("race_list", seen(&lrscope(&folder, &["race", "list"])));
}

#[test]
fn its_link_is_the_same_race_again() {
    let folder = folder("race-link");
    let first = small(&folder, &["--threads", "1"]);
    let link = first.lines().find_map(|line| line.strip_prefix("In the playground: ")).unwrap();
    assert_eq!(seen(&lrscope(&folder, &["race", link, "--device", "cpu"])), first);
    // As the page writes it, with settings of its own.
    let address = format!("https://example.org/{link}&device=cpu&axis=log");
    assert_eq!(seen(&lrscope(&folder, &["race", &address, "--device", "cpu"])), first);
}

#[test]
fn programs_get_all_of_it() {
    let folder = folder("race-formats");
    let csv = small(&folder, &["--format", "csv"]);
    let rows: Vec<&str> =
        csv.lines().filter(|line| line.contains("LinearToZero") || line.starts_with("Phases")).collect();
    assert_eq!(rows.len(), 60, "{csv}");
    assert!(csv.contains("schedule,seed,step,lr,loss,accuracy,validation_loss,validation_accuracy\n"));
    let json = lrscope(&folder, &["race", "warmup", "--seeds", "1", "--steps", "2", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(json["lanes"].as_array().unwrap().len(), 2);
    assert_eq!(json["experiment"]["steps"], 2);
    assert!(json["device"].is_string());
    assert_eq!(json["rules"].as_array().unwrap().len(), 0, "a changed demo is judged by no rule");
    let svg = folder.join("race.svg");
    let answer = small(&folder, &["--format", "svg", "--output", svg.to_str().unwrap()]);
    assert_eq!(answer, "exit code: 0\n----- stdout\n----- stderr\n");
    let svg = std::fs::read_to_string(svg).unwrap();
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n") && svg.matches("<polyline").count() == 2);
}

#[test]
fn seeds_beyond_one_program_are_trained_one_part_after_the_other() {
    let folder = folder("race-seeds");
    let answer = seen(&lrscope(&folder, &["race", "spirals", "--steps", "2", "--seeds", "70", "--format", "csv"]));
    assert_eq!(answer.lines().filter(|line| line.starts_with("constant,")).count(), 140, "{answer}");
    assert!(answer.contains("\nconstant,69,1,"));
}

#[test]
fn a_demo_run_as_it_is_answers_its_rules() {
    let folder = folder("race-rules");
    // One seed of a demo is no proof, but it has an answer.
    let answer = seen(&lrscope(&folder, &["race", "spirals", "--seeds", "1"]));
    let answers = answer.lines().filter(|line| line.starts_with("yes: ") || line.starts_with("no: ")).count();
    assert_eq!(answers, 2, "{answer}");
}

#[test]
fn bad_input_is_one_sentence() {
    let folder = folder("race-bad");
    let told: Vec<String> = [
        &["race", "chess"][..],
        &["race", "demo=warmup&batch=none&v=1"],
        &["race", "demo=chess&v=1"],
        &["race", "warmup", "--seeds", "0"],
        &["race", "warmup", "--seeds", "many"],
        &["race", "warmup", "--steps", "-3"],
        &["race", "warmup", "--lr", "-1"],
        &["race", "warmup", "--schedule", "CosineAnealingLR(3)"],
        &["race", "spirals", "--schedule", "OneCycleLR(0.1, total_steps=5)"],
        &["race", "spirals", "--steps", "1", "--seeds", "1", "--output", "no/such/folder/file"],
    ]
    .iter()
    .map(|arguments| format!("{}\n{}", arguments.join(" "), seen(&lrscope(&folder, arguments))))
    .collect();
    insta::assert_snapshot!("race_bad", told.join("\n"));
}

#[test]
#[cfg(not(feature = "gpu"))]
fn what_is_built_for_the_cpu_says_so() {
    let answer = seen(&lrscope(&folder("race-no-gpu"), &["race", "spirals", "--device", "gpu"]));
    assert!(answer.starts_with("exit code: 2\n"), "{answer}");
    assert!(answer.contains("--device gpu: this lrscope is built for the CPU only; build it with"), "{answer}");
}

#[test]
#[cfg(feature = "gpu")]
fn a_gpu_comes_to_the_same_ends_and_is_named() {
    let folder = folder("race-gpu");
    let small = ["race", "spirals", "--steps", "12", "--seeds", "2", "--format", "json", "--device"];
    let of = |device| -> serde_json::Value {
        let answer = lrscope(&folder, &[&small[..], &[device]].concat());
        serde_json::from_slice(&answer.stdout).unwrap_or_else(|_| panic!("{}", seen(&answer)))
    };
    let (gpu, cpu) = (of("gpu"), of("cpu"));
    assert_eq!(cpu["device"], "CPU");
    assert_ne!(gpu["device"], "CPU");
    assert_eq!(gpu["lanes"].as_array().unwrap().len(), 4);
    for (gpu, cpu) in gpu["lanes"].as_array().unwrap().iter().zip(cpu["lanes"].as_array().unwrap()) {
        let of = |lane: &serde_json::Value| lane["loss"].as_f64().unwrap();
        assert!((of(gpu) - of(cpu)).abs() < 1e-3 * of(cpu), "{gpu} {cpu}");
    }
    let text = seen(&lrscope(&folder, &["race", "spirals", "--steps", "2", "--seeds", "1", "--device", "gpu"]));
    // Wrapped to the width of the terminal.
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains(&format!("Trained on {}.", gpu["device"].as_str().unwrap())), "{text}");
}

#[test]
fn parameter_groups_are_trained_told_and_linked() {
    let folder = folder("race-groups");
    let answer = small(&folder, &["--param-groups", "input:0, hidden:0.1,no-decay"]);
    assert!(answer.contains("parameter groups\ninput:0,hidden:0.1,no-decay"), "{answer}");
    let link = answer.lines().find_map(|line| line.strip_prefix("In the playground: ")).unwrap();
    assert_eq!(seen(&lrscope(&folder, &["race", link, "--device", "cpu"])), answer);
    let plain = small(&folder, &[]);
    let result = |answer: &str| answer.lines().find(|line| line.starts_with("LinearToZero")).map(str::to_owned);
    assert!(result(&plain).is_some());
    assert_ne!(result(&answer), result(&plain));
    let answer = small(&folder, &["--param-groups", "head:0.1"]);
    assert!(answer.contains("--param-groups: Parameter groups are written input:0.1"), "{answer}");
}

/// Images and labels as MNIST has them: ten classes of bright squares at ten places, 120 images.
fn idx_files() -> [Vec<u8>; 2] {
    let image = |class: usize| {
        let (left, top) = (class % 5 * 5, class / 5 * 14);
        (0..784).map(move |pixel| {
            let (x, y) = (pixel % 28, pixel / 28);
            if (left..left + 5).contains(&x) && (top..top + 7).contains(&y) { 255 } else { 0 }
        })
    };
    let header = |magic: u8, dimensions: &[u32]| {
        let dimensions = dimensions.iter().flat_map(|dimension| dimension.to_be_bytes());
        [0, 0, 8, magic].into_iter().chain(dimensions).collect::<Vec<u8>>()
    };
    let mut images = header(3, &[120, 28, 28]);
    images.extend((0..120).flat_map(|index| image(index % 10)));
    let mut labels = header(1, &[120]);
    labels.extend((0..120).map(|index| index % 10));
    [images, labels]
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut packer, bytes).unwrap();
    packer.finish().unwrap()
}

#[test]
fn images_of_ones_own_are_raced_plain_or_packed() {
    let folder = folder("race-images");
    let [images, labels] = idx_files();
    std::fs::write(folder.join("train-images-idx3-ubyte"), &images).unwrap();
    std::fs::write(folder.join("train-labels-idx1-ubyte"), &labels).unwrap();
    std::fs::write(folder.join("images.gz"), packed(&images)).unwrap();
    std::fs::write(folder.join("labels.gz"), packed(&labels)).unwrap();
    std::fs::write(folder.join("cut.gz"), &packed(&images)[..300]).unwrap();
    std::fs::write(folder.join("cut"), &images[..5000]).unwrap();
    let race = |files: &[&str]| {
        let small = ["race", "spirals", "--steps", "40", "--seeds", "1", "--lr", "0.05"];
        seen(&lrscope(&folder, &[&small[..], files].concat()))
    };
    let plain = race(&["--images", "train-images-idx3-ubyte", "--labels", "train-labels-idx1-ubyte"]);
    assert!(plain.contains("Classify images of your own (MNIST files): 120 images."), "{plain}");
    assert!(plain.lines().any(|line| line.starts_with("constant") && line.contains("1 of 1")), "{plain}");
    // In whichever order they are named, since each says what it is.
    assert_eq!(race(&["--images", "labels.gz", "--labels", "images.gz"]), plain);

    let link = plain.lines().find_map(|line| line.strip_prefix("In the playground: ")).unwrap();
    assert!(link.len() < 300, "no data in {link}");
    let answer = seen(&lrscope(&folder, &["race", link]));
    assert!(answer.contains("give --images and --labels, IDX files as of MNIST."), "{answer}");
    let raced_again = seen(&lrscope(&folder, &["race", link, "--images", "images.gz", "--labels", "labels.gz"]));
    assert_eq!(raced_again, plain);

    for (images, labels, sentence) in [
        ("cut", "labels.gz", "cut is cut off: it says that it holds 120 entries and ends before."),
        ("cut.gz", "labels.gz", "cut.gz cannot be read: "),
        ("images.gz", "images.gz", "Both files hold images; one of them must hold labels."),
        ("nothing", "labels.gz", "nothing cannot be read: "),
        ("images.gz", "../race-images", "../race-images cannot be read: "),
    ] {
        let answer = race(&["--images", images, "--labels", labels]);
        assert!(answer.starts_with("exit code: 2") && answer.contains(sentence), "{answer}");
    }
}
