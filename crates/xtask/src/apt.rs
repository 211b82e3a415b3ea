//! System packages on Debian and Ubuntu, where we are allowed to install them.

use anyhow::{Context, Result};

use crate::process::{command, on_path, output, run};

/// True on a system with apt on which we are root.
pub fn available() -> bool {
    on_path("apt-get").is_some() && output(command("id").arg("-u")).as_deref() == Some("0")
}

/// Installs packages, with the lists brought up to date first (fresh machines have none).
pub fn install(packages: &[&str]) -> Result<()> {
    println!("Installing {} by apt-get.", packages.join(" and "));
    let apt = || {
        let mut apt = command("apt-get");
        apt.env("DEBIAN_FRONTEND", "noninteractive").arg("-q").arg("-y");
        apt
    };
    run(apt().arg("update"))
        .and_then(|()| run(apt().args(["install", "--no-install-recommends"]).args(packages)))
        .with_context(|| format!("apt-get could not install {}.", packages.join(" and ")))
}
