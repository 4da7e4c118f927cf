"""Many photos at once: which become what (plan), one after another (run), and the page that shows them (report)."""
