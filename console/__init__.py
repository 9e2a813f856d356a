"""What the command line shows: tables, progress, JSON and faults in words."""
