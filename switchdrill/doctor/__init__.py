"""`switchdrill doctor`: every need of a drill, whether it is met, what it is for, and the command that meets it."""
