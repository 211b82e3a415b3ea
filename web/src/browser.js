// What only JavaScript can do: ask for a GPU without crashing, download with progress, start workers.

/** How long a browser may think about an adapter. */
const ADAPTER_MS = 10_000;
/** How long a server may send nothing. */
const STALL_MS = 20_000;

const silence = (ms) => new Error(`no answer for ${ms / 1000} s`);

/** The same promise, but not for ever. */
const within = (ms, promise) =>
  Promise.race([promise, new Promise((_, reject) => setTimeout(() => reject(silence(ms)), ms))]);

/** "absent|software|hardware" and a few words on it. Never throws: `requestAdapter` does in some browsers. */
export async function probe_gpu() {
  if (!navigator.gpu) return ["absent", "this browser has no WebGPU"];
  try {
    const adapter = await within(ADAPTER_MS, navigator.gpu.requestAdapter());
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
  const stall = new AbortController();
  let timer;
  let received = 0;
  let expected = 0;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => stall.abort(silence(STALL_MS)), STALL_MS);
  };
  try {
    wait();
    // The version in the addresses keeps a browser from mixing files of two builds.
    const listed = await get(beside("./workers.json"), { cache: "no-cache", signal: stall.signal });
    const { bytes, version } = (await listed.json())[name];
    expected = bytes;
    wait();
    const response = await get(beside(`./${name}_bg.wasm?v=${version}`), { signal: stall.signal });
    const counted = response.body.pipeThrough(
      new TransformStream({
        transform(chunk, controller) {
          wait();
          received += chunk.byteLength;
          progress(received, expected);
          controller.enqueue(chunk);
        },
      }),
    );
    const headers = { "content-type": "application/wasm" };
    const module = await WebAssembly.compileStreaming(new Response(counted, { headers }));
    return { name, module, script: beside(`./${name}.js?v=${version}`).href };
  } catch (error) {
    if (error instanceof WebAssembly.CompileError) throw new Error(`${name}_bg.wasm is damaged`);
    if (stall.signal.aborted) throw stall.signal.reason;
    if (received > 0 && received < expected) {
      const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
      throw new Error(`the connection broke off after ${megabytes(received)} of ${megabytes(expected)} MB`);
    }
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** The bytes of a file beside the page. The browser asks whether they are still the newest: a new page needs its own. */
export async function load_bytes(name) {
  return new Uint8Array(await (await get(beside(`./${name}`), { cache: "no-cache" })).arrayBuffer());
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

/** Hands the user a file. */
export function save(name, kind, content) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type: kind }));
  link.download = name;
  link.click();
  // The browser has taken the bytes by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

const DRAWN = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "opacity", "font-size", "font-family", "font-weight", "text-anchor"];

/** The drawing of a plot with all its styles in it, so that it looks the same anywhere. */
export function svg_of(plot) {
  const drawing = document.querySelector(`[data-testid='${plot}'] svg`);
  if (!drawing) return "";
  const copy = drawing.cloneNode(true);
  const originals = drawing.querySelectorAll("*");
  copy.querySelectorAll("*").forEach((element, index) => {
    const style = getComputedStyle(originals[index]);
    for (const property of DRAWN) element.setAttribute(property, style.getPropertyValue(property));
    for (const attribute of [...element.attributes]) {
      if (/^(class|style|role|tabindex|aria-|data-)/.test(attribute.name)) element.removeAttribute(attribute.name);
    }
    if (style.display === "none" || style.visibility === "hidden") element.setAttribute("display", "none");
  });
  const { width, height } = drawing.getBoundingClientRect();
  const ground = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [name, value] of [["width", width], ["height", height], ["fill", getComputedStyle(document.body).backgroundColor]]) {
    ground.setAttribute(name, value);
  }
  copy.prepend(ground);
  for (const name of ["class", "role", "aria-labelledby", "aria-describedby"]) copy.removeAttribute(name);
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  copy.setAttribute("viewBox", `0 0 ${width} ${height}`);
  return new XMLSerializer().serializeToString(copy);
}

/** The same as a bitmap of twice the size. False where the browser cannot make one. */
export async function download_png(name, plot) {
  try {
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg_of(plot))}`;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [2 * image.width, 2 * image.height];
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
    save(name, "image/png", blob);
    return true;
  } catch {
    return false;
  }
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
