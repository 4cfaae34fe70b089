"""Where the steps of this kind of case are taken, and what its case page shows."""
