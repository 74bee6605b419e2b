"""What readings, bins and batches are: no Django, no AWS, no clock."""
