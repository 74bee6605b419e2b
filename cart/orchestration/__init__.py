"""The check-out, orchestrated: a Step Functions state machine made from the same definition, whose
tasks our own processes take, one activity for each service."""
