//! What the view shows before there is anything else: mistakes that many have made.

use tools::Source;

const EXAMPLE: &str = "\
import torch
from torch.optim.lr_scheduler import CosineAnnealingLR

# An example. Replace it by your own code.
EPOCHS = 90

model = build_model()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
scheduler = CosineAnnealingLR(
    optimizer, T_max=len(train_loader), verbose=True
)

for epoch in range(EPOCHS):
    for images, labels in train_loader:
        loss = criterion(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    scheduler.step()
";

/// The example.
pub fn source() -> Source {
    Source { name: String::new(), text: EXAMPLE.into() }
}
