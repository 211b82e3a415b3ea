// The inside of a peer's worker: opens a trainer, and answers.
import { counted } from "./gpu-counter.js";
import { COMPARED, readSetup } from "./setup.js";

/** Milliseconds of work between two looks at the loss, about as many as our worker takes. */
const CHUNK = 100;
/** Milliseconds of training before the clock starts. */
const WARMUP = 600;

/** `open(workload, lanes, backend)` returns `{ step(index), loss() }`; `loss` reads the mean loss of the last step. */
export function serve(open) {
  const counter = counted();
  let trainer;
  let next = 0;
  const train = async (steps) => {
    for (let step = 0; step < steps; step += 1) trainer.step(next++);
    return trainer.loss();
  };
  const answer = async ({ open: wanted, duration, hollow }) => {
    counter.hollow ||= Boolean(hollow);
    if (wanted) {
      const { workloads } = await readSetup();
      trainer = await open(workloads.find(({ name }) => name === wanted.workload), wanted.lanes, wanted.backend);
      const losses = [];
      while (losses.length < COMPARED) losses.push(await train(1));
      return losses;
    }
    if (!duration) return { ...counter, steps: next };
    const begin = performance.now();
    let chunk = 1;
    let since = 0;
    let steps = 0;
    for (;;) {
      const started = performance.now();
      await train(chunk);
      const now = performance.now();
      if (since) steps += chunk;
      else if (now - begin > WARMUP) since = now;
      if (since && steps > 0 && now - since >= duration) return (steps * 1000) / (now - since);
      chunk = Math.max(1, Math.min(2 * chunk, 500, Math.floor((chunk * CHUNK) / Math.max(0.1, now - started))));
    }
  };
  self.onmessage = ({ data }) =>
    answer(data).then(
      (result) => self.postMessage({ answer: result }),
      (error) => self.postMessage({ error: String(error?.message ?? error) }),
    );
}
