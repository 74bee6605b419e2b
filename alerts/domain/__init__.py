"""What alerts are, and what is known of an account when they are decided. Pure."""
