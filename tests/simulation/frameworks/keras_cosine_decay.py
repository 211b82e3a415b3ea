# set: steps_per_epoch=10
import keras
import numpy as np

schedule = keras.optimizers.schedules.CosineDecay(
    0.0, decay_steps=30, alpha=0.1, warmup_target=1e-3, warmup_steps=10
)
model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
model.compile(optimizer=keras.optimizers.AdamW(learning_rate=schedule), loss="mse")
model.fit(np.zeros((80, 1)), np.zeros((80, 1)), batch_size=8, epochs=5, verbose=0)
