//! A static file server as dumb as those that people host the site on, below a path that is not the root. It can be told to
//! do with single files what real servers and networks do to them.

use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// Where the site lies on the server, to prove that it needs not be at the root.
const BASE: &str = "/some/sub/";

/// What is done with a file.
#[derive(Clone, Copy)]
pub enum Deed {
    /// Answered with a status and nothing else.
    Refuse(&'static str),
    /// The same, but the next to ask gets it.
    RefuseOnce(&'static str),
    /// Half of it, and then the connection is closed.
    CutOff,
    /// Half of it, and then nothing.
    Stall,
    /// Something else in its place.
    Replace(&'static str),
    /// Something before its first line.
    Prepend(&'static str),
}

/// Files, by the ends of their names, with which something is done. May change while the server runs.
pub type Deeds = Arc<Mutex<Vec<(&'static str, Deed)>>>;

/// Serves a folder from a thread of its own for as long as `running` is true, and returns the address of the site.
pub fn start(folder: PathBuf, running: &'static AtomicBool) -> String {
    start_with(folder, running, Deeds::default())
}

/// The same, with deeds.
pub fn start_with(folder: PathBuf, running: &'static AtomicBool, deeds: Deeds) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("some port is free");
    let port = listener.local_addr().expect("a bound socket has an address").port();
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            if !running.load(Ordering::SeqCst) {
                // Whoever asks from now on finds nobody there.
                return;
            }
            let (folder, deeds) = (folder.clone(), Arc::clone(&deeds));
            // A browser that hangs up early is no concern of the tests.
            thread::spawn(move || answer(connection, &folder, &deeds).ok());
        }
    });
    format!("http://127.0.0.1:{port}{BASE}")
}

/// Answers one request and hangs up.
fn answer(mut connection: TcpStream, folder: &Path, deeds: &Deeds) -> io::Result<()> {
    let mut reader = BufReader::new(connection.try_clone()?);
    let mut request = String::new();
    reader.read_line(&mut request)?;
    let mut header = String::new();
    while reader.read_line(&mut header)? > 2 {
        header.clear();
    }
    let target = request.split(' ').nth(1).unwrap_or_default();
    let path = target.split(['?', '#']).next().unwrap_or_default();
    let done = |(end, _): &&(&str, Deed)| path.ends_with(end);
    let deed = deeds.lock().ok().and_then(|mut deeds| {
        let place = deeds.iter().position(|deed| done(&deed))?;
        let (_, deed) = deeds[place];
        if matches!(deed, Deed::RefuseOnce(_)) {
            deeds.swap_remove(place);
        }
        Some(deed)
    });
    if let Some(Deed::Refuse(status) | Deed::RefuseOnce(status)) = deed {
        return write!(connection, "HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    }
    match path.strip_prefix(BASE).and_then(|path| read(folder, path)) {
        Some((bytes, kind)) => {
            let bytes = match deed {
                Some(Deed::Replace(text)) => text.into(),
                Some(Deed::Prepend(text)) => [text.as_bytes(), &bytes].concat(),
                _ => bytes,
            };
            let length = bytes.len();
            write!(connection, "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n")?;
            write!(connection, "connection: close\r\n\r\n")?;
            match deed {
                Some(Deed::CutOff) => connection.write_all(&bytes[..length / 2]),
                Some(Deed::Stall) => {
                    connection.write_all(&bytes[..length / 2])?;
                    // Longer than any page should wait.
                    thread::sleep(Duration::from_secs(120));
                    Ok(())
                }
                _ => connection.write_all(&bytes),
            }
        }
        None => write!(connection, "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"),
    }
}

/// A file below the folder and its type. Requests come from our own page, but stay inside the folder all the same.
fn read(folder: &Path, path: &str) -> Option<(Vec<u8>, &'static str)> {
    let path = if path.is_empty() { "index.html" } else { path };
    if path.split('/').any(|part| part == "..") {
        return None;
    }
    let kind = match Path::new(path).extension()?.to_str()? {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript",
        "css" => "text/css",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "webmanifest" => "application/manifest+json",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    };
    Some((fs::read(folder.join(path)).ok()?, kind))
}
