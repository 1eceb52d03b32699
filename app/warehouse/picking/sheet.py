"""Pick lists to print: a page a tour, what to take in the order of walking, and a plan of the way."""

from __future__ import annotations

from collections import defaultdict
from html import escape

from app.warehouse.picking.floor import Floor
from app.warehouse.picking.orders import OrderId, spoken
from app.warehouse.picking.plan import Pick, PickPlan, Stop, Tour
from index.types import Language

_WORDS = {
    "zh": {
        "title": "拣货单", "tour": "第 {n} 趟，共 {of} 趟", "zone": "{zone} 区", "due": "{due} 前拣完",
        "metres": "步行 {m} 米",
        "orders": "{n} 单", "articles": "{n} 件", "kilos": "{kg} 公斤", "stop": "序", "place": "货位", "goods": "商品",
        "count": "数量", "order": "订单", "done": "完成", "fragile": "易碎，放最上面", "heavy": "重", "depot": "起点",
        "parts": "与 {zones} 区合单", "nothing": "没有要拣的订单。", "aisle": "通道", "location": "位", "side": "侧",
        "left": "左", "right": "右",
    },
    "en": {
        "title": "Pick lists", "tour": "Tour {n} of {of}", "zone": "zone {zone}", "due": "to be picked by {due}",
        "metres": "{m} m to walk", "orders": "orders: {n}", "articles": "articles: {n}", "kilos": "{kg} kg",
        "stop": "#", "place": "Bin", "goods": "Article", "count": "Qty", "order": "Order", "done": "Done",
        "fragile": "fragile: put on top", "heavy": "heavy", "depot": "start", "parts": "joined with zone {zones}",
        "nothing": "No orders to pick.", "aisle": "aisle", "location": "place", "side": "side", "left": "left",
        "right": "right",
    },
}  # fmt: skip
_HEAVY_G = 8_000
_STYLE = """
body{font:14px/1.45 "Noto Sans SC","Microsoft YaHei",system-ui,sans-serif;color:#111}
body{margin:2rem auto;max-width:60rem;padding:0 1rem}
section{break-after:page;margin-bottom:3rem}section:last-child{break-after:auto}
h2{margin:0 0 .25rem}p{margin:0 0 .75rem}table{border-collapse:collapse;width:100%}
th,td{border-bottom:1px solid #bbb;padding:.35rem .5rem;text-align:left;vertical-align:top}
td.n{text-align:right;font-weight:700}td.bin{font-weight:700;white-space:nowrap}
.mark{border:1px solid #111;border-radius:3px;padding:0 .3rem;white-space:nowrap}
.box{display:inline-block;width:1em;height:1em;border:1.5px solid #111}
svg{width:100%;max-height:16rem;margin:.5rem 0 1rem}
tr{break-inside:avoid}@media print{body{margin:0;max-width:none}}
"""


def sheet_of(plan: PickPlan, floor: Floor, language: Language) -> str:
    """A page of HTML that needs nothing else."""
    words = _WORDS["en" if language == "en" else "zh"]
    zones: defaultdict[OrderId, list[str]] = defaultdict(list)
    for tour in plan.tours:
        for order_id in tour.order_ids:
            zones[order_id].append(tour.zone)
    pages = [
        _page(tour, number, len(plan.tours), floor, zones, words) for number, tour in enumerate(plan.tours, start=1)
    ]
    body = "\n".join(pages) or f"<p>{words['nothing']}</p>"
    code = "zh-CN" if words is _WORDS["zh"] else "en"
    return (
        f'<!doctype html><html lang="{code}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{words['title']}</title><style>{_STYLE}</style><h1>{words['title']}</h1>\n{body}\n</html>\n"
    )


