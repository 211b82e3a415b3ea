//! Names of columns and variables, taken apart.

/// Lower-case words with single spaces between them: `Train/lossStep` is `train loss step`.
pub(crate) fn words(name: &str) -> String {
    let mut words = String::with_capacity(name.len());
    let mut before = ' ';
    for character in name.chars() {
        if character.is_alphanumeric() {
            if character.is_ascii_uppercase() && before.is_ascii_lowercase() {
                words.push(' ');
            }
            words.push(character.to_ascii_lowercase());
        } else if !words.ends_with(' ') {
            words.push(' ');
        }
        before = character;
    }
    words.trim().to_owned()
}
