optim_wrapper = dict(type='OptimWrapper', optimizer=dict(type='SGD', lr=0.02, momentum=0.9))
param_scheduler = [
    dict(type='LinearLR', start_factor=0.001, by_epoch=False, begin=0, end=12),
    dict(type='MultiStepLR', begin=0, end=8, by_epoch=True, milestones=[4, 6], gamma=0.1),
]
train_cfg = dict(by_epoch=True, max_epochs=8)
