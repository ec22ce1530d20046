"""People: who they are, what waits for them, what they decide, and how the commands reach a running Pullcord."""
