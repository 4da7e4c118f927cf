"""Photo files: codes and metadata in, the same kind of file out."""
