//! What Burn needs in a browser before it can be used.

/// Runs the static constructors of the program, once. Call it first in every program and in every test.
///
/// Burn's GPU compiler registers itself in static constructors. Where no code names `__wasm_call_ctors`, the linker
/// takes the program for a library without a start and wraps *every* export in a call that runs all constructors
/// again, which was measured at 85-90 % of the time of a GPU training step.
#[allow(unsafe_code)]
pub fn run_constructors() {
    use std::sync::Once;

    unsafe extern "C" {
        /// Made by the linker.
        fn __wasm_call_ctors();
    }
    static ONCE: Once = Once::new();
    // SAFETY: the linker makes the function in every program; constructors may run once, before anything that they
    // register is used, which is what `Once` and the caller see to.
    ONCE.call_once(|| unsafe { __wasm_call_ctors() });
}
