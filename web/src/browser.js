// What only JavaScript can do: ask for a GPU without crashing, download with progress, start workers.

/** "absent|software|hardware" and a few words on it. Never throws: `requestAdapter` does in some browsers. */
export async function probe_gpu() {
  if (!navigator.gpu) return ["absent", "this browser has no WebGPU"];
  try {
    const adapter = await navigator.gpu.requestAdapter();
    if (!adapter) return ["absent", "the browser offers no WebGPU adapter"];
    const info = adapter.info ?? {};
    const name = [info.vendor, info.architecture, info.description].filter(Boolean).join(" ") || "unnamed adapter";
    const software = info.isFallbackAdapter || adapter.isFallbackAdapter || /swiftshader|llvmpipe|lavapipe|basic render/i.test(name);
    return [software ? "software" : "hardware", name];
  } catch (error) {
    return ["absent", `asking for a WebGPU adapter failed (${error.message ?? error})`];
  }
}

const trainers = new Map();

/**
 * Downloads and compiles a trainer once; `progress(received, total)` in bytes, total 0 where the server does not say.
 * Returns what `start_worker` needs.
 */
export function load_trainer(name, progress) {
  if (!trainers.has(name)) {
    const loading = download(name, progress);
    loading.catch(() => trainers.delete(name));
    trainers.set(name, loading);
  }
  return trainers.get(name);
}

const beside = (file) => new URL(file, document.baseURI);

async function get(address, options) {
  const response = await fetch(address, options);
  if (!response.ok) throw new Error(`${new URL(address).pathname}: ${response.status} ${response.statusText}`);
  return response;
}

async function download(name, progress) {
  // The version in the addresses keeps a browser from mixing files of two builds.
  const trainers = await (await get(beside("./workers.json"), { cache: "no-cache" })).json();
  const { bytes, version } = trainers[name];
  const response = await get(beside(`./${name}_bg.wasm?v=${version}`));
  let received = 0;
  const counted = response.body.pipeThrough(
    new TransformStream({
      transform(chunk, controller) {
        received += chunk.byteLength;
        progress(received, bytes);
        controller.enqueue(chunk);
      },
    }),
  );
  const headers = { "content-type": "application/wasm" };
  const module = await WebAssembly.compileStreaming(new Response(counted, { headers }));
  return { name, module, script: beside(`./${name}.js?v=${version}`).href };
}

/** Starts a worker. `message(bytes)` gets what the trainer says, `failed(text)` that it has died. */
export function start_worker({ name, module, script }, message, failed) {
  const worker = new Worker(beside("./trainer-worker.js"), { type: "module", name });
  worker.onmessage = ({ data }) => (data.error ? failed(data.error) : message(new Uint8Array(data)));
  worker.onerror = (event) => {
    event.preventDefault();
    failed(event.message || "the worker could not be loaded");
  };
  worker.onmessageerror = () => failed("a message could not be read");
  worker.postMessage({ script, module });
  return worker;
}

export function send(worker, bytes) {
  worker.postMessage(bytes.buffer, [bytes.buffer]);
}

/** The same with a Blob, or nothing, beside the bytes. */
export function send_with(worker, bytes, blob) {
  worker.postMessage([bytes.buffer, blob ?? null], [bytes.buffer]);
}

/** Puts a text on the clipboard; false where the browser does not allow it. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
