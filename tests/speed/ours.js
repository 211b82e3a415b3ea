// Runs our release worker, as the playground does, and times it.
import { readMessage } from "./messages.js";
import { COMPARED, mean } from "./setup.js";

/** Milliseconds of training before the clock starts: the chunks of the worker have found their length by then. */
const WARMUP = 600;

/** An engine that trains `lanes` lanes of a workload in `workers` workers called `name`. */
export class Ours {
  constructor(name, workload, lanes, workers, stop) {
    Object.assign(this, { name, workload, lanes, workers, stop });
  }

  /** Mean losses of the first steps. */
  async losses() {
    this.parts = await Promise.all(this.workload.starts(this.lanes, this.workers).map((start) => Part.open(this.name, start)));
    const seen = await Promise.all(this.parts.map((part) => part.first(COMPARED, this.stop)));
    return Array.from({ length: COMPARED }, (_, step) => mean(seen.flatMap((losses) => losses[step])));
  }

  /** Steps of all lanes per second, over that many milliseconds. */
  async speed(duration) {
    const speeds = await Promise.all(this.parts.map((part) => part.speed(duration, this.stop)));
    // Each worker has its share of the lanes; the slowest decides when a step of all is made.
    return Math.min(...speeds);
  }

  counts() {
    return this.ask("ask");
  }

  /** From now on the GPU has nothing to do. */
  hollow() {
    return this.ask("hollow");
  }

  async ask(question) {
    const channel = new BroadcastChannel(this.parts[0].channel);
    const answer = new Promise((resolve) => {
      channel.onmessage = ({ data }) => typeof data === "object" && resolve(data);
    });
    channel.postMessage(question);
    const counts = await answer;
    channel.close();
    return { ...counts, steps: this.parts[0].trained };
  }

  close() {
    this.parts?.forEach((part) => part.worker.terminate());
  }
}

/** One worker. */
class Part {
  trained = 0;
  channel = crypto.randomUUID();

  static async open(name, start) {
    const part = new Part();
    part.start = start;
    part.worker = new Worker("./ours-worker.js", { type: "module" });
    const ready = part.until(({ kind }) => kind === "ready");
    part.worker.postMessage({ script: `./workers/${name}.js`, wasm: `./workers/${name}_bg.wasm`, channel: part.channel });
    part.device = (await ready).device;
    return part;
  }

  /** The first message that fits; every message is shown to `fits`. */
  until(fits) {
    return new Promise((resolve, reject) => {
      this.worker.onerror = (event) => reject(new Error(event.message));
      this.worker.onmessage = ({ data }) => {
        if (data.error) return reject(new Error(data.error));
        const message = readMessage(new Uint8Array(data));
        if (message.kind === "failed") return reject(new Error(message.message));
        if (message.kind === "progress") this.trained += message.steps.length;
        if (fits(message)) resolve(message);
      };
    });
  }

  async first(count, stop) {
    const losses = [];
    this.send(this.start);
    await this.until((message) => {
      if (message.kind === "progress") losses.push(...message.steps.map((step) => step.loss));
      return losses.length >= count;
    });
    this.send(stop);
    return losses;
  }

  async speed(duration, stop) {
    const begin = performance.now();
    let since;
    let steps = 0;
    let now;
    this.send(this.start);
    await this.until(({ kind, steps: reports }) => {
      now = performance.now();
      // Reports that were on their way when the run before was stopped belong to that one.
      if (kind === "progress" && (since || (now - begin > WARMUP && reports[0].step > 0))) {
        if (since) steps += reports.length;
        since ??= now;
      }
      return kind === "done" || (since && steps > 0 && now - since >= duration);
    });
    this.send(stop);
    return (steps * 1000) / (now - since);
  }

  send(bytes) {
    const copy = bytes.slice();
    this.worker.postMessage(copy.buffer, [copy.buffer]);
  }
}
