"""Many photos at once: decide what to do (plan), work through it (run), and show the results on a page (report)."""
