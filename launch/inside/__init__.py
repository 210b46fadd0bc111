"""What the launcher runs with the virtual environment's Python. Only these modules may import installed packages."""
