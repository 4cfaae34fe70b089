"""Set-up, fonts, start and checks of the portal: what the Makefile calls. Standard library only."""
