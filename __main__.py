"""`python -m cordillera` is `cordillera`."""

from .cli import main

if __name__ == "__main__":
    main()
