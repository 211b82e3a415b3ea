//! The worker that trains on WebGPU.

mod event_loop;
mod worker;

use worker::Opened;

fn main() {
    worker::start(async {
        let gpu = trainer::webgpu::open().await?;
        Ok(Opened { name: format!("WebGPU: {}", gpu.name()), device: gpu.device, compiles_shaders: true })
    });
}
