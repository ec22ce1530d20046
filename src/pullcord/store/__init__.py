"""What Pullcord keeps: the state (one SQLite file), the lake (events) and the vault (evidence).

``pullcord.store.folder.open_folder`` opens all three. Only this package touches them.
"""
