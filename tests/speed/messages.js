// Reads what our worker says (postcard, see `trainer::messages`), as far as a bench needs it.

const KINDS = ["ready", "compiling", "progress", "saved", "done", "failed"];

/** `{ kind, device | steps: [{ step, loss }] | message }`. */
export function readMessage(bytes) {
  let at = 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const integer = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = view.getUint8(at++);
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  };
  const list = (item) => Array.from({ length: integer() }, item);
  const option = (item) => (integer() ? item() : null);
  const float = () => {
    at += 4;
    return view.getFloat32(at - 4, true);
  };
  const text = () => {
    const length = integer();
    at += length;
    return new TextDecoder().decode(bytes.subarray(at - length, at));
  };
  const scores = () => ({ loss: list(float), accuracy: list(float) });
  const plateau = () => [option(float), integer(), integer(), integer()];
  const step = () => {
    const report = { step: integer(), lr: list(float), loss: list(float), accuracy: list(float) };
    return { ...report, validation: option(scores), plateau: list(() => option(plateau)) };
  };
  const kind = KINDS[integer()];
  if (kind === "ready") return { kind, device: text() };
  const run = integer();
  if (kind === "progress") return { kind, run, steps: list(step) };
  if (kind === "failed") return { kind, run, message: text() };
  return { kind, run };
}
