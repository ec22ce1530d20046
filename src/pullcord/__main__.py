"""``python -m pullcord``."""

from __future__ import annotations

from pullcord.cli.main import main

if __name__ == "__main__":
    main()
