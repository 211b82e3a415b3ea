// A peer in a worker of its own, asked for losses and speed like ours.

export class Peer {
  constructor(library, backend, workload, lanes) {
    Object.assign(this, { library, backend, workload: workload.name, lanes });
  }

  async losses() {
    this.worker = new Worker(`./built/${this.library}.js`, { type: "module" });
    const { library, backend, workload, lanes } = this;
    return this.ask({ open: { library, backend, workload, lanes } });
  }

  speed(duration) {
    return this.ask({ duration });
  }

  counts() {
    return this.ask({ counts: true });
  }

  /** From now on the GPU has nothing to do. */
  hollow() {
    return this.ask({ hollow: true });
  }

  ask(question) {
    return new Promise((resolve, reject) => {
      this.worker.onerror = (event) => reject(new Error(event.message || "the worker cannot be loaded"));
      this.worker.onmessage = ({ data }) => ("error" in data ? reject(new Error(data.error)) : resolve(data.answer));
      this.worker.postMessage(question);
    });
  }

  close() {
    this.worker?.terminate();
  }
}
