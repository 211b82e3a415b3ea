//! A static file server as dumb as those that people host the site on, below a path that is not the root.

use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// Where the site lies on the server, to prove that it needs not be at the root.
const BASE: &str = "/some/sub/";

/// Serves a folder from a thread of its own for as long as `running` is true, and returns the address of the site.
pub fn start(folder: PathBuf, running: &'static AtomicBool) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("some port is free");
    let port = listener.local_addr().expect("a bound socket has an address").port();
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            if !running.load(Ordering::SeqCst) {
                // Whoever asks from now on finds nobody there.
                return;
            }
            let folder = folder.clone();
            // A browser that hangs up early is no concern of the tests.
            thread::spawn(move || answer(connection, &folder).ok());
        }
    });
    format!("http://127.0.0.1:{port}{BASE}")
}

/// Answers one request and hangs up.
fn answer(mut connection: TcpStream, folder: &Path) -> io::Result<()> {
    let mut reader = BufReader::new(connection.try_clone()?);
    let mut request = String::new();
    reader.read_line(&mut request)?;
    let mut header = String::new();
    while reader.read_line(&mut header)? > 2 {
        header.clear();
    }
    let target = request.split(' ').nth(1).unwrap_or_default();
    let path = target.split(['?', '#']).next().unwrap_or_default();
    match path.strip_prefix(BASE).and_then(|path| read(folder, path)) {
        Some((bytes, kind)) => {
            let length = bytes.len();
            write!(connection, "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n")?;
            write!(connection, "connection: close\r\n\r\n")?;
            connection.write_all(&bytes)
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
