"""The company's own records of customers, products and orders: in our database, or in a shop elsewhere."""

from app.orders.own_records import own_shop
from app.orders.rest_shop import RestShop
from app.orders.sql_shop import SqlShop

__all__ = ["RestShop", "SqlShop", "own_shop"]
