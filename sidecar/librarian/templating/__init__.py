"""Templates: told from notes that were made alike, and filled for new notes and old ones. Everything here is pure."""
