"""How decisions get out: one file for each kind of system that actions are carried out on."""
