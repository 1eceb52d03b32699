"""What to offer a customer, and why: candidates from behaviour and text, ranked under the rules of the shop."""
