//! What people download: the files of a release, compressed as a good server sends them (brotli, quality 11).
//!
//! `LRSCOPE_SITE` is the folder of a site whose page and tools are a release; `cargo xtask test --stage release` builds one.
//! The limits keep a size from growing unseen: who lowers a size lowers its limit.

use std::env;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// What is loaded together, and how many bytes it may be.
struct Group {
    name: &'static str,
    /// How the names of its files begin.
    starts: &'static [&'static str],
    limit: usize,
}

const GROUPS: [Group; 3] = [
    Group {
        name: "page",
        starts: &["index.html", "start-", "style", "shell", "tools-", "editor", "plot", "compose", "race", "page-"],
        limit: 477_700,
    },
    Group { name: "tools, with the lint engine", starts: &["tools-worker"], limit: 499_500 },
    Group { name: "texts to look up", starts: &["library.postcard"], limit: 30_000 },
];

/// Counts the bytes that go through it.
struct Count(usize);

impl Write for Count {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The bytes of a file and of what brotli makes of it.
fn sizes(file: &Path) -> io::Result<(usize, usize)> {
    let mut compressor = brotli::CompressorWriter::new(Count(0), 1 << 16, 11, 22);
    let raw = io::copy(&mut File::open(file)?, &mut compressor)?;
    Ok((raw as usize, compressor.into_inner().0))
}

#[test]
fn what_people_wait_for_stays_small() -> io::Result<()> {
    let site = PathBuf::from(env::var_os("LRSCOPE_SITE").expect("LRSCOPE_SITE is the folder of a built site."));
    let files: Vec<String> = fs::read_dir(&site)?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<io::Result<_>>()?;
    let mut failures = Vec::new();
    for group in &GROUPS {
        // `tools-worker.js` is no file of the page although a style sheet begins like it.
        let belongs = |file: &&String| {
            let longest = GROUPS.iter().flat_map(|other| other.starts).filter(|start| file.starts_with(**start));
            longest.max_by_key(|start| start.len()).is_some_and(|start| group.starts.contains(start))
        };
        let (mut raw, mut compressed) = (0, 0);
        for file in files.iter().filter(belongs) {
            let of_file = sizes(&site.join(file))?;
            raw += of_file.0;
            compressed += of_file.1;
        }
        println!("{}: {raw} bytes, {compressed} compressed, at most {}", group.name, group.limit);
        if compressed == 0 || compressed > group.limit {
            failures.push(group.name);
        }
    }
    assert!(failures.is_empty(), "too large, or missing: {}", failures.join(", "));
    Ok(())
}
