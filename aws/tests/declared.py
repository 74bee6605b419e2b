"""What these tests own at AWS. Declared on import, so the run's own `provision` creates it."""

from aws.resources import Bucket, Queue, Topic

TOPIC = Topic(name="try-objects", purpose="Hears of what the tests write.")
BUCKET = Bucket(name="try-files", purpose="What the tests write.", notifies=TOPIC, expire_days=1)
HEARD = Queue(name="try-heard", purpose="Hears of what the tests write.", subscribes=TOPIC)
WORK = Queue(
    name="try-work", purpose="Messages of the tests.", dead_letters_after=2, visibility_s=1
)
