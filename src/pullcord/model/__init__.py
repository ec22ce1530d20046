"""The nouns of Pullcord: frozen, typed, without I/O.

Import them from their modules (``pullcord.model.event``, ``pullcord.model.plan`` …).
"""
