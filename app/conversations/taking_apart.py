"""A message that wishes for several things is taken piece by piece."""

from __future__ import annotations

from app.dialogue import DialogueEngine, DialogueState
from app.dialogue.several import pieces
from app.dialogue.state import Later
from app.domain.understanding import Understander, Understanding


def apart(
    text: str, understood: Understanding, state: DialogueState, engine: DialogueEngine, understander: Understander
) -> tuple[str, Understanding, list[Later]]:
    """What is taken now, what it means, and the wishes that come behind it.

    A message is cut only while nothing is open, and only where each piece either wishes for another flow or asks; what
    is asked is taken first, so that what the last flow wants to know stands at the end. All else is taken whole.
    """
    whole: tuple[str, Understanding, list[Later]] = (text, understood, [])
    found = pieces(text) if state.is_idle else [text]
    if len(found) == 1:
        return whole
    meant = [(piece, understander.understand(piece)) for piece in found]
    flows = [engine.flow_wished(*piece) for piece in meant]
    asked = [piece for piece, flow in zip(meant, flows, strict=True) if flow is None]
    wishes = [Later(piece, flow) for (piece, _), flow in zip(meant, flows, strict=True) if flow is not None]
    if not wishes or len({wish.flow for wish in wishes}) < len(wishes) or len(asked) > 1:
        return whole
    if not all(engine.is_asked(*piece) for piece in asked):
        return whole
    if asked:
        return *asked[0], wishes
    return *meant[0], wishes[1:]
