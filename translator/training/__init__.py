"""Training: settings, recipes, loss, schedule, optimizer, the loop, and what it tells the world."""
