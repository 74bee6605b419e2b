"""Taking readings in, packing them into bins, merging small bins."""
