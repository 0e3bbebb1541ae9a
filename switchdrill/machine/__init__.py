"""What a program needs of the machine it runs on: processes, files, locks, a terminal."""
