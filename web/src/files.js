// Files and texts from outside: chosen, dropped, packed into links.

/** All files that were chosen or dropped, each as name, size in bytes and File. */
export const files_of = (event) =>
  Array.from((event.dataTransfer ?? event.target)?.files ?? [], (file) => [file.name, file.size, file]);

/** The first bytes of a File, at most so many, unpacked where gzip has packed it. Throws on what it cannot unpack. */
export async function beginning_of(file, most) {
  const head = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  if (head[0] !== 0x1f || head[1] !== 0x8b) return new Uint8Array(await file.slice(0, most).arrayBuffer());
  return unpacked(file, "gzip", most);
}

/** The first bytes of what a Blob packs, at most so many: a few bytes can pack a great many. Throws on what is not packed so. */
async function unpacked(blob, format, most) {
  const reader = blob.stream().pipeThrough(new DecompressionStream(format)).getReader();
  const parts = [];
  let length = 0;
  while (length < most) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    length += value.byteLength;
  }
  // What follows is not needed, and need not be whole.
  reader.cancel().catch(() => {});
  return new Uint8Array(await new Blob(parts).slice(0, most).arrayBuffer());
}

/** The text of a File or Blob; what is no UTF-8 is replaced. */
export const text_of = (file) => file.text();

export const blob_of = (text) => new Blob([text]);

/** A file of our own site, as [size, Blob]. */
export async function fetch_file(address) {
  const response = await fetch(new URL(address, document.baseURI));
  if (!response.ok) throw new Error(`${address}: ${response.status} ${response.statusText}`);
  const blob = await response.blob();
  return [blob.size, blob];
}

/** A text, deflated, as base64url. */
export async function pack(text) {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  let letters = "";
  for (const byte of bytes) letters += String.fromCharCode(byte);
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** The text again. Throws on what is not one, and on more than `most` bytes. */
export async function unpack(packed, most) {
  const letters = atob(packed.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
  const text = await unpacked(new Blob([bytes]), "deflate-raw", most + 1);
  if (text.byteLength > most) throw new Error("it is too long");
  return new TextDecoder("utf-8", { fatal: true }).decode(text);
}

/**
 * Lets the service worker keep the page for times without a network, once the page has had its time to start. Where that
 * is not possible the page works as ever.
 */
export function keep_offline() {
  const register = () => navigator.serviceWorker?.register(new URL("./service-worker.js", document.baseURI)).catch(() => {});
  setTimeout(register, 3000);
}

/** Shows and focuses a line of a text area, and selects a part of it (in UTF-16 units). */
export function show_line(area, line, from, to) {
  area.focus({ preventScroll: true });
  area.setSelectionRange(from, to);
  const height = parseFloat(getComputedStyle(area).lineHeight) || 20;
  area.scrollTop = Math.max(0, line * height - area.clientHeight / 3);
  area.scrollIntoView({ block: "nearest" });
}
