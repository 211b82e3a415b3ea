//! Opening a GPU through WebGPU: in a browser the browser's, elsewhere by Vulkan, Metal or DirectX 12.

use burn_tensor::Device;
use burn_tensor::wgpu::wgpu::DeviceType;
use burn_tensor::wgpu::{WgpuInitError, WgpuSetup};

/// Implementations that compute on the CPU and do not always say so.
const SOFTWARE: [&str; 2] = ["SwiftShader", "llvmpipe"];

/// A GPU that is ready, or what stands in for one.
#[derive(Clone, Debug)]
pub struct Gpu {
    /// Where tensors live.
    pub device: Device,
    /// Whether it is computed on the CPU, slower than the CPU itself would.
    pub software: bool,
    name: String,
}

impl Gpu {
    fn new((device, setup): (Device, WgpuSetup)) -> Self {
        let info = setup.adapter.get_info();
        let name = if info.name.is_empty() { "GPU".to_owned() } else { info.name };
        let software = info.device_type == DeviceType::Cpu || SOFTWARE.iter().any(|software| name.contains(software));
        Self { device, software, name }
    }

    /// In words, ending in "(software)" for one that is not a GPU.
    pub fn name(&self) -> String {
        format!("{}{}", self.name, if self.software { " (software)" } else { "" })
    }
}

/// Opens WebGPU. A program can do it once.
///
/// # Errors
/// One sentence: why there is no WebGPU.
#[cfg(target_family = "wasm")]
pub async fn open() -> Result<Gpu, String> {
    Device::wgpu_options().init_with_setup_async().await.map(Gpu::new).map_err(|error| refusal(&error))
}

/// Opens the fastest GPU of this machine. A program can do it once.
///
/// # Errors
/// One sentence: why there is none.
#[cfg(not(target_family = "wasm"))]
pub fn open() -> Result<Gpu, String> {
    Device::wgpu_options().init_with_setup().map(Gpu::new).map_err(|error| refusal(&error))
}

fn refusal(error: &WgpuInitError) -> String {
    format!("WebGPU cannot be used here ({error}).")
}
