"""Pages: unsubscribing, for customers; campaigns, letters and previews, for staff."""
