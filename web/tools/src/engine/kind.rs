//! What a source is: by the name of its file, else by its look.

use linter::configs::Language;

use crate::messages::Source;

/// A name whose end tells the kind of a source.
pub fn file_name(source: &Source) -> &str {
    let known = [".py", ".ipynb", ".toml"].iter().any(|end| source.name.ends_with(end));
    if known || Language::of_file(&source.name).is_some() {
        return &source.name;
    }
    let text = source.text.trim_start_matches('\u{feff}').trim_start();
    if text.starts_with('{') {
        return if text.contains("\"cells\"") && text.contains("\"nbformat\"") {
            "pasted.ipynb"
        } else {
            "pasted.json"
        };
    }
    if looks_like_yaml(text) { "pasted.yaml" } else { "pasted.py" }
}

/// The kind in words.
pub fn words(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("ipynb") => "notebook",
        Some("json") => "JSON config",
        Some("yaml" | "yml") => "YAML config",
        Some("toml") => "TOML config",
        _ => "Python",
    }
}

/// Most lines at the left margin are `key:` or `key: value`, with a word for a key that no statement of Python begins with.
fn looks_like_yaml(text: &str) -> bool {
    const STATEMENTS: [&str; 9] = ["if", "else", "for", "while", "def", "class", "try", "with", "lambda"];
    let outer = text.lines().filter(|line| !line.starts_with([' ', '\t', '#', '-']) && !line.trim().is_empty());
    let (mut keys, mut others) = (0, 0);
    for line in outer.take(200) {
        let key = line.split_once(':').filter(|(key, rest)| {
            let first = key.split([' ', '(']).next().unwrap_or_default();
            let word = key.chars().all(|letter| letter.is_ascii_alphanumeric() || "_-.\"'".contains(letter));
            word && !STATEMENTS.contains(&first) && (rest.is_empty() || rest.starts_with(' '))
        });
        if key.is_some() {
            keys += 1;
        } else {
            others += 1;
        }
    }
    keys > others
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_name_or_by_look() {
        let cases = [
            ("train.yml", "x", "YAML config"),
            ("", "import torch\nfor x in y:\n    pass\nelse:\n    pass\n", "Python"),
            ("notes.txt", "{\"cells\": [], \"nbformat\": 4}", "notebook"),
            ("", "{\"learning_rate\": 1e-4}", "JSON config"),
            ("", "# a run\nlearning_rate: 1e-4\nwarmup_steps: 10\noptim:\n  name: adamw\n", "YAML config"),
            ("", "lr: float = 0.1\nx = 1\noptimizer = f(x)\n", "Python"),
            ("", "", "Python"),
        ];
        for (name, text, kind) in cases {
            let source = Source { name: name.into(), text: text.into() };
            assert_eq!(words(file_name(&source)), kind, "{text}");
        }
    }
}
