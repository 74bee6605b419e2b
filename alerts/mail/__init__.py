"""E-mail to millions: a campaign is rendered by one job and sent by another, in three levels each.

    domain/      kinds, mails and their states, addresses, MIME, consent, pace
    kinds/       one file for each kind of mail, with its templates in templates/alerts/mail/
    repository/  mails and tallies, contacts, suppressions, consents, paper; the sealed files
    services/    listing, rendering, sending; what SES says; unsubscribing; campaigns
    transports/  SES, or SMTP by setting
    jobs         what the two jobs' steps do, in the words of txhub's batch

docs/adr/0030-mail.md says why no customer gets two of one campaign.
"""
