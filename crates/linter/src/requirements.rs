//! Which versions of a library a project asks for, read from whatever says so: `requirements.txt`, `pyproject.toml`,
//! `setup.py`, or the metadata that a script carries in its head.

pub use advisor::plan::Requirement;

/// The libraries whose version decides something.
const PACKAGES: [&str; 2] = ["transformers", "torch"];

/// What a text asks for: the first mention of each library with a version.
pub fn in_text(text: &str) -> Vec<Requirement> {
    PACKAGES.iter().filter_map(|package| requirement(text, package)).collect()
}

/// What a script says of itself in a `# /// script` block.
pub(crate) fn in_script(source: &str) -> Vec<Requirement> {
    const HEAD: &str = "# /// script";
    let Some(at) = memchr::memmem::find(source.as_bytes(), HEAD.as_bytes()) else { return Vec::new() };
    let rest = &source[at + HEAD.len()..];
    let Some((block, _)) = rest.split_once("# ///") else { return Vec::new() };
    in_text(block)
}

fn requirement(text: &str, package: &str) -> Option<Requirement> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    text.match_indices(package).find_map(|(at, _)| {
        if text[..at].chars().next_back().is_some_and(is_part) {
            return None;
        }
        let mut rest = &text[at + package.len()..];
        if let Some(extras) = rest.strip_prefix('[') {
            rest = extras.split_once(']')?.1;
        }
        let mut found = Requirement { package: package.to_owned(), at_least: None, below: None };
        loop {
            rest = rest.trim_start_matches([' ', '\t', '(']);
            let operator = ["==", ">=", "<=", "~=", "!=", "<", ">"].into_iter().find(|o| rest.starts_with(o))?;
            rest = rest[operator.len()..].trim_start_matches([' ', '\t']);
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '.' && c != '*').unwrap_or(rest.len());
            found.narrow(operator, version(&rest[..end])?);
            rest = rest[end..].trim_start_matches([' ', '\t']);
            match rest.strip_prefix(',') {
                // In a list of strings the comma ends the string, not the version.
                Some(more) if more.trim_start_matches([' ', '\t']).starts_with(['<', '>', '=', '~', '!']) => {
                    rest = more
                }
                _ => return Some(found),
            }
        }
    })
}

fn version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.split('.');
    let major = parts.next()?.parse().ok()?;
    let minor = parts.next().and_then(|part| part.parse().ok()).unwrap_or(0);
    Some((major, minor))
}

trait Narrow {
    fn narrow(&mut self, operator: &str, version: (u32, u32));
}

impl Narrow for Requirement {
    fn narrow(&mut self, operator: &str, version: (u32, u32)) {
        let (major, minor) = version;
        match operator {
            ">=" | ">" => self.at_least = Some(version),
            "<" => self.below = Some(version),
            // Up to and including: the next minor version is out.
            "<=" => self.below = Some((major, minor + 1)),
            "==" => (self.at_least, self.below) = (Some(version), Some((major, minor + 1))),
            "~=" => (self.at_least, self.below) = (Some(version), Some((major + 1, 0))),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Bound = Option<(u32, u32)>;

    fn asked(text: &str) -> Option<(Bound, Bound)> {
        in_text(text)
            .into_iter()
            .find(|found| found.package == "transformers")
            .map(|found| (found.at_least, found.below))
    }

    #[test]
    fn versions_are_read_wherever_they_stand() {
        assert_eq!(asked("torch\ntransformers==4.38.2\n"), Some((Some((4, 38)), Some((4, 39)))));
        assert_eq!(asked("\"transformers>=4.41.2,<=4.57.1,!=4.52.0\","), Some((Some((4, 41)), Some((4, 58)))));
        assert_eq!(
            asked("dependencies = [\"transformers[torch] ~= 5.1\", \"x>=3\"]"),
            Some((Some((5, 1)), Some((6, 0))))
        );
        assert_eq!(asked("sentence-transformers>=2.0\nx-transformers<1"), None);
        assert_eq!(asked("from transformers import x\nif a < 3: pass"), None);
        assert_eq!(asked("transformers\ntorch>=2.0"), None);
        assert_eq!(asked("git+https://github.com/huggingface/transformers.git"), None);
    }

    #[test]
    fn a_script_may_say_it_of_itself() {
        let script = "# /// script\n# dependencies = [\n#   \"transformers>=5.0\",\n# ]\n# ///\nimport x\n";
        assert_eq!(in_script(script)[0].at_least, Some((5, 0)));
        assert!(in_script("# transformers>=5.0\n").is_empty());
    }
}
