"""How signals get in: files, and one module per format. Everything read here is hostile."""
