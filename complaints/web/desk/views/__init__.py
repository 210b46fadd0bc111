"""What the desk answers: lists, the dossier, one view for each act, evidence, registration."""
