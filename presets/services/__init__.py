"""What is there of a preset, and loading it."""
