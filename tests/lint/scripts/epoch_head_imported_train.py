"""The optimizer comes from a helper elsewhere, and so does the training of an epoch."""
import torch
from core.function import train, validate
from utils.utils import get_optimizer, save_checkpoint


def main(config):
    optimizer = get_optimizer(config, model)
    last_epoch = config.TRAIN.BEGIN_EPOCH
    if isinstance(config.TRAIN.LR_STEP, list):
        lr_scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, config.TRAIN.LR_STEP, config.TRAIN.LR_FACTOR)
    else:
        lr_scheduler = torch.optim.lr_scheduler.StepLR(optimizer, config.TRAIN.LR_STEP, config.TRAIN.LR_FACTOR)
    for epoch in range(last_epoch, config.TRAIN.END_EPOCH):
        lr_scheduler.step()  # expect: scheduler-step-before-optimizer-step
        train(config, train_loader, model, criterion, optimizer, epoch)
        validate(config, valid_loader, model, criterion)
        save_checkpoint({"optimizer": optimizer.state_dict()}, False)


main(load_config())
