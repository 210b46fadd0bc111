"""Taking over complaints from files of other systems: a map for each kind of file, one way in for all."""
