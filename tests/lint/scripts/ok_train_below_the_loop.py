"""By text the scheduler comes first; by execution it does not."""
import torch

best_acc1 = 0


def main_worker(args):
    global best_acc1
    optimizer = torch.optim.SGD(model.parameters(), args.lr, momentum=args.momentum)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30, gamma=0.1)
    if args.resume:
        checkpoint = torch.load(args.resume)
        args.start_epoch = checkpoint["epoch"]
        scheduler.load_state_dict(checkpoint["scheduler"])
    if args.evaluate:
        validate(val_loader, model)
        return
    for epoch in range(args.start_epoch, args.epochs):
        train(train_loader, model, criterion, optimizer, epoch, args)
        acc1 = validate(val_loader, model)
        scheduler.step()
        best_acc1 = max(acc1, best_acc1)


def train(train_loader, model, criterion, optimizer, epoch, args):
    for i, (images, target) in enumerate(train_loader):
        optimizer.zero_grad()
        criterion(model(images), target).backward()
        optimizer.step()


def validate(loader, model):
    return model(loader)


main_worker(parse())
