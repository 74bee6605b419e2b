"""Messages in real time: JSON objects on a queue, stored within a second.

fields, messages    what a message says, and how it becomes an entry
intake              stores messages, and says of each one what became of it
broker              the queue and its dead letters: SQS, AMQP or Redis
dead_letters        messages that were not stored, sealed
listener            the loop between the two
"""
