// Bundles the peers, serves the bench page, opens it in a headless browser, and prints what it measured.
//
// `cargo xtask bench --browser` calls this: node run.mjs BROWSER FOLDER [PARAMETERS], where FOLDER has `setup/` and `workers/`
// and gets `results.json`, and PARAMETERS is the query of the page.
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { table } from "./table.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const [browser, folder, parameters = ""] = process.argv.slice(2);

/** As in the browser tests (tests/browser/page.rs). */
const FLAGS = [
  "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
  "--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader",
  // WebGL in software is off by default.
  "--enable-unsafe-swiftshader",
];
const KINDS = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm", ".json": "application/json" };

await build({
  absWorkingDir: here, entryPoints: ["jax.js", "tfjs.js"], outdir: join(folder, "built"), bundle: true, format: "esm", minify: true,
  target: "es2022", splitting: false, logLevel: "error", external: ["fs", "path", "os", "util", "crypto", "worker_threads", "perf_hooks"],
});

/** Where a path of the page is on disk. */
function file(path) {
  const safe = normalize(path).replace(/^(\.\.[/\\])+/, "");
  if (/^[/\\](setup|workers|built)[/\\]/.test(safe)) return join(folder, safe);
  if (/^[/\\]wasm[/\\]/.test(safe)) return join(here, "node_modules/@tensorflow/tfjs-backend-wasm/dist", safe.slice(5));
  return join(here, safe);
}

const ended = Promise.withResolvers ? Promise.withResolvers() : withResolvers();
function withResolvers() {
  let resolve, reject;
  const promise = new Promise((yes, no) => ([resolve, reject] = [yes, no]));
  return { promise, resolve, reject };
}

const hear = {
  "/log": (line) => console.error(line),
  "/result": (results) => ended.resolve(results),
  "/failed": (message) => ended.reject(new Error(message)),
};
const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url, "http://127.0.0.1");
  if (request.method === "POST" && hear[pathname]) {
    let body = "";
    for await (const chunk of request) body += chunk;
    response.end();
    return hear[pathname](JSON.parse(body));
  }
  try {
    const content = await readFile(file(decodeURIComponent(pathname)));
    response.setHeader("content-type", KINDS[extname(pathname)] ?? "application/octet-stream");
    response.end(content);
  } catch {
    response.statusCode = 404;
    response.end();
  }
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));

const profile = await mkdtemp(join(tmpdir(), "lrscope-speed-"));
const query = new URLSearchParams({ repetitions: 5, milliseconds: 1500, cores: availableParallelism(), ...Object.fromEntries(new URLSearchParams(parameters)) });
const address = `http://127.0.0.1:${server.address().port}/page.html?${query}`;
const child = spawn(browser, [...FLAGS, `--user-data-dir=${profile}`, address], { stdio: "ignore" });
child.on("error", (error) => ended.reject(error));
child.on("exit", (code) => ended.reject(new Error(`the browser ended (${code}) before the measurements did`)));

let failed = false;
try {
  const measured = { ...(await ended.promise), date: new Date().toISOString().slice(0, 10), cpu: cpus()[0]?.model ?? "unknown", cores: availableParallelism() };
  await writeFile(join(folder, "results.json"), JSON.stringify(measured, null, 1));
  console.log(table(measured));
  failed = measured.results.some(({ entries }) => entries.some(({ error, name }) => error && name.startsWith("lrscope")));
} catch (error) {
  console.error(`error: The bench page failed: ${error.message}`);
  failed = true;
} finally {
  child.removeAllListeners("exit");
  child.kill();
  await new Promise((gone) => (child.exitCode !== null || child.signalCode !== null ? gone() : child.once("exit", gone)));
  server.close();
  await rm(profile, { recursive: true, force: true, maxRetries: 5 });
}
process.exit(failed ? 1 : 0);
