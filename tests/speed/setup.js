// The workloads that `cargo run -p lrscope-trainer --example bench_setup` has written: models, weights, batches, losses.

/** Steps of which the losses must agree, and batches that a peer is given. */
export const COMPARED = 20;

/** Reads the workloads; the weights and batches of a workload are views into one array. */
export async function readSetup() {
  const setup = await (await fetch("/setup/setup.json")).json();
  const data = new Float32Array(await (await fetch("/setup/data.bin")).arrayBuffer());
  return { stop: Uint8Array.from(setup.stop), workloads: setup.workloads.map((workload) => read(workload, data)) };
}

function read(workload, data) {
  const { rows, width, classes, lanes, lr, losses, experiment } = workload;
  const [kind] = Object.keys(experiment.task);
  const model = experiment.task[kind][1];
  const shapes = kind === "Tokens" ? transformerShapes(model) : perceptronShapes(model, width, classes);
  const parameters = shapes.reduce((sum, [from, to]) => sum + from * to, 0);
  /** The first `count` lanes. */
  const take = (offset, size, count) => data.subarray(offset, offset + size * count);
  return {
    ...workload,
    kind,
    model,
    shapes,
    /** The matrices of the first `count` lanes, each `[count, from, to]`. */
    weights(count) {
      const all = take(workload.weights, parameters, count);
      let offset = 0;
      return shapes.map(([from, to]) => {
        const values = new Float32Array(count * from * to);
        for (let lane = 0; lane < count; lane += 1) {
          const begin = lane * parameters + offset;
          values.set(all.subarray(begin, begin + from * to), lane * from * to);
        }
        offset += from * to;
        return { values, shape: [count, from, to] };
      });
    },
    /** The batch of a step; the batches come again and again. */
    batch(step, count) {
      const { input, target } = workload.batches[step % workload.batches.length];
      return { input: take(input, rows * width, count), target: take(target, rows * classes, count) };
    },
    optimizer: experiment.optimizer,
    lr,
    lanes,
    /** The mean loss of the first `count` lanes at each of the first steps. */
    expected: (count) => losses.map((step) => mean(step.slice(0, count))),
    /** Messages that start our workers. */
    starts: (count, workers) =>
      (count === 1 ? [workload.startOne] : workload.startAll[workers - 1]).map((bytes) => Uint8Array.from(bytes)),
  };
}

export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

function perceptronShapes({ hidden, layers }, width, classes) {
  const widths = [width, ...Array(layers).fill(hidden), classes];
  return widths.slice(1).flatMap((to, layer) => [[widths[layer], to], [1, to]]);
}

function transformerShapes({ layers, d_model: d, feed_forward: wide, sequence, vocabulary, norm }) {
  const normal = [[1, d], [1, d]];
  const square = Array(4).fill([d, d]);
  const layer = [...square, ...normal, [d, wide], [1, wide], [wide, d], [1, d], ...normal];
  const last = norm === "Pre" ? normal : [];
  return [[vocabulary, d], [sequence, d], ...Array(layers).fill(layer).flat(), ...last, [d, vocabulary], [1, vocabulary]];
}
