"""What a training leaves on the disk: its folder, checkpoints, log, and receipts."""
