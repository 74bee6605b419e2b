"""What a mail is and when it may be sent. Pure: no Django, no AWS, no clock."""
