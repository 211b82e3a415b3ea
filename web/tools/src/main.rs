//! The worker: takes a question, answers it, one after the other. The page never waits on its own thread.

#[cfg(target_family = "wasm")]
mod blob;
#[cfg(target_family = "wasm")]
mod worker;

fn main() {
    #[cfg(target_family = "wasm")]
    worker::start();
}
