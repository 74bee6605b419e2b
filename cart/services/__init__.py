"""What can be done in the shop: one function a use-case. The four services of the check-out do not
know each other; `checkout.py` says how they follow from one another."""
