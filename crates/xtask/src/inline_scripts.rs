//! The scripts that trunk writes into the page, moved into files: the page's Content-Security-Policy allows no others.

use std::hash::{DefaultHasher, Hasher};
use std::path::Path;

use anyhow::Result;

use crate::files::{read_text, write};

/// Moves all scripts in `index.html` into files beside it.
pub fn move_out(site: &Path) -> Result<()> {
    let page = site.join("index.html");
    let (html, scripts) = without_scripts(&read_text(&page)?);
    for (name, script) in scripts {
        write(&site.join(name), script.as_bytes())?;
    }
    write(&page, html.as_bytes())
}

/// The page with `src` for each script that stands in it, and the files. A script that has a `src` already is left alone.
fn without_scripts(html: &str) -> (String, Vec<(String, String)>) {
    let (mut rest, mut page, mut files) = (html, String::new(), Vec::new());
    while let Some((before, tail)) = rest.split_once("<script") {
        let Some((tag, tail)) = tail.split_once('>') else { break };
        let Some((script, after)) = tail.split_once("</script>") else { break };
        page += before;
        if script.trim().is_empty() {
            page += &format!("<script{tag}>{script}</script>");
        } else {
            let mut hasher = DefaultHasher::new();
            hasher.write(script.as_bytes());
            let name = format!("start-{:016x}.js", hasher.finish());
            page += &format!("<script{tag} src=\"./{name}\"></script>");
            files.push((name, script.to_owned()));
        }
        rest = after;
    }
    (page + rest, files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_in_the_page_become_files() {
        let html = "<head><script src=\"a.js\"></script><script type=\"module\">\nimport './b.js';\n</script></head>";
        let (page, files) = without_scripts(html);
        let [(name, script)] = &files[..] else { panic!("{files:?}") };
        assert_eq!(script, "\nimport './b.js';\n");
        let expected =
            format!("<head><script src=\"a.js\"></script><script type=\"module\" src=\"./{name}\"></script></head>");
        assert_eq!(page, expected);
        assert_eq!(without_scripts("<p>none</p>"), ("<p>none</p>".into(), Vec::new()));
    }
}