def _page(
    tour: Tour, number: int, count: int, floor: Floor, zones: dict[OrderId, list[str]], words: dict[str, str]
) -> str:
    facts = [
        words["zone"].format(zone=escape(tour.zone)) if tour.zone else "",
        words["due"].format(due=f"{tour.due_at:%Y-%m-%d %H:%M}") if tour.due_at else "",
        words["orders"].format(n=len(tour.order_ids)),
        words["articles"].format(n=tour.articles),
        words["kilos"].format(kg=f"{tour.weight_g / 1000:.1f}") if tour.weight_g else "",
        words["metres"].format(m=f"{tour.length_m:.0f}"),
    ]
    rows = "".join(
        _row(position, stop, pick, tour, zones, words)
        for position, stop in enumerate(tour.stops, start=1)
        for pick in stop.picks
    )
    heads = "".join(f"<th>{words[name]}</th>" for name in ("stop", "place", "goods", "count", "order", "done"))
    return (
        f"<section><h2>{words['tour'].format(n=number, of=count)}</h2><p>{' · '.join(filter(None, facts))}</p>"
        f"{_drawing(tour, floor, words)}<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></section>"
    )


def _row(
    position: int, stop: Stop, pick: Pick, tour: Tour, zones: dict[OrderId, list[str]], words: dict[str, str]
) -> str:
    line = pick.line
    name = line.name_en if words is _WORDS["en"] and line.name_en else line.name
    marks = [words["fragile"]] if line.is_fragile else []
    marks += [words["heavy"]] if line.weight_g >= _HEAVY_G else []
    goods = " ".join([escape(name), *(f'<span class="mark">{mark}</span>' for mark in marks)])
    goods += f"<br><small>{escape(line.sku)}</small>" if line.sku else ""
    others = sorted({zone for zone in zones[pick.order_id] if zone != tour.zone})
    order = escape(str(pick.order_id))
    order += f"<br><small>{words['parts'].format(zones=escape(', '.join(others)))}</small>" if others else ""
    place = (
        escape(spoken(stop.label))
        if "bin" in stop.label
        else " ".join(
            f"{words[name]} {words.get(str(value), escape(str(value)))}" for name, value in stop.label.items()
        )
    )
    return (
        f'<tr><td>{position}</td><td class="bin">{place}</td><td>{goods}</td><td class="n">{line.quantity}</td>'
        f'<td>{order}</td><td><span class="box"></span></td></tr>'
    )


def _drawing(tour: Tour, floor: Floor, words: dict[str, str]) -> str:
    """Aisles as strips, the way as a line, stops as numbered dots; the front is below."""
    margin = 2 * floor.end_gap_m + 2
    width, height = floor.width_m + 2 * margin, floor.aisle_length_m + 2 * margin
    size = max(width, height) / 60

    def x(value: float) -> str:
        return f"{value + margin:.2f}"

    def y(value: float) -> str:
        return f"{floor.aisle_length_m - value + margin:.2f}"

    strip = floor.aisle_pitch_m * 0.32
    racks = "".join(
        f'<rect x="{x(aisle * floor.aisle_pitch_m + side)}" y="{y(top - floor.end_gap_m / 2)}" width="{strip:.2f}" '
        f'height="{top - bottom - floor.end_gap_m:.2f}" fill="#ddd"/>'
        for aisle in range(floor.aisles)
        for side in (-floor.aisle_pitch_m / 2, floor.aisle_pitch_m / 2 - strip)
        for bottom, top in zip(floor.cross_aisles_m, floor.cross_aisles_m[1:], strict=False)
    )
    way = " ".join(f"{x(px)},{y(py)}" for px, py in tour.way)
    dots = "".join(
        f'<circle cx="{x(stop.x_m)}" cy="{y(stop.y_m)}" r="{1.3 * size:.2f}" fill="#111"/><text x="{x(stop.x_m)}" '
        f'y="{y(stop.y_m - size / 2)}" font-size="{1.4 * size:.2f}" fill="#fff" text-anchor="middle">{position}</text>'
        for position, stop in enumerate(tour.stops, start=1)
    )
    start = tour.way[0] if tour.way else (0.0, 0.0)
    return (
        f'<svg viewBox="0 0 {width:.2f} {height:.2f}" role="img" aria-label="{words["title"]}">{racks}'
        f'<polyline points="{way}" fill="none" stroke="#1a56db" stroke-width="{size / 2:.2f}"/>{dots}'
        f'<text x="{x(start[0])}" y="{y(start[1] - 3 * size)}" font-size="{2.5 * size:.2f}">'
        f"{words['depot']}</text></svg>"
    )
