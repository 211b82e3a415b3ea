// Our worker as the page starts it, with the browser's GPU calls counted.
import { counted } from "./gpu-counter.js";

const counter = counted();

self.onmessage = async ({ data: { script, wasm, channel } }) => {
  // The program inside takes the messages over, so that what is counted is asked for elsewhere.
  self.onmessage = null;
  const asked = new BroadcastChannel(channel);
  asked.onmessage = ({ data }) => {
    if (data === "hollow") counter.hollow = true;
    if (data === "ask" || data === "hollow") asked.postMessage({ ...counter });
  };
  try {
    const { default: start } = await import(script);
    await start({ module_or_path: wasm });
  } catch (error) {
    self.postMessage({ error: String(error) });
  }
};
