//! The playground on this machine, rebuilt as its sources change; reloading is up to whoever looks at it.

use std::fs;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::Child;
use std::thread;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail};

use crate::site;

/// Builds the site and serves it until somebody stops us.
pub fn serve(port: u16, release: bool) -> Result<()> {
    // Trunk would find out only after it has built everything.
    if let Err(error) = TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        bail!("Port {port} of 127.0.0.1 cannot be used ({error}): choose another one with `--port`.");
    }
    let mut trunk = site::trunk(release)?;
    trunk.args(["serve", "--port", &port.to_string()]);
    if release {
        trunk.arg("--release");
    }
    println!("Building the playground. The first build takes some minutes, later ones seconds.");
    let started = SystemTime::now();
    let mut child = trunk.spawn().context("trunk could not be started.")?;
    announce(&mut child, port, started)?;
    let status = child.wait().context("trunk could not be waited for.")?;
    if !status.success() {
        bail!("The server ended ({status}); what it said is above.");
    }
    Ok(())
}

/// Waits until the server answers, then says where, or that there is nothing to see yet.
fn announce(server: &mut Child, port: u16, started: SystemTime) -> Result<()> {
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        if server.try_wait().context("trunk could not be waited for.")?.is_some() {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(100));
    }
    let page = fs::metadata(site::folder().join("index.html")).and_then(|page| page.modified());
    if page.is_ok_and(|written| written >= started) {
        println!("\n    The playground is at http://127.0.0.1:{port}/ (Ctrl-C stops it)\n");
    } else {
        println!("\n    The build failed, see above. It starts again when a source file is saved.\n");
    }
    Ok(())
}
