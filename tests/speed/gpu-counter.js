// Counts what a thread asks of WebGPU, and can keep the GPU from doing it.

/** Counts dispatches, submits, writes and read-backs from now on. While `hollow` is set nothing is dispatched, so that what is left
 * is the time of the thread and of the browser. */
export function counted() {
  const counter = { dispatches: 0, submits: 0, writes: 0, reads: 0, hollow: false };
  if (!self.GPUComputePassEncoder) return counter;
  const count = (prototype, name, key) => {
    const original = prototype[name];
    prototype[name] = function (...parameters) {
      counter[key] += 1;
      return key === "dispatches" && counter.hollow ? undefined : original.apply(this, parameters);
    };
  };
  count(GPUComputePassEncoder.prototype, "dispatchWorkgroups", "dispatches");
  count(GPUComputePassEncoder.prototype, "dispatchWorkgroupsIndirect", "dispatches");
  count(GPUQueue.prototype, "submit", "submits");
  count(GPUQueue.prototype, "writeBuffer", "writes");
  count(GPUBuffer.prototype, "mapAsync", "reads");
  return counter;
}
