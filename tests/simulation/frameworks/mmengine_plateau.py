optim_wrapper = dict(type='OptimWrapper', optimizer=dict(type='SGD', lr=0.1))
param_scheduler = [
    dict(type='ReduceOnPlateauLR', monitor='loss', rule='less', factor=0.5, patience=1, cooldown=1),
]
train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=9, val_interval=1)
