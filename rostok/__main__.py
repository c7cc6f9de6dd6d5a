"""``python -m rostok``: the same as ``rostok``, where the command itself is not on the path."""

from rostok.cli.main import main

if __name__ == "__main__":
    main()
