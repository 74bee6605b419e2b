"""Every door to an AWS service, and the repository layer's foundation. boto3 lives here alone."""
