"""Batch: a file lands, is validated and partitioned, and its chunks are stored.

    batch   `jobs`        JobInstance, JobExecution: start, stop, restart, abandon, settle
    file    `partition`   one step: the whole file validated, named, sorted, cut into chunks
    chunk   `chunks`      one Celery task each: store, then checkpoint
            `prune`       after the chunks of a full memo file: what it no longer names

The words are Spring Batch's; docs/adr/0008-three-levels.md says why there are three levels.
"""
