// The workloads in TensorFlow.js, with its own optimizers; the lanes are a leading axis of every tensor.
import * as tf from "@tensorflow/tfjs";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import "@tensorflow/tfjs-backend-webgpu";
import { serve } from "./peer-worker.js";

function linear(x, weight, bias) {
  return tf.add(tf.matMul(x, weight), bias);
}

function layerNorm(x, gain, bias) {
  const centered = tf.sub(x, tf.mean(x, -1, true));
  const variance = tf.mean(tf.square(centered), -1, true);
  return tf.add(tf.mul(tf.div(centered, tf.sqrt(tf.add(variance, 1e-5))), gain), bias);
}

function perceptron({ layers, activation }, weights, input) {
  const rest = [...weights];
  let x = input;
  for (let layer = 0; layer < layers; layer += 1) {
    x = linear(x, rest.shift(), rest.shift());
    x = activation === "Relu" ? tf.relu(x) : tf.tanh(x);
  }
  return linear(x, rest.shift(), rest.shift());
}

function transformer({ layers, d_model: d, heads, sequence, norm }, weights, input) {
  const rest = [...weights];
  const [lanes, rows] = input.shape;
  const batch = rows / sequence;
  const width = d / heads;
  const split = (x) => tf.transpose(tf.reshape(x, [lanes * batch, sequence, heads, width]), [0, 2, 1, 3]);
  const attention = (x, [query, key, value, output]) => {
    const q = split(tf.mul(tf.matMul(x, query), 1 / Math.sqrt(width)));
    const k = split(tf.matMul(x, key));
    const v = split(tf.matMul(x, value));
    const mixed = tf.matMul(tf.softmax(tf.matMul(q, k, false, true)), v);
    return tf.matMul(tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [lanes, rows, d]), output);
  };
  const residual = (x, branch, gain, bias) =>
    norm === "Post" ? layerNorm(tf.add(x, branch(x)), gain, bias) : tf.add(x, branch(layerNorm(x, gain, bias)));
  const tokens = tf.reshape(tf.matMul(input, rest.shift()), [lanes, batch, sequence, d]);
  const positions = tf.reshape(rest.shift(), [lanes, 1, sequence, d]);
  let x = tf.reshape(tf.add(tokens, positions), [lanes, rows, d]);
  for (let layer = 0; layer < layers; layer += 1) {
    const projections = rest.splice(0, 4);
    const normal = rest.splice(0, 2);
    x = residual(x, (x) => attention(x, projections), ...normal);
    const [weight1, bias1, weight2, bias2] = rest.splice(0, 4);
    x = residual(x, (x) => linear(tf.relu(linear(x, weight1, bias1)), weight2, bias2), ...rest.splice(0, 2));
  }
  if (norm === "Pre") x = layerNorm(x, ...rest.splice(0, 2));
  return linear(x, rest.shift(), rest.shift());
}

serve(async (workload, lanes, backend) => {
  if (backend === "wasm") setWasmPaths("/wasm/");
  if (!(await tf.setBackend(backend)) || tf.getBackend() !== backend) throw new Error(`no ${backend} here`);
  await tf.ready();
  const { kind, model, rows, width, classes, lr, optimizer: which } = workload;
  const forward = kind === "Tokens" ? transformer : perceptron;
  const weights = workload.weights(lanes).map(({ values, shape }) => tf.variable(tf.tensor(values, shape)));
  const optimizer = which.Sgd
    ? tf.train.momentum(lr, which.Sgd.momentum)
    : tf.train.adam(lr, which.Adam.beta1, which.Adam.beta2, which.Adam.epsilon);
  let value;
  return {
    step(index) {
      const { input, target } = workload.batch(index, lanes);
      value?.dispose();
      value = tf.tidy(() => {
        const x = tf.tensor(input, [lanes, rows, width]);
        const y = tf.tensor(target, [lanes, rows, classes]);
        // The sum over the lanes, so that every lane has the gradient of its own mean loss.
        return optimizer.minimize(
          () => tf.neg(tf.div(tf.sum(tf.mul(tf.logSoftmax(forward(model, weights, x)), y)), rows)),
          true,
          weights,
        );
      });
    },
    async loss() {
      const [sum] = await value.data();
      return sum / lanes;
    },
  };
});
