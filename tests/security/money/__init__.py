"""Who may open which page of the money of bases."""
