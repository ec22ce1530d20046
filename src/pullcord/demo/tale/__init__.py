"""The story that ``pullcord demo`` tells: a morning in the invented plant, lived through with a real Pullcord."""
