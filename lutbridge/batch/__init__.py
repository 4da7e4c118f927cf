"""Batches of photos: plan the work (plan), do it (run), and show the results on a page (report)."""
