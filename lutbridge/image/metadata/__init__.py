"""EXIF, IPTC and XMP: read, moved from format to format, and what carries them."""
