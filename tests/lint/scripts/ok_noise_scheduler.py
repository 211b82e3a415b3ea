"""A diffusion model's noise scheduler beside an LR scheduler; a profiler; an environment."""
import torch
from diffusers import DDPMScheduler
from diffusers.optimization import get_cosine_schedule_with_warmup

noise_scheduler = DDPMScheduler(num_train_timesteps=1000)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)
lr_scheduler = get_cosine_schedule_with_warmup(optimizer, 500, num_training_steps=len(train_dataloader) * num_epochs)
with torch.profiler.profile() as prof:
    for epoch in range(num_epochs):
        for step, batch in enumerate(train_dataloader):
            prof.step()
            env.step(action)
            optimizer.step()
            lr_scheduler.step()
        for t in noise_scheduler.timesteps:
            image = noise_scheduler.step(model(image, t), t, image).prev_sample
        noise_scheduler.step()
