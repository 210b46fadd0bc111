"""One module for each word after `python3 launch`. Each has `main(arguments, console, signals) -> exit code`."""
