"""Both steps behind one accumulation guard, in the wrong order; apex wraps the optimizer."""
import torch
from apex import amp
from tqdm import tqdm
from utils.scheduler import WarmupCosineSchedule, WarmupLinearSchedule


def train(args, model):
    train_loader, test_loader = get_loader(args)
    optimizer = torch.optim.SGD(model.parameters(), lr=args.learning_rate, momentum=0.9)
    t_total = args.num_steps
    if args.decay_type == "cosine":
        scheduler = WarmupCosineSchedule(optimizer, warmup_steps=args.warmup_steps, t_total=t_total)
    else:
        scheduler = WarmupLinearSchedule(optimizer, warmup_steps=args.warmup_steps, t_total=t_total)
    if args.fp16:
        model, optimizer = amp.initialize(models=model, optimizers=optimizer, opt_level=args.fp16_opt_level)
    global_step = 0
    while True:
        for step, batch in enumerate(tqdm(train_loader, desc="Training")):
            loss = model(batch)
            loss.backward()
            if (step + 1) % args.gradient_accumulation_steps == 0:
                scheduler.step()  # expect: scheduler-step-before-optimizer-step
                optimizer.step()
                optimizer.zero_grad()
                global_step += 1
        if global_step >= t_total:
            break
