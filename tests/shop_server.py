"""A shop elsewhere: the routes of `docs/shop-api.md` over records of our own, as a company would write them."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Header, Request
from fastapi.responses import JSONResponse

from app.domain.shop import Address, OrderChange
from app.orders import SqlShop
from app.orders.contract import from_json, to_json
from app.orders.errors import CustomerMissing, OrderError, OrderMissing

KEY = "letmein"


def shop_server(shop: SqlShop) -> FastAPI:
    """The application."""
    app = FastAPI()

    @app.middleware("http")
    async def check_key(request: Request, call_next: Any) -> Any:
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return JSONResponse({"code": "key_unknown", "message": "No."}, 401)
        return await call_next(request)

    @app.exception_handler(OrderError)
    async def refuse(_: Request, error: OrderError) -> JSONResponse:
        status = 404 if isinstance(error, OrderMissing | CustomerMissing) else 409
        return JSONResponse({"code": error.code, "message": error.message}, status)

    def found(value: Any, what: str) -> JSONResponse:
        if value is None:
            return JSONResponse({"code": f"{what}_missing", "message": f"There is no such {what}."}, 404)
        return JSONResponse(to_json(value))

    @app.get("/kefu/customers")
    def customers(
        email: str | None = None, phone: str | None = None, name: str | None = None, postcode: str | None = None
    ) -> dict[str, Any]:
        people = shop.find_customers(email=email, phone=phone, name=name, postcode=postcode)
        return {"customers": [to_json(one) for one in people]}

    @app.get("/kefu/customers/{customer_id}")
    def customer(customer_id: str) -> JSONResponse:
        return found(shop.customer(customer_id), "customer")

    @app.get("/kefu/customers/{customer_id}/orders")
    def orders(customer_id: str, limit: int = 20) -> dict[str, Any]:
        return {"orders": [to_json(one) for one in shop.orders_of(customer_id, limit=limit)]}

    @app.put("/kefu/customers/{customer_id}/address")
    def address(customer_id: str, body: dict[str, Any]) -> JSONResponse:
        return found(shop.change_address(customer_id, from_json(Address, body)), "customer")

    @app.get("/kefu/orders/{order_id}")
    def order(order_id: str) -> JSONResponse:
        return found(shop.order(order_id), "order")

    @app.get("/kefu/parcels/{number}/order")
    def parcel(number: str) -> JSONResponse:
        return found(shop.order_of_parcel(number), "order")

    @app.post("/kefu/orders/{order_id}/changes")
    def change(order_id: str, body: dict[str, Any], idempotency_key: str = Header()) -> JSONResponse:
        wanted = from_json(OrderChange, body)
        assert (wanted.order_id, wanted.change_id) == (order_id, idempotency_key)
        return found(shop.change_order(wanted), "order")

    @app.get("/kefu/items/{sku}")
    def item(sku: str) -> JSONResponse:
        return found(shop.item(sku), "item")

    @app.get("/kefu/products/{product_id}/items")
    def variants(product_id: str) -> dict[str, Any]:
        return {"items": [to_json(one) for one in shop.variants(product_id)]}

    return app
