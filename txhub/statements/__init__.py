"""Statements: what an account did in a month, drawn up once and never changed.

    domain/      which days a month covers, what a statement says, whether the balances join
    repository/  the schedule, the versions, which transactions they hold; the sealed objects
    pdf/         a statement on paper
    services     issue what is due; correct what two people agreed on
    queries      what customers and operators may ask

docs/adr/0013-statements.md says how it is known which transactions a statement may still take in.
"""
