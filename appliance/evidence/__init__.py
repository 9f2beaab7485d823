"""What lets anybody check a recording."""
