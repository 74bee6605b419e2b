"""What is measured, and what it means. No Django, no AWS, no clock."""
