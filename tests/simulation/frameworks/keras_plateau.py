# set: steps_per_epoch=10
import keras
import numpy as np


class Constant(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        logs["constant"] = 1.0


model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
model.compile(optimizer="sgd", loss="mse")
plateau = keras.callbacks.ReduceLROnPlateau(monitor="constant", factor=0.3, patience=2, min_lr=1e-4, mode="min")
model.fit(np.zeros((80, 1)), np.zeros((80, 1)), batch_size=8, epochs=9, callbacks=[Constant(), plateau], verbose=0)
