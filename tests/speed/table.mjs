// The results as Markdown.

const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};
const number = (value) => (value >= 100 ? Math.round(value).toLocaleString("en") : value.toPrecision(2));
const ratio = (value) => `${value >= 10 ? value.toFixed(0) : value.toFixed(2)}x`;
const range = (values) => `${number(Math.min(...values))}-${number(Math.max(...values))}`;
/** Devices of one kind are compared: ours on the CPU with what computes there, ours on WebGPU with what draws. */
const isGpu = (name) => /webgpu|webgl/.test(name);

/** One table for each workload, and one of what is asked of WebGPU. */
export function table({ browser, results, date, cpu, cores }) {
  const version = /(?:Headless)?Chrome\/(\d+)/.exec(browser)?.[1] ?? "of unknown version";
  const parts = [`${date}, ${cores} cores of ${cpu}, Chromium ${version}; WebGPU and WebGL computed in software (SwiftShader).`];
  for (const { name, words, entries } of results) parts.push(`**${name}** (${words})`, speeds(entries));
  const counted = results.flatMap(({ name, entries }) => entries.filter(({ counts }) => counts).map((entry) => ({ ...entry, of: name })));
  if (counted.length > 0) parts.push("**WebGPU, per step**", counts(counted));
  return parts.join("\n\n");
}

function speeds(entries) {
  const ours = (lanes, gpu) => {
    const found = entries.find((entry) => entry.name === `lrscope ${gpu ? "webgpu" : "cpu"}` && entry.lanes === lanes && entry.workers === 1);
    return found?.speeds?.length && !found.error ? median(found.speeds) : null;
  };
  const rows = entries.map(({ name, lanes, workers, speeds, error, difference }) => {
    const who = name + (name.startsWith("lrscope") ? `, ${workers} worker${workers > 1 ? "s" : ""}` : "");
    if (error) return [who, lanes, `– (${error})`, "", "", "", ""];
    const speed = median(speeds);
    const best = ours(lanes, isGpu(name));
    return [who, lanes, number(speed), range(speeds), number(speed * lanes), best ? ratio(best / speed) : "", difference.toExponential(0)];
  });
  return markdown(["engine", "lanes", "steps/s (median)", "range", "lane-steps/s", "ours with 1 worker is", "losses differ by"], rows);
}

function counts(entries) {
  const rows = entries.map(({ of, name, lanes, speeds, counts: { dispatches, submits, writes, hollow } }) => {
    const whole = 1000 / median(speeds);
    const each = dispatches ? `${((hollow * 1000) / dispatches).toFixed(0)} µs` : "";
    return [of, name, lanes, dispatches.toFixed(1), submits.toFixed(1), writes.toFixed(1), `${number(whole)} ms`, `${number(hollow)} ms`, each];
  });
  return markdown(["workload", "engine", "lanes", "dispatches", "submits", "buffer writes", "a step takes", "without the GPU's work", "of that per dispatch"], rows);
}

function markdown(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, column) => (column === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}
