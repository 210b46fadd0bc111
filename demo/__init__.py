"""A made-up chain of shops, with people, rules and complaints, for whoever wants to see Redress at work."""
