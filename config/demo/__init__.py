"""The demonstration: a small Guiyang with people for every role and cases in different stages, all through the doors."""
