//! The worker that trains on the CPU, with Burn's flex backend in WebAssembly SIMD.

mod event_loop;
mod worker;

use trainer::Device;
use worker::Opened;

fn main() {
    worker::start(async {
        Ok(Opened { device: Device::flex(), name: "CPU (WebAssembly SIMD)".into(), compiles_shaders: false })
    });
}
