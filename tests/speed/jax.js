// The workloads in jax-js: one jitted training step of one lane, and `vmap` of it over several.
import { blockUntilReady, defaultDevice, init, jit, nn, numpy as np, valueAndGrad, vmap } from "@jax-js/jax";
import { serve } from "./peer-worker.js";
import { mean } from "./setup.js";

function linear(x, weight, bias) {
  return np.matmul(x, weight).add(bias);
}

function layerNorm(x, gain, bias) {
  const centered = x.ref.sub(np.mean(x, -1, { keepdims: true }));
  const variance = np.mean(np.square(centered.ref), -1, { keepdims: true });
  return centered.div(np.sqrt(variance.add(1e-5))).mul(gain).add(bias);
}

function perceptron({ layers, activation }, weights, input) {
  const rest = [...weights];
  let x = input;
  for (let layer = 0; layer < layers; layer += 1) {
    x = linear(x, rest.shift(), rest.shift());
    x = activation === "Relu" ? nn.relu(x) : np.tanh(x);
  }
  return linear(x, rest.shift(), rest.shift());
}

function transformer({ layers, d_model: d, heads, sequence, norm }, weights, input) {
  const rest = [...weights];
  const [rows] = input.shape;
  const batch = rows / sequence;
  const width = d / heads;
  const split = (x) => np.transpose(x.reshape([batch, sequence, heads, width]), [0, 2, 1, 3]);
  const attention = (x, [query, key, value, output]) => {
    const q = split(np.matmul(x.ref, query).mul(1 / Math.sqrt(width)));
    const k = np.transpose(split(np.matmul(x.ref, key)), [0, 1, 3, 2]);
    const v = split(np.matmul(x, value));
    const mixed = np.matmul(nn.softmax(np.matmul(q, k), -1), v);
    return np.matmul(np.transpose(mixed, [0, 2, 1, 3]).reshape([rows, d]), output);
  };
  const residual = (x, branch, gain, bias) =>
    norm === "Post" ? layerNorm(x.ref.add(branch(x)), gain, bias) : x.ref.add(branch(layerNorm(x, gain, bias)));
  const tokens = np.matmul(input, rest.shift()).reshape([batch, sequence, d]);
  let x = tokens.add(rest.shift()).reshape([rows, d]);
  for (let layer = 0; layer < layers; layer += 1) {
    const projections = rest.splice(0, 4);
    const normal = rest.splice(0, 2);
    x = residual(x, (x) => attention(x, projections), ...normal);
    const [weight1, bias1, weight2, bias2] = rest.splice(0, 4);
    x = residual(x, (x) => linear(nn.relu(linear(x, weight1, bias1)), weight2, bias2), ...rest.splice(0, 2));
  }
  if (norm === "Pre") x = layerNorm(x, ...rest.splice(0, 2));
  return linear(x, rest.shift(), rest.shift());
}

function rule({ optimizer, lr }) {
  if (optimizer.Sgd) {
    const { momentum } = optimizer.Sgd;
    return {
      moments: 1,
      scalars: () => [],
      update(weight, gradient, [buffer]) {
        const moved = buffer.mul(momentum).add(gradient);
        return [weight.sub(moved.ref.mul(lr)), [moved]];
      },
    };
  }
  const { beta1, beta2, epsilon } = optimizer.Adam;
  return {
    moments: 2,
    // The bias corrections change from step to step, so they are arguments of the compiled step.
    scalars: (step) => {
      const correction = Math.sqrt(1 - beta2 ** (step + 1));
      return [(lr * correction) / (1 - beta1 ** (step + 1)), epsilon * correction];
    },
    update(weight, gradient, [first, second], [size, small]) {
      const m = first.mul(beta1).add(gradient.ref.mul(1 - beta1));
      const v = second.mul(beta2).add(np.square(gradient).mul(1 - beta2));
      const direction = m.ref.div(np.sqrt(v.ref).add(small.ref));
      return [weight.sub(direction.mul(size.ref)), [m, v]];
    },
  };
}

serve(async (workload, lanes, backend) => {
  const available = await init(backend);
  if (!available.includes(backend)) throw new Error(`no ${backend} here`);
  defaultDevice(backend);
  const { kind, model, rows, width, classes } = workload;
  const forward = kind === "Tokens" ? transformer : perceptron;
  const { moments: count, scalars, update } = rule(workload);

  const loss = (weights, input, target) =>
    nn.logSoftmax(forward(model, weights, input), -1).mul(target).sum(-1).mean().mul(-1);
  const step = (weights, moments, input, target, numbers) => {
    const held = weights.map((weight) => weight.ref);
    const [value, gradients] = valueAndGrad(loss)(weights, input, target);
    const updated = held.map((weight, index) => update(weight, gradients[index], moments[index], numbers));
    numbers.forEach((number) => number.dispose());
    return [value, updated.map(([weight]) => weight), updated.map(([, moved]) => moved)];
  };
  const compiled = lanes === 1 ? jit(step) : jit(vmap(step, [0, 0, 0, 0, null]));

  const one = (shape) => (lanes === 1 ? shape.slice(1) : shape);
  let weights = workload.weights(lanes).map(({ values, shape }) => np.array(values).reshape(one(shape)));
  let moments = workload.weights(lanes).map(({ shape }) => Array.from({ length: count }, () => np.zeros(one(shape))));
  let value;
  return {
    step(index) {
      const { input, target } = workload.batch(index, lanes);
      value?.dispose();
      [value, weights, moments] = compiled(
        weights,
        moments,
        np.array(input).reshape(one([lanes, rows, width])),
        np.array(target).reshape(one([lanes, rows, classes])),
        scalars(index).map((number) => np.array(new Float32Array([number])).reshape([])),
      );
    },
    async loss() {
      await blockUntilReady(weights);
      return mean([...(await value.ref.data())]);
    },
  };
});
