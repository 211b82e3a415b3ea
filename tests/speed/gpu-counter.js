// Counts what a thread asks of WebGPU, and the time it works for that between two read-backs.

/** Counts from now on: dispatches, submits, writes, read-backs, and milliseconds of the thread's own work. */
export function counted() {
  const counter = { dispatches: 0, submits: 0, writes: 0, reads: 0, busy: 0 };
  if (!self.GPUComputePassEncoder) return counter;
  const count = (prototype, name, key) => {
    const original = prototype[name];
    prototype[name] = function (...parameters) {
      counter[key] += 1;
      return original.apply(this, parameters);
    };
  };
  count(GPUComputePassEncoder.prototype, "dispatchWorkgroups", "dispatches");
  count(GPUComputePassEncoder.prototype, "dispatchWorkgroupsIndirect", "dispatches");
  count(GPUQueue.prototype, "submit", "submits");
  count(GPUQueue.prototype, "writeBuffer", "writes");
  // A thread that trains waits for nothing but the numbers it reads back: from one answer to the next question it works.
  let answered = performance.now();
  const map = GPUBuffer.prototype.mapAsync;
  GPUBuffer.prototype.mapAsync = function (...parameters) {
    counter.reads += 1;
    counter.busy += Math.max(0, performance.now() - answered);
    return map.apply(this, parameters).finally(() => {
      answered = performance.now();
    });
  };
  return counter;
}
