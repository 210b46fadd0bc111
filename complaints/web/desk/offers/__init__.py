"""What the desk offers to do next, a module for each subject; `acts` puts it all together."""
