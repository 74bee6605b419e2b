"""What a shop is made of, and what happens at its check-out. Pure: no Django, no AWS, no clock."""
