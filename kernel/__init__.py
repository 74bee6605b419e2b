"""What everyone may import and that imports nothing of ours: errors, money, ids, clock, retry."""
