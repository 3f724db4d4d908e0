"""Lab 6, *Where do the nanojoules go?*."""
