optim_wrapper = dict(type='OptimWrapper', optimizer=dict(type='SGD', lr=0.01, momentum=0.9))
param_scheduler = [dict(type='PolyLR', power=0.9, begin=0, end=60, by_epoch=False)]
train_cfg = dict(type='IterBasedTrainLoop', max_iters=60, val_interval=1000)
