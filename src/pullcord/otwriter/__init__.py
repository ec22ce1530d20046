"""The OT writer: a process of its own, and the only code of Pullcord that can write to OT."""
