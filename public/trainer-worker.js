// Starts a trainer in a worker. The page has downloaded and compiled the trainer once and sends the compiled module
// here, so that several workers share one download.
const fail = (error) => self.postMessage({ error: String(error) });

// What fails in a promise does not reach the page by itself, as other errors do.
self.addEventListener("unhandledrejection", ({ reason }) => fail(reason));

self.onmessage = async ({ data: { script, module } }) => {
  self.onmessage = null;
  try {
    const { default: start } = await import(script);
    await start({ module_or_path: module });
  } catch (error) {
    fail(error);
  }
};
