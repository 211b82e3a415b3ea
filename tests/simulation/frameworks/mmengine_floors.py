optim_wrapper = dict(type='OptimWrapper', optimizer=dict(type='AdamW', lr=0.001))
param_scheduler = [
    dict(type='PolyLR', power=0.9, eta_min=1e-5, begin=0, end=40, by_epoch=False),
    dict(type='CosineAnnealingLR', eta_min_ratio=0.005, T_max=20, begin=40, end=60, by_epoch=False),
]
train_cfg = dict(type='IterBasedTrainLoop', max_iters=60, val_interval=1000)
