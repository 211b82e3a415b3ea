//! The worker that trains on WebGPU.

mod event_loop;
mod worker;

use trainer::browser::open_webgpu;
use worker::Opened;

fn main() {
    worker::start(async {
        let (device, name) = open_webgpu().await?;
        Ok(Opened { device, name: format!("WebGPU: {name}"), compiles_shaders: true })
    });
}
