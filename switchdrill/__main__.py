"""`python -m switchdrill`."""

from switchdrill.cli import main

if __name__ == "__main__":
    main()
