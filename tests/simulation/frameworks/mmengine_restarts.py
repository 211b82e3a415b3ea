optim_wrapper = dict(type='OptimWrapper', optimizer=dict(type='SGD', lr=0.02, momentum=0.9))
param_scheduler = [
    dict(type='LinearLR', start_factor=0.1, by_epoch=False, begin=0, end=12),
    dict(type='CosineRestartLR', periods=[2, 3], restart_weights=[1, 0.5], eta_min_ratio=0.01, by_epoch=True, begin=2, end=8),
]
train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=8)
