"""`python -m app.cli` is `safelight`."""

from app.cli import main

main()
