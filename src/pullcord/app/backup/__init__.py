"""Backup and restore: one archive that is checked before anything of it is put in place."""
