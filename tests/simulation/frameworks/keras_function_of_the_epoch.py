# set: steps_per_epoch=10
import math

import keras
import numpy as np


def schedule(epoch, lr):
    """Flat, then falling."""
    if epoch < 3:
        return lr
    return lr * math.exp(-0.1)


model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
model.compile(keras.optimizers.SGD(0.05), loss="mse")
callback = keras.callbacks.LearningRateScheduler(schedule)
model.fit(np.zeros((80, 1)), np.zeros((80, 1)), batch_size=8, epochs=8, callbacks=[callback], verbose=0)
