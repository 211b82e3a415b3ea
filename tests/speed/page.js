// Measures: every engine in turn, again and again, so that a slow minute of the machine falls on all alike.
import { Ours } from "./ours.js";
import { Peer } from "./peer.js";
import { readSetup } from "./setup.js";

const parameters = new URLSearchParams(location.search);
const repetitions = Number(parameters.get("repetitions"));
const duration = Number(parameters.get("milliseconds"));
const only = parameters.get("only");
const cores = Math.max(2, Math.min(16, Number(parameters.get("cores"))));
/** How far the loss of a step may be from ours, as a share of it. */
const TOLERANCE = 1e-3;

const tell = (kind, content) => fetch(`/${kind}`, { method: "POST", body: JSON.stringify(content) });
const error = (thrown) => String(thrown?.message ?? thrown).split("\n")[0];

function engines(workload, stop) {
  const list = [];
  for (const lanes of [1, workload.lanes]) {
    const add = (name, engine, workers = 1) => list.push({ name, lanes, workers, engine });
    add("lrscope cpu", new Ours("cpu-worker", workload, lanes, 1, stop));
    if (lanes > 1) add("lrscope cpu", new Ours("cpu-worker", workload, lanes, cores, stop), cores);
    add("lrscope webgpu", new Ours("webgpu-worker", workload, lanes, 1, stop));
    for (const backend of ["wasm", "webgpu"]) add(`jax-js ${backend}`, new Peer("jax", backend, workload, lanes));
    for (const backend of ["cpu", "wasm", "webgl", "webgpu"]) {
      add(`tfjs ${backend}`, new Peer("tfjs", backend, workload, lanes));
    }
  }
  return list.filter(({ name }) => !only || only.split(",").some((part) => name.includes(part)));
}

/** The largest difference of the losses from ours, as a share; an engine that computes something else is no peer. */
function difference(losses, expected) {
  return Math.max(...expected.map((loss, step) => Math.abs(losses[step] - loss) / loss));
}

async function measure(workload, stop) {
  const list = engines(workload, stop);
  for (const entry of list) {
    try {
      await tell("log", `${workload.name}: ${entry.name}, lanes ${entry.lanes}`);
      entry.difference = difference(await entry.engine.losses(), workload.expected(entry.lanes));
      // Written so that NaN is caught.
      if (!(entry.difference <= TOLERANCE)) throw new Error(`its losses are off by ${entry.difference}`);
      entry.speeds = [];
    } catch (thrown) {
      entry.error = error(thrown);
      entry.engine.close();
      await tell("log", `  ${entry.error}`);
    }
  }
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    await tell("log", `${workload.name}: repetition ${repetition + 1} of ${repetitions}`);
    for (const entry of list.filter((entry) => !entry.error)) {
      try {
        const before = entry.name.includes("webgpu") ? await entry.engine.counts() : null;
        entry.speeds.push(await entry.engine.speed(duration));
        if (before) entry.counts = perStep(before, await entry.engine.counts());
      } catch (thrown) {
        entry.error = error(thrown);
        entry.engine.close();
        await tell("log", `  ${entry.name}, lanes ${entry.lanes}: ${entry.error}`);
      }
    }
  }
  for (const entry of list.filter(({ error, counts }) => !error && counts)) {
    await entry.engine.hollow();
    entry.counts.hollow = 1000 / (await entry.engine.speed(duration));
  }
  list.forEach(({ engine }) => engine.close());
  return list.map(({ engine: _, ...entry }) => entry);
}

function perStep(before, after) {
  const steps = after.steps - before.steps;
  const keys = ["dispatches", "submits", "writes", "reads"];
  return Object.fromEntries(keys.map((key) => [key, (after[key] - before[key]) / steps]));
}

try {
  const { stop, workloads } = await readSetup();
  const results = [];
  for (const workload of workloads.filter(({ name }) => (parameters.get("workloads") ?? name).includes(name))) {
    results.push({ name: workload.name, words: workload.words, rows: workload.rows, entries: await measure(workload, stop) });
  }
  await tell("result", { browser: navigator.userAgent, results });
} catch (thrown) {
  await tell("failed", error(thrown));
}
