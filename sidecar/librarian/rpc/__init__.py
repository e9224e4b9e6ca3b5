"""The wire: how a method is declared, what may be said, how it is served and described. Knows frames, not notes."""
