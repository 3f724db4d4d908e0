"""The rules of chapters and labs as code: what is found, where, and how it is mended."""
