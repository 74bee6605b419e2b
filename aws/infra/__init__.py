"""The AWS deployment, rendered as CloudFormation from the declarations that the application uses.

`manage.py render_infra` writes `infra/txhub.yaml`; a test holds the committed file against it.
"""
