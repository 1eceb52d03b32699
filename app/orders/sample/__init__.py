"""Records of the sample company: customers, orders and what they looked at, invented anew from a seed.

Everything is drawn from the seed and the id of what it belongs to: the same seed, day and number of customers give the
same records.
"""

from app.orders.sample.behaviour import behaviour_of
from app.orders.sample.catalogue import read_catalogue
from app.orders.sample.generator import Sample, make_sample

__all__ = ["Sample", "behaviour_of", "make_sample", "read_catalogue"]
